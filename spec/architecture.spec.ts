// The shape of the project: imports point one way, and only adapters, server-side stores and the command line touch the world. The rules
// are in support/architecture.ts; here they are held against the sources, and each is shown to catch what it should.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { openViolations, violations, type Sources, type Violation } from './support/architecture.js'
import { root } from './support/command.js'
import { allowedState } from './support/module-state.js'

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

  const unused = Object.entries(allowedState).flatMap(([file, names]) => {
    const { [file]: text = '' } = sources
    const alone = violations({ 'plugs/x.ts': text }, dependencies).filter(v => v.rule === 'state')
    return Object.keys(names)
      .filter(name => !alone.some(v => v.message.startsWith(`${name} `)))
      .map(name => `${file}: ${name}`)
  })
  t.strictSame(unused, [], 'no exception for state that is gone')
})

t.test('the specs in open import what users can', async t => {
  const paths = filesOf('spec/open')
  t.ok(paths.length > 0, `${paths.length} files`)
  const sources = Object.fromEntries(paths.map(path => [path, readFileSync(join(root, path), 'utf8')]))
  t.strictSame(openViolations(sources), [])
  for (const allowed of [
    '../../lib/index.js',
    '../../lib/testing/index.js',
    '../../plugs/index.js',
    'tap',
    'node:fs',
  ])
    t.strictSame(openViolations({ 'spec/open/x.ts': `import { a } from '${allowed}'` }), [], allowed)
  for (const refused of [
    '../../lib/conn/fetch.js',
    '../../plugs/csrf.js',
    './y.js',
    '../support/own-server.js',
    'plugboard',
  ])
    t.strictSame(
      openViolations({ 'spec/open/x.ts': `\nimport type { A } from '${refused}'` }).map(v => [
        v.line,
        v.rule,
      ]),
      [[2, 'open']],
      refused,
    )
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
    ['cli/load.ts', '../lib/pipeline-types.js'],
    ['cli/load.ts', './print.js'],
  ]
  for (const [from, specifier] of allowed)
    t.strictSame(rulesOf({ [from]: `import { a } from '${specifier}'` }), [], `${from} → ${specifier}`)
})

t.test('every file of lib has a place among the layers', async t => {
  t.strictSame(rulesOf({ 'lib/helpers.ts': 'export const a = 1' }), ['direction'])
})

t.test('plugs and the router change a conn by what users have', async t => {
  for (const file of ['record', 'source', 'rest', 'assigned', 'entries', 'print'])
    for (const from of ['plugs/session/x.ts', 'router/x.ts']) {
      const specifier = from === 'router/x.ts' ? `../lib/conn/${file}.js` : `../../lib/conn/${file}.js`
      for (const text of [
        `import { a } from '${specifier}'`,
        `import type { A } from '${specifier}'`,
        `export { a } from '${specifier}'`,
        `export type A = import('${specifier}').A`,
      ])
        t.strictSame(rulesOf({ [from]: text }), ['record'], `${from}: ${text}`)
    }
  t.strictSame(inPlug("import { a } from '../lib/conn/fetch.js'"), [])
  t.strictSame(rulesOf({ 'lib/run.ts': "import { a } from './conn/record.js'" }), [])
})

t.test('plugs reach the world where an observer sees it', async t => {
  const declared = `
    export interface LogPort { write(record: string): () => void }
    export interface Directory { stat(path: string): unknown }
    export interface Store { readonly get: (id: string) => unknown; readonly checkSession?: () => void }`
  const inPort = (text: string): readonly Violation['rule'][] =>
    rulesOf({
      'lib/port-types.ts': declared,
      'plugs/x.ts': `import type { Directory, LogPort, Store } from '../lib/port-types.js'\n${text}`,
    })
  for (const text of [
    "export const a = (to: LogPort) => to.write('x')",
    "export const a = (options: { to: LogPort }) => options.to.write('x')",
    "export const a = ({ to }: { to: LogPort }) => to.write('x')",
    "export const a = (options: { to: LogPort }) => { const { to } = options; return to.write('x') }",
    "export const a = (from: Directory | undefined) => from?.stat('x')",
    "export const a = (store: Store) => () => store.get('x')",
  ])
    t.strictSame(inPort(text), ['port'], text)
  for (const text of [
    "export const a = (to: (conn: object) => LogPort) => (conn: object) => to(conn).write('x')",
    "export const a = (to: (conn: object) => LogPort) => { const log = to({}); return log.write('x') }",
    'export const a = (store: Store) => store.checkSession?.()',
    "export const a = (map: { get(key: string): string }) => map.get('x')",
  ])
    t.strictSame(inPort(text), [], text)
  t.strictSame(
    rulesOf({
      'lib/port-types.ts': declared,
      'plugs/session/stores/redis.ts':
        "import type { Store } from '../../../lib/port-types.js'\nexport const a = (store: Store) => store.get('x')",
    }),
    [],
    'a store may call another',
  )
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

t.test('pure modules hold no state', async t => {
  const refused: readonly (readonly [text: string, what: string])[] = [
    ['let last = 1', 'last is a variable'],
    ['export let last: string | undefined', 'last is a variable'],
    ['var last = 1', 'last is a variable'],
    ['let [a, b] = [1, 2]', '[a, b] is a variable'],
    ['{ let last = 1 }', 'last is a variable'],
    ['const seen = new Map(); export const f = (k: string) => seen.set(k, 1)', 'seen is changed by set()'],
    ['const seen = new Set(); export const f = (k: string) => void seen.add(k)', 'seen is changed by add()'],
    [
      'const seen = new WeakMap(); export function f(k: object) { seen.delete(k) }',
      'seen is changed by delete()',
    ],
    ['const seen = new WeakSet(); export const f = (k: object) => seen.add(k)', 'seen is changed by add()'],
    ['const seen = new Map(); seen.set(1, 2)', 'seen is changed by set()'],
    ['const list: number[] = []; export const f = () => list.push(1)', 'list is changed by push()'],
    ['const list = [3, 1]; export const f = () => list.sort()', 'list is changed by sort()'],
    ['const list = [1]; export const f = () => { list[0] = 2 }', 'list is assigned to'],
    ['const list = [1]; export const f = () => { list.length = 0 }', 'list is assigned to'],
    ["const list = [1]; export const f = () => list['push'](1)", 'list is changed by push()'],
    ['const o = { n: 0 }; export const f = () => (o.n = 1)', 'o is assigned to'],
    ['const o = { n: 0 }; export const f = () => o.n++', 'o is counted'],
    ['const o = { n: 0 }; export const f = () => { --o.n }', 'o is counted'],
    ['const o = { n: 0 }; export const f = () => (o.n += 1)', 'o is assigned to'],
    ['const o: { n?: number } = {}; export const f = () => (o.n ??= 1)', 'o is assigned to'],
    ['const o: { n?: number } = {}; export const f = () => delete o.n', 'o has properties deleted'],
    [
      'const o = { a: { b: [] as number[] } }; export const f = () => o.a.b.push(1)',
      'o is changed by push()',
    ],
    ['const o = { n: 0 }; export const f = () => { (o as { n: number }).n = 1 }', 'o is assigned to'],
    ['const o = { n: 0 }; export const f = () => { o!.n = 1 }', 'o is assigned to'],
    ['const o = { n: 0 }; export const f = () => { [o.n] = [1] }', 'o is assigned to'],
    ['const o = { n: 0 }; export const f = () => { ({ n: o.n } = { n: 1 }) }', 'o is assigned to'],
    ['const o = { n: 0 }; export const f = () => { for (o.n of [1]); }', 'o is assigned to'],
    ['const o = {}; export const f = () => Object.assign(o, { a: 1 })', 'o is changed by Object.assign'],
    [
      "const o = {}; export const f = () => Object.defineProperty(o, 'a', {})",
      'o is changed by Object.defineProperty',
    ],
    ["const o = {}; export const f = () => Reflect.set(o, 'a', 1)", 'o is changed by Reflect.set'],
    ['const { seen } = { seen: new Set() }; export const f = () => seen.add(1)', 'seen is changed by add()'],
    ['const bytes = Buffer.alloc(8); export const f = () => bytes.fill(0)', 'bytes is changed by fill()'],
    [
      'const bytes = Buffer.alloc(8); export const f = () => bytes.writeUInt8(0)',
      'bytes is changed by writeUInt8()',
    ],
    [
      'const bytes = Buffer.alloc(8); export const f = (b: Buffer) => b.copy(bytes)',
      'bytes is changed by copy()',
    ],
    ["import { seen } from './y.js'; export const f = () => seen.add(1)", 'seen is changed by add()'],
    ["import * as y from './y.js'; export const f = () => y.seen.push(1)", 'y is changed by push()'],
    ['export class A { static n = 0; add() { A.n++ } }', 'A is counted'],
    ['export class A { static n = 0; static add() { this.n = 1 } }', 'A is assigned to'],
    ['export class A { static seen = new Set(); add() { A.seen.add(1) } }', 'A is changed by add()'],
    ['export class A { static { this.prototype.a = 1 } }', 'A is assigned to'],
    ['export const f = () => 1; f.last = 2', 'f is assigned to'],
    ['export function f() { f.count = 1 }', 'f is assigned to'],
    ['const word = /a/g; export const f = (s: string) => word.exec(s)', 'word is an expression'],
    ['const word = /a/y; export const f = (s: string) => word.test(s)', 'word is an expression'],
    ['const word = /a/; export const f = () => { word.lastIndex = 0 }', 'word is assigned to'],
    ["import { Lru } from '../lib/lru.js'; const seen = new Lru(9)", 'seen is a cache'],
    ["import { boundedMemo } from '../lib/crypto/memo.js'; const seen = boundedMemo(9)", 'seen is a cache'],
  ]
  for (const [text, what] of refused) {
    const found = violations({ 'plugs/x.ts': text }, dependencies)
    t.strictSame(
      found.map(v => v.rule),
      ['state'],
      text,
    )
    t.match(found[0]?.message, what, text)
  }

  for (const text of [
    'export const makeCounter = () => { let n = 0; return () => ++n }',
    'export const f = (list: number[]) => { const seen = new Set(); seen.add(1); list.push(2) }',
    'export const f = (seen: Set<number>) => seen.add(1)',
    'const seen = new Map(); export const f = (seen: Map<number, number>) => seen.set(1, 1); export { seen }',
    'const table = new Map([[1, 2]]); export const f = (n: number) => table.get(n)',
    'const list = [3, 1]; export const f = () => [...list].sort()',
    'const list = [3, 1]; export const f = () => list.toSorted()',
    'const o = { n: 0 }; export const f = () => Object.assign({}, o)',
    'const word = /a/g; export const f = (s: string) => s.replace(word, "b")',
    'const word = /a/; export const f = (s: string) => word.test(s)',
    'export class A { n = 0; #m = 0; add() { this.n++; this.#m = 1 } }',
    'export class A { static write() { return 1 } }; export const f = () => A.write()',
    'export class A { static of(a: { n: number }) { a.n = 1 } }',
    'declare let n: number; export const f = () => n',
    'export type A = { set: (n: number) => void }',
    'const f = Object.freeze([1]); export const g = () => f.map(n => n)',
  ])
    t.strictSame(inPlug(text), [], text)

  const text = 'let last = 1\nconst seen = new Map(); export const f = () => seen.set(1, 1)'
  t.strictSame(rulesOf({ 'lib/adapters/node/x.ts': text }), [], 'adapters may hold state')
  t.strictSame(rulesOf({ 'plugs/stores/server.ts': text }), [])
  t.strictSame(rulesOf({ 'plugs/stores/hash.ts': text }), ['state', 'state'])
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
