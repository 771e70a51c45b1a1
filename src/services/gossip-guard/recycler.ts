import { describeError } from '../../errors.ts'
import { timeoutSignal } from '../../util/clock.ts'
import type { Connection, Logger, PeerId, Stream } from '@libp2p/interface'
import type { ConnectionManager, Registrar } from '@libp2p/interface-internal'
import type { OpenGossipSub } from './open-gossipsub.ts'
import type { Clock } from '../../util/clock.ts'

export interface RecyclerComponents {
  connectionManager: ConnectionManager
  registrar: Registrar
  pubsub: OpenGossipSub
}

/** Sweeps that are waited for an answer before the next means is tried. */
const PATIENCE_SWEEPS = 2
const RECONNECT_TIMEOUT_MS = 5_000

/** `ignored`: something was lost. `closed`: its streams are. `reopened`: it is expected to tell its topics. */
interface Lost {
  stage: 'ignored' | 'closed' | 'reopened'
  waited: number
}

/**
 * Peers tell their topics once, when they open a stream. What a graylisted peer tells is lost, and when it is forgiven
 * nobody knows that it should be in the mesh. So its gossip streams are reset: js-libp2p and go-libp2p then open new ones
 * and tell again. Who does not is connected anew.
 */
export class Recycler {
  readonly #components: RecyclerComponents
  readonly #clock: Clock
  readonly #log: Logger
  readonly #onRecycled: (peerId: PeerId) => void
  readonly #lost = new Map<string, Lost>()
  #stopping = new AbortController()

  constructor (components: RecyclerComponents, clock: Clock, log: Logger, onRecycled: (peerId: PeerId) => void) {
    this.#components = components
    this.#clock = clock
    this.#log = log
    this.#onRecycled = onRecycled
  }

  /** Peers that are connected, and of whom something was lost. */
  get size (): number {
    return this.#lost.size
  }

  start (): void {
    this.#stopping = new AbortController()
  }

  stop (): void {
    this.#stopping.abort(new Error('the gossip guard stops'))
    this.#lost.clear()
  }

  /** The topics it told were ignored. */
  lost (peer: string): void {
    this.#lost.set(peer, { stage: 'ignored', waited: 0 })
  }

  /** It told its topics, and was heard. */
  heard (peer: string): void {
    this.#lost.delete(peer)
  }

  /** Once a second. */
  sweep (): void {
    for (const [peer, lost] of this.#lost) {
      const next = this.#next(peer, lost)
      if (next == null) this.#lost.delete(peer)
      else this.#lost.set(peer, next)
    }
  }

  /** What has become of it; undefined when there is nothing left to do. */
  #next (peer: string, lost: Lost): Lost | undefined {
    const { pubsub, connectionManager } = this.#components
    const peerId = pubsub.peers.get(peer)
    if (lost.stage === 'ignored') {
      if (peerId == null) return undefined
      return pubsub.getScore(peer) < pubsub.opts.scoreThresholds.graylistThreshold ? lost : this.#recycle(peerId)
    }
    const connection = connectionManager.getConnections(peerId).find(({ remotePeer, status }) => status === 'open' && remotePeer.toString() === peer)
    if (connection == null) return undefined
    if (lost.stage === 'closed' && peerId == null) return this.#reopen(connection)
    if (lost.waited < PATIENCE_SWEEPS) return { ...lost, waited: lost.waited + 1 }
    this.#reconnect(connection.remotePeer)
    return undefined
  }

  #recycle (peerId: PeerId): Lost | undefined {
    this.#onRecycled(peerId)
    const streams = this.#streamsOf(peerId)
    if (streams.length === 0) {
      this.#reconnect(peerId)
      return undefined
    }
    this.#log('%p is forgiven: its gossip streams are opened anew', peerId)
    for (const stream of streams) stream.abort(new Error('what it told before it was forgiven is lost'))
    return { stage: 'closed', waited: 0 }
  }

  /** Those it has opened: gossipsub forgets a peer when they break. */
  #streamsOf (peerId: PeerId): Stream[] {
    const { connectionManager, pubsub } = this.#components
    const streams = connectionManager.getConnections(peerId).flatMap(({ streams }) => streams)
    return streams.filter(({ direction, protocol }) => direction === 'inbound' && pubsub.protocols.includes(protocol))
  }

  /** As gossipsub itself does with peers it has connected to. */
  #reopen (connection: Connection): Lost {
    const { pubsub, registrar } = this.#components
    const topologies = new Set(pubsub.protocols.flatMap(protocol => registrar.getTopologies(protocol)))
    Promise.all([...topologies].map(async topology => topology.onConnect?.(connection.remotePeer, connection)))
      .catch((err: unknown) => { this.#log('could not open gossip streams to %p: %s', connection.remotePeer, describeError(err)) })
    return { stage: 'reopened', waited: 0 }
  }

  #reconnect (peerId: PeerId): void {
    this.#log('%p is forgiven: it is connected anew', peerId)
    this.#closeAndDial(peerId).catch((err: unknown) => {
      this.#log('%p could not be dialled, it has to come back by itself: %s', peerId, describeError(err))
    })
  }

  async #closeAndDial (peerId: PeerId): Promise<void> {
    const { connectionManager } = this.#components
    const { signal, clear } = timeoutSignal(this.#clock, RECONNECT_TIMEOUT_MS, this.#stopping.signal)
    try {
      await connectionManager.closeConnections(peerId, { signal })
      await connectionManager.openConnection(peerId, { signal })
    } finally {
      clear()
    }
  }
}
