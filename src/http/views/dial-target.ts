import { peerIdFromString } from '@libp2p/peer-id'
import { CODE_P2P, multiaddr } from '@multiformats/multiaddr'
import { describeError } from '../../errors.ts'
import { ApiError } from '../problem.ts'
import { bounded } from './text.ts'
import type { PeerId } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'

const MAX_SHOWN = 100

/** Pure. Of another peer than this node. Throws `PEER_ID_INVALID`, `PEER_SELF`. */
export function otherPeer (text: string, self: PeerId): PeerId {
  const peerId = peerOf(text, 'PEER_ID_INVALID')
  if (peerId.equals(self)) throw isSelf(text)
  return peerId
}

/** Pure. A multiaddr, or a peer id to be looked for. Throws `DIAL_TARGET_INVALID`, `PEER_SELF`. */
export function dialTarget (text: string, self: PeerId): PeerId | Multiaddr {
  const trimmed = text.trim()
  if (!trimmed.startsWith('/')) {
    const peerId = peerOf(trimmed, 'DIAL_TARGET_INVALID')
    if (peerId.equals(self)) throw isSelf(text)
    return peerId
  }
  let address: Multiaddr
  try {
    address = multiaddr(trimmed)
  } catch (err) {
    throw invalid('DIAL_TARGET_INVALID', text, 'is not a multiaddr', err)
  }
  const last = address.getComponents().at(-1)
  if (last == null) throw invalid('DIAL_TARGET_INVALID', text, 'is not a multiaddr', 'it is empty')
  if (last.code === CODE_P2P && last.value != null && peerOf(last.value, 'DIAL_TARGET_INVALID').equals(self)) throw isSelf(text)
  return address
}

function peerOf (text: string, code: string): PeerId {
  try {
    return peerIdFromString(text)
  } catch (err) {
    throw invalid(code, text, 'is not a peer id', err)
  }
}

function invalid (code: string, text: string, what: string, cause: unknown): ApiError {
  const fix = code === 'PEER_ID_INVALID' ? 'give a peer id, like 12D3Koo...' : 'give a multiaddr like /ip4/192.0.2.7/tcp/4701, with or without /p2p/<peer id>, or a peer id'
  return new ApiError(code, `"${bounded(text, MAX_SHOWN)}" ${what}: ${bounded(describeError(cause))}`, { cause, details: { fix } })
}

function isSelf (text: string): ApiError {
  return new ApiError('PEER_SELF', `${bounded(text, MAX_SHOWN)} is this node itself`, { details: { fix: 'name another peer; GET /v1/node is about this one' } })
}
