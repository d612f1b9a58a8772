/** S5 to S7: sessions in encrypted cookies, each opened every time, and the whole pipeline of a browser. */
import { contenders, type Scenario as SessionWork } from '../contenders/sessions.js'
import { secureHeaders, visitorName, withoutToken, page } from '../contenders/work.js'
import { ask, cookieOf, start, type Server } from '../harness.js'
import { overHttp, type Contender, type Expected, type Visit } from '../over-http.js'
import type { Scenario } from '../scenario.js'

/** Visitors that have logged in, each of whom asks with the cookie that the contender gave. */
const visitors =
  (expected: (i: number) => Expected) =>
  async ({ port }: Server, most: number): Promise<readonly Visit[]> => {
    const cookies: string[] = []
    for (let i = 0; i < most; i++) cookies.push(cookieOf(await ask(port, { path: `/login?${i}` })))
    if (new Set(cookies).size !== most) throw new Error('not every visitor was given a cookie')
    return cookies.map((cookie, i) => ({ asked: { path: '/', headers: { cookie } }, expected: expected(i) }))
  }

/** What a visitor is answered by a session scenario: a write gives a cookie, unless the session is kept on the server. */
const answer =
  (work: SessionWork, inCookie: boolean) =>
  (i: number): Expected => ({
    type: 'text/plain',
    body: work === 'untouched' ? 'hello' : `hello ${visitorName(i)}`,
    headers: work === 'write' && inCookie ? { 'set-cookie': /=./ } : {},
  })

const starting = (work: SessionWork, names: readonly string[]): Readonly<Record<string, Contender>> =>
  Object.fromEntries(
    names.map(name => [name, { start: () => start('./server.js', ['sessions', name, work]) }]),
  )

const encrypted = ['node:http by hand, sealed', 'Plugboard, encrypted', '@fastify/secure-session']

/** Every session store, and its peers, doing one work: `npm run bench:sessions`. */
export const stores = (work: SessionWork): Scenario =>
  overHttp({
    name: work === 'write' ? 'S6' : 'S5',
    title: `Sessions: ${work}`,
    goal: 'those of S5 and S6',
    contenders: starting(work, Object.keys(contenders)),
    visits: visitors(answer(work, false)),
  })

export const sessions: readonly Scenario[] = [
  overHttp({
    name: 'S5',
    title: 'A session in an encrypted cookie, read',
    goal: 'a ratio of 0.60',
    // The memo is reported apart: the goal is for every cookie opened.
    contenders: starting('read', [...encrypted, 'Plugboard, encrypted, memo']),
    visits: visitors(answer('read', true)),
  }),
  overHttp({
    name: 'S6',
    title: 'A session in an encrypted cookie, read and written by every request',
    goal: 'a ratio of 0.55',
    contenders: starting('write', encrypted),
    visits: visitors(answer('write', true)),
  }),
  overHttp({
    name: 'S7',
    title: 'The pipeline of a browser: session, flash, token in a form, secure headers, layout',
    goal: 'a ratio of 0.55',
    contenders: {
      'node:http by hand, sealed': { start: () => start('./server.js', ['node', 'browser']) },
      Plugboard: { start: () => start('./server.js', ['plugboard', 'browser']) },
      'Fastify 5, secure-session': { start: () => start('./server.js', ['fastify', 'browser']) },
      'Express 5, session in memory': { start: () => start('./server.js', ['express', 'browser']) },
    },
    visits: visitors(i => ({
      type: 'text/html',
      body: page(visitorName(i), 'TOKEN', undefined),
      headers: secureHeaders,
      plain: withoutToken,
    })),
  }),
]
