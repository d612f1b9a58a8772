/** The whole app: what every request goes through before the router, and the router. */
import { assign, endpoint, pipeline, type After, type Endpoint } from 'plugboard'
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
import { renderErrors } from './errors.js'
import { app } from './router.js'
import type { Services } from './services.js'

/** What the app needs of the world. */
export interface Ports {
  readonly assets: Directory
  readonly log: LogPort
  /** Where sessions live. */
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
    assign('services', services),
  )

/** The conn that the router is given. */
export type AtRouter = After<ReturnType<typeof beforeRouter>>

/** The app. Outside of production its plugs are watched: one that is not pure fails with a sentence that says so. */
export const makeEndpoint = (config: Config, services: Services, ports: Ports): Endpoint => {
  const plugs = pipeline(beforeRouter(config, services, ports), app)
  return endpoint(
    { secretKeyBase: config.secretKeyBase, renderErrors },
    config.mode === 'production' ? plugs : lint(plugs),
  )
}
