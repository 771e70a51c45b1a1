import { expect } from 'chai'
import { loadFastGroup } from '../../../src/crypto/threshold/fast-group.ts'
import { group, useGroup } from '../../../src/crypto/threshold/group.ts'
import { seededRng } from '../../../src/util/rng.ts'
import { openAmongCheaters } from '../../support/threshold-cheaters.ts'

const TRIALS = 100

describe('crypto: threshold: cheaters', function () {
  this.timeout(60_000)
  const slow = group()
  before(loadFastGroup)
  after(() => { useGroup(slow) })

  it(`are all named, and nobody else, when all that can be spared cheat at once: ${TRIALS} times`, () => {
    const rng = seededRng(31)
    for (let trial = 0; trial < TRIALS; trial++) {
      const { opened, accused, cheaters } = openAmongCheaters(rng)
      expect(opened, `trial ${trial}`).to.equal(true)
      expect(accused, `trial ${trial}`).to.deep.equal(cheaters)
    }
  })
})
