// Both Redis clients with servers that fail, configured to fail at once while there is no connection.
import t from 'tap'
import { redisServer } from '../../../support/redis-server.js'
import { skipUnless } from '../../../support/skip.js'
import { redisStore } from '../../../../plugs/session/stores/redis.js'
import { faults } from './faults.js'
import { canStart, libraries, missing } from './redis-kit.js'

for (const [name, open] of libraries)
  t.test(`with ${name}`, skipUnless(canStart, missing), async t => {
    const server = await redisServer(['--appendonly', 'yes', '--appendfsync', 'always'])
    t.teardown(server.stop)
    faults(t, server, async (port, options) => {
      const { client, close } = await open(port, { offlineQueue: false })
      return { store: redisStore(client, options), close }
    })
  })
