/** Finds the app's router: its package.json says in which module it is, and that module is run. */
import type { Either } from 'fp-ts/lib/Either.js'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { AnyPlug } from '../lib/pipeline-types.js'
import { left, right } from '../lib/fp.js'
import { holdsRouter } from '../router/route-table.js'

/** The nearest package.json, from a folder upwards. */
const manifestAbove = (folder: string): string | undefined => {
  const file = join(folder, 'package.json')
  if (existsSync(file)) return file
  const above = dirname(folder)
  return above === folder ? undefined : manifestAbove(above)
}

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))

/** The module and the export that a package.json names. */
const namedIn = (
  file: string,
): Either<string, { readonly module: string; readonly name: string | undefined }> => {
  let manifest: unknown
  try {
    manifest = JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    return left(`${file} cannot be read: ${messageOf(cause)}`)
  }
  const router = (manifest as { readonly plugboard?: { readonly router?: unknown } | null } | null)?.plugboard
    ?.router
  if (router === undefined)
    return left(`${file} does not say where the router is: add "plugboard": { "router": "./dist/router.js" }`)
  if (typeof router !== 'string' || router === '')
    return left(`${file}: "router" of "plugboard" must be the path of a module, such as "./dist/router.js"`)
  const [module = '', name] = router.split('#', 2)
  return right({ module, name })
}

const usual = ['router', 'app', 'default']

const exportOf = (
  exported: Readonly<Record<string, unknown>>,
  name: string | undefined,
): string | undefined => (name === undefined ? usual : [name]).find(one => exported[one] !== undefined)

/** The router that an export is, or that it makes. */
const routerOf = async (exported: unknown, called: string): Promise<Either<string, AnyPlug>> => {
  if (holdsRouter(exported)) return right(exported)
  const must = `${called} must be a router, a pipeline that holds one, or a function that makes either`
  if (typeof exported !== 'function') return left(must)
  try {
    const made: unknown = await (exported as () => unknown)()
    return holdsRouter(made) ? right(made) : left(`${must}, and what it makes is none`)
  } catch (cause) {
    return left(`${must}, and called without arguments it throws: ${messageOf(cause)}`)
  }
}

/** The router of the app in a folder, or a sentence that says why there is none. */
export const loadRouter = async (folder: string): Promise<Either<string, AnyPlug>> => {
  const manifest = manifestAbove(folder)
  if (manifest === undefined) return left(`there is no package.json in ${folder} or above it`)
  const named = namedIn(manifest)
  if (named._tag === 'Left') return named
  const { module, name } = named.right
  const file = resolve(dirname(manifest), module)
  if (!existsSync(file))
    return left(
      `${manifest} says that the router is in ${module}, and there is no such file: is the app built?`,
    )
  let exported: Readonly<Record<string, unknown>>
  try {
    exported = (await import(pathToFileURL(file).href)) as Readonly<Record<string, unknown>>
  } catch (cause) {
    return left(`${module} cannot be loaded: ${messageOf(cause)}`)
  }
  const key = exportOf(exported, name)
  if (key === undefined)
    return left(
      name === undefined
        ? `${module} exports no ${usual.join(', ')}: name the export that is the router, as "${module}#name"`
        : `${module} has no export "${name}": it has ${Object.keys(exported).join(', ') || 'none'}`,
    )
  return routerOf(exported[key], `"${key}" of ${module}`)
}
