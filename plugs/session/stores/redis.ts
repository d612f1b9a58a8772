/**
 * Sessions in Redis: a hash each, a field for each of its keys, so that requests at once change what they name and no more.
 * A request's changes are one script on the server, done whole or not at all.
 */
import { randomBytes } from 'node:crypto'
import { decodeTerm, encodeTerm, type RawEntry } from '../../../lib/crypto/term-format.js'
import { isRight } from '../../../lib/fp.js'
import { checkOptions, string, type Rules } from '../../../lib/options.js'
import { freshId } from '../id.js'
import { hashText } from '../../stores/hash.js'
import type { EffectStore, SessionWrite, StoreChange, StoreContext, Stored, StoreSession } from '../store.js'
import { applyChanges } from '../terms.js'
import { senderOf, type RedisArgument, type RedisClient } from './redis/client.js'
import { agedReadScript, isRefusal, readScript, runner, swapScript, writeScript } from './redis/scripts.js'
import { guard, serverRules, type ServerStoreOptions } from '../../stores/server.js'

export type {
  IoredisClient,
  NodeRedisClient,
  NodeRedisCluster,
  NodeRedisOptions,
  RedisArgument,
  RedisClient,
} from './redis/client.js'
export type { ServerStoreOptions, StoreFailure } from '../../stores/server.js'

/** Options of {@link redisStore}. */
export interface RedisStoreOptions extends ServerStoreOptions {
  /**
   * What the names of its keys begin with. In a cluster, a part in braces puts all sessions in one slot. Default
   * `'plugboard:session:'`.
   */
  readonly prefix?: string
}

const rules: Rules = { ...serverRules, prefix: string }

/** For how long the server remembers that a swap took place, besides the time that the store waits for its answer. */
const remembered = 60_000

const bufferOf = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)

/** The entries of a hash. A field that is no term is not one of ours. */
const entriesOf = (held: readonly Buffer[]): readonly RawEntry[] => {
  const entries: RawEntry[] = []
  for (let i = 0; i < held.length; i += 2) {
    const [rawKey, rawValue] = [held[i] as Buffer, held[i + 1] as Buffer]
    const key = decodeTerm(rawKey)
    if (isRight(key))
      entries.push({ key: typeof key.right === 'string' ? key.right : null, rawKey, rawValue })
  }
  return entries
}

/** What `writeScript` takes of changes. */
const argumentsOf = (changes: readonly StoreChange[]): readonly RedisArgument[] => {
  const deletes: Buffer[] = []
  const puts: Buffer[] = []
  for (const change of changes)
    if (change.op === 'delete') deletes.push(bufferOf(encodeTerm(change.key)))
    else if (change.op === 'put') puts.push(bufferOf(change.entry.rawKey), bufferOf(change.entry.rawValue))
  return [String(deletes.length), ...deletes, ...puts]
}

const isDone = (reply: unknown): boolean => Number(reply) === 1

/**
 * Keeps sessions in Redis 5 or newer, or in what speaks as it does. The cookie holds an id of 256 bits; the server knows
 * its SHA-256 only. Requests at once that change different keys keep each other's changes, and `updateSession` loses none.
 *
 * The client is the app's: connected, closed and configured there. One of `redis` needs a listener for `error`, or a lost
 * connection ends the process. Have commands fail at once while there is no connection (`disableOfflineQueue: true`, in
 * ioredis `enableOfflineQueue: false`), or they pile up; an ioredis client with a `socketTimeout` notices a dead one.
 *
 * A session that gets a new id begins with what the old one holds at that moment. In a cluster it begins with what the old one
 * held when it was last read, unless `prefix` puts all sessions in one slot: what another request writes in between is lost.
 *
 * @throws TypeError when the client is none of `redis` or `ioredis`, or for an option; the message names it.
 * @example no-run
 * import { createClient } from 'redis'
 * import { pipeline } from 'plugboard'
 * import { fetchSession, session } from 'plugboard/plugs'
 * import { redisStore } from 'plugboard/session/redis'
 * const client = createClient({ url: 'redis://127.0.0.1:6379', disableOfflineQueue: true })
 * client.on('error', console.error)
 * await client.connect()
 * const store = redisStore(client, { ttl: 14 * 86_400 })
 * const sessions = pipeline(session({ store, key: '_app_key' }), fetchSession)
 */
export const redisStore = (client: RedisClient, options: RedisStoreOptions = {}): EffectStore => {
  checkOptions('redisStore', options, rules)
  const send = senderOf(client)
  const { prefix = 'plugboard:session:', ttl = 86_400, sliding = true, timeout = 2000 } = options
  const guarded = guard('redis', options)
  const run = runner(send)
  const aging = sliding ? 'sliding' : 'fixed'
  const remember = String(timeout + remembered)

  // What stands in braces decides on the slot of a cluster.
  const keyOf = (id: string, { name }: StoreSession): string => `${prefix}{${name}:${hashText(id, 'hex')}}`
  const lasts = (session: StoreSession): number => (session.ttl ?? ttl) * 1000
  const milliseconds = (session: StoreSession): string => String(lasts(session))

  const fieldsOf = (reply: unknown): readonly Buffer[] => {
    if (!Array.isArray(reply) || !reply.every(Buffer.isBuffer))
      throw new TypeError('the client does not give bytes')
    return reply
  }

  const read = async (id: string, session: StoreSession, expiry: string): Promise<Stored | undefined> => {
    const held = fieldsOf(await run(readScript, [keyOf(id, session)], [expiry]))
    return held.length === 0 ? undefined : { id, entries: entriesOf(held) }
  }

  const agedRead = async (id: string, session: StoreSession): Promise<Stored | undefined> => {
    const [left, fields] = (await run(agedReadScript, [keyOf(id, session)], [])) as readonly unknown[]
    const held = fieldsOf(fields)
    if (held.length === 0) return undefined
    return { id, entries: entriesOf(held), age: (lasts(session) - Number(left)) / 1000 }
  }

  const swapped = async (
    id: string,
    { entry, expected }: StoreChange & { readonly op: 'swap' },
    session: StoreSession,
  ): Promise<boolean> => {
    const key = keyOf(id, session)
    const field = [bufferOf(entry.rawKey), bufferOf(entry.rawValue)]
    const execution = `${key}:${randomBytes(16).toString('hex')}`
    return isDone(
      await run(
        swapScript,
        [key, execution],
        [
          milliseconds(session),
          aging,
          remember,
          ...field,
          ...(expected === undefined ? [] : [bufferOf(expected)]),
        ],
      ),
    )
  }

  const written = async (
    id: string,
    which: 'known' | 'new',
    changes: readonly StoreChange[],
    session: StoreSession,
    begunWith?: string,
  ): Promise<boolean> => {
    const key = keyOf(id, session)
    const whole = which === 'new' || changes[0]?.op === 'clear' ? 'clear' : 'keep'
    const copies = begunWith === undefined || changes[0]?.op === 'clear' ? [] : [keyOf(begunWith, session)]
    const args = [which, milliseconds(session), aging, whole, ...argumentsOf(changes)]
    return isDone(await run(writeScript, [key, ...copies], args))
  }

  /** Writes a new session. Where its place and that of the one it begins with are on two servers, it is read first. */
  const begun = async (
    id: string,
    { changes, renews }: Pick<SessionWrite, 'changes' | 'renews'>,
    session: StoreSession,
  ): Promise<void> => {
    if (renews === undefined) return void (await written(id, 'new', changes, session))
    try {
      await written(id, 'new', renews.changes, session, renews.id)
    } catch (cause) {
      if (!isRefusal(cause, 'CROSSSLOT')) throw cause
      const old = await read(renews.id, session, '')
      const puts = applyChanges(old?.entries ?? [], renews.changes).map((entry): StoreChange => ({
        op: 'put',
        entry,
      }))
      await written(id, 'new', puts, session)
    }
  }

  const apply = async (
    id: string | undefined,
    write: SessionWrite,
    session: StoreSession,
    context: StoreContext,
  ): Promise<string | undefined> => {
    const { changes, renews } = write
    const first = changes[0]
    if (first?.op === 'swap') return id !== undefined && (await swapped(id, first, session)) ? id : undefined
    if (id !== undefined)
      return (await written(id, 'known', renews?.changes ?? changes, session)) ? id : undefined
    const made = freshId(session, context)
    await begun(made, write, session)
    return made
  }

  return {
    tellsAge: sliding,
    get: (id, session) =>
      guarded('get', () =>
        session.refreshAfter === undefined
          ? read(id, session, sliding ? milliseconds(session) : '')
          : agedRead(id, session),
      ),
    apply: (id, write, session, context) => guarded('apply', () => apply(id, write, session, context)),
    delete: (id, session) =>
      guarded('delete', async () => {
        const key = keyOf(id, session)
        await send(key, ['DEL', key])
      }),
  }
}
