import { concat } from 'uint8arrays/concat'
import type { Rng } from '../../../../src/util/rng.ts'

/** Frames for the tests that write them by hand, well-formed or not, independent of `src`. */
export function frame (id: number, kind: number, payload: Uint8Array | string = ''): Uint8Array {
  const bytes = typeof payload === 'string' ? new TextEncoder().encode(payload) : payload
  const header = varint(id * 8 + kind)
  return join(varint(header.length + bytes.length), header, bytes)
}

/** LEB128 in as many bytes as it needs, or with `pad` more than that. */
export function varint (value: number, pad = 0): Uint8Array {
  const bytes: number[] = []
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    bytes.push(rest % 128)
    if (rest < 128) break
  }
  for (let i = 0; i < pad; i++) bytes.push(0)
  return Uint8Array.from(bytes, (byte, i) => i < bytes.length - 1 ? byte | 0x80 : byte)
}

export function join (...parts: Uint8Array[]): Uint8Array {
  return concat(parts)
}

/**
 * Bytes that an attacker might send to either side: plausible conversations with ids and kinds at random, then some of them
 * mutated, cut, repeated, or plain noise.
 */
export function fuzzedFrames (rng: Rng, count: number): Uint8Array[] {
  let nextId = 0
  const pick = <T>(...items: T[]): T => items[rng.int(items.length)] as T
  const plausible = (): Uint8Array => {
    const fresh = rng.int(3) > 0
    const id = fresh ? nextId : rng.int(nextId + 2)
    const kind = pick(0, 0, 0, 1, 1, 2, 3, rng.int(8))
    if (fresh && kind !== 3) nextId++
    return frame(id, kind, rng.bytes(pick(0, 1, 3, 100, rng.int(2_000), 16 * 1024)))
  }
  return Array.from({ length: count }, () => {
    const bytes = plausible()
    switch (rng.int(12)) {
      case 0:
        bytes[rng.int(bytes.length)] = rng.int(256)
        return bytes
      case 1:
        return bytes.slice(0, rng.int(bytes.length) + 1)
      case 2:
        return join(varint(rng.int(2 ** 31), rng.int(3)), rng.bytes(rng.int(20)))
      case 3:
        return rng.bytes(rng.int(64))
      default:
        return bytes
    }
  })
}
