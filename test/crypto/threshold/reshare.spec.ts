import { expect } from 'chai'
import * as fc from 'fast-check'
import { checkDealt, combine, deal, dealShare, publicShareOf, receiveShare, resharedCommitments, verificationOf, verifyShare } from '../../../src/crypto/threshold/index.ts'
import { systemRng } from '../../../src/util/rng.ts'
import { bytesOf, flipped, onBothGroups, ORDER, refusal, upTo } from '../../support/threshold.ts'
import type { Dealing, Share, SubShare } from '../../../src/crypto/threshold/index.ts'

const NEXT = { threshold: 2, indices: [2, 5, 9] }

describe('crypto: threshold: reshare', () => {
  onBothGroups(() => {
    let dealing: Dealing
    let publicKey: Uint8Array
    let dealt: Array<Dealing & { dealer: number }>
    const partsFor = (at: number): SubShare[] => dealt.map(({ dealer, commitments, shares }) => ({ dealer, commitments, scalar: shares[at]!.scalar }))

    before(() => {
      dealing = deal({ threshold: 3, indices: upTo(5) }, systemRng)
      publicKey = dealing.commitments[0]!
      dealt = [4, 1, 3].map(dealer => ({ dealer, ...dealShare(dealing.shares[dealer - 1]!, NEXT, systemRng) }))
    })

    it('gives other holders and another threshold the same secret', () => {
      const secret = combine(dealing.shares, { threshold: 3, publicKey })
      fc.assert(fc.property(fc.integer({ min: 2, max: 4 }), fc.uniqueArray(fc.integer({ min: 1, max: 65_535 }), { minLength: 4, maxLength: 5 }), fc.shuffledSubarray(upTo(5), { minLength: 3, maxLength: 4 }), (threshold, indices, dealers) => {
        const parts = dealers.map(dealer => ({ dealer, ...dealShare(dealing.shares[dealer - 1]!, { threshold, indices }, systemRng) }))
        for (const { dealer, commitments } of parts) checkDealt(commitments, verificationOf(dealing.commitments, dealer), threshold)
        const commitments = resharedCommitments(parts)
        expect(commitments).to.have.length(threshold)
        expect(commitments[0]).to.deep.equal(publicKey)
        const shares = indices.map((index, i) => receiveShare(parts.map(part => ({ ...part, scalar: part.shares[i]!.scalar })), index))
        for (const share of shares) expect(verifyShare(share, commitments)).to.equal(true)
        expect(combine(shares.slice(-threshold), { threshold, publicKey, commitments })).to.deep.equal(secret)
      }), { numRuns: 3 })
    })

    it('gives with fewer dealers than the old threshold another secret, as everybody can see', () => {
      expect(resharedCommitments(dealt.slice(1))[0]).to.not.deep.equal(publicKey)
    })

    it('makes old shares worth nothing among new ones', () => {
      const commitments = resharedCommitments(dealt)
      const fresh = receiveShare(partsFor(0), 2)
      const old = dealing.shares[4]!
      expect(refusal(() => combine([fresh, old], { threshold: 2, publicKey }))).to.deep.equal({ code: 'THRESHOLD_MISMATCH', indices: [] })
      expect(refusal(() => combine([fresh, old], { threshold: 2, publicKey, commitments }))).to.deep.equal({ code: 'THRESHOLD_SHARE_INVALID', indices: [5] })
    })

    it('names the dealers whose sub-share is not what they published', () => {
      const [a, b, c] = partsFor(1) as [SubShare, SubShare, SubShare]
      const wrong: Record<string, [SubShare[], number[]]> = {
        'a bit changed': [[a, { ...b, scalar: flipped(b.scalar) }, c], [1]],
        'that of another holder': [[{ ...a, scalar: partsFor(2)[0]!.scalar }, b, c], [4]],
        'two that make up for each other, but for what they count': [[a, { ...b, scalar: bytesOf(1n) }, { ...c, scalar: bytesOf(2n) }], [1, 3]],
        'not reduced': [[a, b, { ...c, scalar: bytesOf(ORDER + 1n) }], [3]],
        'cut short': [[a, b, { ...c, scalar: c.scalar.slice(1) }], [3]],
        'all': [[a, b, c].map(part => ({ ...part, scalar: flipped(part.scalar) })), [1, 3, 4]]
      }
      for (const [what, [parts, indices]] of Object.entries(wrong)) expect(refusal(() => receiveShare(parts, 5)), what).to.deep.equal({ code: 'THRESHOLD_SHARE_INVALID', indices })
      expect(verifyShare(receiveShare([a, b, c], 5), resharedCommitments(dealt))).to.equal(true)
    })

    it('refuses what is dealt for another share, or for another threshold', () => {
      const { commitments } = dealt[0]!
      const own = publicShareOf(dealing.shares[3]!.scalar)
      const longer = dealShare(dealing.shares[3]!, { threshold: 3, indices: NEXT.indices }, systemRng).commitments
      expect(refusal(() => { checkDealt(commitments, own, 2) })).to.equal(undefined)
      expect(refusal(() => { checkDealt(commitments, publicKey, 2) })).to.deep.equal({ code: 'THRESHOLD_MISMATCH', indices: [] })
      expect(refusal(() => { checkDealt(longer, own, 2) }), 'a longer polynomial').to.deep.equal({ code: 'THRESHOLD_INVALID', indices: [] })
      expect(refusal(() => { checkDealt(longer.slice(0, 1), own, 2) }), 'a shorter one').to.deep.equal({ code: 'THRESHOLD_INVALID', indices: [] })
      expect(refusal(() => { checkDealt([own, new Uint8Array(32)], own, 2) }), 'the identity').to.deep.equal({ code: 'THRESHOLD_INVALID', indices: [] })
      expect(refusal(() => { checkDealt(commitments, new Uint8Array(32), 2) }), 'no verification').to.deep.equal({ code: 'THRESHOLD_INVALID', indices: [] })
    })

    it('refuses dealers that are none, that come twice, and commitments that are none, by dealer', () => {
      const [a, b, c] = partsFor(1) as [SubShare, SubShare, SubShare]
      const longer = dealShare(dealing.shares[2]!, { threshold: 3, indices: NEXT.indices }, systemRng).commitments
      const wrong: Record<string, [SubShare[], number[]]> = {
        'twice': [[a, b, { ...c, dealer: 1 }], [1]],
        'dealer 0': [[a, b, { ...c, dealer: 0 }], [0]],
        'more commitments': [[a, b, { ...c, commitments: longer }], [3]],
        'no point': [[a, b, { ...c, commitments: [c.commitments[0]!, new Uint8Array(32).fill(255)] }], [3]],
        'the identity': [[a, b, { ...c, commitments: [c.commitments[0]!, new Uint8Array(32)] }], [3]]
      }
      for (const [what, [parts, indices]] of Object.entries(wrong)) {
        expect(refusal(() => receiveShare(parts, 5)), what).to.deep.equal({ code: 'THRESHOLD_INVALID', indices })
        expect(refusal(() => resharedCommitments(parts)), what).to.deep.equal({ code: 'THRESHOLD_INVALID', indices })
      }
      expect(refusal(() => receiveShare([], 5))?.code).to.equal('THRESHOLD_TOO_FEW')
      expect(refusal(() => resharedCommitments([]))?.code).to.equal('THRESHOLD_TOO_FEW')
      expect(refusal(() => receiveShare([a, b, c], 0))).to.deep.equal({ code: 'THRESHOLD_INVALID', indices: [0] })
    })

    it('deals a share only, and leaves it as it is', () => {
      const share: Share = { index: 3, scalar: dealing.shares[2]!.scalar.slice() }
      dealShare(share, NEXT, systemRng)
      expect(share).to.deep.equal(dealing.shares[2])
      expect(refusal(() => dealShare({ index: 0, scalar: share.scalar }, NEXT, systemRng))).to.deep.equal({ code: 'THRESHOLD_INVALID', indices: [0] })
      expect(refusal(() => dealShare({ index: 3, scalar: new Uint8Array(32) }, NEXT, systemRng))).to.deep.equal({ code: 'THRESHOLD_INVALID', indices: [3] })
      expect(refusal(() => dealShare(share, { threshold: 1, indices: [1, 2] }, systemRng))?.code).to.equal('THRESHOLD_INVALID')
    })
  })
})
