// The rules of connections and of smuggling (RFC 9112 §9 to §11).
import { must, none, own, should, type Rule } from '../rule.js'

/** The rules of connections and of smuggling (RFC 9112 §9 to §11). */
export const connectionRules: readonly Rule[] = [
  should(
    'persistent',
    'RFC 9112 §9.3',
    'A connection of HTTP/1.1 stays open; what controls it is listed in Connection',
    'default | keep-alive | after a POST | after chunks | after a 404 | after a 500 | after a 304 | after a 204 | after a file | after a stream',
  ),
  must(
    'persistent-1.0',
    'RFC 9112 §9.3, §6.1',
    'A connection of HTTP/1.0 ends unless the client asks for keep-alive, and has no chunks',
    'default | keep-alive | keep-alive in upper case | keep-alive and close | a stream | a stream with keep-alive | a file',
  ),
  must(
    'body-unread',
    'RFC 9112 §9.3',
    'A body that the app does not read is read to its end, or the connection ends',
    'smuggle-get/a body that the app does not read | smuggle-get/a body of HEAD | smuggle-get/a body of a missing page | smuggle-get/chunks of DELETE | close-announced/a large body that is not read | close-announced/a large body that is too large',
  ),
  must(
    'pipelining',
    'RFC 9112 §9.3.2',
    'Responses come in the order of their requests',
    'two | ten | the first is slow | a missing page between | a body between | a stream first | a file first | head between | the second is malformed | the second has no host',
  ),
  must(
    'close-option',
    'RFC 9112 §9.6, RFC 9110 §7.6.1',
    'The connection ends after the response to a request with close, wherever it stands in the list',
    'lower | title | upper | first of a list | last of a list | without spaces | with keep-alive | empty members | tabs around | tab in a list',
  ),
  must(
    'close-fields',
    'RFC 9112 §9.6',
    'The same for each kind of response',
    'second field | first field | with keep-alive after it | of a POST | of a HEAD | of a missing page | of a file | of a stream | of a long response | of an exception',
  ),
  own(
    'close-not-named',
    'RFC 9110 §7.6.1',
    'Only the option close ends a connection',
    'a longer word | a word before it | a hyphen | a parameter | empty | quotes',
  ),
  must(
    'close-ends',
    'RFC 9112 §9.6',
    'What follows the last request of a connection is not processed',
    'client says close | client says close to a POST | 1.0 | two hosts | an invalid host | a long target | an unknown coding | an unknown expectation | connect | a malformed request',
  ),
  must(
    'close-late',
    'RFC 9112 §9.6',
    'The same for bytes that arrive later',
    'after close | after close of a POST | after 1.0 | after a rejected request | after a malformed request | bytes after close',
  ),
  must(
    'close-announced',
    'RFC 9112 §9.6',
    'A server that says close ends the connection; one that ends it says so',
    'an invalid request | no host | the app | too many headers | the app and another request | a large body that is not read | a huge body that is not read | a large body that is too large',
  ),
  must(
    'smuggle-cl-te',
    'RFC 9112 §6.1, §11.2',
    'A length before a transfer coding hides no request',
    'plain | lower case | no space | tab | upper case | trailing space | trailing tab | two spaces',
  ),
  must(
    'smuggle-te-cl',
    'RFC 9112 §6.1, §11.2',
    'A transfer coding before a length hides no request',
    'plain | after the length | a list | two fields',
  ),
  must(
    'smuggle-te-value',
    'RFC 9112 §6.3, §11.2',
    'A transfer coding that is nearly chunked hides no request: words',
    'xchunked | quotes | apostrophes | cow | a comma first | a comma last | a word after it | semicolon | form feed before it | vertical tab before it',
  ),
  must(
    'smuggle-te-bytes',
    'RFC 9112 §6.3, §11.2',
    'A transfer coding that is nearly chunked hides no request: bytes',
    'nul after it | nul before it | no-break space | byte order mark | bare CR before it | bare CR after it | control character | delete after it | next line | a look-alike',
  ),
  must(
    'smuggle-te-name',
    'RFC 9112 §5.1, §11.2',
    'A name that is nearly Transfer-Encoding hides no request',
    'space before the colon | tab before the colon | space in it | space first | nul in it | bare CR before it | bare LF in another value | a colon more | folded | a bracket',
  ),
  own(
    'smuggle-other-name',
    'RFC 9112 §5, §11.2',
    'A name that is another token frames nothing',
    'underscore | prefixed | longer | dot',
  ),
  must(
    'smuggle-length',
    'RFC 9112 §6.3, §11.2',
    'A length that two recipients may read differently hides no request',
    'two lengths | two lengths, other order | plus | a list | nul after it | space before the colon | folded | bare CR | a letter | minus zero',
  ),
  must(
    'smuggle-chunk',
    'RFC 9112 §7.1, §11.2',
    'Chunks that two recipients may cut differently hide no request',
    'size with LF | extension with LF | extension with CR | no end of the data | two more bytes | last chunk with LF | spaces in the size | a size of x | an underscore | a negative size',
  ),
  must(
    'smuggle-get',
    'RFC 9112 §6.3, §9.3',
    'The body of a GET, or of a request that is rejected, is not a request',
    'a body of GET | a body that the app does not read | a body of HEAD | a body of a missing page | chunks of DELETE | a body of OPTIONS * | a body that is rejected',
  ),
  none(
    'coding-other-sent',
    'RFC 9112 §6.1',
    'If another coding than chunked is applied to a response, chunked is the last',
    'the adapter applies no other coding',
  ),
  must(
    'coding-twice-sent',
    'RFC 9112 §6.1',
    'A response is chunked once at most',
    'coding-of-responses/a stream | coding-of-responses/the coding of the app | persistent/after a stream',
  ),
  none(
    'not-persistent',
    'RFC 9112 §9.3',
    'A server without persistent connections always says close',
    'the adapter supports them',
  ),
  none(
    'tls-closure',
    'RFC 9112 §9.7, §9.8',
    'A server sends the closure alert of TLS',
    '`node:tls` does, and the suite speaks plain HTTP',
  ),
  none(
    'message-http',
    'RFC 9112 §10.1',
    'A recipient of message/http knows the limits of its lines',
    'Plugboard reads no content of this type',
  ),
]
