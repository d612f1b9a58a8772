import t from 'tap'
import { shownMessage, withMessages } from './messages.js'
import type { Diagnostic } from './typescript.js'

const at = (line: number, ...lines: readonly string[]): Diagnostic => ({
  file: 'x.ts',
  line,
  code: 2322,
  lines,
})

t.test('one error is shown whole, several with the lines of the block', async t => {
  t.equal(shownMessage([at(3, 'No.', '  Because.')]), 'error TS2322: No.\n  Because.')
  t.equal(shownMessage([at(1, 'No.'), at(2, 'No.')]), 'line 1: error TS2322: No.\nline 2: error TS2322: No.')
})

const fence = '```'
const block = (...after: readonly string[]): string =>
  ['# Title', '', `${fence}ts fails`, 'a', fence, ...after, '', 'Text.'].join('\n')
const shown = block('', `${fence}text`, 'error', '  more', fence)

t.test('the message is written behind its block, in place of another', async t => {
  const written = (text: string): string =>
    withMessages(text, line => (line === 4 ? 'error\n  more' : undefined))
  t.equal(written(block()), shown, 'where there was none')
  t.equal(written(block('', `${fence}text`, 'stale', fence)), shown, 'where there was another')
  t.equal(written(shown), shown, 'and once written it stays')
})

t.test('other blocks stay as they are, and so does one without an error', async t => {
  const other = ['```ts', 'a', '```', '', '```text', 'x', '```', ''].join('\n')
  t.equal(
    withMessages(other, () => 'error'),
    other,
  )
  t.equal(
    withMessages(shown, () => undefined),
    shown,
  )
})
