import * as fc from 'fast-check'
import { expect } from 'chai'
import { CHUNK_BYTES } from '../../../../src/services/messaging/files/constants.ts'
import { eventually } from '../../../support/eventually.ts'
import { rejection } from '../../../support/rejection.ts'
import { expectSameBytes } from '../../../support/same-bytes.ts'
import { watchUnhandled } from '../../../support/unhandled.ts'
import { FileNodes, nothingLeft, someBytes } from './file-nodes.ts'
import { MemorySink, ReadableMemorySink } from './memory-sink.ts'
import type { FileOffer, FileTransfer } from '../../../../src/services/messaging/files/contract.ts'
import type { FileNode } from './file-nodes.ts'

/** More than is under way at a time. */
const CHUNKS = 14
const LENGTH = CHUNKS * CHUNK_BYTES - 1_000
const bytes = someBytes(LENGTH)
const ID = 'ab'.repeat(16)

function cut (node: FileNode): void {
  for (const connection of node.getConnections()) connection.abort(new Error('the cable is cut'))
}

/** Takes whatever comes; what was asked, in order. */
function taking (receiver: FileNode, sink: (offer: FileOffer) => MemorySink | WritableStream<Uint8Array>, options?: { fromStart?: boolean }): Array<{ offer: FileOffer, transfer: FileTransfer }> {
  const taken: Array<{ offer: FileOffer, transfer: FileTransfer }> = []
  receiver.files.onFile(offer => { taken.push({ offer, transfer: offer.accept(sink(offer), options) }) })
  return taken
}

/** Bytes that were written more than once. */
function repeated ({ writes }: MemorySink): number {
  return writes.reduce((sum, { length }) => sum + length, 0) - LENGTH
}

describe('messaging: files that break off', () => {
  let unhandled: ReturnType<typeof watchUnhandled>
  beforeEach(() => { unhandled = watchUnhandled() })
  afterEach(async () => { await unhandled.stop() })

  it('go on by themselves over a new connection, and nobody is asked again', async () => {
    await using nodes = new FileNodes()
    const [sender, receiver] = await nodes.pair()
    const sink = new MemorySink()
    let cuts = 0
    sink.onWrite = offset => {
      if (cuts < 2 && offset === (cuts + 1) * 2 * CHUNK_BYTES) cut(cuts++ === 0 ? sender : receiver)
    }
    const taken = taking(receiver, () => sink)
    const { done } = sender.files.sendFile(receiver.peerId, new Blob([bytes]), { name: 'x' })
    await done
    expectSameBytes(sink.bytes, bytes)
    expect(cuts).to.equal(2)
    expect(taken).to.have.length(1)
    expect(repeated(sink)).to.equal(0)
    expect((await taken[0]!.transfer.done).bytes).to.equal(LENGTH)
    expect(taken[0]!.transfer.progress.resumedAt).to.be.above(0)
    await nothingLeft(sender, receiver)
  })

  it('a stream goes on, too, with what was not acknowledged', async () => {
    await using nodes = new FileNodes()
    const [sender, receiver] = await nodes.pair()
    const parts: Uint8Array[] = []
    let cuts = 0
    taking(receiver, () => new WritableStream({ write: part => {
      parts.push(part.slice())
      if (cuts++ === 1) cut(sender)
    } }))
    await sender.files.sendFile(receiver.peerId, new Blob([bytes]).stream(), { name: 'x' }).done
    expectSameBytes(new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer()), bytes)
    await nothingLeft(sender, receiver)
  })

  it('while nobody has answered the offer: it is the same offer', async () => {
    await using nodes = new FileNodes()
    const [sender, receiver] = await nodes.pair()
    const offers: FileOffer[] = []
    receiver.files.onFile(offer => { offers.push(offer) })
    const { done } = sender.files.sendFile(receiver.peerId, new Blob([bytes]), { name: 'x' })
    await eventually('it is offered', () => offers.length > 0)
    cut(sender)
    await eventually('it is there again', () => receiver.getConnections().length > 0)
    const sink = new MemorySink()
    offers[0]!.accept(sink)
    await done
    expect(offers).to.have.length(1)
    expectSameBytes(sink.bytes, bytes)
  })

  for (const [kind, make] of [['that can be read back', (before?: Uint8Array) => new ReadableMemorySink(before)], ['that cannot be read back', (before?: Uint8Array) => new MemorySink(before)]] as const) {
    it(`the receiver is started again, with a sink ${kind}: it is asked anew, and goes on`, async () => {
      await using nodes = new FileNodes()
      const [sender, first] = await nodes.pair()
      const sink = make()
      const stopping = Promise.withResolvers<void>()
      sink.onWrite = offset => { if (offset === 3 * CHUNK_BYTES) stopping.resolve() }
      taking(first, () => sink)
      const { done } = sender.files.sendFile(first.peerId, new Blob([bytes]), { name: 'x' })
      await stopping.promise
      const receiver = await nodes.restart(first)
      const again = make(sink.bytes)
      const taken = taking(receiver, () => again)
      await done
      expectSameBytes(again.bytes, bytes)
      const [{ offer, transfer }] = taken as [{ offer: FileOffer, transfer: FileTransfer }]
      expect(offer.resumeAt).to.be.at.least(3 * CHUNK_BYTES)
      expect(transfer.progress.resumedAt).to.equal(offer.resumeAt)
      expect(again.writes[0]?.offset ?? LENGTH).to.equal(offer.resumeAt)
      expect(receiver.opinion.offences.concat(sender.opinion.offences)).to.deep.equal([])
      await nothingLeft(sender, receiver)
    })
  }

  it('both are started again, and the file is sent anew under its id', async () => {
    await using nodes = new FileNodes()
    const [sender, receiver] = await nodes.pair()
    const sink = new ReadableMemorySink()
    sink.onWrite = offset => { if (offset === 4 * CHUNK_BYTES) throw new Error('full') }
    taking(receiver, () => sink)
    await rejection(sender.files.sendFile(receiver.peerId, new Blob([bytes]), { name: 'x', id: ID }).done)
    const [sender2, receiver2] = [await nodes.restart(sender), await nodes.restart(receiver)]
    await sender2.dial(receiver2.getMultiaddrs())
    sink.onWrite = () => {}
    const before = sink.writes.length
    const taken = taking(receiver2, () => sink)
    await sender2.files.sendFile(receiver2.peerId, new Blob([bytes]), { name: 'x', id: ID }).done
    expectSameBytes(sink.bytes, bytes)
    expect(taken[0]!.offer.resumeAt).to.equal(4 * CHUNK_BYTES)
    expect(sink.writes[before]?.offset).to.equal(4 * CHUNK_BYTES)
  })

  describe('what is there is not what it should be:', () => {
    for (const [what, spoil, begins] of [
      ['a byte is another', (before: Uint8Array) => before.fill(7, 100, 101), 0],
      ['more than the file', () => someBytes(LENGTH + 3 * CHUNK_BYTES, 9), 0],
      ['less than was told', (before: Uint8Array) => before.slice(0, 2 * CHUNK_BYTES + 9), 2 * CHUNK_BYTES],
      ['all of it already', () => bytes.slice(), LENGTH]
    ] as const) {
      it(what, async () => {
        await using nodes = new FileNodes()
        const [sender, receiver] = await nodes.pair()
        const first = new ReadableMemorySink()
        first.onWrite = offset => { if (offset === 4 * CHUNK_BYTES) throw new Error('full') }
        const leave = receiver.files.onFile(offer => { offer.accept(first) })
        await rejection(sender.files.sendFile(receiver.peerId, new Blob([bytes]), { name: 'x', id: ID }).done)
        leave()
        const sink = new ReadableMemorySink(spoil(first.bytes))
        receiver.files.onFile(offer => { offer.accept(sink) })
        await sender.files.sendFile(receiver.peerId, new Blob([bytes]), { name: 'x', id: ID }).done
        expectSameBytes(sink.bytes, bytes)
        expect(sink.writes[0]?.offset ?? LENGTH).to.equal(begins)
        expect(receiver.opinion.offences.concat(sender.opinion.offences)).to.deep.equal([])
      })
    }
  })

  for (const [kind, source] of [['another by now', () => new Blob([someBytes(LENGTH, 2)])], ['a stream, that begins anew', () => new Blob([someBytes(LENGTH, 2)]).stream()]] as const) {
    it(`the source is ${kind}: all of it is sent`, async () => {
      await using nodes = new FileNodes()
      const [sender, receiver] = await nodes.pair()
      const sink = new MemorySink()
      let full = true
      sink.onWrite = offset => { if (full && offset === 2 * CHUNK_BYTES) throw new Error('full') }
      receiver.files.onFile(offer => { offer.accept(sink) })
      await rejection(sender.files.sendFile(receiver.peerId, new Blob([bytes]), { name: 'x', id: ID }).done)
      full = false
      await sender.files.sendFile(receiver.peerId, source(), { name: 'x', id: ID }).done
      expectSameBytes(sink.bytes, someBytes(LENGTH, 2))
      expect(repeated(sink)).to.equal(2 * CHUNK_BYTES)
    })
  }

  it('a stream of which a part was acknowledged cannot begin anew: both are told', async () => {
    await using nodes = new FileNodes()
    const [sender, first] = await nodes.pair()
    const sink = new MemorySink()
    const stopping = Promise.withResolvers<void>()
    sink.onWrite = offset => { if (offset === 3 * CHUNK_BYTES) stopping.resolve() }
    taking(first, () => sink)
    const failed = rejection(sender.files.sendFile(first.peerId, new Blob([bytes]).stream(), { name: 'x' }).done)
    await stopping.promise
    const receiver = await nodes.restart(first)
    const taken = taking(receiver, () => new MemorySink(), { fromStart: true })
    expect(await failed).to.include({ code: 'MESSAGING_FILE_SOURCE_CHANGED' })
    expect(await rejection(taken[0]!.transfer.done)).to.include({ code: 'MESSAGING_FILE_SOURCE_CHANGED' })
    await nothingLeft(sender, receiver)
  })

  it('one that has arrived is not taken twice; another one under its id is refused', async () => {
    await using nodes = new FileNodes()
    const [sender, first] = await nodes.pair()
    const taken = taking(first, () => new MemorySink())
    const blob = new Blob([bytes])
    const result = await sender.files.sendFile(first.peerId, blob, { name: 'x', id: ID }).done
    expect(await sender.files.sendFile(first.peerId, blob, { name: 'x', id: ID }).done).to.deep.equal(result)
    expect(taken).to.have.length(1)
    const receiver = await nodes.restart(first)
    const takenAgain = taking(receiver, () => new MemorySink())
    expect(await sender.files.sendFile(receiver.peerId, blob, { name: 'x', id: ID }).done).to.deep.equal(result)
    expect(takenAgain).to.have.length(0)
    const err = await rejection(sender.files.sendFile(receiver.peerId, new Blob(['other']), { name: 'x', id: ID }).done)
    expect(err.code).to.equal('MESSAGING_FILE_SOURCE_CHANGED')
    await nothingLeft(sender, receiver)
  })

  it('wherever the connection is cut, what arrives is what was sent', async () => {
    await using nodes = new FileNodes()
    const [sender, receiver] = await nodes.pair()
    await fc.assert(fc.asyncProperty(fc.integer({ min: 0, max: 3 * CHUNK_BYTES }), fc.uniqueArray(fc.integer({ min: 0, max: 2 }), { maxLength: 2 }), fc.boolean(), fc.boolean(), async (length, cuts, streamed, readable) => {
      const content = someBytes(length, length)
      const sink = readable ? new ReadableMemorySink() : new MemorySink()
      const left = new Set(cuts)
      sink.onWrite = offset => { if (left.delete(offset / CHUNK_BYTES)) cut(sender) }
      const leave = receiver.files.onFile(offer => { offer.accept(sink) })
      const blob = new Blob([content])
      await sender.files.sendFile(receiver.peerId, streamed ? blob.stream() : blob, { name: 'x' }).done
      leave()
      expectSameBytes(sink.bytes, content)
    }), { numRuns: 12, endOnFailure: true })
    expect(receiver.opinion.offences.concat(sender.opinion.offences)).to.deep.equal([])
    await nothingLeft(sender, receiver)
  }).timeout(60_000)
})
