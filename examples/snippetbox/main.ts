/** Starts Snippetbox: reads the environment, opens the database, serves, and shuts down gracefully on a signal. */
import cluster from 'node:cluster'
import { fileURLToPath } from 'node:url'
import { isLeft } from 'fp-ts/lib/Either.js'
import { directory, serve, stdout } from 'plugboard/node'
import { makeAttempts } from './attempts.js'
import { modeOf, readConfig, type Config, type Env } from './config.js'
import { openRepository } from './data/open-repository.js'
import { openSessionStore } from './data/session-store.js'
import { developmentSecret } from './development-secret.js'
import { makeEndpoint } from './endpoint.js'

/** The public files are in the source folder, and this file runs from `dist/`. */
const assets = fileURLToPath(new URL('../../../examples/snippetbox/public', import.meta.url))

const environment = (): Env =>
  modeOf(process.env) === 'development' && !process.env['SECRET_KEY_BASE']
    ? { ...process.env, SECRET_KEY_BASE: developmentSecret('.data/secret') }
    : process.env

const fail = (...problems: readonly string[]): void => {
  console.error(['Snippetbox cannot start:', ...problems].join('\n  '))
  process.exitCode = 1
}

const start = async (config: Config): Promise<void> => {
  const opened = await openRepository(config.database)()
  if (isLeft(opened)) return fail(opened.left.message, String(opened.left.cause ?? ''))
  const { repository, tokens, database, close } = opened.right
  const sessions = await openSessionStore(config.session, () => database)()
  if (isLeft(sessions)) {
    await close()
    return fail(sessions.left.message, String(sessions.left.cause ?? ''))
  }
  const services = { repository, tokens, attempts: makeAttempts(), mode: config.mode }
  const ports = { assets: directory(assets), log: stdout, sessions: sessions.right.store }
  const app = makeEndpoint(config, services, ports)
  const served = await serve(app, {
    port: config.port,
    ...(config.host !== undefined && { host: config.host }),
    ...(config.workers !== undefined && { workers: config.workers }),
  })()
  if (isLeft(served)) fail(served.left.message)
  else {
    // with workers, this runs in each of them too
    if (cluster.isPrimary)
      console.log(`Snippetbox (${config.mode}) is at ${served.right.url.replace('127.0.0.1', 'localhost')}`)
    await served.right.stopped
  }
  await sessions.right.close()
  await close()
}

const config = readConfig(environment())
if (isLeft(config)) fail(...config.left)
else
  await start(config.right).catch((cause: unknown) => {
    // a plug with a wrong option throws at startup, and its message names the option
    fail(cause instanceof Error ? cause.message : String(cause))
  })
// the channel to the primary keeps the process alive, even if the worker could not start
if (cluster.isWorker && process.exitCode === 1) process.exit()
