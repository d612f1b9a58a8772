import { runInNewContext } from 'node:vm'
import t from 'tap'
import { isRecord } from '../../lib/is-record.js'
import { newParams } from '../../router/matcher.js'

class Account {
  readonly id = 1
}

t.test('a plain object is a record, whatever stands at the end of its prototypes', async t => {
  const cases: readonly (readonly [name: string, value: unknown])[] = [
    ['a literal', {}],
    ['an object without a prototype', Object.create(null)],
    ['path parameters', newParams()],
    ['an object of another realm', runInNewContext('({ a: 1 })')],
  ]
  for (const [name, value] of cases) t.ok(isRecord(value), name)
})

t.test('anything else is not', async t => {
  const cases: readonly (readonly [name: string, value: unknown])[] = [
    ['an array', []],
    ['an array of another realm', runInNewContext('[]')],
    ['a date', new Date(0)],
    ['bytes', new Uint8Array(1)],
    ['a map', new Map()],
    ['an instance of a class', new Account()],
    ['an object on top of another', Object.create({ a: 1 })],
    ['null', null],
    ['undefined', undefined],
    ['a string', 'a'],
    ['a function', () => ({})],
  ]
  for (const [name, value] of cases) t.notOk(isRecord(value), name)
})
