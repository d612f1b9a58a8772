// What the compiler says about mistakes: every line of the files in errors/ that is wrong carries a comment with what
// the message must say, because the message is how Plugboard teaches. Both compilers must say it.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { root } from '../support/command.js'
import { differences } from '../support/expected-errors.js'
import { compile, compilers, type Compiler } from '../support/typescript.js'

const folder = join(root, 'spec/types/errors')
const files = existsSync(folder) ? readdirSync(folder).filter(name => name.endsWith('.ts')) : []

t.test('mistakes are reported with the hint that helps', async t => {
  t.not(files.length, 0, 'there are files with mistakes')
  // One compiler after the other: each uses several processors by itself.
  for (const compiler of Object.keys(compilers) as Compiler[]) {
    const diagnostics = await compile(folder, compiler)
    const elsewhere = diagnostics.filter(({ file }) => !files.includes(file))
    t.strictSame(elsewhere, [], `${compiler} finds nothing wrong outside of these files`)
    for (const file of files) {
      const source = readFileSync(join(folder, file), 'utf8')
      const here = diagnostics.filter(diagnostic => diagnostic.file === file)
      t.equal(differences(source, compiler, here).join('\n'), '', `${file} with ${compiler}`)
    }
  }
})
