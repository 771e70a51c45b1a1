import { pexProtocol } from '../../../src/services/pex/messages.ts'
import { seededRng } from '../../../src/util/rng.ts'
import { framed } from '../../support/protobuf.ts'
import type { Connection, Stream } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { BareNode } from './crowd.ts'

/** A number that never ends: no message of any protocol begins with that. */
const ENDLESS = new Uint8Array(12).fill(0xff)
/** A peer that is not stopped gives up by itself. */
const MAX_MESSAGES = 20
const LIMIT_MS = 5_000
const MAX_ANSWER_BYTES = 1_024

export interface Junk {
  /** Whether it was let in. */
  connected: boolean
  /** Messages that it could send: the victim took a stream for each. */
  sent: number
}

/** Connects, and sends messages that are none, one after the other on two streams at a time, until it is cut off or has sent 20. */
export async function sendJunk (node: BareNode, to: Multiaddr, protocol: string): Promise<Junk> {
  const connection = await dial(node, to)
  if (connection == null) return { connected: false, sent: 0 }
  let begun = 0
  let sent = 0
  const sender = async (): Promise<void> => {
    while (begun < MAX_MESSAGES && connection.status === 'open') {
      const bytes = framed(ENDLESS, seededRng(begun++).bytes(30))
      if (!await sendOne(connection, protocol, bytes)) continue
      sent++
    }
  }
  await Promise.all([sender(), sender()])
  return { connected: sent > 0, sent }
}

/** Introduces itself with another peer's record: that alone is a ban. */
export async function poseAs (node: BareNode, to: Multiaddr, record: Uint8Array): Promise<void> {
  const signal = AbortSignal.timeout(LIMIT_MS)
  const connection = await node.dial(to, { signal })
  const stream = await connection.newStream(pexProtocol.id, { signal })
  stream.send(framed(pexProtocol.request.encode({ network: 'main', roles: [], record, limit: 1 })))
}

async function dial (node: BareNode, to: Multiaddr): Promise<Connection | undefined> {
  try {
    return await node.dial(to, { signal: AbortSignal.timeout(LIMIT_MS) })
  } catch {
    return undefined
  }
}

/** Resolves to whether the victim took it, when it has done with it. */
async function sendOne (connection: Connection, protocol: string, bytes: Uint8Array): Promise<boolean> {
  let stream: Stream | undefined
  try {
    const signal = AbortSignal.timeout(LIMIT_MS)
    stream = await connection.newStream(protocol, { signal })
    stream.send(bytes)
    await stream.close({ signal })
    for await (const answer of stream) if (answer.byteLength > MAX_ANSWER_BYTES) throw new Error('that is no answer to junk')
  } catch (err) {
    // being cut off is what the victim is there for
    stream?.abort(err as Error)
  }
  return stream != null
}
