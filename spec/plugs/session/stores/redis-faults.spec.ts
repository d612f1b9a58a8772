// Both Redis clients with servers that fail.
import t from 'tap'
import { redisServer } from '../../../support/redis-server.js'
import { skipUnless } from '../../../support/skip.js'
import { redisStore } from '../../../../plugs/session/stores/redis.js'
import { faults, open as openSite, type Browser } from './faults.js'
import { canStart, libraries, missing } from './redis-kit.js'

const durable = ['--appendonly', 'yes', '--appendfsync', 'always']

for (const [name, open] of libraries)
  t.test(`with ${name}`, skipUnless(canStart, missing), async t => {
    const server = await redisServer(durable)
    t.teardown(server.stop)
    faults(t, server, async (port, options) => {
      const { client, close } = await open(port)
      return { store: redisStore(client, options), close }
    })
  })

for (const [name, open] of libraries)
  t.test(`a server without memory, with ${name}`, skipUnless(canStart, missing), async t => {
    const server = await redisServer(['--maxmemory', '4mb', '--maxmemory-policy', 'noeviction'])
    t.teardown(server.stop)
    const site = await openSite(t, server.port, async (port, options) => {
      const { client, close } = await open(port)
      return { store: redisStore(client, options), close }
    })
    const first = site.visit()
    t.equal((await first.post('/put?1')).status, 200)
    const fillers: Browser[] = []
    for (let status = 200; status === 200;) {
      const filler = site.visit()
      const answer = await filler.post(`/put?${'x'.repeat(6_000)}`)
      status = answer.status
      if (status === 200) fillers.push(filler)
      else t.match(answer, { status: 503, retryAfter: '1' })
      t.ok(fillers.length < 1000)
    }
    for (const path of ['/put?2', '/count', '/renew?2']) {
      const answer = await first.post(path)
      t.equal(answer.status, 503, path)
      t.equal(answer.setCookie.length, 0, 'nobody is logged out')
    }
    t.match(await first.get('/read'), { status: 200, body: '{"a":"1","b":"1"}' }, 'reading goes on')
    t.equal((await site.visit().get('/read')).status, 200)
    t.ok(site.failures.every(({ reason, cause }) => reason === 'error' && /OOM/.test(String(cause))))

    for (const filler of fillers) t.equal((await filler.post('/drop')).status, 200)
    t.match(await first.post('/put?2'), { status: 200 }, 'it goes on when there is room again')
    t.equal((await first.post('/renew?3')).status, 200)
    t.match(await first.get('/read'), { body: '{"a":"3","b":"3"}' })
  })
