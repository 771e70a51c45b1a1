import { networkId } from '../../util/network-id.ts'
import { ShardsError } from './errors.ts'
import { readEvidence } from './model/evidence.ts'
import { Signed } from './pb/shards.ts'
import type { Codec } from '../../wire/protocol.ts'
import type { Protocol } from '../protocols/index.ts'

/** One frame: requests and answers but for large ones, and evidence. */
export const MAX_FRAME_BYTES = 65_536
/** Of what changes a vault: 64 holders, and what each dealt for each. */
const MAX_LARGE_FRAME_BYTES = 1_048_576
export const CALL_TIMEOUT_MS = 10_000

const SIGNATURE_BYTES = 64

const CALL_ID = '/peerkeep/shards/call/1.0.0'
const CHANGE_ID = '/peerkeep/shards/change/1.0.0'
const EVIDENCE_ID = '/peerkeep/shards/evidence/1.0.0'

/** Bytes as they are: whoever made them has signed them. */
const frame: Codec<Uint8Array> = { encode: bytes => bytes, decode: bytes => bytes }
/** Throws for what is no Signed of anything; the holder looks at the rest. */
const request = checked(bytes => {
  const { content, signature } = Signed.decode(bytes)
  if (content.byteLength === 0 || signature.byteLength !== SIGNATURE_BYTES) throw new Error('nothing, or nobody signed it')
})
/** Throws for what is no evidence; of kinds that only a later version can check, too, it is known what they are. */
const evidence = checked(bytes => {
  try {
    readEvidence(bytes)
  } catch (err) {
    if (!(err instanceof ShardsError) || err.code !== 'SHARDS_UNSUPPORTED') throw err
  }
})
const nothing: Codec<void> = { encode: () => new Uint8Array(0), decode: () => undefined }

// who is thought badly of has a quarter of each rate and is not told so: being too fast costs nothing
const OFFENCES = { undecodable: 'severe', oversize: 'severe', invalid: 'severe', timeout: 'minor', 'rate-limited': undefined } as const
const COMMON = { timeoutMs: CALL_TIMEOUT_MS, offences: OFFENCES, runOnLimitedConnection: true }

export interface ShardsProtocols {
  call: Protocol<'request', Uint8Array, Uint8Array>
  change: Protocol<'request', Uint8Array, Uint8Array>
  evidence: Protocol<'notify', Uint8Array, void>
}

/** As they are called in a network. */
export function shardsProtocols (network: string): ShardsProtocols {
  return {
    call: {
      ...COMMON,
      shape: 'request',
      ids: [networkId(network, CALL_ID)],
      request,
      response: frame,
      maxRequestBytes: MAX_FRAME_BYTES,
      maxResponseBytes: MAX_FRAME_BYTES,
      // a payload of 64 MiB is a thousand frames
      rate: { perSecond: 100, burst: 400 },
      maxConcurrent: 32
    },
    change: {
      ...COMMON,
      shape: 'request',
      ids: [networkId(network, CHANGE_ID)],
      request,
      response: frame,
      maxRequestBytes: MAX_LARGE_FRAME_BYTES,
      maxResponseBytes: MAX_LARGE_FRAME_BYTES,
      rate: { perSecond: 20, burst: 100 },
      maxConcurrent: 8
    },
    evidence: {
      ...COMMON,
      shape: 'notify',
      ids: [networkId(network, EVIDENCE_ID)],
      request: evidence,
      response: nothing,
      maxRequestBytes: MAX_FRAME_BYTES,
      maxResponseBytes: 0,
      rate: { perSecond: 1, burst: 20 },
      maxConcurrent: 4
    }
  }
}

function checked (check: (bytes: Uint8Array) => void): Codec<Uint8Array> {
  return {
    encode: bytes => bytes,
    decode: bytes => {
      check(bytes)
      return bytes
    }
  }
}
