import { expect } from 'chai'
import * as fc from 'fast-check'
import { MIN_PADDED_BYTES, pad, paddedLength, unpad } from '../../src/crypto/padding.ts'

describe('crypto: padding', () => {
  it('gives back what was padded', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 3_000 }), message => {
      expect(unpad(pad(message))).to.deep.equal(message)
    }))
  })

  it('makes few lengths, at little cost', () => {
    const lengths = new Set<number>()
    let worst = 0
    let last = 0
    for (let bytes = 1; bytes <= 1_200_000; bytes += bytes < 5_000 ? 1 : 97) {
      const padded = paddedLength(bytes)
      expect(padded).to.be.at.least(bytes)
      expect(padded).to.be.at.least(last)
      last = padded
      lengths.add(padded)
      if (bytes > MIN_PADDED_BYTES) worst = Math.max(worst, padded / bytes - 1)
    }
    expect(worst).to.be.below(0.063)
    expect(lengths.size).to.be.below(350)
  })

  it('has lengths that others can compute', () => {
    // from the algorithm in section 4.5 of the paper: E = floor(log2 L), S = floor(log2 E) + 1, the last E - S bits are zero
    const table = { 0: 256, 1: 256, 256: 256, 257: 272, 272: 272, 273: 288, 1_000: 1_024, 1_024: 1_024, 1_025: 1_088, 65_537: 67_584, 1_048_576: 1_048_576, 1_048_577: 1_081_344 }
    for (const [bytes, padded] of Object.entries(table)) expect(paddedLength(Number(bytes)), bytes).to.equal(padded)
  })

  it('knows what it did not make', () => {
    const padded = pad(Uint8Array.of(1, 2, 3))
    for (const bytes of [new Uint8Array(0), new Uint8Array(256), padded.subarray(0, 255), Uint8Array.of(...padded, 0), padded.with(3, 0x81), padded.with(255, 1), Uint8Array.of(1, 0x80)]) {
      expect(unpad(bytes)).to.equal(undefined)
    }
  })
})
