import { describeError } from '../../errors.ts'
import { BoundedMap } from '../../util/bounded-map.ts'
import { bounded } from './text.ts'
import type { Peer, PeerUpdate } from '@libp2p/interface'
import type { AppNode } from '../../app-node/init.ts'

const MAX_PEERS = 8_192
const MAX_ADDRESS_CHARS = 1_024

/** As much of a peer in libp2p's peer store as a list shows. */
export interface StoredPeer {
  agent?: string
  address?: string
}

type StoredPeersNode = Pick<AppNode, 'peerStore' | 'logger' | 'addEventListener' | 'removeEventListener'>

/** What libp2p's peer store says, by peer id: read once, then as it changes, for it is on the disk. */
export class StoredPeers {
  readonly #node: StoredPeersNode
  readonly #peers = new BoundedMap<string, StoredPeer>(MAX_PEERS)
  readonly #stopped = new AbortController()

  constructor (node: StoredPeersNode) {
    this.#node = node
  }

  start (): void {
    this.#node.addEventListener('peer:update', this.#onUpdate)
    this.#read().catch((err: unknown) => {
      if (!this.#stopped.signal.aborted) this.#node.logger.forComponent('peerkeep:http').error('could not read the peer store: %s', describeError(err))
    })
  }

  stop (): void {
    this.#stopped.abort()
    this.#node.removeEventListener('peer:update', this.#onUpdate)
  }

  get (id: string): StoredPeer | undefined {
    return this.#peers.get(id)
  }

  * ids (): Generator<string> {
    for (const [id] of this.#peers) yield id
  }

  /** The store has forgotten it, which it does without a word. */
  forget (id: string): void {
    this.#peers.delete(id)
  }

  async #read (): Promise<void> {
    for (const peer of await this.#node.peerStore.all({ limit: MAX_PEERS, signal: this.#stopped.signal })) {
      const id = peer.id.toString()
      // what came meanwhile is newer
      if (this.#peers.get(id) == null) this.#peers.set(id, storedPeer(peer))
    }
  }

  readonly #onUpdate = ({ detail: { peer } }: CustomEvent<PeerUpdate>): void => {
    this.#peers.set(peer.id.toString(), storedPeer(peer))
  }
}

/** Pure. */
export function storedPeer (peer: Pick<Peer, 'metadata' | 'addresses'>): StoredPeer {
  const agent = agentOf(peer)
  const address = peer.addresses[0]?.multiaddr.toString()
  return { ...agent == null ? {} : { agent }, ...address == null ? {} : { address: bounded(address, MAX_ADDRESS_CHARS) } }
}

/** Pure. What a peer calls itself; anything may stand there. */
export function agentOf ({ metadata }: Pick<Peer, 'metadata'>): string | undefined {
  const told = metadata.get('AgentVersion')
  return told == null ? undefined : bounded(new TextDecoder().decode(told))
}
