// The rule `no-wide-plug`, by oxlint and by ESLint.
import t from 'tap'
import { checkRule } from '../../support/linters.js'

const head = `import * as P from 'plugboard'
import { attempt, effect, fail, flow, halt, html, pipe, pipeline, putRespHeader, putStatus, redirect, resp } from 'plugboard'
import { named, raise, rescue, sendFile, sendResp, stream, text, text as say, when } from 'plugboard'
import type { After, Conn, Effect, Halted, Plug, Plug as Middleware, Responded, Result } from 'plugboard'
import { render } from 'plugboard/plugs'
import type { Handler } from 'plugboard/router'
import { right } from 'fp-ts/lib/Either.js'
import { stop } from './stop.js'
`

t.test('an annotation that hides a response without halt', t =>
  checkRule(
    t,
    'no-wide-plug',
    head,
    [
      // what is annotated
      [
        "const guard: Plug = c => (ok(c) ? c : text('no')(c))",
        /responds by text\(…\) without halt, and the type Plug hides/,
      ],
      [
        "const guard: Plug = c => (ok(c) ? c : text('no')(c))",
        /end it with halt, as in pipe\(conn, text\(…\), halt\), or leave/,
      ],
      ["const guard: Plug<Browser> = c => (ok(c) ? c : text('no')(c))", 'Plug<Browser>'],
      ["const guard: Middleware = c => (ok(c) ? c : text('no')(c))", 'the type Middleware'],
      ["const guard: P.Plug = c => (ok(c) ? c : P.text('no')(c))", 'the type P.Plug'],
      ["const guard = (c: Conn): Conn => (ok(c) ? c : text('no')(c))", 'the type Conn'],
      ["const guard = <C extends Conn>(c: C): C => (ok(c) ? c : text('no')(c))", 'the type C hides'],
      ["const guard = <C extends Conn>(c: C): C | Halted => (ok(c) ? c : text('no')(c))", 'C | Halted'],
      ["const guard = (c: Browser): Browser => (ok(c) ? c : text('no')(c))", 'Browser'],
      [
        "type Browser = After<typeof browser>\nconst guard = (c): Browser => (ok(c) ? c : text('no')(c))",
        'Browser',
      ],
      ["type Guard = (conn: Conn) => Conn\nconst guard: Guard = c => (ok(c) ? c : text('no')(c))", 'Guard'],
      ["type Mine = Plug<Browser>\nconst guard: Mine = c => (ok(c) ? c : text('no')(c))", 'Mine'],
      ["const guard: (conn: Conn) => Conn = c => text('no')(c)", /\(conn: Conn\) => Conn/],
      ["function guard(c: Conn): Conn { if (ok(c)) return c; return text('no')(c) }", 'the type Conn'],
      ["const guard = function (c: Conn): Conn { return text('no')(c) }", 'the type Conn'],
      ['const deny = (words: string): Plug => c => (ok(c) ? c : text(words)(c))', 'the type Plug'],
      ['function deny(words: string): Plug { return c => text(words)(c) }', 'the type Plug'],
      ["const guard = ((c) => text('no')(c)) as Plug", 'the type Plug'],
      ["class Guards { guard: Plug = c => text('no')(c) }", 'the type Plug'],
      ["const all: readonly Plug[] = [c => c, c => text('no')(c)]", 'the type Plug'],
      ["const all: Plug[] = [text('no')]", 'the type Plug'],
      // how it responds
      ["const page: Plug = text('x')", 'text(…)'],
      ["const page: Plug = pipeline(putStatus(200), text('x'))", 'text(…)'],
      ["const page: Plug = pipeline.from<Browser>()(putStatus(200), html('x'))", 'html(…)'],
      ["const page: Plug = named('page', pipeline(html('x')))", 'html(…)'],
      ["const page: Plug = flow(putStatus(200), text('x'))", 'text(…)'],
      ["const page: Plug = when(isPage, text('x'))", 'text(…)'],
      ["const page: Plug = pipe(pipeline(text('x')), rescue(e => c => text('y')(c)))", 'text(…)'],
      ["const guard: Plug = c => pipe(c, putStatus(401), say('no'))", 'say(…)'],
      ["const guard: Plug = c => pipe(c, text('no'), putRespHeader('a', 'b'))", 'text(…)'],
      ["const guard: Plug = c => putRespHeader('a', 'b')(redirect('/')(c))", 'redirect(…)'],
      ["const guard: Plug = c => ok(c) && c || sendResp(401, 'no')(c)", 'sendResp(…)'],
      ["const guard: Plug = c => (count(), sendFile(200, 'a')(c))", 'sendFile(…)'],
      ['const guard = c => stream(200, [])(c) as Conn', 'stream(…)'],
      ['const guard: Plug = c => render(view)(c)!', 'render(…)'],
      ["const guard: Plug = c => { const no = text('no'); return no(c) }", 'text(…)'],
      ["const guard: Plug = c => { const denied = text('no')(c); return denied }", 'text(…)'],
      ["const no = c => text('no')(c)\nconst guard: Plug = c => (ok(c) ? c : no(c))", 'text(…)'],
      ["function no(c) { return text('no')(c) }\nconst guard: Plug = c => (ok(c) ? c : no(c))", 'text(…)'],
      ["const no = words => c => text(words)(c)\nconst guard: Plug = c => no('x')(c)", 'text(…)'],
      ["const no = { admin: c => text('no')(c) }\nconst guard: Plug = c => no.admin(c)", 'text(…)'],
      ["const say2 = P.text\nconst guard: Plug = c => say2('no')(c)", 'say2(…)'],
      ["const { text: say3 } = P\nconst guard: Plug = c => say3('no')(c)", 'say3(…)'],
      [
        "const guard: Plug = c => { switch (c.method) { case 'GET': return c; default: return text('no')(c) } }",
        'text(…)',
      ],
      ["const guard: Plug = c => { try { return c } catch { return text('no')(c) } }", 'text(…)'],
      ["const guard: Plug = c => (ok(c) ? halt(text('a')(c)) : text('b')(c))", 'text(…)'],
      // effects
      ["const guard: Plug = c => attempt(async () => text('no')(c))", 'text(…)'],
      ["const guard: Plug = c => attempt(async () => { await work(); return text('no')(c) })", 'text(…)'],
      ["const guard: Plug = c => () => right(text('no')(c))", 'text(…)'],
      ["const guard: Plug = c => effect.of(text('no')(c))", 'text(…)'],
      ["const guard: Plug = c => pipe(find(c), effect.map(user => (user ? c : text('no')(c))))", 'text(…)'],
      ["const guard: Plug = c => pipe(find(c), effect.chain(user => effect.of(text('no')(c))))", 'text(…)'],
      [
        "const guard: Plug = function* (c) { const user = yield* find(c); return user ? c : text('no')(c) }",
        'text(…)',
      ],
      ["const guard = (c: Conn): Effect<Conn> => effect.of(text('no')(c))", 'Effect<Conn>'],
      ["const guard = (c: Conn): Result<Conn | Halted> => effect.of(text('no')(c))", 'Result<Conn | Halted>'],
      [
        "const guard = (c: Conn): Conn | Effect<Conn> => (ok(c) ? c : effect.of(text('no')(c)))",
        'Conn | Effect<Conn>',
      ],
    ],
    [
      // it halts
      "const guard: Plug = c => (ok(c) ? c : pipe(c, text('no'), halt))",
      "const guard: Plug = c => (ok(c) ? c : halt(text('no')(c)))",
      "const guard: Plug = c => (ok(c) ? c : P.halt(P.text('no')(c)))",
      "const guard: Plug = pipeline(text('x'), halt)",
      "const guard: Plug = flow(text('x'), halt)",
      "const guard: Plug = flow(putStatus(401), halt, text('no'))",
      "const guard: Plug = when(isPage, pipeline(text('x'), halt))",
      "const guard: Plug = c => { const no = text('no')(c); return halt(no) }",
      "const no = c => halt(text('no')(c))\nconst guard: Plug = c => (ok(c) ? c : no(c))",
      "const no = flow(text('no'), halt)\nconst guard: Plug = c => (ok(c) ? c : no(c))",
      "const guard: Plug = c => attempt(async () => halt(text('no')(c)))",
      "const guard: Plug = c => pipe(find(c), effect.map(user => (user ? c : halt(text('no')(c)))))",
      "const guard: Plug = c => pipe(find(c), effect.map(user => text('no')(c)), effect.map(halt))",
      'const guard: Plug = c => (ok(c) ? c : fail(c, forbidden))',
      'const guard: Plug = c => (ok(c) ? c : raise(forbidden))',
      // its type says that it responds
      "const guard = (c: Conn) => (ok(c) ? c : text('no')(c))",
      "const guard = (c => text('no')(c)) satisfies Plug",
      "const page = (c: Conn): Responded => text('no')(c)",
      "const page = (c: Conn): Conn | Responded => (ok(c) ? c : text('no')(c))",
      "const page = (c: Conn): Effect<Responded> => effect.of(text('no')(c))",
      "const page = (c: Conn): Conn | Effect<Conn | Responded> => effect.of(text('no')(c))",
      "const page: Handler = c => text('no')(c)",
      "const page: Plug<Conn, Conn & Responded> = c => text('no')(c)",
      "type Page = Conn | Responded\nconst page = (c: Conn): Page => text('no')(c)",
      "const pages: Handler[] = [c => text('no')(c)]",
      'const guard: Plug = c => effect.failed(forbidden)',
      // it does not respond
      "const set: Plug = c => resp(200, 'x')(c)",
      'const set: Plug = c => putStatus(404)(c)',
      "const set: Plug = c => putRespHeader('x', 'y')(c)",
      "const set: Plug = putRespHeader('x', 'y')",
      // what only looks like it, and what cannot be known
      "const guard: Plug = c => { const text = () => x => x; return text('no')(c) }",
      "import type { Plug as Other } from 'other'\nconst guard: Other = c => text('no')(c)",
      "const guard: Plug = c => pipe(c, text('no'), stop)",
      "const guard: Plug = c => stop(text('no')(c))",
      "const guard: Plug = c => { let at = text('no')(c); at = halt(at); return at }",
      "const guard: Plug = c => { later(() => { return text('no')(c) }); return c }",
      "const guard: Plug = c => { const body = text('no')(c).respBody; return body ? c : c }",
      'const loop: Plug = c => (ok(c) ? c : loop(c))',
      'const loop = c => loop(c)\nconst guard: Plug = c => loop(c)',
      "const words = (c: Conn): string => text('no')(c)",
      'declare const declared: Plug\nlet empty: Plug',
      'abstract class A { abstract guard(c: Conn): Conn }\ninterface B { guard(c: Conn): Conn }\ndeclare function guard(c: Conn): Conn',
    ],
  ),
)
