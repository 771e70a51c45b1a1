import { CODE_P2P } from '@multiformats/multiaddr'
import type { PeerId, PeerRouting, PeerStore } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'

/** What a node knows of where peers are, as far as it has it. */
export interface Guides {
  peerStore?: Pick<PeerStore, 'get'>
  peerRouting?: Pick<PeerRouting, 'findPeer'>
}

/**
 * The addresses of a peer, each with its id: those of the peer store, else those that `sought` finds; none when nobody
 * knows. To be asked before a peer is dialled by its id alone: libp2p would look for it within
 * the dial, later dials of that peer join the dial, and one that knows an address waits until nobody looks any more.
 */
export async function whereabouts (peerId: PeerId, { peerStore, peerRouting }: Guides, signal: AbortSignal): Promise<Multiaddr[]> {
  const stored = await peerStore?.get(peerId).catch(nothingIf('NotFoundError'))
  const known = stored?.addresses.map(({ multiaddr }) => multiaddr) ?? []
  return known.length > 0 ? named(known, peerId) : sought(peerId, peerRouting, signal)
}

/** The addresses that routing (the DHT) finds until the signal aborts, each with the peer's id. */
export async function sought (peerId: PeerId, peerRouting: Guides['peerRouting'], signal: AbortSignal): Promise<Multiaddr[]> {
  return named(await aborted(signal, routed(peerId, peerRouting, signal)), peerId)
}

function named (addresses: Multiaddr[], peerId: PeerId): Multiaddr[] {
  return addresses.map(address => address.getComponents().at(-1)?.code === CODE_P2P ? address : address.encapsulate(`/p2p/${peerId.toString()}`))
}

/** A search that fails has found nothing, whyever. */
async function routed (peerId: PeerId, peerRouting: Guides['peerRouting'], signal: AbortSignal): Promise<Multiaddr[]> {
  const found = await peerRouting?.findPeer(peerId, { signal }).catch(() => undefined)
  return found?.multiaddrs ?? []
}

/** Not every router minds the signal. */
async function aborted (signal: AbortSignal, search: Promise<Multiaddr[]>): Promise<Multiaddr[]> {
  return await new Promise(resolve => {
    const giveUp = (): void => { resolve([]) }
    signal.addEventListener('abort', giveUp, { once: true })
    if (signal.aborted) giveUp()
    search.then(resolve, giveUp).finally(() => { signal.removeEventListener('abort', giveUp) })
  })
}

function nothingIf (name: string): (err: unknown) => undefined {
  return err => {
    if (!(err instanceof Error) || err.name !== name) throw err
  }
}
