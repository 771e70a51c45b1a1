import { generateKeyPair } from '@libp2p/crypto/keys'
import { tmpdir } from 'node:os'
import { z } from 'zod'
import { watch } from '../../../src/app-node/events.ts'
import { exposeNode } from '../../../src/http/metrics-collector.ts'
import { createMetrics } from '../../../src/platform/metrics.ts'
import { AppNodes } from '../../support/app-nodes.ts'
import { eventually } from '../../support/eventually.ts'
import { merged, readExposition } from './exposition.ts'
import type { AppNode } from '../../../src/index.ts'
import type { Family } from './exposition.ts'

const LIMIT_MS = 30_000

interface Member {
  node: AppNode
  render: () => Promise<string>
}

/** Three nodes that show their metrics as the program's do. */
export class SmallNetwork {
  readonly members: Member[] = []
  readonly #nodes = new AppNodes()

  static async start (): Promise<SmallNetwork> {
    const network = new SmallNetwork()
    try {
      const bootstrap = (await network.#add([])).getMultiaddrs().map(String)
      await Promise.all([network.#add(bootstrap), network.#add(bootstrap)])
      await eventually('everybody knows everybody', () => network.members.every(({ node }) => node.getPeers().length === 2), LIMIT_MS)
      return network
    } catch (err) {
      await network[Symbol.asyncDispose]()
      throw err
    }
  }

  /** All that the nodes show. */
  async exposition (): Promise<Map<string, Family>> {
    return merged(await Promise.all(this.members.map(async ({ render }) => readExposition(await render()))))
  }

  /** Some of everything that the metrics are about. */
  async beBusy (): Promise<void> {
    const [a, b, c] = this.members.map(({ node }) => node) as [AppNode, AppNode, AppNode]
    for (const { services } of [a, b, c]) services.messaging.on('news', z.string(), () => {}, { broadcast: true })
    await a.services.messaging.send(b.peerId, 'news', 'hello')
    await eventually('the topic has a mesh', async () => (await b.services.messaging.broadcast('news', 'hello all', { allowNobody: true })).peers > 0, LIMIT_MS)
    await eventually('a secret is stored', async () => await a.services.shards.store(new Uint8Array(8), { threshold: 2, holders: 2 }).catch((err: Error & { code?: string }) => {
      if (err.code?.startsWith('SHARDS_TOO_FEW') !== true) throw err
    }), LIMIT_MS)
    await eventually('the DHT answers', async () => {
      for await (const _ of a.peerRouting.getClosestPeers(c.peerId.toMultihash().bytes)) return true
      return false
    }, LIMIT_MS)
    b.services.scoring.report(a.peerId, 'minor', 'observability:test')
    await b.services.bans.ban(c.peerId)
    await c.dial(b.getMultiaddrs()).catch(() => {})
    await eventually('the banned one is refused', () => Object.keys(b.services.bans.snapshot().denied).length > 0)
  }

  async [Symbol.asyncDispose] (): Promise<void> {
    await this.#nodes[Symbol.asyncDispose]()
  }

  async #add (bootstrap: string[]): Promise<AppNode> {
    // those of the process would be the same for all
    const metrics = await createMetrics({ process: this.members.length === 0 })
    const node = await this.#nodes.create({
      bootstrap,
      metrics: metrics.metrics,
      dht: { mode: 'server', lan: true },
      autonat: false,
      dcutr: false,
      shards: { hold: true, ownerKey: await generateKeyPair('Ed25519') },
      start: false
    })
    watch(node, exposeNode(metrics, node, { network: 'main', dataDir: tmpdir() }))
    this.members.push({ node, render: metrics.source.render })
    await node.start()
    return node
  }
}
