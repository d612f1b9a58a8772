// The shape of the project: imports point one way, and only adapters, server-side stores and the command line touch the world. The rules
// are in support/architecture.ts; here they are held against the sources, and each is shown to catch what it should.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { violations, type Sources, type Violation } from './support/architecture.js'
import { root } from './support/command.js'

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  readonly dependencies: Record<string, string>
  readonly peerDependencies: Record<string, string>
}
const dependencies = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })

const filesOf = (folder: string): readonly string[] =>
  existsSync(join(root, folder))
    ? readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .map(path => `${folder}/${path.replaceAll('\\', '/')}`)
        .filter(path => path.endsWith('.ts'))
        .sort()
    : []

t.test('the sources keep to the architecture', async t => {
  const paths = ['lib', 'plugs', 'router', 'cli'].flatMap(filesOf)
  t.ok(paths.length > 0, `${paths.length} files`)
  const sources = Object.fromEntries(paths.map(path => [path, readFileSync(join(root, path), 'utf8')]))
  const found = violations(sources, dependencies).map(v => `${v.file}:${v.line} ${v.rule}: ${v.message}`)
  t.equal(found.join('\n'), '')
})

const rulesOf = (sources: Sources): readonly Violation['rule'][] =>
  violations(sources, dependencies).map(v => v.rule)

/** One file's text, checked where pure code lives. */
const inPlug = (text: string): readonly Violation['rule'][] => rulesOf({ 'plugs/x.ts': text })

t.test('imports point one way', async t => {
  const refused: readonly (readonly [from: string, specifier: string])[] = [
    ['lib/conn.ts', './plug.js'],
    ['lib/conn/request.ts', '../run.js'],
    ['lib/plug.ts', './run.js'],
    ['lib/run.ts', './endpoint.js'],
    ['lib/endpoint.ts', './adapters/node.js'],
    ['lib/index.ts', './adapters/node.js'],
    ['lib/http/status.ts', '../conn.js'],
    ['lib/http/cookies.ts', '../crypto/token.js'],
    ['lib/crypto/token.ts', '../http/uri.js'],
    ['lib/error.ts', './http/status.js'],
    ['lib/fp.ts', './effect.js'],
    ['lib/run.ts', '../plugs/session.js'],
    ['lib/run.ts', '../router/index.js'],
    ['lib/run.ts', './testing/index.js'],
    ['plugs/session.ts', '../router/index.js'],
    ['plugs/session.ts', '../lib/testing/index.js'],
    ['plugs/session.ts', '../lib/adapters/node.js'],
    ['plugs/session.ts', '../examples/app.js'],
    ['router/index.ts', '../plugs/session.js'],
    ['router/index.ts', '../cli/load.js'],
    ['plugs/session.ts', '../cli/load.js'],
    ['lib/run.ts', '../cli/load.js'],
    ['cli/load.ts', '../plugs/session.js'],
    ['cli/load.ts', '../lib/testing/index.js'],
    ['cli/load.ts', 'plugboard'],
    ['router/index.ts', '../spec/x.js'],
    ['router/index.ts', 'plugboard'],
    ['plugs/session.ts', 'plugboard/router'],
  ]
  for (const [from, specifier] of refused) {
    t.strictSame(
      rulesOf({ [from]: `import { a } from '${specifier}'` }),
      ['direction'],
      `${from} → ${specifier}`,
    )
    t.strictSame(
      rulesOf({ [from]: `import type { A } from '${specifier}'` }),
      ['direction'],
      'its types neither',
    )
    t.strictSame(rulesOf({ [from]: `export * from '${specifier}'` }), ['direction'], 'nor passed on')
  }
  t.strictSame(
    rulesOf({ 'lib/conn.ts': "export type A = import('./run.js').A" }),
    ['direction'],
    'nor as import()',
  )

  const allowed: readonly (readonly [from: string, specifier: string])[] = [
    ['lib/adapters/node.ts', '../endpoint.js'],
    ['lib/adapters/node.ts', '../http/status.js'],
    ['lib/endpoint.ts', './run.js'],
    ['lib/run.ts', './plug.js'],
    ['lib/plug.ts', './conn.js'],
    ['lib/conn.ts', './http/status.js'],
    ['lib/conn.ts', './crypto/token.js'],
    ['lib/effect.ts', './fp.js'],
    ['lib/http/query.ts', '../fp.js'],
    ['lib/http/status.ts', '../error.js'],
    ['lib/http/status.ts', './headers.js'],
    ['lib/testing/index.ts', '../run.js'],
    ['lib/testing/index.ts', './conn.js'],
    ['plugs/session.ts', '../lib/conn.js'],
    ['plugs/session.ts', './flash.js'],
    ['router/index.ts', '../lib/run.js'],
    ['cli/load.ts', '../router/index.js'],
    ['cli/load.ts', '../lib/fold.js'],
    ['cli/load.ts', './print.js'],
  ]
  for (const [from, specifier] of allowed)
    t.strictSame(rulesOf({ [from]: `import { a } from '${specifier}'` }), [], `${from} → ${specifier}`)
})

t.test('every file of lib has a place among the layers', async t => {
  t.strictSame(rulesOf({ 'lib/helpers.ts': 'export const a = 1' }), ['direction'])
})

t.test('nothing imports in a circle', async t => {
  const ring = {
    'plugs/a.ts': "import { b } from './b.js'",
    'plugs/b.ts': "import { c } from './c.js'",
    'plugs/c.ts': "import type { A } from './a.js'",
    'plugs/d.ts': "import { a } from './a.js'",
  }
  const found = violations(ring, dependencies)
  t.strictSame(
    found.map(v => [v.rule, v.message]),
    [['cycle', 'these import each other: plugs/a.ts, plugs/b.ts, plugs/c.ts']],
  )
  t.strictSame(rulesOf({ 'plugs/a.ts': "import { a } from './a.js'" }), ['cycle'], 'not even itself')
})

t.test('pure code uses no module of Node that touches the world', async t => {
  for (const text of [
    "import { readFileSync } from 'node:fs'",
    "import { readFileSync } from 'fs'",
    "import process from 'node:process'",
    "import { setTimeout } from 'node:timers/promises'",
    "import type { IncomingMessage } from 'node:http'",
    "export { readFile } from 'node:fs/promises'",
    "import { randomBytes } from 'node:crypto'",
    "import { createHmac, randomUUID as id } from 'node:crypto'",
    "import { generateKeyPairSync } from 'node:crypto'",
    "import { pbkdf2 } from 'node:crypto'",
    "import { webcrypto } from 'node:crypto'",
    "import * as crypto from 'node:crypto'",
    "import crypto from 'node:crypto'",
    "export * from 'node:crypto'",
    "import { promisify } from 'node:util'",
    "import { inflateSync } from 'node:zlib'",
    "export const load = () => import('node:crypto')",
    "export const load = () => import('node:fs')",
  ])
    t.strictSame(inPlug(text), ['module'], text)
  for (const text of ["import { inflate } from 'node:zlib'", "import * as zlib from 'node:zlib'"])
    t.strictSame(rulesOf({ 'lib/crypto/term.ts': text }), ['module'], text)

  for (const text of [
    "import { createHmac, timingSafeEqual, pbkdf2Sync, createCipheriv } from 'node:crypto'",
    "import type { KeyObject } from 'node:crypto'",
    "import { Buffer } from 'node:buffer'",
    "import { inspect } from 'node:util'",
  ])
    t.strictSame(inPlug(text), [], text)
  t.strictSame(rulesOf({ 'lib/crypto/term.ts': "import { inflateSync, constants } from 'node:zlib'" }), [])
})

t.test('pure code reads no clock, draws no random number and starts nothing', async t => {
  for (const text of [
    'export const a = () => Date.now()',
    'export const a = () => Date["now"]()',
    'export const a = () => new Date()',
    'export const a = () => new Date',
    'export const a = () => Date()',
    'export const a = (...of: []) => new Date(...of)',
    'const { now } = Date',
    'export const clock = Date',
    'export const a = () => Math.random()',
    'const { random } = Math',
    'export const a = process.env.HOME',
    'export const a = typeof process',
    'export const a = { process }',
    'export const a = () => setTimeout(() => undefined, 1)',
    'export const a = () => setInterval(() => undefined, 1)',
    'export const a = () => setImmediate(() => undefined)',
    'export const a = () => queueMicrotask(() => undefined)',
    'export const a = () => performance.now()',
    "export const a = () => fetch('/')",
    "export const a = () => console.log('x')",
    'export const a = () => crypto.randomUUID()',
    'export const a = () => crypto.getRandomValues(new Uint8Array(1))',
    'export const a = () => globalThis.setTimeout',
    'export const a = () => AbortSignal.timeout(1)',
    "export const a = () => eval('1')",
    'declare const process: { env: object }; export const a = process.env',
    'export const a = () => import("./b.js")',
  ])
    t.strictSame(inPlug(text), ['effect'], text)

  for (const text of [
    'export const a = (ms: number) => new Date(ms)',
    'export const a = (x: unknown) => x instanceof Date',
    'export const a = Date.UTC(2026, 0)',
    'export const a = Math.max(1, 2)',
    'export const a = (process: () => void) => process()',
    'export const a = (b: { process: string }) => b.process',
    'export const a = { process: 1 }',
    'const fetch = () => 1; export const a = fetch()',
    'export type A = typeof process | NodeJS.Process',
    'export interface A { setTimeout: typeof setTimeout }',
    'export const a = (signal: AbortSignal) => AbortSignal.any([signal])',
  ])
    t.strictSame(inPlug(text), [], text)
})

t.test(
  'adapters, server-side stores and the command line may touch the world, and nothing else may',
  async t => {
    const text = "import { readFileSync } from 'node:fs'\nexport const a = () => Date.now()"
    for (const file of [
      'lib/adapters/node.ts',
      'plugs/session/stores/memory.ts',
      'plugs/session/stores/redis.ts',
      'plugs/session/stores/sql/index.ts',
      'cli/load.ts',
    ])
      t.strictSame(rulesOf({ [file]: text }), [], file)
    for (const file of [
      'lib/run.ts',
      'lib/testing/conn.ts',
      'plugs/session/stores/cookie.ts',
      'plugs/session/store.ts',
      'router/match.ts',
    ])
      t.strictSame(rulesOf({ [file]: text }), ['module', 'effect'], file)
  },
)

t.test('packages are among the dependencies, and those that touch the world stay in adapters', async t => {
  t.strictSame(inPlug("import * as t from 'io-ts'"), [])
  t.strictSame(inPlug("import ipaddr from 'ipaddr.js'"), [])
  t.strictSame(inPlug("import type { Either } from 'fp-ts/lib/Either.js'"), [])
  for (const text of [
    "import { right, type Either } from 'fp-ts/lib/Either.js'",
    "export * from 'fp-ts/lib/Either.js'",
  ])
    t.strictSame(inPlug(text), ['package'], text)
  t.strictSame(rulesOf({ 'lib/adapters/node.ts': "import { right } from 'fp-ts/lib/Either.js'" }), [
    'package',
  ])
  t.strictSame(inPlug("import fc from 'fast-check'"), ['package'])
  t.strictSame(inPlug("import { pino } from 'pino'"), ['package'])
  t.strictSame(inPlug("import type { Logger } from 'pino'"), [])
  t.strictSame(rulesOf({ 'lib/adapters/log.ts': "import { pino } from 'pino'" }), [])
})

t.test('modules have no top-level await, so that require() can load them', async t => {
  t.strictSame(rulesOf({ 'lib/adapters/node.ts': 'const a = await f()' }), ['await'])
  t.strictSame(rulesOf({ 'lib/adapters/node.ts': 'for await (const a of b) a()' }), ['await'])
  t.strictSame(rulesOf({ 'lib/adapters/node.ts': 'export const a = async () => { await f() }' }), [])
})

t.test('modules are plain', async t => {
  for (const text of [
    'export default 1',
    'export default function f() {}',
    'export enum A { B }',
    'declare module "x" { interface A {} }',
    'declare global { interface A {} }',
    '@sealed class A {}',
    '/* v8 ignore next */ export const a = 1',
  ])
    t.ok(inPlug(text).includes('form'), text)
})
