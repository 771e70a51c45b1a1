import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import type { PrivateKey, PublicKey } from '@libp2p/interface'
import type { Signed } from '../pb/shards.ts'

/** What is signed: a signature of one kind is none of another, nor of anything else that the same keys sign. */
export type SignedKind = 'manifest' | 'answer' | 'request' | 'contribution' | 'kem' | 'delegation'

const SIGNATURE_BYTES = 64
const POINT_BYTES = 32

/** An Ed25519 signature (RFC 8032) over `peerkeep-shards:`, the kind, a zero byte, and the content. */
export async function sign (kind: SignedKind, content: Uint8Array, privateKey: PrivateKey): Promise<Signed> {
  return { content, signature: await privateKey.sign(signedBytes(kind, content)) }
}

/** Whether the signature is by this key, as `keyFromBytes` or `keyOfPeer` give it. Never rejects. */
export async function verify (kind: SignedKind, { content, signature }: Signed, publicKey: PublicKey): Promise<boolean> {
  // libraries differ in a nonce of small order; in the subgroup of the key the identity is the only one
  if (publicKey.type !== 'Ed25519' || signature.byteLength !== SIGNATURE_BYTES || isIdentity(signature.subarray(0, POINT_BYTES))) return false
  try {
    return await publicKey.verify(signedBytes(kind, content), signature)
  } catch {
    // some libraries throw for what is no signature at all
    return false
  }
}

export function signedBytes (kind: SignedKind, content: Uint8Array): Uint8Array {
  return concatBytes(utf8ToBytes(`peerkeep-shards:${kind}\0`), content)
}

function isIdentity (point: Uint8Array): boolean {
  return point[0] === 1 && point.subarray(1).every(byte => byte === 0)
}
