// All rules: every MUST and MUST NOT of RFC 9110 and RFC 9112 for an origin server over HTTP/1.1, and what else the cases hold.
import type { Rule } from './rule.js'
import { conditionRules } from './rules/conditions.js'
import { connectionRules } from './rules/connections.js'
import { referenceRules } from './rules/references.js'
import { requestRules } from './rules/requests.js'
import { semanticRules } from './rules/semantics.js'

/** All of them. */
export const rules: readonly Rule[] = [
  ...requestRules,
  ...connectionRules,
  ...semanticRules,
  ...conditionRules,
  ...referenceRules,
]
