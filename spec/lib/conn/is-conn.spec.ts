import t from 'tap'
import { halt, isConn } from '../../../lib/index.js'
import { conn } from '../../../lib/testing/index.js'

t.test('a conn is told from anything else', async t => {
  const blank = conn('GET', '/')
  t.ok(isConn(blank))
  t.ok(isConn(halt(blank)))
  for (const value of [
    undefined,
    null,
    1,
    {},
    { ...blank },
    Object.create(blank),
    Object.assign(Object.create(Object.getPrototypeOf(blank)), blank),
    new Proxy(blank, {}),
    () => blank,
    blank.cookies,
  ])
    t.equal(isConn(value), false)
})
