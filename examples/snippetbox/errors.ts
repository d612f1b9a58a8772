/** Error pages: what the client sees if a request fails. Clients that do not accept HTML get a short text or JSON. */
import {
  assign,
  errorResponse,
  fail,
  pipe,
  putStatus,
  rescue,
  type Conn,
  type Halted,
  type PlugError,
  type Responded,
} from 'plugboard'
import { getFormat, putRootLayout, render } from 'plugboard/plugs'
import { noSuchSnippet, notYours } from './failures.js'
import { secureHeaders } from './secure-headers.js'
import { layout } from './views/layout.js'
import { problem } from './views/pages.js'

/** Headings of the app's own failures, by name. */
const titles: Readonly<Record<string, string>> = {
  [noSuchSnippet.name]: 'Page not found',
  [notYours.name]: 'Not yours',
}

/** Headings and sentences by status. They never mention the cause of a failure. */
const words: Readonly<Record<number, readonly [title: string, message: string]>> = {
  403: [
    'Form rejected',
    'The form has expired, or another site sent it. Go back, reload the page and send it again.',
  ],
  404: ['Page not found', 'There is nothing at this address.'],
  413: ['Too large', 'The request is larger than this site accepts.'],
  503: ['Temporarily unavailable', 'The site is too busy. Try again in a moment.'],
}

const wordsFor = ({ status, message }: PlugError): readonly [title: string, message: string] =>
  words[status] ??
  (status < 500
    ? ['That did not work', `The request could not be answered: ${message}.`]
    : ['Something went wrong', 'That is our fault, not yours. Try again in a moment.'])

const wantsPage = (conn: Conn): boolean =>
  getFormat(conn) === 'html' || (conn.reqHeaders.get('accept') ?? '').includes('text/html')

/**
 * Answers the app's own failures with a page. It counts as a response: the session is saved, and the page shows the flash.
 * Other failures are left to `renderErrors`.
 */
export const showFailures = rescue(error => (conn: Conn): (Conn & Responded) | Halted => {
  const title = error._tag === 'AppError' ? titles[error.name] : undefined
  return title === undefined
    ? fail(conn, error)
    : pipe(conn, putStatus(error.status), render(problem, { title, message: error.message }))
})

/** Renders all other failures: the app's part in `endpoint({ renderErrors })`. The flash stays in the session, for the next page. */
export const renderErrors =
  (error: PlugError) =>
  (conn: Conn): Conn & Responded => {
    if (!wantsPage(conn)) return errorResponse(error)(conn)
    const [title, message] = wordsFor(error)
    return pipe(
      conn,
      assign('flash', {}),
      secureHeaders,
      putRootLayout(layout),
      render(problem, { title, message }),
    )
  }
