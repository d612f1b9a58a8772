/**
 * What a Redis store has the server do: Lua scripts, each of which is done whole before anybody else's command. All reading
 * comes first, and the first command that writes is one that a full server refuses: so none is left half-done.
 */
import { createHash } from 'node:crypto'
import type { RedisArgument, Send } from './client.js'

/** A script, and the name that the server knows it by once it has run: its SHA-1. */
export interface Script {
  readonly source: string
  readonly sha: string
}

const script = (source: string): Script => ({
  source,
  sha: createHash('sha1').update(source).digest('hex'),
})

/**
 * Gives the fields and values of a session, and lets its time begin anew if there is a time; that a server may refuse
 * which takes no writes.
 *
 * KEYS: session. ARGV: milliseconds, or ''.
 */
export const readScript = script(`
local held = redis.call('HGETALL', KEYS[1])
if #held > 0 and ARGV[1] ~= '' then redis.pcall('PEXPIRE', KEYS[1], ARGV[1]) end
return held`)

/**
 * Returns the milliseconds that a session has left, and its fields and values.
 *
 * KEYS: session.
 */
export const agedReadScript = script(`
return {redis.call('PTTL', KEYS[1]), redis.call('HGETALL', KEYS[1])}`)

/**
 * Writes a session, and gives 1; 0 where it is to be known and is not. A field without a name, which no term has, is there
 * as long as the session is.
 *
 * KEYS: session, the one it begins with (if any). ARGV: 'known' or 'new', milliseconds, 'sliding' or 'fixed', 'clear' or
 * 'keep', how many fields to delete, these, and then fields and values in turns.
 */
export const writeScript = script(`
local exists = redis.call('EXISTS', KEYS[1]) == 1
if ARGV[1] == 'known' and not exists then return 0 end
local begun = KEYS[2] and redis.call('HGETALL', KEYS[2]) or {}
redis.call('HSET', KEYS[1], '', '1')
if ARGV[4] == 'clear' then
  for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
    if field ~= '' then redis.call('HDEL', KEYS[1], field) end
  end
end
for i = 1, #begun, 2 do redis.call('HSET', KEYS[1], begun[i], begun[i + 1]) end
local last = 5 + tonumber(ARGV[5])
for i = 6, last do redis.call('HDEL', KEYS[1], ARGV[i]) end
for i = last + 1, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
if ARGV[3] == 'sliding' or not exists then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 1`)

/**
 * Puts a value if the field has still the expected one (none: if there still is none), and gives 1; else 0. The execution
 * is remembered: a client that lost its connection before the answer came sends the command again, and is told 1 again.
 *
 * KEYS: session, execution. ARGV: milliseconds, 'sliding' or 'fixed', milliseconds to remember, field, value, the expected
 * one (if any).
 */
export const swapScript = script(`
if redis.call('EXISTS', KEYS[2]) == 1 then return 1 end
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
if (redis.call('HGET', KEYS[1], ARGV[4]) or nil) ~= ARGV[6] then return 0 end
redis.call('HSET', KEYS[1], ARGV[4], ARGV[5])
redis.call('SET', KEYS[2], '', 'PX', ARGV[3])
if ARGV[2] == 'sliding' then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return 1`)

/** Whether the server refused a command by an error of a kind. */
export const isRefusal = (cause: unknown, kind: 'NOSCRIPT' | 'CROSSSLOT'): boolean =>
  cause instanceof Error && cause.message.startsWith(kind)

/** Runs a script: by its name or, where the server has none of that name, as it is. */
export type Run = (
  script: Script,
  keys: readonly [string, ...string[]],
  args: readonly RedisArgument[],
) => Promise<unknown>

/** Runs scripts through a client. */
export const runner =
  (send: Send): Run =>
  ({ sha, source }, keys, args) => {
    const rest = [String(keys.length), ...keys, ...args]
    return send(keys[0], ['EVALSHA', sha, ...rest]).catch((cause: unknown) => {
      if (isRefusal(cause, 'NOSCRIPT')) return send(keys[0], ['EVAL', source, ...rest])
      throw cause
    })
  }
