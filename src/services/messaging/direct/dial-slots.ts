/** Runs no more than so many at a time; the others wait in line. */
export class DialSlots {
  readonly #slots: number
  readonly #line: Array<() => void> = []
  #running = 0

  constructor (slots: number) {
    this.#slots = slots
  }

  get running (): number {
    return this.#running
  }

  get waiting (): number {
    return this.#line.length
  }

  async run<T> (work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#slots) await new Promise<void>(resolve => { this.#line.push(resolve) })
    else this.#running++
    try {
      return await work()
    } finally {
      // whoever is next takes the place over
      const next = this.#line.shift()
      if (next == null) this.#running--
      else next()
    }
  }
}
