// The router beside the matcher that tries its routes in order, the session store beside a map, and what a proxy says.
import { isIP } from 'node:net'
import * as fc from 'fast-check'
import { isDeepStrictEqual } from 'node:util'
import { termFormat } from '../../../lib/crypto/index.js'
import type { Outcome, Result } from '../../../lib/index.js'
import { conn } from '../../../lib/testing/index.js'
import { memoryStore, memoryTable, rewriteOn } from '../../../plugs/index.js'
import type { StoreChange, StoreContext } from '../../../plugs/session/store.js'
import { trie } from '../../../router/trie.js'
import { naive } from '../../router/naive.js'
import { answerOf, numbered, refusedOf, table } from '../../router/tables.js'
import type { Target } from '../engine.js'
import { fault, law } from '../law.js'

const tables = fc.sample(table, { seed: 7, numRuns: 64 }).map(declared => {
  const refused = refusedOf(declared)
  const routes = numbered(declared.filter((_, i) => !refused.has(i)))
  return { fast: trie(routes), slow: naive(routes) }
})

/** The first character chooses a table, the second the method and host. */
const found = (input: string): string => {
  const { fast, slow } = tables[input.charCodeAt(0) & 63] ?? (tables[0] as (typeof tables)[number])
  const code = input.charCodeAt(1)
  const request = {
    method: ['GET', 'POST', 'PUT'][code % 3] ?? 'GET',
    host: ['h.x', 'k.y', 'z'][(code >> 2) % 3] ?? 'z',
    path: `/${input.slice(2)}`,
  }
  const answer = answerOf(fast, request)
  law(answer === answerOf(slow, request), 'the trie finds what trying the routes in order finds')
  return answer
}

export const router: Target = {
  name: 'router',
  files: ['router/trie', 'router/trie-nodes', 'router/matcher'],
  seeds: ['\x00\x00a/b', '\x01\x01ab/abb', '\x05\x02a%C3%A9/.b', '\x10\x00aa/7/b', '\x20\x03'],
  words: ['/', 'a', 'b', 'ab', 'abb', '.b', '%2F', '%C3%A9%25', '7', 'B', '//'],
  grow: (input, times) => `${input.slice(0, 2)}${input.slice(2).repeat(times)}`,
  check: input => void found(input),
  planted: input => fault(found(input).split('"').length > 8),
}

const context: StoreContext = {
  now: 0,
  secretKeyBase: undefined,
  entropy: (label, length) => Uint8Array.from({ length }, (_, i) => label.charCodeAt(i % label.length) + i),
}
const place = { name: 'session', ttl: 60 }

/** What a synchronous result comes to. */
const now = <A>(result: Result<A>): A => {
  if (typeof result !== 'function') return result
  const outcome = (result as () => Outcome<A>)()
  if (outcome._tag === 'Right') return outcome.right
  throw new Error('a store in memory does not fail')
}

/** Each character is a change of a session: what, which key, and whether the session is read. */
const stored = (input: string): ReadonlyMap<string, number> => {
  const store = memoryStore(memoryTable())
  const model = new Map<string, number>()
  let id: string | undefined
  for (let i = 0; i < input.length; i++) {
    const code = input.charCodeAt(i)
    const key = `k${code & 3}`
    const value = code >> 4
    const change: StoreChange =
      (code & 12) === 8
        ? { op: 'delete', key }
        : (code & 12) === 12
          ? { op: 'clear' }
          : { op: 'put', entry: termFormat.rawEntry(key, value) }
    if (change.op === 'put') model.set(key, value)
    else if (change.op === 'delete') model.delete(key)
    else model.clear()
    id = now(store.apply(id, { changes: [change], entries: [] }, place, context))
    law(id !== undefined, 'a write gives an id')
    const held = now(store.get(id as string, place, context))
    const map = held === undefined ? undefined : termFormat.decode(termFormat.encodeMapRaw(held.entries))
    law(
      map?._tag === 'Right' && isDeepStrictEqual({ ...(map.right as object) }, Object.fromEntries(model)),
      'a session holds what its changes make',
    )
  }
  return model
}

export const sessions: Target = {
  name: 'sessions',
  files: [
    'plugs/session/stores/memory',
    'plugs/session/stores/memory-table',
    'plugs/session/terms',
    'lib/crypto/term/raw-map',
  ],
  seeds: ['\x00\x11\x22', '\x00\x08\x0c\x04', '\x31\x39\x32'],
  words: ['\x00', '\x08', '\x0c', '\x13'],
  // a store makes a new id only from entropy that is new
  grow: input => input,
  check: input => void stored(input),
  planted: input => fault(stored(input).size === 4),
}

const behind = rewriteOn({
  trust: ['loopback', '10.0.0.0/8'],
  headers: ['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-forwarded-port'],
})
const byForwarded = rewriteOn({ trust: ['loopback', '10.0.0.0/8'], headers: ['forwarded'] })

const rewritten = (input: string): string => {
  const [first = '', second = '', third = ''] = input.split('\n')
  const headers = {
    'x-forwarded-for': first,
    'x-forwarded-host': second,
    'x-forwarded-proto': third,
    'x-forwarded-port': third,
    forwarded: first,
  }
  const request = conn('GET', '/', { headers })
  for (const plug of [behind, byForwarded]) {
    const made = plug(request)
    law(isIP(made.remoteIp) !== 0, `remoteIp is an address: ${made.remoteIp}`)
    law(made.port > 0 && made.port < 65_536, 'a port is from 1 to 65535')
    law(made.scheme === 'http' || made.scheme === 'https', 'a scheme is http or https')
    law(/^[^\s/?#@\\]+$/.test(made.host), `a host has no space, slash or @: ${made.host}`)
  }
  const stranger = conn('GET', '/', { headers, remoteIp: '203.0.113.9' })
  law(
    behind(stranger) === stranger && byForwarded(stranger) === stranger,
    'a peer that is not trusted changes nothing',
  )
  return byForwarded(request).remoteIp
}

export const proxies: Target = {
  name: 'rewrite-on',
  files: ['plugs/rewrite-on', 'plugs/rewrite-on/trust', 'plugs/rewrite-on/forwarded', 'lib/http/uri'],
  seeds: [
    '6.6.6.6, 10.0.0.2\nexample.com:81\nhttps',
    'for="[2001:db8::1]:47";host=a.example;proto=https, for=10.0.0.1\n\n443',
    'for=_secret, for=unknown',
  ],
  words: ['for=', 'for="[', ']"', ':61598', ', ', ';proto=https', '10.0.0.1', '\n', '::1', '"', '\\'],
  check: input => void rewritten(input),
  planted: input => fault(isIP(rewritten(input)) === 6),
}
