import { expect } from 'chai'
import { healthOf, isLost, observed, spared, unwatched } from '../../../../src/services/shards/keeper/vital-signs.ts'
import type { Finding, VitalSigns } from '../../../../src/services/shards/keeper/vital-signs.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

const proved: Finding = { what: 'proved', latencyMs: 20, hasPayload: true }
const inert: Finding = { what: 'inert', latencyMs: 20, reason: 'has no share' }
const silent: Finding = { what: 'silent', reason: 'timed out' }
const busy: Finding = { what: 'busy', reason: 'has no time' }
const lied: Finding = { what: 'lied', reason: 'a false proof' }

/** Audits by the hour since its beginning. */
function after (...findings: Array<[hours: number, Finding, epoch?: number]>): VitalSigns {
  return findings.reduce((signs, [hours, finding, epoch = 1]) => observed(signs, finding, { nowMs: hours * HOUR_MS, epoch }), unwatched(0))
}
const lost = (signs: VitalSigns, hours: number, epoch = 1): boolean => isLost(signs, { nowMs: hours * HOUR_MS, epoch, lostAfterMs: DAY_MS })

describe('shards: how a holder is', () => {
  it('is not known before it is asked, healthy when it proves its share, and inert when it has none', () => {
    expect(healthOf(undefined)).to.equal('unknown')
    expect(healthOf(after())).to.equal('unknown')
    expect(healthOf(after([6, proved]))).to.equal('healthy')
    expect(healthOf(after([6, proved], [12, inert]))).to.equal('inert')
    expect(healthOf(after([6, inert], [12, proved]))).to.equal('healthy')
  })

  it('is suspect after two misses, and back with the first proof', () => {
    expect(healthOf(after([6, proved], [12, silent]))).to.equal('healthy')
    expect(healthOf(after([6, proved], [12, silent], [18, silent]))).to.equal('silent')
    expect(healthOf(after([6, proved], [12, silent], [18, silent], [24, proved]))).to.equal('healthy')
  })

  it('is lost after the time of the policy, from when it was heard last', () => {
    const signs = after([6, proved], [12, silent], [18, silent])
    expect(lost(signs, 29)).to.equal(false)
    expect(lost(signs, 30)).to.equal(true)
    expect(lost(after([6, proved], [40, silent]), 40), 'with one miss').to.equal(false)
    expect(lost(after([12, silent], [18, silent]), 24), 'never heard').to.equal(true)
  })

  it('is not charged with what this node could not hear', () => {
    expect(lost(spared(after([6, proved], [12, silent], [18, silent]), 10 * HOUR_MS), 39)).to.equal(false)
  })

  it('is neither here nor there when it says that it is busy', () => {
    expect(healthOf(after([6, proved], [12, busy], [18, busy], [24, busy]))).to.equal('healthy')
    expect(after([6, proved], [12, busy]).heardMs).to.equal(6 * HOUR_MS)
  })

  it('is lost without a share when new ones did not help', () => {
    const signs = after([6, inert], [36, inert, 2])
    expect(lost(signs, 36, 1)).to.equal(false)
    expect(lost(signs, 36, 2)).to.equal(true)
    expect(lost(after([6, inert, 2], [36, inert, 2]), 36, 2), 'no new ones since').to.equal(false)
  })

  it('is lost for good when it lied, whatever it proves later', () => {
    const signs = after([6, lied], [12, proved], [18, inert])
    expect(healthOf(signs)).to.equal('lying')
    expect(signs.reason).to.equal('a false proof')
    expect(lost(signs, 6)).to.equal(true)
  })
})
