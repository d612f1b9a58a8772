/** The app's ports: its database, its login tokens and its count of login attempts. They are assigns of the conn. */
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
export type WithServices = Assigned<Services>
