import { expect } from 'chai'
import { group } from '../../../src/crypto/threshold/group.ts'
import { combine, deal, publicShareOf, repairShare, verificationsOf } from '../../../src/crypto/threshold/index.ts'
import { subtract, sum } from '../../../src/crypto/threshold/scalars.ts'
import { bigOf, bytesOf, chanceOf, hex, onBothGroups, ORDER, unhex } from '../../support/threshold.ts'
import type { Share } from '../../../src/crypto/threshold/index.ts'

/** RFC 9591, appendix E.3: FROST(ristretto255, SHA-512), its trusted dealer's key generation. */
const RFC_9591 = {
  secret: '1b25a55e463cfd15cf14a5d3acc3d15053f08da49c8afcf3ab265f2ebc4f970b',
  publicKey: 'e2a62f39eede11269e3bd5a7d97554f5ca384f9f6d3dd9c3c0d05083c7254f57',
  coefficient: '410f8b744b19325891d73736923525a4f596c805d060dfb9c98009d34e3fec02',
  shares: [
    '5c3430d391552f6e60ecdc093ff9f6f4488756aa6cebdbad75a768010b8f830e',
    'b06fc5eac20b4f6e1b271d9df2343d843e1e1fb03c4cbb673f2872d459ce6f01',
    'f17e505f0e2581c6acfe54d3846a622834b5e7b50cad9a2109a97ba7a80d5c04'
  ]
}

/** What helpers sum up and the share that comes of it: frost-ristretto255/tests/repair-share.json of github.com/ZcashFoundation/frost. */
const FROST_REPAIR = {
  sigmas: [
    '44260f9f457d96bd0dcdcd9b83c45231bca28ecc5ab52dee9cf59f6b361c520c',
    '9babf5fa9a6ea4bf9486e796115dc767a1bdd27cd2834b6d5f29c988ffebe508',
    '3e62e7461db9ca1ed2f1549a8114bbc87fa9242ce0012ed3f9ac9dcf23f4c30a'
  ],
  share: '3060f683e341f3439ea8122a383cf64cdd0986750d3ba72ef6cb06c459fcfb0f'
}

/** 64 bytes that are reduced to this scalar, and look like chance. */
const wide = (scalar: string, multiple: bigint): Uint8Array => bytesOf(bigOf(unhex(scalar)) + ORDER * multiple, 64)

describe('crypto: threshold: published vectors', () => {
  onBothGroups(() => {
    it('deal and combine as RFC 9591 does', () => {
      const rng = chanceOf([wide(RFC_9591.secret, 3n ** 160n), wide(RFC_9591.coefficient, 5n ** 110n)])
      const { commitments, shares } = deal({ threshold: 2, indices: [1, 2, 3] }, rng)
      expect(hex(commitments[0]!)).to.equal(RFC_9591.publicKey)
      expect(shares.map(({ scalar }) => hex(scalar))).to.deep.equal(RFC_9591.shares)
      expect(verificationsOf(commitments, [1, 2, 3])).to.deep.equal(shares.map(({ scalar }) => publicShareOf(scalar)))
      for (const pair of [[0, 1], [2, 0], [1, 2]]) {
        const two = pair.map((i): Share => ({ index: i + 1, scalar: unhex(RFC_9591.shares[i]!) }))
        expect(hex(combine(two, { threshold: 2, publicKey: unhex(RFC_9591.publicKey), commitments }))).to.equal(RFC_9591.secret)
      }
    })

    it('repair a share as FROST does', () => {
      const sigmas = FROST_REPAIR.sigmas.map((scalar, i) => ({ helper: i + 1, scalar: unhex(scalar) }))
      // any deltas that add up to these sums
      const deltas = [2n, 3n].map(factor => sigmas.map((_, j) => bytesOf(factor + BigInt(7 * j))))
      deltas.push(sigmas.map(({ scalar }, j) => deltas.reduce((rest, row) => subtract(rest, row[j]!), scalar)))
      expect(sum(deltas.map(row => row[0]!))).to.deep.equal(sigmas[0]!.scalar)
      const published = deltas.map((row, i) => ({ helper: i + 1, points: row.map(delta => group().timesBase(delta)) }))
      const repaired = repairShare(sigmas, published, publicShareOf(unhex(FROST_REPAIR.share)), { index: 9, helpers: [1, 2, 3] })
      expect(hex(repaired.scalar)).to.equal(FROST_REPAIR.share)
    })
  })
})
