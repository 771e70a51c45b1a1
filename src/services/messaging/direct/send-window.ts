/** How much of one priority may be on its way to one peer. */
export class SendWindow {
  readonly #limits: { messages: number, bytes: number }
  #messages = 0
  #bytes = 0

  constructor (limits: { messages: number, bytes: number }) {
    this.#limits = limits
  }

  /** One always has room, however long, when nothing else is on its way. */
  fits (bytes: number): boolean {
    return this.#messages === 0 || (this.#messages < this.#limits.messages && this.#bytes + bytes <= this.#limits.bytes)
  }

  take (bytes: number): void {
    this.#messages++
    this.#bytes += bytes
  }

  give (bytes: number): void {
    this.#messages--
    this.#bytes -= bytes
  }
}
