/**
 * Controllers: records of actions that share plugs, each for all of them or for some, and what becomes of the values
 * that are no response. A controller is made of pipelines when the app starts; it is a plain record of handlers, as
 * `resources` and the verbs take them.
 */
import type { Either, Left, Right } from 'fp-ts/lib/Either.js'
import type { Conn, Halted, Params, Responded } from '../lib/conn.js'
import { isConn } from '../lib/conn/is-conn.js'
import { isPlugError, type PlugError } from '../lib/error.js'
import type { AnyPlug, At, Check, Norm, One, Walk } from '../lib/pipeline-types.js'
import { right } from '../lib/fp.js'
import { soon, type Later } from '../lib/later.js'
import { checkAtBoot, checkedAtBoot } from '../lib/boot.js'
import { declareAll } from '../lib/declared.js'
import { drive, isGenerator } from '../lib/gen.js'
import { execute } from '../lib/interpret.js'
import type { EffectGenerator } from '../lib/iterable-effect.js'
import { fail, pipeline } from '../lib/plug.js'
import { checkPlug } from './declarations.js'
import { func, mustBe, named, type Rules } from '../lib/options.js'
import { checkDeclared, checkRecord } from './options.js'
import { mistake } from './pattern.js'
import type { Async, Must, Unfit } from './types.js'

/** Which actions a plug of a controller is for. */
export type ActionChoice<K extends string = string> =
  | { readonly only: readonly K[]; readonly except?: never }
  | { readonly except: readonly K[]; readonly only?: never }

/** A plug of a controller: for every action, or with a choice of them. */
type Entry = AnyPlug | readonly [plug: AnyPlug, actions: ActionChoice]

/** A plug that is not for an action leaves its conn as it is. */
type Pass = (conn: Conn) => Conn
type For<E, K> = E extends readonly [infer F, infer O]
  ? O extends { readonly only: readonly (infer N)[] }
    ? K extends N
      ? F
      : Pass
    : O extends { readonly except: readonly (infer N)[] }
      ? K extends N
        ? Pass
        : F
      : F
  : E
/** The plugs of one action. */
type PlugsFor<Ps extends readonly unknown[], K> = { readonly [I in keyof Ps]: For<Ps[I], K> }

/** The actions of a member, whose path has its parameter. */
type MemberAction = 'show' | 'edit' | 'update' | 'delete'
/** The conn that the route of an action must give. */
type Start<S, P, M, K> = K extends MemberAction | M
  ? [P] extends [never]
    ? S
    : Norm<S & Params<[P] extends [string] ? { readonly [N in P]: string } : P>>
  : S
type Reached<W> = W extends readonly [infer S, unknown, unknown] ? S : never
/** The conn that an action is given: behind its plugs. */
export type ActionConn<S, P, M, Ps extends readonly unknown[], K> = Reached<
  Walk<PlugsFor<Ps, K>, Start<S, P, M, K>>
>

/** What an action may return: a response, an effect of one or, where there is a fallback, a left value for it. */
type Returns<E> = [E] extends [never]
  ? Must<'end with text, json, render, redirect or halt; a left needs an actionFallback'>
  : | Must<'end with text, json, render, redirect or halt'>
    | Either<E, Responded | Halted>
    | (() => Either<E | PlugError, Responded | Halted> | Promise<Either<E | PlugError, Responded | Halted>>)
    | EffectGenerator<Responded | Halted>

/** The names that plugs are chosen by. */
type Mentioned<Ps extends readonly unknown[]> = {
  [I in keyof Ps]: Ps[I] extends readonly [unknown, infer O]
    ? O extends { readonly only: readonly (infer N)[] } | { readonly except: readonly (infer N)[] }
      ? N & string
      : never
    : never
}[number]

/** The hint for an action one of whose plugs is given too little; never when all fit. */
type HintFor<Ps extends readonly unknown[], Checked> = One<
  {
    [I in keyof Ps]: At<Checked, I> extends infer H ? (unknown extends H ? never : H) : never
  }[number]
>
/** What an action must be. */
type Action<S, P, M, Ps extends readonly unknown[], E, K> = [
  HintFor<Ps, Check<readonly [...PlugsFor<Ps, K>, AnyPlug], Start<S, P, M, K>>>,
] extends [never]
  ? (conn: ActionConn<S, P, M, Ps, K>) => Returns<E> | Async
  : Unfit<HintFor<Ps, Check<readonly [...PlugsFor<Ps, K>, AnyPlug], Start<S, P, M, K>>> & string>

/** What the actions of a controller share. `E` is what they may fail with, beside a `PlugError`. */
export interface ControllerOptions<S, Ps, E> {
  /** Plugs before the actions, in this order: for all of them, or as `[plug, { only }]` and `[plug, { except }]`. */
  readonly plugs?: Ps
  /**
   * Answers for an action that has given a left value. It is given the value and then the conn as it was before the
   * action, behind the plugs. Write the type of the value: it is what the actions are checked against. A `PlugError`
   * on the left is a failure, and passes it by.
   */
  readonly actionFallback?: (error: E) => (conn: S) => Must<'end with text, json, render, redirect or halt'>
}

/** A record of handlers: each needs the conn that a route of its name has, and has its plugs in it. */
export type Controller<S, P, M, A> = {
  readonly [K in keyof A]: (conn: Start<S, P, M, K>) => Must<'end with text, json, render, redirect or halt'>
}

interface ControllerFn<S, P, M> {
  <A extends object, const Ps extends readonly Entry[], E = never>(
    options: ControllerOptions<S, Ps, E>,
    actions: { readonly [K in keyof A]: Action<S, P, M, Ps, E, K> } & {
      readonly [K in Mentioned<Ps>]: unknown
    },
  ): Controller<S, P, M, A>
}

interface ControllerStart extends ControllerFn<Conn, 'id', never> {
  /**
   * A controller whose actions begin with what a scope's pipelines give: `controller.from<Browser>()(…)`. `P` is the
   * parameter of show, edit, update and delete, as {@link Handler} has it (`never` for a singleton); `M` the names of
   * more actions that have it.
   */
  from<S extends Conn, P = 'id', M extends string = never>(): ControllerFn<S, P, M>
}

const place = 'controller'
const choiceRules = named('only', 'except')
const controllerRules: Rules = {
  plugs: { must: 'an array of plugs', ok: Array.isArray },
  actionFallback: func('from a left value to a plug'),
}

/** A plug and the actions it is for. */
interface Chosen {
  readonly plug: AnyPlug
  readonly isFor: (action: string) => boolean
}

const listOf = (value: unknown, option: string, actions: readonly string[]): readonly string[] => {
  if (!Array.isArray(value)) throw mistake(place, mustBe(option, 'an array of actions', value))
  for (const name of value)
    if (!actions.includes(name))
      throw mistake(
        place,
        `${option} lists ${JSON.stringify(name)}, which is none of its actions ${actions.join(', ')}`,
      )
  return value
}

const chosen = (entry: unknown, at: number, actions: readonly string[]): Chosen => {
  const what = `plug ${at + 1}`
  if (!Array.isArray(entry)) {
    checkPlug(entry, what, place)
    return { plug: entry, isFor: () => true }
  }
  const [plug, choice] = entry as readonly unknown[]
  checkPlug(plug, what, place)
  const { only, except } = checkRecord(choice, `the choice of ${what}`, place)
  if (choice !== undefined) checkDeclared(choice, choiceRules, place)
  if ((only === undefined) === (except === undefined))
    throw mistake(place, `${what} in a list must have either only or except beside it`)
  if (only === undefined) {
    const list = listOf(except, 'except', actions)
    return { plug, isFor: action => !list.includes(action) }
  }
  const list = listOf(only, 'only', actions)
  return { plug, isFor: action => list.includes(action) }
}

type Fallback = (error: unknown) => AnyPlug
type Outcome = Either<unknown, Conn>

/** The tag of what an action returned; undefined for what has none, or cannot be read. */
const tagOf = (value: unknown): unknown => {
  try {
    return (value as Partial<Outcome> | null | undefined)?._tag
  } catch {
    return undefined
  }
}

/** An action that gives its left values to a fallback; a `PlugError` goes the way of all failures. */
const withFallback = (name: string, action: AnyPlug, fallback: Fallback): AnyPlug => {
  const fallen = (conn: Conn, error: unknown): unknown => fallback(error)(conn)
  /** What an effect gave, or what the fallback makes of it. */
  const settle = (conn: Conn, outcome: Outcome): unknown => {
    if (tagOf(outcome) !== 'Left') return outcome
    const { left } = outcome as Left<unknown>
    if (isPlugError(left)) return outcome
    const done = execute(
      Object.defineProperty((before: Conn) => fallen(before, left), 'name', { value: 'actionFallback' }),
      conn,
    )
    return soon(done, right)
  }
  const act = (conn: Conn): unknown => {
    const result = action(conn) as Conn | Outcome | (() => Outcome | Promise<Outcome>)
    if (isConn(result)) return result
    if (isGenerator(result))
      return () => soon(drive(result, conn), outcome => settle(conn, outcome as Outcome) as Later<unknown>)
    if (typeof result === 'function' && result.length === 0)
      return () => soon(result() as Later<Outcome>, outcome => settle(conn, outcome) as Later<unknown>)
    const tag = tagOf(result)
    if (tag === 'Right') return (result as Right<Conn>).right
    if (tag !== 'Left') return result
    const { left } = result as Left<unknown>
    return isPlugError(left) ? fail(conn, left) : fallen(conn, left)
  }
  declareAll(act, () => [action])
  checkedAtBoot(act, given => checkAtBoot(action, given))
  return Object.defineProperty(act, 'name', { value: name })
}

const make = (
  options: ControllerOptions<never, readonly unknown[], unknown>,
  actions: unknown,
): Readonly<Record<string, AnyPlug>> => {
  checkDeclared(options, controllerRules, place)
  const { plugs = [], actionFallback } = options
  const record = checkRecord(actions, 'actions', place)
  const names = Object.keys(record)
  const before = plugs.map((entry, i) => chosen(entry, i, names))
  const handlers = names.map(name => {
    const action = record[name]
    checkPlug(action, `the action ${name}`, place)
    const last =
      actionFallback === undefined ? action : withFallback(name, action, actionFallback as Fallback)
    const list = [...before.filter(({ isFor }) => isFor(name)).map(({ plug }) => plug), last]
    const handler = pipeline(...(list as readonly unknown[] as readonly never[])) as unknown as AnyPlug
    return [name, Object.defineProperty(handler, 'name', { value: name })] as const
  })
  return Object.freeze(Object.fromEntries(handlers))
}

/**
 * Makes a controller: a record of handlers that share plugs, as `resources` and the verbs take them. Each action's conn
 * is what its plugs add to what it begins with; show, edit, update and delete have the parameter `id`. With an
 * `actionFallback`, an action may return `Either<E, Responded>`, or an effect of one: the fallback answers for a left.
 *
 * @throws TypeError for what is no plug or no action, and for a choice of an action that is not there
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { assign, pipe, putStatus, text, type Conn, type Params } from 'plugboard'
 * import { controller, router, scope } from 'plugboard/router'
 * import { conn, run } from 'plugboard/testing'
 * const posts: Readonly<Record<string, string>> = { a: 'Hello' }
 * const loadTitle = <C extends Conn & Params<{ readonly id: string }>>(c: C) => assign('title', posts[c.params.id])(c)
 * const notFound = (error: 'notFound') => (c: Conn) => pipe(c, putStatus(error), text('No such post'))
 * const controls = controller(
 *   { plugs: [[loadTitle, { except: ['index'] }]], actionFallback: notFound },
 *   {
 *     index: text('all posts'),
 *     show: c => pipe(E.fromNullable('notFound' as const)(c.assigns.title), E.map(title => text(title)(c))),
 *   },
 * )
 * const app = router(scope('/', ({ resources }) => [resources('/posts', controls)]))
 * run(app)(conn('GET', '/posts/a')).respBody // => 'Hello'
 * run(app)(conn('GET', '/posts/b')).status // => 404
 */
const start = { from: () => make }
export const controller = Object.assign(make.bind(undefined), start) as unknown as ControllerStart
