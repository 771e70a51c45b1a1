import { peerDiscoverySymbol, start, stop } from '@libp2p/interface'
import { SightingQueue } from './sighting-queue.ts'
import type { PeerDiscovery, PeerDiscoveryProvider, PeerInfo } from '@libp2p/interface'
import type { SourceName } from '../../address-book/index.ts'
import type { DiscoveryComponents, Source } from '../index.ts'

const MAX_QUEUED = 256

/**
 * Any libp2p peer discovery module as a source: `fromPeerDiscovery('mdns', mdns())`. The module is made and started when
 * the source runs and stopped with it. It never ends. Of sightings that are not taken in time the last 256 are kept.
 */
export function fromPeerDiscovery (
  name: SourceName,
  factory: (components: DiscoveryComponents) => PeerDiscovery | PeerDiscoveryProvider
): (components: DiscoveryComponents) => Source {
  return (components) => ({
    name,
    async * find ({ signal, log }) {
      const queue = new SightingQueue(MAX_QUEUED)
      const onPeer = ({ detail: { id, multiaddrs } }: CustomEvent<PeerInfo>): void => { queue.push({ peerId: id, multiaddrs }) }
      const made = factory(components)
      const module = peerDiscoverySymbol in made ? made[peerDiscoverySymbol] : made
      module.addEventListener('peer', onPeer)
      try {
        await start(module)
        yield * queue.take(signal)
      } finally {
        module.removeEventListener('peer', onPeer)
        await stop(module)
        if (queue.dropped > 0) log('%s found more than was taken: %d sightings were dropped', name, queue.dropped)
      }
    }
  })
}
