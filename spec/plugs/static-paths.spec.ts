import t from 'tap'
import { staticPaths } from '../../plugs/index.js'
import { conn } from '../../lib/testing/index.js'

/** As `mix phx.digest` writes it. */
const manifest = {
  version: 1,
  latest: { 'app.css': 'app-5d41402a.css', 'images/logo.svg': 'images/logo-7d793037.svg', __proto__x: 'p-1' },
  digests: {
    'app-5d41402a.css': {
      logical_path: 'app.css',
      mtime: 63904464000,
      size: 5,
      digest: '5d41402a',
      sha512: 'm3HSJL1i83hdltRq0+o9czGb+8KJDKra4t/3JRlnPKcjI8PZm6XBHXx6zG4UuMXaDEZjR1wuXDre9G9zvN7AQw==',
    },
    'images/logo-7d793037.svg': { logical_path: 'images/logo.svg' },
  },
}

t.test('a file has the name that its content gives it', async t => {
  const { path, integrity } = staticPaths({ manifest })
  t.equal(path('/app.css'), '/app-5d41402a.css?vsn=d')
  t.equal(path('/images/logo.svg'), '/images/logo-7d793037.svg?vsn=d')
  t.equal(path('/images/logo.svg#icon'), '/images/logo-7d793037.svg?vsn=d#icon')
  t.equal(integrity('/app.css'), `sha512-${manifest.digests['app-5d41402a.css'].sha512}`)
  t.equal(integrity('/app.css#x'), integrity('/app.css'))
  t.equal(integrity('/images/logo.svg'), undefined, 'of which no hash is known')
})

t.test('what the manifest does not have keeps its own name', async t => {
  for (const { path, integrity } of [
    staticPaths({ manifest }),
    staticPaths({ manifest: undefined }),
    staticPaths(),
  ])
    for (const file of ['/other.css', '/other.css#a', '/app.css?x', '/constructor', '/'] as const) {
      t.equal(path(file), file)
      t.equal(integrity(file), undefined)
    }
})

t.test('vsn: false leaves the query out', async t => {
  t.equal(staticPaths({ manifest, vsn: false }).path('/app.css'), '/app-5d41402a.css')
})

t.test('a URL begins with the host of the files, the endpoint, or the request', async t => {
  const c = conn('GET', 'http://10.0.0.7:4000/')
  const reached = conn('GET', 'http://10.0.0.7:4000/', { endpointUrl: 'https://example.com' })
  const here = staticPaths({ manifest })
  t.equal(here.url(c, '/app.css'), 'http://10.0.0.7:4000/app-5d41402a.css?vsn=d')
  t.equal(here.url(reached, '/app.css'), 'https://example.com/app-5d41402a.css?vsn=d')
  const elsewhere = staticPaths({ manifest, url: 'https://cdn.example.com' })
  t.equal(elsewhere.url(reached, '/x.png#a'), 'https://cdn.example.com/x.png#a')
  t.equal(elsewhere.path('/x.png'), '/x.png')
})

t.test('a path begins with one "/"', async t => {
  const { path, url, integrity } = staticPaths({ manifest })
  for (const wrong of ['app.css', '//evil.example/app.css', '/\\evil', '', 'https://example.com/', 7]) {
    const error = new TypeError(
      `staticPaths: a path begins with one "/" and holds no backslash, and not so ${JSON.stringify(wrong)}`,
    )
    t.throws(() => path(wrong as string), error)
    t.throws(() => url(conn('GET', '/'), wrong as string), error)
    t.throws(() => integrity(wrong as string), error)
  }
})

t.test('options that make no sense are refused at once', async t => {
  const shape = 'staticPaths: manifest must be what mix phx.digest wrote, parsed: '
  for (const [options, message] of [
    [{ manifest: '{}' }, 'staticPaths: manifest must be what mix phx.digest wrote, parsed, got "{}"'],
    [{ manifest: null }, 'staticPaths: manifest must be what mix phx.digest wrote, parsed, got null'],
    [{ manifest: { latest: [] } }, `${shape}an object whose "latest" has the digested name of each file`],
    [{ manifest: { latest: {}, digests: [] } }, `${shape}its "digests" must be an object`],
    [{ manifest: { latest: { a: 1 } } }, `${shape}the digested name of "a" must be a string`],
    [{ vsn: 'd' }, 'staticPaths: vsn must be a boolean, got "d"'],
    [
      { manifets: {} },
      'staticPaths: unknown option manifets; expected manifest, vsn or url; did you mean manifest?',
    ],
    [
      { url: 'https://cdn.example.com/x' },
      'staticPaths: url must be an origin (http or https, a host and optionally a port) without a path: the files are served under the paths of the app, got "https://cdn.example.com/x"',
    ],
  ] as const)
    t.throws(() => staticPaths(options as object), new TypeError(message))
})

t.test('paths are percent-encoded, and their escapes stay', async t => {
  const assets = staticPaths({
    manifest: {
      version: 1,
      latest: { 'a b.css': 'a b-1.css' },
      digests: { 'a b-1.css': { logical_path: 'a b.css' } },
    },
  })
  t.equal(assets.path('/a b.css'), '/a%20b-1.css?vsn=d')
  t.equal(assets.path('/bücher.png#ü'), '/b%C3%BCcher.png#%C3%BC')
  t.equal(assets.path('/b%C3%BCcher.png?a="b"'), '/b%C3%BCcher.png?a=%22b%22')
  t.equal(assets.url(conn('GET', '/'), '/日本.png'), 'http://www.example.com/%E6%97%A5%E6%9C%AC.png')
})
