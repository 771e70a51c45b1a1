import { expect } from 'chai'
import { combine, deal } from '../../src/crypto/threshold/index.ts'
import { loadFastGroup } from '../../src/crypto/threshold/fast-group.ts'
import { group, useGroup } from '../../src/crypto/threshold/group.ts'
import { seededRng } from '../../src/util/rng.ts'
import { openAmongCheaters } from '../support/threshold-cheaters.ts'
import { CHEATS, nextEpoch } from '../support/threshold-epochs.ts'
import { refusal, upTo } from '../support/threshold.ts'
import type { Epoch } from '../support/threshold-epochs.ts'

const TRIALS = 10_000
const EPOCHS = 1_000

describe('sim: threshold cryptography', () => {
  const slow = group()
  before(loadFastGroup)
  after(() => { useGroup(slow) })

  it(`${TRIALS} openings with as many cheaters as can be spared: all opened, all named, nobody else`, function () {
    this.timeout(1_800_000)
    const rng = seededRng(41)
    let cheaters = 0
    for (let trial = 0; trial < TRIALS; trial++) {
      const outcome = openAmongCheaters(rng)
      cheaters += outcome.cheaters.length
      expect(outcome.opened, `trial ${trial}`).to.equal(true)
      expect(outcome.accused, `trial ${trial}`).to.deep.equal(outcome.cheaters)
    }
    process.stdout.write(`      ${cheaters} cheaters named\n`)
  })

  it(`${EPOCHS} resharings with churn and a cheater each: same secret, same public key, old and new shares give nothing`, function () {
    this.timeout(1_800_000)
    const rng = seededRng(42)
    const threshold = 3
    let epoch: Epoch = deal({ threshold, indices: upTo(6) }, rng)
    const publicKey = epoch.commitments[0]!
    const secret = combine(epoch.shares, { threshold, publicKey })
    let named = 0
    for (let i = 0; i < EPOCHS; i++) {
      // the first dealers are those that are taken: a cheater among them is always found out
      const cheater = { index: epoch.shares[rng.int(threshold)]!.index, cheat: CHEATS[i % CHEATS.length]! }
      const indices = epoch.shares.map(({ index }) => index)
      indices[rng.int(6)] = 7 + i
      const next = nextEpoch(epoch, cheater, indices, rng)
      expect(next.named, `epoch ${i}: ${cheater.cheat}`).to.deep.equal([cheater.index])
      named += next.named.length
      expect(next.commitments[0], `epoch ${i}`).to.deep.equal(publicKey)
      const fresh = next.shares.slice(-threshold)
      expect(combine(fresh, { threshold, publicKey }), `epoch ${i}`).to.deep.equal(secret)
      const old = epoch.shares.find(({ index }) => !fresh.slice(1).some(share => share.index === index))!
      expect(refusal(() => combine([old, ...fresh.slice(1)], { threshold, publicKey }))?.code, `epoch ${i}`).to.equal('THRESHOLD_MISMATCH')
      epoch = next
    }
    expect(named).to.equal(EPOCHS)
  })
})
