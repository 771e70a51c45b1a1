import { isConnection, isPeerId } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { CODE_P2P, isMultiaddr, multiaddr } from '@multiformats/multiaddr'
import { ProtocolError } from './errors.ts'
import type { Connection, PeerId } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { CallTarget } from './index.ts'

/** Whom a call is for, as far as the target says. */
export interface Callee {
  /** For messages. */
  text: string
  connection?: Connection
  peerId?: PeerId
  multiaddrs: Multiaddr[]
}

/** Throws `PROTOCOL_PEER_INVALID`. */
export function readTarget (target: CallTarget): Callee {
  if (isConnection(target)) return { text: target.remotePeer.toString(), connection: target, peerId: target.remotePeer, multiaddrs: [] }
  if (isPeerId(target)) return { text: target.toString(), peerId: target, multiaddrs: [] }
  if (typeof target === 'string') return target.startsWith('/') ? readAddresses([readAddress(target)]) : { text: target, peerId: readPeerId(target), multiaddrs: [] }
  const addresses: unknown[] = Array.isArray(target) ? target : [target]
  if (addresses.length === 0) throw new ProtocolError('PROTOCOL_PEER_INVALID', 'no address was given: the node may not listen anywhere')
  if (addresses.every(isMultiaddr)) return readAddresses(addresses)
  throw new ProtocolError('PROTOCOL_PEER_INVALID', `a call is for a peer id, multiaddrs or a connection, not for ${describe(target)}`)
}

/** An open connection that will do: direct ones before relayed ones, the newest first. */
export function pickConnection (connections: readonly Connection[], runOnLimited: boolean): Connection | undefined {
  let best: Connection | undefined
  for (let i = connections.length - 1; i >= 0; i--) {
    const connection = connections[i] as Connection
    if (connection.status !== 'open' || (connection.limits != null && !runOnLimited)) continue
    if (connection.limits == null && connection.direct) return connection
    if (best == null || (best.limits != null && connection.limits == null)) best = connection
  }
  return best
}

/** Of all connections, those to an address that does not tell its peer. */
export function connectionsTo (addresses: readonly Multiaddr[], connections: readonly Connection[]): Connection[] {
  const places = new Set(addresses.map(String))
  return connections.filter(({ remoteAddr, remotePeer }) => {
    const place = remoteAddr.toString().replace(`/p2p/${remotePeer.toString()}`, '')
    return places.has(place)
  })
}

function readAddresses (multiaddrs: Multiaddr[]): Callee {
  const peers = new Set(multiaddrs.map(address => address.getComponents().findLast(({ code }) => code === CODE_P2P)?.value))
  if (peers.size > 1) throw new ProtocolError('PROTOCOL_PEER_INVALID', `the addresses are of several peers, or only some tell theirs: ${multiaddrs.join(', ')}`)
  const [peer] = peers
  const text = peer ?? multiaddrs.join(', ')
  return peer == null ? { text, multiaddrs } : { text, peerId: readPeerId(peer), multiaddrs }
}

function readAddress (text: string): Multiaddr {
  try {
    return multiaddr(text)
  } catch (err) {
    throw new ProtocolError('PROTOCOL_PEER_INVALID', `"${text}" is no multiaddr`, { cause: err })
  }
}

function readPeerId (text: string): PeerId {
  try {
    return peerIdFromString(text)
  } catch (err) {
    throw new ProtocolError('PROTOCOL_PEER_INVALID', `"${text}" is neither a peer id nor a multiaddr`, { cause: err })
  }
}

function describe (value: unknown): string {
  if (Array.isArray(value)) return 'a list of other things'
  return value == null ? String(value) : `a value of type ${typeof value}`
}
