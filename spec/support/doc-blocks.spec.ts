// How code blocks are found in documents and docstrings and made into modules that check what their comments say.
import t from 'tap'
import { exampleBlocks, markdownBlocks, modules, withChecks, type Block } from './doc-blocks.js'
import { shows, throws } from './shows.js'

const block = (code: string): Block => ({ document: 'docs/a.md', line: 10, code, kind: 'run' })

t.test('the ts blocks of Markdown are found with their lines and flags', async t => {
  const text = [
    '# A',
    '```ts',
    'const a = 1',
    'const b = 2',
    '```',
    '- in a list',
    '  ```ts no-run',
    '  if (a)',
    '    b()',
    '  ```',
    '```sh',
    'npm ci',
    '```',
    '````md',
    '```ts',
    'quoted',
    '```',
    '````',
    '```ts fails',
    'wrong',
    '```',
    'says',
    '```text',
    'the message',
    '```',
  ].join('\n')
  const { blocks, problems } = markdownBlocks('a.md', text)
  t.strictSame(problems, [])
  t.strictSame(blocks, [
    { document: 'a.md', line: 3, code: 'const a = 1\nconst b = 2', kind: 'run' },
    { document: 'a.md', line: 8, code: 'if (a)\n  b()', kind: 'check' },
    { document: 'a.md', line: 20, code: 'wrong', kind: 'fails', message: 'the message' },
  ])
})

t.test('blocks that cannot be meant are reported', async t => {
  t.match(markdownBlocks('a.md', '```ts\nconst a = 1').problems, ['a.md:1: this block has no end'])
  t.match(markdownBlocks('a.md', '```js\nx\n```').problems, ['a.md:1: write the language as "ts"'])
  t.match(markdownBlocks('a.md', '```ts norun\nx\n```').problems, ['a.md:1: "norun" must be'])
  t.match(markdownBlocks('a.md', '```ts fails\nx\n```').problems, [
    'a.md:2: a block that fails is followed by',
  ])
})

t.test('the examples of docstrings are found, bare or fenced', async t => {
  const text = `import { a } from './a.js'

/**
 * Does a thing.
 *
 * @example
 * f(1) // => 2
 *
 * @param x what
 * @example no-run
 * f(2)
 */
export const f = 1
interface A {
  /**
   * @example
   * Some words:
   * \`\`\`ts
   * g()
   * \`\`\`
   */
  g(): void
}
`
  const { blocks, problems } = exampleBlocks('lib/a.ts', text)
  t.strictSame(problems, [])
  t.strictSame(
    blocks.map(({ line, code, kind }) => [line, code, kind]),
    [
      [7, 'f(1) // => 2', 'run'],
      [11, 'f(2)', 'check'],
      [19, 'g()', 'run'],
    ],
  )
  t.match(exampleBlocks('a.ts', '/**\n * @example of use\n * f()\n */').problems, [
    'a.ts:2: "@example of use"',
  ])
  t.match(exampleBlocks('a.ts', '/**\n * @example\n */').problems, ['a.ts:2: this example is empty'])
})

t.test('comments that state results become checks, and no line moves', async t => {
  const code = `const a = f(1) // => 2
pipe(
  a,
  double,
) // => { b: 4 }
g(a)
// => [
//      1,
//    ]
h() // throws TypeError: no
parse('x') // => right('x')`
  const checked = withChecks(block(code))
  t.strictSame(checked.problems, [])
  t.equal(
    checked.code,
    `const a = f(1); __shows(a, () => (2), "docs/a.md:10") // => 2
__shows(pipe(
  a,
  double,
), () => ({ b: 4 }), "docs/a.md:14") // => { b: 4 }
__shows(g(a), () => ([ 1, ]), "docs/a.md:16")
// => [
//      1,
//    ]
__throws(() => (h()), "TypeError: no", "docs/a.md:19") // throws TypeError: no
__shows(parse('x'), ({ right }) => (right('x')), "docs/a.md:20") // => right('x')`,
  )
  const own = withChecks(block("import { right } from 'fp-ts/lib/Either.js'\nf() // => right(1)")).code
  t.match(own, '__shows(f(), () => (right(1)),', 'a name that the block imports is the one meant')
})

t.test('a line that begins with a semicolon does not take the comment before it', async t => {
  const checked = withChecks(block('const a = 1 // => 1\n;[1].map(f)\n// => [2]\n;(a); // => 1'))
  t.strictSame(checked.problems, [])
  t.equal(
    checked.code,
    `const a = 1; __shows(a, () => (1), "docs/a.md:10") // => 1
;__shows([1].map(f), () => ([2]), "docs/a.md:12")
// => [2]
;__shows((a), () => (1), "docs/a.md:13"); // => 1`,
  )
})

t.test('comments that cannot be checked are reported', async t => {
  t.match(withChecks(block('f() // => a value of sorts')).problems, [
    'docs/a.md:10: what follows "// =>" must be',
  ])
  t.match(withChecks(block('const { a } = f() // => 1')).problems, [
    'docs/a.md:10: this comment follows a declaration',
  ])
  t.match(withChecks(block('if (a) b() // => 1')).problems, [
    'docs/a.md:10: this comment follows an expression or a',
  ])
  t.match(withChecks(block('const a = f() // throws x')).problems, [
    'docs/a.md:10: this comment follows an expression',
  ])
  t.match(withChecks(block('a\nconst f = () => {\n  g() // => 1\n}')).problems, [
    'docs/a.md:12: "// =>" must follow',
  ])
})

t.test('blocks become modules that can import each other', async t => {
  const made = modules([
    { ...block('// file: web/app.ts\nexport const app = 1'), line: 5 },
    { ...block("import { app } from './web/app.js'"), line: 9 },
    { document: 'lib/http/date.ts', line: 3, code: "import { httpDate } from './date.js'", kind: 'run' },
  ])
  t.strictSame(made.problems, [])
  t.strictSame(
    made.modules.map(({ path }) => path),
    ['docs/a.md/web/app.ts', 'docs/a.md/line-9.ts', 'lib/http/date.ts/line-3.ts'],
  )
  t.match(made.modules[1]?.text, "from './web/app.js'", 'a guide imports its own files')
  t.match(
    made.modules[2]?.text,
    "from '../../../../lib/http/date.js'",
    'a docstring imports the compiled file',
  )
  t.match(made.modules[2]?.text, "from '../../../shows.js'")
  const twice = modules([block('// file: a.ts'), { ...block('// file: a.ts'), line: 20 }])
  t.match(twice.problems, ['docs/a.md:20: a.ts was given before'])
})

t.test('a value is compared as a reader sees it', async t => {
  const record = Object.assign(Object.create(null) as object, { a: [1n, undefined], b: Buffer.from('x') })
  t.equal(
    shows(record, () => ({ a: [1n, undefined], b: new Uint8Array([120]) }), 'p'),
    record,
  )
  t.doesNotThrow(() => shows({ _tag: 'Left', left: 1 }, ({ left }) => left(1), 'p'))
  t.doesNotThrow(() => shows([{ _tag: 'Some', value: 1 }, { _tag: 'None' }], w => [w.some(1), w.none], 'p'))
  t.doesNotThrow(() => shows('abcdef', () => 'abc…', 'p'))
  t.throws(() => shows('abcdef', () => 'b…', 'p'), /p: gives 'abcdef', not 'b…'/)
  t.throws(() => shows({ a: 1 }, () => ({ a: '1' }), 'p'), /p: gives { a: 1 }, not { a: '1' }/)
  t.throws(() => shows(new Date(0), () => ({}), 'p'), /gives 1970/)
  t.throws(() => shows(Promise.resolve(1), () => 1, 'p'), /await it/)
})

t.test('what should throw must throw what it should', async t => {
  const fail = (): never => {
    throw new TypeError('not this')
  }
  t.doesNotThrow(() => throws(fail, 'TypeError: not', 'p'))
  t.throws(() => throws(fail, 'RangeError', 'p'), /p: throws TypeError: not this, not RangeError/)
  t.throws(() => throws(() => 1, 'RangeError', 'p'), /p: throws nothing/)
})
