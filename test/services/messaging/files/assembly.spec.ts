import { expect } from 'chai'
import { Assembly } from '../../../../src/services/messaging/files/assembly.ts'
import { chunkHash } from '../../../../src/services/messaging/files/chunk-hash.ts'
import { CHUNK_BYTES } from '../../../../src/services/messaging/files/constants.ts'
import { openSink } from '../../../../src/services/messaging/files/open-sink.ts'
import { MemorySink } from './memory-sink.ts'

/** Takes several parts at once. */
class BatchSink extends MemorySink {
  readonly batches: number[] = []

  async writev (parts: Uint8Array[], offset: number): Promise<void> {
    this.batches.push(parts.length)
    let at = offset
    for (const part of parts) {
      await this.write(part, at)
      at += part.byteLength
    }
  }
}

/** An assembly whose first write is held up until all chunks have come; `spoilt` is not what its hash says. */
async function assemble (count: number, spoilt?: number): Promise<{ sink: BatchSink, used: number, failed?: Error, place: number }> {
  const sink = Object.assign(new BatchSink(), { keepsNothing: true })
  const go = Promise.withResolvers<void>()
  sink.onWrite = offset => offset === 0 ? go.promise : undefined
  const outcome: { used: number, failed?: Error } = { used: 0 }
  const assembly = new Assembly({
    sink: openSink(sink),
    window: count,
    onRestart: async () => {},
    onUsed: () => { outcome.used++ },
    onWritten: () => {},
    onFailed: err => { outcome.failed = err }
  })
  assembly.begin(0)
  const chunks = Array.from({ length: count }, (_, i) => new Uint8Array(CHUNK_BYTES).fill(i))
  const hashes = await Promise.all(chunks.map(chunkHash))
  chunks.forEach((data, index) => { assembly.take({ index, sha256: index === spoilt ? new Uint8Array(32) : hashes[index] as Uint8Array, data }) })
  // one after the other, and often: by then theirs, on whichever thread, are done, too
  for (let i = 0; i < 4; i++) for (const chunk of chunks) await chunkHash(chunk)
  go.resolve()
  const place = await assembly.place()
  return { sink, place: place?.chunks ?? 0, ...outcome }
}

describe('messaging: files as they are put together', () => {
  it('what has gathered during a write is written at once', async () => {
    const { sink, used, place, failed } = await assemble(5)
    const alone = 5 - sink.batches.reduce((sum, chunks) => sum + chunks, 0)
    // with the first go those whose hashes were known as soon
    expect(sink.batches.length + alone).to.be.at.most(2)
    expect(sink.writes.map(({ offset }) => offset / CHUNK_BYTES)).to.deep.equal([0, 1, 2, 3, 4])
    expect([used, place, failed]).to.deep.equal([5, 5, undefined])
  })

  for (const spoilt of [0, 1, 3]) {
    it(`up to what is not what its hash says: chunk ${spoilt}`, async () => {
      const { sink, place, failed } = await assemble(5, spoilt)
      expect(sink.writes.map(({ offset }) => offset / CHUNK_BYTES)).to.deep.equal([0, 1, 2, 3, 4].slice(0, spoilt))
      expect(failed).to.include({ name: 'CorruptError' })
      expect(place).to.equal(spoilt)
    })
  }
})
