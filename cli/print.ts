/** Routes, and what becomes of a request, as text for a terminal. */
import { isAbsolute, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Answer, RouteInfo } from '../router/route-table.js'

/** Where a route is declared, seen from a folder: `router.ts:12`; `''` where it is not known. */
export const placeIn = ({ file, line }: RouteInfo, folder: string): string => {
  if (file === undefined) return ''
  const path = file.startsWith('file:') ? fileURLToPath(file) : file
  const seen = relative(folder, path)
  return `${seen.startsWith('..') || isAbsolute(seen) ? path : seen}:${line}`
}

/** Rows whose columns begin below each other; a column that is empty in all of them is left out. */
const columns = (rows: readonly (readonly string[])[]): string => {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map(row => (row[i] as string).length)))
  return rows
    .map(row =>
      row
        .map((cell, i) => cell.padEnd(widths[i] as number))
        .filter((_, i) => widths[i] !== 0)
        .join('  ')
        .trimEnd(),
    )
    .map(line => `${line}\n`)
    .join('')
}

const handlerOf = ({ handler, mount }: RouteInfo): string => (mount ? `${handler} (mounted)` : handler)

const cells = (route: RouteInfo, folder: string): readonly string[] => [
  route.method,
  route.hosts.join(' '),
  route.pattern,
  handlerOf(route),
  route.pipelines.join(', '),
  placeIn(route, folder),
]

/** Whether a route is one for a method, if one is given, that shows a text, if one is given. */
export const isWanted =
  (method: string | undefined, text: string | undefined, folder: string) =>
  (route: RouteInfo): boolean =>
    (method === undefined || route.method === method || route.method === '*') &&
    (text === undefined ||
      cells(route, folder).some((cell, i) => i > 0 && cell.toLowerCase().includes(text.toLowerCase())))

/** The route table: method, hosts where there are any, pattern, handler, pipelines, place. */
export const table = (routes: readonly RouteInfo[], folder: string): string =>
  columns(routes.map(route => cells(route, folder)))

const withPlace = (name: string, route: RouteInfo, folder: string): string => {
  const place = placeIn(route, folder)
  return place === '' ? name : `${name} (${place})`
}

const named = (route: RouteInfo, folder: string): string =>
  withPlace(`${route.mount ? 'forward' : route.method} ${route.pattern}`, route, folder)

/** What runs, one a line, with its number. */
const numbered = (names: readonly string[]): string =>
  names.map((name, i) => `  ${String(i + 1).padStart(String(names.length).length)}  ${name}\n`).join('')

const stepsOf = ({ plugs, handler }: RouteInfo): string => numbered([...plugs, handler])

const answeredBy = (
  fallback: RouteInfo | undefined,
  folder: string,
  status: 404 | 405 | 204 = 404,
): string => {
  if (fallback === undefined) return 'No fallback answers: it is a 404 of the endpoint.\n'
  const named = withPlace(`The fallback in ${fallback.pattern}`, fallback, folder)
  if (status !== 204)
    return `${named} answers${status === 405 ? ' with 405' : ''}. It runs\n${stepsOf(fallback)}`
  const { plugs } = fallback
  return `${named} answers with 204, without its handler.${plugs.length === 0 ? '' : ' It runs'}\n${numbered(plugs)}`
}

/** What becomes of a request, and what runs for it. */
export const answer = (request: string, found: Answer, folder: string): string => {
  switch (found.kind) {
    case 'route': {
      const params = Object.entries(found.pathParams).map(
        ([name, text]) =>
          `  ${name} = ${typeof text === 'string' ? JSON.stringify(text) : JSON.stringify([...text])}\n`,
      )
      const gives = params.length === 0 ? '' : `Its parameters are\n${params.join('')}`
      return `${request} finds ${named(found.route, folder)}.\n${gives}It runs\n${stepsOf(found.route)}`
    }
    case 'refused': {
      const refused = `${request} finds ${named(found.route, folder)}, whose codec refuses "${found.param}"`
      return found.status === 400
        ? `${refused}: it is a 400.\n`
        : `${refused}.\n${answeredBy(found.fallback, folder)}`
    }
    case 'none': {
      const others =
        found.allowed.length === 0 ? '' : `There are routes of this path for ${found.allowed.join(', ')}.\n`
      return `No route takes ${request}.\n${others}${answeredBy(found.fallback, folder, found.status)}`
    }
    case 'malformed':
      return `No route takes ${request}: its path is not percent-encoded UTF-8, which is a 400.\n`
  }
}
