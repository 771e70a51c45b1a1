import { sha256 } from '@noble/hashes/sha2.js'
import { HASH_BYTES } from './constants.ts'

const LEAF = 0
const NODE = 1

/**
 * The Merkle tree of RFC 9162, section 2.1.1, over a list that grows: here the SHA-256 of each chunk of a file. Keeps one
 * hash for each bit of the number of entries that is set.
 */
export class MerkleTree {
  #size = 0
  /** Roots of the complete trees that the list falls into, the largest first. */
  readonly #peaks: Uint8Array[] = []

  /** Throws `RangeError` when there are not as many peaks as a tree of that size has. */
  static restore (size: number, peaks: Uint8Array): MerkleTree {
    if (!Number.isSafeInteger(size) || size < 0 || peaks.byteLength !== bitsOf(size) * HASH_BYTES) {
      throw new RangeError(`${peaks.byteLength} bytes are no peaks of a tree of ${size}`)
    }
    const tree = new MerkleTree()
    tree.#size = size
    for (let at = 0; at < peaks.byteLength; at += HASH_BYTES) tree.#peaks.push(peaks.slice(at, at + HASH_BYTES))
    return tree
  }

  /** Entries. */
  get size (): number {
    return this.#size
  }

  /** What `restore` needs. */
  get peaks (): Uint8Array {
    const bytes = new Uint8Array(this.#peaks.length * HASH_BYTES)
    this.#peaks.forEach((peak, i) => { bytes.set(peak, i * HASH_BYTES) })
    return bytes
  }

  get root (): Uint8Array {
    const last = this.#peaks.at(-1)
    if (last == null) return sha256(new Uint8Array())
    return this.#peaks.slice(0, -1).reduceRight((right, left) => hash(NODE, left, right), last)
  }

  append (entry: Uint8Array): void {
    let peak = hash(LEAF, entry)
    // as many complete trees are joined as a carry runs when 1 is added
    for (let rest = this.#size; rest % 2 === 1; rest = Math.floor(rest / 2)) peak = hash(NODE, this.#peaks.pop() as Uint8Array, peak)
    this.#peaks.push(peak)
    this.#size++
  }

  clone (): MerkleTree {
    const tree = new MerkleTree()
    tree.#size = this.#size
    tree.#peaks.push(...this.#peaks)
    return tree
  }
}

function hash (kind: number, ...parts: Uint8Array[]): Uint8Array {
  const hasher = sha256.create().update(Uint8Array.of(kind))
  for (const part of parts) hasher.update(part)
  return hasher.digest()
}

function bitsOf (size: number): number {
  let bits = 0
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) bits += rest % 2
  return bits
}
