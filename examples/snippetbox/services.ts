/** What the app is given from outside: its database, its tokens of log-ins and its count of log-in attempts. Everything else is on the conn. */
import type { Assigned } from 'plugboard'
import type { TokenStore } from 'plugboard/auth'
import type { Attempts } from './attempts.js'
import type { Mode } from './config.js'
import type { Repository, User } from './data/repository.js'

export interface Services {
  readonly repository: Repository
  readonly tokens: TokenStore<User>
  readonly attempts: Attempts
  readonly mode: Mode
}

/** A conn that has them. */
export type WithServices = Assigned<{ readonly services: Services }>
