import { BoundedMap } from '../../util/bounded-map.ts'
import { MAX_PACED_PEERS, OBSERVE_EVERY_MS } from './constants.ts'
import { charge } from './context.ts'
import { Link } from './link.ts'
import { Pace } from './pace.ts'
import { Tally } from './tally.ts'
import type { Connection, PeerId } from '@libp2p/interface'
import type { ProtocolsContext } from './context.ts'
import type { Protocol, ProtocolFault } from './definition.ts'

/** A connection that a protocol is called on. */
export interface KnownLink {
  readonly link: Link
  /** Of all connections to that peer. */
  readonly pace: Pace
  /** When scoring last heard of a good answer. */
  observedMs: number
}

/** The connections that one protocol is called on, and how that went. */
export class Links {
  readonly protocol: Protocol
  readonly tally = new Tally()
  readonly #context: ProtocolsContext
  readonly #links = new Map<Connection, KnownLink>()
  /** By peer: the other side counts by that, too. */
  readonly #paces = new BoundedMap<string, Pace>(MAX_PACED_PEERS)

  constructor (protocol: Protocol, context: ProtocolsContext) {
    this.protocol = protocol
    this.#context = context
  }

  get streams (): number {
    let streams = 0
    for (const { link } of this.#links.values()) streams += link.streams
    return streams
  }

  /** Entries of its bounded maps and queues. */
  get gauges (): { links: number, pacedPeers: number, waitingCalls: number, unsentBytes: number } {
    const gauges = { links: this.#links.size, pacedPeers: this.#paces.size, waitingCalls: 0, unsentBytes: 0 }
    for (const { link } of this.#links.values()) {
      gauges.waitingCalls += link.waiting
      gauges.unsentBytes += link.unsentBytes
    }
    for (const [, pace] of this.#paces) gauges.waitingCalls += pace.waiting
    return gauges
  }

  /** Ends all calls with this error, and forgets the connections. */
  stop (reason: Error): void {
    for (const { link } of this.#links.values()) link.abort(reason)
    for (const [, pace] of this.#paces) pace.stop(reason)
    this.#links.clear()
  }

  get (connection: Connection): KnownLink {
    const known = this.#links.get(connection)
    if (known != null) return known
    const link = new Link(connection, this.protocol, this.#context, (fault, evidence) => {
      // a stream that breaks off is nobody's fault
      if (fault !== 'reset') this.charge(connection.remotePeer, fault, evidence)
    })
    const added = { link, pace: this.#pace(connection.remotePeer), observedMs: -Infinity }
    this.#links.set(connection, added)
    connection.addEventListener('close', () => {
      if (this.#links.get(connection) === added) this.#links.delete(connection)
    }, { once: true })
    return added
  }

  charge (peerId: PeerId, fault: ProtocolFault, evidence?: Uint8Array): void {
    this.tally.faults[fault]++
    charge(this.#context, this.protocol.offences, peerId, fault, evidence)
  }

  /** The peer says that it is called too often. */
  slow (peerId: PeerId): void {
    this.#paces.get(peerId.toString())?.slow()
  }

  #pace (peerId: PeerId): Pace {
    const peer = peerId.toString()
    const pace = this.#paces.get(peer) ?? new Pace(this.protocol.rate, this.#context.clock)
    this.#paces.set(peer, pace)
    return pace
  }

  begin (): number {
    this.tally.calls++
    this.tally.active++
    return this.#context.clock.monotonic()
  }

  /** With whom it went well, if it did: scoring and the pool hear of that, once a second. @param waitedMs - before it was made */
  end (startMs: number, well?: KnownLink, bytes = 0, waitedMs = 0): void {
    const nowMs = this.#context.clock.monotonic()
    const tookMs = nowMs - startMs
    this.tally.active--
    this.tally.took(tookMs)
    this.#context.measure?.('called', this.protocol.ids[0], tookMs / 1000)
    if (well == null || nowMs - well.observedMs < OBSERVE_EVERY_MS) return
    well.observedMs = nowMs
    const { remotePeer } = well.link.connection
    this.#context.scoring.observe(remotePeer, { what: 'answer', tookMs: tookMs - waitedMs, bytes })
    this.#context.useful(remotePeer)
  }
}
