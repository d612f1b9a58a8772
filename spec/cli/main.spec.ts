// The command as it is called: a child process, in the folder of an app.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t, { type Test } from 'tap'
import type { RouteInfo } from '../../router/index.js'
import { node, root } from '../support/command.js'

const bin = join(root, 'dist/cli/main.js')

/** Calls the command in a folder; coverage of it counts. */
const plugboard = (cwd: string, ...args: readonly string[]) =>
  node([bin, ...args], { cwd, env: { NODE_V8_COVERAGE: process.env['NODE_V8_COVERAGE'] } })

/** A folder with files of an app that has this Plugboard installed; it goes when the test ends. */
const appWith = (t: Test, files: Readonly<Record<string, string>>): string => {
  const folder = mkdtempSync(join(tmpdir(), 'plugboard-cli-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(root, join(folder, 'node_modules/plugboard'), 'junction')
  return folder
}

const manifest = (router: unknown): string => JSON.stringify({ type: 'module', plugboard: { router } })

const site = `import { named, pipeline, putStatus, text } from 'plugboard'
import { int, router, scope } from 'plugboard/router'

const browser = named('browser', pipeline(putStatus(200)))
const home = text('home')
const show = c => text('a post')(c)
const nothing = c => text('nothing')(c)

export const app = router(
  scope('/', browser, ({ get, put, scope, fallback }) => [
    get('/', home),
    get('/posts/:id', { id: int }, show),
    put('/posts/:id', show),
    scope({ path: '/', host: 'api.' }, ({ get }) => [get('/status', home)]),
    fallback(nothing),
  ]),
)
`

t.test('in this repository it lists Snippetbox', async t => {
  const { code, stdout, stderr } = await plugboard(root, 'routes')
  t.equal(stderr, '')
  t.equal(code, 0)
  const lines = stdout.trimEnd().split('\n')
  t.match(
    lines[0],
    /^GET {5}\/healthz +health +examples\/snippetbox\/router\.ts:\d+$/,
    'lines are the sources’',
  )
  t.ok(
    lines.some(line =>
      /^GET {5}\/snippets\/:id\/edit +edit +browser, authenticated +examples\/snippetbox\/router\.ts:\d+$/.test(
        line,
      ),
    ),
  )
  t.equal(new Set(lines.map(line => line.indexOf('/'))).size, 1, 'patterns begin below each other')
})

t.test('what the guide shows is what it prints', async t => {
  const guide = readFileSync(join(root, 'docs/routing.md'), 'utf8')
  const shown = [...guide.matchAll(/^\$ npx plugboard (?<args>.+)\n(?<output>[^`]+)^```$/gm)]
  t.equal(shown.length, 2)
  for (const { groups: { args = '', output = '' } = {} } of shown) {
    const { stdout } = await plugboard(root, ...args.split(' '))
    const [whole, more] = output.split('…\n')
    t.equal(more === undefined ? stdout : stdout.slice(0, whole?.length), whole, args)
  }
})

t.test('it lists the routes of the app in its folder, or in one above', async t => {
  const folder = appWith(t, {
    'package.json': manifest('./web/router.js'),
    'web/router.js': site,
    'web/x/y': '',
  })
  const all = await plugboard(folder, 'routes')
  t.strictSame(all, {
    code: 0,
    stderr: '',
    stdout: [
      'GET        /            text  browser  web/router.js:11',
      'GET        /posts/:id   show  browser  web/router.js:12',
      'PUT        /posts/:id   show  browser  web/router.js:13',
      'GET  api.  /status      text  browser  web/router.js:14',
      '',
    ]
      .join('\n')
      .replaceAll(
        /(\/\S*) +(text|show)/g,
        (_, pattern: string, handler: string) => `${pattern.padEnd(10)}  ${handler}`,
      ),
  })
  const inside = await plugboard(join(folder, 'web/x'), 'routes', 'posts', '--method', 'put')
  t.match(inside, {
    code: 0,
    stdout: /^PUT {2}\/posts\/:id {2}show {2}browser {2}\/\S+\/web\/router\.js:13\n$/,
  })
  t.match(await plugboard(folder, 'routes', 'nowhere'), {
    code: 0,
    stdout: '',
    stderr: 'plugboard: there is no such route\n',
  })
  const json = await plugboard(folder, 'routes', '--json', '--method', 'PUT')
  const [route, ...others] = JSON.parse(json.stdout) as readonly RouteInfo[]
  t.match(route, {
    method: 'PUT',
    pattern: '/posts/:id',
    params: ['id'],
    pipelines: ['browser'],
    plugs: ['putStatus'],
    handler: 'show',
    mount: false,
    line: 13,
  })
  t.strictSame(route?.hosts, [])
  t.strictSame(others, [])
})

t.test('it says which route a request finds, and what runs', async t => {
  const folder = appWith(t, { 'package.json': manifest('web.js'), 'web.js': site })
  t.strictSame(await plugboard(folder, 'routes', '--match', 'GET', '/posts/7?page=2'), {
    code: 0,
    stderr: '',
    stdout:
      'GET /posts/7 finds GET /posts/:id (web.js:12).\nIts parameters are\n  id = "7"\nIt runs\n  1  putStatus\n  2  show\n',
  })
  t.strictSame(await plugboard(folder, 'routes', '--match', 'GET /status', '--host', 'api.test'), {
    code: 0,
    stderr: '',
    stdout: 'GET api.test/status finds GET /status (web.js:14).\nIt runs\n  1  putStatus\n  2  text\n',
  })
  t.strictSame(await plugboard(folder, 'routes', '--match', 'POST', '/posts/7'), {
    code: 1,
    stderr: '',
    stdout:
      'No route takes POST /posts/7.\nThere are routes of this path for GET, HEAD, PUT.\nThe fallback in / (web.js:15) answers. It runs\n  1  putStatus\n  2  nothing\n',
  })
  t.match(await plugboard(folder, 'routes', '--match', 'GET', '/posts/x'), {
    code: 1,
    stdout: 'GET /posts/x finds GET /posts/:id (web.js:12), whose codec refuses "id".\n',
  })
  const json = await plugboard(folder, 'routes', '--match', 'GET', '/posts/7', '--json')
  t.match(JSON.parse(json.stdout), {
    kind: 'route',
    route: { pattern: '/posts/:id' },
    pathParams: { id: '7' },
  })
})

t.test('the router is an export, in a pipeline, or made by a function', async t => {
  const exports: readonly (readonly [named: string, module: string])[] = [
    ['./web.js', 'export { app as router }'],
    ['./web.js', 'export default app'],
    ['./web.js#shop', 'export const shop = app'],
    ['./web.js#shop', 'export const shop = () => app'],
    ['./web.js', 'const make = async () => app; export { make as router }'],
    ['./web.js', 'const whole = pipeline(putStatus(200), app); export { whole as router }'],
    // what a module leaves open does not keep the command
    ['./web.js', 'export default app; setInterval(() => {}, 1000)'],
  ]
  const tried = async ([named, module]: (typeof exports)[number]) => {
    const folder = appWith(t, {
      'package.json': manifest(named),
      'web.js': `${site.replace('export const app', 'const app')}\n${module}\n`,
    })
    const { code, stdout, stderr } = await plugboard(folder, 'routes', 'posts', '--method', 'PUT')
    t.match({ code, stdout, stderr }, { code: 0, stdout: /^PUT {2}\/posts\/:id/, stderr: '' }, module)
  }
  await Promise.all(exports.map(tried))
})

/** What loaders for TypeScript do: they compile a module when it is imported, and give its map along. */
const loader = `import ts from '${pathToFileURL(join(root, 'node_modules/typescript-5/lib/typescript.js')).href}'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022, inlineSourceMap: true }
export const load = (url, context, next) => {
  if (!url.endsWith('.ts')) return next(url, context)
  const fileName = fileURLToPath(url)
  const source = ts.transpileModule(readFileSync(fileName, 'utf8'), { fileName, compilerOptions }).outputText
  return { format: 'module', shortCircuit: true, source }
}
`

t.test('a router in TypeScript, which a loader compiles, has the lines of its source', async t => {
  const folder = appWith(t, {
    'package.json': manifest('./web.ts'),
    'loader.js': loader,
    'register.js': "import { register } from 'node:module'\nregister('./loader.js', import.meta.url)",
    'web.ts': `// Types are gone when it runs, and with them their lines.
interface Gone {
  readonly a: string
}

${site}`,
  })
  const args = ['--import', pathToFileURL(join(folder, 'register.js')).href, bin, 'routes', '--method', 'PUT']
  t.strictSame(await node(args, { cwd: folder }), {
    code: 0,
    stderr: '',
    stdout: 'PUT  /posts/:id  show  browser  web.ts:18\n',
  })
})

t.test('where there is no router, a sentence says why', async t => {
  const cases: readonly (readonly [files: Readonly<Record<string, string>>, message: RegExp])[] = [
    [{ 'package.json': '{' }, /^plugboard: \S+package\.json cannot be read: /],
    [
      { 'package.json': '{}' },
      /^plugboard: \S+package\.json does not say where the router is: add "plugboard": \{ "router": "\.\/dist\/router\.js" \}\n$/,
    ],
    [{ 'package.json': 'null' }, /does not say where the router is/],
    [{ 'package.json': '{ "plugboard": null }' }, /does not say where the router is/],
    [
      { 'package.json': manifest(7) },
      /^plugboard: \S+package\.json: "router" of "plugboard" must be the path of a module, such as "\.\/dist\/router\.js"\n$/,
    ],
    [{ 'package.json': manifest('') }, /must be the path of a module/],
    [
      { 'package.json': manifest('./dist/router.js') },
      /^plugboard: \S+package\.json says that the router is in \.\/dist\/router\.js, and there is no such file: is the app built\?\n$/,
    ],
    [
      { 'package.json': manifest('./web.js'), 'web.js': 'throw new Error("no database")' },
      /^plugboard: \.\/web\.js cannot be loaded: no database\n$/,
    ],
    [
      { 'package.json': manifest('./web.js'), 'web.js': 'throw "a text"' },
      /^plugboard: \.\/web\.js cannot be loaded: a text\n$/,
    ],
    [
      {
        'package.json': manifest('./web.js'),
        'web.js': site.replace('fallback(nothing)', "get('/posts/new', show)"),
      },
      /^plugboard: \.\/web\.js cannot be loaded: GET \/posts\/new \(\S+web\.js:15\): GET \/posts\/:id \(\S+web\.js:12\) is declared before it and takes all its requests: declare it before that, or leave it out\n$/,
    ],
    [
      { 'package.json': manifest('./web.js'), 'web.js': 'export const site = 1' },
      /^plugboard: \.\/web\.js exports no router, app, default: name the export that is the router, as "\.\/web\.js#name"\n$/,
    ],
    [
      { 'package.json': manifest('./web.js#shop'), 'web.js': 'export const a = 1, b = 2' },
      /^plugboard: \.\/web\.js has no export "shop": it has a, b\n$/,
    ],
    [
      { 'package.json': manifest('./web.js#shop'), 'web.js': 'export {}' },
      /^plugboard: \.\/web\.js has no export "shop": it has none\n$/,
    ],
    [
      { 'package.json': manifest('./web.js'), 'web.js': 'export const app = {}' },
      /^plugboard: "app" of \.\/web\.js must be a router, a pipeline that holds one, or a function that makes either\n$/,
    ],
    [
      { 'package.json': manifest('./web.js'), 'web.js': 'export const app = () => 7' },
      /^plugboard: "app" of \.\/web\.js must be .+ that makes either, and what it makes is none\n$/,
    ],
    [
      { 'package.json': manifest('./web.js'), 'web.js': 'export const app = c => c.status' },
      /^plugboard: "app" of \.\/web\.js must be .+ that makes either, and called without arguments it throws: Cannot read .+\n$/,
    ],
  ]
  const tried = async ([files, message]: (typeof cases)[number]) =>
    t.match(
      await plugboard(appWith(t, files), 'routes'),
      { code: 1, stdout: '', stderr: message },
      String(message),
    )
  await Promise.all(cases.map(tried))
})

t.test('without a package.json it says so', async t => {
  const { code, stderr } = await plugboard('/', 'routes')
  t.equal(code, 1)
  t.match(stderr, /^plugboard: there is no package\.json in \/ or above it\n$/)
})

t.test('help and version go to standard output; a wrong call is 2, with the usage', async t => {
  const help = await plugboard('/', '--help')
  t.match(help, { code: 0, stdout: /^usage: plugboard routes /, stderr: '' })
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly version: string
  }
  t.strictSame(await plugboard('/', '--version'), { code: 0, stdout: `${version}\n`, stderr: '' })
  const wrong = await plugboard('/', 'route')
  t.strictSame(wrong, {
    code: 2,
    stdout: '',
    stderr: `plugboard: there is no command "route"\n\n${help.stdout}`,
  })
  t.match(await plugboard('/', 'routes', '--nope'), {
    code: 2,
    stdout: '',
    stderr: /^plugboard: Unknown option '--nope'\n/,
  })
})
