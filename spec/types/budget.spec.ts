// The measure of what type checking costs, on a program whose cost is known to grow.
import t from 'tap'
import { checkingCost, compilers, type Compiler } from '../support/typescript.js'

const chain = (depth: number): string =>
  `type Nest<N extends number, T extends unknown[] = []> = T['length'] extends N ? T : Nest<N, [...T, T['length']]>
export const deep: Nest<${depth}>['length'] = ${depth}
`

t.test('checking is measured in instantiations and seconds', async t => {
  for (const compiler of Object.keys(compilers) as Compiler[]) {
    const little = await checkingCost('measure-little', chain(10), compiler)
    const more = await checkingCost('measure-more', chain(100), compiler)
    t.ok(
      more.instantiations > little.instantiations + 89,
      `${compiler}: ${more.instantiations} instantiations`,
    )
    t.ok(more.checkTime >= 0 && more.checkTime < 60, `${compiler}: ${more.checkTime} s`)
    t.strictSame(more.diagnostics, [], `${compiler} finds no error`)
  }
})
