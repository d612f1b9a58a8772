import t from 'tap'
import { createServer, type AddressInfo } from 'node:net'
import { listenError } from '../../../../../lib/adapters/node/server/serve-error.js'
import { serve } from '../../../../../lib/adapters/node.js'
import { text } from '../../../../../lib/index.js'

t.test('the error of a server that cannot start says where, and what to do', async t => {
  const message = (code: string | undefined, host?: string) =>
    listenError(
      { code, message: 'as the system says' },
      host === undefined ? { port: 80 } : { port: 80, host },
    ).message
  t.equal(
    message('EADDRINUSE'),
    'cannot listen on port 80: another program listens there; stop it or choose another port',
  )
  t.equal(
    message('EACCES', '::1'),
    'cannot listen on ::1, port 80: permission denied; ports below 1024 require privileges',
  )
  t.match(message('EADDRNOTAVAIL', '192.0.2.1'), /does not have this address/)
  t.match(message('ENOTFOUND', 'nowhere.invalid'), /the host was not found/)
  t.equal(message('EOTHER'), 'cannot listen on port 80: as the system says')
  t.same(listenError({ message: 'odd' }, { port: 1 }), {
    _tag: 'ServeError',
    code: 'UNKNOWN',
    message: 'cannot listen on port 1: odd',
  })
})

t.test('a port in use is a Left', async t => {
  const other = createServer()
  await new Promise<void>(resolve => other.listen(0, '127.0.0.1', resolve))
  t.teardown(() => void other.close())
  const { port } = other.address() as AddressInfo
  const before = process.listenerCount('SIGTERM')
  const started = await serve(text('hello'), { port, host: '127.0.0.1' })()
  t.match(started, { _tag: 'Left', left: { _tag: 'ServeError', code: 'EADDRINUSE' } })
  t.equal(process.listenerCount('SIGTERM'), before, 'and no signal is listened for')
})

t.test('an address that the machine does not have is a Left', async t => {
  const started = await serve(text('hello'), { port: 0, host: '192.0.2.1', stopOn: [] })()
  t.match(started, { _tag: 'Left', left: { _tag: 'ServeError' } })
})
