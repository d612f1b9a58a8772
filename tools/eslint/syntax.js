// What the rules ask about the syntax tree: which function of plugboard a name means, and what a function returns.

/** @typedef {any} Node A node of the syntax tree (ESTree with TypeScript's additions). */
/** @typedef {any} Context What the linter gives a rule. */

export const functionTypes = new Set(['ArrowFunctionExpression', 'FunctionExpression', 'FunctionDeclaration'])

const wrappers = new Set([
  'TSAsExpression',
  'TSSatisfiesExpression',
  'TSNonNullExpression',
  'TSTypeAssertion',
  'TSInstantiationExpression',
  'ParenthesizedExpression',
  'ChainExpression',
])

/** The expression without parentheses and without what only the compiler reads. @param {Node} node @returns {Node} */
export const bare = node => {
  let at = node
  while (at && wrappers.has(at.type)) at = at.expression
  return at
}

/** The last name of what is called: `get` of `get(…)` and of `routes.get(…)`. @param {Node} call */
export const calleeName = call =>
  call.callee.type === 'MemberExpression' ? call.callee.property.name : call.callee.name

/** Whether the node is a string that begins with a slash. @param {Node} node */
export const isPath = node =>
  (node?.type === 'Literal' && typeof node.value === 'string' && node.value.startsWith('/')) ||
  (node?.type === 'TemplateLiteral' && node.quasis[0].value.raw.startsWith('/'))

/** The names of a member or of a property, if it is written and not computed. @param {Node} node @returns {string | undefined} */
const writtenKey = node => {
  const key = node.type === 'MemberExpression' ? node.property : node.key
  if (!node.computed && key?.type === 'Identifier') return key.name
  return key?.type === 'Literal' && typeof key.value === 'string' ? key.value : undefined
}

/** The value of a property of an object literal. @param {Node} object @param {string} name @returns {Node | undefined} */
export const propertyOf = (object, name) =>
  object?.type === 'ObjectExpression'
    ? object.properties.find(
        (/** @type {Node} */ each) => each.type === 'Property' && writtenKey(each) === name,
      )?.value
    : undefined

/**
 * The variable that a name means at a place.
 *
 * @param {Context} context
 * @param {Node} identifier
 * @returns {any}
 */
export const variableOf = (context, identifier) => {
  for (let scope = context.sourceCode.getScope(identifier); scope; scope = scope.upper) {
    const variable = scope.set.get(identifier.name)
    if (variable) return variable
  }
  return undefined
}

/** What a const was declared with, if it is a const with a name of its own. @param {any} variable @returns {Node | undefined} */
export const constantOf = variable => {
  const [definition, ...more] = variable?.defs ?? []
  if (definition?.type !== 'Variable' || more.length > 0) return undefined
  const { node, parent } = definition
  return node.type === 'VariableDeclarator' && node.id.type === 'Identifier' && parent?.kind === 'const'
    ? node.init
    : undefined
}

/** Packages whose names the rules know: plugboard, and fp-ts for `pipe`, `flow` and `right`. @param {unknown} source */
const packageOf = source =>
  typeof source !== 'string'
    ? undefined
    : /^plugboard(\/|$)/.test(source)
      ? ''
      : /^fp-ts(\/|$)/.test(source)
        ? 'fp-ts.'
        : undefined

/**
 * Which export an expression means, as `text` or `effect.map` for plugboard's and `fp-ts.pipe` for fp-ts's: through
 * aliases, namespaces (`import * as P`), consts and destructuring. Undefined for anything else.
 *
 * @param {Context} context
 * @param {Node} node
 * @returns {string | undefined}
 */
export const exportOf = (context, node, depth = 0) => {
  const at = bare(node)
  if (!at || depth > 8) return undefined
  if (at.type === 'MemberExpression' || at.type === 'TSQualifiedName') {
    const object = exportOf(context, at.object ?? at.left, depth + 1)
    const name = at.type === 'TSQualifiedName' ? at.right.name : writtenKey(at)
    if (object === undefined || name === undefined) return undefined
    return object === '' || object.endsWith('.') ? object + name : `${object}.${name}`
  }
  if (at.type !== 'Identifier') return undefined
  const variable = variableOf(context, at)
  const [definition, ...more] = variable?.defs ?? []
  if (!definition || more.length > 0) return undefined
  if (definition.type === 'ImportBinding') {
    const prefix = packageOf(definition.parent?.source?.value)
    if (prefix === undefined) return undefined
    const specifier = definition.node
    if (specifier.type === 'ImportNamespaceSpecifier') return prefix
    return specifier.type === 'ImportSpecifier'
      ? prefix + (specifier.imported.name ?? specifier.imported.value)
      : undefined
  }
  const constant = constantOf(variable)
  if (constant) return exportOf(context, constant, depth + 1)
  // const { map } = effect
  if (definition.type !== 'Variable' || definition.parent?.kind !== 'const') return undefined
  const { id, init } = definition.node
  if (id?.type !== 'ObjectPattern' || !init) return undefined
  const property = id.properties.find((/** @type {Node} */ each) => each.value === definition.name)
  const name = property && writtenKey(property)
  const object = name === undefined ? undefined : exportOf(context, init, depth + 1)
  if (object === undefined) return undefined
  return object === '' || object.endsWith('.') ? object + name : `${object}.${name}`
}

const skipped = new Set(['parent', 'loc', 'range', 'start', 'end', 'type', 'tokens', 'comments'])

/**
 * Visits the nodes of a function's body, those of functions inside it left out.
 *
 * @param {Node} body
 * @param {(node: Node) => void} visit
 */
const visitOwn = (body, visit) => {
  const waiting = [body]
  while (waiting.length > 0) {
    const node = waiting.pop()
    visit(node)
    for (const key of Object.keys(node)) {
      if (skipped.has(key)) continue
      for (const child of [node[key]].flat())
        if (typeof child?.type === 'string' && !functionTypes.has(child.type) && child.type !== 'ClassBody')
          waiting.push(child)
    }
  }
}

/** The expressions that a function returns, in no order. @param {Node} node a function @returns {Node[]} */
export const returnsOf = node => {
  if (node.body?.type !== 'BlockStatement') return node.body ? [node.body] : []
  /** @type {Node[]} */
  const returned = []
  visitOwn(node.body, each => {
    if (each.type === 'ReturnStatement' && each.argument) returned.push(each.argument)
  })
  return returned
}

/** The function whose body a node is in, without functions in between. @param {Node} node @returns {Node | undefined} */
export const functionAround = node => {
  let at = node.parent
  while (at && !functionTypes.has(at.type)) at = at.parent
  return at
}
