/** However small, it costs that much: so many files cannot be. */
export const LEAST_BYTES = 65_536

/** What a file that is coming may take of the folder. */
export class Grant {
  readonly #room: FolderRoom
  /** Bytes it may reach, or has. */
  total: number
  /** Bytes that are written. */
  written: number
  /** What it counts among what was seen in the folder. */
  seen: number
  ended = false

  constructor (room: FolderRoom, total: number, written: number) {
    this.#room = room
    this.total = total
    this.written = written
    this.seen = written === 0 ? 0 : cost(written)
  }

  /** Before bytes are written up to `end`; false when there is no room for them. */
  reach (end: number): boolean {
    if (end > this.total) {
      if (end - this.total > this.#room.free) return false
      this.total = end
    }
    this.written = Math.max(this.written, end)
    return true
  }

  end (): void {
    if (this.ended) return
    this.ended = true
    this.#room.ended(this)
  }
}

/** How much more fits into a folder, what is under way included. Pure: it is told what is in the folder. */
export class FolderRoom {
  readonly #maxBytes: number
  readonly #grants = new Set<Grant>()
  #bytes = 0

  constructor (maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  get free (): number {
    let free = this.#maxBytes - this.#bytes
    for (const { total, seen } of this.#grants) free -= Math.max(0, total - seen)
    return free
  }

  /** To be called before the folder is looked at; then what that returns, with the sizes of all its files. No `grant` in between. */
  measure (): (sizes: readonly number[]) => void {
    const before = [...this.#grants].map(grant => ({ grant, written: grant.written }))
    return sizes => {
      this.#bytes = sizes.reduce((sum, size) => sum + cost(size), 0)
      for (const { grant, written } of before) {
        grant.seen = cost(written)
        // maybe it was looked at before its last bytes came
        if (grant.ended) this.#bytes += cost(grant.written) - grant.seen
      }
    }
  }

  /** For a file of which `written` bytes are in the folder; its size may be unknown. Undefined when there is no room. */
  grant (size: number | undefined, written: number): Grant | undefined {
    const grant = new Grant(this, Math.max(cost(size ?? 0), written), written)
    if (grant.total - grant.seen > this.free) return undefined
    this.#grants.add(grant)
    return grant
  }

  /** By the grant itself. */
  ended (grant: Grant): void {
    this.#grants.delete(grant)
    this.#bytes += Math.max(0, cost(grant.written) - grant.seen)
  }
}

function cost (bytes: number): number {
  return Math.max(bytes, LEAST_BYTES)
}
