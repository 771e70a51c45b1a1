/**
 * A libp2p program that is no Peerkeep node: it connects to every node and introduces itself with the signed record of somebody else, as
 * no honest peer does. Then it tries to come back. Says what it is, and how it went, to the process that forked it.
 *
 *   node examples/demo/impostor.ts <network> <addresses>
 */
import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { identify } from '@libp2p/identify'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { PeerRecord, RecordEnvelope } from '@libp2p/peer-record'
import { tcp } from '@libp2p/tcp'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { once } from 'node:events'
import type { Stream } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'

export interface ImpostorTold {
  peerId: string
  /** Of the nodes, how many let it in, and how many did so again afterwards. */
  letIn: number
  letInAgain: number
}

/** See protocols/pex. */
const PROTOCOL = '/peerkeep/pex/1.0.0'
const LIMIT_MS = 10_000

const [network = '', ...addresses] = process.argv.slice(2)
const node = await createLibp2p({
  transports: [tcp()],
  connectionEncrypters: [noise()],
  streamMuxers: [yamux()],
  connectionManager: { reconnectRetries: 0 },
  services: { identify: identify() }
})

/** A `Request` of that protocol, with its length before it. */
async function introduction (): Promise<Uint8Array> {
  const key = await generateKeyPair('Ed25519')
  const record = new PeerRecord({ peerId: peerIdFromPrivateKey(key), multiaddrs: [multiaddr('/ip4/192.0.2.1/tcp/4701')] })
  const envelope = (await RecordEnvelope.seal(record, key)).marshal()
  const request = [...field(1, Buffer.from(network)), ...field(3, envelope)]
  return Uint8Array.from([...varint(request.length), ...request])
}

function field (number: number, bytes: Uint8Array): number[] {
  return [...varint(number << 3 | 2), ...varint(bytes.length), ...bytes]
}

function varint (value: number): number[] {
  return value < 0x80 ? [value] : [value & 0x7f | 0x80, ...varint(value >>> 7)]
}

/** Undefined when it is not let in: who is banned may get as far as a connection, which is of no use. */
async function enter (to: Multiaddr): Promise<Stream | undefined> {
  try {
    const signal = AbortSignal.timeout(LIMIT_MS)
    const connection = await node.dial(to, { signal })
    return await connection.newStream(PROTOCOL, { signal })
  } catch {
    return undefined
  }
}

/** Resolves to whether it was let in, and whether again. */
async function pose (to: Multiaddr, lie: Uint8Array): Promise<[first: boolean, again: boolean]> {
  const stream = await enter(to)
  if (stream == null) return [false, false]
  stream.send(lie)
  if (stream.status === 'open') await once(stream, 'close', { signal: AbortSignal.timeout(LIMIT_MS) })
  for (const connection of node.getConnections()) if (connection.remoteAddr.equals(to)) connection.abort(new Error('next try'))
  return [true, await enter(to) != null]
}

const lie = await introduction()
const ends = await Promise.all(addresses.map(async address => await pose(multiaddr(address), lie)))
const told: ImpostorTold = {
  peerId: node.peerId.toString(),
  letIn: ends.filter(([first]) => first).length,
  letInAgain: ends.filter(([, again]) => again).length
}
process.send?.(told, () => { process.exit() })
