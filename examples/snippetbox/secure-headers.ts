/** The security headers of all pages, error pages included. */
import { putSecureBrowserHeaders } from 'plugboard/plugs'

/** No scripts, and styles only from this origin, as a second defense after the escaping of the views. */
const contentSecurityPolicy =
  "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

export const secureHeaders = putSecureBrowserHeaders({ 'content-security-policy': contentSecurityPolicy })
