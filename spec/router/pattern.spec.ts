import t from 'tap'
import {
  join,
  namesOf,
  paramsUnder,
  parsePattern,
  parsePrefix,
  shapeOf,
  withShapes,
} from '../../router/pattern.js'

const parse = (pattern: string) => parsePattern(pattern, `GET ${pattern}`)

t.test('a pattern is a list of literals, parameters and, last, a glob', async t => {
  t.strictSame(parse('/posts/:id/files/*path'), [
    { kind: 'literal', text: 'posts' },
    { kind: 'param', name: 'id', prefix: '', suffix: '' },
    { kind: 'literal', text: 'files' },
    { kind: 'glob', name: 'path', prefix: '' },
  ])
  t.strictSame(parse('/'), [])
  t.strictSame(namesOf(parse('/:a/b/:_c9/*d')), ['a', '_c9', 'd'])
})

t.test('text may stand before and behind a parameter, and before a glob', async t => {
  t.strictSame(parse('/v:version/:name.json/pre-*rest'), [
    { kind: 'param', name: 'version', prefix: 'v', suffix: '' },
    { kind: 'param', name: 'name', prefix: '', suffix: '.json' },
    { kind: 'glob', name: 'rest', prefix: 'pre-' },
  ])
})

t.test('a backslash makes a colon or an asterisk plain text', async t => {
  t.strictSame(parse('/a\\:b/\\*/x\\:y:z'), [
    { kind: 'literal', text: 'a:b' },
    { kind: 'literal', text: '*' },
    { kind: 'param', name: 'z', prefix: 'x:y', suffix: '' },
  ])
})

t.test('doubled slashes and one at the end make no difference', async t => {
  t.strictSame(parse('//a//b/'), parse('/a/b'))
  t.equal(join('/', '/'), '/')
  t.equal(join('/admin/', '//users/'), '/admin/users')
})

t.test('what breaks the rules is said in one sentence that names the route', async t => {
  const cases: readonly (readonly [pattern: string, message: string])[] = [
    ['/a/*b/c', 'GET /a/*b/c: a glob must be the last segment, and "*b", segment 2, is not'],
    ['/a/:1x', 'GET /a/:1x: after ":" comes a name that begins with a to z or "_", and not so in ":1x"'],
    ['/a/:', 'GET /a/:: after ":" comes a name that begins with a to z or "_", and not so in ":"'],
    ['/a/*', 'GET /a/*: after "*" comes a name that begins with a to z or "_", and not so in "*"'],
    ['/:Id', 'GET /:Id: after ":" comes a name that begins with a to z or "_", and not so in ":Id"'],
    ['/:a-:b', 'GET /:a-:b: a segment has one parameter at most, and ":a-:b" has two'],
    ['/*a:b', 'GET /*a:b: a segment has one parameter at most, and "*a:b" has two'],
    ['/*a.b', 'GET /*a.b: nothing follows the name of a glob, and ".b" does in "*a.b"'],
    ['/a\\b', 'GET /a\\b: a backslash stands before ":" or "*" only, and not so in "a\\b"'],
    ['/a\\', 'GET /a\\: a backslash stands before ":" or "*" only, and not so in "a\\"'],
    [
      '/users/:id/posts/:id',
      'GET /users/:id/posts/:id: the parameter "id" is named twice, in ":id", segment 2, and in ":id", segment 4',
    ],
  ]
  for (const [pattern, message] of cases) t.throws(() => parse(pattern), new TypeError(message), pattern)
})

t.test('a path that others are behind holds no glob', async t => {
  t.throws(
    () => parsePrefix('/a/*b', 'scope /a/*b'),
    new TypeError('scope /a/*b: a glob ends a path, so that nothing can be behind it'),
  )
})

t.test('a path is under a pattern when its first segments fit, and gives their parameters', async t => {
  const under = parsePrefix('/users/:id/v:n.x', 'scope')
  const params = (path: readonly string[]) => {
    const found = paramsUnder(path, under)
    return found && { ...found }
  }
  t.strictSame(params(['users', '7', 'v2.x']), { id: '7', n: '2' })
  t.strictSame(params(['users', '7', 'v2.x', 'more']), { id: '7', n: '2' })
  for (const path of [
    ['users', '7'],
    ['posts', '7', 'v2.x'],
    ['users', '7', 'w2.x'],
    ['users', '7', 'v2.y'],
    ['users', '7', 'v'],
  ])
    t.equal(params(path), undefined, path.join('/'))
  t.strictSame(Object.keys(paramsUnder([], []) ?? { none: 1 }), [])
})

t.test('and when their texts have the shape that is asked for', async t => {
  const digits = shapeOf(/\d+/, 'id', 'scope')
  const under = withShapes(parsePrefix('/users/u:id', 'scope'), new Map([['id', digits]]))
  t.equal(paramsUnder(['users', 'u7'], under)?.['id'], '7')
  t.equal(paramsUnder(['users', 'ux'], under), undefined)
  t.equal(paramsUnder(['users', 'u7x'], under), undefined)
})

t.test('a shape fits whole texts only, with the flags it was written with', async t => {
  const fits = (pattern: RegExp, text: string): boolean => shapeOf(pattern, 'id', 'GET /:id').whole.test(text)
  t.ok(fits(/a|ab/, 'ab'))
  t.notOk(fits(/a|ab/, 'abc'))
  t.notOk(fits(/b/, 'ab'))
  t.notOk(fits(/\d+/, '7\n'))
  t.ok(fits(/^\d+$/, '7'))
  t.ok(fits(/[a-f]+/i, 'AbC'))
  t.ok(fits(/\p{L}/u, 'é'))
  t.ok(fits(/(?<c>.)\k<c>/, 'aa'), 'groups keep their names')
  t.ok(fits(/(.)\1/, 'aa'), 'and their numbers')
})

t.test('flags for searching are refused', async t => {
  for (const pattern of [/a/g, /a/y, /a/m])
    t.throws(
      () => shapeOf(pattern, 'id', 'GET /:id'),
      new TypeError(
        `GET /:id: the pattern of "id" has the flag "${pattern.flags}", which is for searching in a text, and it must fit a whole segment: leave it out`,
      ),
    )
})
