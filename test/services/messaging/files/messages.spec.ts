import { readFile } from 'node:fs/promises'
import * as fc from 'fast-check'
import { expect } from 'chai'
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { ChunkFrame } from '../../../../src/services/messaging/files/chunk-frame.ts'
import { CHUNK_BYTES, MAX_SENDER_BYTES } from '../../../../src/services/messaging/files/constants.ts'
import { fileRoot } from '../../../../src/services/messaging/files/file-root.ts'
import { fromReceiver, fromSender } from '../../../../src/services/messaging/files/messages.ts'
import type { FromReceiver, FromSender } from '../../../../src/services/messaging/files/messages.ts'

interface Vectors {
  fromSender: Array<{ name: string, hex: string, value: unknown }>
  fromReceiver: Array<{ name: string, hex: string, value: unknown }>
  refused: Array<{ name: string, by: 'receiver' | 'sender', hex: string }>
  roots: Array<{ bytes: number, fill: number, root: string }>
}

/** Bytes as the vectors tell them. */
function readable (value: unknown): unknown {
  if (value instanceof Uint8Array) return toString(value, 'base16')
  if (Array.isArray(value)) return value.map(readable)
  if (typeof value === 'object' && value != null) return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, readable(field)]))
  return value
}

describe('messaging: messages about files', () => {
  let vectors: Vectors
  before(async () => { vectors = JSON.parse(await readFile(new URL('../../../../protocols/messaging/files-vectors.json', import.meta.url), 'utf8')) as Vectors })

  it('are as the vectors say, both ways', () => {
    for (const { name, hex, value } of vectors.fromSender) {
      const message = fromSender.decode(fromString(hex, 'base16'))
      expect(readable(message), name).to.deep.equal(value)
      if (message.what !== 'unknown') expect(toString(fromSender.encode(message), 'base16'), name).to.equal(hex)
    }
    for (const { name, hex, value } of vectors.fromReceiver) {
      const message = fromReceiver.decode(fromString(hex, 'base16'))
      expect(readable(message), name).to.deep.equal(value)
      if (message.what !== 'unknown') expect(toString(fromReceiver.encode(message), 'base16'), name).to.equal(hex)
    }
  })

  it('are refused as the vectors say', () => {
    for (const { name, by, hex } of vectors.refused) expect(() => (by === 'receiver' ? fromSender : fromReceiver).decode(fromString(hex, 'base16')), name).to.throw()
  })

  it('roots are those of the vectors', async () => {
    for (const { bytes, fill, root } of vectors.roots) expect(toString(await fileRoot(new Blob([new Uint8Array(bytes).fill(fill)])), 'base16'), `${bytes} bytes`).to.equal(root)
  })

  it('a chunk in its frame is encoded like one without', () => {
    const sha256 = new Uint8Array(32).fill(7)
    const frame = new ChunkFrame()
    fc.assert(fc.property(fc.oneof(fc.nat(), fc.maxSafeNat(), fc.constantFrom(0, 1, 127, 128)), fc.oneof(fc.integer({ min: 1, max: 300 }), fc.constantFrom(CHUNK_BYTES, CHUNK_BYTES - 1, 16_383, 16_384)), (index, length) => {
      frame.room.fill(length % 256)
      frame.length = length
      const message: FromSender = { what: 'chunk', index, sha256, data: frame.data }
      const framed = fromSender.encode({ ...message, frame })
      expect(framed.byteLength).to.be.at.most(MAX_SENDER_BYTES)
      expect(Buffer.compare(framed, fromSender.encode(message))).to.equal(0)
    }), { numRuns: 60 })
  })

  it('whatever comes is a message or refused', () => {
    const starts = [...vectors.fromSender, ...vectors.fromReceiver].map(({ hex }) => fromString(hex, 'base16'))
    const mutated = fc.tuple(fc.constantFrom(...starts), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }), fc.nat(20)).map(([start, changes, less]) => {
      const bytes = start.slice(0, Math.max(0, start.byteLength - less))
      for (const [at, value] of changes) if (bytes.byteLength > 0) bytes[at % bytes.byteLength] = value
      return bytes
    })
    fc.assert(fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 200 })), bytes => {
      for (const codec of [fromSender, fromReceiver]) {
        let message: FromSender | FromReceiver
        try {
          message = codec.decode(bytes)
        } catch (err) {
          expect(err).to.be.an('error')
          continue
        }
        expect(message.what).to.be.a('string')
      }
    }), { numRuns: 2_000 })
  })
})
