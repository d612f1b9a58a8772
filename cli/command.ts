/** What was asked for on the command line, or why it cannot be understood. */
import type { Either } from 'fp-ts/lib/Either.js'
import { parseArgs } from 'node:util'
import { left, right } from '../lib/fp.js'

/** What there is to do. */
export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  /** To list routes: those of a method, if one is given, and with a text in what is shown of them. */
  | {
      readonly kind: 'routes'
      readonly method: string | undefined
      readonly text: string | undefined
      readonly json: boolean
    }
  /** To say what becomes of a request. */
  | {
      readonly kind: 'match'
      readonly method: string
      readonly path: string
      readonly host: string | undefined
      readonly json: boolean
    }

export const usage = `usage: plugboard routes [text] [--method METHOD] [--json]
       plugboard routes --match METHOD PATH [--host HOST] [--json]
       plugboard --help | --version

Lists the routes of the app in this folder: method, pattern, handler, what it goes through, and the line that
declares it. Nothing is served, and no plug runs.

  text             only routes that have it in their pattern, handler, pipelines or file
  --method GET     only routes for this method, or for any
  --match GET /x   the route that this request finds, its parameters, and all that runs for it, in order;
                   exits with 1 where none is found, and says what answers then
  --host x.test    the host of that request; without it, only routes for any host are found
  --json           as data
  --help           this
  --version        the version

The app's package.json says where its router is:

  "plugboard": { "router": "./dist/router.js" }

The module exports it as router, app or default; "./dist/site.js#shop" names another export. It may be a pipeline that
holds a router, or a function without arguments that makes either, or a promise of it: for a router that is made of
configuration, export a function that makes it of what needs no server and no database.
Node runs the module, so TypeScript must be compiled, or NODE_OPTIONS must name a loader for it.
`

const options = {
  method: { type: 'string' },
  match: { type: 'string' },
  host: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const

/** `GET` and `/x` of `--match GET /x`, or of `--match 'GET /x'`. */
const requestOf = (match: string, rest: readonly string[]): readonly [string, string] | undefined => {
  const [method, path, ...more] = [...match.trim().split(/\s+/), ...rest]
  if (method === undefined || path === undefined || more.length > 0 || !path.startsWith('/')) return undefined
  // a query or a fragment finds no route, and is easily pasted along
  return [method.toUpperCase(), path.replace(/[?#].*$/s, '')]
}

/** Reads the arguments behind `plugboard`; of what is wrong, the left says what in a sentence. */
export const commandOf = (args: readonly string[]): Either<string, Command> => {
  const parse = () => parseArgs({ args: [...args], options, allowPositionals: true, strict: true })
  let parsed: ReturnType<typeof parse>
  try {
    parsed = parse()
  } catch (cause) {
    // what follows the first sentence is advice on positional arguments
    return left((cause as Error).message.replace(/\. .*$/s, ''))
  }
  const { values, positionals } = parsed
  const [command, ...rest] = positionals
  if (values.help === true || command === 'help') return right({ kind: 'help' })
  if (values.version === true) return right({ kind: 'version' })
  if (command === undefined) return left('a command is missing')
  if (command !== 'routes') return left(`there is no command "${command}"`)
  const json = values.json === true
  if (values.match !== undefined) {
    if (values.method !== undefined) return left('--match has a method of its own: leave out --method')
    const request = requestOf(values.match, rest)
    if (request === undefined) return left('--match takes a method and a path that starts with "/"')
    return right({ kind: 'match', method: request[0], path: request[1], host: values.host, json })
  }
  if (values.host !== undefined) return left('--host belongs to --match')
  if (rest.length > 1) return left('one text at most: quote it if it has spaces')
  return right({ kind: 'routes', method: values.method?.toUpperCase(), text: rest[0], json })
}
