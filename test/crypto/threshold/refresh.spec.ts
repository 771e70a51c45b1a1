import { expect } from 'chai'
import { checkRefresh, combine, deal, dealRefresh, dealShare, refreshedCommitments, refreshShare, verifyShare } from '../../../src/crypto/threshold/index.ts'
import { IDENTITY } from '../../../src/crypto/threshold/group.ts'
import { systemRng } from '../../../src/util/rng.ts'
import { flipped, onBothGroups, refusal, upTo } from '../../support/threshold.ts'
import type { Dealing, SubShare } from '../../../src/crypto/threshold/index.ts'

const SHARING = { threshold: 3, indices: upTo(5) }

describe('crypto: threshold: refresh', () => {
  onBothGroups(() => {
    let dealing: Dealing
    let publicKey: Uint8Array
    let dealt: Array<Dealing & { dealer: number }>
    const partsFor = (index: number): SubShare[] => dealt.map(({ dealer, commitments, shares }) => ({ dealer, commitments, scalar: shares[index - 1]!.scalar }))

    before(() => {
      dealing = deal(SHARING, systemRng)
      publicKey = dealing.commitments[0]!
      dealt = [5, 2].map(dealer => ({ dealer, ...dealRefresh(SHARING, systemRng) }))
    })

    it('changes every share, and not the secret', () => {
      const commitments = refreshedCommitments(dealing.commitments, dealt)
      const shares = dealing.shares.map(share => refreshShare(share, partsFor(share.index), 3))
      for (const share of shares) expect(verifyShare(share, commitments)).to.equal(true)
      for (const share of shares) expect(verifyShare(share, dealing.commitments)).to.equal(false)
      expect(commitments[0]).to.deep.equal(publicKey)
      expect(combine(shares.slice(2), { threshold: 3, publicKey, commitments })).to.deep.equal(combine(dealing.shares, { threshold: 3, publicKey }))
      expect(refusal(() => combine([...shares.slice(3), dealing.shares[0]!], { threshold: 3, publicKey }))?.code, 'old and new').to.equal('THRESHOLD_MISMATCH')
    })

    it('refuses another constant than zero, and a longer or shorter polynomial, by dealer', () => {
      const [first] = dealt
      const wrong: Record<string, Uint8Array[]> = {
        'a constant': dealShare(dealing.shares[1]!, SHARING, systemRng).commitments,
        'a longer polynomial': dealRefresh({ ...SHARING, threshold: 4 }, systemRng).commitments,
        'a shorter one': dealRefresh({ ...SHARING, threshold: 2 }, systemRng).commitments,
        'none': [],
        'the identity twice': [IDENTITY, IDENTITY, first!.commitments[2]!],
        'no point': [IDENTITY, first!.commitments[1]!, new Uint8Array(32).fill(255)]
      }
      for (const [what, commitments] of Object.entries(wrong)) {
        const parts = [{ ...partsFor(1)[0]!, commitments }]
        const expected = { code: 'THRESHOLD_INVALID', indices: [5] }
        expect(refusal(() => { checkRefresh(parts, 3) }), what).to.deep.equal(expected)
        expect(refusal(() => refreshShare(dealing.shares[0]!, parts, 3)), what).to.deep.equal(expected)
        expect(refusal(() => refreshedCommitments(dealing.commitments, parts)), what).to.deep.equal(expected)
      }
    })

    it('names the dealers whose part does not fit', () => {
      const [a, b] = partsFor(3) as [SubShare, SubShare]
      expect(refusal(() => refreshShare(dealing.shares[2]!, [{ ...a, scalar: flipped(a.scalar) }, b], 3))).to.deep.equal({ code: 'THRESHOLD_SHARE_INVALID', indices: [5] })
      expect(refusal(() => refreshShare(dealing.shares[2]!, partsFor(4), 3))).to.deep.equal({ code: 'THRESHOLD_SHARE_INVALID', indices: [2, 5] })
    })

    it('takes each dealer once, and at least one', () => {
      const [a] = partsFor(3) as [SubShare]
      expect(refusal(() => refreshShare(dealing.shares[2]!, [a, a], 3))).to.deep.equal({ code: 'THRESHOLD_INVALID', indices: [5] })
      expect(refusal(() => refreshShare(dealing.shares[2]!, [{ ...a, dealer: 0 }], 3))).to.deep.equal({ code: 'THRESHOLD_INVALID', indices: [0] })
      expect(refusal(() => refreshShare(dealing.shares[2]!, [], 3))?.code).to.equal('THRESHOLD_TOO_FEW')
    })
  })
})
