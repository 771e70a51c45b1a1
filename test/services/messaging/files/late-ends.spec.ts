import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { MemoryDatastore } from 'datastore-core'
import { expect } from 'chai'
import { Checkpoints } from '../../../../src/services/messaging/files/checkpoints.ts'
import { chunkHash } from '../../../../src/services/messaging/files/chunk-hash.ts'
import { streamReader } from '../../../../src/services/messaging/files/chunk-reader.ts'
import { SINK_STOP_MS } from '../../../../src/services/messaging/files/constants.ts'
import { IncomingFiles } from '../../../../src/services/messaging/files/incoming-files.ts'
import { MerkleTree } from '../../../../src/services/messaging/files/merkle-tree.ts'
import { MessageRoom } from '../../../../src/services/messaging/files/message-room.ts'
import { SendSession } from '../../../../src/services/messaging/files/send-session.ts'
import { SendWindow } from '../../../../src/services/messaging/files/send-window.ts'
import { SpeechQueue } from '../../../../src/services/messaging/files/speech-queue.ts'
import { eventually } from '../../../support/eventually.ts'
import { ManualClock } from '../../../support/manual-clock.ts'
import { rejection } from '../../../support/rejection.ts'
import { watchUnhandled } from '../../../support/unhandled.ts'
import { FileNodes, nothingLeft } from './file-nodes.ts'
import { MemorySink } from './memory-sink.ts'
import type { FileOffer, FileSink, FileTransfer } from '../../../../src/services/messaging/files/contract.ts'
import type { FromReceiver, FromSender } from '../../../../src/services/messaging/files/messages.ts'

const data = new Uint8Array(1_000).fill(7)
const sha256 = await chunkHash(data)
const tree = new MerkleTree()
tree.append(sha256)
const offer: FromSender = { what: 'offer', id: new Uint8Array(16).fill(1), name: 'x', type: 'text/plain', size: 1_000 }
const chunks: FromSender[] = [{ what: 'begin', chunks: 0 }, { what: 'chunk', index: 0, sha256, data }]
const done: FromSender = { what: 'done', bytes: 1_000, root: tree.root }
const peerId = peerIdFromPrivateKey(await generateKeyPair('Ed25519'))

/** Its close is held up. */
class SlowSink extends MemorySink {
  readonly gate = Promise.withResolvers<void>()
  closes = 0

  override async close (size: number): Promise<void> {
    this.closes++
    await this.gate.promise
    await super.close(size)
  }
}

/** The receiving side alone, with senders that say what the tests tell them to. */
class Receiver {
  readonly clock = new ManualClock()
  readonly errors: string[] = []
  readonly violations: string[] = []
  readonly files: IncomingFiles
  readonly offers: FileOffer[] = []
  readonly transfers: FileTransfer[] = []

  constructor (sink?: FileSink | WritableStream<Uint8Array>) {
    const log = Object.assign(() => {}, { error: (format: string) => { this.errors.push(format) }, trace: () => {} }) as never
    this.files = new IncomingFiles({
      checkpoints: new Checkpoints({ datastore: new MemoryDatastore(), clock: this.clock, log }),
      clock: this.clock,
      log,
      room: new MessageRoom(),
      onReceived: () => {},
      onViolation: (_peer, what) => { this.violations.push(what) }
    })
    this.files.handler = offered => {
      this.offers.push(offered)
      if (sink != null) this.transfers.push(offered.accept(sink))
    }
  }

  /** A connection of the sender: it offers, and hears. */
  link (): { say: (...messages: FromSender[]) => void, leave: () => void, heard: FromReceiver[], hears: (what: string) => Promise<void> } {
    const spoken = new SpeechQueue<FromSender>()
    const heard: FromReceiver[] = []
    const listen = async (): Promise<void> => {
      for await (const message of this.files.receive(spoken, { peerId, signal: new AbortController().signal } as never)) heard.push(message)
    }
    listen().catch((err: unknown) => { this.errors.push(String(err)) })
    const say = (...messages: FromSender[]): void => { for (const message of messages) spoken.push(message) }
    say(offer)
    return { say, leave: () => { spoken.end() }, heard, hears: async what => { await eventually(`"${what}" is heard`, () => heard.some(message => message.what === what)) } }
  }
}

/** A transfer of which all has come, while its sink is being closed. */
async function closing (): Promise<{ sink: SlowSink, receiver: Receiver, sender: ReturnType<Receiver['link']> }> {
  const sink = new SlowSink()
  const receiver = new Receiver(sink)
  const sender = receiver.link()
  await sender.hears('accept')
  sender.say(...chunks, done)
  await eventually('the sink closes', () => sink.closes === 1)
  return { sink, receiver, sender }
}

describe('messaging: files that end late', () => {
  let unhandled: ReturnType<typeof watchUnhandled>
  beforeEach(() => { unhandled = watchUnhandled() })
  afterEach(async () => { await unhandled.stop() })

  it('a sender that comes again while the sink closes is told how that went, and the sink closes once', async () => {
    const { sink, receiver, sender: first } = await closing()
    first.leave()
    const second = receiver.link()
    second.say({ what: 'begin', chunks: 1 }, done)
    await new Promise(resolve => setImmediate(resolve))
    sink.gate.resolve()
    await second.hears('received')
    expect(second.heard.map(({ what }) => what)).to.deep.equal(['received'])
    expect((await receiver.transfers[0]!.done).bytes).to.equal(1_000)
    expect(sink.closes).to.equal(1)
    expect(receiver.violations).to.deep.equal([])
  })

  it('it is told, too, that the file could not be stored', async () => {
    const { sink, receiver } = await closing()
    const second = receiver.link()
    sink.gate.reject(new Error('the disk is full'))
    await second.hears('cancel')
    expect(second.heard).to.have.length(1)
    expect(second.heard[0]).to.include({ what: 'cancel', reason: 'failed' })
    expect((await rejection(receiver.transfers[0]!.done)).code).to.equal('MESSAGING_FILE_SINK_FAILED')
  })

  it('a file whose sink is closing is there: it cannot be cancelled any more, and a stop waits for it', async () => {
    const { sink, receiver, sender } = await closing()
    receiver.transfers[0]!.cancel('too late')
    const stopped = receiver.files.stop()
    sink.gate.resolve()
    await stopped
    expect((await receiver.transfers[0]!.done).bytes).to.equal(1_000)
    expect(sink.aborted).to.equal(undefined)
    expect(sender.heard.at(-1)).to.include({ what: 'received' })
  })

  const hanging: Record<string, () => { sink: FileSink | WritableStream<Uint8Array>, hangs: () => boolean, told: () => boolean }> = {
    'a stream that nobody reads': () => {
      let writing = false
      const size = (): number => {
        writing = true
        return 1
      }
      return { sink: new TransformStream<Uint8Array, Uint8Array>({}, { size }).writable, hangs: () => writing, told: () => true }
    },
    'a stream that watches its signal': () => {
      let signal: AbortSignal | undefined
      const sink = new WritableStream<Uint8Array>({
        write: async (_, controller) => {
          signal = controller.signal
          await new Promise<void>(() => {})
        }
      })
      return { sink, hangs: () => signal != null, told: () => signal?.aborted === true }
    },
    'a FileSink whose write hangs': () => {
      const sink = new MemorySink()
      let writing = false
      sink.onWrite = async () => {
        writing = true
        await new Promise<void>(() => {})
      }
      return { sink, hangs: () => writing, told: () => true }
    },
    'a FileSink whose close hangs': () => {
      const sink = new SlowSink()
      return { sink, hangs: () => sink.closes === 1, told: () => true }
    }
  }
  for (const [name, make] of Object.entries(hanging)) {
    it(`${name} does not keep the node from stopping`, async () => {
      const { sink, hangs, told } = make()
      const receiver = new Receiver(sink)
      const sender = receiver.link()
      await sender.hears('accept')
      sender.say(...chunks, done)
      await eventually('it hangs', hangs)
      let stopped = false
      const stop = receiver.files.stop().then(() => { stopped = true })
      await receiver.clock.advanceAsync(SINK_STOP_MS - 1, 1_000)
      expect(told()).to.equal(true)
      expect(stopped).to.equal(false)
      await receiver.clock.advanceAsync(1)
      await stop
      expect((await rejection(receiver.transfers[0]!.done)).code).to.equal('MESSAGING_STOPPED')
      expect(receiver.errors).to.have.length(1)
    })
  }

  it('an offer that is over gives a new sink back, but not the one that it took', async () => {
    const receiver = new Receiver()
    const sender = receiver.link()
    await eventually('it is offered', () => receiver.offers.length === 1)
    sender.say({ what: 'cancel', reason: 'cancelled', text: '' })
    await eventually('the sender has left', () => receiver.offers[0]!.signal.aborted)
    const late = new MemorySink()
    expect(() => receiver.offers[0]!.accept(late)).to.throw('cannot be accepted')
    await eventually('it is aborted', () => late.aborted != null)

    const sink = new MemorySink()
    const again = new Receiver(sink)
    await again.link().hears('accept')
    expect(() => again.offers[0]!.accept(sink)).to.throw('cannot be accepted')
    await new Promise(resolve => setImmediate(resolve))
    expect(sink.aborted).to.equal(undefined)
    await again.files.stop()
  })

  it('a receiver that claims at once to have it cannot keep the sender from cancelling', async () => {
    const heard = new SpeechQueue<FromReceiver>()
    heard.push({ what: 'received', bytes: 5, root: new Uint8Array(32) })
    let reads = 0
    const source = new ReadableStream<Uint8Array>({ pull: controller => { if (reads++ === 0) controller.enqueue(data) } })
    const duplex = { send: async () => {}, closeWrite: async () => {}, abort: () => { heard.end() }, [Symbol.asyncIterator]: () => heard }
    const session = new SendSession(duplex, { offer: { id: new Uint8Array(16), name: 'x', type: 'text/plain' }, what: 'x', window: new SendWindow(streamReader(source)), clock: new ManualClock(), onBegin: () => {}, onProgress: () => {}, onViolation: () => {} })
    const outcome = session.run().then(() => undefined, (err: unknown) => err)
    await eventually('the source is read', () => reads > 1)
    const err = new Error('cancelled here')
    session.cancel('cancelled', '', err)
    expect(await outcome).to.equal(err)
  })

  it('the comparison with what the receiver claims reads no further when it is stopped', async () => {
    let reads = 0
    let stopped = false
    const source = new ReadableStream<Uint8Array>({
      pull: controller => {
        controller.enqueue(new Uint8Array(1024 * 1024))
        stopped = ++reads >= 8
        if (reads === 64) controller.close()
      }
    })
    expect(await new SendWindow(streamReader(source)).matches(new Uint8Array(32), 5, () => stopped)).to.equal(false)
    expect(reads).to.be.below(32)
  })

  it('a source that is not sent is closed, but not under a transfer that reads it', async () => {
    await using nodes = new FileNodes()
    const [sender, receiver] = await nodes.pair()
    let closed = 0
    const source = (): { size: number, read: () => Promise<number>, close: () => Promise<void> } => ({ size: 1, read: async () => 1, close: async () => { closed++ } })
    expect(() => sender.files.sendFile(receiver.peerId, source(), { name: 'a/b' })).to.throw('the name')
    expect(closed).to.equal(1)
    receiver.files.onFile(() => {})
    const one = source()
    const transfer = sender.files.sendFile(receiver.peerId, one, { name: 'x', id: 'ab'.repeat(16) })
    expect(() => sender.files.sendFile(receiver.peerId, one, { name: 'x', id: 'ab'.repeat(16) })).to.throw('not being sent to this peer')
    expect(closed).to.equal(1)
    transfer.cancel()
    await rejection(transfer.done)
    await nothingLeft(sender, receiver)
    await eventually('it is closed', () => closed === 2)
  })
})
