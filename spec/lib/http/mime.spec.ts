import t from 'tap'
import { formatsOf, mimeFromPath, mimeType } from '../../../lib/http/mime.js'
import { vectors, cases } from './vectors.js'

// Formats that Elixir's MIME does not know and the library does: its larger table is the reason to use it.
const known = new Map([
  ['yaml', 'text/yaml'],
  ['exe', 'application/x-msdos-program'],
])

// Formats of several types in Elixir's MIME, with the one that it chooses.
const chosen = new Map([
  ['3g2', 'video/3gpp2'],
  ['3gp', 'video/3gpp'],
  ['js', 'text/javascript'],
  ['xml', 'text/xml'],
])

const types = Object.entries(vectors['mime_known_types'] as unknown as Record<string, readonly string[]>)

t.test('a format has the type that Elixir gives it', async t => {
  for (const { ext, type } of cases('mime_ext')) {
    const format = String(ext)
    t.equal(mimeType(format), known.get(format) ?? type, format)
  }
  for (const [type, formats] of types)
    for (const format of formats) t.equal(mimeType(format), chosen.get(format) ?? type, format)
})

t.test('a file has the type of its extension, in any case', async t => {
  for (const { path, type } of cases('mime_from_path'))
    t.equal(mimeFromPath(String(path)), type, String(path))
  t.equal(mimeFromPath('/a.b/c'), 'application/octet-stream')
  t.equal(mimeFromPath('/a.b/.css'), 'application/octet-stream')
  t.equal(mimeFromPath('/a/b.CSS'), 'text/css')
})

t.test('a type stands for the formats that Elixir gives it', async t => {
  for (const [type, formats] of types)
    for (const format of formats) t.ok(formatsOf(type).includes(format), type)
})

t.test('the parameters and the case of a type do not count', async t => {
  t.same(formatsOf('Text/CSS ; charset=utf-8'), ['css'])
})

t.test('a type that is not known stands for its suffix, if it has one', async t => {
  t.same(formatsOf('application/vnd.shop+json'), ['json'])
  t.same(formatsOf('application/vnd.api+json'), ['json-api'])
  t.same(formatsOf('foo/bar'), [])
  t.same(formatsOf('foo/bar+a+b'), [])
  t.same(formatsOf(''), [])
})

t.test('names of the object prototype are neither formats nor types', async t => {
  for (const name of ['constructor', '__proto__', 'toString']) {
    t.equal(mimeType(name), 'application/octet-stream')
    t.equal(mimeFromPath('a.' + name), 'application/octet-stream')
    t.same(formatsOf(name), [])
  }
})
