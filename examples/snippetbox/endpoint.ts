/** The whole app: the plugs that every request passes through, then the router. */
import { assign, endpoint, pipe, pipeline, ports, type After, type Endpoint } from 'plugboard'
import {
  head,
  lint,
  logger,
  methodOverride,
  parsers,
  requestId,
  rewriteOn,
  session,
  staticFiles,
  type Directory,
  type LogPort,
  type SessionOptions,
  type Store,
} from 'plugboard/plugs'
import type { Config, SessionConfig } from './config.js'
import { renderErrors, showFailures } from './errors.js'
import { app } from './router.js'
import type { Services } from './services.js'

/** The ports of the plugs before the router. */
export interface Ports {
  readonly assets: Directory
  readonly log: LogPort
  /** The store of the sessions. */
  readonly sessions: Store
}

const sessionOptions = (config: SessionConfig, store: Store): SessionOptions => ({
  store,
  key: config.key,
  httpOnly: config.httpOnly,
  sameSite: config.sameSite,
  ...(config.maxAge !== undefined && { maxAge: config.maxAge }),
  ...(config.secure !== undefined && { secure: config.secure }),
  ...(config.domain !== undefined && { domain: config.domain }),
})

const beforeRouter = (config: Config, services: Services, { assets, log, sessions }: Ports) =>
  pipeline(
    rewriteOn({ trust: config.trustedProxies }),
    requestId,
    logger({ to: log }),
    staticFiles({ at: '/', from: assets, only: ['app.css', 'favicon.svg'] }),
    parsers(),
    methodOverride,
    head,
    session(sessionOptions(config.session, sessions)),
    ports('repository', services.repository),
    ports('tokens', services.tokens),
    ports('attempts', services.attempts),
    assign('mode', services.mode),
  )

/** The conn that the router receives. */
export type AtRouter = After<ReturnType<typeof beforeRouter>>

/** Creates the app. Outside production, `lint` checks that its plugs are pure. */
export const makeEndpoint = (config: Config, services: Services, given: Ports): Endpoint => {
  const plugs = pipeline(beforeRouter(config, services, given), pipe(app, showFailures))
  return endpoint(
    { secretKeyBase: config.secretKeyBase, renderErrors },
    config.mode === 'production' ? plugs : lint(plugs),
  )
}
