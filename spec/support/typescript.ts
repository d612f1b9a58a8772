// The compilers as the specs use them: what they report about some files, and how much work the checking was.
// TypeScript 7 compiles this project; 5.9 is what many users still have, so what they see is checked with both.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { node, root } from './command.js'

export const compilers = {
  'TypeScript 7': join(root, 'node_modules/typescript/bin/tsc'),
  'TypeScript 5.9': join(root, 'node_modules/typescript-5/bin/tsc'),
} as const

export type Compiler = keyof typeof compilers

/** One error, with its chain of explanations as lines. */
export interface Diagnostic {
  /** Path relative to the folder the compiler ran in, with forward slashes. */
  readonly file: string
  /** From 1. */
  readonly line: number
  readonly code: number
  /** The first is the sentence, the others, indented, explain it. */
  readonly lines: readonly string[]
}

/** Reads what `tsc --pretty false` printed. An error without a place has the file ''. */
export const parseDiagnostics = (output: string): readonly Diagnostic[] => {
  const found: { file: string; line: number; code: number; lines: string[] }[] = []
  for (const text of output.split(/\r?\n/)) {
    const head = /^(?:(.+?)\((\d+),\d+\): )?error TS(\d+): (.*)$/.exec(text)
    if (head)
      found.push({
        file: (head[1] ?? '').replaceAll('\\', '/'),
        line: Number(head[2] ?? 0),
        code: Number(head[3]),
        lines: [head[4] ?? ''],
      })
    else if (text.startsWith(' ')) found.at(-1)?.lines.push(text.trimEnd())
  }
  return found
}

/** Writes files below a folder that is emptied first. */
export const writeFiles = (folder: string, files: Readonly<Record<string, string>>): void => {
  rmSync(folder, { recursive: true, force: true })
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
}

/** A tsconfig.json that is as strict as the project's own, for a folder of generated files. */
export const projectConfig = (folder: string, options: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify({
    extends: join(root, 'tsconfig.json'),
    compilerOptions: {
      rootDir: folder,
      outDir: join(folder, 'out'),
      noEmit: true,
      incremental: false,
      tsBuildInfoFile: null,
      noUnusedLocals: false,
      noUnusedParameters: false,
      ...options,
    },
    include: ['**/*'],
    exclude: ['out'],
  })

/** Compiles a project (a folder with a tsconfig.json) and answers its errors. */
export const compile = async (
  folder: string,
  compiler: Compiler = 'TypeScript 7',
): Promise<readonly Diagnostic[]> => {
  const { code, stdout, stderr } = await node([compilers[compiler], '-p', '.', '--pretty', 'false'], {
    cwd: folder,
  })
  const diagnostics = parseDiagnostics(stdout)
  if (code !== 0 && diagnostics.length === 0) throw new Error(`${compiler} failed: ${stdout}${stderr}`)
  return diagnostics
}

/** What checking some source costs. */
export interface Cost {
  /** How many types the checker instantiated: the same on every machine. */
  readonly instantiations: number
  /** Seconds of checking: depends on the machine and on what else it does. */
  readonly checkTime: number
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Checks one generated file, which imports `plugboard` as an app would, and measures the work.
 *
 * @param name a folder name of the caller's own, below dist/types-cost
 */
export const checkingCost = async (
  name: string,
  source: string,
  compiler: Compiler = 'TypeScript 7',
): Promise<Cost> => {
  const folder = join(root, 'dist/types-cost', name, compiler.replace(' ', '-'))
  writeFiles(folder, { 'source.ts': source, 'tsconfig.json': projectConfig(folder) })
  const single = compiler === 'TypeScript 7' ? ['--singleThreaded'] : []
  const args = [compilers[compiler], '-p', '.', '--pretty', 'false', '--extendedDiagnostics', ...single]
  const { stdout } = await node(args, { cwd: folder })
  const figure = (label: string): number => {
    const found = new RegExp(`^${label}:\\s+([\\d.]+)`, 'm').exec(stdout)
    if (!found) throw new Error(`${compiler} printed no "${label}":\n${stdout}`)
    return Number(found[1])
  }
  return {
    instantiations: figure('Instantiations'),
    checkTime: figure('Check time'),
    diagnostics: parseDiagnostics(stdout),
  }
}
