import { mappedCodec, protonsCodec } from '../../wire/protons-codec.ts'
import { WireOversizeError } from '../../wire/errors.ts'
import { MAX_RECORD_BYTES } from '../../wire/signed-record.ts'
import { EXCHANGE_TIMEOUT_MS, MAX_ENTRIES, MAX_FRAME_BYTES, MAX_NETWORK_BYTES, MAX_REQUEST_BYTES } from './constants.ts'
import { Push as RawPush, Request as RawRequest, Response as RawResponse } from './pb/pex.ts'
import { rolesFromBits, rolesToBits } from './roles.ts'
import type { Entry as RawEntry } from './pb/pex.ts'
import type { Role } from '../../components.ts'
import type { MessageProtocol } from '../../wire/protocol.ts'

/** A peer as its own signed record, and what the sender believes it does. */
export interface PexEntry {
  record: Uint8Array
  roles: Role[]
}

/** What each side says of itself. */
export interface PexIntroduction {
  network: string
  roles: Role[]
  /** Absent when it has none to give. */
  record?: Uint8Array
}

export interface PexRequest extends PexIntroduction {
  /** Entries wanted. */
  limit: number
}

export interface PexResponse extends PexIntroduction {
  /** `other` is a status of a later version. */
  status: 'ok' | 'wrong-network' | 'other'
  entries: PexEntry[]
}

export interface PexPush {
  entries: PexEntry[]
}

const STATUS_NUMBERS = { ok: 1, 'wrong-network': 2, other: 3 }

const OFFENCES = { undecodable: 'severe', oversize: 'severe', timeout: 'minor', 'rate-limited': 'minor' } as const

export const pexProtocol: MessageProtocol<PexRequest, PexResponse> = {
  id: '/peerkeep/pex/1.0.0',
  request: mappedCodec<RawRequest, PexRequest>(
    protonsCodec(RawRequest),
    raw => ({ ...introduction(raw), limit: Math.min(raw.limit, MAX_ENTRIES) }),
    value => ({ ...rawIntroduction(value), limit: value.limit })
  ),
  response: mappedCodec<RawResponse, PexResponse>(
    protonsCodec(RawResponse, { limits: { entries: MAX_ENTRIES } }),
    raw => ({ status: status(raw.status), ...introduction(raw), entries: raw.entries.map(entry) }),
    value => ({ status: STATUS_NUMBERS[value.status], ...rawIntroduction(value), entries: value.entries.map(rawEntry) })
  ),
  maxRequestBytes: MAX_REQUEST_BYTES,
  maxResponseBytes: MAX_FRAME_BYTES,
  timeoutMs: EXCHANGE_TIMEOUT_MS,
  maxInboundStreams: 2,
  maxOutboundStreams: 2,
  rate: { perSecond: 1, burst: 20 },
  offences: OFFENCES
}

export const pexPushProtocol: MessageProtocol<PexPush> = {
  id: '/peerkeep/pex/push/1.0.0',
  request: mappedCodec<RawPush, PexPush>(
    protonsCodec(RawPush, { limits: { entries: MAX_ENTRIES } }),
    raw => {
      if (raw.entries.length === 0) throw new Error('a push without entries')
      return { entries: raw.entries.map(entry) }
    },
    value => ({ entries: value.entries.map(rawEntry) })
  ),
  maxRequestBytes: MAX_FRAME_BYTES,
  maxResponseBytes: 0,
  timeoutMs: EXCHANGE_TIMEOUT_MS,
  maxInboundStreams: 4,
  maxOutboundStreams: 4,
  rate: { perSecond: 2, burst: 60 },
  offences: OFFENCES
}

function entry ({ record, roles }: RawEntry): PexEntry {
  if (record.byteLength === 0) throw new Error('an entry without a record')
  return { record: bounded(record), roles: rolesFromBits(roles) }
}

function rawEntry ({ record, roles }: PexEntry): RawEntry {
  return { record, roles: rolesToBits(roles) }
}

function introduction ({ network, roles, record }: { network: string, roles: number, record: Uint8Array }): PexIntroduction {
  if (network === '') throw new Error('no network')
  // UTF-8 takes at least one byte a character
  if (network.length > MAX_NETWORK_BYTES || new TextEncoder().encode(network).byteLength > MAX_NETWORK_BYTES) {
    throw new WireOversizeError(`a network name of more than ${MAX_NETWORK_BYTES} bytes`)
  }
  return { network, roles: rolesFromBits(roles), ...(record.byteLength === 0 ? {} : { record: bounded(record) }) }
}

function rawIntroduction ({ network, roles, record }: PexIntroduction): { network: string, roles: number, record: Uint8Array } {
  return { network, roles: rolesToBits(roles), record: record ?? new Uint8Array(0) }
}

function bounded (record: Uint8Array): Uint8Array {
  if (record.byteLength > MAX_RECORD_BYTES) throw new WireOversizeError(`a record of ${record.byteLength} bytes, over ${MAX_RECORD_BYTES}`)
  return record
}

function status (number: number): PexResponse['status'] {
  if (number === 0) throw new Error('no status')
  if (number === STATUS_NUMBERS.ok) return 'ok'
  return number === STATUS_NUMBERS['wrong-network'] ? 'wrong-network' : 'other'
}
