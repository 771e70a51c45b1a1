import { mappedCodec, protonsCodec } from '../../wire/protons-codec.ts'
import { Goodbye as GoodbyeMessage } from './pb/goodbye.ts'
import type { MessageProtocol } from '../../wire/protocol.ts'

/** In the order of their numbers on the wire; new ones go to the end. */
const REASONS = [
  'evicted', 'duplicate', 'feeler', 'shutdown', 'requested', 'too-many-peers', 'banned', 'wrong-network', 'unresponsive', 'misbehaviour'
] as const

/** Why a side closes a connection. */
export type GoodbyeReason = typeof REASONS[number]

export interface Goodbye {
  reason: GoodbyeReason
  /** Dialling again earlier is pointless. Milliseconds, below 2^32. */
  retryAfterMs?: number
}

const MAX_UINT32 = 2 ** 32 - 1

/** One-way, sent just before closing. The contract is `protocols/pool/`. */
export const goodbyeProtocol: MessageProtocol<Goodbye> = {
  id: '/peerkeep/pool/goodbye/1.0.0',
  request: mappedCodec(
    protonsCodec(GoodbyeMessage),
    // numbers start at 1; one from the future is a goodbye like any other
    ({ reason, retryAfterMs }) => ({ reason: REASONS[reason - 1] ?? 'requested', ...(retryAfterMs == null ? {} : { retryAfterMs }) }),
    ({ reason, retryAfterMs }): GoodbyeMessage => ({
      reason: REASONS.indexOf(reason) + 1,
      ...(retryAfterMs == null ? {} : { retryAfterMs: Math.min(MAX_UINT32, Math.max(0, Math.ceil(retryAfterMs))) })
    })
  ),
  maxRequestBytes: 1024,
  maxResponseBytes: 0,
  timeoutMs: 2_000,
  maxInboundStreams: 2,
  maxOutboundStreams: 2,
  rate: { perSecond: 0.2, burst: 3 },
  // relayed peers deserve to know, too
  runOnLimitedConnection: true,
  offences: { undecodable: 'severe', oversize: 'severe', timeout: 'minor', 'rate-limited': 'minor' }
}
