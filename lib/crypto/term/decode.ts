/**
 * Reads terms from Erlang's external term format, as Plug.Crypto's `non_executable_binary_to_term` does: what
 * could be executed (functions) or is bound to a running node (ports) is refused. Bytes never make it throw.
 */
import type { Either } from 'fp-ts/lib/Either.js'
import { left, right } from '../../fp.js'
import { checkOptions } from '../../options.js'
import { decodeNames, open, Reader, reasonOf, type DecodeError, type DecodeOptions } from './reader.js'
import { readTerm } from './read.js'
import type { Term } from './term.js'

/**
 * Decodes a term: `:erlang.binary_to_term/1`. All tags that OTP has written for data are understood,
 * compressed terms too, with bounds on what they inflate to and on depth.
 *
 * Text and bytes are one type in Elixir: a binary that is UTF-8 comes back as a string even if bytes were
 * encoded; where bytes are meant, {@link toBytes} takes either.
 *
 * @returns The term, or the reason why there is none.
 * @throws TypeError if an option is unknown
 * @example
 * import { termFormat } from 'plugboard/crypto'
 * termFormat.decode(termFormat.encode({ foo: 'bar' })) // right({ foo: 'bar' })
 * termFormat.decode(Uint8Array.of(1, 2, 3)) // left('malformed')
 */
export const decode = (bytes: Uint8Array, options?: DecodeOptions): Either<DecodeError, Term> => {
  if (options !== undefined) checkOptions('termFormat', options, decodeNames)
  try {
    const reader = open(bytes, options)
    const term = readTerm(reader, 0)
    reader.finish()
    return right(term)
  } catch (stop) {
    return left(reasonOf(stop))
  }
}

/**
 * Decodes a term that stands without the version byte, such as a raw value of {@link decodeMapRaw}.
 *
 * @throws TypeError if an option is unknown
 * @example
 * import { termFormat } from 'plugboard/crypto'
 * termFormat.decodeTerm(Uint8Array.of(97, 1)) // right(1)
 */
export const decodeTerm = (bytes: Uint8Array, options?: DecodeOptions): Either<DecodeError, Term> => {
  if (options !== undefined) checkOptions('termFormat', options, decodeNames)
  try {
    const reader = new Reader(bytes, options)
    const term = readTerm(reader, 0)
    reader.finish()
    return right(term)
  } catch (stop) {
    return left(reasonOf(stop))
  }
}
