// What a plug can do to its conn, found by reading its expression: respond, set a response, halt. Each function of
// plugboard has a meaning here, and functions of the same file are read as well. What cannot be read is unknown, and the
// rules report nothing about it.
import { bare, constantOf, exportOf, functionTypes, propertyOf, returnsOf, variableOf } from './syntax.js'

/** @typedef {import('./syntax.js').Node} Node */
/** @typedef {import('./syntax.js').Context} Context */

/**
 * A response that a conn has: by which call, and whether that call responds (`text`) or sets what a later plug may
 * replace (`resp`, an error's `putStatus`). `own` tells a call inside a function from a step that is written as such.
 *
 * @typedef {{ readonly name: string, readonly node: Node, readonly responds: boolean, readonly own: boolean }} Answer
 */
/** What has become of a conn on one path. @typedef {{ readonly answer: Answer | undefined, readonly halted: boolean }} State */
/**
 * What an expression is worth, as far as it can be known: a conn on each of its paths, an effect, something that can be
 * called, or one of several. Undefined if it is unknown.
 *
 * @typedef {{ kind: 'conn', states: readonly State[] }
 *   | { kind: 'effect', value: Value }
 *   | { kind: 'callable', call: (args: readonly Value[]) => Value, parameters: number }
 *   | { kind: 'either', values: readonly Value[] }
 *   | undefined} Value
 */

/** A conn at the start of a plug. @type {State} */
const fresh = { answer: undefined, halted: false }
/** @type {Value} */
export const freshConn = { kind: 'conn', states: [fresh] }

const responders = new Set(['text', 'html', 'json', 'redirect', 'sendFile', 'stream', 'render', 'sendResp'])

/** The names of statuses that are no errors; every other name is one. */
export const successNames = new Set([
  'continue',
  'switchingProtocols',
  'processing',
  'earlyHints',
  'ok',
  'created',
  'accepted',
  'nonAuthoritativeInformation',
  'noContent',
  'resetContent',
  'partialContent',
  'multiStatus',
  'alreadyReported',
  'imUsed',
  'multipleChoices',
  'movedPermanently',
  'found',
  'seeOther',
  'notModified',
  'useProxy',
  'switchProxy',
  'temporaryRedirect',
  'permanentRedirect',
])

/** Whether an argument is the status of an error; undefined if it is not a literal. @param {Node} node */
const isErrorStatus = node => {
  const at = bare(node)
  if (at?.type !== 'Literal') return undefined
  return typeof at.value === 'number' ? at.value >= 400 : !successNames.has(at.value)
}

/** @param {readonly Value[]} values @returns {Value} */
const oneOf = values => {
  const known = values.filter(value => value !== undefined)
  return known.length < 2 ? known[0] : { kind: 'either', values: known }
}

/** @param {(args: readonly Value[]) => Value} call @param {number} [parameters] @returns {Value} */
const callable = (call, parameters = 1) => ({ kind: 'callable', call, parameters })

/** @param {Value} value @param {readonly Value[]} args @returns {Value} */
export const call = (value, args) => {
  if (value?.kind === 'callable') return value.call(args)
  if (value?.kind === 'either') return oneOf(value.values.map(each => call(each, args)))
  // an effect that is executed by hand
  return value?.kind === 'effect' && args.length === 0 ? value : undefined
}

/** The states of a value that is a conn, or an effect that comes to one. @param {Value} value @returns {readonly State[]} */
export const statesOf = value => {
  switch (value?.kind) {
    case 'conn':
      return value.states
    case 'effect':
      return statesOf(value.value)
    case 'either':
      return value.values.flatMap(statesOf)
    case 'callable': {
      // () => right(conn) is an effect, too
      if (value.parameters > 0) return []
      const made = value.call([])
      return made?.kind === 'effect' ? statesOf(made) : []
    }
    default:
      return []
  }
}

/** @param {readonly State[]} states @returns {Value} */
const connOf = states => {
  const seen = new Map(
    states.map(state => [`${state.answer?.node.range?.[0]} ${state.answer?.own} ${state.halted}`, state]),
  )
  return { kind: 'conn', states: [...seen.values()] }
}

/** A plug that does the same on every path; a conn that is not known is as at the start. @param {(state: State) => State} change */
const plug = change =>
  callable(([conn]) => {
    const states = statesOf(conn)
    return connOf((states.length > 0 ? states : [fresh]).map(change))
  })

/** @param {Value} value @returns {Value} */
const performed = value => (value?.kind === 'effect' ? performed(value.value) : value)

/** Reads expressions of one file. @param {Context} context */
export const reader = context => {
  /** Functions that are being read: a function that calls itself is unknown the second time. @type {Set<Node>} */
  const reading = new Set()
  /** How many functions and conditions a call is inside. */
  let inside = 0
  let budget = 0

  /** @template T @param {() => T} work @returns {T} */
  const deeper = work => {
    inside++
    try {
      return work()
    } finally {
      inside--
    }
  }

  /** @param {string} name @param {Node} node @param {boolean} responds */
  const answers = (name, node, responds) =>
    plug(state => ({ ...state, answer: { name, node, responds, own: inside > 0 } }))

  /** Plugs one after another; a pipeline skips the rest of a halted conn. @param {readonly Value[]} plugs @param {boolean} skips */
  const sequence = (plugs, skips) =>
    callable(([conn]) => {
      /** @type {Value} */
      let at = statesOf(conn).length > 0 ? conn : freshConn
      for (const each of plugs) {
        const states = statesOf(at)
        const going = skips ? states.filter(state => !state.halted) : states
        if (going.length === 0) return at
        const made = call(each, [connOf(going)])
        if (made === undefined) return undefined
        const after = statesOf(made)
        at = connOf(skips ? [...states.filter(state => state.halted), ...after] : after)
      }
      return at
    })

  const halt = plug(state => ({ ...state, halted: true }))

  /** Any other function of plugboard: what it is given stays as it is. @type {Value} */
  const neutral = callable(args => {
    const conn = args.find(value => value?.kind === 'conn')
    return conn ?? neutral
  })

  /** @param {Node[]} args @param {Environment} env */
  const all = (args, env) =>
    args.map(each => (each.type === 'SpreadElement' ? undefined : evaluate(each, env)))

  /**
   * What a call of a function of plugboard is worth; undefined if it says nothing.
   *
   * @param {string} name
   * @param {Node} node
   * @param {Environment} env
   * @returns {Value}
   */
  const known = (name, node, env) => {
    const args = node.arguments
    const written = `${context.sourceCode.getText(bare(node.callee))}(…)`
    if (responders.has(name)) return answers(written, node, true)
    switch (name) {
      case 'resp':
        return answers(written, node, false)
      case 'putStatus': {
        const isError = isErrorStatus(args[0])
        if (isError === undefined) return neutral
        if (isError) return answers(context.sourceCode.getText(node), node, false)
        return plug(state => (state.answer?.responds ? state : { ...state, answer: undefined }))
      }
      case 'halt':
        return call(halt, all(args, env))
      case 'fail':
        return connOf([{ answer: undefined, halted: true }])
      case 'raise':
        return connOf([])
      case 'pipe':
      case 'fp-ts.pipe': {
        const [first, ...rest] = all(args, env)
        /** @type {Value} */
        let at = first
        for (const each of rest) at = call(each, [at])
        return at
      }
      case 'flow':
      case 'fp-ts.flow':
        return sequence(all(args, env), false)
      case 'pipeline':
        return sequence(all(args, env), true)
      case 'named':
        return evaluate(args[1], env)
      case 'when': {
        const guarded = evaluate(args[1], env)
        if (guarded === undefined) return undefined
        return callable(([conn]) =>
          deeper(() => {
            const before = statesOf(conn).length > 0 ? conn : freshConn
            return oneOf([before, call(guarded, [before])])
          }),
        )
      }
      case 'rescue':
        return callable(([rescued]) => rescued)
      case 'attempt':
      case 'gen': {
        const work = evaluate(args[0], env)
        return work && { kind: 'effect', value: performed(call(work, [])) }
      }
      case 'effect.of':
      case 'fp-ts.right':
      case 'fp-ts.of':
        return { kind: 'effect', value: evaluate(args[0], env) }
      case 'from':
      case 'effect.from':
        return evaluate(args[0], env)
      case 'effect.failed':
        return { kind: 'effect', value: connOf([]) }
      case 'effect.map':
      case 'effect.chain':
      case 'effect.andThen': {
        const next = evaluate(args[0], env)
        return (
          next &&
          callable(([before]) => ({ kind: 'effect', value: performed(call(next, [performed(before)])) }))
        )
      }
      default:
        if (name.startsWith('fp-ts.') || name.startsWith('effect.')) return undefined
        return call(neutral, all(args, env))
    }
  }

  /** @typedef {ReadonlyMap<Node, Value>} Environment What the parameters of functions stand for. */

  /** @param {Node} node a function @param {Environment} env @returns {Value} */
  const functionValue = (node, env) =>
    callable(args => {
      if (reading.has(node) || ++budget > 2_000) return undefined
      const inner = new Map(env)
      node.params.forEach((/** @type {Node} */ parameter, /** @type {number} */ i) => {
        const name = parameter.type === 'AssignmentPattern' ? parameter.left : parameter
        if (name.type === 'Identifier') inner.set(name, args[i])
      })
      reading.add(node)
      try {
        const value = deeper(() => oneOf(returnsOf(node).map(each => evaluate(each, inner))))
        return value && (node.generator || node.async) ? { kind: 'effect', value: performed(value) } : value
      } finally {
        reading.delete(node)
      }
    }, node.params.length)

  /** @type {Set<Node>} */
  const constants = new Set()

  /** @param {Node} node @param {Environment} env @returns {Value} */
  const identifier = (node, env) => {
    const variable = variableOf(context, node)
    const [definition, ...more] = variable?.defs ?? []
    if (!definition || more.length > 0) return undefined
    if (definition.type === 'FunctionName') return functionValue(definition.node, env)
    if (env.has(definition.name)) return env.get(definition.name)
    const constant = constantOf(variable)
    if (!constant || constants.has(constant)) return undefined
    constants.add(constant)
    try {
      return evaluate(constant, env)
    } finally {
      constants.delete(constant)
    }
  }

  /** An export that is not called. @param {string} name @param {Node} node @returns {Value} */
  const exported = (name, node) => {
    if (name === 'halt') return halt
    if (name === 'raise') return callable(() => connOf([]))
    if (name === 'fail') return callable(() => connOf([{ answer: undefined, halted: true }]), 2)
    // (status === 200 ? text : html)(…)
    if (responders.has(name)) return callable(() => answers(`${name}(…)`, node, true))
    return name === '' || name.includes('.') ? undefined : neutral
  }

  /**
   * What an expression is worth.
   *
   * @param {Node | undefined | null} node
   * @param {Environment} env
   * @returns {Value}
   */
  const evaluate = (node, env) => {
    const at = bare(node)
    if (!at || ++budget > 2_000) return undefined
    if (functionTypes.has(at.type)) return functionValue(at, env)
    switch (at.type) {
      case 'Identifier':
      case 'MemberExpression': {
        const name = exportOf(context, at)
        if (name !== undefined) return exported(name, at)
        if (at.type === 'Identifier') return identifier(at, env)
        // a property of an object in the same file: posts.show
        const object = bare(at.object)
        if (object?.type !== 'Identifier' || at.computed) return undefined
        const literal = bare(constantOf(variableOf(context, object)))
        return evaluate(propertyOf(literal, at.property.name), env)
      }
      case 'CallExpression': {
        const name = exportOf(context, at.callee)
        if (name !== undefined) return known(name, at, env)
        // pipeline.from<Browser>()(…)
        const callee = bare(at.callee)
        if (callee.type === 'CallExpression' && exportOf(context, callee.callee) === 'pipeline.from')
          return sequence(all(at.arguments, env), true)
        return call(evaluate(callee, env), all(at.arguments, env))
      }
      case 'ConditionalExpression':
        return oneOf([evaluate(at.consequent, env), evaluate(at.alternate, env)])
      case 'LogicalExpression':
        return oneOf([evaluate(at.left, env), evaluate(at.right, env)])
      case 'SequenceExpression':
        return evaluate(at.expressions.at(-1), env)
      case 'AwaitExpression':
      case 'YieldExpression':
        return performed(evaluate(at.argument, env))
      default:
        return undefined
    }
  }

  return {
    /** What an expression is worth, outside of any function. @param {Node} node @returns {Value} */
    read: node => {
      budget = 0
      return evaluate(node, new Map())
    },
    /** The states that a plug passes on, given a conn at its start. @param {Node} node @returns {readonly State[]} */
    outcomes: node => {
      budget = 0
      const value = evaluate(node, new Map())
      return statesOf(call(value, [freshConn]))
    },
  }
}
