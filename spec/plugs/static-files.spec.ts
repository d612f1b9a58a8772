import t from 'tap'
import { right } from 'fp-ts/lib/Either.js'
import { pipeline, putRespHeader, text, type Conn, type FileBody } from '../../lib/index.js'
import { ConnRecord } from '../../lib/conn/record.js'
import { fileEtag } from '../../lib/http/etag.js'
import { conn, run, runAsync } from '../../lib/testing/index.js'
import { staticFiles, type Directory, type FileInfo, type StaticFilesOptions } from '../../plugs/index.js'
import { bytesOf, type Term } from '../lib/http/vectors.js'
import { casesOf, fixture, handlerOf, optionsOf, requestOf, type Case, type Expected } from './vectors.js'

const mtimeMs = Date.UTC(2024, 0, 2, 3, 4, 5)
const written = 'Tue, 02 Jan 2024 03:04:05 GMT'
const files = new Map(fixture.map(file => [file.path, file]))

/** The folder of the cases, as a port. */
const folder: Directory = {
  stat: path => () => {
    const file = files.get(path.join('/'))
    return right(file && { file: file.path, size: file.size, mtimeMs })
  },
}

const bodyOf = (done: Conn): string => {
  const { respBody } = done
  if (typeof respBody === 'string') return respBody
  const { file, offset, length } = respBody as FileBody
  const bytes = Buffer.from(files.get(file)?.body_hex ?? '', 'hex')
  return bytes.subarray(offset, length === 'all' ? bytes.length : offset + length).toString('latin1')
}

// --- as Plug

const nullable = (value: Term): string | null | undefined => value as string | null | undefined

/** Plug's options under our names. Its entity tags are hashes of Erlang's; they are taken from the cases. */
const plugOf = ({ plugs }: Case) => {
  const given = optionsOf(plugs[0]?.[1])
  const options: { -readonly [K in keyof StaticFilesOptions]: StaticFilesOptions[K] } = {
    at: given['at'] as string,
    from: folder,
    etag: ({ file }) => files.get(file)?.etag ?? '',
  }
  if ('only' in given) options.only = given['only'] as string[]
  if ('only_matching' in given) options.onlyMatching = given['only_matching'] as string[]
  if ('raise_on_missing_only' in given) options.raiseOnMissingOnly = true
  if ('gzip' in given) options.gzip = true
  if ('brotli' in given) options.brotli = true
  if ('headers' in given) options.headers = given['headers'] as Record<string, string>
  if ('content_types' in given)
    options.contentTypes = given['content_types'] as Record<string, string> | false
  const etags = nullable(given['cache_control_for_etags'])
  if (etags !== undefined) options.cacheControlForEtags = etags
  const vsn = nullable(given['cache_control_for_vsn_requests'])
  if (vsn !== undefined) options.cacheControlForVsnRequests = vsn
  return staticFiles(options)
}

const vary = ['vary', 'Accept-Encoding'] as const
const same = (name: string): Expected =>
  casesOf('static').find(each => each.name === `static: ${name}`)?.expect as Expected

/** Where the RFC asks for another answer than Plug's, or allows a better one. */
const differences: Readonly<Record<string, readonly [why: string, expected: (plug: Expected) => Expected]>> =
  {
    'static: if-none-match list (not split)': [
      'RFC 9110 §13.1.2: it is a list',
      () => same('if-none-match equal'),
    ],
    'static: if-none-match *': ['RFC 9110 §13.1.2: it names any', () => same('if-none-match equal')],
    'static: if-modified-since is ignored': ['RFC 9110 §13.1.3', () => same('if-none-match equal')],
    'static: if-range ignored': [
      'RFC 9110 §13.1.5: the part is of another file',
      plug => ({
        ...plug,
        status: 200,
        body: '0123456789',
        headers: plug.headers?.filter(([name]) => name !== 'content-range') ?? [],
      }),
    ],
    'static: range 10- (start beyond the end)': [
      'RFC 9110 §15.5.17',
      plug => ({
        ...plug,
        status: 416,
        body: '',
        headers: [
          ['cache-control', 'max-age=0, private, must-revalidate'],
          ['accept-ranges', 'bytes'],
          ['content-range', 'bytes */10'],
        ],
      }),
    ],
    'static: range HEAD': [
      'RFC 9110 §14.2: only GET has ranges',
      plug => ({
        ...plug,
        status: 200,
        headers: plug.headers?.filter(([name]) => name !== 'content-range') ?? [],
      }),
    ],
    'static: range with gzip accept serves identity': [
      'RFC 9110 §15.3.7: a 206 varies as the 200 does',
      plug => ({ ...plug, headers: [vary, ...(plug.headers ?? [])] }),
    ],
    'static: gzip;q=0 is still taken': [
      'RFC 9110 §12.4.2: a weight of 0 refuses',
      () => same('gzip on, not accepted (vary still set)'),
    ],
    'static: gzip upper-case not matched': [
      'RFC 9110 §8.4.1: codings have no case',
      () => same('gzip on + accept'),
    ],
    'static: identity;q=1, *;q=0': [
      'RFC 9110 §12.5.3: all but identity is refused',
      () => same('gzip on, not accepted (vary still set)'),
    ],
  }

const sorted = (headers: readonly (readonly [string, string])[]): string =>
  JSON.stringify([...headers].sort((a, b) => (a.join() < b.join() ? -1 : 1)))

t.test('files are served as Plug.Static serves them', async t => {
  const names = casesOf('static').map(({ name }) => name)
  t.strictSame(
    Object.keys(differences).filter(name => !names.includes(name)),
    [],
    'every difference has its case',
  )
  for (const each of casesOf('static')) {
    const done = run(pipeline(plugOf(each), handlerOf(each)))(requestOf(each))
    const [, change] = differences[each.name] ?? ['', (plug: Expected) => plug]
    const expected = change(each.expect)
    if (expected.raise !== undefined) {
      t.match(done.error, { _tag: 'InvalidPath', status: expected.plug_status }, each.name)
      continue
    }
    t.equal(done.status, expected.status, `${each.name}: status`)
    t.equal(done.halted, expected.halted, `${each.name}: halted`)
    const headers = expected.headers ?? []
    // Beyond Plug: wherever there is an entity tag, there is the time, too.
    const timed = headers.some(([name]) => name === 'etag')
      ? [...headers, ['last-modified', written] as const]
      : headers
    t.equal(sorted([...done.respHeaders]), sorted(timed), `${each.name}: headers`)
    if (each.request.method === 'HEAD') continue
    const { body } = expected
    t.equal(
      bodyOf(done),
      typeof body === 'string' ? body : bytesOf(body)?.toString('latin1'),
      `${each.name}: body`,
    )
  }
})

// --- beyond Plug

const serve = (options: Partial<StaticFilesOptions> = {}) =>
  staticFiles({ at: '/', from: folder, ...options })
const get = (path: string, headers: Readonly<Record<string, string>> = {}): Conn =>
  conn('GET', path, { headers })
const header = (done: Conn, name: string): string | undefined => done.respHeaders.get(name)
const after =
  (plug: ReturnType<typeof serve>) =>
  (request: Conn): Conn =>
    run(pipeline(plug, text('passed')))(request)

t.test('a file is a part of a file on disk, and nothing is read', async t => {
  const done = after(serve())(get('/digits.txt'))
  t.strictSame(done.respBody, { kind: 'file', file: 'digits.txt', offset: 0, length: 'all' })
  t.equal(header(done, 'etag'), fileEtag(10, mtimeMs))
  t.equal(header(done, 'last-modified'), written)
})

t.test('calling the plug performs nothing', async t => {
  let asked = 0
  const counting: Directory = { stat: () => () => (asked++, right(undefined)) }
  const plug = staticFiles({ at: '/', from: counting })
  const effect = plug(get('/a.css'))
  t.type(effect, 'function')
  t.equal(asked, 0)
  const other = conn('POST', '/a.css')
  t.equal(plug(other), other, 'and what is not for it passes as it is')
})

t.test('a directory may answer later', async t => {
  const slow: Directory = { stat: path => async () => folder.stat(path)() }
  const done = await runAsync(
    pipeline(staticFiles({ at: '/', from: slow, gzip: true, brotli: true }), text('passed')),
  )(get('/page.html', { 'accept-encoding': 'br, gzip' }))
  t.equal(header(done, 'content-encoding'), 'gzip', 'the brotli file was looked for, and is not there')
})

t.test('a file that has not changed since is not sent again', async t => {
  const since = (when: string, more = {}) =>
    after(serve())(get('/digits.txt', { 'if-modified-since': when, ...more })).status
  t.equal(since(written), 304)
  t.equal(since('Tue, 02 Jan 2024 03:04:04 GMT'), 200)
  t.equal(since('not a date'), 200)
  t.equal(since(written, { 'if-none-match': '"other"' }), 200, 'the tag has the last word')
  t.equal(
    after(serve())(get('/digits.txt', { 'if-none-match': fileEtag(10, mtimeMs).slice(2) })).status,
    304,
    'weakly compared',
  )
})

t.test('each coding of a file has a tag of its own', async t => {
  const tag = (encoding: string) =>
    header(
      after(serve({ gzip: true, brotli: true }))(get('/app.js', { 'accept-encoding': encoding })),
      'etag',
    )
  t.equal(tag('gzip'), fileEtag(26, mtimeMs).replace(/"$/, '-gzip"'))
  t.equal(tag('br'), fileEtag(25, mtimeMs).replace(/"$/, '-br"'))
  t.equal(tag('identity'), fileEtag(320, mtimeMs))
})

t.test('the coding that the client wants most is sent', async t => {
  const plug = serve({ encodings: [['zstd', '.zst']], gzip: true, brotli: true })
  const coding = (accept: string) =>
    header(after(plug)(get('/app.js', { 'accept-encoding': accept })), 'content-encoding')
  t.equal(coding('gzip, br, zstd'), 'zstd', 'among equals as they were configured')
  t.equal(coding('gzip;q=1, br;q=0.5, zstd;q=0.2'), 'gzip')
  t.equal(coding('gzip;q=0.5, br;q=0.8'), 'br')
  t.equal(coding('identity, gzip;q=0.5'), undefined)
  t.equal(coding('deflate'), undefined)
  t.equal(coding('deflate, *;q=0'), undefined, 'refusing all leaves the plain file')
  const done = after(plug)(conn('GET', '/app.js', { headers: { 'accept-encoding': ['deflate', 'gzip'] } }))
  t.equal(header(done, 'content-encoding'), 'gzip', 'in any of several headers')
})

t.test('vary is added to what is there', async t => {
  const vary = (before: string) =>
    header(run(pipeline(putRespHeader('vary', before), serve({ gzip: true })))(get('/app.js')), 'vary')
  t.equal(vary('cookie'), 'cookie, Accept-Encoding')
  t.equal(vary('cookie, accept-encoding'), 'cookie, accept-encoding')
  t.equal(vary('*'), '*')
  t.equal(vary('x-accept-encoding'), 'x-accept-encoding, Accept-Encoding')
})

t.test('a part is sent only to those who have the rest of the same bytes', async t => {
  const part = (headers: Readonly<Record<string, string>>, path = '/digits.txt', options = {}) =>
    bodyOf(after(serve(options))(get(path, { range: 'bytes=2-4', ...headers })))
  const strong = { etag: () => '"strong"' }
  t.equal(part({}), '234')
  t.equal(part({ 'if-range': '"strong"' }, '/digits.txt', strong), '234')
  t.equal(part({ 'if-range': '"other"' }, '/digits.txt', strong), '0123456789')
  for (const validator of [fileEtag(10, mtimeMs), fileEtag(10, mtimeMs).slice(2), written, 'rubbish'])
    t.equal(part({ 'if-range': validator }), '0123456789', `${validator}: files may keep size and time`)
  t.equal(part({ 'if-range': written }, '/digits.txt', strong), '0123456789')
  t.equal(part({ 'if-range': written }, '/digits.txt?vsn=d'), '0123456789')
  const beyond = after(serve({ headers: { 'x-a': 'b', 'cache-control': 'public' } }))(
    get('/digits.txt', { range: 'bytes=20-30' }),
  )
  t.equal(beyond.status, 416)
  t.equal(header(beyond, 'content-range'), 'bytes */10')
  t.equal(header(beyond, 'x-a'), 'b')
  t.equal(header(beyond, 'cache-control'), 'max-age=0, private, must-revalidate')
})

t.test('a resumed download that asks for its own version gets no other', async t => {
  const strong = serve({
    etag: () => '"new"',
    headers: { 'access-control-allow-origin': '*', etag: '"new"' },
  })
  const resume = (headers: Readonly<Record<string, string>>) =>
    after(strong)(get('/digits.txt', { range: 'bytes=2-4', ...headers }))
  const refused = resume({ 'if-match': '"old"' })
  t.match(refused, { status: 412, respBody: '' })
  t.equal(header(refused, 'access-control-allow-origin'), '*')
  t.equal(header(refused, 'etag'), undefined)
  t.equal(header(refused, 'content-type'), undefined)
  t.equal(bodyOf(resume({ 'if-match': '"old", "new"' })), '234')
  t.equal(bodyOf(resume({ 'if-match': '*' })), '234')
  t.equal(resume({ 'if-unmodified-since': 'Tue, 02 Jan 2024 03:04:04 GMT' }).status, 412)
  t.equal(resume({ 'if-unmodified-since': written }).status, 206)
  t.equal(resume({ 'if-match': '"new"', 'if-unmodified-since': 'Tue, 02 Jan 2024 03:04:04 GMT' }).status, 206)
  t.equal(resume({ 'if-match': '"old"', 'if-none-match': '"new"' }).status, 412, 'first of all')
  t.equal(resume({ 'if-match': '"new"', 'if-none-match': '"new"' }).status, 304)
  t.equal(after(serve())(get('/digits.txt', { 'if-match': fileEtag(10, mtimeMs) })).status, 412, 'weak')
  t.equal(after(serve())(get('/digits.txt?vsn=d', { 'if-match': '"a"' })).status, 412, 'without a tag')
  const two = conn('GET', '/digits.txt', { headers: { 'if-match': ['"old"', '"new"'] } })
  t.equal(after(strong)(two).status, 200, 'several headers are one list')
})

t.test('the 304 has the headers of the 200 but those of the body', async t => {
  const headers = {
    'access-control-allow-origin': '*',
    'content-security-policy': "default-src 'none'",
    'cache-control': 'no-cache',
    expires: '0',
    'content-location': '/a',
    vary: 'Origin',
    'content-type': 'text/x',
    'content-disposition': 'attachment',
    'content-language': 'de',
  }
  for (const given of [headers, () => headers]) {
    const plug = serve({ gzip: true, headers: given })
    const whole = after(plug)(get('/digits.txt'))
    const same = after(plug)(get('/digits.txt', { 'if-none-match': '*' }))
    t.equal(same.status, 304)
    const expected = new Map(
      [...whole.respHeaders].filter(([name]) => !/^(accept-ranges|content-(type|dis|lang))/.test(name)),
    )
    t.strictSame(new Map(same.respHeaders), expected)
    t.equal(expected.get('access-control-allow-origin'), '*')
    t.equal(expected.get('cache-control'), 'no-cache')
    t.equal(expected.get('vary'), 'Accept-Encoding, Origin')
  }
})

t.test('vary of the options is added to that of the plug and to that of the conn', async t => {
  const vary = (value: string, before?: string, options: Partial<StaticFilesOptions> = { gzip: true }) => {
    const plug = serve({ ...options, headers: { vary: value } })
    const request = get('/app.js', { 'accept-encoding': 'gzip' })
    return header(
      run(before === undefined ? plug : pipeline(putRespHeader('vary', before), plug))(request),
      'vary',
    )
  }
  t.equal(vary('origin'), 'Accept-Encoding, origin')
  t.equal(vary('Accept-Encoding, Origin'), 'Accept-Encoding, Origin')
  t.equal(vary('origin, accept'), 'Accept-Encoding, origin, accept')
  t.equal(vary('origin', 'cookie'), 'cookie, Accept-Encoding, origin')
  t.equal(vary('origin', 'Origin', {}), 'Origin')
  t.equal(vary('origin', '*'), '*')
})

t.test('a time that is yet to come is that of the response', async t => {
  const now = mtimeMs - 5_000
  const at = (headers: Readonly<Record<string, string>>) =>
    after(serve())(conn('GET', '/digits.txt', { now, headers }))
  t.equal(header(at({}), 'last-modified'), 'Tue, 02 Jan 2024 03:04:00 GMT')
  t.equal(at({ 'if-modified-since': 'Tue, 02 Jan 2024 03:03:59 GMT' }).status, 200)
  t.equal(at({ 'if-unmodified-since': 'Tue, 02 Jan 2024 03:04:00 GMT' }).status, 200)
  t.equal(header(at({}), 'etag'), fileEtag(10, mtimeMs))
})

t.test('headers may be a function of the conn', async t => {
  const plug = serve({ headers: c => ({ 'x-host': c.host }) })
  t.equal(header(after(plug)(get('/a.css')), 'x-host'), 'www.example.com')
})

t.test('content types by name leave others as they are', async t => {
  const plug = serve({ contentTypes: { noext: 'text/x-none' } })
  t.equal(header(after(plug)(get('/noext')), 'content-type'), 'text/x-none')
  t.equal(header(after(plug)(get('/a.css')), 'content-type'), 'text/css')
  t.equal(
    header(after(serve({ contentTypes: { constructor: 'text/x' } }))(get('/noext')), 'content-type'),
    'application/octet-stream',
  )
})

t.test('a path that upsets only what is not served passes', async t => {
  const plug = serve({ only: ['a.css'], raiseOnMissingOnly: true })
  t.equal(after(plug)(get('/..%2fx')).respBody, 'passed')
  t.equal(after(plug)(get('/%zz')).respBody, 'passed')
  t.equal(after(plug)(get('/digits.txt')).error?._tag, 'InvalidPath')
  t.match(after(plug)(get('/digits.txt')).error?.message, 'digits.txt')
})

t.test('inside a mount the segments that are still to be matched count', async t => {
  const mounted = ConnRecord.request(get('/assets/a.css'), { scriptName: ['assets'], segments: ['a.css'] })
  t.equal(after(serve())(mounted).status, 200)
  t.equal(after(serve({ at: '/assets' }))(mounted).respBody, 'passed')
})

t.test('a failing directory fails the request', async t => {
  const failing: Directory = {
    stat: () => () => {
      throw new Error('disk on fire')
    },
  }
  t.equal(run(staticFiles({ at: '/', from: failing }))(get('/a.css')).status, 500)
})

t.test('a tag that is none is a mistake of the program', async t => {
  const tags: readonly unknown[] = ['bare', '"a" "b"', '', 7, undefined]
  for (const tag of tags) {
    const done = run(serve({ etag: () => tag as string }))(get('/a.css'))
    t.match(String(done.error?.cause), 'staticFiles: etag must give an entity tag in quotes', String(tag))
  }
  t.equal(
    header(after(serve({ etag: (file: FileInfo) => `W/"${file.size}"` }))(get('/a.css')), 'etag'),
    'W/"7"',
  )
})

t.test('options are checked when the plug is built', async t => {
  const wrong: readonly (readonly [Readonly<Record<string, unknown>>, string])[] = [
    [{ at: undefined }, 'staticFiles: at must be a path'],
    [{ at: 7 }, 'staticFiles: at must be a path'],
    [{ from: 'public' }, 'staticFiles: from must be a directory port'],
    [{ from: undefined }, 'staticFiles: from must be a directory port'],
    [{ only: 'a.css' }, 'staticFiles: only must be an array of non-empty strings'],
    [{ onlyMatching: [1] }, 'staticFiles: onlyMatching must be'],
    [{ raiseOnMissingOnly: 1 }, 'staticFiles: raiseOnMissingOnly must be a boolean'],
    [{ gzip: 'yes' }, 'staticFiles: gzip must be a boolean'],
    [{ brotli: 1 }, 'staticFiles: brotli must be a boolean'],
    [{ encodings: ['gzip'] }, 'staticFiles: encodings must be an array of pairs'],
    [{ encodings: [['gz ip', '.gz']] }, 'staticFiles: encodings must be an array of pairs'],
    [{ encodings: [['gzip', '']] }, 'staticFiles: encodings must be an array of pairs'],
    [{ cacheControlForEtags: 'a\nb' }, 'staticFiles: cacheControlForEtags must be the value of'],
    [{ cacheControlForVsnRequests: false }, 'staticFiles: cacheControlForVsnRequests must be the value of'],
    [{ etag: 'x' }, 'staticFiles: etag must be a function'],
    [{ headers: { 'X-A': 'b' } }, 'staticFiles: headers must be an object of headers in lower case'],
    [{ headers: null }, 'staticFiles: headers must be'],
    [{ contentTypes: true }, 'staticFiles: contentTypes must be'],
    [{ contentTypes: { a: 'x\n' } }, 'staticFiles: contentTypes must be'],
    [{ gzipped: true }, 'staticFiles: unknown option gzipped'],
  ]
  for (const [options, message] of wrong)
    t.throws(
      () => serve(options as Partial<StaticFilesOptions>),
      { message: new RegExp(`^${message}`) },
      message,
    )
  t.throws(() => staticFiles(undefined as unknown as StaticFilesOptions), {
    message: /^staticFiles: options must be an object, got undefined$/,
  })
})
