/** An entry that stands in the way of others. */
export interface DueTest {
  /** The entry to test. */
  readonly id: string
  /** Who gets its place in `tried` when it fails. */
  readonly newcomer?: string
}

/** The entries to test before anybody takes their place: at most one for each bucket, so never more than there are buckets. */
export class TestsDue {
  readonly #due = new Map<string, DueTest>()

  get size (): number {
    return this.#due.size
  }

  has (bucket: string): boolean {
    return this.#due.has(bucket)
  }

  add (bucket: string, test: DueTest): void {
    if (!this.#due.has(bucket)) this.#due.set(bucket, test)
  }

  /** Ends the test of this entry, if it is the one under test in its bucket. */
  end (bucket: string, id: string): DueTest | undefined {
    const test = this.#due.get(bucket)
    if (test?.id !== id) return undefined
    this.#due.delete(bucket)
    return test
  }

  /** The first that is ready; it goes to the back, so that one nobody can test does not hold up the others. */
  next (isReady: (id: string) => boolean): string | undefined {
    for (const [bucket, test] of this.#due) {
      if (!isReady(test.id)) continue
      this.#due.delete(bucket)
      this.#due.set(bucket, test)
      return test.id
    }
    return undefined
  }
}
