import { peerIdFromMultihash } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import type { PeerId } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Rng } from '../../src/util/rng.ts'

/** A peer id nobody has the key of: a random SHA-256 multihash. Much cheaper than a key pair. */
export function randomPeerId (rng: Rng): PeerId {
  const bytes = Uint8Array.of(0x12, 32, ...rng.bytes(32))
  return peerIdFromMultihash({ code: 0x12, size: 32, digest: bytes.subarray(2), bytes })
}

/** An address on the internet; with `group` (two octets, `8.8`) in that netgroup. */
export function randomPublicAddress (rng: Rng, group = randomGroup(rng)): Multiaddr {
  return multiaddr(`/ip4/${group}.${rng.int(256)}.${rng.int(256)}/tcp/${1024 + rng.int(60_000)}`)
}

/** The first two octets of a public IPv4 address: one of some 20,000 netgroups. */
export function randomGroup (rng: Rng): string {
  // 11 to 99 has no special-purpose /8
  return `${11 + rng.int(89)}.${rng.int(256)}`
}
