import { eventually } from './eventually.ts'
import type { Libp2p, PeerId } from '@libp2p/interface'

/** Resolves when `node` knows all that the peer says of itself: one of its protocols is known sooner, by any stream. */
export async function identified (node: Pick<Libp2p, 'peerStore'>, peerId: PeerId): Promise<void> {
  await eventually('identified', async () => (await node.peerStore.get(peerId)).metadata.has('AgentVersion'))
}
