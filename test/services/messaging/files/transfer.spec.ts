import { expect } from 'chai'
import { fileRoot } from '../../../../src/services/messaging/files/file-root.ts'
import { CHUNK_BYTES, WINDOW_CHUNKS } from '../../../../src/services/messaging/files/constants.ts'
import { eventually } from '../../../support/eventually.ts'
import { rejection } from '../../../support/rejection.ts'
import { expectSameBytes } from '../../../support/same-bytes.ts'
import { watchUnhandled } from '../../../support/unhandled.ts'
import { FileNodes, fileStreams, nothingLeft, someBytes } from './file-nodes.ts'
import { MemorySink } from './memory-sink.ts'
import type { FileOffer, FileProgress, FileTransfer } from '../../../../src/services/messaging/files/contract.ts'
import type { FileNode } from './file-nodes.ts'

const FOUR = 4 * CHUNK_BYTES + 5

/** Takes whatever comes; resolves with the first. */
async function takes (receiver: FileNode, sink: MemorySink | WritableStream<Uint8Array>): Promise<{ offer: FileOffer, transfer: FileTransfer }> {
  return await new Promise((resolve, reject) => {
    receiver.files.onFile(offer => {
      try {
        resolve({ offer, transfer: offer.accept(sink) })
      } catch (err) {
        reject(err)
      }
    })
  })
}

/** Pieces of all sizes, and then what `last` does. */
function stream (bytes: Uint8Array, last?: (controller: ReadableStreamDefaultController<Uint8Array>) => void): ReadableStream<Uint8Array> {
  let at = 0
  let length = 1
  return new ReadableStream({
    pull (controller) {
      if (at < bytes.byteLength) controller.enqueue(bytes.slice(at, at + length))
      else if (last != null) last(controller)
      else controller.close()
      at += length
      length = Math.min(2 * length + 1, 300_000)
    }
  })
}

describe('messaging: files, from one node to another', () => {
  let unhandled: ReturnType<typeof watchUnhandled>
  beforeEach(() => { unhandled = watchUnhandled() })
  afterEach(async () => { await unhandled.stop() })

  for (const [name, length] of [['of one byte', 1], ['of a chunk', CHUNK_BYTES], ['of four chunks and a bit', FOUR], ['that is empty', 0]] as const) {
    it(`a file ${name} arrives, with its name and type`, async () => {
      await using nodes = new FileNodes()
      const [sender, receiver] = await nodes.pair()
      const bytes = someBytes(length)
      const sink = new MemorySink()
      const taking = takes(receiver, sink)
      const blob = new Blob([bytes])
      const transfer = sender.files.sendFile(receiver.peerId, blob, { name: 'tea.txt', type: 'text/plain' })
      const seen: FileProgress[] = []
      transfer.addEventListener('progress', ({ detail }) => { seen.push(detail) })
      const sent = await transfer.done
      const { offer, transfer: incoming } = await taking
      const received = await incoming.done
      expectSameBytes(sink.bytes, bytes)
      expect(sink.closed).to.equal(length)
      expect(received).to.deep.equal({ bytes: length, root: await fileRoot(blob) })
      expect(sent).to.deep.equal(received)
      expect(offer).to.include({ name: 'tea.txt', type: 'text/plain', size: length, resumeAt: 0, id: transfer.id })
      expect(offer.peerId.equals(sender.peerId)).to.equal(true)
      expect(seen.at(-1)).to.deep.equal({ bytes: length, size: length, resumedAt: 0 })
      expect(receiver.opinion.offences).to.deep.equal([])
      expect(sender.files.snapshot().sentBytes).to.equal(length)
      expect(receiver.files.snapshot().receivedBytes).to.equal(length)
      await nothingLeft(sender, receiver)
    })
  }

  it('a stream arrives in a stream, its size unknown to both', async () => {
    await using nodes = new FileNodes()
    const [sender, receiver] = await nodes.pair()
    const bytes = someBytes(2 * CHUNK_BYTES + 100)
    const parts: Uint8Array[] = []
    let closed = false
    const taking = takes(receiver, new WritableStream({ write: part => { parts.push(part.slice()) }, close: () => { closed = true } }))
    const { done } = sender.files.sendFile(receiver.peerId, stream(bytes), { name: 'live' })
    expect(await done).to.deep.include({ bytes: bytes.byteLength, root: await fileRoot(new Blob([bytes])) })
    const { offer } = await taking
    expect(offer.size).to.equal(undefined)
    expectSameBytes(new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer()), bytes)
    expect(closed).to.equal(true)
  })

  it('a slow sink holds the sender back', async () => {
    await using nodes = new FileNodes()
    const [sender, receiver] = await nodes.pair()
    const sink = new MemorySink()
    const go = Promise.withResolvers<void>()
    sink.onWrite = () => go.promise
    const offered = Promise.withResolvers<void>()
    receiver.files.onFile(offer => {
      offer.accept(offer.name === 'much' ? sink : new MemorySink())
      offered.resolve()
    })
    let pulled = 0
    const source = new ReadableStream<Uint8Array>({
      pull (controller) {
        if (pulled >= 16) controller.close()
        else controller.enqueue(new Uint8Array(CHUNK_BYTES).fill(pulled++))
      }
    })
    const transfer = sender.files.sendFile(receiver.peerId, source, { name: 'much' })
    await offered.promise
    await eventually('the window is full', () => pulled >= WINDOW_CHUNKS)
    // another file overtakes it: it could have gone on
    await sender.files.sendFile(receiver.peerId, new Blob([someBytes(4 * CHUNK_BYTES)]), { name: 'little' }).done
    expect(pulled).to.be.below(WINDOW_CHUNKS + 5)
    expect(transfer.progress.bytes).to.equal(0)
    go.resolve()
    expect(await transfer.done).to.include({ bytes: 16 * CHUNK_BYTES })
  }).timeout(30_000)

  it('memory is used again where the sink says that it keeps nothing, and only there', async () => {
    await using nodes = new FileNodes()
    const [sender, receiver] = await nodes.pair()
    const bytes = someBytes(30 * CHUNK_BYTES)
    const used: Record<string, Set<ArrayBufferLike>> = { true: new Set(), false: new Set() }
    for (const keepsNothing of [true, false]) {
      const sink = Object.assign(new MemorySink(), { keepsNothing })
      const write = sink.write.bind(sink)
      sink.write = async (part, offset) => {
        used[String(keepsNothing)]?.add(part.buffer)
        await write(part, offset)
      }
      const leave = receiver.files.onFile(offer => { offer.accept(sink) })
      await sender.files.sendFile(receiver.peerId, new Blob([bytes]), { name: 'x' }).done
      leave()
      expectSameBytes(sink.bytes, bytes)
    }
    expect(used.true?.size).to.be.below(15)
    expect(used.false?.size).to.equal(30)
  })

  it('several at a time, no more than four to one peer', async () => {
    await using nodes = new FileNodes()
    const [sender, receiver] = await nodes.pair()
    const go = Promise.withResolvers<void>()
    const asked: string[] = []
    receiver.files.onFile(async offer => {
      asked.push(offer.name)
      await go.promise
      offer.accept(new MemorySink())
    })
    const transfers = Array.from({ length: 7 }, (_, i) => sender.files.sendFile(receiver.peerId, new Blob([someBytes(1_000 + i)]), { name: `file-${i}` }))
    await eventually('four are offered', () => asked.length === 4)
    expect(fileStreams(sender)).to.equal(4)
    go.resolve()
    const results = await Promise.all(transfers.map(async ({ done }) => await done))
    expect(results.map(({ bytes }) => bytes)).to.deep.equal(transfers.map((_, i) => 1_000 + i))
    expect(asked).to.have.members(transfers.map((_, i) => `file-${i}`))
    await nothingLeft(sender, receiver)
  })

  describe('that does not go well:', () => {
    const cases: Record<string, { handler?: (offer: FileOffer) => void, code: string, details: Record<string, unknown> }> = {
      'declined': { handler: offer => { offer.decline('no room for tea') }, code: 'MESSAGING_FILE_DECLINED', details: { reason: 'declined', text: 'no room for tea' } },
      'no handler': { code: 'MESSAGING_FILE_DECLINED', details: { reason: 'no-handler', text: '' } },
      'a handler that throws': { handler: () => { throw new Error('secret') }, code: 'MESSAGING_FILE_DECLINED', details: { reason: 'failed', text: '' } }
    }
    for (const [name, { handler, code, details }] of Object.entries(cases)) {
      it(name, async () => {
        await using nodes = new FileNodes()
        const [sender, receiver] = await nodes.pair()
        if (handler != null) receiver.files.onFile(handler)
        const err = await rejection(sender.files.sendFile(receiver.peerId, new Blob(['x']), { name: 'x' }).done)
        expect(err.code).to.equal(code)
        expect(err.details).to.deep.equal(details)
        await nothingLeft(sender, receiver)
      })
    }

    it('a peer that takes no files at all', async () => {
      await using nodes = new FileNodes()
      const [sender, receiver] = await nodes.pair()
      await receiver.files.stop()
      const err = await rejection(sender.files.sendFile(receiver.peerId, new Blob(['x']), { name: 'x' }).done)
      expect(err).to.include({ code: 'MESSAGING_FILE_DECLINED' })
      expect(err.details).to.include({ reason: 'unsupported' })
      await receiver.files.start()
    })

    it('a peer that cannot be reached: told after retryForMs', async () => {
      await using nodes = new FileNodes()
      const [sender, receiver] = await nodes.pair()
      await receiver.stop()
      const transfer = sender.files.sendFile(receiver.peerId, new Blob(['x']), { name: 'x', retryForMs: 300 })
      const err = await rejection(transfer.done)
      expect(err.code).to.equal('MESSAGING_FILE_UNREACHABLE')
      expect(err.message).to.include(transfer.id)
      await nothingLeft(sender)
    })

    for (const side of ['sender', 'receiver'] as const) {
      it(`cancelled by the ${side}: the other side is told why`, async () => {
        await using nodes = new FileNodes()
        const [sender, receiver] = await nodes.pair()
        const sink = new MemorySink()
        const taking = takes(receiver, sink)
        const outgoing = sender.files.sendFile(receiver.peerId, stream(someBytes(CHUNK_BYTES), () => {}), { name: 'x' })
        const { transfer: incoming, offer } = await taking
        await eventually('a chunk is written', () => incoming.progress.bytes > 0 && outgoing.progress.bytes > 0)
        const [cancels, told] = side === 'sender' ? [outgoing, incoming] : [incoming, outgoing]
        cancels.cancel('the tea is cold')
        const [own, theirs] = await Promise.all([rejection(cancels.done), rejection(told.done)])
        expect(own.code).to.equal('MESSAGING_FILE_CANCELLED')
        expect(theirs.code).to.equal('MESSAGING_FILE_CANCELLED')
        expect(theirs.details).to.deep.equal({ reason: 'cancelled', text: 'the tea is cold' })
        expect(sink.aborted).to.be.an('error')
        expect(sink.closed).to.equal(undefined)
        expect(offer.signal.aborted).to.equal(true)
        cancels.cancel('again')
        expect(receiver.opinion.offences.concat(sender.opinion.offences)).to.deep.equal([])
        await nothingLeft(sender, receiver)
      })
    }

    it('cancelled by its signal, while the offer waits for an answer', async () => {
      await using nodes = new FileNodes()
      const [sender, receiver] = await nodes.pair()
      const offered = Promise.withResolvers<FileOffer>()
      receiver.files.onFile(offer => { offered.resolve(offer) })
      const controller = new AbortController()
      const { done } = sender.files.sendFile(receiver.peerId, new Blob(['x']), { name: 'x', signal: controller.signal })
      const offer = await offered.promise
      controller.abort(new Error('changed my mind'))
      expect(await rejection(done)).to.include({ code: 'MESSAGING_FILE_CANCELLED' })
      await eventually('the receiver knows', () => offer.signal.aborted)
      expect(() => offer.accept(new MemorySink())).to.throw().with.property('code', 'MESSAGING_FILE_INVALID')
      offer.decline()
      await nothingLeft(sender, receiver)
    })

    it('a sink without room: both are told, and it is closed', async () => {
      await using nodes = new FileNodes()
      const [sender, receiver] = await nodes.pair()
      const sink = new MemorySink()
      sink.onWrite = offset => { if (offset > 0) throw new Error('ENOSPC: no space left') }
      const taking = takes(receiver, sink)
      const { done } = sender.files.sendFile(receiver.peerId, new Blob([someBytes(FOUR)]), { name: 'x' })
      const theirs = await rejection(done)
      const { transfer } = await taking
      const own = await rejection(transfer.done)
      expect([own.code, theirs.code]).to.deep.equal(['MESSAGING_FILE_SINK_FAILED', 'MESSAGING_FILE_SINK_FAILED'])
      expect(own.message).to.include('no space left')
      expect(theirs.message, 'what the other side has of the cause').not.to.include('space')
      expect(sink.aborted).to.be.an('error')
      expect(sink.writes).to.have.length(1)
      expect(sender.opinion.offences.concat(receiver.opinion.offences)).to.deep.equal([])
      await nothingLeft(sender, receiver)
    })

    it('a source that fails, or has not the size that was promised', async () => {
      await using nodes = new FileNodes()
      const [sender, receiver] = await nodes.pair()
      receiver.files.onFile(offer => { offer.accept(new MemorySink()) })
      const failing = stream(someBytes(1_000), controller => { controller.error(new Error('the disk is gone')) })
      const codes: string[] = []
      for (const [source, size] of [[failing, undefined], [stream(someBytes(1_000)), 999], [stream(someBytes(1_000)), 1_001]] as const) {
        codes.push((await rejection(sender.files.sendFile(receiver.peerId, source, { name: 'x', size }).done)).code)
      }
      expect(codes).to.deep.equal(['MESSAGING_FILE_SOURCE_FAILED', 'MESSAGING_FILE_SOURCE_CHANGED', 'MESSAGING_FILE_SOURCE_CHANGED'])
      expect(receiver.opinion.offences).to.deep.equal([])
      await nothingLeft(sender, receiver)
    })

    it('this node stops: both sides end at once, and the sink is closed', async () => {
      await using nodes = new FileNodes()
      const [sender, receiver] = await nodes.pair()
      const sink = new MemorySink()
      const taking = takes(receiver, sink)
      const outgoing = sender.files.sendFile(receiver.peerId, stream(someBytes(CHUNK_BYTES), () => {}), { name: 'x' })
      const { transfer } = await taking
      await eventually('a chunk is written', () => transfer.progress.bytes > 0)
      const [own, theirs] = [rejection(outgoing.done), rejection(transfer.done)]
      await sender.stop()
      expect(await own).to.include({ code: 'MESSAGING_STOPPED' })
      // it may come again
      expect(receiver.files.snapshot().receiving).to.equal(1)
      await receiver.stop()
      expect(await theirs).to.include({ code: 'MESSAGING_STOPPED' })
      expect(sink.aborted).to.be.an('error')
    })
  })

  it('mistakes of the program are told at once', async () => {
    await using nodes = new FileNodes()
    const [sender, receiver] = await nodes.pair()
    const blob = new Blob(['x'])
    const read = new Response('x').body as ReadableStream<Uint8Array>
    read.getReader()
    const attempts: Array<[code: string, () => unknown]> = [
      ['MESSAGING_PEER_INVALID', () => sender.files.sendFile('nobody', blob, { name: 'x' })],
      ['MESSAGING_PEER_INVALID', () => sender.files.sendFile(sender.peerId, blob, { name: 'x' })],
      ['MESSAGING_FILE_INVALID', () => sender.files.sendFile(receiver.peerId, blob, { name: '../x' })],
      ['MESSAGING_FILE_INVALID', () => sender.files.sendFile(receiver.peerId, blob, { name: 'x', type: 'tea' })],
      ['MESSAGING_FILE_INVALID', () => sender.files.sendFile(receiver.peerId, blob, { name: 'x', id: 'abc' })],
      ['MESSAGING_FILE_INVALID', () => sender.files.sendFile(receiver.peerId, blob, { name: 'x', size: 2 })],
      ['MESSAGING_FILE_INVALID', () => sender.files.sendFile(receiver.peerId, blob, { name: 'x', retryForMs: -1 })],
      ['MESSAGING_FILE_INVALID', () => sender.files.sendFile(receiver.peerId, 'x' as never, { name: 'x' })],
      ['MESSAGING_FILE_INVALID', () => sender.files.sendFile(receiver.peerId, undefined as never, { name: 'x' })],
      ['MESSAGING_FILE_INVALID', () => sender.files.sendFile(receiver.peerId, read, { name: 'x' })],
      ['MESSAGING_FILE_INVALID', () => sender.files.onFile(7 as never)]
    ]
    for (const [code, attempt] of attempts) expect(attempt, String(attempt)).to.throw().with.property('code', code)
    const leave = receiver.files.onFile(() => {})
    expect(() => receiver.files.onFile(() => {})).to.throw().with.property('code', 'MESSAGING_EVENT_TAKEN')
    leave()
    receiver.files.onFile(() => {})
    const id = '00'.repeat(16)
    const { done } = sender.files.sendFile(receiver.peerId, blob, { name: 'x', id })
    expect(() => sender.files.sendFile(receiver.peerId, blob, { name: 'x', id })).to.throw().with.property('code', 'MESSAGING_FILE_INVALID')
    const stopped = rejection(done)
    await sender.stop()
    expect(await stopped).to.include({ code: 'MESSAGING_STOPPED' })
    expect(() => sender.files.sendFile(receiver.peerId, blob, { name: 'x' })).to.throw().with.property('code', 'MESSAGING_STOPPED')
  })
})
