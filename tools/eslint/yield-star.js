// The rule `yield-star`: an effect that is made and not executed does nothing. In a generator, yield* executes it.
import { bare, exportOf, functionAround } from './syntax.js'

/** @typedef {import('./syntax.js').Node} Node */
/** @typedef {import('./syntax.js').Context} Context */

const makers = new Set(['ensure', 'orFail', 'attempt', 'from', 'gen'])

/** Functions that return a function of an effect. */
const takesEffect = new Set(['effect.map', 'effect.chain', 'effect.andThen'])

/**
 * `plugboard/yield-star`
 *
 *     function* (conn) {
 *       ensure(isOwner(conn), forbidden)                    // reported: nothing is checked
 *       yield ensure(isOwner(conn), forbidden)              // reported
 *       const post = yield find(id)                         // not reported: find may be anything
 *       yield* ensure(isOwner(conn), forbidden)             // not reported
 *     }
 *
 * A bare statement in a function that is no generator is reported, too: there the effect is to be returned.
 */
export const yieldStar = {
  meta: {
    type: 'problem',
    docs: { description: 'an effect that a generator makes is executed by yield*' },
  },
  /** @param {Context} context */
  create(context) {
    /**
     * What makes the effect that an expression is, as it is written; undefined if it is not one of plugboard's.
     *
     * @param {Node} node
     * @returns {string | undefined}
     */
    const maker = node => {
      const at = bare(node)
      if (at?.type !== 'CallExpression') return undefined
      const name = exportOf(context, at.callee)
      if (name === 'pipe' || name === 'fp-ts.pipe')
        // pipe(load, effect.map(…)), and pipe(load, …, ensure…)
        return at.arguments.length > 1 ? maker(at.arguments.at(-1)) : undefined
      if (name !== undefined && (makers.has(name) || name.startsWith('effect.')))
        return context.sourceCode.getText(bare(at.callee))
      // effect.map(…)(load); a call without arguments executes an effect
      const callee = bare(at.callee)
      const isApplied = callee.type === 'CallExpression' && at.arguments.length > 0
      return isApplied && takesEffect.has(exportOf(context, callee.callee) ?? '') ? maker(callee) : undefined
    }

    /** The effects that a statement drops. @param {Node} node @returns {Node[]} */
    const dropped = node => {
      const at = bare(node)
      switch (at?.type) {
        case 'ConditionalExpression':
          return [...dropped(at.consequent), ...dropped(at.alternate)]
        case 'LogicalExpression':
          return dropped(at.right)
        case 'SequenceExpression':
          return at.expressions.flatMap(dropped)
        case 'UnaryExpression':
          return at.operator === 'void' ? dropped(at.argument) : []
        case 'AwaitExpression':
          return dropped(at.argument)
        default:
          return at && maker(at) ? [at] : []
      }
    }

    return {
      /** @param {Node} node */
      ExpressionStatement(node) {
        for (const effect of dropped(node.expression)) {
          const name = maker(effect)
          const inGenerator = functionAround(effect)?.generator
          context.report({
            node: effect,
            message: inGenerator
              ? `${name}(…) makes an effect that is not executed, so it does nothing: write yield* ${name}(…)`
              : `${name}(…) makes an effect that is not executed, so it does nothing: return it, or execute it in a ` +
                `generator (function*) by yield* ${name}(…)`,
          })
        }
      },
      /** @param {Node} node */
      YieldExpression(node) {
        if (node.delegate || !node.argument) return
        const name = maker(node.argument)
        if (!name) return
        context.report({
          node,
          message: `yield gives the effect of ${name}(…) away and does not execute it: write yield* ${name}(…)`,
        })
      },
    }
  },
}
