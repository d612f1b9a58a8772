/**
 * Erlang's external term format (erl_ext_dist): what Plug stores in session cookies and what its tokens carry.
 * Encoding and decoding of whole terms, of maps whose values stay encoded, and the values that stand for what
 * JavaScript lacks.
 */
export { decode, decodeTerm } from './term/decode.js'
export { encode, encodeTerm, maxDepth } from './term/encode.js'
export { decodeMapRaw, encodeMapRaw, rawEntry, type RawEntry } from './term/raw-map.js'
export type { DecodeError, DecodeOptions } from './term/reader.js'
export {
  atom,
  atomField,
  float,
  improperList,
  isAtom,
  isBitString,
  isFloat,
  isImproperList,
  isOpaque,
  isTermMap,
  isTuple,
  termMap,
  toBytes,
  tuple,
} from './term/term.js'
export type { Atom, BitString, Float, ImproperList, Opaque, Term, TermMap, Tuple } from './term/term.js'
