import { BoundedMap } from '../../../util/bounded-map.ts'
import { messagingStore } from '../messaging-store.ts'
import { StoredFile } from '../pb/file-store.ts'
import { CHECKPOINT_MS, CHUNK_BYTES, MAX_CHECKPOINT_AGE_MS, MAX_CHECKPOINTS } from './constants.ts'
import { MerkleTree } from './merkle-tree.ts'
import type { Logger } from '@libp2p/interface'
import type { Datastore } from 'interface-datastore'
import type { Clock } from '../../../util/clock.ts'
import type { WriteBehind } from '../../../util/write-behind.ts'
import type { FileResult } from './contract.ts'

const PREFIX = '/peerkeep/messaging/files/'

interface Checkpoint {
  tree: MerkleTree
  bytes: number
  finished: boolean
  updatedMs: number
}

/** How far files have come, by peer and id, over restarts; and for a while which have come whole. The oldest are forgotten first. */
export class Checkpoints {
  readonly #clock: Clock
  readonly #entries = new BoundedMap<string, Checkpoint>(MAX_CHECKPOINTS)
  readonly #store: WriteBehind

  constructor (parts: { datastore: Datastore, clock: Clock, log: Logger }) {
    this.#clock = parts.clock
    this.#store = messagingStore(parts, {
      flushIntervalMs: CHECKPOINT_MS,
      prefix: PREFIX,
      what: 'files on their way',
      encode: name => this.#encode(name)
    })
  }

  get size (): number {
    return this.#entries.size
  }

  /** Rejects with `MESSAGING_LOAD_FAILED`. */
  async load (): Promise<void> {
    const found: Array<[string, Checkpoint]> = []
    for await (const { name, value } of this.#store.load()) {
      const checkpoint = decode(value)
      if (checkpoint == null || checkpoint.updatedMs < this.#clock.now() - MAX_CHECKPOINT_AGE_MS) this.#store.mark(name)
      else found.push([name, checkpoint])
    }
    found.sort(([, a], [, b]) => a.updatedMs - b.updatedMs)
    for (const [name, checkpoint] of found) this.#set(name, checkpoint)
  }

  start (): void {
    this.#store.start()
  }

  async stop (): Promise<void> {
    await this.#store.stop()
  }

  /** What was checked and written before; a copy. */
  partial (key: string): { tree: MerkleTree, bytes: number } | undefined {
    const entry = this.#entries.get(key)
    return entry == null || entry.finished ? undefined : { tree: entry.tree.clone(), bytes: entry.bytes }
  }

  finished (key: string): FileResult | undefined {
    const entry = this.#entries.get(key)
    return entry?.finished === true ? { bytes: entry.bytes, root: entry.tree.root } : undefined
  }

  update (key: string, tree: MerkleTree, bytes: number, finished = false): void {
    this.#set(key, { tree, bytes, finished, updatedMs: this.#clock.now() })
    this.#store.mark(key)
  }

  forget (key: string): void {
    this.#entries.delete(key)
    this.#store.mark(key)
  }

  /** Resolves when everything so far is in the datastore. */
  async flush (): Promise<void> {
    await this.#store.flush()
  }

  #set (key: string, checkpoint: Checkpoint): void {
    const [oldest] = this.#entries.size >= MAX_CHECKPOINTS && this.#entries.get(key) == null ? [...this.#entries].slice(0, 1) : []
    this.#entries.set(key, checkpoint)
    if (oldest != null) this.#store.mark(oldest[0])
  }

  #encode (name: string): Uint8Array | undefined {
    const entry = this.#entries.get(name)
    if (entry == null) return undefined
    const { tree, bytes, finished, updatedMs } = entry
    return StoredFile.encode({ chunks: tree.size, bytes, peaks: tree.peaks, finished, updatedMs })
  }
}

function decode (value: Uint8Array): Checkpoint | undefined {
  try {
    const { chunks, bytes, peaks, finished, updatedMs } = StoredFile.decode(value)
    if (Math.ceil(bytes / CHUNK_BYTES) !== chunks) return undefined
    return { tree: MerkleTree.restore(chunks, peaks), bytes, finished, updatedMs }
  } catch {
    // of another version, or damaged: the file is sent from the start
    return undefined
  }
}
