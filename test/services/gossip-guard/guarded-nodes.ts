import { gossipGuard, gossipScoring } from '../../../src/services/gossip-guard/index.ts'
import { eventually } from '../../support/eventually.ts'
import { acquainted, gossipNode, meshes } from '../../support/gossip-node.ts'
import { StubRatings } from './stub-ratings.ts'
import { stopAll } from '../../support/stop-all.ts'
import type { GossipsubOpts } from '@libp2p/gossipsub'
import type { GossipGuard, GossipGuardInit } from '../../../src/services/gossip-guard/index.ts'
import type { GossipNode } from '../../support/gossip-node.ts'

export const TOPIC = 'news'
export const data = new TextEncoder().encode('hello')

/** Nodes with gossipsub, some of them with a guard. */
export class GuardedNodes {
  #seed: number
  #nodes: GossipNode[] = []
  #ratings = new StubRatings()

  constructor (seed: number) {
    this.#seed = seed
  }

  /** Before each test: with fresh stubs of scoring, bans and the pool, the same for all guards. */
  begin (): StubRatings {
    this.#ratings = new StubRatings()
    return this.#ratings
  }

  async end (): Promise<void> {
    await stopAll(this.#nodes.splice(0))
  }

  readonly guarded = async (init: GossipGuardInit = {}, gossip: Partial<GossipsubOpts> = {}): Promise<GossipNode & { guard: GossipGuard }> => {
    const ratings = this.#ratings
    const node = await this.bare(
      { ...gossip, ...gossipScoring(() => ratings, gossip) },
      { scoring: () => ratings, bans: () => ratings, pool: () => ratings, gossipGuard: gossipGuard(init) }
    )
    return Object.assign(node, { guard: (node.services as unknown as { gossipGuard: GossipGuard }).gossipGuard })
  }

  readonly bare = async (gossip?: Partial<GossipsubOpts>, services?: Record<string, (components: any) => unknown>): Promise<GossipNode> => {
    const node = await gossipNode({ seed: this.#seed++, gossip: { heartbeatInterval: 200, ...gossip }, services })
    this.#nodes.push(node)
    return node
  }

  readonly meshed = async (a: GossipNode, b: GossipNode): Promise<void> => {
    for (const { services: { pubsub } } of [a, b]) pubsub.subscribe(TOPIC)
    await acquainted(b, a)
    await eventually('the mesh', () => meshes(a, b, TOPIC) && meshes(b, a, TOPIC))
  }
}
