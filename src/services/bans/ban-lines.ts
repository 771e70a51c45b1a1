import { describeError } from '../../errors.ts'
import { BansError } from './bans-error.ts'
import { HAND_SEVERITY, MAX_LINE, MAX_LINES, MAX_REASON, ORIGINS } from './constants.ts'
import { parseTarget } from './target.ts'
import type { Ban } from './index.ts'

type Check = (value: unknown) => boolean

const isTime: Check = value => Number.isSafeInteger(value) && (value as number) >= 0
/** What a line may have beside its key, and what it has to be; a misspelt field would make another ban of it. */
const FIELDS: Record<Exclude<keyof Ban, 'key'>, { check: Check, is: string }> = {
  kind: { check: value => value === 'peer' || value === 'ip' || value === 'prefix', is: '"peer", "ip" or "prefix"' },
  by: { check: value => ORIGINS.includes(value as Ban['by']), is: '"hand", "score" or "spread"' },
  reason: { check: value => typeof value === 'string' && value.length <= MAX_REASON, is: `a text of at most ${MAX_REASON} characters` },
  sinceMs: { check: isTime, is: 'milliseconds since 1970' },
  untilMs: { check: isTime, is: 'milliseconds since 1970, or left out' },
  strikes: { check: value => Number.isInteger(value) && (value as number) >= 1 && (value as number) < 2 ** 32, is: 'a whole number of at least 1' },
  severity: { check: value => typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER, is: 'a number of at least 0' },
  host: { check: value => typeof value === 'string' && parseTarget(value).kind !== 'peer', is: 'an IP or a prefix' }
}

export function lineOf (ban: Ban): string {
  return JSON.stringify(ban)
}

/**
 * Bans, one a line; empty lines count for nothing, and of two bans of one key the one that ends later holds. Rejects with
 * `BANS_IMPORT_INVALID` or `BANS_IMPORT_TOO_LONG`, and has not read further by then.
 */
export async function readLines (lines: Iterable<string> | AsyncIterable<string>, nowMs: number): Promise<{ bans: Ban[], skipped: number }> {
  const bans = new Map<string, Ban>()
  let skipped = 0
  let number = 0
  for await (const line of lines) {
    number++
    if (number > MAX_LINES) throw new BansError('BANS_IMPORT_TOO_LONG', `there are more than ${MAX_LINES} lines, which is as many bans as can be in force: leave out the least important ones, or ban prefixes; nothing was imported`, { details: { maxLines: MAX_LINES } })
    const ban = readLine(line, number, nowMs)
    if (ban == null) continue
    const other = bans.get(ban.key)
    const isExpired = (ban.untilMs ?? Infinity) <= nowMs
    if (isExpired || other != null) skipped++
    if (!isExpired && (other == null || endsLater(ban, other))) bans.set(ban.key, ban)
  }
  return { bans: [...bans.values()], skipped }
}

export function endsLater (a: Ban, b: Ban): boolean {
  return (a.untilMs ?? Infinity) > (b.untilMs ?? Infinity)
}

function readLine (line: string, number: number, nowMs: number): Ban | undefined {
  if (line.trim() === '') return undefined
  try {
    if (line.length > MAX_LINE) throw new Error(`it has ${line.length} characters, more than ${MAX_LINE}`)
    return banOf(JSON.parse(line), nowMs)
  } catch (err) {
    throw new BansError('BANS_IMPORT_INVALID', `line ${number} is no ban: ${describeError(err)}; nothing was imported`, { cause: err, details: { line: number } })
  }
}

function banOf (value: unknown, nowMs: number): Ban {
  if (typeof value !== 'object' || value == null || Array.isArray(value)) throw new Error('it is not a JSON object')
  const { key, ...fields } = value as Record<string, unknown>
  if (typeof key !== 'string') throw new Error('it has no "key", the peer id, IP or prefix that is banned')
  const target = parseTarget(key)
  for (const [name, field] of Object.entries(fields)) {
    const rule = Object.hasOwn(FIELDS, name) ? FIELDS[name as keyof typeof FIELDS] : undefined
    if (rule == null) throw new Error(`"${name}" is no field of a ban: they are key, ${Object.keys(FIELDS).join(', ')}`)
    if (!rule.check(field)) throw new Error(`"${name}" is ${JSON.stringify(field)}, not ${rule.is}`)
  }
  if (fields.kind != null && fields.kind !== target.kind) throw new Error(`"kind" is ${JSON.stringify(fields.kind)}, but ${target.key} is of the kind "${target.kind}"`)
  return Object.freeze({ by: 'hand', reason: 'imported', sinceMs: nowMs, strikes: 1, severity: HAND_SEVERITY, ...fields, kind: target.kind, key: target.key })
}
