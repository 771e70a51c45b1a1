/** Values by bits as `Target` has them; finds those that cover an IP by testing only the lengths in use. */
export class PrefixMap<V> {
  readonly #values = new Map<string, V>()
  /** How many there are of each length, shortest first. */
  #lengths: Array<{ length: number, count: number }> = []

  get size (): number {
    return this.#values.size
  }

  get (bits: string): V | undefined {
    return this.#values.get(bits)
  }

  values (): IterableIterator<V> {
    return this.#values.values()
  }

  set (bits: string, value: V): void {
    if (!this.#values.has(bits)) this.#count(bits.length, 1)
    this.#values.set(bits, value)
  }

  delete (bits: string): boolean {
    const had = this.#values.delete(bits)
    if (had) this.#count(bits.length, -1)
    return had
  }

  /** The value of the widest prefix that covers these bits, themselves included. */
  find (bits: string): V | undefined {
    for (const { length } of this.#lengths) {
      if (length > bits.length) return undefined
      const value = this.#values.get(bits.slice(0, length))
      if (value !== undefined) return value
    }
    return undefined
  }

  #count (length: number, by: number): void {
    const known = this.#lengths.find(other => other.length === length)
    if (known == null) {
      this.#lengths.push({ length, count: by })
      this.#lengths.sort((a, b) => a.length - b.length)
    } else if ((known.count += by) === 0) {
      this.#lengths = this.#lengths.filter(other => other !== known)
    }
  }
}
