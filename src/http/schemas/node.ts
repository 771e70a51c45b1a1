import { Type } from 'typebox'
import { AddressText, Count, PeerIdText, TimeMs, object, words } from './common.ts'
import type { Static } from 'typebox'

/** `isolated`: no peer is connected. `degraded`: fewer than are wanted for good, or something does not work; `reasons` say what. */
export const HEALTH = ['healthy', 'degraded', 'isolated'] as const
export const Health = object({
  state: words(HEALTH),
  reasons: Type.Array(Type.String(), { description: 'in words, empty when healthy' })
})
export type Health = Static<typeof Health>

export const NodeInfo = object({
  peerId: PeerIdText,
  network: Type.String(),
  addresses: Type.Array(AddressText, { description: 'with the peer id, as others dial it' }),
  roles: Type.Array(Type.String()),
  startedMs: TimeMs,
  uptimeMs: Count,
  versions: object({ peerkeep: Type.String(), libp2p: Type.String(), node: Type.String() }),
  health: Health,
  counts: object({
    connected: Count,
    inbound: Count,
    outbound: Count,
    dialing: Count,
    known: Count,
    banned: Count,
    outbox: Count,
    vaultsOwned: Count,
    vaultsHeld: Count
  }),
  protocols: Type.Array(object({
    id: Type.String(),
    calls: Type.Optional(Count),
    failures: Type.Optional(Count)
  }), { description: 'that this node serves; figures for typed protocols' }),
  process: object({ pid: Count, rssBytes: Count, heapBytes: Count, cpuSeconds: Type.Number() }),
  dataDir: Type.Optional(Type.String())
})
export type NodeInfo = Static<typeof NodeInfo>
