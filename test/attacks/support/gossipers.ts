import { gossipsub } from '@libp2p/gossipsub'
import { eventually } from '../../support/eventually.ts'
import { addressIn, tryConnect } from './crowd.ts'
import { stamp } from './gossip-commands.ts'
import type { RPC } from '@libp2p/gossipsub/message'
import type { OpenGossipSub } from '../../../src/services/gossip-guard/open-gossipsub.ts'
import type * as GossipCommands from './gossip-commands.ts'
import type { BareNode, Crowd } from './crowd.ts'
import type { Victim } from './victim.ts'

/** A victim's option `commands`. */
export const GOSSIP_COMMANDS = new URL('gossip-commands.ts', import.meta.url).href

export type Gossiper = BareNode<{ pubsub: OpenGossipSub }>

/** Stock nodes with gossipsub, each in a /16 of its own. What they hear they do not look at: their CPU is not what is measured. */
export async function gossipers (crowd: Crowd, count: number, from = 0): Promise<Gossiper[]> {
  return await Promise.all(Array.from({ length: count }, async (_, i) => {
    const node = await crowd.add({ seed: 80_000 + from + i, from: addressIn(30, from + i), services: { pubsub: gossipsub() } }) as unknown as Gossiper
    const { pubsub } = node.services
    const { handleReceivedRpc } = pubsub
    pubsub.handleReceivedRpc = async (from, rpc) => { await handleReceivedRpc.call(pubsub, from, { ...rpc, messages: [] }) }
    return node
  }))
}

/** Lets them subscribe and connect, and waits until the victim has them in its mesh. */
export async function meshed (victim: Victim, topic: string, nodes: Gossiper[]): Promise<void> {
  const commands = victim.run<typeof GossipCommands>()
  for (const { services: { pubsub } } of nodes) pubsub.subscribe(topic)
  await connected(victim, topic, nodes)
  await eventually('they are in the mesh', async () => {
    const mesh = await commands('meshOf', topic)
    return nodes.every(({ peerId }) => mesh.includes(peerId.toString()))
  })
}

/** Connects, and waits until they know that the victim is subscribed: they can publish. */
export async function connected (victim: Victim, topic: string, nodes: Gossiper[]): Promise<void> {
  for (const node of nodes) {
    if (await tryConnect(node, victim.multiaddr) == null) throw new Error(`${node.peerId.toString()} was not let in`)
  }
  await eventually('they know of the victim', () => nodes.every(({ services: { pubsub } }) => pubsub.getSubscribers(topic).length > 0))
}

/** Each publishes so often, for so long. Resolves to how many messages. */
export async function chatter (nodes: Gossiper[], topic: string, { perSecond, forMs }: { perSecond: number, forMs: number }): Promise<number> {
  let sent = 0
  const startMs = performance.now()
  await Promise.all(nodes.map(async (node, i) => {
    for (let n = 0; n < perSecond * forMs / 1_000; n++) {
      const dueMs = startMs + (n + i / nodes.length) * 1_000 / perSecond
      await new Promise(resolve => setTimeout(resolve, Math.max(0, dueMs - performance.now())))
      const { recipients } = await node.services.pubsub.publish(topic, stamp())
      if (recipients.length > 0) sent++
    }
  }))
  return sent
}

/** Sends to the victim what gossipsub would not. */
export function pushTo (node: Gossiper, victim: Victim, messages: RPC.Message[], control?: RPC.ControlMessage): boolean {
  const { pubsub } = node.services as unknown as { pubsub: { sendRpc: (peer: string, rpc: RPC) => boolean } }
  return pubsub.sendRpc(victim.peerId, { subscriptions: [], messages, control })
}
