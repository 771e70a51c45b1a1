import { STALE_STREAM_MS, TICK_MS } from './constants.ts'
import type { Stream } from '@libp2p/interface'
import type { PoolContext } from './context.ts'

/**
 * libp2p's protocols of one short exchange. It leaves their streams open, after it has said all, until the remote closes
 * its side, which a remote need not do; autonat also waits half a minute for a request. Ours end by a deadline of their own.
 */
const UNTENDED: ReadonlySet<string> = new Set(['/ipfs/id/1.0.0', '/ipfs/id/push/1.0.0', '/libp2p/autonat/1.0.0', '/libp2p/dcutr'])

/** Of a stream that was replaced gossipsub only closes its own side, and goes on reading. */
const GOSSIP = /^\/(meshsub|floodsub)\//

/** Ends the inbound streams that nobody else ends. */
export class StaleStreams {
  readonly #context: PoolContext
  /** Since when it has been seen, monotonic milliseconds. */
  readonly #seen = new WeakMap<Stream, number>()

  constructor (context: PoolContext) {
    this.#context = context
  }

  start (): void {
    this.#context.timers.every(TICK_MS, () => this.#sweep())
  }

  #sweep (): void {
    const { peers, clock } = this.#context
    const nowMs = clock.monotonic()
    for (const { streams } of peers.all().flatMap(({ connections }) => connections)) {
      const inbound = streams.filter(({ direction }) => direction === 'inbound')
      const gossip = inbound.filter(({ protocol }) => GOSSIP.test(protocol))
      const current = gossip.pop()
      // it was replaced by one that is gone
      if (current != null) this.#seen.delete(current)
      for (const stream of inbound.filter(({ protocol }) => UNTENDED.has(protocol))) if (this.#isStale(stream, nowMs)) stream.abort(new Error('the remote has left it open for too long'))
      for (const stream of gossip) if (this.#isStale(stream, nowMs)) endReplaced(stream)
    }
  }

  #isStale (stream: Stream, nowMs: number): boolean {
    const seenMs = this.#seen.get(stream) ?? nowMs
    this.#seen.set(stream, seenMs)
    return nowMs - seenMs >= STALE_STREAM_MS
  }
}

/** Gossipsub takes an error of any stream for the loss of the peer, so it has to have read this one to its end first. */
function endReplaced (stream: Stream): void {
  stream.dispatchEvent(new Event('remoteCloseWrite'))
  stream.abort(new Error('it was replaced by a newer one'))
}
