import { expect } from 'chai'
import { openScoring } from '../../support/open-scoring.ts'
import { standingOf } from '../../../src/services/scoring/standing.ts'
import { seededRng } from '../../../src/util/rng.ts'
import { randomPeerId } from '../../support/random-peer.ts'
import type { PeerId } from '@libp2p/interface'
import type { Standing } from '../../../src/components.ts'
import type { PeerScoring } from '../../../src/services/scoring/index.ts'
import type { OpenScoringInit } from '../../support/open-scoring.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const rng = seededRng(11)

/** Tells of every change of standing, `good>banned (cause)`. */
function changes (scoring: PeerScoring): string[] {
  const heard: string[] = []
  scoring.addEventListener('standing:change', ({ detail: { before, standing, cause } }) => { heard.push(`${before}>${standing}${cause == null ? '' : ` (${cause})`}`) })
  return heard
}

function moderate (scoring: PeerScoring, peer: PeerId, times: number): void {
  for (let i = 0; i < times; i++) scoring.report(peer, 'moderate', 'test:flood')
}

describe('scoring: standing', () => {
  const table: Array<[facts: Partial<Parameters<typeof standingOf>[0]>, standing: Standing]> = [
    [{}, 'good'],
    [{ score: -19.99 }, 'good'],
    [{ score: -20 }, 'discouraged'],
    [{ score: -39.99 }, 'discouraged'],
    [{ score: -40 }, 'refused'],
    [{ score: -100 }, 'refused'],
    [{ score: 5, coolingDown: true }, 'refused'],
    [{ score: -40, misbehaviour: 59.99 }, 'refused'],
    [{ score: -40, misbehaviour: 60 }, 'banned'],
    [{ score: 20, banned: true }, 'banned'],
    [{ score: -60, banned: true, coolingDown: true }, 'banned']
  ]
  for (const [facts, standing] of table) {
    it(`${standing} for ${JSON.stringify(facts)}`, () => {
      expect(standingOf({ score: 0, misbehaviour: 0, banned: false, coolingDown: false, ...facts })).to.equal(standing)
    })
  }

  const open = async (init?: OpenScoringInit): Promise<Awaited<ReturnType<typeof openScoring>> & { heard: string[], peer: PeerId }> => {
    const opened = await openScoring(init)
    return { ...opened, heard: changes(opened.scoring), peer: randomPeerId(rng) }
  }

  it('is told as it falls, with the cause', async () => {
    const { scoring, heard, peer } = await open()
    moderate(scoring, peer, 8)
    expect(heard).to.deep.equal(['good>discouraged (test:flood)', 'discouraged>refused (test:flood)', 'refused>banned (test:flood)'])
    expect(scoring.isDiscouraged(peer)).to.equal(true)
    expect(scoring.isDiscouraged(randomPeerId(rng))).to.equal(false)
  })

  it('stays refused for ten minutes, however well it behaves', async () => {
    const { scoring, heard, peer, clock } = await open()
    moderate(scoring, peer, 5)
    expect(scoring.score(peer)).to.equal(-40)
    for (let i = 0; i < 200; i++) scoring.observe(peer, { what: 'delivery' })
    clock.advance(10 * MINUTE - 1)
    expect(scoring.score(peer)).to.be.greaterThan(-20)
    expect(scoring.standing(peer)).to.equal('refused')
    clock.advance(1)
    expect(scoring.standing(peer)).to.equal('good')
    expect(heard.at(-1)).to.equal('refused>good')
  })

  it('begins another ten minutes with another fall', async () => {
    const { scoring, peer, clock } = await open()
    moderate(scoring, peer, 5)
    clock.advance(9 * MINUTE)
    moderate(scoring, peer, 3)
    clock.advance(10 * MINUTE - 1)
    expect(scoring.standing(peer)).to.equal('refused')
    clock.advance(1)
    expect(scoring.standing(peer)).to.not.equal('refused')
  })

  it('gets better with time, and that is told without being asked', async () => {
    const { scoring, heard, peer, clock } = await open()
    moderate(scoring, peer, 4)
    expect(heard).to.deep.equal(['good>discouraged (test:flood)'])
    // 32 points are 20 after 15 min x log2(32 / 20)
    clock.advance(10 * MINUTE)
    expect(heard).to.have.length(1)
    clock.advance(MINUTE)
    expect(heard.slice(1)).to.deep.equal(['discouraged>good'])
  })

  it('of a thousand peers is told within a few sweeps', async () => {
    const { scoring, heard, clock } = await open()
    for (let i = 0; i < 1000; i++) moderate(scoring, randomPeerId(rng), 3)
    expect(heard).to.have.length(1000)
    clock.advance(5 * MINUTE)
    expect(heard).to.have.length(2000)
    expect(scoring.snapshot().gauges.badStanding).to.equal(0)
  })

  it('is banned for as long as bans says, and then on probation', async () => {
    const { scoring, heard, peer, clock } = await open()
    scoring.report(peer, 'fatal', 'test:forged')
    scoring.banned(peer, 1)
    clock.advance(5 * HOUR)
    expect(scoring.get(peer)).to.include({ standing: 'banned', misbehaviour: 100, strikes: 1 })
    scoring.released(peer, 'expired')
    expect(scoring.get(peer)).to.include({ standing: 'discouraged', misbehaviour: 30, strikes: 1 })
    // half as fast as the first time
    clock.advance(30 * MINUTE)
    expect(scoring.get(peer)?.misbehaviour).to.be.closeTo(15, 1e-6)
    expect(heard).to.deep.equal(['good>banned (test:forged)', 'banned>discouraged', 'discouraged>good'])
  })

  it('is banned without any misbehaviour when somebody bans by hand, and good when it is lifted', async () => {
    const { scoring, heard, peer } = await open()
    scoring.banned(peer, 1)
    expect(scoring.standing(peer)).to.equal('banned')
    scoring.released(peer, 'lifted')
    expect(scoring.standing(peer)).to.equal('good')
    expect(heard).to.deep.equal(['good>banned', 'banned>good'])
  })

  it('is good at once when a ban for misbehaviour is lifted by hand', async () => {
    const { scoring, peer } = await open()
    scoring.report(peer, 'fatal', 'test:forged')
    scoring.banned(peer, 1)
    scoring.released(peer, 'lifted')
    expect(scoring.get(peer)).to.include({ standing: 'good', misbehaviour: 0 })
  })

  it('is on probation also when the peer was forgotten meanwhile', async () => {
    const { scoring, peer } = await open()
    scoring.released(peer, 'expired')
    expect(scoring.get(peer)).to.include({ standing: 'discouraged', misbehaviour: 30 })
    const other = randomPeerId(rng)
    scoring.released(other, 'lifted')
    expect(scoring.get(other)).to.equal(undefined)
  })

  it('without bans recovers from a ban by decay', async () => {
    const { scoring, heard, peer, clock } = await open()
    moderate(scoring, peer, 8)
    clock.advance(2 * HOUR)
    expect(heard.slice(-4)).to.deep.equal(['refused>banned (test:flood)', 'banned>refused', 'refused>discouraged', 'discouraged>good'])
    expect(scoring.standing(peer)).to.equal('good')
  })

  it('may be changed by who hears of it', async () => {
    const { scoring, heard, peer } = await open()
    scoring.addEventListener('standing:change', ({ detail }) => {
      if (detail.standing === 'banned' && scoring.get(detail.peerId)?.strikes === 0) scoring.banned(detail.peerId, 1)
    })
    scoring.report(peer, 'fatal', 'test:forged')
    expect(heard).to.deep.equal(['good>banned (test:forged)'])
    expect(scoring.get(peer)).to.include({ strikes: 1, standing: 'banned' })
  })

  it('is told in the order in which it changed, also when a listener changes it', async () => {
    const { scoring, heard, peer } = await open()
    scoring.addEventListener('standing:change', ({ detail }) => { if (detail.standing === 'banned') scoring.released(detail.peerId, 'expired') })
    scoring.addEventListener('score:change', ({ detail }) => { if (detail.score === -30) scoring.forget(detail.peerId) })
    scoring.report(peer, 'fatal', 'test:forged')
    expect(heard).to.deep.equal(['good>banned (test:forged)', 'banned>discouraged', 'discouraged>good'])
    expect(scoring.standing(peer)).to.equal('good')
  })
})
