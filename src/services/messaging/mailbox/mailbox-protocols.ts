import { mappedCodec, protonsCodec } from '../../../wire/protons-codec.ts'
import { Arrived, CardPush, CardRequest, CardResponse, DeleteRequest, DeleteResponse, DepositRequest, DepositResponse, FetchRequest, FetchResponse, RegisterRequest, RegisterResponse } from '../pb/mailbox.ts'
import { CALL_TIMEOUT_MS, MAX_DEPOSIT_BYTES, MAX_DEPOSIT_MESSAGES, MAX_PAGE_BYTES, MAX_PAGE_MESSAGES, MAX_TOKEN_BYTES } from './constants.ts'
import type { Codec } from '../../../wire/protocol.ts'
import type { Protocol } from '../../protocols/index.ts'

/** In the order of their numbers on the wire, from 1; those that are not known are `refused`. */
const STATUSES = ['ok', 'not-owner', 'full', 'expired', 'refused', 'unavailable'] as const

/** What a mailbox says of a request. */
export type MailboxStatus = typeof STATUSES[number]

const KIB = 1024
// who is thought badly of has a quarter of each rate and is not told so: being too fast costs nothing
const OFFENCES = { undecodable: 'severe', oversize: 'severe', invalid: 'severe', timeout: 'minor', 'rate-limited': undefined } as const
const COMMON = { timeoutMs: CALL_TIMEOUT_MS, offences: OFFENCES, maxConcurrent: 16, runOnLimitedConnection: false }

const status = {
  read: (number: number): MailboxStatus => {
    if (number === 0) throw new Error('no status')
    return STATUSES[number - 1] ?? 'refused'
  },
  write: (word: MailboxStatus): number => STATUSES.indexOf(word) + 1
}

function withStatus<Raw extends { status: number }> (raw: Codec<Raw>): Codec<Omit<Raw, 'status'> & { status: MailboxStatus }> {
  return mappedCodec<Raw, Omit<Raw, 'status'> & { status: MailboxStatus }>(
    raw,
    value => ({ ...value, status: status.read(value.status) }),
    value => ({ ...value, status: status.write(value.status) }) as unknown as Raw
  )
}

/** A codec that refuses what `fault` finds fault with. */
function checked<T> (codec: Codec<T>, fault: (value: T) => string | undefined): Codec<T> {
  const decode = (value: T): T => {
    const complaint = fault(value)
    if (complaint != null) throw new Error(complaint)
    return value
  }
  return mappedCodec(codec, decode, value => value)
}

const isToken = ({ byteLength }: Uint8Array): boolean => byteLength > 0 && byteLength <= MAX_TOKEN_BYTES
const nothing: Codec<void> = { encode: () => new Uint8Array(0), decode: () => {} }

/** Anybody asks for a card: the other's own, or at a mailbox that of an owner. */
export const cardProtocol: Protocol<'request', CardRequest, CardResponse> = {
  ...COMMON,
  shape: 'request',
  ids: ['/peerkeep/messaging/card/1.0.0'],
  request: protonsCodec(CardRequest),
  response: protonsCodec(CardResponse),
  maxRequestBytes: KIB,
  maxResponseBytes: 8 * KIB,
  rate: { perSecond: 2, burst: 100 },
  runOnLimitedConnection: true
}

/** A peer tells those that know its card of a new one. */
export const cardPushProtocol: Protocol<'notify', CardPush, void> = {
  ...COMMON,
  shape: 'notify',
  ids: ['/peerkeep/messaging/card/push/1.0.0'],
  request: checked(protonsCodec(CardPush), ({ card }) => card.byteLength === 0 ? 'no card' : undefined),
  response: nothing,
  maxRequestBytes: 8 * KIB,
  maxResponseBytes: 0,
  rate: { perSecond: 0.2, burst: 20 },
  runOnLimitedConnection: true
}

/** An owner asks a mailbox to keep messages for it. */
export const registerProtocol: Protocol<'request', RegisterRequest, Omit<RegisterResponse, 'status'> & { status: MailboxStatus }> = {
  ...COMMON,
  shape: 'request',
  ids: ['/peerkeep/messaging/mailbox/register/1.0.0'],
  request: protonsCodec(RegisterRequest),
  response: withStatus(protonsCodec(RegisterResponse)),
  maxRequestBytes: 8 * KIB,
  maxResponseBytes: KIB,
  rate: { perSecond: 0.2, burst: 20 }
}

/** Anybody leaves messages for an owner. */
export const depositProtocol: Protocol<'request', DepositRequest, { statuses: MailboxStatus[] }> = {
  ...COMMON,
  shape: 'request',
  ids: ['/peerkeep/messaging/mailbox/deposit/1.0.0'],
  request: checked(protonsCodec(DepositRequest, { limits: { sealed: MAX_DEPOSIT_MESSAGES } }), ({ sealed }) => sealed.length === 0 ? 'no messages' : undefined),
  response: mappedCodec<DepositResponse, { statuses: MailboxStatus[] }>(
    protonsCodec(DepositResponse),
    ({ statuses }) => ({ statuses: Array.from(statuses, status.read) }),
    ({ statuses }) => ({ statuses: Uint8Array.from(statuses, status.write) })
  ),
  maxRequestBytes: MAX_DEPOSIT_BYTES,
  maxResponseBytes: KIB,
  rate: { perSecond: 2, burst: 60 },
  maxConcurrent: 4
}

/** An owner gets what is kept for it. */
export const fetchProtocol: Protocol<'request', FetchRequest, Omit<FetchResponse, 'status'> & { status: MailboxStatus }> = {
  ...COMMON,
  shape: 'request',
  ids: ['/peerkeep/messaging/mailbox/fetch/1.0.0'],
  request: checked(protonsCodec(FetchRequest), ({ after }) => after.byteLength > MAX_TOKEN_BYTES ? `a token of ${after.byteLength} bytes` : undefined),
  response: checked(withStatus(protonsCodec(FetchResponse, { limits: { kept: MAX_PAGE_MESSAGES } })), ({ kept }) => kept.every(({ token }) => isToken(token)) ? undefined : 'a token of no bytes, or too many'),
  maxRequestBytes: KIB,
  maxResponseBytes: MAX_PAGE_BYTES,
  rate: { perSecond: 2, burst: 100 },
  maxConcurrent: 2
}

/** An owner has them. */
export const deleteProtocol: Protocol<'request', DeleteRequest, { status: MailboxStatus }> = {
  ...COMMON,
  shape: 'request',
  ids: ['/peerkeep/messaging/mailbox/delete/1.0.0'],
  request: checked(protonsCodec(DeleteRequest, { limits: { tokens: MAX_PAGE_MESSAGES } }), ({ tokens }) => tokens.length > 0 && tokens.every(isToken) ? undefined : 'no tokens, or a token of no bytes, or too many'),
  response: withStatus(protonsCodec(DeleteResponse)),
  maxRequestBytes: 16 * KIB,
  maxResponseBytes: KIB,
  rate: { perSecond: 2, burst: 100 }
}

/** A mailbox tells an owner that is connected that something has come. */
export const arrivedProtocol: Protocol<'notify', Arrived, void> = {
  ...COMMON,
  shape: 'notify',
  ids: ['/peerkeep/messaging/mailbox/arrived/1.0.0'],
  request: protonsCodec(Arrived),
  response: nothing,
  maxRequestBytes: KIB,
  maxResponseBytes: 0,
  rate: { perSecond: 2, burst: 20 }
}
