import { describeError } from '../../errors.ts'
import { timeoutSignal } from '../../util/clock.ts'
import { RateLimiter } from '../../wire/rate-limiter.ts'
import { notify } from '../../wire/request.ts'
import { serve } from '../../wire/serve.ts'
import { GOODBYE_TIMEOUT_MS, MAX_REMEMBERED, SAY_GOODBYE_RATE } from './constants.ts'
import { goodbyeProtocol } from './goodbye.ts'
import { bestConnection } from './peers.ts'
import type { Logger, PeerId } from '@libp2p/interface'
import type { Offence } from '../../components.ts'
import type { Clock } from '../../util/clock.ts'
import type { NetgroupOptions } from '../../util/netgroup.ts'
import type { Server } from '../../wire/serve.ts'
import type { Goodbye, GoodbyeReason } from './goodbye.ts'
import type { PoolComponents } from './index.ts'
import type { PeerState, PeerTable } from './peers.ts'

const CLOSE_ROUNDS = 3

export interface FarewellInit {
  clock: Clock
  netgroups: NetgroupOptions
  log: Logger
  peers: PeerTable
  report (peerId: PeerId, offence: Offence, cause: string, evidence?: Uint8Array): void
  /** The remote has said goodbye. */
  onHeard (peer: PeerState): void
}

/** Parting with a reason, in both directions. */
export class Farewell {
  readonly #components: PoolComponents
  readonly #init: FarewellInit
  readonly #server: Server
  readonly #said: RateLimiter

  constructor (components: PoolComponents, init: FarewellInit) {
    this.#components = components
    this.#init = init
    this.#said = new RateLimiter({ ...SAY_GOODBYE_RATE, maxKeys: MAX_REMEMBERED, clock: init.clock })
    this.#server = serve(components, goodbyeProtocol, (goodbye, { peerId }) => {
      const peer = init.peers.get(peerId)
      if (peer == null || peer.goodbye != null) return
      peer.goodbye = { ...goodbye, by: 'remote' }
      init.onHeard(peer)
    }, { clock: init.clock, netgroups: init.netgroups, onFault: (peerId, fault, offence, evidence) => { if (offence != null) init.report(peerId, offence, `pool:${fault}`, evidence) } })
  }

  get gauges (): Record<string, number> {
    const { ratedPeers, ratedHosts, ratedSubnets } = this.#server.snapshot()
    return { ratedPeers, ratedHosts, ratedSubnets, goodbyeRates: this.#said.size }
  }

  async start (): Promise<void> {
    await this.#server.start()
  }

  async stop (): Promise<void> {
    await this.#server.stop()
  }

  /** Says why, unless the remote said goodbye first or has been told too often of late, then closes all its connections. */
  async part (peer: PeerState, reason: GoodbyeReason, retryAfterMs?: number): Promise<void> {
    const heard = peer.goodbye != null
    const goodbye = { reason, ...(retryAfterMs == null ? {} : { retryAfterMs }) }
    peer.goodbye ??= { ...goodbye, by: 'local' }
    if (!heard) await this.#say(peer, goodbye)
    // one may have been opened while the others were closed
    for (let round = 0; round < CLOSE_ROUNDS && this.#init.peers.get(peer.id) === peer; round++) {
      await this.#within(async signal => this.#components.connectionManager.closeConnections(peer.peerId, { signal }))
    }
  }

  /** Does not wait. */
  partSoon (peer: PeerState, reason: GoodbyeReason, retryAfterMs?: number): void {
    this.part(peer, reason, retryAfterMs).catch((err: unknown) => { this.#init.log.error('could not disconnect %p - %e', peer.peerId, err) })
  }

  async #say (peer: PeerState, goodbye: Goodbye): Promise<void> {
    const connection = bestConnection(peer)
    // it has been told why, if it comes back so soon
    if (connection?.status !== 'open' || !this.#said.take(peer.id)) return
    try {
      await this.#within(async signal => notify(connection, goodbyeProtocol, goodbye, { signal, clock: this.#init.clock }))
    } catch (err) {
      this.#init.log('goodbye (%s) to %p was not heard: %s', goodbye.reason, peer.peerId, describeError(err))
    }
  }

  async #within (work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const { signal, clear } = timeoutSignal(this.#init.clock, GOODBYE_TIMEOUT_MS)
    try {
      await work(signal)
    } finally {
      clear()
    }
  }
}
