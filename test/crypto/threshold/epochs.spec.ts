import { expect } from 'chai'
import { combine, combinePartials, deal, encapsulate, partialOf, verifyShare } from '../../../src/crypto/threshold/index.ts'
import { loadFastGroup } from '../../../src/crypto/threshold/fast-group.ts'
import { group, useGroup } from '../../../src/crypto/threshold/group.ts'
import { seededRng } from '../../../src/util/rng.ts'
import { refusal, upTo } from '../../support/threshold.ts'
import { CHEATS, nextEpoch } from '../../support/threshold-epochs.ts'
import type { Epoch } from '../../support/threshold-epochs.ts'

const EPOCHS = 60

describe('crypto: threshold: epochs', function () {
  this.timeout(60_000)
  const slow = group()
  before(loadFastGroup)
  after(() => { useGroup(slow) })

  it(`keep secret and public key over ${EPOCHS} resharings with a cheater each, who is named; shares of two epochs give nothing`, () => {
    const rng = seededRng(21)
    const threshold = 3
    let epoch: Epoch = deal({ threshold, indices: upTo(5) }, rng)
    const publicKey = epoch.commitments[0]!
    const secret = combine(epoch.shares, { threshold, publicKey })
    const { encapsulation, sharedPoint } = encapsulate(publicKey, rng)
    for (let i = 0; i < EPOCHS; i++) {
      const cheater = { index: epoch.shares[rng.int(5)]!.index, cheat: CHEATS[i % CHEATS.length]! }
      // one holder goes, another comes
      const indices = epoch.shares.map(({ index }) => index)
      indices[i % 5] = 6 + i
      const next = nextEpoch(epoch, cheater, indices, rng)
      const taken = epoch.shares.filter(({ index }) => next.named.includes(index))
      if (next.named.length > 0) expect(taken.map(({ index }) => index), cheater.cheat).to.deep.equal([cheater.index])
      expect(next.commitments[0]).to.deep.equal(publicKey)
      for (const share of next.shares) expect(verifyShare(share, next.commitments)).to.equal(true)
      expect(combine(next.shares.slice(2), { threshold, publicKey, commitments: next.commitments })).to.deep.equal(secret)

      const fresh = next.shares.slice(0, threshold - 1)
      const old = epoch.shares.find(({ index }) => !fresh.some(share => share.index === index))!
      expect(refusal(() => combine([...fresh, old], { threshold, publicKey }))?.code).to.equal('THRESHOLD_MISMATCH')
      if (i % 10 === 0) {
        const points = [...fresh, old].map(share => ({ index: share.index, point: partialOf(share, encapsulation, new Uint8Array(0), rng).point }))
        expect(combinePartials(points, threshold)).to.not.deep.equal(sharedPoint)
      }
      epoch = next
    }
  })
})
