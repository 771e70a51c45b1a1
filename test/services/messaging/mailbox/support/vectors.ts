import { readFile } from 'node:fs/promises'
import { fromString } from 'uint8arrays/from-string'
import { seededRng } from '../../../../../src/util/rng.ts'
import type { Rng } from '../../../../../src/util/rng.ts'

export interface SealedVector {
  name: string
  senderSeed: string
  recipientSeed: string
  /** Of the prekey; absent for the recipient's own key. */
  prekeyIkm?: string
  message: string
  expiresMs: number
  id: string
  ephemeralIkm: string
  keyId: string
  info: string
  aad: string
  padded: string
  enc: string
  hex: string
}

export interface CardVector {
  name: string
  seed: string
  seq: number
  expiresMs: number
  prekeys: Array<{ id: string, publicKey: string, notAfterMs: number }>
  mailboxes: Array<{ peer: string, addresses: string[] }>
  hex: string
}

export interface Vectors {
  about: string
  keys: Array<{ seed: string, peerId: string, ed25519: string, x25519Public: string, x25519Private: string }>
  padding: Record<string, number>
  sealed: SealedVector[]
  cards: CardVector[]
  messages: Array<{ message: string, name: string, hex: string, value: object }>
  invalid: Array<{ what: 'card' | 'sealed', name: string, hex: string, flaw: string }>
}

export const VECTORS = new URL('../../../../../protocols/messaging/sealing-vectors.json', import.meta.url)

export async function readVectors (): Promise<Vectors> {
  return JSON.parse(await readFile(VECTORS, 'utf8')) as Vectors
}

export const bytesOf = (hex: string): Uint8Array => fromString(hex, 'base16')

/** Gives these bytes, one after the other. */
export function dealing (...all: Uint8Array[]): Rng {
  return { ...seededRng(0), bytes: length => {
    const next = all.shift()
    if (next?.byteLength !== length) throw new Error(`${length} bytes were asked for, ${next?.byteLength ?? 'none'} are next`)
    return next
  } }
}
