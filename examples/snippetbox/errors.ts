/** What people see when a request fails: a page of the site that says what to do, where a page was asked for. */
import { assign, errorResponse, pipe, type Conn, type PlugError, type Responded } from 'plugboard'
import { getFormat, putRootLayout, render } from 'plugboard/plugs'
import { secureHeaders } from './secure-headers.js'
import { layout } from './views/layout.js'
import { problem } from './views/pages.js'

/** Headings and sentences by status. Of what went wrong inside, nobody is told. */
const words: Readonly<Record<number, readonly [title: string, message: string]>> = {
  403: [
    'That did not come from here',
    'The form was too old, or not ours. Go back, reload the page and send it again.',
  ],
  404: ['Page not found', 'There is nothing at this address.'],
  413: ['Too large', 'That is more than this site takes at once.'],
  503: ['Out of breath', 'The site has too much to do just now. Try again in a moment.'],
}

const wordsFor = ({ status, message }: PlugError): readonly [title: string, message: string] =>
  words[status] ??
  (status < 500
    ? ['That did not work', `The request could not be answered: ${message}.`]
    : ['Something went wrong', 'That is our fault, not yours. Try again in a moment.'])

const wantsPage = (conn: Conn): boolean =>
  getFormat(conn) === 'html' || (conn.reqHeaders.get('accept') ?? '').includes('text/html')

/** Renders a failure: the app's part in `endpoint({ renderErrors })`. A flash is left for a page that can use it up. */
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
