import { RPC } from '@libp2p/gossipsub/message'
import { sha256Text } from '../platform/sha256.ts'

/**
 * The same for two messages only when all of them is the same: what is signed, the signature and the key. Gossipsub keeps it
 * of messages whose signature is right, and knows by it the copies that neighbours send: those need not be verified again,
 * and a copy that differs in anything is.
 */
export function messageFingerprint (message: RPC.Message): string {
  return sha256Text(RPC.Message.encode(message))
}
