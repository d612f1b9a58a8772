// The rule `yield-star`, by oxlint and by ESLint.
import t from 'tap'
import { checkRule, saidBy } from '../../support/linters.js'

const head = `import * as P from 'plugboard'
import { attempt, effect, effect as E, ensure, ensure as must, from, gen, orFail, pipe } from 'plugboard'
import { find } from './find.js'
`
const inGenerator = (body: string): string => `const show = function* (conn) { ${body}; return conn }`

t.test('an effect that a generator makes and does not execute', t =>
  checkRule(
    t,
    'yield-star',
    head,
    [
      [
        'ensure(ok(conn), no)',
        /^ensure\(…\) makes an effect that is not executed, so it does nothing: write yield\* ensure\(…\)$/,
      ],
      ['must(ok(conn), no)', 'write yield* must(…)'],
      ['P.ensure(ok(conn), no)', 'write yield* P.ensure(…)'],
      ['orFail(x, no)', 'yield* orFail(…)'],
      ['attempt(() => work())', 'yield* attempt(…)'],
      ['from(te)', 'yield* from(…)'],
      ['gen(function* () { return 1 })', 'yield* gen(…)'],
      ['effect.of(1)', 'yield* effect.of(…)'],
      ['effect.failed(no)', 'yield* effect.failed(…)'],
      ['effect.from(te)', 'yield* effect.from(…)'],
      ['E.of(1)', 'yield* E.of(…)'],
      ['P.effect.of(1)', 'yield* P.effect.of(…)'],
      ['effect.map(f)(find(1))', 'yield* effect.map(…)'],
      ['pipe(find(1), effect.map(f))', 'yield* effect.map(…)'],
      ['void ensure(ok(conn), no)', 'yield* ensure(…)'],
      ['if (x) ensure(ok(conn), no)', 'yield* ensure(…)'],
      ['x && ensure(ok(conn), no)', 'yield* ensure(…)'],
      ['x ? ensure(ok(conn), no) : y()', 'yield* ensure(…)'],
      ['(x(), ensure(ok(conn), no))', 'yield* ensure(…)'],
      ['for (const x of xs) ensure(x, no)', 'yield* ensure(…)'],
      ['try { ensure(ok(conn), no) } finally { x() }', 'yield* ensure(…)'],
      ['const check = ensure; check(ok(conn), no)', 'yield* check(…)'],
      ['const { of } = effect; of(1)', 'yield* of(…)'],
      [
        'yield ensure(ok(conn), no)',
        /^yield gives the effect of ensure\(…\) away and does not execute it: write yield\* ensure\(…\)$/,
      ],
      ['const x = yield orFail(y, no)', 'write yield* orFail(…)'],
      ['const x = (yield attempt(() => work())) as X', 'write yield* attempt(…)'],
      ['const x = yield pipe(find(1), effect.map(f))', 'write yield* effect.map(…)'],
    ].map(([body, message]) => [inGenerator(body as string), message as string | RegExp] as const),
    [
      'yield* ensure(ok(conn), no)',
      'const x = yield* orFail(y, no)',
      'const x = yield* pipe(find(1), effect.map(f))',
      'x ? yield* ensure(ok(conn), no) : y()',
      'x && (yield* ensure(ok(conn), no))',
      'const load = attempt(() => work()); const x = yield* load',
      'const both = [ensure(a, no), ensure(b, no)]',
      'yield find(1)',
      'find(1)',
      'effect.of(1)()',
      'effect.map(f)(find(1))()',
      'pipe(find(1), effect.map(f))()',
      'log(ensure(ok(conn), no))',
      'const ensure = x => x; ensure(1)',
      'other.ensure(ok(conn), no)',
      'pipe(find(1), f)',
      'yield',
      'return ensure(ok(conn), no)',
    ].map(inGenerator),
  ),
)

t.test('a generator in another place, and functions that are no generators', async t => {
  const [method, nested, plain, top, returned] = await saidBy(
    t,
    'yield-star',
    [
      'const posts = { *show(conn) { ensure(1, no) } }',
      'function* show(conn) { xs.forEach(x => { ensure(x, no) }) }',
      'const show = conn => { ensure(1, no); return conn }',
      'ensure(1, no)',
      'const show = conn => ensure(1, no)',
    ].map(source => head + source),
  )
  t.match(method, [/: write yield\* ensure\(…\)$/])
  for (const said of [nested, plain, top])
    t.match(said, [
      /does nothing: return it, or execute it in a generator \(function\*\) by yield\* ensure\(…\)$/,
    ])
  t.strictSame(returned, [])
})

t.test('another package has functions of these names', async t => {
  const said = await saidBy(t, 'yield-star', [
    "import { ensure } from './ensure.js'\nfunction* f() { ensure(1); yield ensure(2) }",
    "import { from, effect } from 'other'\nfunction* f() { from(1); effect.of(2) }",
    "import plugboard from 'plugboard'\nfunction* f() { plugboard.of(1) }",
  ])
  t.strictSame(said, [[], [], []])
})
