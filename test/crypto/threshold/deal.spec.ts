import { expect } from 'chai'
import * as fc from 'fast-check'
import { combine, deal, publicShareOf, verificationOf, verificationsOf, verifyShare } from '../../../src/crypto/threshold/index.ts'
import { systemRng } from '../../../src/util/rng.ts'
import { bytesOf, flipped, hex, onBothGroups, ORDER, refusal, upTo } from '../../support/threshold.ts'
import type { Share } from '../../../src/crypto/threshold/index.ts'

const invalid = (...indices: number[]): { code: string, indices: number[] } => ({ code: 'THRESHOLD_INVALID', indices })

describe('crypto: threshold: deal', () => {
  it('refuses what is no sharing, and says which indices', () => {
    const wrong: Record<string, [threshold: number, indices: number[], named: number[]]> = {
      'a threshold of 1': [1, [1, 2], []],
      'of 0': [0, [1, 2], []],
      'of no integer': [2.5, [1, 2, 3], []],
      'of nothing': [Number.NaN, [1, 2, 3], []],
      'above the number of shares': [4, [1, 2, 3], []],
      'no shares': [2, [], []],
      'index 0': [2, [0, 1, 2], [0]],
      'a negative index': [2, [1, 2, -3], [-3]],
      'an index above 65535': [2, [1, 65_536], [65_536]],
      'an index that is no integer': [2, [1, 1.5], [1.5]],
      'an index twice': [2, [3, 1, 2, 1, 3], [1, 3]]
    }
    for (const [what, [threshold, indices, named]] of Object.entries(wrong)) {
      expect(refusal(() => deal({ threshold, indices }, systemRng)), what).to.deep.equal(invalid(...named))
    }
  })

  onBothGroups(() => {
    it('gives each index a share that fits, and any threshold of them the secret', () => {
      fc.assert(fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 65_535 }), { minLength: 2, maxLength: 6 }), fc.double({ min: 0, max: 1, noNaN: true }), fc.integer(), (indices, part, order) => {
        const threshold = 2 + Math.floor(part * (indices.length - 2))
        const { commitments, shares } = deal({ threshold, indices }, systemRng)
        expect(commitments).to.have.length(threshold)
        expect(shares.map(({ index }) => index)).to.deep.equal(indices)
        for (const share of shares) expect(verifyShare(share, commitments)).to.equal(true)
        expect(verificationsOf(commitments, indices)).to.deep.equal(shares.map(({ scalar }) => publicShareOf(scalar)))
        const rotated = shares.map((_, i) => shares[(i + Math.abs(order)) % shares.length]!)
        const [a, b] = [shares, rotated].map(some => combine(some.slice(0, threshold), { threshold, publicKey: commitments[0]! }))
        expect(a).to.deep.equal(b)
      }), { numRuns: 8 })
    })

    it('tells a share that is not the one of its index', () => {
      const { commitments, shares } = deal({ threshold: 2, indices: [1, 2, 3] }, systemRng)
      const [first, second] = shares as [Share, Share]
      const wrong: Record<string, Share> = {
        'of another index': { index: 1, scalar: second.scalar },
        'with a bit changed': { index: 1, scalar: flipped(first.scalar) },
        'zero': { index: 1, scalar: new Uint8Array(32) },
        'not reduced': { index: 1, scalar: bytesOf(ORDER + 5n) },
        'too short': { index: 1, scalar: first.scalar.slice(1) },
        'of index 0': { index: 0, scalar: first.scalar },
        'of an index modulo 65536': { index: 65_537, scalar: first.scalar }
      }
      for (const [what, share] of Object.entries(wrong)) expect(verifyShare(share, commitments), what).to.equal(false)
    })

    it('refuses commitments that are none', () => {
      const { commitments: [first, second], shares: [share] } = deal({ threshold: 2, indices: [1, 2, 3] }, systemRng)
      const wrong: Record<string, Uint8Array[]> = {
        'none': [],
        'one': [first!],
        'the identity': [first!, new Uint8Array(32)],
        'no point': [first!, new Uint8Array(32).fill(255)],
        'cut short': [first!, second!.slice(1)]
      }
      for (const [what, commitments] of Object.entries(wrong)) {
        expect(refusal(() => verifyShare(share!, commitments)), what).to.deep.equal(invalid())
        expect(refusal(() => verificationOf(commitments, 1)), what).to.deep.equal(invalid())
        expect(refusal(() => verificationsOf(commitments, [1])), what).to.deep.equal(invalid())
      }
      expect(refusal(() => verificationOf([first!, second!], 0))).to.deep.equal(invalid(0))
      expect(refusal(() => verificationsOf([first!, second!], [1, 1]))).to.deep.equal(invalid(1))
    })

    it('refuses a share that all can see is zero', () => {
      const five = publicShareOf(bytesOf(5n))
      const root = [publicShareOf(bytesOf(10n)), publicShareOf(bytesOf(ORDER - 5n))]
      expect(refusal(() => verificationOf(root, 2))).to.deep.equal(invalid(2))
      expect(refusal(() => verificationsOf(root, [1, 2]))).to.deep.equal(invalid(2))
      expect(hex(verificationOf(root, 1))).to.equal(hex(five))
      expect(verifyShare({ index: 2, scalar: new Uint8Array(32) }, root)).to.equal(false)
      for (const scalar of [new Uint8Array(32), bytesOf(ORDER), new Uint8Array(31)]) expect(refusal(() => publicShareOf(scalar))).to.deep.equal(invalid())
    })
  })

  it('deals another secret each time', () => {
    const keys = upTo(20).map(() => hex(deal({ threshold: 2, indices: [1, 2] }, systemRng).commitments[0]!))
    expect(new Set(keys).size).to.equal(20)
  })
})
