/**
 * What was declared of plugs, as data: which kinds of failures they may fail with. It is hung on them when an app starts, as
 * the checks of boot.ts are.
 */
import type { FailureKind } from './failure.js'
import type { AnyPlug } from './pipeline-types.js'
import { isPipeline, steps } from './steps.js'

const declarations = new WeakMap<object, () => readonly FailureKind[]>()

/** The plug, of which it is known what it may fail with, besides what was known before. */
export const declare = <F extends object>(plug: F, kinds: () => readonly FailureKind[]): F => {
  const before = declarations.get(plug)
  declarations.set(plug, before === undefined ? kinds : () => [...before(), ...kinds()])
  return plug
}

/** A plug made of others, which may fail with what they may. */
export const declareAll = <F extends object>(plug: F, parts: () => Iterable<AnyPlug>): F =>
  declare(plug, () => [...parts()].flatMap(failuresOf))

/** A pipeline, whose steps are known: only what was declared of the pipelines in it needs to be handed on. */
export const handOn = <F extends object>(pipeline: F, parts: readonly AnyPlug[]): F => {
  const declared = parts.filter(part => isPipeline(part) && declarations.has(part))
  return declared.length === 0 ? pipeline : declareAll(pipeline, () => declared)
}

/**
 * The kinds of failures that were declared of a plug, and of those that it is made of, each once: by `fails`, or by
 * Plugboard for the plugs that it ships.
 *
 * @example
 * import { failuresOf, pipeline, text } from 'plugboard'
 * import { accepts, parsers } from 'plugboard/plugs'
 * const api = pipeline(accepts(['json']), parsers(), text('ok'))
 * failuresOf(api).map(({ status }) => status).includes(406) // => true
 */
export const failuresOf = (plug: AnyPlug): readonly FailureKind[] => {
  const found: FailureKind[] = []
  for (const part of new Set([plug, ...steps(plug)]))
    for (const kind of declarations.get(part)?.() ?? [])
      if (!found.some(({ status, name }) => status === kind.status && name === kind.name)) found.push(kind)
  return found
}
