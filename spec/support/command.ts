// Runs a command for a spec: a compiler, a linter, another Node.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** The project's folder, seen from dist/spec/support. */
export const root = fileURLToPath(new URL('../../../', import.meta.url)).replace(/[/\\]$/, '')

export interface Finished {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/**
 * Runs a script on this Node and collects what it prints; never rejects.
 *
 * @param args the script's path, relative to the project, and its arguments; options of Node's may come first
 */
export const node = (
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string | undefined>> } = {},
): Promise<Finished> =>
  new Promise(resolve => {
    // Coverage of compilers and linters would take seconds to write and tell nothing.
    const env = { ...process.env, NODE_V8_COVERAGE: undefined, ...options.env }
    const child = spawn(process.execPath, args, {
      cwd: options.cwd ?? root,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child.on('close', code => resolve({ code: code ?? 1, stdout, stderr }))
  })
