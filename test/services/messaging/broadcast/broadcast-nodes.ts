import { defaultLogger } from '@libp2p/logger'
import * as z from 'zod'
import { gossipGuard, gossipScoring } from '../../../../src/services/gossip-guard/index.ts'
import { Broadcasts } from '../../../../src/services/messaging/broadcast/broadcast.ts'
import { broadcastTopic } from '../../../../src/services/messaging/broadcast/message.ts'
import { EventRegistry } from '../../../../src/services/messaging/events.ts'
import { systemClock } from '../../../../src/util/clock.ts'
import { systemRng } from '../../../../src/util/rng.ts'
import { eventually } from '../../../support/eventually.ts'
import { acquainted, gossipNode, hears, meshes } from '../../../support/gossip-node.ts'
import { StubRatings } from '../../gossip-guard/stub-ratings.ts'
import { stopAll } from '../../../support/stop-all.ts'
import type { GossipsubOpts } from '@libp2p/gossipsub'
import type { GossipGuard, GossipGuardInit } from '../../../../src/services/gossip-guard/index.ts'
import type { BroadcastComponents } from '../../../../src/services/messaging/broadcast/broadcast.ts'
import type { EventSchema, MessageContext, OnOptions } from '../../../../src/services/messaging/index.ts'
import type { Clock } from '../../../../src/util/clock.ts'
import type { GossipNode } from '../../../support/gossip-node.ts'

export const EVENT = 'order:new'
export const TOPIC = broadcastTopic('main', EVENT)
export const Order = z.object({ item: z.string() })

export interface Heard {
  data: unknown
  context: MessageContext
}

/** A libp2p node with gossipsub, its guard and the broadcasts of messaging. */
export interface BroadcastNode extends GossipNode {
  registry: EventRegistry
  broadcasts: Broadcasts
  guard: GossipGuard
  /** What it thinks of others. */
  ratings: StubRatings
  /** What handlers have thrown. */
  failures: unknown[]
  heard: Heard[]
  /** Registers the event with a handler that notes what it hears. */
  listen (init?: { event?: string, schema?: EventSchema<any>, options?: OnOptions<any> }): () => void
}

export interface BroadcastNodeInit {
  network?: string
  clock?: Clock
  gossip?: Partial<GossipsubOpts>
  guard?: GossipGuardInit
}

/** Nodes on the memory transport. */
export class BroadcastNodes {
  #seed: number
  readonly #nodes: GossipNode[] = []

  constructor (seed: number) {
    this.#seed = seed
  }

  async end (): Promise<void> {
    await stopAll(this.#nodes.splice(0))
  }

  /** One that speaks gossip, and nothing of ours. */
  readonly bare = async (gossip?: Partial<GossipsubOpts>): Promise<GossipNode> => {
    const node = await gossipNode({ seed: this.#seed++, gossip: { heartbeatInterval: 200, ...gossip } })
    this.#nodes.push(node)
    return node
  }

  readonly node = async ({ network = 'main', clock = systemClock, gossip, guard }: BroadcastNodeInit = {}): Promise<BroadcastNode> => {
    const ratings = new StubRatings()
    const failures: unknown[] = []
    const heard: Heard[] = []
    const log = defaultLogger().forComponent('test')
    const registry = new EventRegistry({ clock, log, onFailed: ({ error }) => { failures.push(error) }, onUnknown: () => {} })
    let broadcasts: Broadcasts | undefined
    const node = await gossipNode({
      seed: this.#seed++,
      gossip: { heartbeatInterval: 200, ...gossip, ...gossipScoring(() => ratings, gossip) },
      services: {
        scoring: () => ratings,
        bans: () => ratings,
        pool: () => ratings,
        gossipGuard: gossipGuard(guard),
        broadcasts: (components: BroadcastComponents) => {
          const made = broadcasts = new Broadcasts(components, { network, clock, rng: systemRng, log }, registry)
          return {
            beforeStart: () => { made.beforeStart() },
            start: () => {},
            afterStart: () => { made.start() },
            beforeStop: () => { made.stop() },
            stop: () => {}
          }
        }
      }
    })
    this.#nodes.push(node)
    return Object.assign(node, {
      registry,
      broadcasts: broadcasts!,
      guard: (node.services as unknown as { gossipGuard: GossipGuard }).gossipGuard,
      ratings,
      failures,
      heard,
      listen: ({ event = EVENT, schema = Order, options }: { event?: string, schema?: EventSchema<any>, options?: OnOptions<any> } = {}) =>
        registry.on(event, schema, (data, context) => { heard.push({ data, context }) }, options)
    })
  }

  /** One that listens. */
  readonly listener = async (init?: BroadcastNodeInit, options?: OnOptions<any>): Promise<BroadcastNode> => {
    const node = await this.node(init)
    node.listen({ options })
    return node
  }
}

/** Connects them, and waits until they are in each other's mesh. */
export async function meshed (a: GossipNode, b: GossipNode, topic = TOPIC): Promise<void> {
  await acquainted(b, a)
  await eventually('the mesh', () => meshes(a, b, topic) && meshes(b, a, topic))
}

/** Connects one that does not listen to one that does. */
export async function inReach (speaker: GossipNode, listener: GossipNode, topic = TOPIC): Promise<void> {
  await acquainted(speaker, listener)
  await eventually('the subscription is known', () => hears(speaker, listener, topic))
}
