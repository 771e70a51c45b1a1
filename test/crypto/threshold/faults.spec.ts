import { expect } from 'chai'
import { loadFastGroup } from '../../../src/crypto/threshold/fast-group.ts'
import { group, useGroup } from '../../../src/crypto/threshold/group.ts'
import { combine, combinePartials, deal, dealShare, encapsulate, partialOf, proveShare, verificationOf, verifyShare } from '../../../src/crypto/threshold/index.ts'
import { lagrange } from '../../../src/crypto/threshold/lagrange.ts'
import { innerProduct, small } from '../../../src/crypto/threshold/scalars.ts'
import { seededRng, systemRng } from '../../../src/util/rng.ts'
import { bigOf, bytesOf, hex, ORDER, refusal, upTo } from '../../support/threshold.ts'
import type { Share } from '../../../src/crypto/threshold/index.ts'

/** Faults that published libraries of this kind had or have. Those of bad chance are in chance.spec.ts, those of ceremonies in the service's tests. */
describe('crypto: threshold: faults of others', () => {
  const slow = group()
  before(loadFastGroup)
  after(() => { useGroup(slow) })

  const { commitments, shares } = deal({ threshold: 2, indices: upTo(4) }, systemRng)
  const [first, second] = shares as [Share, Share]
  const publicKey = commitments[0]!
  const chosen = bytesOf(42n)

  it('a share of index 0, or of a multiple of the order, decides what comes out', () => {
    for (const index of [0, -0, 65_536, Number(ORDER), 2 ** 32, Number.NaN, Infinity, -1, '1' as unknown as number]) {
      expect(refusal(() => combine([first, { index, scalar: chosen }], { threshold: 2, publicKey }))?.code, String(index)).to.equal('THRESHOLD_INVALID')
      expect(refusal(() => combinePartials([{ index: 1, point: publicKey }, { index, point: publicKey }], 2))?.code, String(index)).to.equal('THRESHOLD_INVALID')
      expect(refusal(() => deal({ threshold: 2, indices: [1, index] }, systemRng))?.code, String(index)).to.equal('THRESHOLD_INVALID')
      expect(refusal(() => verificationOf(commitments, index))?.code, String(index)).to.equal('THRESHOLD_INVALID')
    }
  })

  it('a share given twice divides by zero, or counts as two', () => {
    expect(refusal(() => combine([first, first], { threshold: 2, publicKey }))).to.deep.equal({ code: 'THRESHOLD_INVALID', indices: [1] })
  })

  it('too few shares, a changed one, or those of two dealings give a wrong secret, silently', () => {
    const other = deal({ threshold: 2, indices: upTo(4) }, systemRng).shares
    for (const wrong of [[first, { index: 2, scalar: chosen }], [first, other[1]!], [other[0]!, other[1]!]]) {
      expect(refusal(() => combine(wrong, { threshold: 2, publicKey }))?.code).to.equal('THRESHOLD_MISMATCH')
    }
    expect(refusal(() => combine([first], { threshold: 2, publicKey }))?.code).to.equal('THRESHOLD_TOO_FEW')
  })

  it('a longer polynomial raises the threshold, so that what was dealt cannot be put together', () => {
    const longer = deal({ threshold: 3, indices: upTo(4) }, systemRng)
    expect(longer.shares.every(share => verifyShare(share, longer.commitments)), 'each fits').to.equal(true)
    expect(refusal(() => combine(longer.shares, { threshold: 2, publicKey: longer.commitments[0]!, commitments: longer.commitments }))?.code).to.equal('THRESHOLD_INVALID')
  })

  it('leading zeros are lost, so that one secret in 256 is another', () => {
    // shares of 7 and 1: 2 of index 1, 3 of index 2 ...
    const low = (index: number): Share => ({ index, scalar: small(7 + index) })
    const secret = combine([low(1), low(3)], { threshold: 2, publicKey: group().timesBase(small(7)) })
    expect(hex(secret)).to.equal(`07${'00'.repeat(31)}`)
    for (const value of [1n, 256n ** 30n, 256n ** 31n]) {
      const dealt = dealShare({ index: 1, scalar: bytesOf(value) }, { threshold: 2, indices: [1, 2] }, systemRng)
      expect(combine(dealt.shares, { threshold: 2, publicKey: dealt.commitments[0]! })).to.deep.equal(bytesOf(value))
    }
  })

  it('something is kept between calls, so that one depends on another', () => {
    const all = (): string[] => {
      const rng = seededRng(11)
      const dealing = deal({ threshold: 2, indices: [1, 2, 3] }, rng)
      const { encapsulation } = encapsulate(dealing.commitments[0]!, rng)
      const { point, proof } = partialOf(dealing.shares[0]!, encapsulation, chosen, rng)
      return [...dealing.commitments, ...dealing.shares.map(({ scalar }) => scalar), point, proof, proveShare(dealing.shares[1]!, chosen, rng)].map(hex)
    }
    const before_ = all()
    refusal(() => combine([first], { threshold: 2, publicKey }))
    refusal(() => deal({ threshold: 2, indices: [1, 2] }, { ...systemRng, bytes: () => new Uint8Array(64) }))
    partialOf(second, publicKey, chosen, systemRng)
    expect(all()).to.deep.equal(before_)
  })

  it('an audit decrypts for whoever may only audit', () => {
    // whatever the asker sends is hashed; nothing that comes back is the share times a point of its
    const context = encapsulate(publicKey, systemRng).encapsulation
    const opened = group().times(context, [[first.scalar]])[0]!
    const proof = proveShare(first, context, systemRng)
    for (let at = 0; at + 32 <= proof.byteLength; at++) {
      const window = proof.slice(at, at + 32)
      expect(hex(window)).to.not.equal(hex(opened))
    }
    expect(proof).to.have.length(64)
  })

  describe('coefficients that are not uniform', () => {
    const DEALS = 3_000
    const secret: Share = { index: 1, scalar: seededRng(5).bytes(32).with(31, 3) }
    let seen: Uint8Array[]

    before(() => {
      const rng = seededRng(6)
      seen = Array.from({ length: DEALS }, () => dealShare(secret, { threshold: 2, indices: [1, 2] }, rng).shares[0]!.scalar)
    })

    it('tell one holder the secret, which excludes what it sees at each dealing', () => {
      // where a leading coefficient is never zero, a holder's byte never is that of the secret: what it never sees is the secret
      for (let at = 0; at < 31; at++) {
        const values = new Set(seen.map(scalar => scalar[at]!))
        expect(values.has(secret.scalar[at]!), `byte ${at}: the secret's is seen as often as others`).to.equal(true)
        expect(values.size, `byte ${at}`).to.equal(256)
      }
    })

    it('are far from uniform: chi-square of each byte', () => {
      const slopes = seen.map(scalar => bytesOf((bigOf(scalar) - bigOf(secret.scalar) + ORDER) % ORDER))
      const expected = DEALS / 256
      for (let at = 0; at < 31; at++) {
        const counts = new Float64Array(256)
        for (const slope of slopes) counts[slope[at]!]! += 1
        const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
        // 255 degrees of freedom: outside by chance once in 100,000 times
        expect(chiSquare, `byte ${at}`).to.be.within(165, 365)
      }
      const top = slopes.map(slope => slope[31]!)
      expect(top.filter(byte => byte < 8).length / DEALS, 'of the four highest bits').to.be.within(0.46, 0.54)
    })
  })

  it('the interpolation of a polynomial of the wrong degree is taken', () => {
    // t shares on a line, one beside it: every pair gives another secret, and only that of the public key comes out
    const beside = { index: 3, scalar: chosen }
    const values = [[first, second], [first, beside], [second, beside]].map(pair => hex(innerProduct(lagrange(pair.map(({ index }) => index)), pair.map(({ scalar }) => scalar))))
    expect(new Set(values).size).to.equal(3)
    expect(refusal(() => combine([first, beside, second], { threshold: 2, publicKey, commitments }))).to.deep.equal({ code: 'THRESHOLD_SHARE_INVALID', indices: [3] })
  })
})
