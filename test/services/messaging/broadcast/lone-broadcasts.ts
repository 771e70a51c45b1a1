import { TopicValidatorResult } from '@libp2p/gossipsub'
import { defaultLogger } from '@libp2p/logger'
import { Broadcasts } from '../../../../src/services/messaging/broadcast/broadcast.ts'
import { EventRegistry } from '../../../../src/services/messaging/events.ts'
import { seededRng } from '../../../../src/util/rng.ts'
import { ManualClock } from '../../../support/manual-clock.ts'
import { randomPeerId } from '../../../support/random-peer.ts'
import { StubRatings } from '../../gossip-guard/stub-ratings.ts'
import { TOPIC } from './broadcast-nodes.ts'
import type { BroadcastComponents } from '../../../../src/services/messaging/broadcast/broadcast.ts'
import type { Message, TopicValidatorFn } from '@libp2p/gossipsub'
import type { PeerId } from '@libp2p/interface'

export const START_MS = 1_750_000_000_000

const rng = seededRng(52)

/** Broadcasts without a network: what gossipsub would do is done by hand. */
export class LoneBroadcasts {
  readonly clock = new ManualClock(START_MS)
  readonly ratings = new StubRatings()
  readonly failures: unknown[] = []
  readonly connected = new Set<string>()
  readonly self = randomPeerId(rng)
  readonly registry: EventRegistry
  readonly broadcasts: Broadcasts
  readonly #pubsub = Object.assign(new EventTarget(), {
    globalSignaturePolicy: 'StrictSign',
    topicValidators: new Map<string, TopicValidatorFn>(),
    topics: new Set<string>(),
    subscribe (topic: string) { this.topics.add(topic) },
    unsubscribe (topic: string) { this.topics.delete(topic) },
    getTopics () { return [...this.topics] },
    publish: async () => ({ recipients: [] as PeerId[] })
  })

  constructor () {
    const { clock, ratings, connected, failures, self } = this
    const log = defaultLogger().forComponent('test')
    this.registry = new EventRegistry({ clock, log, onFailed: ({ error }) => { failures.push(error) }, onUnknown: () => {} })
    const components = {
      peerId: self,
      pubsub: this.#pubsub,
      connectionManager: { getConnections: (peerId: PeerId) => connected.has(peerId.toString()) ? [{}] : [] },
      scoring: ratings,
      gossipGuard: undefined
    }
    this.broadcasts = new Broadcasts(components as unknown as BroadcastComponents, { network: 'main', clock, rng, log }, this.registry)
    this.broadcasts.beforeStart()
    this.broadcasts.start()
  }

  /** What gossipsub is told to do with a message; what is accepted is handed on. */
  async receive (data: Uint8Array, { author = randomPeerId(rng), from = author }: { author?: PeerId, from?: PeerId } = {}): Promise<TopicValidatorResult> {
    const message = { type: 'signed', from: author, data, topic: TOPIC } as Message
    const verdict = await this.#pubsub.topicValidators.get(TOPIC)!(from, message)
    if (verdict === TopicValidatorResult.Accept) this.#pubsub.dispatchEvent(new CustomEvent('gossipsub:message', { detail: { msg: message, propagationSource: from } }))
    return verdict
  }

  /** Makes gossipsub fail, or say who took it. */
  publishes (publish: () => Promise<{ recipients: PeerId[] }>): void {
    this.#pubsub.publish = publish
  }
}

export function newPeer (): PeerId {
  return randomPeerId(rng)
}
