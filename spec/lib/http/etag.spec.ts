import t from 'tap'
import * as fc from 'fast-check'
import {
  fileEtag,
  ifRange,
  matchesEtag,
  notModified,
  precondition,
  strongEtag,
  weakEtag,
  type Conditions,
  type Validators,
} from '../../../lib/http/etag.js'

const date = 'Sun, 06 Nov 1994 08:49:37 GMT'
const time = Date.UTC(1994, 10, 6, 8, 49, 37)

t.test('tags of content are quoted, the same for text and its bytes, and differ with it', async t => {
  t.equal(strongEtag('abc'), '"ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0"')
  t.equal(strongEtag(new TextEncoder().encode('abc')), strongEtag('abc'))
  t.not(strongEtag('abd'), strongEtag('abc'))
  t.equal(weakEtag('abc'), 'W/' + strongEtag('abc'))
})

t.test('the tag of a file is weak, and follows its size and its time of change', async t => {
  t.equal(fileEtag(255, 16.5), 'W/"ff-10"')
  t.not(fileEtag(255, 17), fileEtag(255, 16))
  t.not(fileEtag(254, 16), fileEtag(255, 16))
})

t.test('a list names a tag weakly: the mark of weakness does not count', async t => {
  for (const header of ['"a"', 'W/"a"', '"x", "a"', '"x","a","y"', ' "a" ', '*', ' * ', '"x,y", "a"']) {
    t.ok(matchesEtag(header, '"a"'), header)
    t.ok(matchesEtag(header, 'W/"a"'), header)
  }
  for (const header of ['', '"b"', 'a', '"A"', '"x,"a"', '"*"', 'W/"b"', ',', '"a', 'w/"a"'])
    t.notOk(matchesEtag(header, '"a"'), header)
})

t.test('a list names a tag strongly only where neither is weak', async t => {
  t.ok(matchesEtag('"x", "a"', '"a"', false))
  t.ok(matchesEtag('*', 'W/"a"', false))
  t.notOk(matchesEtag('W/"a"', '"a"', false))
  t.notOk(matchesEtag('"a"', 'W/"a"', false))
  t.notOk(matchesEtag('W/"a"', 'W/"a"', false))
})

t.test('a tag may hold commas, and one of an app that forgot the quotes still matches', async t => {
  t.ok(matchesEtag('"x,y", "z"', '"x,y"'))
  t.notOk(matchesEtag('"x,y"', '"y"'))
  t.ok(matchesEtag('x, abc', 'abc'))
})

t.test('If-None-Match decides alone where it is present', async t => {
  const file = { etag: '"a"', lastModified: time }
  t.ok(notModified({ ifNoneMatch: '"b", W/"a"' }, file))
  t.notOk(notModified({ ifNoneMatch: '"b"' }, file))
  t.notOk(notModified({ ifNoneMatch: '"b"', ifModifiedSince: date }, file))
  t.ok(notModified({ ifNoneMatch: '"a"', ifModifiedSince: 'Thu, 01 Jan 1970 00:00:00 GMT' }, file))
  t.notOk(notModified({ ifNoneMatch: '"a"' }, { lastModified: time }))
  t.notOk(notModified({ ifNoneMatch: 'W/' }, {}))
  t.ok(notModified({ ifNoneMatch: '*' }, {}))
})

t.test('If-Modified-Since counts in seconds, where it is a date', async t => {
  t.ok(notModified({ ifModifiedSince: date }, { lastModified: time }))
  t.ok(notModified({ ifModifiedSince: date }, { lastModified: time + 999 }))
  t.ok(notModified({ ifModifiedSince: date }, { lastModified: time - 5000 }))
  t.notOk(notModified({ ifModifiedSince: date }, { lastModified: time + 1000 }))
  t.notOk(notModified({ ifModifiedSince: 'yesterday' }, { lastModified: time }))
  t.notOk(notModified({ ifModifiedSince: date }, { etag: '"a"' }))
  t.notOk(notModified({}, { etag: '"a"', lastModified: time }))
})

t.test('conditions count in the order of RFC 9110', async t => {
  const later = 'Sun, 06 Nov 1994 08:49:38 GMT'
  const earlier = 'Sun, 06 Nov 1994 08:49:36 GMT'
  const file = { etag: '"a"', lastModified: time }
  type Row = readonly [
    conditions: Conditions,
    get: 304 | 412 | undefined,
    put: 304 | 412 | undefined,
    of?: Validators,
  ]
  const rows: readonly Row[] = [
    [{}, undefined, undefined],
    [{ ifMatch: '"a"' }, undefined, undefined],
    [{ ifMatch: '"x", "a"' }, undefined, undefined],
    [{ ifMatch: '*' }, undefined, undefined],
    [{ ifMatch: '"b"' }, 412, 412],
    [{ ifMatch: 'W/"a"' }, 412, 412],
    [{ ifMatch: 'W/"a"' }, 412, 412, { etag: 'W/"a"' }],
    [{ ifMatch: '"a"' }, 412, 412, { lastModified: time }],
    [{ ifMatch: '*' }, undefined, undefined, {}],
    [{ ifUnmodifiedSince: date }, undefined, undefined],
    [{ ifUnmodifiedSince: later }, undefined, undefined],
    [{ ifUnmodifiedSince: earlier }, 412, 412],
    [{ ifUnmodifiedSince: 'yesterday' }, undefined, undefined],
    [{ ifUnmodifiedSince: earlier }, undefined, undefined, { etag: '"a"' }],
    [{ ifMatch: '"a"', ifUnmodifiedSince: earlier }, undefined, undefined],
    [{ ifMatch: '"b"', ifUnmodifiedSince: later }, 412, 412],
    [{ ifNoneMatch: '"a"' }, 304, 412],
    [{ ifNoneMatch: 'W/"a"' }, 304, 412],
    [{ ifNoneMatch: '*' }, 304, 412, {}],
    [{ ifNoneMatch: '"b"' }, undefined, undefined],
    [{ ifMatch: '"b"', ifNoneMatch: '"a"' }, 412, 412],
    [{ ifUnmodifiedSince: earlier, ifNoneMatch: '"a"' }, 412, 412],
    [{ ifMatch: '"a"', ifNoneMatch: '"a"' }, 304, 412],
    [{ ifModifiedSince: date }, 304, undefined],
    [{ ifModifiedSince: earlier }, undefined, undefined],
    [{ ifNoneMatch: '"b"', ifModifiedSince: date }, undefined, undefined],
    [{ ifUnmodifiedSince: date, ifModifiedSince: date }, 304, undefined],
  ]
  for (const [conditions, get, put, current = file] of rows) {
    const label = JSON.stringify([conditions, current])
    t.equal(precondition('GET', conditions, current), get, `GET ${label}`)
    t.equal(precondition('HEAD', conditions, current), get, `HEAD ${label}`)
    t.equal(precondition('PUT', conditions, current), put, `PUT ${label}`)
  }
  t.equal(precondition('PUT', { ifMatch: '*' }, undefined), 412, 'nothing is there to match')
  t.equal(precondition('PUT', { ifNoneMatch: '*' }, undefined), undefined)
  t.equal(precondition('PUT', { ifUnmodifiedSince: earlier }, undefined), undefined)
})

t.test('If-Range lets a part be sent only of the very same bytes', async t => {
  const file = { etag: '"a"', lastModified: time }
  t.ok(ifRange(undefined, file))
  t.ok(ifRange('"a"', file))
  t.notOk(ifRange('"b"', file))
  t.notOk(ifRange('W/"a"', file))
  t.notOk(ifRange('W/"a"', { etag: 'W/"a"' }))
  t.notOk(ifRange('"a"', {}))
  t.ok(ifRange(date, file))
  t.ok(ifRange(date, { lastModified: time + 500 }))
  t.notOk(ifRange(date, { lastModified: time - 1000 }))
  t.notOk(ifRange(date, {}))
  t.notOk(ifRange('yesterday', file))
})

t.test('a tag is found in every list that holds it, and no list makes the matcher throw or slow', async t => {
  const tag = fc.string({ unit: fc.constantFrom('a', 'b', ',', ' ', 'W/') }).map(text => `"${text}"`)
  fc.assert(
    fc.property(fc.array(tag), tag, (tags, wanted) => {
      return matchesEtag(tags.join(', '), wanted) === tags.includes(wanted)
    }),
  )
  fc.assert(fc.property(fc.string(), header => header.trim() === '*' || !matchesEtag(header, '"not there"')))
  for (const part of ['"', ',', ' ', 'W/', 'W/"', '"a'])
    t.notOk(matchesEtag(part.repeat(200_000), '"not there"'), part)
})
