import { expect } from 'chai'
import { combine, deal } from '../../../src/crypto/threshold/index.ts'
import { systemRng } from '../../../src/util/rng.ts'
import { bytesOf, flipped, onBothGroups, ORDER, refusal, upTo } from '../../support/threshold.ts'
import type { Dealing, Share } from '../../../src/crypto/threshold/index.ts'

const SHARING = { threshold: 3, indices: upTo(5) }

describe('crypto: threshold: combine', () => {
  onBothGroups(() => {
    let dealing: Dealing
    let shares: Share[]
    let publicKey: Uint8Array
    const whole = (some: readonly Share[]): Uint8Array => combine(some, { threshold: 3, publicKey })
    const named = (some: readonly Share[]): Uint8Array => combine(some, { threshold: 3, publicKey, commitments: dealing.commitments })

    before(() => {
      dealing = deal(SHARING, systemRng)
      shares = dealing.shares
      publicKey = dealing.commitments[0]!
    })

    it('gives the secret of any three, in any order, and of more', () => {
      const secret = whole(shares.slice(0, 3))
      for (const indices of [[4, 3, 2], [0, 2, 4], [0, 1, 2, 3, 4]]) {
        expect(whole(indices.map(i => shares[i]!))).to.deep.equal(secret)
        expect(named(indices.map(i => shares[i]!))).to.deep.equal(secret)
      }
    })

    it('needs three', () => {
      for (const count of [0, 1, 2]) expect(refusal(() => whole(shares.slice(0, count))), String(count)).to.deep.equal({ code: 'THRESHOLD_TOO_FEW', indices: [] })
    })

    it('gives no other secret than that of the public key', () => {
      const other = deal(SHARING, systemRng)
      const wrong: Record<string, Share[]> = {
        'a share with a bit changed': [shares[0]!, shares[1]!, { index: 3, scalar: flipped(shares[2]!.scalar) }],
        'shares with each other\'s index': [shares[0]!, { index: 2, scalar: shares[2]!.scalar }, { index: 3, scalar: shares[1]!.scalar }],
        'shares of two dealings': [shares[0]!, shares[1]!, other.shares[2]!],
        'shares of another dealing': other.shares
      }
      for (const [what, some] of Object.entries(wrong)) expect(refusal(() => whole(some)), what).to.deep.equal({ code: 'THRESHOLD_MISMATCH', indices: [] })
      expect(refusal(() => combine(shares, { threshold: 2, publicKey })), 'too low a threshold').to.deep.equal({ code: 'THRESHOLD_MISMATCH', indices: [] })
    })

    it('names all that do not fit the commitments', () => {
      const other = deal(SHARING, systemRng)
      const mixed = [shares[4]!, other.shares[2]!, shares[1]!, { index: 1, scalar: flipped(shares[0]!.scalar, 31) }, shares[3]!]
      expect(refusal(() => named(mixed))).to.deep.equal({ code: 'THRESHOLD_SHARE_INVALID', indices: [1, 3] })
      expect(named(mixed.filter(({ index }) => ![1, 3].includes(index)))).to.deep.equal(whole(shares.slice(0, 3)))
    })

    it('refuses what is no share, by its index', () => {
      const [a, b, c] = shares as [Share, Share, Share]
      const wrong: Record<string, [Share, number[]]> = {
        'index 0': [{ index: 0, scalar: c.scalar }, [0]],
        'index 65536': [{ index: 65_536, scalar: c.scalar }, [65_536]],
        'an index twice': [{ index: 2, scalar: c.scalar }, [2]],
        'a scalar that is not reduced': [{ index: 3, scalar: bytesOf(ORDER) }, [3]],
        'a scalar of zero': [{ index: 3, scalar: new Uint8Array(32) }, [3]],
        'a scalar cut short': [{ index: 3, scalar: c.scalar.slice(0, 31) }, [3]]
      }
      for (const [what, [share, indices]] of Object.entries(wrong)) {
        expect(refusal(() => whole([a, b, share])), what).to.deep.equal({ code: 'THRESHOLD_INVALID', indices })
      }
    })

    it('refuses another threshold or public key', () => {
      for (const threshold of [0, 1, 2.5, -3, Number.NaN]) expect(refusal(() => combine(shares, { threshold, publicKey }))?.code).to.equal('THRESHOLD_INVALID')
      for (const key of [new Uint8Array(32), new Uint8Array(31), new Uint8Array(32).fill(255)]) expect(refusal(() => combine(shares, { threshold: 3, publicKey: key }))?.code).to.equal('THRESHOLD_INVALID')
      const longer = deal({ ...SHARING, threshold: 4 }, systemRng).commitments
      expect(refusal(() => combine(shares, { threshold: 3, publicKey, commitments: longer }))?.code, 'longer commitments').to.equal('THRESHOLD_INVALID')
    })

    it('leaves the shares as they are', () => {
      const copies = shares.map(({ scalar }) => scalar.slice())
      whole(shares)
      expect(shares.map(({ scalar }) => scalar)).to.deep.equal(copies)
    })
  })
})
