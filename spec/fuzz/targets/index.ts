// All that is fuzzed.
import type { Target } from '../engine.js'
import { proxies, router, sessions } from './app.js'
import { accept, cookies, dates, headers, mediaTypes, ranges, setCookie } from './headers.js'
import { messages, term, tokens } from './messages.js'
import { form, jsonBody, query } from './params.js'

export const targets: readonly Target[] = [
  query,
  form,
  jsonBody,
  cookies,
  setCookie,
  headers,
  mediaTypes,
  accept,
  ranges,
  dates,
  term,
  tokens,
  messages,
  router,
  sessions,
  proxies,
]
