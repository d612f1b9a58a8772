#!/usr/bin/env node
/** The command `plugboard`. Exits with 0 when all is well, 1 when it is not, and 2 when it was called wrongly. */
import { readFileSync } from 'node:fs'
import type { AnyPlug } from '../lib/pipeline-types.js'
import { isLeft } from '../lib/fp.js'
import { answerFor, routes } from '../router/route-table.js'
import { commandOf, usage, type Command } from './command.js'
import { loadRouter } from './load.js'
import { answer, isWanted, table } from './print.js'

interface Outcome {
  readonly code: number
  readonly out?: string
  readonly err?: string
}

const data = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`

const folder = process.cwd()

/** What the command says of a router. */
const about = (app: AnyPlug, command: Extract<Command, { readonly json: boolean }>): Outcome => {
  if (command.kind === 'routes') {
    const { method, text, json } = command
    const wanted = routes(app).filter(isWanted(method, text, folder))
    if (json) return { code: 0, out: data(wanted) }
    return wanted.length === 0
      ? { code: 0, err: 'plugboard: there is no such route\n' }
      : { code: 0, out: table(wanted, folder) }
  }
  const { method, path, host, json } = command
  const found = answerFor(app, method, path, host)
  const request = `${method} ${host ?? ''}${path}`
  return { code: found.kind === 'route' ? 0 : 1, out: json ? data(found) : answer(request, found, folder) }
}

const outcomeOf = async (args: readonly string[]): Promise<Outcome> => {
  const parsed = commandOf(args)
  if (isLeft(parsed)) return { code: 2, err: `plugboard: ${parsed.left}\n\n${usage}` }
  const command = parsed.right
  if (command.kind === 'help') return { code: 0, out: usage }
  if (command.kind === 'version') {
    const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
    return { code: 0, out: `${(JSON.parse(manifest) as { readonly version: string }).version}\n` }
  }
  // lines are those of the sources, where the app ships maps to them
  process.setSourceMapsEnabled(true)
  const loaded = await loadRouter(folder)
  return isLeft(loaded) ? { code: 1, err: `plugboard: ${loaded.left}\n` } : about(loaded.right, command)
}

/** Ends when all is written, whatever the app's modules have left open. */
const end = ({ code, out = '', err = '' }: Outcome): void => {
  const leave = (): void => process.exit(code)
  // a reader such as `head` may have gone
  process.stdout.on('error', leave)
  process.stdout.write(out, () => process.stderr.write(err, leave))
}

void outcomeOf(process.argv.slice(2)).then(end)
