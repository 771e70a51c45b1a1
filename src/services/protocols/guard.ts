import { WireAbortedError, WireRateLimitedError } from '../../wire/errors.ts'
import { meterStream } from '../../wire/plain/stream-meter.ts'
import { Admission } from './admission.ts'
import { MAX_OUTBOUND_STREAMS } from './constants.ts'
import { charge } from './context.ts'
import { checkId, checkNumber } from './define.ts'
import { ProtocolError } from './errors.ts'
import type { Connection, Stream, StreamHandler } from '@libp2p/interface'
import type { Registrar } from '@libp2p/interface-internal'
import type { ProtocolsContext } from './context.ts'
import type { GuardOptions } from './index.ts'
import type { Tally } from './tally.ts'

const DEFAULT_RATE = { perSecond: 10, burst: 20 }

/** A raw libp2p handler behind rates and limits. */
export class GuardedHandler {
  readonly id: string
  readonly options: Required<Omit<GuardOptions, 'offences'>>
  readonly #admission: Admission
  readonly tally: Tally
  readonly #context: ProtocolsContext
  readonly #handler: StreamHandler
  readonly #offences: { 'rate-limited'?: NonNullable<GuardOptions['offences']>['rate-limited'], oversize?: NonNullable<GuardOptions['offences']>['oversize'] }
  readonly #streams = new Set<Stream>()
  #registrar?: Registrar

  /** Throws `PROTOCOL_DEFINITION_INVALID`. */
  constructor (id: string, handler: StreamHandler, options: GuardOptions, tally: Tally, context: ProtocolsContext) {
    const { rate = DEFAULT_RATE, maxInboundStreams = 32, idleMs = 60_000, maxBytes = Infinity, offences, runOnLimitedConnection = false } = options
    checkId(id)
    checkNumber('rate.perSecond', rate.perSecond, 0, 1e9, false)
    checkNumber('rate.burst', rate.burst, 1, 1e9, false)
    checkNumber('maxInboundStreams', maxInboundStreams, 1, 65_536, true)
    checkNumber('idleMs', idleMs, 1, 86_400_000, false)
    checkNumber('maxBytes', maxBytes, 0, Infinity, false)
    this.id = id
    this.options = { rate, maxInboundStreams, idleMs, maxBytes, runOnLimitedConnection }
    this.#offences = { 'rate-limited': 'minor', oversize: 'severe', ...offences }
    this.#admission = new Admission({ rate, offences: this.#offences }, tally, context)
    this.tally = tally
    this.#handler = handler
    this.#context = context
  }

  get streams (): number {
    return this.#streams.size
  }

  get gauges (): Admission['gauges'] {
    return this.#admission.gauges
  }

  async listen (registrar: Registrar): Promise<void> {
    const { maxInboundStreams, runOnLimitedConnection } = this.options
    try {
      await registrar.handle(this.id, this.#onStream, { maxInboundStreams, maxOutboundStreams: MAX_OUTBOUND_STREAMS, runOnLimitedConnection })
    } catch (err) {
      if (!(err instanceof Error) || err.name !== 'DuplicateProtocolHandlerError') throw err
      throw new ProtocolError('PROTOCOL_ALREADY_HANDLED', `${this.id}: there is a handler for it already; take that back first`, { cause: err })
    }
    this.#registrar = registrar
  }

  async close (): Promise<void> {
    const registrar = this.#registrar
    this.#registrar = undefined
    try {
      await registrar?.unhandle(this.id)
    } finally {
      this.abort()
    }
  }

  /** What is going on. */
  abort (): void {
    for (const stream of this.#streams) stream.abort(new WireAbortedError(`${this.id} is no longer served`))
  }

  readonly #onStream = async (stream: Stream, connection: Connection): Promise<void> => {
    const { remotePeer } = connection
    const refusal = this.#registrar == null ? 'stopped' : this.#admission.refuse(connection)
    if (refusal != null) {
      stream.abort(new WireRateLimitedError(`${remotePeer.toString()} may not use ${this.id} now: ${refusal}`))
      return
    }
    const { clock } = this.#context
    const startMs = clock.monotonic()
    this.tally.calls++
    this.tally.active++
    this.#streams.add(stream)
    const end = (): void => {
      if (!this.#streams.delete(stream)) return
      this.tally.active--
      this.tally.took(clock.monotonic() - startMs)
    }
    stream.addEventListener('close', end, { once: true })
    const { idleMs, maxBytes } = this.options
    meterStream(stream, {
      clock,
      idleMs,
      maxBytes,
      onOversize: evidence => {
        this.tally.faults.oversize++
        charge(this.#context, this.#offences, remotePeer, 'oversize', evidence)
      }
    })
    try {
      await this.#handler(stream, connection)
    } catch (err) {
      this.tally.failed++
      // libp2p resets the stream and logs it
      throw err
    }
  }
}
