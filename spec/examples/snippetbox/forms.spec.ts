import { isLeft, right, type Either } from 'fp-ts/lib/Either.js'
import t from 'tap'
import {
  readCredentials,
  readSignup,
  readSnippet,
  readTheme,
  snippetForm,
  type Form,
} from '../../../examples/snippetbox/forms.js'

const errorsOf = (read: Either<Form<string>, unknown>): object => (isLeft(read) ? read.left.errors : {})

t.test('a snippet has a title and content', async t => {
  t.strictSame(
    readSnippet({ title: ' a ', content: ' b\r\n\tc \r\n' }),
    right({ title: 'a', content: ' b\n\tc \n' }),
  )
  t.strictSame(errorsOf(readSnippet({})), { title: "can't be blank", content: "can't be blank" })
  t.strictSame(errorsOf(readSnippet({ title: 'a', content: ' \n\t' })), { content: "can't be blank" })
})

t.test('characters are counted as people do', async t => {
  const clef = '\u{1d11e}'
  t.strictSame(errorsOf(readSnippet({ title: clef.repeat(100), content: clef.repeat(10_000) })), {})
  t.strictSame(errorsOf(readSnippet({ title: clef.repeat(101), content: clef.repeat(10_001) })), {
    title: 'should be at most 100 characters',
    content: 'should be at most 10000 characters',
  })
})

t.test('what was typed is kept as it was typed', async t => {
  const typed = { title: ' <b> ', content: '' }
  const read = readSnippet(typed)
  t.ok(isLeft(read))
  t.strictSame(isLeft(read) && read.left.values, typed)
  t.strictSame(snippetForm({ title: 'a', content: 'b' }), {
    values: { title: 'a', content: 'b' },
    errors: {},
  })
})

t.test('a field that is no text is empty', async t => {
  for (const value of [undefined, null, 1, ['a'], { a: 'b' }, new Uint8Array(1)])
    t.strictSame(errorsOf(readSnippet({ title: value, content: 'b' })), { title: "can't be blank" })
})

t.test('an account has an e-mail address and a password', async t => {
  const good = { email: 'ada@example.com', password: 'correct horse battery' }
  t.strictSame(readSignup({ ...good, email: ' ada@example.com ' }), right(good))
  for (const email of [
    '',
    'ada',
    '@',
    'ada@',
    '@example.com',
    'a da@example.com',
    'a@b@c',
    'a@b,c@d',
    'a@b;c',
  ])
    t.strictSame(
      errorsOf(readSignup({ ...good, email })),
      { email: 'must have the @ sign and no spaces' },
      email,
    )
  t.strictSame(errorsOf(readSignup({ ...good, email: `${'a'.repeat(160)}@b` })), {
    email: 'should be at most 160 characters',
  })
})

t.test('a password has 8 to 72 characters, and is never shown again', async t => {
  const read = (password: string) => readSignup({ email: 'ada@example.com', password })
  for (const password of ['x'.repeat(8), 'é'.repeat(72), ' '.repeat(8)]) t.notOk(isLeft(read(password)))
  t.strictSame(errorsOf(read('x'.repeat(7))), { password: 'should be at least 8 characters' })
  const long = read('x'.repeat(73))
  t.strictSame(errorsOf(long), { password: 'should be at most 72 characters' })
  t.strictSame(isLeft(long) && long.left.values, { email: 'ada@example.com', password: '' })
})

t.test('credentials are only cut to a length', async t => {
  t.strictSame(readCredentials({ email: ' A@b ', password: ' p ' }), { email: 'A@b', password: ' p ' })
  const { email, password } = readCredentials({ email: 'a'.repeat(9999), password: 'p'.repeat(9999) })
  t.equal(email.length, 160)
  t.equal(password.length, 1000)
  t.strictSame(readCredentials({}), { email: '', password: '' })
})

t.test('a theme is light, dark or none', async t => {
  t.equal(readTheme('light'), 'light')
  t.equal(readTheme('dark'), 'dark')
  for (const value of ['', 'Dark', undefined, null, ['dark']]) t.equal(readTheme(value), '')
})
