import { publicKeyToProtobuf } from '@libp2p/crypto/keys'
import { bytesField, framed } from '../../support/protobuf.ts'
import type { Connection } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { BareNode } from './crowd.ts'

/** identify reads 10 messages, at most. */
const MESSAGES = 10
const IDENTIFY = '/ipfs/id/1.0.0'
const TCP_CODE = 6
const IP4_CODE = 4

/** Dials, and answers identify with so many addresses that nobody listens at, 10 bytes each. */
export async function announceAddresses (node: BareNode, to: Multiaddr, count: number): Promise<Connection> {
  const perMessage = Math.ceil(count / MESSAGES)
  const publicKey = publicKeyToProtobuf(node.peerId.publicKey!)
  await node.handle(IDENTIFY, async stream => {
    for (let i = 0; i < count; i += perMessage) {
      const listenAddrs = Array.from({ length: Math.min(perMessage, count - i) }, (_, j) => bytesField(2, ip4tcp(i + j)))
      stream.send(framed(bytesField(1, publicKey), ...listenAddrs, bytesField(3, '/ipfs/ping/1.0.0')))
    }
    await stream.close()
  })
  return await node.dial(to, { signal: AbortSignal.timeout(10_000) })
}

/** `/ip4/10.0.x.y/tcp/4001` and `/ip4/50.0.x.y/tcp/4001` by turns, in bytes. */
function ip4tcp (i: number): Uint8Array {
  return Uint8Array.of(IP4_CODE, i % 2 === 0 ? 10 : 50, 0, i >> 8, i & 0xff, TCP_CODE, 4001 >> 8, 4001 & 0xff)
}
