/**
 * Measures sessions, Plugboard's beside those of its peers: `node dist/bench/sessions.js`. A thousand visitors, each with the
 * session that the contender itself gave, ask in turn. `read` shows a name from the session, `write` also counts a visit,
 * `untouched` has a session that nobody looks at. Options: `--rounds 8`, `--seconds 1`, `--json FILE`, `--scenario read` and
 * `--only encrypted`, the last two being names or several with commas between.
 */
import {
  ask,
  cookieOf,
  effort,
  head,
  line,
  measure,
  option,
  save,
  start,
  stop,
  type Measured,
} from './harness.js'
import { contenders, scenarios, without } from './session-contenders.js'

const visitors = 1000

const chosen = (all: readonly string[], names: string | undefined): readonly string[] =>
  names === undefined ? all : all.filter(one => names.split(',').some(name => one.includes(name)))

const measureOne = async (contender: string, scenario: string): Promise<Measured> => {
  const server = await start('./session-server.js', [contender, scenario])
  try {
    const cookies: string[] = []
    for (let i = 0; i < visitors; i++) cookies.push(cookieOf(await ask(server.port, `/login?${i}`, {})))
    if (new Set(cookies).size !== visitors) throw new Error(`${contender}: not every visitor has a cookie`)
    const { status, body } = await ask(server.port, '/', { cookie: cookies[7] as string })
    const expected = scenario === 'untouched' ? 'hello' : 'hello visitor 7'
    if (status !== 200 || body !== expected) throw new Error(`${contender}, ${scenario}: ${status} ${body}`)
    return await measure(contender, server, cookies, effort)
  } finally {
    stop(server)
  }
}

const results: Record<string, Measured[]> = {}
for (const scenario of chosen(scenarios, option('scenario'))) {
  console.log(`\n${scenario}\n${head}`)
  const measured: Measured[] = []
  for (const contender of chosen(Object.keys(contenders), option('only'))) {
    if (contender === without && scenario !== 'untouched') continue
    try {
      const one = await measureOne(contender, scenario)
      console.log(line(one))
      measured.push(one)
    } catch (cause) {
      console.log(`SKIPPED: ${contender}: ${cause instanceof Error ? cause.message : String(cause)}`)
    }
  }
  results[scenario] = measured
}
save(results)
process.exit()
