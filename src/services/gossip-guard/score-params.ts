import { validatePeerScoreThresholds } from '@libp2p/gossipsub/score'
import { describeError } from '../../errors.ts'
import { GossipGuardError } from './gossip-guard-error.ts'
import { SharedIps } from './shared-ips.ts'
import { MAX_TOPICS_SCORE, perInterval, SCORE_INTERVAL_MS } from './topic-score-params.ts'
import type { GossipsubOpts } from '@libp2p/gossipsub'
import type { PeerScoreParams, PeerScoreThresholds } from '@libp2p/gossipsub/score'
import type { Scoring } from '../../components.ts'

export interface GossipScoring {
  scoreParams: Partial<PeerScoreParams>
  scoreThresholds: PeerScoreThresholds
}

/**
 * Gossipsub adds what topics give (`MAX_TOPICS_SCORE` at most), the peer's own score (-100 to 20) and its penalties. As in
 * the gossipsub v1.1 specification, Lighthouse and Lodestar each threshold takes away a little more:
 *
 * - below 0 nobody is in a mesh; of those in good standing only who gossip itself found fault with
 * - discouraged peers (-20), however well they deliver, are told of no message and asked for none
 * - published messages still go to them for a while: they are no proof of anything, and honest peers need them
 * - refused peers (-40), however well they deliver, are not heard at all
 *
 * Addresses that come with a PRUNE are never dialled: peers are found by discovery, which has limits.
 */
const THRESHOLDS: PeerScoreThresholds = {
  gossipThreshold: -20 + MAX_TOPICS_SCORE,
  publishThreshold: -30 + MAX_TOPICS_SCORE,
  graylistThreshold: -40 + MAX_TOPICS_SCORE,
  acceptPXThreshold: Infinity,
  opportunisticGraftThreshold: 1
}

/** Six broken promises or early GRAFTs a minute may be bad luck on a busy machine; twelve graylist. */
const BEHAVIOUR = {
  behaviourPenaltyWeight: -1,
  behaviourPenaltyThreshold: 6,
  behaviourPenaltyDecay: perInterval(60)
}

/** The pool admits 4 connections from one IP: twice as many peers there are counted against each of them. */
const COLOCATION = { IPColocationFactorWeight: -1, IPColocationFactorThreshold: 8 }

/** What gossipsub itself found is kept this long after a peer has gone; its own score is kept anyway. */
const RETAIN_MS = 600_000

/**
 * Options for `gossipsub()` with which a peer's score counts in gossip, too; so it is no longer wiped by connecting anew.
 * What `overrides` has wins, field by field. `scoring` is asked whenever gossipsub scores a peer.
 *
 * Throws `GOSSIP_THRESHOLDS_INVALID` when the thresholds given contradict each other.
 */
export function gossipScoring (scoring: () => Scoring | undefined, overrides: Pick<Partial<GossipsubOpts>, 'scoreParams' | 'scoreThresholds'> = {}, { localAsPublic = false }: { localAsPublic?: boolean } = {}): GossipScoring {
  const scoreThresholds = { ...THRESHOLDS, ...overrides.scoreThresholds }
  try {
    validatePeerScoreThresholds(scoreThresholds)
  } catch (err) {
    throw new GossipGuardError('GOSSIP_THRESHOLDS_INVALID', `gossipsub cannot use these scoreThresholds: ${describeError(err)}; they need 0 >= gossipThreshold >= publishThreshold >= graylistThreshold`, { cause: err, details: { ...scoreThresholds } })
  }
  return {
    scoreParams: {
      topicScoreCap: MAX_TOPICS_SCORE,
      appSpecificScore: peer => opinionOf(peer, scoring()),
      appSpecificWeight: 1,
      ...COLOCATION,
      IPColocationFactorWhitelist: new SharedIps({ localAsPublic }),
      ...BEHAVIOUR,
      decayInterval: SCORE_INTERVAL_MS,
      decayToZero: 0.01,
      retainScore: RETAIN_MS,
      ...overrides.scoreParams
    },
    scoreThresholds
  }
}

// whoever is below 0, be it by a hair, is thrown out of every mesh: a ping that failed once must not do that
function opinionOf (peer: string, scoring: Scoring | undefined): number {
  if (scoring == null) return 0
  const score = scoring.score(peer)
  return scoring.isDiscouraged(peer) ? score : Math.max(0, score)
}
