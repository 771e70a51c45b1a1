import { expect } from 'chai'
import { seededRng, shuffled } from '../../src/util/rng.ts'
import { randomPeerId } from '../support/random-peer.ts'
import { figure } from './support/figures.ts'
import { Trust } from './support/trust.ts'
import type { PeerId } from '@libp2p/interface'
import type { Rng } from '../../src/util/rng.ts'
import type { StubConnection } from '../support/stub-connection.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const PEERS = 50
const SEED = 50_000

interface Honest {
  peer: PeerId
  from: string
  connection?: StubConnection
}

/** How often a peer that means well does what looks bad, and what goes well beside it. */
const A_MINUTE = { minor: 0.4, requests: 1, pings: 5, deliveries: 0.2 }
const TIMEOUTS = 0.02
/** A connection breaks this often, and is made again. */
const BREAKS_A_MINUTE = 1 / 120
const STEP_MS = 5_000

/** Peers on hosts of their own, but for the last 5, who share one: the worst of them is held against the others. */
function honest (rng: Rng): Honest[] {
  return Array.from({ length: PEERS }, (_, i) => ({
    peer: randomPeerId(rng),
    from: i < PEERS - 5 ? `/ip4/${20 + i}.${rng.int(256)}.${rng.int(256)}.7/tcp/4001` : `/ip4/93.184.216.34/tcp/${4001 + i}`
  }))
}

/** Events of a Poisson process that fall into one step. */
function happened (aMinute: number, rng: Rng): number {
  let count = 0
  for (let left = Math.exp(-aMinute * STEP_MS / MINUTE_MS), p = rng.float(); p > left; count++) p *= rng.float()
  return count
}

interface Verdicts {
  bans: number
  refused: number
}

function watch ({ scoring, bans }: Trust): Verdicts {
  const verdicts = { bans: 0, refused: 0 }
  bans.addEventListener('ban:added', () => { verdicts.bans++ })
  bans.addEventListener('ban:spared', () => { verdicts.bans++ })
  scoring.addEventListener('standing:change', ({ detail: { standing } }) => {
    if (standing === 'refused' || standing === 'banned') verdicts.refused++
  })
  return verdicts
}

describe(`honest peers: ${PEERS} of them, 5 on one IP`, () => {
  it('T15: 24 hours of 0.4 minor offences a minute and 2 % timeouts each', async () => {
    const rng = seededRng(SEED)
    const trust = await Trust.open()
    const { scoring, clock } = trust
    const verdicts = watch(trust)
    const town = honest(rng)
    let worst = 20
    let events = 0
    for (let sinceMs = 0; sinceMs < 24 * HOUR_MS; sinceMs += STEP_MS) {
      for (const one of town) {
        const { peer, from } = one
        if (one.connection?.status !== 'open') one.connection = await trust.connect(peer, from, 'outbound')
        expect(one.connection, 'an honest peer is let in').to.not.equal(undefined)
        one.connection!.rtt = 40 + rng.int(100)
        const did = (aMinute: number, act: () => void): void => {
          for (let n = happened(aMinute, rng); n > 0; n--) {
            act()
            events++
          }
        }
        did(A_MINUTE.minor, () => { scoring.report(peer, 'minor', 'test:stale') })
        did(A_MINUTE.requests, () => { scoring.observe(peer, rng.float() < TIMEOUTS ? { what: 'request-timeout' } : { what: 'answer', tookMs: 80 }) })
        did(A_MINUTE.pings, () => { if (rng.float() < TIMEOUTS) scoring.observe(peer, { what: 'ping-timeout' }) })
        did(A_MINUTE.deliveries, () => { scoring.observe(peer, { what: 'delivery' }) })
        did(BREAKS_A_MINUTE, () => {
          one.connection?.fail()
          if (rng.float() < TIMEOUTS) scoring.observe(peer, { what: 'dial-failed' })
        })
        worst = Math.min(worst, scoring.score(peer))
      }
      clock.advance(STEP_MS)
    }
    await trust.settled()
    await trust.stop()
    figure({ test: 'T15', what: `bans and refusals of ${PEERS} honest peers in 24 h (${events} events, lowest score ${worst.toFixed(1)})`, value: `${verdicts.bans} and ${verdicts.refused}`, limit: '0 and 0' })
    expect(events, 'what happened').to.be.greaterThan(PEERS * 24 * 60 * A_MINUTE.pings)
    expect(verdicts.bans, 'bans').to.equal(0)
    expect(verdicts.refused, 'peers refused').to.equal(0)
  })

  it('T16: every link is dead for 5 minutes', async () => {
    const rng = seededRng(SEED + 1)
    const trust = await Trust.open()
    const { scoring, clock } = trust
    const verdicts = watch(trust)
    let outages = 0
    scoring.addEventListener('outage:start', () => { outages++ })
    const town = honest(rng)
    for (const one of town) {
      one.connection = await trust.connect(one.peer, one.from, 'outbound')
      // as bad as an honest peer is at its worst
      for (let n = rng.int(6); n > 0; n--) scoring.report(one.peer, 'minor', 'test:stale')
    }
    clock.advance(10 * MINUTE_MS)
    // noticed one by one, within the 30 s that keep-alive pings take; until nobody is left those who are gone are dialled in vain
    const gone: PeerId[] = []
    for (const { peer, connection } of shuffled(town, rng)) {
      for (const other of gone) scoring.observe(other, { what: 'dial-failed' })
      scoring.observe(peer, { what: 'ping-timeout' })
      connection!.fail()
      gone.push(peer)
      clock.advance(30_000 / PEERS)
    }
    // alone: the pool blames nobody for dials that fail now
    clock.advance(5 * MINUTE_MS)
    await trust.settled()
    const welcome = town.filter(({ peer }) => scoring.standing(peer) === 'good').length
    const back = (await Promise.all(town.map(async ({ peer, from }) => await trust.connect(peer, from, 'outbound')))).filter(connection => connection != null).length
    await trust.stop()
    figure({ test: 'T16', what: `bans of ${PEERS} peers after 5 min without a link (${welcome} in good standing)`, value: String(verdicts.bans), limit: '0' })
    expect(outages, 'it is seen that it is the link').to.be.at.least(1)
    expect(verdicts, 'nobody is to blame').to.deep.equal({ bans: 0, refused: 0 })
    expect(welcome, 'in good standing at the end, whatever they were charged with before it was seen').to.equal(PEERS)
    expect(back, 'let in again').to.equal(PEERS)
  })
})
