import { serviceCapabilities, serviceDependencies } from '@libp2p/interface'
import { TypedEventEmitter } from 'main-event'
import { neutralScoring, openBans, optionalComponent } from '../../components.ts'
import { systemClock } from '../../util/clock.ts'
import { exposeCounters, exposeGauges } from '../../util/gauges.ts'
import { addressFacts } from '../../util/netgroup.ts'
import { expectTopic } from './expected-topic.ts'
import { Gathering } from './gathering.ts'
import { GossipGuardError } from './gossip-guard-error.ts'
import { GossipOpinion } from './gossip-opinion.ts'
import { isOpen } from './open-gossipsub.ts'
import { Recycler } from './recycler.ts'
import { tap } from './tap.ts'
import { SWEEP_MS, Watch } from './watch.ts'
import type { FloodRate } from './flood-meter.ts'
import type { GossipGuard, GossipGuardComponents, GossipGuardEvents, GossipGuardInit, GossipGuardSnapshot } from './index.ts'
import type { OpenGossipSub } from './open-gossipsub.ts'
import type { TopicTraffic } from './topic-score-params.ts'
import type { WatchCounts, WatchParts } from './watch.ts'
import type { Bans, Scoring } from '../../components.ts'
import type { Clock, Timer } from '../../util/clock.ts'
import type { PeerScoring } from '../scoring/index.ts'
import type { SubscriptionChangeData } from '@libp2p/gossipsub'
import type { Logger, PeerId } from '@libp2p/interface'

const MAX_RELAYS = 256
const DEFAULT_RATE: FloodRate = { perSecond: 400, burst: 400 }
const MAX_RATE = 1_000_000
const NOTHING_SEEN: WatchCounts = { messages: 0, limited: 0, denied: 0, unwanted: 0, invalid: 0, withheld: 0 }

type Ratings = Scoring & Partial<Pick<PeerScoring, 'useGossip'>>

/** What there is while it is started, on a gossipsub that can be watched. */
interface Watching {
  pubsub: OpenGossipSub
  gathering: Gathering
  watch: Watch
  opinion: GossipOpinion
  recycler: Recycler
}

export class GossipGuardService extends TypedEventEmitter<GossipGuardEvents> implements GossipGuard {
  readonly [Symbol.toStringTag] = '@peerkeep/gossip-guard'
  readonly [serviceCapabilities] = ['@peerkeep/gossip-guard']
  readonly [serviceDependencies] = ['@libp2p/pubsub']

  readonly #components: GossipGuardComponents
  readonly #clock: Clock
  #rate: FloodRate
  readonly #localAsPublic: boolean
  readonly #log: Logger
  readonly #relays = new Set<string>()
  #watching?: Watching
  #scoring: Ratings = neutralScoring
  #leave: Array<() => void> = []
  #sweeping?: Timer
  #recycled = 0

  constructor (components: GossipGuardComponents, { clock = systemClock, rate = DEFAULT_RATE, localAsPublic = false }: GossipGuardInit = {}) {
    super()
    this.#components = components
    this.#clock = clock
    this.#rate = checkedRate(rate)
    this.#localAsPublic = localAsPublic
    this.#log = components.logger.forComponent('peerkeep:gossip-guard')
  }

  /** Scoring, bans and pubsub may be created after this service. */
  beforeStart (): void {
    const { connectionManager, registrar, pubsub } = this.#components
    if (this.#watching != null) return
    if (!isOpen(pubsub)) {
      this.#log.error('the pubsub of this node is not the gossipsub of libp2p: what comes over it is neither limited nor scored')
      return
    }
    this.#scoring = this.#optional<Ratings>('scoring') ?? neutralScoring
    const recycler = new Recycler({ connectionManager, registrar, pubsub }, this.#clock, this.#log, this.#onRecycled)
    const watch = new Watch({
      pubsub,
      scoring: this.#scoring,
      bans: this.#optional<Bans>('bans') ?? openBans,
      pool: this.#optional<WatchParts['pool']>('pool'),
      clock: this.#clock,
      rate: this.#rate,
      log: this.#log,
      onLost: peer => { recycler.lost(peer) }
    })
    this.#watching = { pubsub, gathering: new Gathering(pubsub, this.#clock, this.#log), watch, opinion: new GossipOpinion(pubsub), recycler }
    const metrics = this.#optional<GossipGuardComponents['metrics']>('metrics')
    exposeCounters(metrics, 'gossip_guard', 'messages', 'what', () => ({ ...watch.counts }))
    exposeGauges(metrics, 'gossip_guard', () => this.#gauges())
  }

  start (): void {
    if (this.#watching == null) return
    const { pubsub, gathering, watch, opinion, recycler } = this.#watching
    recycler.start()
    watch.start()
    this.#leave = [gathering.start(), tap(pubsub, watch), opinion.start()]
    pubsub.addEventListener('subscription-change', this.#onSubscriptions)
    this.#scoring.useGossip?.(opinion.of)
    this.#sweeping = this.#clock.every(SWEEP_MS, () => { this.#sweep() })
  }

  stop (): void {
    if (this.#watching == null) return
    const { pubsub, watch, recycler } = this.#watching
    this.#sweeping?.cancel()
    this.#scoring.useGossip?.(undefined)
    pubsub.removeEventListener('subscription-change', this.#onSubscriptions)
    for (const leave of this.#leave.splice(0).toReversed()) leave()
    for (const ip of this.#relays) pubsub.score.params.IPColocationFactorWhitelist.delete(ip)
    this.#relays.clear()
    recycler.stop()
    watch.clear()
  }

  expect (topic: string, traffic: TopicTraffic): () => void {
    const { pubsub } = this.#components
    return isOpen(pubsub) ? expectTopic(pubsub, topic, traffic) : () => {}
  }

  get rate (): Readonly<FloodRate> {
    return { ...this.#rate }
  }

  setRate (rate: FloodRate): void {
    this.#rate = checkedRate(rate)
    this.#watching?.watch.setRate(this.#rate)
  }

  snapshot (): GossipGuardSnapshot {
    return { ...NOTHING_SEEN, ...this.#watching?.watch.counts, recycled: this.#recycled, gauges: this.#gauges() }
  }

  #gauges (): Record<string, number> {
    const { gathering, watch, opinion, recycler } = this.#watching ?? {}
    return { ...watch?.gauges, gathered: gathering?.size ?? 0, opinions: opinion?.size ?? 0, lost: recycler?.size ?? 0, relays: this.#relays.size }
  }

  #optional<T> (name: string): T | undefined {
    return optionalComponent<T>(this.#components, name)
  }

  readonly #onSubscriptions = ({ detail: { peerId } }: CustomEvent<SubscriptionChangeData>): void => {
    this.#watching?.recycler.heard(peerId.toString())
  }

  readonly #onRecycled = (peerId: PeerId): void => {
    this.#recycled++
    this.safeDispatchEvent('peer:recycled', { detail: { peerId } })
  }

  #sweep (): void {
    this.#watching?.recycler.sweep()
    this.#watching?.watch.sweep()
    this.#noteRelays()
  }

  /** Whoever comes through a relay has the relay's IP. */
  #noteRelays (): void {
    const shared = this.#watching?.pubsub.score.params.IPColocationFactorWhitelist
    // `getConnections()` copies what it has found so far for each peer, which at a thousand peers is 4 MB each time
    for (const { direct, remoteAddr } of [...this.#components.connectionManager.getConnectionsMap().values()].flat()) {
      if (shared == null || direct || this.#relays.size >= MAX_RELAYS) continue
      const { ip } = addressFacts(remoteAddr, { localAsPublic: this.#localAsPublic })
      if (ip == null || shared.has(ip)) continue
      shared.add(ip)
      this.#relays.add(ip)
    }
  }
}

function checkedRate ({ perSecond, burst }: FloodRate): FloodRate {
  for (const [name, value] of Object.entries({ perSecond, burst })) {
    if (!(value >= 1 && value <= MAX_RATE)) throw new GossipGuardError('GOSSIP_RATE_INVALID', `rate.${name} is ${value}, but must be a number from 1 to ${MAX_RATE}`, { details: { [name]: value } })
  }
  return { perSecond, burst }
}
