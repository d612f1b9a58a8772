/** S12: sessions in Redis, read and written. The server is at PLUGBOARD_TEST_REDIS_URL. */
import { ask, cookieOf, start, type Server } from '../harness.js'
import { overHttp, type Contender, type Visit } from '../over-http.js'
import type { Scenario } from '../scenario.js'

const names = ['Plugboard', '@fastify/session', 'express-session'] as const

/** A thousand visitors at most, each with the session that the contender itself began. */
const visits = async (server: Server, most: number): Promise<readonly Visit[]> => {
  const made: Visit[] = []
  for (let i = 0; i < most; i++) {
    const cookie = cookieOf(await ask(server.port, { path: `/login?${i}` }))
    if (cookie === '') throw new Error('a login gives no cookie')
    made.push({
      asked: { path: '/', headers: { cookie } },
      expected: { type: 'text/plain', body: `hello visitor ${i}` },
    })
  }
  if (new Set(made.map(({ asked }) => asked.headers?.['cookie'])).size !== most)
    throw new Error('not every visitor has a session')
  return made
}

const doing = (work: 'read' | 'write'): Readonly<Record<string, Contender>> =>
  Object.fromEntries(
    names.map(name => [
      `${name}, ${work}`,
      { start: () => start('./server.js', ['sessions', `${name}, redis`, work]) },
    ]),
  )

export const redisSessions: Scenario = overHttp({
  name: 'S12',
  title: 'sessions in Redis, read and written',
  goal: 'two thirds of the CPU time a request that @fastify/session and express-session take with connect-redis, or less',
  contenders: { ...doing('read'), ...doing('write') },
  visits,
})
