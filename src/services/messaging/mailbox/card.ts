import { sha256 } from '@noble/hashes/sha2.js'
import { multiaddr } from '@multiformats/multiaddr'
import { KEY_BYTES } from '../../../crypto/sealing.ts'
import { Card as RawCard } from '../pb/mailbox.ts'
import { KEY_ID_BYTES, MAX_CARD_BYTES, MAX_MAILBOX_ADDRESSES, MAX_MAILBOXES, MAX_PREKEYS, MAX_SEQ_AHEAD_MS, SUITE } from './constants.ts'
import { peerBytes, peerFromBytes } from '../../../util/peer-bytes.ts'
import { attempt, FlawedError, readSigned, signed } from './signed.ts'
import type { PeerId, PrivateKey } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { SignedKind } from './signed.ts'

export interface CardPrekey {
  /** The first 16 bytes of the SHA-256 of the key. */
  id: Uint8Array
  publicKey: Uint8Array
  notAfterMs: number
}

export interface MailboxPlace {
  peerId: PeerId
  /** Without `/p2p`. */
  multiaddrs: Multiaddr[]
}

/** What somebody needs to know to leave messages for a peer. */
export interface Card {
  peerId: PeerId
  /** Milliseconds since 1970, never twice. The newest wins. */
  seq: number
  expiresMs: number
  /** The best first. */
  prekeys: CardPrekey[]
  mailboxes: MailboxPlace[]
  /** As signed. */
  bytes: Uint8Array
}

/** Whether a number is so far in the future that its owner's clock cannot be right: nobody takes it, or no later card would ever count. */
export function isAhead (seq: number, nowMs: number): boolean {
  return seq > nowMs + MAX_SEQ_AHEAD_MS
}

/** Whether a card takes the place of another: the newer one does, and one that is good that of one that is not, as after its owner's clock was ahead. */
export function supersedes (card: Pick<Card, 'seq' | 'expiresMs'>, known: Pick<Card, 'seq' | 'expiresMs'>, nowMs: number): boolean {
  if (isAhead(card.seq, nowMs)) return false
  const isGood = ({ seq, expiresMs }: Pick<Card, 'seq' | 'expiresMs'>): boolean => expiresMs > nowMs && !isAhead(seq, nowMs)
  return isGood(card) === isGood(known) ? card.seq > known.seq : isGood(card)
}

const KIND: SignedKind = { what: 'a card', domain: 'peerkeep-messaging-card', type: '/peerkeep/messaging/card', code: 'MESSAGING_CARD_INVALID' }

export function keyIdOf (publicKey: Uint8Array): Uint8Array {
  return sha256(publicKey).subarray(0, KEY_ID_BYTES)
}

export async function signCard (privateKey: PrivateKey, { seq, expiresMs, prekeys, mailboxes }: Pick<Card, 'seq' | 'expiresMs' | 'mailboxes'> & { prekeys: Array<Omit<CardPrekey, 'id'>> }): Promise<Card> {
  const places = mailboxes.slice(0, MAX_MAILBOXES).map(({ peerId, multiaddrs }) => ({ peerId, multiaddrs: multiaddrs.slice(0, MAX_MAILBOX_ADDRESSES) }))
  for (;;) {
    const raw: RawCard = {
      seq,
      expiresMs,
      prekeys: prekeys.slice(0, MAX_PREKEYS).map(({ publicKey, notAfterMs }) => ({ suite: SUITE, publicKey, notAfterMs })),
      mailboxes: places.map(({ peerId, multiaddrs }) => ({ peer: peerBytes(peerId), addresses: multiaddrs.map(({ bytes }) => bytes) }))
    }
    const bytes = await signed(KIND, RawCard.encode(raw), privateKey)
    if (bytes.byteLength <= MAX_CARD_BYTES) return await readCard(bytes)
    // addresses may be long: those last in the list are the least useful
    const longest = places.reduce((most, place) => place.multiaddrs.length > most.multiaddrs.length ? place : most)
    longest.multiaddrs.pop()
  }
}

/** Reads a card and checks its signature. Rejects with `FlawedError`, code `MESSAGING_CARD_INVALID`. */
export async function readCard (bytes: Uint8Array): Promise<Card> {
  if (bytes.byteLength > MAX_CARD_BYTES) throw new FlawedError(KIND, 'malformed', `${bytes.byteLength} bytes, over ${MAX_CARD_BYTES}`)
  const { signer, payload } = await readSigned(KIND, bytes)
  const { seq, expiresMs, prekeys, mailboxes } = attempt(KIND, 'the payload', 'malformed', () => RawCard.decode(payload))
  for (const number of [seq, expiresMs, ...prekeys.map(({ notAfterMs }) => notAfterMs)]) {
    if (!Number.isSafeInteger(number)) throw new FlawedError(KIND, 'malformed', `a number out of range, ${number}`)
  }
  return {
    peerId: signer,
    seq,
    expiresMs,
    prekeys: prekeys
      .filter(({ suite, publicKey }) => suite === SUITE && publicKey.byteLength === KEY_BYTES)
      .slice(0, MAX_PREKEYS)
      .map(({ publicKey, notAfterMs }) => ({ id: keyIdOf(publicKey), publicKey, notAfterMs })),
    mailboxes: mailboxes.slice(0, MAX_MAILBOXES).map(({ peer, addresses }) => ({
      peerId: attempt(KIND, 'the peer id of a mailbox', 'unsupported', () => peerFromBytes(peer)),
      multiaddrs: addresses.slice(0, MAX_MAILBOX_ADDRESSES).flatMap(readAddress)
    })),
    bytes
  }
}

/** One address, or none of a transport that this version does not know: the others may do. */
function readAddress (bytes: Uint8Array): Multiaddr[] {
  try {
    return [multiaddr(bytes)]
  } catch {
    return []
  }
}
