// Each requirement of docs/security.md names a spec that exists, or says what is left to the app.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { root } from '../support/command.js'

const rows = readFileSync(join(root, 'docs/security.md'), 'utf8')
  .split('\n')
  .filter(line => /^\| \d/.test(line))
  .map(line => line.split('|').slice(1, -1))
  .map(cells => cells.map(cell => cell.trim()))

t.test('each requirement names a spec that exists, or what is left to the app', async t => {
  t.ok(rows.length > 50, `${rows.length} requirements`)
  for (const [requirement = '', standard = '', proof = '', app = '', ...more] of rows) {
    t.match(requirement, /^\d+\.\d+\.\d+ \S/)
    t.strictSame(more, [], requirement)
    t.ok(standard !== '', requirement)
    const path = /^`(spec\/[\w./-]+\.spec\.ts)`$/.exec(proof)?.[1]
    if (path !== undefined) t.ok(existsSync(join(root, path)), `${requirement}: ${path}`)
    else t.ok(proof === '' && app !== '', `${requirement}: a spec, or what is left to the app`)
    if (standard === 'none') t.ok(app !== '', `${requirement}: what the app does`)
  }
})

t.test('each requirement has one row', async t => {
  const ids = rows.map(([requirement = '']) => requirement.split(' ')[0])
  t.strictSame(
    ids.filter((id, i) => ids.indexOf(id) < i),
    [],
  )
})
