import { peerIdFromString } from '@libp2p/peer-id'
import { CREDIT, MAX_MISBEHAVIOUR, MAX_SCORE, MAX_UNRELIABILITY, MIN_SCORE } from './constants.ts'
import { decayed } from './ledger.ts'
import { seen } from './factors.ts'
import { StoredLedger } from './pb/ledger.ts'
import { newRecord } from './peer-record.ts'
import { ScoringError } from './scoring-error.ts'
import type { AllFactorOptions } from './factors.ts'
import type { PeerRecord } from './peer-record.ts'

/** The same moment on both clocks: what lies on disk outlives the monotonic one. */
export interface Moment {
  nowMs: number
  /** Milliseconds since 1970. */
  wallMs: number
}

const MAX_HOST_LENGTH = 64
/** What rounding may add to a sum. */
const EPSILON = 1e-9

export function encodeRecord (record: PeerRecord, { nowMs, wallMs }: Moment, options: AllFactorOptions): Uint8Array {
  const { atMs: _atMs, strikes, ...ledger } = decayed(record.ledger, nowMs)
  const { atMs: _seenMs, ...observations } = seen(record.observations, {}, nowMs, options)
  return StoredLedger.encode({
    ...ledger,
    ...observations,
    savedMs: whole(wallMs),
    strikeAgesMs: strikes.map(strikeMs => whole(nowMs - strikeMs)),
    coolDownMs: whole(record.coolUntilMs - nowMs),
    host: record.host,
    history: record.history.map(({ timeMs, score }) => ({ timeMs: whole(timeMs), score }))
  })
}

/** As it is now: time has passed since it was saved, none when the clock was set back. Throws `ScoringError` (`SCORING_RECORD_DAMAGED`). */
export function decodeRecord (id: string, bytes: Uint8Array, { nowMs, wallMs }: Moment): PeerRecord {
  try {
    peerIdFromString(id)
    const stored = StoredLedger.decode(bytes)
    const { misbehaviour, deliveries, answers, uptime, unreliability, banned, kept, failed, marks, marked, valid, invalid, history, host } = stored
    within('misbehaviour', misbehaviour, 0, MAX_MISBEHAVIOUR)
    within('deliveries', deliveries, 0, CREDIT.deliveries.max)
    within('answers', answers, 0, CREDIT.answers.max)
    within('uptime', uptime, 0, CREDIT.uptime.max)
    within('unreliability', unreliability, 0, MAX_UNRELIABILITY)
    for (const [name, value] of Object.entries({ kept, failed, marked, valid, invalid })) within(name, value, 0, Number.MAX_SAFE_INTEGER)
    within('marks', marks, 0, marked + EPSILON)
    for (const { score } of history) within('score', score, MIN_SCORE, MAX_SCORE)
    if ((host?.length ?? 0) > MAX_HOST_LENGTH) throw new Error('its host is too long')
    const atMs = nowMs - Math.max(0, wallMs - stored.savedMs)
    return {
      ...newRecord(id),
      ledger: { atMs, misbehaviour, deliveries, answers, uptime, unreliability, banned, strikes: stored.strikeAgesMs.map(ageMs => atMs - ageMs).sort((a, b) => a - b) },
      observations: { atMs, kept, failed, marks, marked, valid, invalid },
      history,
      coolUntilMs: stored.coolDownMs === 0 ? -Infinity : atMs + stored.coolDownMs,
      stored: true,
      ...(host == null ? {} : { host })
    }
  } catch (err) {
    throw new ScoringError('SCORING_RECORD_DAMAGED', `what was stored of the peer ${id} is damaged`, { cause: err, details: { id } })
  }
}

function within (name: string, value: number, min: number, max: number): void {
  if (!(value >= min && value <= max)) throw new Error(`its ${name} is ${value}, not between ${min} and ${max}`)
}

/** Never below 0: a time before 1970 or an age of -1 has no place in a varint. */
function whole (ms: number): number {
  return Number.isFinite(ms) ? Math.max(0, Math.floor(ms)) : 0
}
