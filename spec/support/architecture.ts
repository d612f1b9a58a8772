// The rules that keep Plugboard's shape, as one pure function from sources to violations: which way imports point, that
// there are no cycles, and that nothing but adapters, server-side stores and the command line touches the world. TypeScript 7 offers no
// stable parser for programs to use, so the syntax trees come from 5.9, which is installed for the users' sake anyway.
import { isBuiltin } from 'node:module'
import { posix } from 'node:path'
import ts from 'typescript-5'
import { allowedState, stateOf } from './module-state.js'

/** What is wrong where. */
export interface Violation {
  readonly file: string
  /** From 1. */
  readonly line: number
  readonly rule:
    | 'direction'
    | 'cycle'
    | 'module'
    | 'package'
    | 'effect'
    | 'await'
    | 'form'
    | 'state'
    | 'record'
    | 'port'
    | 'open'
  readonly message: string
}

/** Paths from the project's folder (`lib/conn.ts`), each with its text. */
export type Sources = Readonly<Record<string, string>>

/** Inside lib, from the bottom up: a layer may import itself and what stands before it, but not a neighbour on its level. */
const layers: readonly { readonly name: string; readonly level: number; readonly files: RegExp }[] = [
  { name: 'values', level: 0, files: /^lib\/(fp|is-record|later|lru|near-types|options|secret-names)\.ts$/ },
  { name: 'errors', level: 0, files: /^lib\/error\.ts$/ },
  {
    name: 'types without a conn',
    level: 1,
    files: /^lib\/(effect|failure|iterable-effect|fetched|body|matched-route|resp-cookie|session)\.ts$/,
  },
  { name: 'http', level: 2, files: /^lib\/http\// },
  { name: 'crypto', level: 2, files: /^lib\/crypto\// },
  {
    name: 'conn',
    level: 3,
    files:
      /^lib\/((answers|conn|declared|observer|pipeline-types|port-types|ports|request-source|steps|type-states)\.ts$|conn\/)/,
  },
  { name: 'interpreter', level: 3.5, files: /^lib\/(blame|boot|fails|gen|interpret|step-result)\.ts$/ },
  { name: 'plug', level: 4, files: /^lib\/plug\.ts$/ },
  { name: 'run', level: 5, files: /^lib\/(run|exceptions|hooks|error-response|telemetry)\.ts$/ },
  { name: 'endpoint', level: 6, files: /^lib\/endpoint\.ts$/ },
  { name: 'root', level: 7, files: /^lib\/index\.ts$/ },
  { name: 'adapters', level: 8, files: /^lib\/adapters\// },
  { name: 'testing', level: 9, files: /^lib\/testing\// },
]

/** The only files that may touch the world. */
const effectful =
  /^lib\/adapters\/|^cli\/|^plugs\/session\/stores\/(memory|redis|sql)(\/|[-.])|^plugs\/stores\/server\.ts$|^lib\/testing\/warn\.ts$/

/** The class behind every conn, and the parts that it is made of. */
const recordFiles = /^lib\/conn\/(assigned|entries|print|record|rest|source)\.ts$/

/** What plugs reach the world by. */
const portTypes = /^(?:Directory|HttpClient|\w*Port|\w*Store)$/

/** The entry points that specs of what users can write go by. */
const entryPoints: ReadonlySet<string> = new Set([
  'lib/index.ts',
  'lib/testing/index.ts',
  'plugs/index.ts',
  'router/index.ts',
])

/** Modules of Node's that pure code may use, and there which names; `true` means all. */
const pureModules: Readonly<
  Record<string, { readonly where: RegExp; readonly names: true | RegExp; readonly hint: string }>
> = {
  'node:buffer': { where: /./, names: true, hint: '' },
  'node:crypto': {
    where: /./,
    // Randomness comes from conn.entropy; what takes a callback runs elsewhere and ends at another time.
    names:
      /^(?!random|pseudoRandom|getRandomValues$|prng$|rng$|webcrypto$|subtle$|generate|checkPrime$|pbkdf2$|scrypt$|hkdf$|default$)/,
    hint: 'randomness comes from conn.entropy, and work is done synchronously',
  },
  'node:util': { where: /./, names: /^(inspect|types)$/, hint: 'inspect and types only' },
  'node:zlib': {
    where: /^lib\/crypto\//,
    names: /Sync$|^constants$/,
    hint: 'the synchronous functions only',
  },
}

/** Packages that open files, sockets or timers. */
const effectfulPackages = new Set(['pino', 'undici', 'ws', 'redis', 'pg', 'libsql', 'kysely', 'busboy'])

/** Globals that touch the world, or lead to one that does. */
const effectfulGlobals: Readonly<Record<string, string>> = {
  process: 'the environment is an option',
  setTimeout: 'time is conn.now',
  setInterval: 'time is conn.now',
  setImmediate: 'time is conn.now',
  clearTimeout: 'time is conn.now',
  clearInterval: 'time is conn.now',
  clearImmediate: 'time is conn.now',
  queueMicrotask: 'a plug runs now, or is an effect',
  performance: 'time is conn.now',
  fetch: 'requests go through a port',
  console: 'logs go through a port',
  crypto: "randomness is conn.entropy; hashes and ciphers are in 'node:crypto'",
  navigator: 'the environment is an option',
  globalThis: 'name what is needed',
  global: 'name what is needed',
  self: 'name what is needed',
  window: 'name what is needed',
  eval: 'code is written, not made',
  require: 'modules are imported',
  WebSocket: 'connections go through a port',
  EventSource: 'connections go through a port',
  XMLHttpRequest: 'requests go through a port',
  Worker: 'work is done here',
  MessageChannel: 'a plug runs now, or is an effect',
  BroadcastChannel: 'a plug runs now, or is an effect',
}

interface Import {
  readonly specifier: string
  readonly typeOnly: boolean
  /** Names of values taken from the module; `undefined` for a namespace, a dynamic import or `export *`. */
  readonly names: readonly string[] | undefined
  readonly dynamic: boolean
  readonly node: ts.Node
}

const importsOf = (source: ts.SourceFile): readonly Import[] => {
  const found: Import[] = []
  const add = (
    specifier: ts.Node,
    names: readonly string[] | undefined,
    typeOnly: boolean,
    dynamic = false,
  ): void => {
    if (ts.isStringLiteralLike(specifier))
      found.push({ specifier: specifier.text, names, typeOnly, dynamic, node: specifier })
  }
  const nameOf = (element: ts.ImportSpecifier | ts.ExportSpecifier): string =>
    (element.propertyName ?? element.name).text
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) {
      const { importClause: clause } = node
      const bindings = clause?.namedBindings
      const named = bindings && ts.isNamedImports(bindings) ? bindings.elements : undefined
      const typeOnly =
        clause?.isTypeOnly === true ||
        (named !== undefined &&
          named.length > 0 &&
          !clause?.name &&
          named.every(element => element.isTypeOnly))
      const values = (named ?? []).filter(element => !element.isTypeOnly)
      const names = [...(clause?.name ? ['default'] : []), ...values.map(nameOf)]
      add(node.moduleSpecifier, bindings && ts.isNamespaceImport(bindings) ? undefined : names, typeOnly)
    } else if (ts.isExportDeclaration(node) && node.moduleSpecifier) {
      const named =
        node.exportClause && ts.isNamedExports(node.exportClause) ? node.exportClause.elements : undefined
      add(node.moduleSpecifier, named?.map(nameOf), node.isTypeOnly)
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      add(node.argument.literal, [], true)
    } else if (
      ts.isCallExpression(node) &&
      node.expression.kind === ts.SyntaxKind.ImportKeyword &&
      node.arguments[0]
    ) {
      add(node.arguments[0], undefined, false, true)
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

/** The file that a relative specifier names, or undefined for a package. */
const target = (from: string, specifier: string): string | undefined =>
  specifier.startsWith('.') ? posix.join(posix.dirname(from), specifier).replace(/\.js$/, '.ts') : undefined

const packageName = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')

/** Why one file may not import another, or undefined when it may. */
const misdirected = (from: string, to: string): string | undefined => {
  const folder = to.slice(0, to.indexOf('/'))
  if (from.startsWith('lib/')) {
    if (!to.startsWith('lib/'))
      return `lib imports nothing from ${folder}: imports point from plugs and router to lib`
    const [above, below] = [from, to].map(path => layers.find(layer => layer.files.test(path)))
    if (!above || !below) return undefined
    if (to.startsWith('lib/testing/') && above !== below) return 'nothing imports lib/testing'
    if (above === below || above.level > below.level) return undefined
    return `${above.name} may not import ${below.name}: inside lib imports point adapters → endpoint → run → plug → conn → http, crypto`
  }
  const own = from.slice(0, from.indexOf('/'))
  if (to.startsWith('lib/testing/')) return 'nothing imports lib/testing'
  if (to.startsWith('lib/adapters/') && !effectful.test(from))
    return `${own} imports no adapter: a plug that needs the world takes a port as an option`
  // the command line shows what the router knows
  if (own === 'cli' && folder === 'router') return undefined
  if (folder !== own && folder !== 'lib') return `${own} imports lib and itself, not ${folder}`
  return undefined
}

/** Why a module of Node's may not be imported as it is, or undefined when it may. */
const impureModule = (file: string, { specifier, names, typeOnly, dynamic }: Import): string | undefined => {
  const name = specifier.startsWith('node:') ? specifier : `node:${specifier}`
  const rule = Object.hasOwn(pureModules, name) ? pureModules[name] : undefined
  if (!rule || !rule.where.test(file))
    return `${name} belongs in lib/adapters: take a port as an option instead`
  if (dynamic) return `${name} is imported dynamically`
  if (rule.names === true || typeOnly) return undefined
  if (!names) return `import what is needed of ${name} by name (${rule.hint})`
  const { names: allowed } = rule
  const wrong = names.filter(each => !allowed.test(each))
  return wrong.length > 0 ? `${wrong.join(', ')} of ${name} may not be used here: ${rule.hint}` : undefined
}

/** Groups of files that import each other in a circle, types included. */
const cycles = (edges: ReadonlyMap<string, ReadonlySet<string>>): readonly (readonly string[])[] => {
  // Tarjan's strongly connected components.
  const index = new Map<string, number>()
  const low = new Map<string, number>()
  const stack: string[] = []
  const found: string[][] = []
  const visit = (file: string): void => {
    index.set(file, index.size)
    low.set(file, index.size - 1)
    stack.push(file)
    for (const next of edges.get(file) ?? []) {
      if (!index.has(next)) visit(next)
      else if (!stack.includes(next)) continue
      low.set(file, Math.min(low.get(file)!, low.get(next)!))
    }
    if (low.get(file) !== index.get(file)) return
    const group = stack.splice(stack.indexOf(file))
    if (group.length > 1 || edges.get(file)?.has(file)) found.push(group.sort())
  }
  for (const file of edges.keys()) if (!index.has(file)) visit(file)
  return found
}

/** A program over the sources alone, whose checker tells a global from a name declared in the file. */
const programOf = (sources: Sources): ts.Program => {
  const options: ts.CompilerOptions = {
    noLib: true,
    types: [],
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
  }
  const host: ts.CompilerHost = {
    getSourceFile: (name, target) =>
      sources[name] === undefined ? undefined : ts.createSourceFile(name, sources[name], target, true),
    getDefaultLibFileName: () => '',
    writeFile: () => undefined,
    getCurrentDirectory: () => '',
    getCanonicalFileName: name => name,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => '\n',
    fileExists: name => sources[name] !== undefined,
    readFile: name => sources[name],
    resolveModuleNames: (names, from) =>
      names.map(name => {
        const path = target(from, name)
        return path === undefined || sources[path] === undefined
          ? undefined
          : { resolvedFileName: path, extension: ts.Extension.Ts }
      }),
  }
  return ts.createProgram(Object.keys(sources), options, host)
}

const isAmbient = (node: ts.Node): boolean => {
  for (let at = node; !ts.isSourceFile(at); at = at.parent)
    if (
      ts.canHaveModifiers(at) &&
      ts.getModifiers(at)?.some(each => each.kind === ts.SyntaxKind.DeclareKeyword)
    )
      return true
  return false
}

/** Is the identifier a reference to a value that no scope of the file declares? */
const isGlobal = (checker: ts.TypeChecker, node: ts.Identifier): boolean => {
  const { parent } = node
  if (ts.isPropertyAccessExpression(parent) && parent.name === node) return false
  if (ts.isVariableDeclaration(parent) && parent.name === node) return false
  const symbol = ts.isShorthandPropertyAssignment(parent)
    ? checker.getShorthandAssignmentValueSymbol(parent)
    : checker.getSymbolAtLocation(node)
  // `declare const process: …` declares nothing.
  return !symbol?.declarations?.some(declaration => !isAmbient(declaration))
}

/** Why a use of a global is an effect, or undefined when it is none. */
const effect = (node: ts.Identifier): string | undefined => {
  const { parent, text } = node
  const member =
    ts.isPropertyAccessExpression(parent) && parent.expression === node
      ? parent.name.text
      : ts.isElementAccessExpression(parent) && ts.isStringLiteralLike(parent.argumentExpression)
        ? parent.argumentExpression.text
        : undefined
  switch (text) {
    case 'Date': {
      const given = ts.isNewExpression(parent) && parent.expression === node ? (parent.arguments ?? []) : []
      if (given.length > 0 && !given.some(ts.isSpreadElement)) return undefined
      if (member === 'UTC' || member === 'parse' || member === 'prototype') return undefined
      if (ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.InstanceOfKeyword)
        return undefined
      return `${member ? `Date.${member}` : 'Date without a time'} reads the clock: time is conn.now`
    }
    case 'Math':
      return member !== undefined && member !== 'random'
        ? undefined
        : 'Math.random: randomness is conn.entropy'
    case 'AbortSignal':
      return member === 'timeout'
        ? 'AbortSignal.timeout starts a timer: conn.signal is the deadline'
        : undefined
    default:
      return Object.hasOwn(effectfulGlobals, text) ? `${text}: ${effectfulGlobals[text]}` : undefined
  }
}

const typeNames = (type: ts.Type): readonly (string | undefined)[] =>
  type.isUnion() ? type.types.flatMap(typeNames) : [type.aliasSymbol?.name, type.symbol?.name]

/** Is the expression what a function returned: written here, or by the constant that it names? */
const isReturned = (checker: ts.TypeChecker, node: ts.Expression): boolean => {
  if (ts.isCallExpression(node)) return true
  if (!ts.isIdentifier(node)) return false
  const declaration = checker.getSymbolAtLocation(node)?.valueDeclaration
  return (
    declaration !== undefined &&
    ts.isVariableDeclaration(declaration) &&
    declaration.initializer !== undefined &&
    ts.isIdentifier(declaration.name) &&
    ts.isCallExpression(declaration.initializer)
  )
}

/** Why a plug may not call a port as it does, or undefined when this is no such call. */
const unseenPort = (checker: ts.TypeChecker, node: ts.Node): string | undefined => {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return undefined
  const { expression: port, name } = node.expression
  const type = typeNames(checker.getTypeAtLocation(port)).find(each => portTypes.test(each ?? ''))
  // what says no effect is asked when the app starts
  if (type === undefined || name.text.startsWith('check') || isReturned(checker, port)) return undefined
  return `${name.text} of a ${type} is called where an observer cannot see it: ask for the port by portOf(name, port)(conn)`
}

/** Forms that modules of this project do without, whatever they do. */
const form = (node: ts.Node): string | undefined => {
  if (ts.isEnumDeclaration(node)) return 'no enums: a union of literals'
  if (ts.isModuleDeclaration(node))
    return 'no namespaces, and no widening of other modules or of the global scope'
  if (ts.isDecorator(node)) return 'no decorators'
  if (ts.isExportAssignment(node)) return 'no default exports'
  if (
    ts.canHaveModifiers(node) &&
    ts.getModifiers(node)?.some(each => each.kind === ts.SyntaxKind.DefaultKeyword)
  )
    return 'no default exports'
  return undefined
}

const isTopLevelAwait = (node: ts.Node): boolean => {
  if (!ts.isAwaitExpression(node) && !(ts.isForOfStatement(node) && node.awaitModifier)) return false
  for (let at = node.parent; !ts.isSourceFile(at); at = at.parent) if (ts.isFunctionLike(at)) return false
  return true
}

/**
 * Checks sources of lib, plugs, router and cli.
 *
 * @param dependencies names of the packages that an installed Plugboard brings along or asks for
 */
export const violations = (sources: Sources, dependencies: readonly string[]): readonly Violation[] => {
  const found: Violation[] = []
  const program = programOf(sources)
  const checker = program.getTypeChecker()
  const edges = new Map<string, Set<string>>()

  for (const file of Object.keys(sources)) {
    const source = program.getSourceFile(file)!
    const report = (node: ts.Node, rule: Violation['rule'], message: string | undefined): void => {
      const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1
      if (message !== undefined) found.push({ file, line, rule, message })
    }
    const pure = !effectful.test(file)

    if (file.startsWith('lib/') && !layers.some(layer => layer.files.test(file)))
      report(source, 'direction', 'this file has no layer: give it a place in spec/support/architecture.ts')
    if (/(?:istanbul|v8|c8) ignore/.test(sources[file]!))
      report(source, 'form', 'coverage is reached, not ignored')

    const to = new Set<string>()
    edges.set(file, to)
    for (const each of importsOf(source)) {
      const path = target(file, each.specifier)
      if (path !== undefined) {
        to.add(path)
        report(each.node, 'direction', misdirected(file, path))
        if (/^(?:plugs|router)\//.test(file) && recordFiles.test(path))
          report(each.node, 'record', `${path} is private: change a conn by the functions that users have`)
        if (pure && each.dynamic)
          report(each.node, 'effect', 'a dynamic import loads when it runs: import it at the top')
      } else if (isBuiltin(each.specifier)) {
        if (pure) report(each.node, 'module', impureModule(file, each))
      } else {
        const name = packageName(each.specifier)
        if (name === 'plugboard')
          report(each.node, 'direction', 'inside the package import the file, not the entry point')
        else if (!dependencies.includes(name))
          report(each.node, 'package', `${name} is not among the dependencies`)
        else if (name === 'fp-ts' && !each.typeOnly)
          report(each.node, 'package', 'of fp-ts only types are imported: values come from lib/fp.ts')
        else if (pure && effectfulPackages.has(name) && !each.typeOnly)
          report(each.node, 'package', `${name} touches the world: it belongs in lib/adapters, behind a port`)
      }
    }

    const visit = (node: ts.Node): void => {
      report(node, 'form', form(node))
      if (pure && file.startsWith('plugs/')) report(node, 'port', unseenPort(checker, node))
      if (isTopLevelAwait(node))
        report(node, 'await', 'no top-level await: require() could not load the module')
      // Types are gone when the program runs.
      if (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node)) return
      if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return
      if (pure && ts.isIdentifier(node)) {
        const message = effect(node)
        if (message !== undefined && isGlobal(checker, node)) report(node, 'effect', message)
      }
      ts.forEachChild(node, visit)
    }
    visit(source)
    if (pure)
      for (const { node, name, message } of stateOf(source, checker))
        if (allowedState[file]?.[name] === undefined) report(node, 'state', message)
  }

  for (const group of cycles(edges))
    found.push({
      file: group[0]!,
      line: 1,
      rule: 'cycle',
      message: `these import each other: ${group.join(', ')}`,
    })
  return found
}

/** Checks the specs of what users can write: they import entry points, and neither each other nor what stands behind one. */
export const openViolations = (sources: Sources): readonly Violation[] =>
  Object.entries(sources).flatMap(([file, text]) => {
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true)
    return importsOf(source).flatMap(({ specifier, node }) => {
      const path = target(file, specifier)
      if (path === undefined ? packageName(specifier) !== 'plugboard' : entryPoints.has(path)) return []
      const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1
      const message = `${specifier} is no entry point: a user could not import it`
      return [{ file, line, rule: 'open' as const, message }]
    })
  })
