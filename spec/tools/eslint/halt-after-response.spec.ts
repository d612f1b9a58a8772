// The rule `halt-after-response`, by oxlint and by ESLint.
import t from 'tap'
import { statusCode, statusName } from '../../../lib/http/status.js'
import { checkRule, saidBy } from '../../support/linters.js'

const head = `import * as P from 'plugboard'
import { attempt, effect, fail, flow, halt, html, pipe, pipeline, pipeline as join, putRespHeader, putStatus, resp } from 'plugboard'
import { named, raise, rescue, sendResp, text, when, type Plug } from 'plugboard'
import { render } from 'plugboard/plugs'
import { controller, pipelines, router, scope } from 'plugboard/router'
import { show, stop } from './show.js'
`
const guarded = 'c => (ok(c) ? c : putStatus(401)(c))'

t.test('a plug that others follow returns a response without halt', t =>
  checkRule(
    t,
    'halt-after-response',
    head,
    [
      [
        `pipeline(${guarded}, show)`,
        /^After putStatus\(401\) the next plug goes on, for this plug does not halt: end it/,
      ],
      [
        `pipeline(${guarded}, show)`,
        'pipe(conn, putStatus(401), text(…), halt); a status for what follows is',
      ],
      ["pipeline(c => (ok(c) ? c : resp(401, 'no')(c)), show)", 'as in pipe(conn, sendResp(…), halt)'],
      ["pipeline(c => (ok(c) ? c : text('no')(c)), show)", 'as in pipe(conn, text(…), halt)'],
      ["pipeline(c => (ok(c) ? c : pipe(c, putStatus(401), text('no'))), show)", 'After text(…)'],
      [
        "pipeline(c => (ok(c) ? c : pipe(c, putStatus('forbidden'), putRespHeader('a', 'b'))), show)",
        "putStatus('forbidden')",
      ],
      ['pipeline(c => { if (ok(c)) return c; return putStatus(403)(c) }, show)', 'putStatus(403)'],
      ['pipeline(c => { if (!ok(c)) { return putStatus(403)(c) } return c }, show)', 'putStatus(403)'],
      ['pipeline(function (c) { return ok(c) ? c : putStatus(503)(c) }, show)', 'putStatus(503)'],
      ['pipeline(c => putStatus(401)(c), show)', 'putStatus(401)'],
      [
        'pipeline(c => { const denied = putStatus(401)(c); return ok(c) ? c : denied }, show)',
        'putStatus(401)',
      ],
      [
        'pipeline(c => (ok(c) ? putStatus(200)(putStatus(500)(c)) : putStatus(401)(c)), show)',
        'putStatus(401)',
      ],
      ['pipeline(c => P.putStatus(401)(c), show)', 'P.putStatus(401)'],
      // where the function is
      [`const guard = ${guarded}\npipeline(guard, show)`, 'putStatus(401)'],
      [`const guard: Plug = ${guarded}\npipeline(guard, show)`, 'putStatus(401)'],
      ['function guard(c) { return ok(c) ? c : putStatus(401)(c) }\npipeline(guard, show)', 'putStatus(401)'],
      ['pipeline(guard, show)\nfunction guard(c) { return ok(c) ? c : putStatus(401)(c) }', 'putStatus(401)'],
      [
        "const deny = status => c => (ok(c) ? c : resp(status, 'no')(c))\npipeline(deny(401), show)",
        'resp(…)',
      ],
      [
        'const guards = { admin: c => (ok(c) ? c : putStatus(401)(c)) }\npipeline(guards.admin, show)',
        'putStatus(401)',
      ],
      [
        `const guard = pipeline(stop, ${guarded})\npipeline(guard, show)`.replace(
          'stop',
          "putRespHeader('a', 'b')",
        ),
        'putStatus(401)',
      ],
      ['pipeline(flow(c => c, c => putStatus(401)(c)), show)', 'putStatus(401)'],
      ['const set = c => putStatus(401)(c)\npipeline(c => (ok(c) ? c : set(c)), show)', 'putStatus(401)'],
      // what pipeline it is in
      [`join(${guarded}, show)`, 'putStatus(401)'],
      [`P.pipeline(${guarded}, show)`, 'putStatus(401)'],
      [`pipeline.from<Browser>()(${guarded}, show)`, 'putStatus(401)'],
      [`pipeline(...before, ${guarded}, ...after)`, 'putStatus(401)'],
      [`pipeline(${guarded}, putRespHeader('a', 'b'), halt)`, 'putStatus(401)'],
      [`named('web', pipeline(${guarded}, show))`, 'putStatus(401)'],
      [`scope('/', ${guarded}, ({ get }) => [get('/', show)])`, 'putStatus(401)'],
      [`scope('/', [stop, ${guarded}], ({ get }) => [get('/', show)])`, 'putStatus(401)'],
      [`scope.from<Browser>()('/', ${guarded}, ({ get }) => [get('/', show)])`, 'putStatus(401)'],
      [
        `scope('/', ({ scope }) => [scope('/a', ${guarded}, ({ get }) => [get('/', show)])])`,
        'putStatus(401)',
      ],
      [
        `const browser = pipeline(putStatus(200), ${guarded})\nscope('/', browser, ({ get }) => [])`,
        'putStatus(401)',
      ],
      [
        `const named = pipelines({ browser: ${guarded} })\nnamed.scope('/', 'browser', ({ get }) => [])`,
        'putStatus(401)',
      ],
      [`scope('/', ({ get }) => [get('/', ${guarded}, show)])`, 'putStatus(401)'],
      [`scope('/', ({ get }) => [get('/', [stop, ${guarded}], show)])`, 'putStatus(401)'],
      [`controller({ plugs: [${guarded}] }, { show })`, 'putStatus(401)'],
      [
        `controller.from<Browser>()({ plugs: [[${guarded}, { only: ['show'] }]] }, { show })`,
        'putStatus(401)',
      ],
      ["pipeline(text('a'), text('b'))", 'text(…)'],
      // conditions and effects
      ['pipeline(when(isBanned, putStatus(403)), show)', 'putStatus(403)'],
      ["pipeline(when(isBanned, resp(403, 'no')), show)", 'resp(…)'],
      ['pipeline(when(isBanned, c => putStatus(403)(c)), show)', 'putStatus(403)'],
      [
        "pipeline(pipe(when(isBanned, putStatus(403)), rescue(e => c => text('y')(c))), show)",
        'putStatus(403)',
      ],
      ['pipeline(c => attempt(async () => (ok(c) ? c : putStatus(403)(c))), show)', 'putStatus(403)'],
      [
        'pipeline(c => pipe(find(c), effect.map(user => (user ? c : putStatus(403)(c)))), show)',
        'putStatus(403)',
      ],
      [
        'pipeline(function* (c) { const user = yield* find(c); return user ? c : putStatus(403)(c) }, show)',
        'putStatus(403)',
      ],
    ],
    [
      // a step that is written as such is meant
      'pipeline(putStatus(404), show)',
      "pipeline(putStatus(404), text('not found'))",
      "pipeline(resp(404, 'what is sent unless another plug says more'), show)",
      'const missing = putStatus(404)\npipeline(missing, show)',
      'pipeline(pipeline(putStatus(404)), show)',
      "scope('/', putStatus(404), ({ get }) => [])",
      // it halts or fails, or it is the last
      'pipeline(c => (ok(c) ? c : pipe(c, putStatus(401), halt)), show)',
      "pipeline(c => (ok(c) ? c : pipe(c, putStatus(401), text('no'), halt)), show)",
      "pipeline(c => (ok(c) ? c : halt(resp(401, 'no')(c))), show)",
      'pipeline(c => (ok(c) ? c : fail(c, forbidden)), show)',
      'pipeline(c => (ok(c) ? c : raise(forbidden)), show)',
      "pipeline(c => sendResp(401, 'no')(c), halt)",
      'pipeline(c => putStatus(401)(c), P.halt)',
      "pipeline(when(isBanned, pipeline(putStatus(403), text('no'), halt)), show)",
      'pipeline(when(isBanned, flow(putStatus(403), halt)), show)',
      'pipeline(c => pipe(find(c), effect.map(user => (user ? c : halt(putStatus(403)(c))))), show)',
      `pipeline(stop, ${guarded})`,
      `scope('/', ({ get }) => [get('/', ${guarded})])`,
      `scope('/', ({ get }) => [get('/:id', { id: int }, ${guarded})])`,
      `const show2 = ${guarded}\npipeline(stop, show2)`,
      // no error, or not known
      'pipeline(c => (ok(c) ? c : putStatus(201)(c)), show)',
      "pipeline(c => (ok(c) ? c : putStatus('created')(c)), show)",
      'pipeline(c => (ok(c) ? c : putStatus(status)(c)), show)',
      'pipeline(c => pipe(c, putStatus(404), putStatus(200)), show)',
      'pipeline(c => pipe(c, putStatus(401), stop), show)',
      "import { putStatus as other } from 'other'\npipeline(c => other(401)(c), show)",
      "import { pipeline as other } from 'other'\nother(c => putStatus(401)(c), show)",
      'const list = [c => putStatus(401)(c)]\nlist.map(show)',
      `things.get('/', ${guarded})`,
    ],
  ),
)

t.test('one report for each call, however often its plug is used', async t => {
  const source = `${head}const guard = c => (ok(c) ? c : putStatus(401)(c))
pipeline(guard, show)
pipeline(guard, stop)
pipeline(c => (ok(c) ? resp(200, 'yes')(c) : putStatus(401)(c)), show)`
  const [said = []] = await saidBy(t, 'halt-after-response', [source])
  t.equal(said.length, 3)
})

t.test('the names of statuses are known', async t => {
  const names = [...Array(900).keys()].flatMap(i => {
    try {
      return [statusName(i + 100)]
    } catch {
      return []
    }
  })
  t.ok(names.length > 50)
  const said = await saidBy(
    t,
    'halt-after-response',
    names.map(name => `${head}pipeline(c => (ok(c) ? c : putStatus('${name}')(c)), show)`),
  )
  names.forEach((name, i) => t.equal(said[i]?.length, statusCode(name) >= 400 ? 1 : 0, name))
})
