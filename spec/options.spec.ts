// An unknown option stops the start, wherever options are taken: a table of every public function that takes some. A function
// that takes options and is missing here is found by its declaration.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import ts from 'typescript-5'
import * as auth from '../plugs/auth/index.js'
import * as core from '../lib/index.js'
import * as cryptography from '../lib/crypto/index.js'
import * as node from '../lib/adapters/node.js'
import * as plugs from '../plugs/index.js'
import * as redis from '../plugs/session/stores/redis.js'
import * as router from '../router/index.js'
import * as sql from '../plugs/session/stores/sql.js'
import * as testing from '../lib/testing/index.js'
import { root } from './support/command.js'

const { text } = core
const { keyGenerator, messageEncryptor, termFormat, token } = cryptography
const secret = 'a secret key base of many bytes, for these specs'
const wrong = { nonsense: 1 } as never
const wrongAnd = (options: object) => ({ ...options, nonsense: 1 }) as never

const tokens = auth.memoryTokenStore<{ readonly id: number }>()
const store = plugs.cookieStore({ signingSalt: 'a salt' })
const files = { stat: () => () => core.effect.of(undefined)() }
const client = { send: () => core.effect.of(undefined) } as never
const ok = text('ok')
const declare = (
  routes: (verbs: Readonly<Record<string, (...given: readonly unknown[]) => unknown>>) => unknown,
) => router.router(router.scope('/', routes as never))

/** By entry point and name; what is no export itself is behind a `>`. */
const table: Readonly<Record<string, () => unknown>> = {
  '. endpoint': () => core.endpoint({ secretkeybase: 'x', nonsense: 1 } as never, ok),
  '. endpoint > cookieMemo': () => core.endpoint({ cookieMemo: wrongAnd({ maxBytes: 1 }) }, ok),
  '. decodeQuery': () => core.decodeQuery('', wrong),
  '. failure': () => core.failure(404, 'NoPost', wrong),
  '. fetchQueryParams': () => core.fetchQueryParams(wrong),
  '. fetchCookies': () => core.fetchCookies(wrong),
  '. putRespCookie': () => core.putRespCookie('a', 'b', wrong),
  '. deleteRespCookie': () => core.deleteRespCookie('a', wrong),
  '. putRequest': () => core.putRequest(wrong),
  '. stream': () => core.stream(200, (async function* () {})(), wrong),
  './plugs cookieStore': () => plugs.cookieStore(wrongAnd({ signingSalt: 'a' })),
  './plugs cookieStore > rotatingOptions': () =>
    plugs.cookieStore({ signingSalt: 'a', rotatingOptions: [wrongAnd({ signingSalt: 'b' })] }),
  './plugs defineSession': () =>
    plugs.defineSession({ decode: core.effect.of as never, encode: String }, wrong),
  './plugs parseJson': () => plugs.parseJson(wrong),
  './plugs logger': () => plugs.logger(wrongAnd({ to: { write: () => () => undefined } })),
  './plugs memoryStore': () => plugs.memoryStore(plugs.memoryTable(), wrong),
  './plugs memoryTable': () => plugs.memoryTable(wrong),
  './plugs parsers': () => plugs.parsers(wrong),
  './plugs protectFromForgery': () => plugs.protectFromForgery(wrong),
  './plugs protectFromForgery > fetchMetadata': () =>
    plugs.protectFromForgery(wrongAnd({ mode: 'fetchMetadata' })),
  './plugs proxy': () => plugs.proxy(wrongAnd({ to: 'http://127.0.0.1:1', via: client })),
  './plugs requestId': () => plugs.requestId(wrong),
  './plugs rewriteOn': () => plugs.rewriteOn(wrongAnd({ trust: ['loopback'] })),
  './plugs session': () => plugs.session(wrongAnd({ store, key: 'a' })),
  './plugs sessionConfig': () => plugs.sessionConfig(wrongAnd({ store, key: 'a' })),
  './plugs staticFiles': () => plugs.staticFiles(wrongAnd({ at: '/', from: files })),
  './plugs staticPaths': () => plugs.staticPaths(wrong),
  './plugs parseUrlencoded': () => plugs.parseUrlencoded(wrong),
  './auth authentication': () => auth.authentication(wrongAnd({ tokens })),
  './auth authentication > logInUser': () => auth.authentication({ tokens }).logInUser({ id: 1 }, wrong),
  './auth sqlTokenStore': () => auth.sqlTokenStore({} as never, wrongAnd({ columns: ['id'], user: String })),
  './auth tokenMigration': () => auth.tokenMigration(wrongAnd({ dialect: 'sqlite' })),
  './session/redis redisStore': () => redis.redisStore({} as never, wrong),
  './session/sql sqlStore': () => sql.sqlStore({} as never, wrong),
  './session/sql sqlMigration': () => sql.sqlMigration(wrongAnd({ dialect: 'sqlite' })),
  './node directory': () => node.directory('public', wrong),
  './node httpClient': () => node.httpClient(wrong),
  './node serve': () => node.serve(ok, wrong),
  './testing conn': () => testing.conn('GET', '/', wrong),
  './testing recycle': () => testing.recycle(testing.conn('GET', '/'))('GET', '/', wrong),
  './router controller': () => router.controller(wrong, {}),
  './router controller > a choice of actions': () =>
    router.controller({ plugs: [[ok, wrongAnd({ only: ['show'] })]] }, { show: ok } as never),
  './router scope': () => router.router(router.scope(wrongAnd({ path: '/' }), () => [])),
  './router scope > scope': () => declare(({ scope }) => [scope?.({ path: '/', nonsense: 1 }, () => [])]),
  './router scope > get': () => declare(({ get }) => [get?.({ path: '/', nonsense: 1 }, ok)]),
  './router scope > match': () => declare(({ match }) => [match?.('*', { path: '/', nonsense: 1 }, ok)]),
  './router scope > forward': () => declare(({ forward }) => [forward?.({ path: '/', nonsense: 1 }, ok)]),
  './router scope > fallback': () => declare(({ fallback }) => [fallback?.(ok, wrong)]),
  './router scope > resources': () => declare(({ resources }) => [resources?.('/a', { show: ok }, wrong)]),
  './crypto keyGenerator.generate': () => keyGenerator.generate(secret, 'salt', wrong),
  './crypto keyGenerator.generateCached': () => keyGenerator.generateCached(secret, 'salt', wrong),
  './crypto messageEncryptor.encrypt': () => messageEncryptor.encrypt('', secret.slice(0, 32), '', wrong),
  './crypto messageEncryptor.decrypt': () => messageEncryptor.decrypt('', secret.slice(0, 32), '', wrong),
  './crypto termFormat.decode': () => termFormat.decode(new Uint8Array(1), wrong),
  './crypto termFormat.decodeTerm': () => termFormat.decodeTerm(new Uint8Array(1), wrong),
  './crypto termFormat.decodeMapRaw': () => termFormat.decodeMapRaw(new Uint8Array(1), wrong),
  ...Object.fromEntries(
    (['', 'token.'] as const).flatMap(prefix => {
      const { sign, verify, encrypt, decrypt } = prefix === '' ? cryptography : token
      const sealing = { signedAt: 0, entropy: new Uint8Array(24) }
      return [
        [`./crypto ${prefix}sign`, () => sign(secret, 'salt', 1, wrongAnd({ signedAt: 0 }))],
        [`./crypto ${prefix}verify`, () => verify(secret, 'salt', 'x', wrongAnd({ now: 0 }))],
        [`./crypto ${prefix}encrypt`, () => encrypt(secret, 'salt', 1, wrongAnd(sealing))],
        [`./crypto ${prefix}decrypt`, () => decrypt(secret, 'salt', 'x', wrongAnd({ now: 0 }))],
      ]
    }),
  ),
}

t.test('an unknown option is refused, and the message names it', async t => {
  for (const [name, call] of Object.entries(table))
    t.throws(
      call,
      { name: 'TypeError', message: /^\S.*: unknown option (nonsense|secretkeybase); expected / },
      name,
    )
  t.throws(table['. endpoint'] as () => unknown, {
    message:
      'endpoint: unknown option secretkeybase; expected secretKeyBase, url, cookieMemo, telemetry, exceptions or renderErrors; did you mean secretKeyBase?',
  })
})

/** Types of options that are not called so. */
const options = /\b(?:\w*Options|AdditionalData|Sealing|RequestParts)\b/

/** Every exported function of the declarations that takes options, by entry point and name. */
const takers = (entries: Readonly<Record<string, string>>): readonly string[] => {
  const program = ts.createProgram(Object.values(entries), {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2023,
    strict: true,
    types: ['node'],
  })
  const checker = program.getTypeChecker()
  const resolved = (symbol: ts.Symbol): ts.Symbol =>
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
  const takes = (symbol: ts.Symbol): boolean =>
    checker
      .getTypeOfSymbol(symbol)
      .getCallSignatures()
      .some(({ parameters }) =>
        parameters.some(each => options.test(checker.typeToString(checker.getTypeOfSymbol(each)))),
      )
  const found: string[] = []
  for (const [entry, file] of Object.entries(entries)) {
    const visit = (module: ts.Symbol, prefix: string): void => {
      for (const each of checker.getExportsOfModule(module)) {
        const symbol = resolved(each)
        if (symbol.flags & ts.SymbolFlags.ValueModule) visit(symbol, `${prefix}${each.name}.`)
        else if (symbol.flags & ts.SymbolFlags.Value && takes(symbol))
          found.push(`${entry} ${prefix}${each.name}`)
      }
    }
    visit(checker.getSymbolAtLocation(program.getSourceFile(file) as ts.SourceFile) as ts.Symbol, '')
  }
  return found
}

t.test('no function that takes options is missing in the table', async t => {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly exports: Readonly<Record<string, { readonly types?: string }>>
  }
  const entries = Object.fromEntries(
    Object.entries(exports).flatMap(([entry, { types }]) =>
      types?.startsWith('./dist/') ? [[entry, join(root, types)]] : [],
    ),
  )
  const found = takers(entries)
  t.ok(found.length > 30, `${found.length} functions`)
  t.strictSame(
    found.filter(name => !Object.hasOwn(table, name)),
    [],
  )
})
