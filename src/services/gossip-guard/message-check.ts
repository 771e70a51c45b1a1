import { publicKeyFromProtobuf } from '@libp2p/crypto/keys'
import { equals } from 'uint8arrays/equals'
import { toString } from 'uint8arrays/to-string'
import type { RPC } from '@libp2p/gossipsub/message'
import type { PeerId, PublicKey } from '@libp2p/interface'
import type { Offence } from '../../components.ts'

/** `drop` costs the sender nothing: it may be an honest peer of another kind that passed on what somebody made to frame it. */
export type Check = { verdict: 'pass', author?: PeerId } | { verdict: 'drop' } | { verdict: 'charge', offence: Offence, cause: string }

const SEQNO_BYTES = 8
/** A peer id with the key in it: 0x00, the key's length, the key. */
const INLINE_KEY_OFFSET = 2

/** Of the group of secp256k1. */
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n
const MAX_DER_BYTES = 72

const malformed: Check = { verdict: 'charge', offence: 'severe', cause: 'gossip:malformed' }
// what networks with other settings send, and peers of several networks pass on
const otherPolicy: Check = { verdict: 'charge', offence: 'minor', cause: 'gossip:signature-policy' }
const drop: Check = { verdict: 'drop' }

/**
 * Everything that is wrong with a message before its signature is looked at; gossipsub would find the same, but does not
 * tell what it was. What go-libp2p checks before it passes a message on is its sender's fault, what it does not (the
 * sequence number, which of a secp256k1 signature's two forms it is) or what another version may understand (new kinds of
 * keys) only the author's.
 */
export function checkMessage (message: RPC.Message, policy: 'StrictSign' | 'StrictNoSign', sender: PeerId, authorOf: (bytes: Uint8Array) => PeerId | undefined): Check {
  const { from, key, seqno, signature } = message
  if (policy === 'StrictNoSign') return signature == null && seqno == null && key == null ? { verdict: 'pass' } : otherPolicy
  if (signature == null) return otherPolicy
  const author = from == null ? undefined : authorOf(from)
  if (from == null || author == null) return malformed
  const byAuthor = author.equals(sender)
  if (key == null) {
    if (author.publicKey == null) return malformed
  } else if (!equals(key, from.subarray(INLINE_KEY_OFFSET))) {
    const publicKey = parseKey(key)
    if (publicKey == null) return byAuthor ? malformed : drop
    if (!equals(publicKey.toMultihash().bytes, from)) return malformed
  }
  if (seqno?.byteLength !== SEQNO_BYTES) return byAuthor ? malformed : drop
  if (!byAuthor && author.type === 'secp256k1' && hasHighS(signature)) return drop
  return { verdict: 'pass', author }
}

/** Whether it is the form of a signature that is not taken here, but may be valid elsewhere: 0x30, length, 0x02, length of r, r, 0x02, length of s, s. */
function hasHighS (der: Uint8Array): boolean {
  const at = 4 + (der[3] ?? 0)
  if (der.byteLength > MAX_DER_BYTES || der[0] !== 0x30 || der[at] !== 0x02 || der.byteLength !== at + 2 + (der[at + 1] ?? 0)) return false
  const s = BigInt(`0x0${toString(der.subarray(at + 2), 'base16')}`)
  return s > ORDER / 2n && s < ORDER
}

function parseKey (bytes: Uint8Array): PublicKey | undefined {
  try {
    return publicKeyFromProtobuf(bytes)
  } catch {
    // that it is none, or of a kind unknown here, is the answer
    return undefined
  }
}
