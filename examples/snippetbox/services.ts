/** What the app is given from outside: its database and its count of log-in attempts. Everything else is on the conn. */
import type { Assigned } from 'plugboard'
import type { Attempts } from './attempts.js'
import type { Mode } from './config.js'
import type { Repository } from './data/repository.js'

export interface Services {
  readonly repository: Repository
  readonly attempts: Attempts
  readonly mode: Mode
}

/** A conn that has them. */
export type WithServices = Assigned<{ readonly services: Services }>
