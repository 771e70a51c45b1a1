import { expect } from 'chai'
import { deal, partialOf, proveShare, publicShareOf, verifyShareProof } from '../../../src/crypto/threshold/index.ts'
import { systemRng } from '../../../src/util/rng.ts'
import { bigOf, bytesOf, chanceOf, flipped, onBothGroups, ORDER, refusal } from '../../support/threshold.ts'
import type { Share } from '../../../src/crypto/threshold/index.ts'

const NONCE = new TextEncoder().encode('a nonce')

describe('crypto: threshold: audit', () => {
  onBothGroups(() => {
    let share: Share
    let other: Share
    let verification: Uint8Array

    before(() => {
      [share, other] = deal({ threshold: 2, indices: [1, 2, 3] }, systemRng).shares as [Share, Share, Share]
      verification = publicShareOf(share.scalar)
    })

    it('shows that the share is there', () => {
      const proof = proveShare(share, NONCE, systemRng)
      expect(proof).to.have.length(64)
      expect(verifyShareProof(proof, verification, NONCE)).to.equal(true)
      expect(verifyShareProof(proveShare(share, new Uint8Array(0), systemRng), verification, new Uint8Array(0)), 'of nothing').to.equal(true)
    })

    it('tells every proof that is not of this share and nonce', () => {
      const proof = proveShare(share, NONCE, systemRng)
      const wrong: Record<string, Uint8Array> = {
        'by another': proveShare(other, NONCE, systemRng),
        'of another nonce': proveShare(share, NONCE.slice(1), systemRng),
        'a challenge with a bit changed': flipped(proof),
        'a response with a bit changed': flipped(proof, 63),
        'cut short': proof.slice(1),
        'longer': Uint8Array.of(...proof, 0),
        'zeros': new Uint8Array(64),
        'nothing': new Uint8Array(0),
        'of a partial for the base point': partialOf(share, publicShareOf(bytesOf(1n)), NONCE, systemRng).proof,
        'with a challenge that is not reduced': Uint8Array.of(...bytesOf(bigOf(proof.slice(0, 32)) + ORDER), ...proof.slice(32)),
        'with a response that is not reduced': Uint8Array.of(...proof.slice(0, 32), ...bytesOf(bigOf(proof.slice(32)) + ORDER))
      }
      for (const [what, some] of Object.entries(wrong)) expect(verifyShareProof(some, verification, NONCE), what).to.equal(false)
      expect(verifyShareProof(proof, publicShareOf(other.scalar), NONCE), 'asked of another').to.equal(false)
      expect(verifyShareProof(proof, verification, new Uint8Array(7)), 'asked with another nonce').to.equal(false)
    })

    it('refuses what is no share, and no verification', () => {
      for (const index of [0, 65_536]) expect(refusal(() => proveShare({ ...share, index }, NONCE, systemRng))).to.deep.equal({ code: 'THRESHOLD_INVALID', indices: [index] })
      for (const scalar of [new Uint8Array(32), bytesOf(ORDER)]) expect(refusal(() => proveShare({ index: 1, scalar }, NONCE, systemRng))).to.deep.equal({ code: 'THRESHOLD_INVALID', indices: [1] })
      for (const point of [new Uint8Array(32), new Uint8Array(32).fill(255)]) expect(refusal(() => verifyShareProof(new Uint8Array(64), point, NONCE))?.code).to.equal('THRESHOLD_INVALID')
    })

    it('has another nonce for another share and another context, even where chance repeats', () => {
      const draws = [systemRng.bytes(32)]
      const nonceOf = (own: Share, context: Uint8Array): bigint => {
        const proof = proveShare(own, context, chanceOf(draws))
        const product = bigOf(proof.slice(0, 32)) * bigOf(own.scalar) % ORDER
        return (bigOf(proof.slice(32)) - product + ORDER) % ORDER
      }
      const nonces = [nonceOf(share, NONCE), nonceOf(share, NONCE.slice(1)), nonceOf(other, NONCE)]
      expect(new Set(nonces).size).to.equal(3)
      expect(nonceOf(share, NONCE)).to.equal(nonces[0])
    })
  })
})
