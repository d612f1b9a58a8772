// Imports compiled code blocks one after the other in this one process and writes down which of them threw, or left a
// timer, a socket or a server open. Arguments: the folder, and the file there that lists the modules.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { setTimeout as sleep } from 'node:timers/promises'

const [, , folder = '', list = ''] = process.argv
const files = JSON.parse(readFileSync(join(folder, list), 'utf8')) as readonly string[]
const limit = 10_000

// The standard streams open when they are first read: not in the midst of a block.
void [process.stdout, process.stderr]

/** What keeps the process alive, with how many of each; files being read by the module loader do not count. */
const open = (): ReadonlyMap<string, number> => {
  const kinds = new Map<string, number>()
  for (const kind of process.getActiveResourcesInfo())
    if (!/^(FSReq|CloseReq)/.test(kind)) kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
  return kinds
}

const grown = (before: ReadonlyMap<string, number>): readonly string[] =>
  [...open()].filter(([kind, count]) => count > (before.get(kind) ?? 0)).map(([kind]) => kind)

/** For each module what went wrong with it, or ''. */
const results: Record<string, string> = {}
process.on('exit', () => writeFileSync(join(folder, 'results.json'), JSON.stringify(results)))

let reject: (error: unknown) => void = () => undefined
process.on('unhandledRejection', error => reject(error))
process.on('uncaughtException', error => reject(error))

for (const file of files) {
  const before = open()
  results[file] = 'the process ended while this block ran'
  const timeout = new AbortController()
  try {
    const failed = new Promise<never>((_, no) => (reject = no))
    const late = sleep(limit, undefined, { signal: timeout.signal, ref: false }).then(() => {
      throw new Error(`not finished after ${limit / 1000} s`)
    })
    late.catch(() => undefined)
    failed.catch(() => undefined)
    await Promise.race([import(pathToFileURL(join(folder, file)).href), failed, late])
    // What is being closed may take a moment.
    for (let i = 0; i < 20 && grown(before).length > 0; i++) await sleep(5)
    const left = grown(before)
    results[file] = left.length > 0 ? `leaves open: ${left.join(', ')}` : ''
  } catch (error) {
    results[file] = error instanceof Error ? (error.stack ?? error.message) : String(error)
  }
  timeout.abort()
}
process.exit()
