import { expect } from 'chai'
import { checkDeltas, deal, dealDeltas, repairShare, sumDeltas, verificationOf } from '../../../src/crypto/threshold/index.ts'
import { systemRng } from '../../../src/util/rng.ts'
import { flipped, onBothGroups, refusal, upTo } from '../../support/threshold.ts'
import type { Dealing, Delta, PublishedDeltas, Repair, Sigma } from '../../../src/crypto/threshold/index.ts'

const REPAIR: Repair = { index: 2, helpers: [5, 1, 4] }
const invalid = (...indices: number[]): { code: string, indices: number[] } => ({ code: 'THRESHOLD_INVALID', indices })
const unfit = (...indices: number[]): { code: string, indices: number[] } => ({ code: 'THRESHOLD_SHARE_INVALID', indices })

describe('crypto: threshold: repair', () => {
  onBothGroups(() => {
    let dealing: Dealing
    let published: Array<PublishedDeltas & { deltas: Uint8Array[] }>
    let sigmas: Sigma[]
    let verification: Uint8Array
    const partsFor = (own: number): Delta[] => published.map(({ helper, points, deltas }) => ({ helper, points, scalar: deltas[REPAIR.helpers.indexOf(own)]! }))

    before(() => {
      dealing = deal({ threshold: 3, indices: upTo(5) }, systemRng)
      verification = verificationOf(dealing.commitments, 2)
      published = REPAIR.helpers.map(helper => ({ helper, ...dealDeltas(dealing.shares[helper - 1]!, REPAIR, systemRng) }))
      sigmas = REPAIR.helpers.map(helper => ({ helper, scalar: sumDeltas(partsFor(helper), helper, REPAIR) }))
    })

    it('makes the very share that was lost', () => {
      for (const part of published) checkDeltas(part, verificationOf(dealing.commitments, part.helper), REPAIR)
      expect(repairShare(sigmas, published, verification, REPAIR)).to.deep.equal(dealing.shares[1])
      expect(repairShare(sigmas.toReversed(), published.toReversed(), verification, REPAIR), 'in any order').to.deep.equal(dealing.shares[1])
    })

    it('makes a share of an index that never had one', () => {
      const repair = { index: 77, helpers: [1, 2, 3] }
      const all = repair.helpers.map(helper => ({ helper, ...dealDeltas(dealing.shares[helper - 1]!, repair, systemRng) }))
      const sums = repair.helpers.map((helper, i) => ({ helper, scalar: sumDeltas(all.map(({ deltas, ...part }) => ({ ...part, scalar: deltas[i]! })), helper, repair) }))
      expect(repairShare(sums, all, verificationOf(dealing.commitments, 77), repair).index).to.equal(77)
    })

    it('names a helper whose deltas are no splitting of its share', () => {
      const own = verificationOf(dealing.commitments, 5)
      const { points, helper } = published[0]!
      const other = published[1]!.points
      expect(refusal(() => { checkDeltas({ helper, points: [points[0]!, points[1]!, other[2]!] }, own, REPAIR) })).to.deep.equal(unfit(5))
      expect(refusal(() => { checkDeltas({ helper, points }, verificationOf(dealing.commitments, 1), REPAIR) })).to.deep.equal(unfit(5))
      expect(refusal(() => { checkDeltas({ helper, points: points.slice(1) }, own, REPAIR) })).to.deep.equal(invalid(5))
      expect(refusal(() => { checkDeltas({ helper, points: [points[0]!, points[1]!, new Uint8Array(32)] }, own, REPAIR) })).to.deep.equal(invalid(5))
      expect(refusal(() => { checkDeltas({ helper: 3, points }, own, REPAIR) }), 'no helper').to.deep.equal(invalid(3))
    })

    it('names helpers that give another delta than they published', () => {
      const [a, b, c] = partsFor(1) as [Delta, Delta, Delta]
      expect(refusal(() => sumDeltas([a, { ...b, scalar: flipped(b.scalar) }, c], 1, REPAIR))).to.deep.equal(unfit(1))
      expect(refusal(() => sumDeltas(partsFor(4), 1, REPAIR))).to.deep.equal(unfit(1, 4, 5))
      expect(refusal(() => sumDeltas([a, b, c], 3, REPAIR))).to.deep.equal(invalid(3))
      expect(refusal(() => sumDeltas([a, b], 1, REPAIR))).to.deep.equal({ code: 'THRESHOLD_TOO_FEW', indices: [4] })
      expect(refusal(() => sumDeltas([a, b, c, a], 1, REPAIR))).to.deep.equal(invalid(5))
      expect(refusal(() => sumDeltas([a, b, c, { ...c, helper: 3 }], 1, REPAIR))?.code).to.equal('THRESHOLD_INVALID')
    })

    it('names helpers that sum up wrongly', () => {
      const wrong = sigmas.map((sigma, i) => i === 1 ? sigma : { ...sigma, scalar: flipped(sigma.scalar) })
      expect(refusal(() => repairShare(wrong, published, verification, REPAIR))).to.deep.equal(unfit(4, 5))
      expect(refusal(() => repairShare(sigmas.slice(0, 2), published, verification, REPAIR))).to.deep.equal({ code: 'THRESHOLD_TOO_FEW', indices: [4] })
    })

    it('takes no share but that of the verification', () => {
      expect(refusal(() => repairShare(sigmas, published, verificationOf(dealing.commitments, 3), REPAIR))).to.deep.equal({ code: 'THRESHOLD_MISMATCH', indices: [2] })
      for (const point of [new Uint8Array(32), new Uint8Array(32).fill(255)]) expect(refusal(() => repairShare(sigmas, published, point, REPAIR))).to.deep.equal(invalid())
    })

    it('refuses helpers that are none', () => {
      const [share] = dealing.shares
      const wrong: Array<[Repair, number[]]> = [
        [{ index: 2, helpers: [1] }, [1]],
        [{ index: 1, helpers: [1, 2, 3] }, [1]],
        [{ index: 2, helpers: [1, 3, 3] }, [3]],
        [{ index: 0, helpers: [1, 3] }, [0]],
        [{ index: 2, helpers: [3, 4] }, [1]]
      ]
      for (const [repair, indices] of wrong) expect(refusal(() => dealDeltas(share!, repair, systemRng)), JSON.stringify(repair)).to.deep.equal(invalid(...indices))
    })
  })
})
