import { Refused, integer, matching, textual } from '../../config/value-types.ts'
import type { ValueType } from '../../config/value-types.ts'

const DAY = 86_400_000
const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: DAY }
const MAX_CALL_MS = 600_000
const MAX_SPAN = 3_650 * DAY

export const word: ValueType<string> = matching('<text>', /^\S+$/, 'a word')

/** Taken as it is, spaces too. */
export const anyText: ValueType<string> = {
  placeholder: '<text>',
  allowed: 'a text',
  fromText: (text) => text,
  fromJson () { throw new Refused() },
  toJson: (text) => text
}

export const peerName: ValueType<string> = matching('<peer>', /^[A-Za-z0-9…]{4,128}$/, 'a peer id, or the end of one that is connected, like 5fGk2pQz')
export const vaultName: ValueType<string> = matching('<id>', /^[0-9a-f]{4,64}$/, 'the id of a vault, or its beginning, like 3f9a01c2')
export const banTarget: ValueType<string> = matching('<peer|ip|prefix>', /^\S{1,128}$/, 'a peer id, an IP address like 192.0.2.7, or a prefix like 192.0.2.0/24')
export const dialTarget: ValueType<string> = matching('<address|peer>', /^\S{1,1024}$/, 'a multiaddr like /ip4/127.0.0.1/tcp/4701, or a peer id')
export const topic: ValueType<string> = matching('<topic>', /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'letters, digits, dots, dashes and underscores')

export const thresholdCount = integer(2, 64)
export const holderCount = integer(2, 64)

/** Milliseconds. */
export const span: ValueType<number> = textual('<duration>', 'a time with a unit, like 30s, 10m, 12h or 7d', readSpan, ms => `${ms / 1_000}s`)

/** Milliseconds: what the node takes for a call. */
export const callSpan: ValueType<number> = textual('<duration>', 'a time from 1s to 10m, like 30s', text => {
  const ms = readSpan(text)
  if (ms > MAX_CALL_MS) throw new Refused()
  return ms
}, ms => `${ms / 1_000}s`)

/** Milliseconds, or for ever. */
export const spanOrForever: ValueType<number | 'forever'> = textual<number | 'forever'>('<duration>', 'a time with a unit, like 30m, 1h or 7d, or forever', text => text === 'forever' ? text : readSpan(text), String)

/** Milliseconds, or never. */
export const spanOrNever: ValueType<number | 'never'> = textual<number | 'never'>('<duration>', 'a time with a unit, like 12h or 30d, or never', text => text === 'never' ? text : readSpan(text), String)

function readSpan (text: string): number {
  const [, number, unit = ''] = /^(\d{1,9})([smhd])$/.exec(text) ?? []
  const ms = Number(number) * (UNITS[unit] ?? NaN)
  if (!(ms > 0 && ms <= MAX_SPAN)) throw new Refused()
  return ms
}
