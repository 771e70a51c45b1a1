import { createAppNode } from '../../../src/index.ts'
import type { ServiceMap } from '@libp2p/interface'
import type { AppNode, AppNodeInit } from '../../../src/index.ts'
import type { OpenGossipSub } from '../../../src/services/gossip-guard/open-gossipsub.ts'
import type { ForeignNode, Transport } from './foreign-node.ts'

/** A node with everything that is on by default, on loopback. It stops with the block. */
export async function peerkeep<S extends ServiceMap = {}> (init: AppNodeInit<S> = {}): Promise<AppNode<S> & AsyncDisposable> {
  const node = await createAppNode<S>({ listen: ['/ip4/127.0.0.1/tcp/0', '/ip4/127.0.0.1/tcp/0/ws'], ...init })
  return Object.assign(node, { [Symbol.asyncDispose]: async () => { await node.stop() } })
}

export function addressOf (node: AppNode<any>, transport: Transport): string {
  const found = node.getMultiaddrs().map(String).find(addr => addr.includes('/ws/') === (transport === 'ws'))
  if (found == null) throw new Error(`the node does not listen on ${transport}`)
  return found
}

export type Dialler = 'the foreign node' | 'Peerkeep'

/** Connects them by `transport`; resolves when Peerkeep sees it. */
export async function connect (node: AppNode<any>, foreign: ForeignNode, transport: Transport, dialler: Dialler): Promise<void> {
  if (dialler === 'Peerkeep') await node.dial(foreign.address(transport))
  else await foreign.order('connect', { addr: addressOf(node, transport) })
}

/** Whether the foreign node is in Peerkeep's mesh, and Peerkeep known to it as one to send to. */
export async function meshed (node: AppNode<any>, foreign: ForeignNode, topic: string): Promise<boolean> {
  const { mesh } = node.services.pubsub as OpenGossipSub
  if (mesh.get(topic)?.has(foreign.peerId.toString()) !== true) return false
  return (await foreign.order('listening', { topic })).includes(node.peerId.toString())
}
