import { createParser } from 'eventsource-parser'
import { send } from './client.ts'
import { asProblem } from './problem.ts'

/** What the node tells: `event` names it, `time` says when, the rest is of the kind. */
export interface LiveEvent {
  /** Absent of what is not kept. */
  eventId?: string
  event: string
  /** ISO 8601. */
  time: string
  [name: string]: unknown
}

/** `lost`: it tries again by itself. */
export type Link = { state: 'connecting' | 'live' } | { state: 'lost', detail: string }

export interface EventStreamInit {
  onEvent: (event: LiveEvent) => void
  onLink: (link: Link) => void
}

/** Everything that the node still knows. */
const OLDEST = 'oldest'
const FIRST_RETRY_MS = 1_000
const LAST_RETRY_MS = 15_000
/** The node tells its rates every second: one that is silent for so long is gone. */
const SILENCE_MS = 15_000

/** Reads the events of the node by `fetch`, as `EventSource` cannot send a token; goes on after the last one when cut off. */
export class EventStream {
  readonly #init: EventStreamInit
  #lastId?: string
  #failures = 0
  #retry?: ReturnType<typeof setTimeout>
  #abort?: AbortController

  constructor (init: EventStreamInit) {
    this.#init = init
  }

  start (): void {
    this.#init.onLink({ state: 'connecting' })
    this.tryNow()
  }

  stop (): void {
    clearTimeout(this.#retry)
    this.#abort?.abort()
  }

  /** Does not wait for the next try. */
  tryNow (): void {
    this.stop()
    const abort = this.#abort = new AbortController()
    this.#read(abort).catch((error: unknown) => {
      if (this.#abort === abort && !(abort.signal.aborted && abort.signal.reason !== SILENT)) this.#lost(asProblem(error).message)
    })
  }

  async #read (abort: AbortController): Promise<void> {
    let silence: ReturnType<typeof setTimeout> | undefined
    const heard = (): void => {
      clearTimeout(silence)
      silence = setTimeout(() => { abort.abort(SILENT) }, SILENCE_MS)
    }
    const parser = createParser({
      // also without an event: what was before it is known
      onId: id => { this.#lastId = id },
      onEvent: ({ id, data }) => {
        this.#init.onEvent({ ...JSON.parse(data) as LiveEvent, eventId: id })
      }
    })
    try {
      heard()
      const { body } = await send(`/v1/events?after=${encodeURIComponent(this.#lastId ?? OLDEST)}`, {
        headers: { accept: 'text/event-stream' },
        signal: abort.signal
      })
      if (body == null) throw new Error('The node sends no events')
      this.#failures = 0
      this.#init.onLink({ state: 'live' })
      const reader = body.pipeThrough(new TextDecoderStream()).getReader()
      while (true) {
        heard()
        const { done, value } = await reader.read().catch((cause: unknown) => {
          throw abort.signal.aborted ? cause : new Error('The connection broke off', { cause })
        })
        if (done) throw new Error('The node ended the connection')
        parser.feed(value)
      }
    } finally {
      clearTimeout(silence)
    }
  }

  #lost (detail: string): void {
    const waitMs = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.#failures++) * (0.75 + Math.random() / 4)
    this.#init.onLink({ state: 'lost', detail })
    this.#retry = setTimeout(() => { this.tryNow() }, waitMs)
  }
}

const SILENT = new Error('The node says nothing any more')
