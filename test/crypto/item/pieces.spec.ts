import { expect } from 'chai'
import * as fc from 'fast-check'
import { concat } from 'uint8arrays/concat'
import { pieces } from '../../../src/crypto/item/pieces.ts'
import { seededRng } from '../../../src/util/rng.ts'
import { inParts } from './support/collected.ts'

describe('crypto: pieces', () => {
  it('all are full but the last, which is the last, and together they are the source', async () => {
    await fc.assert(fc.asyncProperty(fc.nat(100), fc.integer({ min: 1, max: 20 }), fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 4 }), async (length, size, parts) => {
      const source = seededRng(length).bytes(length)
      const got: Array<{ bytes: Uint8Array, index: number, last: boolean }> = []
      for await (const piece of pieces(inParts(source, parts), size)) got.push({ ...piece, bytes: piece.bytes.slice() })
      expect(concat(got.map(({ bytes }) => bytes))).to.deep.equal(source)
      expect(got.map(({ index }) => index)).to.deep.equal(got.map((_, i) => i))
      expect(got.map(({ last }) => last)).to.deep.equal(got.map((_, i) => i === got.length - 1))
      for (const { bytes, last } of got) expect(bytes.byteLength).to.satisfy((bytes: number) => last ? bytes <= size && (bytes > 0 || length === 0) : bytes === size)
    }))
  })

  it('wipes what it held, also when it is not read to its end', async () => {
    for (const whole of [true, false]) {
      let held = new Uint8Array(0)
      for await (const { bytes } of pieces(new Uint8Array(30).fill(7), 8)) {
        held = new Uint8Array(bytes.buffer as ArrayBuffer)
        if (!whole) break
      }
      expect([...held]).to.deep.equal([0, 0, 0, 0, 0, 0, 0, 0])
    }
  })
})
