import { sha256 } from '@noble/hashes/sha2.js'
import { start } from '@libp2p/interface'
import { defaultLogger } from '@libp2p/logger'
import { expect } from 'chai'
import { createLibp2p } from 'libp2p'
import { neutralScoring } from '../../../src/components.ts'
import { AppError } from '../../../src/errors.ts'
import { scoring as scoringService } from '../../../src/services/scoring/index.ts'
import { seededRng } from '../../../src/util/rng.ts'
import { openScoring } from '../../support/open-scoring.ts'
import { randomPeerId } from '../../support/random-peer.ts'
import type { Metrics } from '@libp2p/interface'
import type { Misbehaviour } from '../../../src/services/scoring/index.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const rng = seededRng(23)

describe('scoring', () => {
  it('is a libp2p service', async () => {
    const node = await createLibp2p({ services: { scoring: scoringService() } })
    const peer = randomPeerId(rng)
    node.services.scoring.report(peer, 'minor', 'chat:spam')
    expect(node.services.scoring.score(peer)).to.be.closeTo(-2, 0.01)
    expect(Object.prototype.toString.call(node.services.scoring)).to.equal('[object @peerkeep/scoring]')
    await node.stop()
  })

  it('says of a stranger what a node without scoring says of everybody', async () => {
    const { scoring } = await openScoring()
    const peer = randomPeerId(rng)
    for (const who of [peer, peer.toString(), 'nonsense']) {
      expect([scoring.score(who), scoring.standing(who), scoring.isDiscouraged(who), scoring.quality(who)])
        .to.deep.equal([neutralScoring.score(who), neutralScoring.standing(who), neutralScoring.isDiscouraged(who), neutralScoring.quality(who)])
    }
    expect(scoring.get(peer)).to.equal(undefined)
    expect([...scoring.peers()]).to.deep.equal([])
  })

  it('answers for ids in text as for ids', async () => {
    const { scoring } = await openScoring()
    const peer = randomPeerId(rng)
    scoring.report(peer, 'severe', 'chat:forged')
    for (const who of [peer, peer.toString()]) {
      expect([scoring.score(who), scoring.standing(who), scoring.isDiscouraged(who)]).to.deep.equal([-25, 'discouraged', true])
      expect(scoring.get(who)?.peerId.equals(peer)).to.equal(true)
    }
  })

  const outcomes: Array<[outcome: Parameters<typeof neutralScoring.observe>[1], score: number]> = [
    [{ what: 'delivery' }, 0.05],
    [{ what: 'answer', tookMs: 30 }, 0.1],
    [{ what: 'dialled' }, 0],
    [{ what: 'dial-failed' }, -2],
    [{ what: 'ping-timeout' }, -2],
    [{ what: 'request-timeout' }, -1]
  ]
  for (const [outcome, score] of outcomes) {
    it(`counts ${outcome.what} as ${score}`, async () => {
      const { scoring, self } = await openScoring()
      const peer = randomPeerId(rng)
      scoring.observe(peer, outcome)
      expect(scoring.score(peer)).to.be.closeTo(score, 1e-12)
      scoring.observe(self, outcome)
      expect(scoring.get(self), 'this node itself').to.equal(undefined)
    })
  }

  it('counts a dial that succeeded for reliability', async () => {
    const { scoring } = await openScoring()
    const peer = randomPeerId(rng)
    scoring.observe(peer, { what: 'dialled' })
    expect(scoring.get(peer)!.factors.reliability).to.be.closeTo(200 / 3, 1e-9)
  })

  it('never lets unreliability alone bring anybody into bad standing', async () => {
    const { scoring } = await openScoring()
    const peer = randomPeerId(rng)
    for (let i = 0; i < 10_000; i++) scoring.observe(peer, { what: 'ping-timeout' })
    expect([scoring.score(peer), scoring.standing(peer)]).to.deep.equal([-15, 'good'])
  })

  it('tells of misbehaviour with the start of the evidence and the hash of all of it, before the standing that follows', async () => {
    const { scoring, clock } = await openScoring()
    const order: string[] = []
    let told: Misbehaviour | undefined
    scoring.addEventListener('peer:misbehaviour', ({ detail }) => { told = detail; order.push('misbehaviour') })
    scoring.addEventListener('standing:change', () => order.push('standing'))
    const peer = randomPeerId(rng)
    const evidence = rng.bytes(2_000)
    scoring.report(peer, 'fatal', 'chat:forged', evidence)
    expect(told).to.deep.equal({
      peerId: peer, offence: 'fatal', points: 100, cause: 'chat:forged', evidence: evidence.slice(0, 512), evidenceHash: sha256(evidence), timeMs: clock.now(), misbehaviour: 100
    })
    evidence.fill(0)
    expect(told!.evidence!.some(byte => byte !== 0), 'a copy').to.equal(true)
    expect(order).to.deep.equal(['misbehaviour', 'standing'])
    scoring.report(peer, 'minor', 'chat:spam')
    expect(told).to.not.have.any.keys('evidence', 'evidenceHash')
    expect(scoring.snapshot().reports).to.deep.equal({ fatal: 1, severe: 0, moderate: 0, minor: 1 })
  })

  it('tells of a score when it has moved by 1', async () => {
    const { scoring } = await openScoring()
    const heard: Array<[number, number]> = []
    scoring.addEventListener('score:change', ({ detail: { score, before } }) => heard.push([before, score].map(value => Math.round(value * 100) / 100) as [number, number]))
    const peer = randomPeerId(rng)
    for (let i = 0; i < 45; i++) scoring.observe(peer, { what: 'delivery' })
    scoring.report(peer, 'moderate', 'chat:flood')
    expect(heard).to.deep.equal([[0, 1], [1, 2], [2, -5.75]])
  })

  it('keeps a history of scores', async () => {
    const { scoring, clock } = await openScoring()
    const peer = randomPeerId(rng)
    const startMs = clock.now()
    scoring.report(peer, 'moderate', 'chat:flood')
    scoring.report(peer, 'minor', 'chat:spam')
    scoring.report(peer, 'severe', 'chat:forged')
    expect(scoring.get(peer)?.history).to.deep.equal([{ timeMs: startMs, score: -8 }, { timeMs: startMs, score: -35 }])
    clock.advance(3 * MINUTE)
    expect(scoring.get(peer)?.history.map(({ timeMs }) => Math.round((timeMs - startMs) / MINUTE)), 'also of what time does').to.deep.equal([0, 0, 1, 2, 3])
  })

  it('weighs gossip in for eviction and display, never in the score', async () => {
    const { scoring } = await openScoring()
    const peer = randomPeerId(rng)
    scoring.observe(peer, { what: 'delivery' })
    for (const [says, gossip] of [[-0.5, -0.5], [-7, -1], [3, 0], [NaN, 0]] as const) {
      scoring.useGossip(id => id === peer.toString() ? says : 0)
      const { score, total, gossip: seen, standing } = scoring.get(peer)!
      expect(seen).to.equal(gossip)
      expect(score).to.be.closeTo(0.05, 1e-12)
      expect(total).to.be.closeTo(0.05 + 19 * gossip, 1e-12)
      expect(standing).to.equal('good')
    }
    scoring.useGossip(undefined)
    expect(scoring.get(peer)?.gossip).to.equal(0)
  })

  it('forgets a peer by hand; one that is connected begins anew', async () => {
    const { scoring, connect } = await openScoring()
    const heard: string[] = []
    scoring.addEventListener('standing:change', ({ detail }) => heard.push(`${detail.before}>${detail.standing}`))
    const [here, away] = [randomPeerId(rng), randomPeerId(rng)]
    connect(here)
    for (const peer of [here, away]) {
      scoring.report(peer, 'fatal', 'chat:forged')
      scoring.forget(peer)
      expect([scoring.score(peer), scoring.standing(peer)]).to.deep.equal([0, 'good'])
    }
    expect(scoring.get(here)).to.include({ connected: true, misbehaviour: 0 })
    expect(scoring.get(away)).to.equal(undefined)
    expect(heard).to.deep.equal(['good>banned', 'banned>good', 'good>banned', 'banned>good'])
    scoring.forget(away)
  })

  it('shows itself as plain JSON, with a gauge for every map', async () => {
    const { scoring, connect } = await openScoring()
    const [here, bad, idle] = [randomPeerId(rng), randomPeerId(rng), randomPeerId(rng)]
    scoring.observe(idle, { what: 'delivery' })
    scoring.report(bad, 'severe', 'chat:forged')
    connect(here)
    const snapshot = scoring.snapshot()
    expect(JSON.parse(JSON.stringify(snapshot))).to.deep.equal(snapshot)
    expect(snapshot.peers.map(({ peerId, connected, standing }) => [peerId, connected, standing])).to.deep.equal([
      [here.toString(), true, 'good'], [bad.toString(), false, 'discouraged'], [idle.toString(), false, 'good']
    ])
    expect(snapshot.gauges).to.deep.equal({
      peers: 3, debtors: 1, connected: 1, badStanding: 1, hosts: 1, recentFailures: 0, recentCharges: 0, changed: snapshot.gauges.changed, unwritten: snapshot.gauges.unwritten
    })
  })

  it('shows 1,024 peers at most', async () => {
    const { scoring } = await openScoring()
    for (let i = 0; i < 1_100; i++) scoring.observe(randomPeerId(rng), { what: 'delivery' })
    expect(scoring.snapshot().peers).to.have.length(1024)
    expect([...scoring.peers()]).to.have.length(1100)
  })

  it('has metrics where there are some, registered once', async () => {
    const groups: Record<string, () => Record<string, number>> = {}
    const register = (name: string, options: any): any => {
      if (!name.startsWith('peerkeep_')) return { increment () {}, update () {} }
      const { calculate } = options
      expect(groups).to.not.have.property(name)
      groups[name] = calculate
      return undefined
    }
    const node = await createLibp2p({
      metrics: () => ({ registerMetricGroup: register, registerCounterGroup: register, registerMetric: register, registerCounter: register, registerHistogram: register, registerHistogramGroup: register, registerSummary: register, registerSummaryGroup: register, trackMultiaddrConnection () {}, trackProtocolStream () {}, traceFunction: (_name: string, fn: unknown) => fn }) as unknown as Metrics,
      logger: defaultLogger(),
      services: { scoring: scoringService() }
    })
    node.services.scoring.report(randomPeerId(rng), 'minor', 'chat:spam')
    expect(groups.peerkeep_scoring_entries!()).to.include({ peers: 1, debtors: 1 })
    expect(groups.peerkeep_scoring_reports_total!()).to.deep.equal({ fatal: 0, severe: 0, moderate: 0, minor: 1 })
    await node.stop()
    await node.start()
    await node.stop()
  })

  it('leaves no timer and no listener behind', async () => {
    const { scoring, clock, connect, stop } = await openScoring()
    await stop()
    expect(clock.pending).to.equal(0)
    const peer = randomPeerId(rng)
    connect(peer)
    expect(scoring.get(peer)).to.equal(undefined)
  })

  describe('of a connected peer', () => {
    it('gives credit for uptime pro rata: half a point an hour, at most 4', async () => {
      const { scoring, connect, clock } = await openScoring()
      const peer = randomPeerId(rng)
      const connection = connect(peer)
      clock.advance(30 * MINUTE)
      expect(scoring.score(peer)).to.be.closeTo(0.25, 0.01)
      clock.advance(10 * 24 * HOUR)
      expect(scoring.get(peer)?.credit).to.be.within(3.9, 4)
      connection.closeThere()
      clock.advance(24 * HOUR)
      expect(scoring.get(peer)?.credit).to.be.closeTo(2, 0.1)
    })

    it('counts uptime once, however many connections there are, to the end', async () => {
      const { scoring, connect, clock } = await openScoring()
      const peer = randomPeerId(rng)
      const [first, second] = [connect(peer), connect(peer)]
      clock.advance(25_000)
      first.closeThere()
      expect(scoring.get(peer)?.connected).to.equal(true)
      clock.advance(34_000)
      second.closeThere()
      expect(scoring.get(peer)?.credit).to.be.closeTo(0.5 * 59 / 3600, 1e-4)
      expect(scoring.get(peer)?.connected).to.equal(false)
      clock.advance(HOUR / 60)
      expect(scoring.get(peer)?.credit ?? 0).to.be.lessThan(0.0083)
    })

    it('counts uptime to the end when this node stops', async () => {
      const { scoring, connect, clock, stop } = await openScoring()
      const peer = randomPeerId(rng)
      connect(peer)
      clock.advance(HOUR + 9_000)
      await stop()
      expect(scoring.get(peer)?.credit).to.be.closeTo(0.5 * 3609 / 3600 - 0.007, 1e-3)
      expect(scoring.get(peer)?.connected).to.equal(false)
    })

    it('knows those who were there before it started', async () => {
      const { scoring, connect, clock, stop } = await openScoring()
      const peer = randomPeerId(rng)
      connect(peer)
      await stop()
      await start(scoring)
      expect(scoring.get(peer)?.connected).to.equal(true)
      clock.advance(HOUR)
      expect(scoring.get(peer)?.credit).to.be.closeTo(0.5, 0.01)
    })

    it('takes its round-trip time for performance', async () => {
      const { scoring, connect, clock } = await openScoring()
      const [near, far, unknown] = [randomPeerId(rng), randomPeerId(rng), randomPeerId(rng)]
      connect(near).rtt = 5
      connect(far).rtt = 3_000
      connect(unknown)
      clock.advance(5 * MINUTE)
      expect(scoring.get(near)!.factors.performance).to.be.greaterThan(85)
      expect(scoring.get(far)!.factors.performance).to.be.lessThan(15)
      expect(scoring.get(unknown)!.factors.performance).to.equal(50)
    })

    it('counts its uptime for reliability', async () => {
      const { scoring, connect, clock } = await openScoring()
      const peer = randomPeerId(rng)
      connect(peer)
      clock.advance(HOUR)
      expect(scoring.get(peer)!.factors.reliability).to.be.greaterThan(75)
    })

    const ends: Array<{ what: string, afterMs: number, unreliability: number, end (connection: ReturnType<Awaited<ReturnType<typeof openScoring>>['connect']>): void | Promise<void> }> = [
      { what: 'fails within 10 s', afterMs: 9_999, unreliability: 1, end: connection => { connection.fail() } },
      { what: 'fails later', afterMs: 10_000, unreliability: 0, end: connection => { connection.fail() } },
      { what: 'is closed there within 10 s', afterMs: 500, unreliability: 1, end: connection => { connection.closeThere() } },
      { what: 'is closed there later', afterMs: 10_000, unreliability: 0, end: connection => { connection.closeThere() } },
      { what: 'is closed here', afterMs: 500, unreliability: 0, end: async connection => { await connection.close() } },
      { what: 'is aborted here on purpose', afterMs: 500, unreliability: 0, end: connection => { connection.abort(new AppError('BANS_DENIED', 'it is banned')) } },
      { what: 'answers no ping', afterMs: 500, unreliability: 1, end: connection => { connection.abort(new DOMException('no answer', 'TimeoutError')) } }
    ]
    for (const { what, afterMs, unreliability, end } of ends) {
      it(`charges ${unreliability} when its connection ${what}`, async () => {
        const { scoring, connect, clock } = await openScoring()
        const peer = randomPeerId(rng)
        const connection = connect(peer)
        clock.advance(afterMs)
        await end(connection)
        expect(scoring.get(peer)?.unreliability).to.equal(unreliability)
      })
    }

    it('charges nothing when one of two connections is closed', async () => {
      const { scoring, connect } = await openScoring()
      const peer = randomPeerId(rng)
      const spare = connect(peer)
      connect(peer)
      spare.closeThere()
      expect(scoring.get(peer)?.unreliability).to.equal(0)
    })
  })
})
