import t from 'tap'
import { node } from '../support/command.js'
import { withCallSite, firstCallSite, callSiteOf, lacksCallSite } from '../../router/call-site.js'

t.test('the first frame that is in a file is the place', async t => {
  const cases: readonly (readonly [frame: string, file: string | undefined, line?: number])[] = [
    ['    at file:///app/router.js:12:5', 'file:///app/router.js', 12],
    ['    at routes (file:///app/router.js:12:5)', 'file:///app/router.js', 12],
    ['    at Object.<anonymous> (/app/router.ts:3:1)', '/app/router.ts', 3],
    ['    at Object.make [as scope] (/app/router.ts:3:1)', '/app/router.ts', 3],
    ['    at new Site (/app/router.ts:3:1)', '/app/router.ts', 3],
    ['    at async file:///app/router.js:12:5', 'file:///app/router.js', 12],
    ['    at C:\\app\\router.js:7:1', 'C:\\app\\router.js', 7],
    ['    at routes (C:\\my app (1)\\router.js:7:1)', 'C:\\my app (1)\\router.js', 7],
    ['    at /my app (1)/router.js:7:1', '/my app (1)/router.js', 7],
    ['    at Array.map (<anonymous>)', undefined],
    ['    at native', undefined],
    ['    at ModuleJob.run (node:internal/modules/esm/module_job:325:25)', undefined],
    ['    at eval (eval at made (file:///app/a.js:1:1), <anonymous>:1:1)', undefined],
    ['    at <anonymous>:1:1', undefined],
    ['routes@https://example.com/router.js:1:2', undefined],
  ]
  for (const [frame, file, line] of cases) {
    const place = firstCallSite(`Error: at first (/not/this.js:1:1)\n${frame}`)
    t.strictSame(place, file === undefined ? undefined : { file, line }, frame)
  }
  t.strictSame(
    firstCallSite('Error\n    at Array.map (<anonymous>)\n    at f (/a.js:1:2)\n    at g (/b.js:3:4)'),
    { file: '/a.js', line: 1 },
    'the innermost',
  )
  t.equal(firstCallSite(''), undefined)
})

t.test('the place of a call is outside of what is called', async t => {
  const called = () => inner()
  const inner = () => callSiteOf(called)
  const [first, second] = [called(), called()]
  t.match(first?.file, /call-site\.spec\.[jt]s$/)
  t.equal(first?.line, second?.line)
  const below = called()
  t.ok((below?.line ?? 0) > (first?.line ?? 0))
  t.strictSame([0].map(called)[0]?.file, first?.file, 'past what is in no file')
})

t.test('without a stack of V8’s there is no place', async t => {
  const called = () => callSiteOf(called, {})
  t.equal(called(), undefined)
  const odd = () => callSiteOf(odd, { captureStackTrace: into => Object.assign(into, { stack: [] }) })
  t.equal(odd(), undefined, 'nor from one that somebody prepares otherwise')
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 0
  try {
    t.equal(withCallSite(callSite => callSite)(), undefined, 'nor where none is kept')
    const mistake = lacksCallSite(new TypeError('GET /: wrong'))
    t.throws(
      withCallSite(() => {
        throw mistake
      }),
      mistake,
    )
  } finally {
    Error.stackTraceLimit = limit
  }
})

t.test(
  'compiled, the place is in the source where Node reads source maps, and else in what it runs',
  async t => {
    const program = `import { routes } from 'plugboard/router'
const { app } = await import('./dist/examples/snippetbox/router.js')
console.log(routes(app)[0].file, routes(app)[0].line)`
    const placed = async (...options: readonly string[]): Promise<string> =>
      (await node([...options, '--input-type=module', '-e', program], { env: { NODE_OPTIONS: '' } })).stdout
    t.match(await placed(), /^file:\/\/\S+\/dist\/examples\/snippetbox\/router\.js \d+\n$/)
    t.match(await placed('--enable-source-maps'), /(?<!dist)\/examples\/snippetbox\/router\.ts \d+\n$/)
  },
)

t.test('what declares is told the place, and its mistakes say it once', async t => {
  const outer = withCallSite((_, routes: () => unknown) => routes())
  const inner = withCallSite((place, ok: boolean) => {
    if (!ok) throw lacksCallSite(new TypeError('GET /: wrong'))
    return place
  })
  t.match(inner(true), { file: /call-site\.spec/, line: Number })
  t.throws(() => outer(() => inner(false)), {
    message: /^GET \/: wrong \([^()]+call-site\.spec\.[jt]s:\d+\)$/,
  })
})
