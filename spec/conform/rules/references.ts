// The rules of cookies (RFC 6265bis), of paths and of Location (RFC 3986).
import { must, own, should, type Rule } from '../rule.js'

/** The rules of cookies (RFC 6265bis), of paths and of Location (RFC 3986). */
export const referenceRules: readonly Rule[] = [
  own(
    'cookie-pairs',
    'RFC 6265bis §4.2',
    'Cookies are split at semicolons and at the first equals sign',
    'one | two | without a space | an equals sign in the value | an empty value | base64 | case of names | a comma in the value | brackets in the name | none',
  ),
  own(
    'cookie-values-as-sent',
    'RFC 6265bis §4.1.1',
    'Quotes and escapes are part of a value',
    'quotes | quotes with a space | escapes | plus | backslash | an opening quote',
  ),
  own(
    'cookie-white-space',
    'RFC 6265bis §5.6',
    'White space around a pair is not part of it',
    'around the pair | several spaces | a tab before a pair | within the value',
  ),
  own(
    'cookie-malformed',
    'RFC 6265bis §4.2',
    'What is not a pair is ignored, and never sets a property',
    'no equals sign | no name | only semicolons | an empty member | a space in the name | named like a property | constructor | a lone equals sign',
  ),
  own(
    'cookie-twice',
    'RFC 6265bis §4.2.2',
    'Of two cookies of one name the first counts: browsers send the longer path first',
    'the first wins | two fields',
  ),
  own(
    'cookie-utf-8',
    'RFC 6265bis §4.1.1',
    'A cookie is a sequence of octets, read as UTF-8',
    'a value | three bytes',
  ),
  should(
    'set-cookie',
    'RFC 6265bis §4.1.1',
    'Set-Cookie has the grammar of servers',
    'plain | all attributes | lax | none | for scripts | an empty value | age | __Host- | __Secure-',
  ),
  should(
    'set-cookie-fields',
    'RFC 6265bis §4.1.1, RFC 9110 §5.3',
    'Each cookie has a header of its own, and each name one',
    'two cookies | one name twice | none',
  ),
  own('set-cookie-deleted', 'RFC 6265bis §3.1', 'A cookie is deleted by a date in the past', 'deleted'),
  own('set-cookie-utf-8', 'RFC 6265bis §4.1.1', 'A value beyond ASCII is sent as UTF-8', 'a value'),
  should(
    'set-cookie-injection',
    'RFC 6265bis §4.1.1',
    'A name, value or attribute cannot end itself',
    'a semicolon in the value | line ends in the value | an equals sign in the name | a space in the name | a semicolon in the path | a semicolon in the domain | nul in the value | an empty name',
  ),
  own(
    'set-cookie-size',
    'RFC 6265bis §5.6',
    'A cookie that browsers drop is not sent',
    'more than 4,096 bytes',
  ),
  must(
    'escapes-decoded',
    'RFC 3986 §2.1, §2.4',
    'An escape stands for its byte and is decoded once',
    'space | utf-8 | lower-case digits | unreserved | percent | decoded once | four bytes | plus | question mark | hash',
  ),
  must(
    'escaped-delimiters',
    'RFC 3986 §2.2, §2.4, §3.3',
    'Segments are split before they are decoded',
    'slash | lower-case slash | in the rest | the segments are as sent | not a route of its own | semicolon',
  ),
  must(
    'escapes-invalid',
    'RFC 3986 §2.1',
    'A percent sign has two hexadecimal digits; here they make UTF-8 (decision 5)',
    'no digits | one digit | other letters | half of them | latin-1 | overlong | surrogate | cut utf-8 | a continuation | too large',
  ),
  own(
    'dot-segments',
    'RFC 3986 §3.3, §5.2.4, §6.2.2.3',
    'Dot segments are not removed: they match no route and lead to no file',
    'as sent | not removed before a route | a dot | to a file | escaped, to a file | upper-case escape | an escaped slash, to a file | backslash | nul | a dot, to a file',
  ),
  own(
    'empty-segments',
    'RFC 3986 §3.3',
    'Empty segments are not matched, and the path stays as it was sent',
    'doubled slash | at the end | at the start | of a file | an empty escape',
  ),
  must(
    'case-of-paths',
    'RFC 3986 §6.2.2.1',
    'Paths are compared with case',
    'other | of a route | of a file',
  ),
  own(
    'files-decoded',
    'RFC 3986 §2.4',
    'The names of files are decoded; a folder is not a file',
    'space | folder | a folder with a slash | escaped letters | plus',
  ),
  own(
    'fragment',
    'RFC 9112 §3.2, RFC 3986 §3.5',
    'A fragment is not part of a target',
    'after a path | after a query | in absolute form',
  ),
  must(
    'location',
    'RFC 9110 §10.2.2, RFC 3986 §2',
    'Location is a URI reference',
    'path | escapes | another site | permanent | utf-8 | three bytes | space | quote | a host beyond ASCII',
  ),
]
