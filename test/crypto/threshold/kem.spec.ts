import { expect } from 'chai'
import * as fc from 'fast-check'
import { combine, combinePartials, deal, encapsulate, partialOf, proveShare, publicShareOf, verificationsOf, verifyPartial } from '../../../src/crypto/threshold/index.ts'
import { group } from '../../../src/crypto/threshold/group.ts'
import { systemRng } from '../../../src/util/rng.ts'
import { bigOf, bytesOf, chanceOf, flipped, hex, onBothGroups, ORDER, refusal, upTo } from '../../support/threshold.ts'
import type { Dealing, Encapsulated, Partial, Share } from '../../../src/crypto/threshold/index.ts'

const CONTEXT = new TextEncoder().encode('a request')
const invalid = (...indices: number[]): { code: string, indices: number[] } => ({ code: 'THRESHOLD_INVALID', indices })

describe('crypto: threshold: kem', () => {
  onBothGroups(() => {
    let dealing: Dealing
    let publicKey: Uint8Array
    let verifications: Uint8Array[]
    let encapsulated: Encapsulated
    let partials: Array<Partial & { index: number }>
    const partial = (share: Share, context = CONTEXT, encapsulation = encapsulated.encapsulation): Partial => partialOf(share, encapsulation, context, systemRng)
    const fits = (some: Partial, { index = 1, context = CONTEXT, encapsulation = encapsulated.encapsulation } = {}): boolean => verifyPartial(some, verifications[index - 1]!, encapsulation, context)

    before(() => {
      dealing = deal({ threshold: 3, indices: upTo(5) }, systemRng)
      publicKey = dealing.commitments[0]!
      verifications = verificationsOf(dealing.commitments, upTo(5))
      encapsulated = encapsulate(publicKey, systemRng)
      partials = dealing.shares.map(share => ({ index: share.index, ...partial(share) }))
    })

    it('opens with any three partials, which all verify', () => {
      for (const some of partials) expect(fits(some, some), String(some.index)).to.equal(true)
      for (const taken of [[0, 1, 2], [4, 2, 0], [1, 2, 3, 4]]) {
        expect(combinePartials(taken.map(i => partials[i]!), 3)).to.deep.equal(encapsulated.sharedPoint)
      }
    })

    it('shares the point that the secret would give', () => {
      const secret = combine(dealing.shares, { threshold: 3, publicKey })
      expect(group().times(encapsulated.encapsulation, [[secret]])).to.deep.equal([encapsulated.sharedPoint])
    })

    it('does not open with two, nor with one that is wrong', () => {
      expect(refusal(() => combinePartials(partials.slice(0, 2), 3))).to.deep.equal({ code: 'THRESHOLD_TOO_FEW', indices: [] })
      expect(combinePartials(partials.slice(0, 2), 2)).to.not.deep.equal(encapsulated.sharedPoint)
      expect(combinePartials([partials[0]!, partials[1]!, { index: 3, point: partials[3]!.point }], 3)).to.not.deep.equal(encapsulated.sharedPoint)
    })

    it('tells every partial that is not of this share, point and request', () => {
      const [good, second] = partials as [typeof partials[0], typeof partials[0]]
      const other = encapsulate(publicKey, systemRng)
      const wrong: Record<string, Partial> = {
        'a point with a bit changed': { ...good, point: flipped(good.point) },
        'another holder\'s point': { ...good, point: second.point },
        'another holder\'s proof': { ...good, proof: second.proof },
        'another holder\'s': second,
        'the identity': { ...good, point: new Uint8Array(32) },
        'no point': { ...good, point: new Uint8Array(32).fill(255) },
        'a point cut short': { ...good, point: good.point.slice(1) },
        'nothing': { point: new Uint8Array(0), proof: new Uint8Array(0) },
        'a challenge with a bit changed': { ...good, proof: flipped(good.proof, 31) },
        'a response with a bit changed': { ...good, proof: flipped(good.proof, 32) },
        'a proof cut short': { ...good, proof: good.proof.slice(0, 63) },
        'a longer proof': { ...good, proof: Uint8Array.of(...good.proof, 0) },
        'a proof of zeros': { ...good, proof: new Uint8Array(64) },
        'an audit\'s proof': { ...good, proof: proveShare(dealing.shares[0]!, CONTEXT, systemRng) },
        'for another request': partial(dealing.shares[0]!, new TextEncoder().encode('a requesT')),
        'for a request cut short': partial(dealing.shares[0]!, CONTEXT.slice(1)),
        'for another point': partial(dealing.shares[0]!, CONTEXT, other.encapsulation)
      }
      expect(fits(good)).to.equal(true)
      for (const [what, some] of Object.entries(wrong)) expect(fits(some), what).to.equal(false)
      expect(fits(good, { context: CONTEXT.slice(1) }), 'asked with another request').to.equal(false)
      expect(fits(good, { encapsulation: other.encapsulation }), 'asked for another point').to.equal(false)
    })

    it('has one encoding of each proof', () => {
      const { proof } = partials[0]!
      for (const at of [0, 32]) {
        const unreduced = proof.slice()
        unreduced.set(bytesOf(bigOf(proof.slice(at, at + 32)) + ORDER), at)
        expect(fits({ ...partials[0]!, proof: unreduced }), String(at)).to.equal(false)
      }
    })

    it('never blames a holder for what the caller got wrong', () => {
      for (const wrong of [new Uint8Array(32), new Uint8Array(32).fill(255), new Uint8Array(31)]) {
        expect(refusal(() => verifyPartial(partials[0]!, wrong, encapsulated.encapsulation, CONTEXT))).to.deep.equal(invalid())
        expect(refusal(() => verifyPartial(partials[0]!, verifications[0]!, wrong, CONTEXT))).to.deep.equal(invalid())
        expect(refusal(() => partial(dealing.shares[0]!, CONTEXT, wrong))).to.deep.equal(invalid())
        expect(refusal(() => encapsulate(wrong, systemRng))).to.deep.equal(invalid())
      }
    })

    it('takes part with a share only', () => {
      for (const index of [0, 65_536, 1.5]) expect(refusal(() => partial({ index, scalar: dealing.shares[0]!.scalar }))).to.deep.equal(invalid(index))
      for (const scalar of [new Uint8Array(32), bytesOf(ORDER), new Uint8Array(31)]) expect(refusal(() => partial({ index: 3, scalar }))).to.deep.equal(invalid(3))
    })

    it('refuses partials of one index, of no index and of no point, by index', () => {
      const [first, second, third] = partials as [Partial & { index: number }, Partial & { index: number }, Partial & { index: number }]
      const wrong: Array<[number, { index: number, point: Uint8Array }]> = [[2, { ...third, index: 2 }], [0, { ...third, index: 0 }], [65_539, { ...third, index: 65_539 }], [3, { ...third, point: new Uint8Array(32) }]]
      for (const [named, some] of wrong) expect(refusal(() => combinePartials([first, second, some], 3)), String(named)).to.deep.equal(invalid(named))
      for (const threshold of [1, 0, 2.5]) expect(refusal(() => combinePartials(partials, threshold))?.code).to.equal('THRESHOLD_INVALID')
    })

    it('says nothing of the share with the same chance for another request, nor for another share', () => {
      const draws = [systemRng.bytes(32), systemRng.bytes(64)]
      const prove = (share: Share, context: Uint8Array): { challenge: bigint, response: bigint } => {
        const { proof } = partialOf(share, encapsulated.encapsulation, context, chanceOf(draws))
        return { challenge: bigOf(proof.slice(0, 32)), response: bigOf(proof.slice(32)) }
      }
      const share = dealing.shares[0]!
      const [a, b] = [prove(share, CONTEXT), prove(share, CONTEXT.slice(1))]
      // with equal nonces: share = (response - response') / (challenge - challenge')
      const [left, right] = [(a.response - b.response + ORDER) % ORDER, (a.challenge - b.challenge + ORDER) * bigOf(share.scalar) % ORDER]
      expect(a.challenge).to.not.equal(b.challenge)
      expect(left).to.not.equal(right)
      expect(prove(share, CONTEXT)).to.deep.equal(a)
    })
  })

  it('takes no bytes at random for a partial', () => {
    const { commitments } = deal({ threshold: 2, indices: [1, 2] }, systemRng)
    const { encapsulation } = encapsulate(commitments[0]!, systemRng)
    const bytes = fc.oneof(fc.uint8Array({ maxLength: 70 }), fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.constant(encapsulation))
    const proof = fc.oneof(fc.uint8Array({ maxLength: 70 }), fc.uint8Array({ minLength: 64, maxLength: 64 }).map(some => some.with(31, 1).with(63, 1)))
    fc.assert(fc.property(bytes, proof, (point, proof) => {
      expect(verifyPartial({ point, proof }, commitments[0]!, encapsulation, CONTEXT)).to.equal(false)
    }), { numRuns: 60 })
  })

  it('gives partials that differ in the proof only', () => {
    const { commitments, shares: [share] } = deal({ threshold: 2, indices: [1, 2] }, systemRng)
    const { encapsulation } = encapsulate(commitments[0]!, systemRng)
    const [a, b] = [1, 2].map(() => partialOf(share!, encapsulation, CONTEXT, systemRng)) as [Partial, Partial]
    expect(hex(a.point)).to.equal(hex(b.point))
    expect(hex(a.proof)).to.not.equal(hex(b.proof))
    expect(verifyPartial(a, publicShareOf(share!.scalar), encapsulation, CONTEXT)).to.equal(true)
  })
})
