// Starts a child process and waits for it, keeping what it printed. Every other tool uses this one function,
// so that a part of the test run can be shown whole when it fails and kept quiet when it does not.
import { spawn } from 'node:child_process'
import { realpathSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The folder that holds package.json. */
export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[/\\]$/, '')

/** Is this the file that Node was started with? @param {string} filename */
export const isMain = filename => process.argv[1] !== undefined && realpathSync(process.argv[1]) === filename

/**
 * @typedef {object} Ran
 * @property {number} code exit code; 1 when a signal or the time limit ended the process
 * @property {string} output standard output and standard error as they came
 * @property {number} ms how long it took
 */

/**
 * Runs a command without a shell.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: Record<string, string | undefined>, timeout?: number, show?: boolean }} [options]
 *   `timeout` in milliseconds (default 180,000); `show` passes the output on to the terminal as well.
 * @returns {Promise<Ran>} never rejects
 */
export const run = (command, args, options = {}) =>
  new Promise(resolve => {
    const begun = performance.now()
    const child = spawn(command, args, {
      cwd: options.cwd ?? root,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    /** @type {Buffer[]} */
    const chunks = []
    /** @param {NodeJS.WriteStream} to */
    const keep = to => (/** @type {Buffer} */ chunk) => {
      chunks.push(chunk)
      if (options.show) to.write(chunk)
    }
    child.stdout.on('data', keep(process.stdout))
    child.stderr.on('data', keep(process.stderr))
    const limit = options.timeout ?? 180_000
    const timer = setTimeout(() => {
      chunks.push(Buffer.from(`\n${command}: ended after ${limit / 1000} s without finishing\n`))
      child.kill('SIGKILL')
    }, limit)
    /** @param {number} code */
    const end = code => {
      clearTimeout(timer)
      resolve({ code, output: Buffer.concat(chunks).toString('utf8'), ms: performance.now() - begun })
    }
    child.on('error', error => {
      chunks.push(Buffer.from(`${command}: ${error.message}\n`))
      end(1)
    })
    child.on('close', code => end(code ?? 1))
  })

/**
 * Runs one of the commands that npm installed, on this very Node.
 *
 * @param {string} file path of the script inside node_modules
 * @param {readonly string[]} args
 * @param {Parameters<typeof run>[2]} [options]
 */
export const runNode = (file, args, options) => run(process.execPath, [file, ...args], options)

/** The scripts behind the installed commands. */
export const bin = {
  tsc: 'node_modules/typescript/bin/tsc',
  tsc5: 'node_modules/typescript-5/bin/tsc',
  prettier: 'node_modules/prettier/bin/prettier.cjs',
  oxlint: 'node_modules/oxlint/bin/oxlint',
  publint: 'node_modules/publint/src/cli.js',
  attw: 'node_modules/@arethetypeswrong/cli/dist/index.js',
  c8: 'node_modules/c8/bin/c8.js',
}

/** @param {number} ms */
export const seconds = ms => `${(ms / 1000).toFixed(1)} s`
