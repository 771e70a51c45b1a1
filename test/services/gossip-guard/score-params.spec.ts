import { PeerScore, createPeerScoreParams, validatePeerScoreParams } from '@libp2p/gossipsub/score'
import { defaultLogger } from '@libp2p/logger'
import { expect } from 'chai'
import { GossipGuardError } from '../../../src/services/gossip-guard/gossip-guard-error.ts'
import { gossipScoring } from '../../../src/services/gossip-guard/index.ts'
import { StubRatings } from './stub-ratings.ts'
import type { GossipScoring } from '../../../src/services/gossip-guard/index.ts'

describe('gossipScoring', () => {
  const ratings = new StubRatings()
  const scoreOf = ({ scoreParams }: GossipScoring, ip: string, peers: number): number => {
    const score = new PeerScore(createPeerScoreParams(scoreParams), null, defaultLogger(), { scoreCacheValidityMs: -1 })
    for (let i = 0; i < peers; i++) {
      score.addPeer(String(i))
      score.addIP(String(i), ip)
    }
    return score.score('0')
  }

  it('makes what gossipsub accepts', () => {
    validatePeerScoreParams(createPeerScoreParams(gossipScoring(() => undefined).scoreParams))
  })

  it('gives a peer its own score, but keeps who is in good standing in the mesh', () => {
    const { scoreParams } = gossipScoring(() => ratings)
    for (const [own, given] of [[20, 20], [0, 0], [-2, 0], [-19, 0], [-20, -20], [-55, -55], [-100, -100]] as const) {
      ratings.scores.set('peer', own)
      expect(scoreParams.appSpecificScore!('peer'), String(own)).to.equal(given)
    }
    expect(gossipScoring(() => undefined).scoreParams.appSpecificScore!('peer')).to.equal(0)
  })

  it('has discouraged peers get no gossip and refused ones no hearing, however well they deliver', () => {
    const { scoreParams: { topicScoreCap = 0 }, scoreThresholds } = gossipScoring(() => ratings)
    for (const [name, own] of [['gossipThreshold', -20.01], ['graylistThreshold', -40.01]] as const) {
      expect(own + topicScoreCap).to.be.below(scoreThresholds[name])
    }
    // one that delivers nothing is graylisted before it is refused, but not when it is only discouraged
    expect(-20).to.be.above(scoreThresholds.graylistThreshold)
    expect(scoreThresholds.acceptPXThreshold).to.be.above(1_000)
  })

  it('does not punish many peers on a local IP, or on one that was added, but on a public one', () => {
    const scoring = gossipScoring(() => undefined)
    for (const ip of ['127.0.0.1', '192.168.1.7', '10.1.2.3', '169.254.1.1', '::1', 'fe80::1', 'fd00::1', '::ffff:192.168.1.7']) {
      expect(scoreOf(scoring, ip, 50), ip).to.equal(0)
    }
    for (const ip of ['8.8.8.8', '2001:4860:4860::8888']) {
      expect(scoreOf(scoring, ip, 8), ip).to.equal(0)
      expect(scoreOf(scoring, ip, 9), ip).to.equal(-1)
      expect(scoreOf(scoring, ip, 14), ip).to.be.below(scoring.scoreThresholds.graylistThreshold)
    }
    scoring.scoreParams.IPColocationFactorWhitelist!.add('8.8.8.8')
    expect(scoreOf(scoring, '8.8.8.8', 50)).to.equal(0)
    expect(scoring.scoreParams.IPColocationFactorWhitelist!.has('no ip')).to.equal(false)
    expect(scoreOf(gossipScoring(() => undefined, {}, { localAsPublic: true }), '127.0.0.1', 9)).to.equal(-1)
  })

  it('lets the options that were given win, one by one', () => {
    const { scoreParams, scoreThresholds } = gossipScoring(() => ratings, {
      scoreParams: { appSpecificScore: () => 7, IPColocationFactorWeight: 0 },
      scoreThresholds: { graylistThreshold: -1_000 }
    })
    expect(scoreParams.appSpecificScore!('peer')).to.equal(7)
    expect(scoreParams).to.include({ IPColocationFactorWeight: 0, appSpecificWeight: 1 })
    expect(scoreThresholds).to.include({ graylistThreshold: -1_000, gossipThreshold: -15 })
  })

  it('refuses thresholds that contradict each other', () => {
    const make = (): unknown => gossipScoring(() => undefined, { scoreThresholds: { publishThreshold: -10 } })
    expect(make).to.throw(GossipGuardError, 'publish').with.property('code', 'GOSSIP_THRESHOLDS_INVALID')
  })
})
