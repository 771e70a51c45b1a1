import { describeError } from '../../errors.ts'
import { WireOversizeError } from '../../wire/errors.ts'
import { charge } from './context.ts'
import { evidenceOf, faultOf, ProtocolFailure } from './errors.ts'
import type { PeerId } from '@libp2p/interface'
import type { IncomingCall } from '../../wire/mux/server.ts'
import type { ProtocolsContext } from './context.ts'
import type { Protocol, ProtocolFault } from './definition.ts'
import type { Tally } from './tally.ts'

/** What becomes of calls that go wrong, and how all of them are counted. */
export class Serving {
  readonly protocol: Protocol
  readonly context: ProtocolsContext
  readonly tally: Tally

  constructor (protocol: Protocol, tally: Tally, context: ProtocolsContext) {
    this.protocol = protocol
    this.tally = tally
    this.context = context
  }

  /** A handler begins. */
  begin (): number {
    this.tally.calls++
    this.tally.active++
    return this.context.clock.monotonic()
  }

  /** It has ended. */
  end (startMs: number): void {
    const tookMs = this.context.clock.monotonic() - startMs
    this.tally.active--
    this.tally.took(tookMs)
    this.context.measure?.('served', this.protocol.ids[0], tookMs / 1000)
  }

  fault (peerId: PeerId, fault: ProtocolFault, evidence?: Uint8Array): void {
    this.tally.faults[fault]++
    charge(this.context, this.protocol.offences, peerId, fault, evidence)
  }

  /** Throws `WireOversizeError`, or what the codec throws: this side's mistakes. */
  encode (value: unknown): Uint8Array {
    const { response, maxResponseBytes, ids: [id] } = this.protocol
    const bytes = response.encode(value)
    if (bytes.byteLength > maxResponseBytes) throw new WireOversizeError(`the answer is ${bytes.byteLength} bytes, ${id} allows ${maxResponseBytes}`)
    return bytes
  }

  /** What the caller sent cannot be used: it is told, and charged. */
  refuse (call: IncomingCall, err: unknown, peerId: PeerId): void {
    const fault = faultOf(err)
    if (fault == null) {
      this.fail(call, err, peerId)
      return
    }
    call.fail(fault, err instanceof Error ? err.message : '')
    this.fault(peerId, fault, evidenceOf(err) ?? call.payload.slice(0, 512))
  }

  /** The handler failed: the caller hears no more than the handler wanted to say. */
  fail (call: IncomingCall, err: unknown, peerId: PeerId): void {
    // one that gave up because nobody waits any more did well
    if (call.signal.aborted) return
    this.tally.failed++
    if (err instanceof ProtocolFailure) {
      call.fail(err.code, err.message)
      return
    }
    this.context.log.error('the handler of %s failed for %s: %s', this.protocol.ids[0], peerId.toString(), describeError(err))
    call.fail('internal', '')
  }
}
