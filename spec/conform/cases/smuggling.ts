// Smuggling: bytes that another recipient of the same message may cut into requests elsewhere (RFC 9112 §11.2). In each case a
// request for `/smuggled` is hidden, and the app must never see it.
import { each, get, head, request, rule, type Case } from '../case.js'

const hidden = get('/smuggled')
const zero = '0\r\n\r\n'

/** A POST with these lines and a body that another recipient may cut elsewhere. */
const sent = (lines: readonly string[], body: string): string => request('POST', '/echo', ...lines) + body

const rejected = (send: string): Omit<Case, 'id' | 'rule'> => ({
  send,
  status: [400, 501],
  connection: 'closed',
})

const names: readonly Case[] = [
  ...each(
    'smuggle-cl-te',
    {
      plain: 'Transfer-Encoding: chunked',
      'lower case': 'transfer-encoding: chunked',
      'no space': 'Transfer-Encoding:chunked',
      tab: 'Transfer-Encoding:\tchunked',
      'upper case': 'TRANSFER-ENCODING: CHUNKED',
      'trailing space': 'Transfer-Encoding: chunked ',
      'trailing tab': 'Transfer-Encoding: chunked\t',
      'two spaces': 'Transfer-Encoding:  chunked',
    },
    line => rejected(sent([`Content-Length: ${zero.length + hidden.length}`, line], zero + hidden)),
  ),
  ...each(
    'smuggle-te-cl',
    {
      plain: 'Transfer-Encoding: chunked',
      'after the length': 'X: y',
      'a list': 'Transfer-Encoding: foo, chunked',
      'two fields': 'Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked',
    },
    line => {
      const size = hidden.length.toString(16)
      return rejected(
        sent(
          line === 'X: y'
            ? ['Content-Length: 4', 'Transfer-Encoding: chunked', line]
            : [line, 'Content-Length: 4'],
          `${size}\r\n${hidden}\r\n${zero}`,
        ),
      )
    },
  ),
  ...each(
    'smuggle-te-value',
    {
      xchunked: 'xchunked',
      quotes: '"chunked"',
      apostrophes: "'chunked'",
      cow: 'cow',
      'a comma first': ', chunked',
      'a comma last': 'chunked,',
      'a word after it': 'chunked x',
      semicolon: 'chunked;',
      'form feed before it': '\fchunked',
      'vertical tab before it': '\vchunked',
    },
    value => rejected(sent([`Transfer-Encoding: ${value}`], zero + hidden)),
  ),
  ...each(
    'smuggle-te-bytes',
    {
      'nul after it': 'chunked\0',
      'nul before it': '\0chunked',
      'no-break space': '\xa0chunked',
      'byte order mark': '\xef\xbb\xbfchunked',
      'bare CR before it': '\rchunked',
      'bare CR after it': 'chunked\r',
      'control character': '\x01chunked',
      'delete after it': 'chunked\x7f',
      'next line': '\x85chunked',
      'a look-alike': 'chun\xeaked',
    },
    value => rejected(sent([`Transfer-Encoding: ${value}`], zero + hidden)),
  ),
  ...each(
    'smuggle-te-name',
    {
      'space before the colon': 'Transfer-Encoding : chunked',
      'tab before the colon': 'Transfer-Encoding\t: chunked',
      'space in it': 'Transfer Encoding: chunked',
      'space first': ' Transfer-Encoding: chunked',
      'nul in it': 'Transfer\0-Encoding: chunked',
      'bare CR before it': 'X: y\rTransfer-Encoding: chunked',
      'bare LF in another value': 'X: y\n\nTransfer-Encoding: chunked',
      'a colon more': 'Transfer-Encoding:: chunked',
      folded: 'Transfer-Encoding:\r\n chunked',
      'a bracket': 'Transfer-Encoding]: chunked',
    },
    line => rejected(sent([line], zero + hidden)),
  ),
  ...each(
    'smuggle-other-name',
    {
      underscore: 'Transfer_Encoding: chunked',
      prefixed: 'X-Transfer-Encoding: chunked',
      longer: 'Transfer-Encodings: chunked',
      dot: 'Transfer.Encoding: chunked',
    },
    line => ({
      send: sent([line, `Content-Length: ${zero.length + hidden.length}`], zero + hidden),
      status: 200,
      connection: 'open',
      body: zero + hidden,
    }),
  ),
]

const lengths: readonly Case[] = [
  ...each(
    'smuggle-length',
    {
      'two lengths': 'Content-Length: 0\r\nContent-Length: LENGTH',
      'two lengths, other order': 'Content-Length: LENGTH\r\nContent-Length: 0',
      plus: 'Content-Length: +0',
      'a list': 'Content-Length: 0, LENGTH',
      'nul after it': 'Content-Length: 0\0',
      'space before the colon': 'Content-Length : 0',
      folded: 'Content-Length: 0\r\n 1',
      'bare CR': 'Content-Length: 0\r1',
      'a letter': 'Content-Length: 0x',
      'minus zero': 'Content-Length: -0',
    },
    line => rejected(sent([line.replace('LENGTH', String(hidden.length))], hidden)),
  ),
  ...each(
    'smuggle-chunk',
    {
      'size with LF': `1\nx\r\n${zero}`,
      'extension with LF': `1;a\nx\r\n${zero}`,
      'extension with CR': `1;a\rx\r\n${zero}`,
      'no end of the data': `1\r\nx${zero}`,
      'two more bytes': `1\r\nxyz${zero}`,
      'last chunk with LF': `1\r\nx\r\n0\n\n`,
      'spaces in the size': `1 1\r\nx\r\n${zero}`,
      'a size of x': `0x1\r\nx\r\n${zero}`,
      'an underscore': `1_0\r\nx\r\n${zero}`,
      'a negative size': `-1\r\nx\r\n${zero}`,
    },
    body => rejected(sent(['Transfer-Encoding: chunked'], body + hidden)),
  ),
  ...rule('smuggle-get', {
    'a body of GET': {
      send: `${get('/echo', `Content-Length: ${hidden.length}`)}${hidden}`,
      status: 200,
      connection: 'open',
      body: hidden,
    },
    'a body that the app does not read': {
      send: `${get('/x', `Content-Length: ${hidden.length}`)}${hidden}`,
      status: 200,
      connection: 'open',
      body: 'ok',
    },
    'a body of HEAD': {
      send: `${request('HEAD', '/x', `Content-Length: ${hidden.length}`)}${hidden}`,
      status: 200,
      connection: 'open',
    },
    'a body of a missing page': {
      send: `${get('/site/nothing', `Content-Length: ${hidden.length}`)}${hidden}`,
      status: 404,
      connection: 'open',
    },
    'chunks of DELETE': {
      send: `${request('DELETE', '/x', 'Transfer-Encoding: chunked')}${hidden.length.toString(16)}\r\n${hidden}\r\n${zero}`,
      status: 200,
      connection: 'open',
    },
    'a body of OPTIONS *': {
      send: `${request('OPTIONS', '*', `Content-Length: ${hidden.length}`)}${hidden}`,
      status: 200,
      connection: 'open',
    },
    'a body that is rejected': {
      send: `${head('POST /echo HTTP/1.1', 'Host: a b', `Content-Length: ${hidden.length}`)}${hidden}`,
      status: 400,
      connection: 'closed',
      app: false,
    },
  }),
]

/** The cases of smuggling. */
export const smuggling: readonly Case[] = [...names, ...lengths]
