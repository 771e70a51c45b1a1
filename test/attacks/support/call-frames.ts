import { mutant } from './mutation.ts'
import type { Rng } from '../../../src/util/rng.ts'

/** Frames of `protocols/call`, as somebody writes them who need not keep to it. */

export const END = 0
export const MORE = 1
export const CANCEL = 3
export const MUX = '/peerkeep/mux/1.0.0'

export function varint (value: number): Uint8Array {
  const bytes: number[] = []
  for (; value >= 0x80; value = Math.floor(value / 128)) bytes.push(value & 0x7f | 0x80)
  return Uint8Array.from([...bytes, value])
}

/** Behind its length. */
export function plainFrame (message: Uint8Array): Uint8Array {
  return Uint8Array.from(Buffer.concat([varint(message.length), message]))
}

export function muxFrame (id: number, kind: number, payload: Uint8Array = new Uint8Array()): Uint8Array {
  return plainFrame(Uint8Array.from(Buffer.concat([varint(id * 8 + kind), payload])))
}

const MAX_ON_A_STREAM = 24
const KINDS = [END, END, END, END, MORE, CANCEL, 2, 4, 7]

/** What goes onto one stream of its own: some messages, each somehow broken, the frames around them mostly whole. */
export function brokenPlain (messages: readonly Uint8Array[], rng: Rng, atMost: number): Uint8Array[] {
  return Array.from({ length: 1 + rng.int(atMost) }, () => rng.int(3) === 0 ? mutant(messages.map(plainFrame), rng) : plainFrame(mutant(messages, rng)))
}

/** What goes onto one stream of many calls. The first broken frame is its last, so that is rarer than a broken message. */
export function brokenMux (messages: readonly Uint8Array[], rng: Rng): Uint8Array[] {
  return Array.from({ length: 1 + rng.int(MAX_ON_A_STREAM) }, (_, id) => {
    if (rng.int(64) === 0) return mutant([muxFrame(id, KINDS[rng.int(KINDS.length)]!, messages[rng.int(messages.length)])], rng)
    if (rng.int(64) === 0) return muxFrame(rng.int(id + 2), KINDS[rng.int(KINDS.length)]!, mutant(messages, rng))
    return muxFrame(id, END, mutant(messages, rng))
  })
}
