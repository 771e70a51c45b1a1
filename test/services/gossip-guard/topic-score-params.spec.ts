import { PeerScore, createPeerScoreParams, validatePeerScoreParams } from '@libp2p/gossipsub/score'
import { defaultLogger } from '@libp2p/logger'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { GossipGuardError } from '../../../src/services/gossip-guard/gossip-guard-error.ts'
import { gossipScoring, topicScoreParams } from '../../../src/services/gossip-guard/index.ts'
import { seededRng } from '../../../src/util/rng.ts'
import type { TopicTraffic } from '../../../src/services/gossip-guard/index.ts'

const TOPIC = 'news'
const PEER = 'peer'
const { scoreThresholds } = gossipScoring(() => undefined)

/** Gossipsub's own scoring of one peer in the mesh of one topic; `tick` is a second. */
function neighbour (traffic: TopicTraffic): PeerScore & { tick (delivered?: number): number } {
  const { scoreParams } = gossipScoring(() => undefined, { scoreParams: { topics: { [TOPIC]: topicScoreParams(traffic) } } })
  const score = new PeerScore(createPeerScoreParams(scoreParams), null, defaultLogger(), { scoreCacheValidityMs: -1 })
  score.addPeer(PEER)
  score.graft(PEER, TOPIC)
  return Object.assign(score, {
    tick (delivered = 0) {
      for (let i = 0; i < delivered; i++) score.markFirstMessageDelivery(PEER, TOPIC)
      score.peerStats.get(PEER)!.topics[TOPIC]!.graftTime -= 1_000
      score.refreshScores()
      return score.score(PEER)
    }
  })
}

const traffic = fc.record({
  messagesPerSecond: fc.oneof(fc.double({ min: 1e-6, max: 1, noNaN: true }), fc.double({ min: 1, max: 10_000, noNaN: true })),
  peers: fc.integer({ min: 2, max: 1e9 }),
  meshSize: fc.integer({ min: 1, max: 100 }),
  weight: fc.double({ min: 0.01, max: 1, noNaN: true })
})

/** Knuth's; for means of hundreds a normal distribution does. */
function poisson (mean: number, rng: { float (): number }): number {
  if (mean > 50) return Math.max(0, Math.round(mean + Math.sqrt(mean) * (rng.float() + rng.float() + rng.float() + rng.float() - 2) * Math.sqrt(3)))
  const limit = Math.exp(-mean)
  let count = 0
  for (let product = rng.float(); product > limit; product *= rng.float()) count++
  return count
}

describe('topicScoreParams', () => {
  it('makes what gossipsub accepts, from all traffic there may be', () => {
    fc.assert(fc.property(traffic, traffic => {
      const params = topicScoreParams(traffic)
      validatePeerScoreParams(createPeerScoreParams({ topics: { [TOPIC]: params } }))
      for (const [name, value] of Object.entries(params)) expect(value, name).to.satisfy(Number.isFinite)
    }))
  })

  it('never lets an honest neighbour fall below 0, not one that brings a quarter of its part either', () => {
    const rng = seededRng(3)
    for (const messagesPerSecond of [0.001, 0.1, 1, 3, 5, 10, 100, 300]) {
      for (const peers of [2, 3, 8, 1_000]) {
        const traffic = { messagesPerSecond, peers }
        const share = messagesPerSecond * (peers - 1) / peers / Math.min(6, peers - 1) / 4
        const honest = neighbour(traffic)
        let least = 0
        for (let second = 0; second < 3_600; second++) least = Math.min(least, honest.tick(poisson(share, rng)))
        expect(least, JSON.stringify(traffic)).to.equal(0)
        expect(honest.score(PEER), JSON.stringify(traffic)).to.be.within(0.5, 5)
      }
    }
  }).timeout(20_000)

  it('has one that only sends invalid messages ignored from the fifth on, the sixth when its own score is the best', () => {
    fc.assert(fc.property(traffic, traffic => {
      const bad = neighbour(traffic)
      const scores = Array.from({ length: 6 }, () => {
        bad.rejectInvalidMessage(PEER, TOPIC)
        return bad.score(PEER)
      })
      expect(scores[3]).to.be.at.least(scoreThresholds.graylistThreshold)
      expect(scores[4]).to.be.below(scoreThresholds.graylistThreshold)
      expect(scores[5]! + 20).to.be.below(scoreThresholds.graylistThreshold)
      expect(scores[0]).to.be.below(0)
    }))
  })

  it('drops from the mesh who keeps messages back, where it cannot be by chance, and does no more to it', () => {
    for (const [messagesPerSecond, isTold] of [[0.1, false], [1, false], [5, true], [100, true]] as const) {
      const silent = neighbour({ messagesPerSecond, peers: 100 })
      let score = 0
      for (let second = 0; second < 700; second++) score = silent.tick()
      expect(score < 0, `${messagesPerSecond} a second`).to.equal(isTold)
      expect(score).to.be.above(scoreThresholds.gossipThreshold)
      silent.prune(PEER, TOPIC)
      expect(silent.score(PEER)).to.be.above(scoreThresholds.gossipThreshold)
    }
  })

  it('never gives more than all topics together may give', () => {
    const { scoreParams } = gossipScoring(() => undefined, { scoreParams: { topics: { [TOPIC]: topicScoreParams({ messagesPerSecond: 1, peers: 9 }) } } })
    const best = neighbour({ messagesPerSecond: 1, peers: 9 })
    let score = 0
    for (let second = 0; second < 5_000; second++) score = best.tick(10)
    expect(score).to.be.closeTo(scoreParams.topicScoreCap!, 0.01)
  })

  const nonsense: Array<Partial<Record<keyof TopicTraffic, number>>> = [
    { messagesPerSecond: 0 }, { messagesPerSecond: -1 }, { messagesPerSecond: NaN }, { messagesPerSecond: Infinity }, { messagesPerSecond: 10_001 },
    { peers: 1 }, { peers: NaN }, { peers: 1e10 }, { meshSize: 0 }, { meshSize: 101 }, { weight: 0 }, { weight: 2 }, { weight: NaN }
  ]
  for (const wrong of nonsense) {
    const [name, value] = Object.entries(wrong)[0]!
    it(`refuses ${name} ${value}`, () => {
      const make = (): unknown => topicScoreParams({ messagesPerSecond: 1, peers: 10, ...wrong })
      expect(make).to.throw(GossipGuardError, `${name} is ${value}, but must be a number from`).with.property('code', 'GOSSIP_TOPIC_TRAFFIC_INVALID')
    })
  }
})
