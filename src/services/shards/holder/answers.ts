import { BoundedMap } from '../../../util/bounded-map.ts'
import { MAX_SKEW_MS } from '../model/request.ts'
import { MAX_ANSWERS, MAX_ANSWER_BYTES } from './constants.ts'
import type { Clock } from '../../../util/clock.ts'

interface Remembered {
  answer: Promise<Uint8Array>
  bytes: number
  untilMs: number
}

/** What was answered lately, so that a request that comes again gets the same and costs nothing. */
export class Answers {
  readonly #clock: Clock
  readonly #answers = new BoundedMap<string, Remembered>(MAX_ANSWERS)
  #bytes = 0

  constructor (clock: Clock) {
    this.#clock = clock
  }

  get gauges (): Record<string, number> {
    return { answers: this.#answers.size, answerBytes: this.#bytes }
  }

  /** By the hash of the request. Who asks meanwhile waits for the same answer. */
  async once (request: string, expiresMs: number, answer: () => Promise<Uint8Array>): Promise<Uint8Array> {
    const known = this.#answers.get(request)
    if (known != null) return await known.answer
    const entry: Remembered = { answer: answer(), bytes: 0, untilMs: expiresMs }
    this.#forgetOldest()
    this.#answers.set(request, entry)
    try {
      const bytes = await entry.answer
      if (this.#answers.get(request) === entry) {
        entry.bytes = bytes.byteLength
        this.#bytes += bytes.byteLength
        this.#trim()
      }
      return bytes
    } catch (err) {
      this.#delete(request)
      throw err
    }
  }

  /** Requests are refused after their time: nobody asks for these again. */
  sweep (): void {
    const nowMs = this.#clock.now()
    for (const [request, { untilMs }] of this.#answers) if (nowMs > untilMs + MAX_SKEW_MS) this.#delete(request)
  }

  clear (): void {
    this.#answers.clear()
    this.#bytes = 0
  }

  #forgetOldest (): void {
    if (this.#answers.size < MAX_ANSWERS) return
    const [oldest] = this.#answers
    if (oldest != null) this.#delete(oldest[0])
  }

  #trim (): void {
    for (const [request] of this.#answers) {
      if (this.#bytes <= MAX_ANSWER_BYTES) return
      this.#delete(request)
    }
  }

  #delete (request: string): void {
    const entry = this.#answers.get(request)
    if (entry == null) return
    this.#bytes -= entry.bytes
    this.#answers.delete(request)
  }
}
