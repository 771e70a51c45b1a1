import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { ClockWatch } from '../../../src/services/pool/clock-watch.ts'
import { INITIAL_RATES, learnRate, planDials } from '../../../src/services/pool/dial-plan.ts'
import { Keepers } from '../../../src/services/pool/keepers.ts'
import { Links } from '../../../src/services/pool/links.ts'
import { Retries } from '../../../src/services/pool/remembered.ts'
import { Solitude } from '../../../src/services/pool/solitude.ts'
import { backoffMs } from '../../../src/util/backoff.ts'
import { seededRng } from '../../../src/util/rng.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import type { DialCandidate } from '../../../src/services/pool/dial-plan.ts'
import type { PeerId } from '@libp2p/interface'
import type { Role } from '../../../src/components.ts'

const LIMITS = { minMs: 1_000, maxMs: 600_000 }

describe('backoff', () => {
  it('grows to its ceiling, with jitter, and is never shorter than half the first wait', () => {
    fc.assert(fc.property(fc.nat(), fc.integer({ min: 1, max: 200 }), (seed, attempt) => {
      const wait = backoffMs(attempt, LIMITS, seededRng(seed))
      expect(wait).to.be.within(500, Math.min(600_000, 1_000 * 2 ** (attempt - 1)))
    }))
  })
})

describe('pool: dial plan', () => {
  let peerId: PeerId
  before(async () => { peerId = peerIdFromPrivateKey(await generateKeyPair('Ed25519')) })

  const candidate = (group: string, tried = true, roles: Role[] = []): DialCandidate => ({
    group,
    entry: { peerId, multiaddrs: [], roles, source: 'pex', tried, firstSeenMs: 0, lastSeenMs: 0, lastAttemptMs: 0, lastSuccessMs: 0, lastObservedMs: 0, failures: 0 }
  })
  const plan = (candidates: DialCandidate[], facts: Partial<Parameters<typeof planDials>[0]> = {}): string[] =>
    planDials({ candidates, takenGroups: new Set(), wanted: 2, room: 16, rates: INITIAL_RATES, preferredRoles: [], ...facts }).map(({ group }) => group)

  it('dials other netgroups first and one twice only for want of another', () => {
    expect(plan(['a', 'a', 'b', 'c'].map(group => candidate(group)), { takenGroups: new Set(['b']) })).to.deep.equal(['a', 'c', 'a'])
    expect(plan([candidate('a'), candidate('a')], { wanted: 1.5 })).to.deep.equal(['a', 'a'])
  })

  it('begins no more dials than there is room for, and none when nobody is wanted', () => {
    expect(plan(['a', 'b', 'c'].map(group => candidate(group)), { room: 1 })).to.deep.equal(['a'])
    expect(plan(['a'].map(group => candidate(group)), { wanted: 0 })).to.deep.equal([])
  })

  it('prefers roles', () => {
    expect(plan([candidate('a'), candidate('b'), candidate('c', true, ['relay'])], { wanted: 0.5, preferredRoles: ['relay', 'full'] })).to.deep.equal(['c'])
  })

  it('overshoots twofold at most when dials keep failing, and not at all when they succeed', () => {
    let failing = INITIAL_RATES
    let succeeding = INITIAL_RATES
    for (let i = 0; i < 100; i++) {
      failing = learnRate(failing, 'new', false)
      succeeding = learnRate(succeeding, 'new', true)
    }
    const strangers = Array.from({ length: 40 }, (_, n) => candidate(`g${n}`, false))
    expect(plan(strangers, { wanted: 4, rates: failing })).to.have.length(8)
    expect(plan(strangers, { wanted: 4, rates: succeeding })).to.have.length.at.most(5)
  })
})

describe('pool: retries', () => {
  it('a failed peer waits longer each time, a kicked one as long as it was told', () => {
    const retries = new Retries(LIMITS, seededRng(1))
    expect(retries.isDue('a', 0)).to.equal(true)
    expect(retries.failed('a', 0, false)).to.equal(1)
    expect(retries.isDue('a', 400)).to.equal(false)
    expect(retries.isDue('a', 2_000)).to.equal(true)
    for (let i = 0; i < 20; i++) retries.failed('a', 0, false)
    expect(retries.isDue('a', 600_000)).to.equal(true)
    retries.coolDown('b', 0, 60_000)
    expect(retries.isDue('b', 59_999)).to.equal(false)
    expect(retries.isDue('b', 75_000)).to.equal(true)
  })

  it('counts for the check only failures that are not excused, and remembers the last of either', () => {
    const retries = new Retries(LIMITS, seededRng(1))
    expect([retries.failed('a', 1, false), retries.failed('a', 2, true), retries.failed('a', 3, true), retries.failed('a', 4, false)]).to.deep.equal([1, 1, 1, 2])
    expect([retries.lastFailureMs('a'), retries.lastFailureMs('b')]).to.deep.equal([4, undefined])
  })

  it('a lone node waits a minute at most', () => {
    const retries = new Retries(LIMITS, { ...seededRng(1), float: () => 0.999 })
    for (let i = 0; i < 20; i++) retries.failed('a', 0, true)
    expect(retries.isDue('a', 60_000)).to.equal(true)
  })
})

describe('pool: configured peers', () => {
  const address = multiaddr('/ip4/127.0.0.1/tcp/4701')

  it('explicit ones are always due, bootstrap ones while peers are wanted', () => {
    const keepers = new Keepers(LIMITS, seededRng(1))
    keepers.add(address, 'bootstrap')
    keepers.add(multiaddr('/ip4/127.0.0.1/tcp/4702'), 'explicit')
    expect(keepers.due(0, () => false, false)).to.have.length(1)
    expect(keepers.due(0, () => false, true)).to.have.length(2)
  })

  it('never gives up: after 1,000 failures the next attempt is within ten minutes', () => {
    const keepers = new Keepers(LIMITS, seededRng(1))
    keepers.add(address, 'explicit')
    const [keeper] = keepers.due(0, () => false, true)
    for (let i = 0; i < 1_000; i++) expect(keepers.failed(keeper!, 0, false)).to.be.at.most(600_000)
    expect(keepers.due(600_000, () => false, true)).to.deep.equal([keeper])
  })

  it('an explicit peer is tried again within 45 s however often it failed, so that it is back within a minute', () => {
    const keepers = new Keepers(LIMITS, { ...seededRng(1), float: () => 0.999 })
    keepers.add(address, 'explicit')
    keepers.add(multiaddr('/ip4/127.0.0.1/tcp/4702'), 'bootstrap')
    const [explicit, bootstrap] = keepers.due(0, () => false, true)
    for (let i = 0; i < 20; i++) {
      expect(keepers.failed(explicit!, 0, false)).to.be.at.most(45_000)
      keepers.failed(bootstrap!, 0, false)
    }
    expect(keepers.due(45_000, () => false, true)).to.deep.equal([explicit])
  })

  it('a peer that wants to be left alone is, but for ten minutes at most', () => {
    const keepers = new Keepers(LIMITS, seededRng(1))
    keepers.add(address, 'explicit')
    const [keeper] = keepers.due(0, () => false, true)
    keepers.succeeded(keeper!, 'x')
    keepers.disconnected('x', true, 0, false, 2 ** 32)
    expect(keepers.due(599_999, () => false, true)).to.deep.equal([])
    expect(keepers.due(600_000, () => false, true)).to.deep.equal([keeper])
    keepers.disconnected('x', true, 0, false, 2 ** 32)
    keepers.reset()
    expect(keepers.due(0, () => false, true), 'alone').to.deep.equal([keeper])
  })

  it('a peer that lets us in and throws us out at once is not hammered', () => {
    const keepers = new Keepers(LIMITS, { ...seededRng(1), float: () => 0.999 })
    keepers.add(address, 'explicit')
    const [keeper] = keepers.due(0, () => false, true)
    keepers.succeeded(keeper!, 'x')
    for (let i = 0; i < 6; i++) keepers.disconnected('x', false, 0, false)
    expect(keepers.due(30_000, () => false, true)).to.deep.equal([])
    keepers.disconnected('x', true, 0, false)
    expect(keepers.due(2_000, () => false, true)).to.deep.equal([keeper])
  })
})

describe('pool: links of its own', () => {
  // a dial to the internet got through at 500
  for (const [what, connected, reach, sinceMs, works] of [
    ['with nobody connected they may be down', [], 0, 501, false],
    ['a neighbour says nothing of the internet', [0, 1], 2, 501, false],
    ['but of the neighbourhood', [0, 1], 1, 501, true],
    ['somebody on the internet does, and of the local network', [2], 1, 501, true],
    ['a dial that got through since does, too', [], 2, 500, true],
    ['also of what is nearer', [], 0, 500, true]
  ] as const) {
    it(what, () => {
      const links = new Links(() => connected)
      links.reached(2, 500)
      expect(links.work(reach, sinceMs)).to.equal(works)
    })
  }

  it('to reach a neighbour says nothing of the internet', () => {
    const links = new Links(() => [])
    links.reached(1, 500)
    expect([links.work(2, 500), links.work(1, 500)]).to.deep.equal([false, true])
  })
})

describe('pool: being alone', () => {
  it('is said once, after five seconds, and again after having been with others', () => {
    const solitude = new Solitude()
    solitude.start(0)
    expect([solitude.beat(4_999, true), solitude.beat(5_000, true), solitude.beat(6_000, true)]).to.deep.equal([false, true, false])
    expect(solitude.joined()).to.equal(true)
    expect(solitude.beat(7_000, false)).to.equal(false)
    solitude.emptied(8_000)
    expect([solitude.state, solitude.beat(13_000, true), solitude.state]).to.deep.equal(['connected', true, 'isolated'])
  })
})

describe('pool: clock watch', () => {
  it('sees a sleep and a set clock, not a late beat', () => {
    const clock = new ManualClock(1_000_000)
    const watch = new ClockWatch(clock, 1_000)
    watch.start()
    clock.advance(1_000)
    expect(watch.beat()).to.equal(undefined)
    clock.advance(10_000)
    expect(watch.beat()).to.equal(undefined)
    clock.advance(3_600_000)
    expect(watch.beat()).to.be.closeTo(3_600_000, 1_000)
    clock.jump(-7_200_000)
    clock.advance(1_000)
    expect(watch.beat()).to.be.closeTo(7_200_000, 1_000)
    clock.advance(1_000)
    expect(watch.beat()).to.equal(undefined)
  })
})
