import { expect } from 'chai'
import * as fc from 'fast-check'
import { ChunkQueue } from '../../src/wire/chunk-queue.ts'
import { FrameReader } from '../../src/wire/mux/frame.ts'
import { MessageSplitter, prefixOf } from '../../src/wire/plain/message-splitter.ts'
import { frame, join } from './mux/support/frames.ts'

const LENGTH = 256 * 1024
/** Seconds, or minutes, where each byte costs as much as there are bytes before it. */
const LIMIT_MS = 2_000
const message = Uint8Array.from({ length: LENGTH }, (_, i) => i * 31)
const whole = join(prefixOf(LENGTH), message)

function * cut (bytes: Uint8Array): Generator<Uint8Array> {
  for (let i = 0; i < bytes.length; i++) yield bytes.subarray(i, i + 1)
}

function timed<T> (work: () => T): T {
  const startMs = performance.now()
  const result = work()
  expect(performance.now() - startMs).to.be.below(LIMIT_MS)
  return result
}

describe('wire: 256 KiB in pieces of one byte', () => {
  it('as one message, as it comes', () => {
    const splitter = new MessageSplitter(LENGTH, true)
    const found = timed(() => {
      let last: Uint8Array | undefined
      for (const byte of cut(whole)) {
        splitter.push(byte)
        last = splitter.next()
      }
      return last
    })
    expect(Buffer.compare(found!, message)).to.equal(0)
    expect(splitter.bufferedBytes).to.equal(0)
  })

  it('as one message, all at once', () => {
    const splitter = new MessageSplitter(LENGTH, true)
    const found = timed(() => {
      for (const byte of cut(whole)) splitter.push(byte)
      return splitter.next()
    })
    expect(Buffer.compare(found!, message)).to.equal(0)
  })

  it('as frames of many calls, in one list', () => {
    const reader = new FrameReader()
    const bytes = join(...Array.from({ length: 17 }, (_, i) => frame(i, 0, message.subarray(0, 16 * 1024))))
    expect(timed(() => {
      let frames = 0
      reader.push(cut(bytes))
      while (reader.next()) frames++
      return frames
    })).to.equal(17)
    expect(reader.bufferedBytes).to.equal(0)
  })

  it('and keeps what is whole where it is', () => {
    const splitter = new MessageSplitter(LENGTH, true)
    splitter.push(whole)
    expect(splitter.next()!.buffer).to.equal(whole.buffer)
  })

  it('promised and not sent takes little', () => {
    const splitter = new MessageSplitter(2 ** 28, true)
    splitter.push(prefixOf(2 ** 28))
    splitter.push(new Uint8Array(1))
    expect(splitter.next()).to.equal(undefined)
    expect(splitter.bufferedBytes).to.equal(1)
  })
})

describe('wire: chunks that wait', () => {
  it('come out as they went in, whatever their sizes', () => {
    const size = fc.oneof(fc.constant(1), fc.integer({ min: 0, max: 3_000 }))
    fc.assert(fc.property(fc.array(fc.tuple(size, fc.boolean()), { maxLength: 200 }), steps => {
      const queue = new ChunkQueue()
      const into: number[] = []
      const out: number[] = []
      let next = 0
      for (const [length, take] of steps) {
        const chunk = Uint8Array.from({ length }, () => next++)
        into.push(...chunk)
        queue.push(chunk)
        if (take) out.push(...queue.shift() ?? [])
        expect(queue.bytes).to.equal(into.length - out.length)
      }
      for (let chunk = queue.shift(); chunk != null; chunk = queue.shift()) out.push(...chunk)
      expect(out).to.deep.equal(into)
    }))
  })

  it('are few when they are small', () => {
    const queue = new ChunkQueue()
    for (let i = 0; i < LENGTH; i++) queue.push(Uint8Array.of(i))
    let chunks = 0
    while (queue.shift() != null) chunks++
    expect(chunks).to.equal(LENGTH / 8_192)
  })
})
