import { publicKeyToProtobuf } from '@libp2p/crypto/keys'
import { RPC } from '@libp2p/gossipsub/message'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import type { PrivateKey } from '@libp2p/interface'

const PREFIX = new TextEncoder().encode('libp2p-pubsub:')
let seqno = 0n

/** A message of gossipsub, made and signed by hand. */
export async function signedMessage (author: PrivateKey, topic: string, data: Uint8Array, fields: Partial<RPC.Message> = {}): Promise<RPC.Message> {
  const message: RPC.Message = { from: peerIdFromPrivateKey(author).toMultihash().bytes, data, seqno: bigEndian(++seqno), topic, ...fields }
  const signature = await author.sign(Buffer.concat([PREFIX, RPC.Message.encode(message)]))
  return { ...message, signature, key: publicKeyToProtobuf(author.publicKey) }
}

/** One that nobody signed, though it has a signature. */
export async function badlySigned (author: PrivateKey, topic: string, data: Uint8Array): Promise<RPC.Message> {
  const message = await signedMessage(author, topic, data)
  return { ...message, signature: message.signature!.map(byte => byte ^ 1) }
}

function bigEndian (value: bigint): Uint8Array {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, value)
  return bytes
}
