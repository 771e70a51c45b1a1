import { BUCKET_SIZE } from './constants.ts'

/** Buckets of at most 32 peer ids. */
export class Table {
  readonly #buckets: string[][]
  #size = 0

  constructor (buckets: number) {
    this.#buckets = Array.from({ length: buckets }, () => [])
  }

  get size (): number {
    return this.#size
  }

  get capacity (): number {
    return this.#buckets.length * BUCKET_SIZE
  }

  get buckets (): ReadonlyArray<readonly string[]> {
    return this.#buckets
  }

  bucket (index: number): readonly string[] {
    return this.#buckets[index] ?? []
  }

  hasRoom (index: number): boolean {
    return this.bucket(index).length < BUCKET_SIZE
  }

  /** False, and nothing done, when the bucket is full. */
  add (index: number, id: string): boolean {
    if (!this.hasRoom(index)) return false
    this.#buckets[index]?.push(id)
    this.#size++
    return true
  }

  remove (index: number, id: string): void {
    const bucket = this.#buckets[index]
    const slot = bucket?.indexOf(id) ?? -1
    if (slot < 0) return
    bucket?.splice(slot, 1)
    this.#size--
  }
}
