/**
 * Pipelines with names: they are named once, and scopes and routes go through them by name. The route table and messages show that
 * name.
 */
import type { AnyPlug } from '../lib/pipeline-types.js'
import { named, pipeline } from '../lib/plug.js'
import { checkPlug } from './declarations.js'
import { mistake } from './pattern.js'
import { mustBe } from '../lib/options.js'

/** Named pipelines, as a router's scopes look them up. */
export interface NamedPipelines {
  readonly names: readonly string[]
  /** The pipeline of a name. */
  readonly get: (name: string) => AnyPlug | undefined
  /** The pipeline that a plug was given a name as, or the plug. */
  readonly of: (plug: AnyPlug) => AnyPlug
}

/** The pipelines of a record, checked. */
export const namedPipelines = (record: unknown): NamedPipelines => {
  if (typeof record !== 'object' || record === null || Array.isArray(record))
    throw mistake('pipelines', mustBe('pipelines', 'an object of plugs by name', record))
  const byName = new Map<string, AnyPlug>()
  const byPlug = new Map<AnyPlug, AnyPlug>()
  for (const [name, plug] of Object.entries(record) as [string, unknown][]) {
    checkPlug(plug, `the pipeline "${name}"`, 'pipelines')
    const made = named(name, pipeline(plug as never) as AnyPlug)
    byName.set(name, made)
    if (!byPlug.has(plug)) byPlug.set(plug, made)
  }
  return {
    names: [...byName.keys()],
    get: name => byName.get(name),
    of: plug => byPlug.get(plug) ?? plug,
  }
}

/** The plug itself, or the pipeline of a name. */
const resolve = (through: unknown, pipelines: NamedPipelines | undefined, where: string): AnyPlug => {
  if (typeof through === 'string') {
    const found = pipelines?.get(through)
    if (found !== undefined) return found
    const names = pipelines?.names ?? []
    throw mistake(
      where,
      `it goes through "${through}", and no pipeline has this name: ${
        names.length > 0 ? `there are ${names.join(', ')}` : 'name them with pipelines({ … })'
      }`,
    )
  }
  checkPlug(through, 'what it goes through', where)
  return pipelines?.of(through) ?? through
}

/** The plugs that a scope or a route goes through: one plug or name, or an array of them. */
export const plugsOf = (
  through: unknown,
  pipelines: NamedPipelines | undefined,
  where: string,
): readonly AnyPlug[] =>
  (Array.isArray(through) ? (through as readonly unknown[]) : [through]).map(one =>
    resolve(one, pipelines, where),
  )
