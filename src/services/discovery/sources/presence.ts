import { TopicValidatorResult } from '@libp2p/gossipsub'
import { optionalComponent } from '../../../components.ts'
import { backoffMs } from '../../../util/backoff.ts'
import { sleep } from '../../../util/clock.ts'
import { hearsay, reachOfPeer, usableAddresses } from '../../../util/reach.ts'
import { RateLimiter } from '../../../wire/rate-limiter.ts'
import { RecentKeys } from '../recent-keys.ts'
import { until } from '../wait.ts'
import { decodePresence, presenceTopic } from './presence-message.ts'
import { SightingQueue } from './sighting-queue.ts'
import type { GossipSub, Message } from '@libp2p/gossipsub'
import type { Connection, PeerId } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { DiscoveryComponents, Source, SourceContext } from '../index.ts'

export interface PresenceInit {
  /** Presence is for the peers of one network. */
  network: string
  /** The first telling comes within this time, so that nodes which start together do not shout together; 0 is at once. @default 20_000 */
  firstWithinMs?: number
}

export type PresenceComponents = Pick<DiscoveryComponents, 'addressBook' | 'addressManager' | 'connectionManager' | 'events' | 'peerId' | 'pex'>

const DEFAULT_FIRST_WITHIN_MS = 20_000
const TELL_EVERY_MS = 600_000
const RETRY = { minMs: 1_000, maxMs: 60_000 }
const AUTHOR_WINDOW_MS = 60_000
const MAX_AUTHORS = 4_096
const MAX_QUEUED = 256
/** From one neighbour, who passes on what others tell: of a network of 30,000 there are 50 a second. */
const FORWARDER_RATE = { perSecond: 50, burst: 500 }

/**
 * Peers that gossip tells of: every node publishes the record that peer exchange tells of it when it joins and then
 * about every 10 minutes. The wire contract is in `protocols/discovery/`. Uses the optional component `pubsub`
 * (gossipsub with signed messages) and ends without it.
 */
export function presence ({ network, firstWithinMs = DEFAULT_FIRST_WITHIN_MS }: PresenceInit): (components: PresenceComponents) => Source {
  const topic = presenceTopic(network)
  return (components) => ({
    name: 'presence',
    async * find (context) {
      const pubsub = optionalComponent<GossipSub>(components, 'pubsub')
      if (pubsub == null || pubsub.globalSignaturePolicy === 'StrictNoSign') {
        context.log('no gossip presence: this node has no pubsub that signs its messages')
        return
      }
      const { addressManager, events, pex } = components
      const stopped = new AbortController()
      const signal = AbortSignal.any([context.signal, stopped.signal])
      const queue = new SightingQueue(MAX_QUEUED)
      pubsub.topicValidators.set(topic, validator(components, context, queue))
      pubsub.subscribe(topic)
      const telling = tell({ addressManager, events, pex }, pubsub, topic, firstWithinMs, { ...context, signal })
      try {
        yield * queue.take(signal)
      } finally {
        stopped.abort()
        await telling
        pubsub.topicValidators.delete(topic)
        pubsub.unsubscribe(topic)
      }
    }
  })
}

/** Publishes until the signal aborts. Never rejects. */
async function tell ({ addressManager, events, pex }: Pick<PresenceComponents, 'addressManager' | 'events' | 'pex'>, pubsub: GossipSub, topic: string, firstWithinMs: number, { clock, rng, log, signal }: SourceContext): Promise<void> {
  const ready = (): boolean => pubsub.getSubscribers(topic).length > 0 && addressManager.getAddresses().length > 0
  // peer exchange has told the neighbours already
  if (firstWithinMs > 0) await sleep(clock, rng.float() * firstWithinMs, signal).catch(() => { log('presence stopped before it began') })
  for (let failures = 0; !signal.aborted;) {
    try {
      await until(ready, signal, [pubsub, 'subscription-change'], [events, 'self:peer:update'])
      const { recipients } = await pubsub.publish(topic, await pex.ownRecord())
      log('told %d peers that this node is here', recipients.length)
      // none: gossipsub knows of a subscription before it has a stream to the subscriber
      failures = recipients.length > 0 ? 0 : failures + 1
    } catch (err) {
      if (signal.aborted) return
      failures++
      log.error('could not publish the presence of this node - %e', err)
    }
    const waitMs = failures > 0 ? backoffMs(failures, RETRY, rng) : TELL_EVERY_MS * (0.9 + rng.float() / 5)
    await sleep(clock, waitMs, signal).catch(() => { log('presence stopped') })
  }
}

/** Queues what it accepts. Rejects only what no honest peer of any version sends. */
function validator ({ addressBook, connectionManager, peerId }: PresenceComponents, { clock, log }: SourceContext, queue: SightingQueue) {
  const authors = new RecentKeys({ clock, windowMs: AUTHOR_WINDOW_MS, maxKeys: MAX_AUTHORS })
  const forwarders = new RateLimiter({ ...FORWARDER_RATE, clock })
  return async (from: PeerId, message: Message): Promise<TopicValidatorResult> => {
    // gossipsub has checked that the author signed the message
    if (message.type !== 'signed' || message.from.equals(peerId)) return TopicValidatorResult.Ignore
    // no offence: whoever passes it on has not made it
    if (!forwarders.take(from.toString())) return TopicValidatorResult.Ignore
    if (!authors.claim(message.from.toString())) return TopicValidatorResult.Ignore
    const presence = await decodePresence(message.data, message.from)
    if (presence.verdict !== 'accept') {
      const verdict = presence.verdict === 'reject' && !from.equals(message.from) ? presence.forwarded : presence.verdict
      log('%s the presence of %p that came from %p: %s', verdict, message.from, from, presence.why)
      return verdict === 'reject' ? TopicValidatorResult.Reject : TopicValidatorResult.Ignore
    }
    const { peerId: author, seq, bytes: record, multiaddrs: signed } = presence.record
    const source = remoteAddress(connectionManager.getConnections(from))
    const isOwn = from.equals(author)
    const told = isOwn ? signed : hearsay(signed, addressBook.get(author)?.multiaddrs)
    const multiaddrs = usableAddresses(told, source == null ? 2 : reachOfPeer(source))
    // whoever brought it must be there to vouch for it, or it would count as the author's own word to this node
    const vouched = source != null || from.equals(message.from)
    if (vouched && multiaddrs.length > 0) queue.push({ peerId: author, multiaddrs, record, seq, ...source == null || isOwn ? {} : { toldBy: source } })
    return TopicValidatorResult.Accept
  }
}

/** Of a direct connection, if there is one. */
function remoteAddress (connections: Connection[]): Multiaddr | undefined {
  return (connections.find(({ direct }) => direct) ?? connections[0])?.remoteAddr
}
