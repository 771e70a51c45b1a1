/**
 * A holder that somebody has taken over: it takes shares like the others, and when it is asked to use one it gives something
 * else, well signed.
 *
 *   node examples/vault-liar.ts <folder> [address of another]
 */
import { generateKeyPair } from '@libp2p/crypto/keys'
import { createAppNode } from 'peerkeep'
// its makers do not help with that
import { sign } from '../dist/services/shards/model/signed.js'
import { Answer, Signed } from '../dist/services/shards/pb/shards.js'
import type { Ready } from './vault-ready.ts'

type Answers = (request: Uint8Array, context: unknown) => Promise<Uint8Array>
interface Serving {
  handle (protocol: { ids: readonly string[] }, answers: Answers): Promise<void>
}

const [dataDir = 'liar', ...bootstrap] = process.argv.slice(2)
const privateKey = await generateKeyPair('Ed25519')
const node = await createAppNode({ privateKey, dataDir, bootstrap, listen: ['/ip4/127.0.0.1/tcp/0'], network: 'vault-example', start: false })

const protocols = node.services.protocols as unknown as Serving
const handle = protocols.handle.bind(protocols)
protocols.handle = async (protocol, answers) => {
  const asked = protocol.ids.some(id => id.endsWith('/shards/call/1.0.0'))
  await handle(protocol, asked ? async (request, context) => await falsified(await answers(request, context)) : answers)
}

/** The proof of a partial decryption, or of having the share, back to front. */
async function falsified (frame: Uint8Array): Promise<Uint8Array> {
  const answer = Answer.decode(Signed.decode(frame).content)
  const proof = answer.partial?.proof ?? answer.proof?.proof
  if (proof == null) return frame
  proof.reverse()
  return Signed.encode(await sign('answer', Answer.encode(answer), privateKey))
}

async function stop (): Promise<void> {
  await node.stop()
  if (process.connected) process.disconnect()
}
for (const ending of ['SIGTERM', 'disconnect']) process.once(ending, () => { stop().catch(console.error) })
await node.start()
const ready: Ready = { peerId: node.peerId.toString(), address: node.getMultiaddrs()[0]?.toString() ?? '' }
process.send?.(ready)
