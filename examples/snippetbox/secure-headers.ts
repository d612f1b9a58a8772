/** The headers that keep browsers careful, on pages and on error pages alike. */
import { putSecureBrowserHeaders } from 'plugboard/plugs'

/** No script at all, and styles from here alone: what slipped through the escaping of a view could still do nothing. */
const contentSecurityPolicy =
  "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

export const secureHeaders = putSecureBrowserHeaders({ 'content-security-policy': contentSecurityPolicy })
