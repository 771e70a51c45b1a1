import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { sealRecord } from '../../src/wire/signed-record.ts'
import type { PrivateKey } from '@libp2p/interface'
import type { PexEntry } from '../../src/services/pex/messages.ts'
import type { SignedRecord } from '../../src/wire/signed-record.ts'

/** The key pair number `seed`: the same in every run. */
export async function keyOf (seed: number): Promise<PrivateKey> {
  const bytes = new Uint8Array(32)
  new DataView(bytes.buffer).setUint32(0, seed)
  return generateKeyPairFromSeed('Ed25519', bytes)
}

/** Record `seq` of peer number `seed`. */
export async function recordOf (seed: number, addresses: string[], seq = 1n): Promise<SignedRecord> {
  return sealRecord(await keyOf(seed), addresses.map(address => multiaddr(address)), seq)
}

/** Peers number `from` to `from + count - 1`, each with an address of its own below `prefix`. */
export async function entriesOf (from: number, count: number, prefix = '/memory/peer-'): Promise<PexEntry[]> {
  return Promise.all(Array.from({ length: count }, async (_, i) => ({ record: (await recordOf(from + i, [`${prefix}${from + i}`])).bytes, roles: [] })))
}

export async function peerIdOf (seed: number): Promise<ReturnType<typeof peerIdFromPrivateKey>> {
  return peerIdFromPrivateKey(await keyOf(seed))
}
