// What the compiler says about blocks that must not compile, as documents show it: whole, in its own words. The blocks
// spec compares, and write-messages.ts writes it into the documents.
import { root } from './command.js'
import type { Diagnostic } from './typescript.js'

/** What a block's `text` shows for the errors of its module; with lines of the block where there are several errors. */
export const shownMessage = (diagnostics: readonly Diagnostic[]): string =>
  diagnostics
    .map(({ line, code, lines }) => {
      const place = diagnostics.length > 1 ? `line ${line}: ` : ''
      return `${place}error TS${code}: ${lines.join('\n')}`.replaceAll(`${root}/dist/`, '')
    })
    .join('\n')

/** A document with messages in the `text` blocks behind its `ts fails` blocks, which are made where they are missing. */
export const withMessages = (
  document: string,
  /** The message for a block by the line, from 1, of its first line of code. */
  messageAt: (line: number) => string | undefined,
): string => {
  const lines = document.split('\n')
  const made: string[] = []
  for (let i = 0; i < lines.length; i++) {
    made.push(lines[i]!)
    if (!/^```ts fails\s*$/.test(lines[i]!)) continue
    const message = messageAt(i + 2)
    while (lines[i + 1] !== undefined && lines[i + 1] !== '```') made.push(lines[++i]!)
    made.push(lines[++i]!)
    if (message === undefined) continue
    let next = i + 1
    while (lines[next]?.trim() === '') next++
    if (lines[next] === '```text') i = lines.indexOf('```', next + 1)
    made.push('', '```text', ...message.split('\n'), '```')
  }
  return made.join('\n')
}
