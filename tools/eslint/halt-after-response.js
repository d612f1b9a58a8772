// The rule `halt-after-response`: a plug that others follow ends its response with halt. The compiler and the interpreter
// see a plug that responds; neither sees one that only sets a status or a body, and lets the handler run.
import { reader } from './outcomes.js'
import { bare, calleeName, exportOf, isPath, propertyOf } from './syntax.js'

/** @typedef {import('./syntax.js').Node} Node */
/** @typedef {import('./syntax.js').Context} Context */

const verbs = new Set(['get', 'post', 'put', 'patch', 'delete', 'head', 'options', 'match'])

/** The expressions of a list, or the one that is not in a list. @param {Node | undefined} node @returns {Node[]} */
const listed = node => {
  const at = bare(node)
  if (!at) return []
  return at.type === 'ArrayExpression' ? at.elements.filter(Boolean) : [at]
}

/**
 * `plugboard/halt-after-response`
 *
 * Looks at every plug that others follow: of a pipeline all but the last, the plugs of a scope, of a route, of a
 * controller, and named pipelines. A step that is written as such (`putStatus(404)` before `render(…)`) is meant.
 *
 *     pipeline(c => (allowed(c) ? c : putStatus(401)(c)), show)                        // reported
 *     pipeline(c => (allowed(c) ? c : resp(401, 'log in')(c)), show)                   // reported
 *     pipeline(when(isBanned, putStatus('forbidden')), show)                           // reported
 *     pipeline(c => (allowed(c) ? c : pipe(c, sendResp(401, 'log in'), halt)), show)   // not reported
 *     pipeline(putStatus(404), render(missing))                                        // not reported
 */
export const haltAfterResponse = {
  meta: {
    type: 'problem',
    docs: { description: 'a plug that others follow ends its response with halt' },
  },
  /** @param {Context} context */
  create(context) {
    const { outcomes } = reader(context)
    /** @type {Set<Node>} */
    const reported = new Set()

    /** @param {Node} step */
    const check = step => {
      if (step.type === 'SpreadElement') return
      for (const { answer, halted } of outcomes(step)) {
        if (!answer || halted || (!answer.responds && !answer.own) || reported.has(answer.node)) continue
        reported.add(answer.node)
        const { name, node } = answer
        const isStatus = exportOf(context, node.callee) === 'putStatus'
        const ended = answer.responds ? name : isStatus ? `${name}, text(…)` : 'sendResp(…)'
        const meant = isStatus ? `; a status for what follows is a step of its own: pipeline(${name}, …)` : ''
        context.report({
          node,
          message: `After ${name} the next plug goes on, for this plug does not halt: end it with halt, as in pipe(conn, ${ended}, halt)${meant}`,
        })
      }
    }

    /** Checks the steps that another step follows, unless that is `halt`. @param {Node[]} steps */
    const checkSteps = steps => {
      steps.slice(0, -1).forEach((step, i) => {
        const next = steps[i + 1]
        if (next && exportOf(context, next) === 'halt') return
        check(step)
      })
    }

    return {
      /** @param {Node} node */
      CallExpression(node) {
        const args = node.arguments
        const callee = bare(node.callee)
        const inner = callee.type === 'CallExpression' ? bare(callee.callee) : callee
        const name = exportOf(context, inner)
        if (name === 'pipeline' && inner === callee) return checkSteps(args)
        if (name === 'pipeline.from' && inner !== callee) return checkSteps(args)
        if (name === 'pipelines' && args[0])
          for (const property of bare(args[0]).properties ?? [])
            if (property.type === 'Property') check(property.value)
        if ((name === 'controller' || name === 'controller.from') && args[0])
          for (const entry of listed(propertyOf(bare(args[0]), 'plugs')))
            for (const plug of listed(entry).slice(0, 1)) check(plug)
        // scope is an export, or a name that a scope's callback is given: ({ scope, get }) => …
        const last = inner.type === 'MemberExpression' ? calleeName({ callee: inner.object }) : undefined
        const isScope =
          calleeName({ callee: inner }) === 'scope' || (last === 'scope' && inner.property.name === 'from')
        if (isScope && args.length === 3) for (const plug of listed(args[1])) check(plug)
        if (verbs.has(calleeName({ callee: inner })) && args.length === 3 && isPath(args[0]))
          if (bare(args[1]).type !== 'ObjectExpression') for (const plug of listed(args[1])) check(plug)
      },
    }
  },
}
