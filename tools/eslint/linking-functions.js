// The rule `annotate-linking-functions`: a function that links to a route writes its return type. Without it, the
// compiler reports a cycle far from its cause (TS7022).
import { calleeName, functionTypes, isPath } from './syntax.js'

/** @typedef {import('./syntax.js').Node} Node */

/** Calls that take handlers. */
const takesHandlers = new Set([
  'get',
  'post',
  'put',
  'patch',
  'delete',
  'head',
  'options',
  'match',
  'resources',
])
/** Calls that make a plug of the functions they are given, so that a const holding one is a declared plug. */
const makesPlugs = new Set(['pipeline', 'from', 'when', 'rescue', 'pipe', 'flow'])

/** `app` of `app.path`, `web` of `web.app.path`. @param {Node} node */
const rootIdentifier = node => {
  let at = node
  while (at.type === 'MemberExpression') at = at.object
  return at.type === 'Identifier' ? at : undefined
}

/** Is the name imported, or bound to the result of `router(…)`? @param {any} scope @param {string} name */
const mayBeRouter = (scope, name) => {
  for (let at = scope; at; at = at.upper) {
    const variable = at.set.get(name)
    if (!variable) continue
    return variable.defs.some((/** @type {any} */ definition) => {
      if (definition.type === 'ImportBinding') return true
      const value = definition.node.type === 'VariableDeclarator' ? definition.node.init : undefined
      return value?.type === 'CallExpression' && calleeName(value) === 'router'
    })
  }
  return false
}

/**
 * Where a function without a return type stands.
 *
 * @param {Node} node the function
 * @returns {'handler' | 'declared' | 'annotated' | 'other'}
 */
const standing = node => {
  if (node.type === 'FunctionDeclaration') return 'declared'
  for (let child = node, at = node.parent; at; child = at, at = at.parent) {
    switch (at.type) {
      case 'VariableDeclarator':
        return at.id.typeAnnotation ? 'annotated' : 'declared'
      case 'CallExpression':
        if (child !== at.callee && takesHandlers.has(calleeName(at))) return 'handler'
        if (child === at.callee || !makesPlugs.has(calleeName(at))) return 'other'
        break
      case 'Property':
      case 'ObjectExpression':
      case 'ArrayExpression':
      case 'TSAsExpression':
      case 'TSSatisfiesExpression':
      case 'TSNonNullExpression':
      case 'ParenthesizedExpression':
        break
      default:
        return 'other'
    }
  }
  return 'other'
}

export const annotateLinkingFunctions = {
  meta: { type: 'problem', docs: { description: 'functions that link to a route write their return type' } },
  /** @param {any} context */
  create(context) {
    /** @type {Set<Node>} */
    const reported = new Set()
    return {
      /** @param {Node} call */
      CallExpression(call) {
        const { callee } = call
        if (callee.type !== 'MemberExpression' || callee.computed) return
        if (callee.property.name !== 'path' && callee.property.name !== 'url') return
        // app.path('/x'), and app.url(conn, '/x'), whose path is the second argument
        if (!call.arguments.slice(0, 2).some(isPath)) return
        const root = rootIdentifier(callee.object)
        if (!root || !mayBeRouter(context.sourceCode.getScope(call), root.name)) return
        for (let at = call.parent; at; at = at.parent) {
          if (!functionTypes.has(at.type)) continue
          if (at.returnType) return
          const where = standing(at)
          if (where === 'annotated') return
          if (where === 'other') continue
          if (reported.has(at)) return
          reported.add(at)
          const annotation =
            where === 'handler'
              ? 'annotate the handler: (conn): Responded => …, or Responded | Halted'
              : 'annotate it: (conn): Responded => … for a handler, C | Halted for a plug, ' +
                'or give the const the type Handler<…> or Plug<…>'
          const link = context.sourceCode.getText(callee)
          context.report({
            node: at,
            message:
              `This function links to a route (${link}) and has no return type, so the compiler meets a cycle ` +
              `through the router (TS7022): ${annotation}`,
          })
          return
        }
      },
    }
  },
}
