import { Key } from 'interface-datastore'
import { StoredPayload } from '../pb/holder-store.ts'
import { PIECE_BYTES, PREFIX } from './constants.ts'
import type { Datastore } from 'interface-datastore'

const PAYLOADS = `${PREFIX}payload/`
const PIECES = `${PREFIX}piece/`
const NUMBER_DIGITS = 8
const BATCH_SIZE = 512

/** Encrypted payloads in the datastore, cut into pieces of one length; the last of what is there may be shorter. */
export class PayloadPieces {
  readonly #datastore: Datastore

  constructor (datastore: Datastore) {
    this.#datastore = datastore
  }

  /** All payloads by id. Pieces that belong to none, of a deletion that was broken off, are deleted. */
  async load (onDamaged: (id: string, err: unknown) => void): Promise<Map<string, StoredPayload>> {
    const found = new Map<string, StoredPayload>()
    for await (const { key, value } of this.#datastore.query({ prefix: PAYLOADS })) {
      const id = key.toString().slice(PAYLOADS.length)
      try {
        found.set(id, StoredPayload.decode(value))
      } catch (err) {
        onDamaged(id, err)
      }
    }
    let orphans: Key[] = []
    for await (const key of this.#datastore.queryKeys({ prefix: PIECES })) {
      const [id = ''] = key.toString().slice(PIECES.length).split('/')
      if (!found.has(id)) orphans.push(key)
      if (orphans.length < BATCH_SIZE) continue
      await this.#delete(orphans)
      orphans = []
    }
    await this.#delete(orphans)
    return found
  }

  /** Adds to what is there. `stored.received` is what will be there then. In one batch. */
  async append (id: string, stored: StoredPayload, data: Uint8Array): Promise<void> {
    let at = stored.received - data.byteLength
    const batch = this.#datastore.batch()
    for (let from = 0; from < data.byteLength;) {
      const number = Math.floor(at / PIECE_BYTES)
      const inPiece = at - number * PIECE_BYTES
      const part = data.subarray(from, from + PIECE_BYTES - inPiece)
      const piece = new Uint8Array(inPiece + part.byteLength)
      if (inPiece > 0) piece.set((await this.#piece(id, number)).subarray(0, inPiece))
      piece.set(part, inPiece)
      batch.put(pieceKey(id, number), piece)
      at += part.byteLength
      from += part.byteLength
    }
    batch.put(new Key(PAYLOADS + id, false), StoredPayload.encode(stored))
    await batch.commit()
  }

  /** The bytes from `from` to `to`, piece by piece. */
  async * read (id: string, from: number, to: number): AsyncGenerator<Uint8Array> {
    for (let at = from; at < to;) {
      const number = Math.floor(at / PIECE_BYTES)
      const start = number * PIECE_BYTES
      const end = Math.min(to, start + PIECE_BYTES)
      const piece = await this.#piece(id, number)
      if (piece.byteLength < end - start) throw new Error(`piece ${number} of payload ${id} has ${piece.byteLength} bytes`)
      yield piece.subarray(at - start, end - start)
      at = end
    }
  }

  /** The entry first: what is broken off leaves pieces of nothing, which `load` deletes. */
  async delete (id: string, received: number): Promise<void> {
    await this.#datastore.delete(new Key(PAYLOADS + id, false))
    const count = Math.ceil(received / PIECE_BYTES)
    for (let first = 0; first < count; first += BATCH_SIZE) {
      await this.#delete(Array.from({ length: Math.min(BATCH_SIZE, count - first) }, (_, i) => pieceKey(id, first + i)))
    }
  }

  async #piece (id: string, number: number): Promise<Uint8Array> {
    return await this.#datastore.get(pieceKey(id, number))
  }

  async #delete (keys: readonly Key[]): Promise<void> {
    if (keys.length === 0) return
    const batch = this.#datastore.batch()
    for (const key of keys) batch.delete(key)
    await batch.commit()
  }
}

function pieceKey (id: string, number: number): Key {
  return new Key(`${PIECES}${id}/${String(number).padStart(NUMBER_DIGITS, '0')}`, false)
}
