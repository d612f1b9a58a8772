// What a rule of the conformance suite is: what an RFC demands of an origin server, and the cases that hold it.

/** One rule. */
export interface Rule {
  readonly id: string
  /** `must`: MUST or MUST NOT; `should`: SHOULD or "ought to"; `own`: the RFC leaves it open, and Plugboard promises it. */
  readonly level: 'must' | 'should' | 'own'
  /** Where it stands. */
  readonly section: string
  /** What it says, in short. */
  readonly says: string
  /** The ids of the cases that hold it. */
  readonly cases: readonly string[]
  /** Why no case holds it. */
  readonly none?: string
}

const at =
  (level: Rule['level']) =>
  (id: string, section: string, says: string, words: string): Rule => ({
    id,
    level,
    section,
    says,
    cases: words.split(' | ').map(word => (word.includes('/') ? word : `${id}/${word}`)),
  })

/**
 * A MUST or MUST NOT.
 *
 * @param words the cases that hold it, separated by ` | `: the words of its own cases, or the whole ids of another rule's
 */
export const must = at('must')
/** A SHOULD, or what a server ought to do. */
export const should = at('should')
/** What the RFC leaves open, and Plugboard promises. */
export const own = at('own')

/** A MUST or MUST NOT that no case holds, and why. */
export const none = (id: string, section: string, says: string, why: string): Rule => ({
  id,
  level: 'must',
  section,
  says,
  cases: [],
  none: why,
})
