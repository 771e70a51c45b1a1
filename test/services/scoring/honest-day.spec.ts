import { expect } from 'chai'
import { seededRng } from '../../../src/util/rng.ts'
import { openScoring } from '../../support/open-scoring.ts'
import { randomPeerId } from '../../support/random-peer.ts'
import type { Rng } from '../../../src/util/rng.ts'

const HOUR = 3_600_000
const STEP_MS = 20_000

/** Events of a Poisson process in one step (Knuth). */
function happenings (perMinute: number, rng: Rng): number {
  const limit = Math.exp(-perMinute * STEP_MS / 60_000)
  let count = 0
  for (let product = rng.float(); product > limit; product *= rng.float()) count++
  return count
}

describe('scoring: a day of honest peers (T15)', () => {
  it('ends without a ban and without a refusal: 50 peers, 0.4 minor offences a minute, 2 % of requests time out', async function () {
    this.timeout(20_000)
    const rng = seededRng(15)
    const { scoring, clock, connect } = await openScoring()
    const peers = Array.from({ length: 50 }, (_, i) => {
      const peer = randomPeerId(rng)
      connect(peer, { from: `/ip4/93.184.${i}.34/tcp/4001` }).rtt = 50
      return peer
    })
    const changes = new Map<string, number>()
    let worst = 0
    scoring.addEventListener('standing:change', ({ detail: { standing } }) => changes.set(standing, (changes.get(standing) ?? 0) + 1))
    let [offences, timeouts, requests] = [0, 0, 0]
    for (let passedMs = 0; passedMs < 24 * HOUR; passedMs += STEP_MS) {
      clock.advance(STEP_MS)
      for (const peer of peers) {
        for (let i = happenings(0.4, rng); i > 0; i--) {
          scoring.report(peer, 'minor', 'test:stale')
          offences++
        }
        // three requests a minute
        if (rng.float() < 0.02) {
          scoring.observe(peer, { what: 'request-timeout' })
          timeouts++
        } else {
          scoring.observe(peer, { what: 'answer', tookMs: 80 })
        }
        requests++
        worst = Math.min(worst, scoring.score(peer))
      }
    }
    expect(offences / (50 * 24 * 60)).to.be.closeTo(0.4, 0.02)
    expect(timeouts / requests).to.be.closeTo(0.02, 0.002)
    expect(Object.fromEntries(changes)).to.not.have.any.keys('banned', 'refused')
    expect(peers.map(peer => scoring.standing(peer))).to.not.include.members(['banned', 'refused'])
    expect(worst).to.be.within(-40, -10)
  })
})

describe('scoring: what others say (T19)', () => {
  it('counts for nothing: there is no way to tell this node of somebody else', async () => {
    const rng = seededRng(16)
    const { scoring, connect } = await openScoring()
    const honest = randomPeerId(rng)
    connect(honest)
    scoring.observe(honest, { what: 'delivery' })
    const before = scoring.get(honest)
    // half of the peers misbehave as loudly as they can, at other places
    for (let i = 0; i < 25; i++) {
      const slanderer = randomPeerId(rng)
      connect(slanderer, { from: `/ip4/93.185.${i}.34/tcp/4001` })
      scoring.report(slanderer, 'severe', 'pex:bad-record', new TextEncoder().encode(`${honest.toString()} is a cheat`))
      expect(scoring.score(slanderer)).to.equal(-25)
    }
    expect(scoring.get(honest)).to.deep.equal(before)
  })
})
