import { TopicValidatorResult } from '@libp2p/gossipsub'
import { toString } from 'uint8arrays/to-string'
import { neutralScoring, optionalComponent } from '../../../components.ts'
import { describeError } from '../../../errors.ts'
import { MessagingError } from '../messaging-error.ts'
import { Inspector } from './inspector.ts'
import { broadcastTopic, encodeBroadcast, ID_BYTES, MAX_AHEAD_MS, MAX_LIFETIME_MS, MAX_PAYLOAD_BYTES } from './message.ts'
import { SeenIds } from './seen-ids.ts'
import type { EventRegistry, Registration } from '../events.ts'
import type { BroadcastOptions, BroadcastVerdict, MessagingComponents, MessagingSnapshot } from '../index.ts'
import type { Accepted } from './inspector.ts'
import type { Scoring } from '../../../components.ts'
import type { Clock, Timer } from '../../../util/clock.ts'
import type { Rng } from '../../../util/rng.ts'
import type { GossipGuard } from '../../gossip-guard/index.ts'
import type { GossipSub, GossipsubMessage } from '@libp2p/gossipsub'
import type { Logger, PeerId } from '@libp2p/interface'

const DEFAULT_LIFETIME_MS = 60_000
/** Three minutes of as many as a neighbour may pass on. */
const MAX_SEEN = 65_536
const SWEEP_MS = 30_000
/** Handlers of one event that have not returned; what comes beyond is passed on, but not handed to it. */
const MAX_RUNNING = 256
/** Nobody knows how many there are. In scores it only matters whether they are fewer than a mesh has neighbours. */
const ASSUMED_SUBSCRIBERS = 50

const RESULTS: Record<BroadcastVerdict, TopicValidatorResult> = {
  accept: TopicValidatorResult.Accept,
  ignore: TopicValidatorResult.Ignore,
  reject: TopicValidatorResult.Reject
}

export type BroadcastComponents = Pick<MessagingComponents, 'peerId' | 'connectionManager' | 'pubsub'>

export interface BroadcastsInit {
  network: string
  clock: Clock
  rng: Rng
  log: Logger
}

/** Events over gossip: a topic for each, checked before it is passed on. */
export class Broadcasts {
  readonly #components: BroadcastComponents
  readonly #init: BroadcastsInit
  readonly #registry: EventRegistry
  readonly #seen = new SeenIds(MAX_SEEN)
  readonly #inspector: Inspector
  /** By topic: how to leave it. */
  readonly #topics = new Map<string, () => void>()
  #scoring: Scoring = neutralScoring
  // whoever stands in for it may not have that
  #guard?: Partial<Pick<GossipGuard, 'expect'>>
  #started = false
  #sweeping?: Timer
  /** By registration: handlers that have not returned. */
  readonly #running = new Map<Registration, number>()
  #published = 0
  #received = 0
  #overrun = 0

  constructor (components: BroadcastComponents, init: BroadcastsInit, registry: EventRegistry) {
    this.#components = components
    this.#init = init
    this.#registry = registry
    this.#inspector = new Inspector({ peerId: components.peerId, clock: init.clock, registry, seen: this.#seen, log: init.log, onInvalid: this.#onInvalid })
  }

  /** Scoring and the gossip guard may be created after this service. */
  beforeStart (): void {
    this.#scoring = optionalComponent<Scoring>(this.#components, 'scoring') ?? neutralScoring
    this.#guard = optionalComponent<Pick<GossipGuard, 'expect'>>(this.#components, 'gossipGuard')
  }

  /** When gossipsub has started: in `afterStart`. */
  start (): void {
    const { pubsub } = this.#components
    const { clock, log } = this.#init
    this.#started = true
    if (!this.#signs()) {
      log.error('no broadcasts: the gossipsub of this node does not sign its messages, so nobody could know who wrote one')
      return
    }
    this.#inspector.start()
    pubsub.addEventListener('gossipsub:message', this.#onMessage)
    this.#registry.listen({ added: this.#join, removed: this.#leave })
    for (const registration of this.#registry.registrations) this.#join(registration)
    this.#sweeping = clock.every(SWEEP_MS, () => { this.#seen.sweep(clock.now(), MAX_LIFETIME_MS + MAX_AHEAD_MS) })
  }

  /** While gossipsub is still there: in `beforeStop`. What has been seen is remembered. */
  stop (): void {
    this.#started = false
    this.#sweeping?.cancel()
    this.#registry.listen(undefined)
    for (const leave of this.#topics.values()) leave()
    this.#topics.clear()
    this.#components.pubsub.removeEventListener('gossipsub:message', this.#onMessage)
  }

  get gauges (): Record<string, number> {
    return { topics: this.#topics.size, seenBroadcasts: this.#seen.size, seenFloors: this.#seen.floors, runningBroadcasts: this.#runningTotal, ...this.#inspector.gauges }
  }

  snapshot (): MessagingSnapshot['broadcast'] {
    const { ignored, ...counts } = this.#inspector.counts
    return { published: this.#published, received: this.#received, ignored: ignored + this.#overrun, ...counts }
  }

  async broadcast (event: string, data: unknown, { expiresInMs = DEFAULT_LIFETIME_MS, allowNobody = false }: BroadcastOptions = {}): Promise<{ id: string, peers: number }> {
    const { clock, rng, network } = this.#init
    if (!this.#started) throw new MessagingError('MESSAGING_STOPPED', 'the node is not started: nothing can be broadcast')
    if (!this.#signs()) throw new MessagingError('MESSAGING_OPTION_INVALID', 'the gossipsub of this node does not sign its messages (globalSignaturePolicy: "StrictNoSign"), so nobody would take a broadcast: leave the option out')
    if (!(Number.isInteger(expiresInMs) && expiresInMs >= 1 && expiresInMs <= MAX_LIFETIME_MS)) throw new MessagingError('MESSAGING_OPTION_INVALID', `expiresInMs is ${expiresInMs}, but must be a whole number from 1 to ${MAX_LIFETIME_MS}`, { details: { event, expiresInMs } })
    const payload = this.#registry.encode(event, data)
    const { byteLength } = payload.bytes
    if (byteLength > MAX_PAYLOAD_BYTES) throw new MessagingError('MESSAGING_TOO_LARGE', `a broadcast of "${event}" has ${byteLength} bytes, ${MAX_PAYLOAD_BYTES} are allowed: send a file, or say where the data can be fetched`, { details: { event, bytes: byteLength } })
    const id = rng.bytes(ID_BYTES)
    const sentMs = clock.now()
    const peers = await this.#publish(broadcastTopic(network, event), encodeBroadcast({ id, payload, sentMs, expiresMs: sentMs + expiresInMs }))
    if (peers === 0 && !allowNobody) throw new MessagingError('MESSAGING_NOBODY', `no neighbour has registered "${event}", so nobody took the broadcast: connect to one that has, or set allowNobody`, { details: { event } })
    this.#published++
    return { id: toString(id, 'base16'), peers }
  }

  /** Resolves to the number of neighbours that it was sent to. */
  async #publish (topic: string, frame: Uint8Array): Promise<number> {
    const { pubsub, peerId } = this.#components
    try {
      const { recipients } = await pubsub.publish(topic, frame)
      return recipients.filter(recipient => !recipient.equals(peerId)).length
    } catch (err) {
      if (err instanceof Error && err.message === 'PublishError.NoPeersSubscribedToTopic') return 0
      if (!this.#started) throw new MessagingError('MESSAGING_STOPPED', 'the node was stopped before the broadcast was made', { cause: err })
      throw new MessagingError('MESSAGING_WRITE_FAILED', `gossipsub could not publish in ${topic}: ${describeError(err)}`, { cause: err, details: { topic } })
    }
  }

  get #runningTotal (): number {
    return [...this.#running.values()].reduce((sum, count) => sum + count, 0)
  }

  #signs (): boolean {
    return this.#components.pubsub.globalSignaturePolicy !== 'StrictNoSign'
  }

  readonly #join = (registration: Registration): void => {
    const { event, options: { broadcast = true, expectedPerSecond = 1 } } = registration
    if (!broadcast) return
    const { pubsub } = this.#components
    const topic = broadcastTopic(this.#init.network, event)
    const forget = this.#guard?.expect?.(topic, { messagesPerSecond: expectedPerSecond, peers: ASSUMED_SUBSCRIBERS })
    pubsub.topicValidators.set(topic, async (from, message) => RESULTS[await this.#inspector.inspect(registration, from, message)])
    pubsub.subscribe(topic)
    this.#topics.set(topic, () => {
      unsubscribe(pubsub, topic)
      pubsub.topicValidators.delete(topic)
      forget?.()
    })
  }

  readonly #leave = ({ event }: Registration): void => {
    const topic = broadcastTopic(this.#init.network, event)
    this.#topics.get(topic)?.()
    this.#topics.delete(topic)
  }

  readonly #onMessage = ({ detail: { msg } }: CustomEvent<GossipsubMessage>): void => {
    const accepted = this.#inspector.take(msg)
    if (accepted == null) return
    const { registration } = accepted.opened
    const running = this.#running.get(registration) ?? 0
    if (running >= MAX_RUNNING) {
      if (this.#overrun++ % MAX_RUNNING === 0) this.#init.log.error('%d handlers of broadcasts of "%s" have not returned: those that come are not handed to it until some have', running, registration.event)
      return
    }
    this.#received++
    this.#running.set(registration, running + 1)
    this.#run(accepted).catch((err: unknown) => { this.#init.log.error('a broadcast could not be handled: %s', describeError(err)) })
  }

  async #run ({ opened, context }: Accepted): Promise<void> {
    try {
      await this.#registry.run(opened, context)
    } finally {
      const { registration } = opened
      const left = (this.#running.get(registration) ?? 0) - 1
      if (left > 0) this.#running.set(registration, left)
      else this.#running.delete(registration)
    }
  }

  /** The author signed it, so it is no frame-up; but the score of one that is not connected means nothing, as names are free. */
  readonly #onInvalid = (author: PeerId, payload: Uint8Array): void => {
    if (this.#components.connectionManager.getConnections(author).length === 0) return
    this.#scoring.report(author, 'moderate', 'messaging:invalid', payload)
  }
}

/** Somebody may have done so before. */
function unsubscribe (pubsub: GossipSub, topic: string): void {
  if (pubsub.getTopics().includes(topic)) pubsub.unsubscribe(topic)
}
