import * as fc from 'fast-check'
import { expect } from 'chai'
import { fileReader, streamReader } from '../../../../src/services/messaging/files/chunk-reader.ts'
import { CHUNK_BYTES } from '../../../../src/services/messaging/files/constants.ts'
import { fileRoot } from '../../../../src/services/messaging/files/file-root.ts'
import { SendWindow } from '../../../../src/services/messaging/files/send-window.ts'
import { someBytes } from './file-nodes.ts'
import { expectSameBytes } from '../../../support/same-bytes.ts'

const CHUNKS = 5
const bytes = someBytes(CHUNKS * CHUNK_BYTES - 5)
const blob = new Blob([bytes])

/** Reads pieces of at most `most` bytes. */
function pieces (most: number): SendWindow {
  return new SendWindow(fileReader({
    size: bytes.byteLength,
    async read (into, offset) {
      const part = bytes.subarray(offset, offset + Math.min(most, into.byteLength))
      into.set(part)
      return part.byteLength
    }
  }))
}

async function rootOf (chunks: number): Promise<Uint8Array> {
  return await fileRoot(blob.slice(0, chunks * CHUNK_BYTES))
}

async function take (window: SendWindow, count: number): Promise<number[]> {
  const indices: number[] = []
  for (let i = 0; i < count; i++) {
    const chunk = await window.next()
    if (chunk == null) break
    expectSameBytes(chunk.frame.data, bytes.subarray(chunk.index * CHUNK_BYTES, (chunk.index + 1) * CHUNK_BYTES))
    indices.push(chunk.index)
  }
  return indices
}

describe('messaging: what of a file was sent', () => {
  it('all of it, in whatever pieces it is read', async () => {
    for (const most of [1_000_003, CHUNK_BYTES, 2 * CHUNK_BYTES]) {
      const window = pieces(most)
      expect(await take(window, 99)).to.deep.equal([0, 1, 2, 3, 4])
      expect(window.total).to.deep.equal({ chunks: CHUNKS, bytes: bytes.byteLength, root: await fileRoot(blob) })
    }
  })

  it('memory is used again for what was acknowledged, but not for what an earlier stream may still send', async () => {
    const used = async (renewed: boolean): Promise<number> => {
      const window = new SendWindow(fileReader({ size: 40 * CHUNK_BYTES, read: async into => into.byteLength }))
      const frames = new Set<unknown>()
      for (let i = 1; i <= 40; i++) {
        frames.add((await window.next())?.frame)
        if (renewed && i === 20) window.renew()
        window.ack(i)
      }
      return frames.size
    }
    const once = await used(false)
    expect(once).to.be.below(8)
    expect(await used(true)).to.be.above(once)
  })

  it('acknowledges no more than was sent', async () => {
    const window = pieces(CHUNK_BYTES)
    await take(window, 2)
    expect(window.ack(3)).to.equal(false)
    expect(window.ack(1)).to.equal(true)
    expect(window.ack(0)).to.equal(true)
    expect([window.ackedBytes, window.underWay]).to.deep.equal([CHUNK_BYTES, 1])
  })

  it('goes to any place that a file begins with, and to no other', async () => {
    await fc.assert(fc.asyncProperty(fc.nat(CHUNKS), fc.nat(CHUNKS), fc.nat(CHUNKS + 1), fc.boolean(), async (sent, acked, place, right) => {
      const window = pieces(CHUNK_BYTES)
      await take(window, sent)
      window.ack(Math.min(sent, acked))
      const root = right ? await rootOf(place) : new Uint8Array(32)
      const possible = right && place <= CHUNKS
      expect(await window.goTo({ chunks: place, root })).to.equal(possible)
      const from = possible ? place : 0
      if (!possible) expect(await window.restart()).to.equal(true)
      expect(await take(window, 99)).to.deep.equal([0, 1, 2, 3, 4].slice(from))
      expect(window.total.root).to.deep.equal(await fileRoot(blob))
    }), { numRuns: 15 })
  }).timeout(30_000)

  it('a stream goes back to what is kept, and not beyond', async () => {
    const window = new SendWindow(streamReader(blob.stream()))
    await take(window, 4)
    window.ack(2)
    expect(await window.goTo({ chunks: 1, root: await rootOf(1) })).to.equal(false)
    expect(await window.restart()).to.equal(false)
    expect(await window.goTo({ chunks: 3, root: await rootOf(3) })).to.equal(true)
    expect(await take(window, 99)).to.deep.equal([3, 4])
  })

  it('a read that was under way counts for whoever comes next', async () => {
    const window = pieces(CHUNK_BYTES)
    const pending = window.next()
    expect(await window.goTo({ chunks: 0, root: await rootOf(0) })).to.equal(true)
    expect((await pending)?.index).to.equal(0)
    expect(await take(window, 2)).to.deep.equal([0, 1])
  })

  it('a source that ends early, or gives what is no bytes, is told', async () => {
    const short = new SendWindow(fileReader({ size: 10, read: async () => 0 }))
    const failure = await short.next().catch((err: unknown) => err as Error)
    expect(failure).to.include({ name: 'SourceChangedError' })
    const odd = new SendWindow(streamReader(new ReadableStream({ start: controller => { controller.enqueue('text' as never) } })))
    expect(await odd.next().catch((err: unknown) => err as Error)).to.be.instanceOf(TypeError)
  })
})
