/**
 * Pipelines with names: they are named once, and scopes go through them by name. The name is what the route table and
 * messages call the pipeline.
 */
import type { AnyPlug } from '../lib/fold.js'
import { named, pipeline } from '../lib/plug.js'
import { checkPlug } from './node.js'
import { mistake } from './pattern.js'

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
    throw mistake('pipelines', 'they must be a record of plugs by their names')
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

/** The plug that a scope goes through: one that it names, or gives. */
export const resolve = (through: unknown, pipelines: NamedPipelines | undefined, where: string): AnyPlug => {
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
