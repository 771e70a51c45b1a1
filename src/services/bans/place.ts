import { peerIdFromString } from '@libp2p/peer-id'
import { CODE_P2P, CODE_P2P_CIRCUIT, multiaddr } from '@multiformats/multiaddr'
import { addressFacts } from '../../util/netgroup.ts'
import { bitsOfIp, familyOf } from './target.ts'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { NetgroupOptions } from '../../util/netgroup.ts'
import type { Target } from './target.ts'

/** What an address says of who is there and where it leads. */
export interface Place {
  /** Whose address it is. */
  peer?: string
  /** Who carries the connection; `bits` are then the relay's. */
  relay?: string
  relayed: boolean
  /** Of the IP, as in `Target`. Absent for names and for transports without one. */
  bits?: string
}

const CODE_IP4 = 4
const CODE_IP6 = 41

/** Pure and total. Asked for every dial, connection and stored address: looks at no more than a ban can be about. */
export function placeOf (multiaddr: Multiaddr): Place {
  const place: Place = { relayed: false }
  for (const { code, value } of multiaddr.getComponents()) {
    if (code === CODE_P2P && value != null) {
      place.peer = canonicalPeer(value)
    } else if (code === CODE_P2P_CIRCUIT) {
      place.relayed = true
      place.relay = place.peer
      place.peer = undefined
    } else if ((code === CODE_IP4 || code === CODE_IP6) && value != null && place.bits == null) {
      place.bits = bitsOfIp(value)
    }
  }
  return place
}

/** Of an IP or prefix: whether it is of this machine or a local network, which many share who never met. */
export function isLocal ({ key, bits }: Target, netgroups: NetgroupOptions): boolean {
  if (bits == null) return false
  const [ip] = key.split('/')
  return addressFacts(multiaddr(`/ip${familyOf(bits)}/${ip}`), netgroups).scope !== 'public'
}

function canonicalPeer (text: string): string | undefined {
  if (text.startsWith('1') || text.startsWith('Q')) return text
  try {
    return peerIdFromString(text).toString()
  } catch {
    // an id of a kind that libp2p cannot connect to
    return undefined
  }
}
