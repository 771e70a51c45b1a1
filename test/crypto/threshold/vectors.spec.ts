import { readFile } from 'node:fs/promises'
import { expect } from 'chai'
import { checkDealt, checkDeltas, combine, combinePartials, deal, dealDeltas, dealRefresh, dealShare, encapsulate, partialOf, proveShare, publicShareOf, receiveShare, refreshedCommitments, refreshShare, repairShare, resharedCommitments, sumDeltas, verificationOf, verificationsOf, verifyPartial, verifyShare, verifyShareProof } from '../../../src/crypto/threshold/index.ts'
import { chanceOf, hex, onBothGroups, unhex } from '../../support/threshold.ts'
import type { Share } from '../../../src/crypto/threshold/index.ts'

interface SharePair { index: number, scalar: string }
interface Dealt { dealer: number, chance: string[], commitments: string[], shares: SharePair[] }
interface Proof { context: string, proof: string, valid: boolean, what?: string }

interface Vectors {
  deal: Omit<Dealt, 'dealer'> & { threshold: number, indices: number[], verifications: string[], secret: string }
  encapsulate: { chance: string[], encapsulation: string, sharedPoint: string }
  partials: { vectors: Array<Proof & { index: number, chance?: string[], point: string }> }
  audits: { vectors: Array<Proof & { index: number, chance?: string[] }> }
  refresh: { dealt: Dealt[], commitments: string[], shares: SharePair[] }
  repair: { index: number, helpers: number[], dealt: Array<{ helper: number, chance: string[], points: string[], deltas: string[] }>, sigmas: Array<{ helper: number, scalar: string }> }
  reshare: { threshold: number, indices: number[], dealt: Dealt[], commitments: string[], shares: SharePair[] }
}

const rngOf = (chance: readonly string[]): ReturnType<typeof chanceOf> => chanceOf(chance.map(unhex))
const pairs = (shares: readonly Share[]): SharePair[] => shares.map(({ index, scalar }) => ({ index, scalar: hex(scalar) }))
const sharesOf = (some: readonly SharePair[]): Share[] => some.map(({ index, scalar }) => ({ index, scalar: unhex(scalar) }))
const partsAt = (dealt: readonly Dealt[], at: number): Array<{ dealer: number, commitments: Uint8Array[], scalar: Uint8Array }> =>
  dealt.map(({ dealer, commitments, shares }) => ({ dealer, commitments: commitments.map(unhex), scalar: unhex(shares[at]!.scalar) }))

describe('crypto: threshold: vectors of protocols/shards', () => {
  let vectors: Vectors
  let shares: Share[]
  let commitments: Uint8Array[]

  before(async () => {
    ({ threshold: vectors } = JSON.parse(await readFile(new URL('../../../protocols/shards/vectors.json', import.meta.url), 'utf8')) as { threshold: Vectors })
    shares = sharesOf(vectors.deal.shares)
    commitments = vectors.deal.commitments.map(unhex)
  })

  onBothGroups(() => {
    it('deal, verify, combine', () => {
      const { threshold, indices, chance, verifications, secret } = vectors.deal
      const dealing = deal({ threshold, indices }, rngOf(chance))
      expect({ commitments: dealing.commitments.map(hex), shares: pairs(dealing.shares) }).to.deep.equal({ commitments: vectors.deal.commitments, shares: vectors.deal.shares })
      expect(verificationsOf(commitments, indices).map(hex)).to.deep.equal(verifications)
      expect(shares.map(({ scalar }) => hex(publicShareOf(scalar)))).to.deep.equal(verifications)
      expect(hex(combine(shares, { threshold, publicKey: commitments[0]!, commitments }))).to.equal(secret)
    })

    it('encapsulate, and open with partials', () => {
      const { chance, encapsulation, sharedPoint } = vectors.encapsulate
      const made = encapsulate(commitments[0]!, rngOf(chance))
      expect([made.encapsulation, made.sharedPoint].map(hex)).to.deep.equal([encapsulation, sharedPoint])
      for (const { index, chance: own, context, point, proof, valid, what } of vectors.partials.vectors) {
        const share = shares.find(some => some.index === index)!
        if (own != null) {
          const partial = partialOf(share, made.encapsulation, unhex(context), rngOf(own))
          expect([partial.point, partial.proof].map(hex)).to.deep.equal([point, proof])
        }
        expect(verifyPartial({ point: unhex(point), proof: unhex(proof) }, verificationOf(commitments, index), made.encapsulation, unhex(context)), what).to.equal(valid)
      }
      const good = vectors.partials.vectors.filter(({ valid }) => valid).map(({ index, point }) => ({ index, point: unhex(point) }))
      expect(hex(combinePartials(good, vectors.deal.threshold))).to.equal(sharedPoint)
    })

    it('audit', () => {
      for (const { index, chance, context, proof, valid, what } of vectors.audits.vectors) {
        const share = shares.find(some => some.index === index)!
        if (chance != null) expect(hex(proveShare(share, unhex(context), rngOf(chance)))).to.equal(proof)
        expect(verifyShareProof(unhex(proof), verificationOf(commitments, index), unhex(context)), what).to.equal(valid)
      }
    })

    it('refresh', () => {
      const { threshold, indices } = vectors.deal
      const { dealt } = vectors.refresh
      for (const { chance, ...expected } of dealt) {
        const dealing = dealRefresh({ threshold, indices }, rngOf(chance))
        expect({ dealer: expected.dealer, commitments: dealing.commitments.map(hex), shares: pairs(dealing.shares) }).to.deep.equal(expected)
      }
      expect(refreshedCommitments(commitments, partsAt(dealt, 0)).map(hex)).to.deep.equal(vectors.refresh.commitments)
      expect(pairs(shares.map((share, at) => refreshShare(share, partsAt(dealt, at), threshold)))).to.deep.equal(vectors.refresh.shares)
    })

    it('repair', () => {
      const { index, helpers, dealt, sigmas } = vectors.repair
      const published = dealt.map(({ helper, chance, points, deltas }) => {
        const made = dealDeltas(shares.find(share => share.index === helper)!, { index, helpers }, rngOf(chance))
        expect([made.points, made.deltas].map(list => list.map(hex))).to.deep.equal([points, deltas])
        checkDeltas({ helper, points: made.points }, verificationOf(commitments, helper), { index, helpers })
        return { helper, ...made }
      })
      const sums = helpers.map((helper, at) => ({ helper, scalar: sumDeltas(published.map(({ deltas, ...part }) => ({ ...part, scalar: deltas[at]! })), helper, { index, helpers }) }))
      expect(sums.map(({ helper, scalar }) => ({ helper, scalar: hex(scalar) }))).to.deep.equal(sigmas)
      expect(repairShare(sums, published, verificationOf(commitments, index), { index, helpers })).to.deep.equal(shares.find(share => share.index === index))
    })

    it('reshare', () => {
      const { threshold, indices, dealt } = vectors.reshare
      for (const { chance, ...expected } of dealt) {
        const dealing = dealShare(shares.find(({ index }) => index === expected.dealer)!, { threshold, indices }, rngOf(chance))
        expect({ dealer: expected.dealer, commitments: dealing.commitments.map(hex), shares: pairs(dealing.shares) }).to.deep.equal(expected)
        checkDealt(dealing.commitments, verificationOf(commitments, expected.dealer), threshold)
      }
      const next = resharedCommitments(partsAt(dealt, 0))
      expect(next.map(hex)).to.deep.equal(vectors.reshare.commitments)
      expect(vectors.reshare.commitments[0]).to.equal(vectors.deal.commitments[0])
      const received = indices.map((index, at) => receiveShare(partsAt(dealt, at), index))
      expect(pairs(received)).to.deep.equal(vectors.reshare.shares)
      expect(received.every(share => verifyShare(share, next))).to.equal(true)
    })
  })
})
