/** Every scenario of the suite, in the order of its report. A file of this folder holds one scenario, or a few of a kind. */
import type { Scenario } from '../scenario.js'
import { form, http } from './http.js'
import { asynchrony, size } from './scale.js'
import { idleConnections } from './idle.js'
import { redisSessions } from './redis-sessions.js'
import { sessions } from './sessions.js'
import { starting } from './start.js'
import { staticFile } from './static-files.js'
import { typeChecking } from './types.js'

export const scenarios: readonly Scenario[] = [
  ...http,
  ...sessions,
  ...form,
  size,
  staticFile,
  asynchrony,
  redisSessions,
  idleConnections,
  starting,
  typeChecking,
]
