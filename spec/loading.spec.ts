// What importing an entry point loads and does: the root brings no store, no parser and no client along, nothing runs a
// timer, and require() works where Node can load modules with it.
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { node, root } from './support/command.js'

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  readonly exports: Record<string, unknown>
}
const entries = Object.keys(manifest.exports)
  .filter(path => path !== './package.json')
  .map(path => path.replace('.', 'plugboard'))

/** The files that a program loads, relative to the project; V8's own coverage report lists them all. */
const loaded = async (program: string): Promise<readonly string[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'plugboard-loading-'))
  try {
    const { code, stderr } = await node(['--input-type=module', '-e', program], {
      env: { NODE_V8_COVERAGE: folder },
    })
    if (code !== 0) throw new Error(stderr)
    return readdirSync(folder).flatMap(name => {
      const report = JSON.parse(readFileSync(join(folder, name), 'utf8')) as {
        readonly result: { readonly url: string }[]
      }
      const here = new URL(`file://${root}/`).href
      return report.result
        .map(({ url }) => url)
        .filter(url => url.startsWith(here))
        .map(url => url.slice(here.length))
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

t.test('the root loads lib and nothing else', async t => {
  const files = await loaded("await import('plugboard')")
  t.ok(files.includes('dist/lib/index.js'), 'the report lists what was loaded')
  const unwelcome = files.filter(file => /^dist\/(?!lib\/)|^dist\/lib\/(adapters|testing)\//.test(file))
  t.strictSame(unwelcome, [], 'no plug, router, adapter or test kit')
  t.strictSame(
    files.filter(file => file.startsWith('node_modules/')),
    [],
    'and no package at all',
  )
})

t.test('no entry point loads fp-ts or io-ts, of which only types are used', async t => {
  for (const entry of entries) {
    const files = await loaded(`await import('${entry}')`)
    t.strictSame(
      files.filter(file => /^node_modules\/(fp|io)-ts\//.test(file)),
      [],
      entry,
    )
  }
})

t.test('what encrypts, and what speaks TLS, is loaded for an app that does', async t => {
  const serving = (store: string): string => `
    const { endpoint, pipeline, text } = await import('plugboard')
    const { serve } = await import('plugboard/node')
    const { cookieStore, session } = await import('plugboard/plugs')
    const app = pipeline(session({ key: 'key', store: cookieStore(${store}) }), text('x'))
    const started = await serve(endpoint({ secretKeyBase: 'x'.repeat(64) }, app), { host: '127.0.0.1', port: 0 })()
    await started.right.stop()
    if (process.moduleLoadList.includes('NativeModule https')) throw new Error('https was loaded')`
  const file = 'dist/lib/adapters/node/server/sodium.js'
  t.ok((await loaded(serving("{ signingSalt: 'a salt', encryptionSalt: 'another' }"))).includes(file))
  t.notOk((await loaded(serving("{ signingSalt: 'a salt' }"))).includes(file))
})

t.test('what sends requests is loaded when the first is sent', async t => {
  const programs = ["await import('plugboard/node')", "(await import('plugboard/node')).httpClient()"]
  for (const program of programs) {
    const files = await loaded(program)
    t.ok(files.includes('dist/lib/adapters/node/ports/http-client.js'))
    t.strictSame(
      files.filter(file => file.startsWith('node_modules/undici/')),
      [],
    )
  }
})

t.test('what serves with several processes is loaded when there are to be several', async t => {
  const serving = (workers: string): string => `
    const { serve } = await import('plugboard/node')
    const { text } = await import('plugboard')
    const { isLeft } = await import('fp-ts/lib/Either.js')
    const taken = (await import('node:net')).createServer().listen(0, '127.0.0.1')
    await new Promise(listening => taken.on('listening', listening))
    const started = await serve(text('x'), { host: '127.0.0.1', port: taken.address().port, ${workers} })()
    if (!isLeft(started)) throw new Error('it listens where another does')
    taken.close()`
  const file = 'dist/lib/adapters/node/server/cluster.js'
  t.ok((await loaded(serving('workers: 2'))).includes(file))
  t.notOk((await loaded(serving(''))).includes(file))
})

t.test('no entry point does anything when it is imported', async t => {
  for (const entry of entries) {
    const program = `
      const before = process.getActiveResourcesInfo()
      const listeners = process.eventNames().length
      await import('${entry}')
      // The loader may still be closing the files it has read, and opens the standard streams with node:process.
      const idle = /^(FSReq|CloseReq|PipeWrap|TTYWrap)/
      const left = process.getActiveResourcesInfo().filter(kind => !before.includes(kind) && !idle.test(kind))
      if (left.length > 0) throw new Error('left open: ' + left)
      if (process.eventNames().length > listeners) throw new Error('listens to ' + process.eventNames().map(String))`
    const { code, stdout, stderr } = await node(['--input-type=module', '-e', program])
    t.equal(stdout + stderr, '', `${entry} is quiet`)
    t.equal(code, 0, `${entry} loads`)
  }
})

// Where Node cannot do this (before 20.19) there is nothing to promise.
if ((process.features as { readonly require_module?: boolean }).require_module) {
  t.test('require() loads every entry point', async t => {
    for (const entry of entries) {
      const program = `const m = require('${entry}'); if (Object.keys(m).length === 0) throw new Error('empty')`
      const { code, stderr } = await node(['--no-warnings', '-e', program])
      t.equal(stderr, '', entry)
      t.equal(code, 0, entry)
    }
  })
}
