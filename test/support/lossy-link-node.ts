/**
 * A node at one end of a bad link, with the defaults of the package. Tells what happens as JSON lines.
 *
 * lossy-link-node.ts <seed of its identity> <data directory> <address to listen on> [<address of the other> <messages> <bytes of a file>]
 */
import { createHash } from 'node:crypto'
import { peerIdFromString } from '@libp2p/peer-id'
import * as z from 'zod'
import { createAppNode } from '../../src/app-node.ts'
import { watch } from '../../src/app-node/events.ts'
import { describeError } from '../../src/errors.ts'
import { fileBlocks } from './lossy-link-contract.ts'
import { keyOf } from './signed-records.ts'
import type { ProgramEvent } from '../../src/cli/events.ts'
import type { FileSink } from '../../src/services/messaging/index.ts'
import type { LinkEvent } from './lossy-link-contract.ts'

const Numbered = z.object({ n: z.number(), text: z.string() })
const TEXT = 'x'.repeat(200)
const TELL_EVERY = 0.1
/** Messages before anybody is connected; the others come one after the other, so that they live to see connections break. */
const AT_ONCE = 100
const PAUSE_MS = 200

const startMs = performance.now()

function say (event: LinkEvent | ProgramEvent): void {
  process.stdout.write(`${JSON.stringify({ ms: Math.round(performance.now() - startMs), ...event })}\n`)
}

/** Keeps all in memory, at its place; a part that was never written stays zero, and shows in the hash. */
class MemorySink implements FileSink {
  readonly #bytes: Uint8Array

  constructor (size: number) {
    this.#bytes = new Uint8Array(size)
  }

  async write (bytes: Uint8Array, offset: number): Promise<void> {
    this.#bytes.set(bytes, offset)
  }

  async close (): Promise<void> {
    say({ event: 'link:file-received', bytes: this.#bytes.length, sha256: createHash('sha256').update(this.#bytes).digest('hex') })
  }

  abort (reason: Error): void {
    say({ event: 'link:failed', what: 'receiving the file', error: describeError(reason) })
  }
}

const [, , seed, dataDir, ip, other, messages, bytes] = process.argv
const node = await createAppNode({ privateKey: await keyOf(Number(seed)), dataDir, listen: [`/ip4/${ip}/tcp/4701`], mdns: false, bootstrap: other == null ? [] : [other] })
const { messaging } = node.services
watch(node, say)
messaging.on('link:numbered', Numbered, ({ n }) => { say({ event: 'link:message', n }) })
messaging.onFile(offer => { offer.accept(new MemorySink(offer.size ?? 0)).done.catch((err: unknown) => { say({ event: 'link:failed', what: 'a file', error: describeError(err) }) }) })
say({ event: 'link:ready', address: String(node.getMultiaddrs()[0]) })

if (other != null) {
  const peer = peerIdFromString(other.split('/p2p/')[1]!)
  await post(Number(messages))
  if (Number(bytes) > 0) await sendFile(Number(bytes))

  async function post (count: number): Promise<void> {
    const delivered: Array<Promise<void>> = []
    for (let n = 0; n < count; n++) {
      delivered.push((await messaging.send(peer, 'link:numbered', { n, text: TEXT })).delivered)
      if (n >= AT_ONCE) await new Promise(resolve => { setTimeout(resolve, PAUSE_MS) })
    }
    await Promise.all(delivered)
    say({ event: 'link:delivered', count })
  }

  async function sendFile (size: number): Promise<void> {
    const transfer = messaging.sendFile(peer, new Blob(fileBlocks(size)), { name: 'file' })
    let told = 0
    transfer.addEventListener('progress', ({ detail }) => {
      if (detail.bytes - told < size * TELL_EVERY && detail.resumedAt === 0) return
      told = detail.bytes
      say({ event: 'link:progress', bytes: detail.bytes, resumedAt: detail.resumedAt })
    })
    const done = await transfer.done
    say({ event: 'link:file-sent', bytes: done.bytes })
  }
}
