// Many requests of one session at once, with both Redis clients: no change is lost, and none is made twice.
import t from 'tap'
import { cuttingProxy } from '../../../support/cutting-proxy.js'
import { skipUnless } from '../../../support/skip.js'
import { conn } from '../../../../lib/testing/index.js'
import { putSession } from '../../../../plugs/session/index.js'
import { anyServer, available, count, held, libraries, live, missing, next, optionsOf } from './redis-kit.js'

const server = available ? await anyServer() : undefined
const port = server?.port ?? 0
t.teardown(() => server?.stop())

for (const [name, open] of libraries)
  t.test(
    `two hundred requests at once lose nothing of each other (${name})`,
    skipUnless(available, missing),
    async t => {
      const { client, close } = await open(port)
      t.teardown(close)
      const of = optionsOf(client, { timeout: 20_000 })
      const first = await live(of, conn('GET', '/'), putSession('user', 'ada'))
      const names = Array.from({ length: 200 }, (_, i) => `key ${i}`)
      await Promise.all(names.map(name => live(of, next(first), putSession(name, name))))
      t.strictSame(await held(of, first), {
        user: 'ada',
        ...Object.fromEntries(names.map(name => [name, name])),
      })
      // With ioredis all two hundred count in the next test, even though their connection is cut.
      if (name === 'ioredis') return
      const counted = await live(of, conn('GET', '/', { seed: 'count' }), putSession('user', 'ada'))
      // In one process updates take turns: these are those of ten.
      const processes = Array.from({ length: 10 }, () => ({ ...of, store: { ...of.store } }))
      const done = await Promise.all(
        names.map((_, i) => live(processes[i % 10] as typeof of, next(counted), count)),
      )
      t.ok(done.every(({ status }) => status === 200))
      t.strictSame(await held(of, counted), { user: 'ada', n: 200 })
    },
  )

for (const [name, open] of libraries)
  t.test(
    `a connection that is cut while two hundred count: none is counted twice (${name})`,
    skipUnless(available, missing),
    async t => {
      const proxy = await cuttingProxy(port)
      t.teardown(proxy.stop)
      const { client, close } = await open(proxy.port)
      t.teardown(close)
      const of = optionsOf(client, { timeout: 20_000 })
      const first = await live(of, conn('GET', '/'), putSession('user', 'ada'))
      const processes = Array.from({ length: 10 }, () => ({ ...of, store: { ...of.store } }))
      const all = Promise.all(
        Array.from({ length: 200 }, (_, i) => live(processes[i % 10] as typeof of, next(first), count)),
      )
      for (let cuts = 0; cuts < 4; cuts++) await Promise.race([proxy.cutAfter(40_000, 'toClient'), all])
      proxy.heal()
      const answered = (await all).filter(({ status }) => status === 200).length
      const { n } = (await held(of, first)) as { readonly n: number }
      if (name === 'ioredis') {
        t.equal(answered, 200, 'it sends again what was not answered')
        t.equal(n, 200)
      } else {
        t.ok(n >= answered && n <= 200, `${answered} were told so, ${n} were counted`)
        t.ok(answered < 200, 'it fails what was not answered')
      }
    },
  )
