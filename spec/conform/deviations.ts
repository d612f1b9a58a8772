// The cases that do not hold, each with its reason: `rule/*` stands for all cases of a rule.

/** Why a case does not hold, and on which major versions of Node: all, unless given. */
export interface Deviation {
  readonly reason: string
  readonly nodes?: readonly number[]
}

type Deviations = Readonly<Record<string, string | Deviation>>

/** Faults that are to be mended. A case that holds and stands here fails the suite: remove it. */
export const pending: Deviations = {}

/** What stays as it is. A case that holds and stands here fails the suite as well. */
export const known: Deviations = {
  'target-https/*':
    'a proxy that ends TLS may pass such a target on, and only the app knows which proxies it trusts; `conn.scheme` stays `http`',
  'target-authority/head':
    'the parser stops in the request line, so the response does not know the method: it has a body, and the connection ends after it',
  'field-white-space/tab after the length': {
    reason: 'the parser rejects a tab after the number, which newer versions accept',
    nodes: [20],
  },
  'chunk-extension-ignored/white space':
    'the parser rejects white space around chunk extensions: clients do not send it, and it helps smuggling',
  'chunk-extension-ignored/white space at the end':
    'the parser rejects white space around chunk extensions: clients do not send it, and it helps smuggling',
  'chunk-extension-size/many short':
    'the parser limits the extensions of one chunk to 16 kB, not those of a body; the time of the request is limited',
  'upgrade-ignored/a request after it':
    'Node drops what arrives in one packet with a request that has Upgrade and no body; a request that follows there gets no response',
  'accept-weights/anything of less weight':
    'as in Phoenix: a header with `*/*` comes from a browser, which gets HTML',
}

/** Why a case does not hold on a major version of Node, and whether that is to be mended; undefined if it must hold. */
export const deviationOf = (
  { id, rule }: { readonly id: string; readonly rule: string },
  node: number,
): { readonly kind: 'pending' | 'known'; readonly reason: string } | undefined => {
  for (const [kind, table] of [
    ['pending', pending],
    ['known', known],
  ] as const) {
    const given = table[id] ?? table[`${rule}/*`]
    if (given === undefined) continue
    const { reason, nodes }: Deviation = typeof given === 'string' ? { reason: given } : given
    if (nodes === undefined || nodes.includes(node)) return { kind, reason }
  }
  return undefined
}
