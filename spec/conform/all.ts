// All cases, by topic.
import type { Case } from './case.js'
import { chunkCases } from './cases/chunks.js'
import { conditional } from './cases/conditional.js'
import { connection } from './cases/connection.js'
import { cookies } from './cases/cookies.js'
import { fields } from './cases/fields.js'
import { framing } from './cases/framing.js'
import { host } from './cases/host.js'
import { methods } from './cases/methods.js'
import { negotiation } from './cases/negotiation.js'
import { paths } from './cases/paths.js'
import { ranges } from './cases/ranges.js'
import { requestLine } from './cases/request-line.js'
import { responses } from './cases/responses.js'
import { smuggling } from './cases/smuggling.js'

/** The cases by topic, in the order of the page. */
export const topics: Readonly<Record<string, readonly Case[]>> = {
  'Request line': requestLine,
  Host: host,
  'Header fields': fields,
  'Message framing': framing,
  'Chunks and incomplete messages': chunkCases,
  Smuggling: smuggling,
  Connections: connection,
  Responses: responses,
  'Methods and expectations': methods,
  'Conditional requests': conditional,
  Ranges: ranges,
  'Content negotiation': negotiation,
  Cookies: cookies,
  'Paths and Location': paths,
}

/** All of them. */
export const cases: readonly Case[] = Object.values(topics).flat()
