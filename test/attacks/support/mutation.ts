import type { Rng } from '../../../src/util/rng.ts'

const MAX_RANDOM_BYTES = 300
const MAX_CHANGES = 3
/** Of several numbers of bytes, most of them cut, not minimal, or far beyond what fits into anything. */
const HUGE = ['ffffffffffffffffff01', 'ffffffff0f', 'ffffff7f', '8080808000', '80', 'ffffffffffffffffffffffff'].map(hex => Uint8Array.from(Buffer.from(hex, 'hex')))

type Change = (bytes: Uint8Array, rng: Rng, others: readonly Uint8Array[]) => Uint8Array

const joined = (...parts: Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat(parts))

/** What goes wrong with bytes on their way, and what somebody does to them who means no good. */
const CHANGES: readonly Change[] = [
  // a bit flips
  (bytes, rng) => changed(bytes, rng, byte => byte ^ 1 << rng.int(8)),
  (bytes, rng) => changed(bytes, rng, () => rng.int(256)),
  // cut
  (bytes, rng) => bytes.slice(0, rng.int(bytes.length + 1)),
  (bytes, rng) => bytes.slice(rng.int(bytes.length + 1)),
  // twice
  bytes => joined(bytes, bytes),
  // a field, or what happens to lie there, again
  (bytes, rng) => {
    const from = rng.int(bytes.length + 1)
    const part = bytes.subarray(from, from + rng.int(32))
    return joined(bytes.subarray(0, from), ...Array.from({ length: 1 + rng.int(8) }, () => part), bytes.subarray(from))
  },
  // a number in the place of another
  (bytes, rng) => {
    const at = rng.int(bytes.length + 1)
    return joined(bytes.subarray(0, at), HUGE[rng.int(HUGE.length)]!, bytes.subarray(at + rng.int(2)))
  },
  // a length that lies
  bytes => bytes.length < 2 ? bytes : joined(bytes.subarray(0, 1), Uint8Array.of(bytes[1]! + 1 & 0xff), bytes.subarray(2)),
  // the start of one with the end of another
  (bytes, rng, others) => {
    const other = others[rng.int(others.length)]!
    return joined(bytes.subarray(0, rng.int(bytes.length + 1)), other.subarray(rng.int(other.length + 1)))
  },
  // a field or frame of a kind that nobody knows
  (bytes, rng) => joined(Uint8Array.of(rng.int(128), rng.int(128)), bytes)
]

/** Random bytes, or one of the valid ones with up to three changes; one in eight has none. */
export function mutant (valid: readonly Uint8Array[], rng: Rng, maxBytes = 4_096): Uint8Array {
  const manner = rng.int(8)
  if (manner === 0) return rng.bytes(rng.int(MAX_RANDOM_BYTES))
  let bytes = valid[rng.int(valid.length)]!
  if (manner === 1) return bytes
  for (let i = 1 + rng.int(MAX_CHANGES); i > 0; i--) bytes = CHANGES[rng.int(CHANGES.length)]!(bytes, rng, valid)
  return bytes.length > maxBytes ? bytes.slice(0, maxBytes) : bytes
}

function changed (bytes: Uint8Array, rng: Rng, change: (byte: number) => number): Uint8Array {
  if (bytes.length === 0) return bytes
  const copy = bytes.slice()
  const at = rng.int(copy.length)
  copy[at] = change(copy[at]!)
  return copy
}
