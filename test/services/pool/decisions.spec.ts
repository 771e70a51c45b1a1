import { expect } from 'chai'
import * as fc from 'fast-check'
import { DEFAULT_LIMITS } from '../../../src/services/pool/constants.ts'
import { dialPace, excessPeers, isOverLimit, wantedPeers } from '../../../src/services/pool/demand.ts'
import { spareConnections } from '../../../src/services/pool/duplicates.ts'
import { planEviction } from '../../../src/services/pool/eviction.ts'
import { poolLimits, PoolLimitsError } from '../../../src/services/pool/limits.ts'
import type { DuplicateFacts } from '../../../src/services/pool/duplicates.ts'
import type { EvictionCandidate } from '../../../src/services/pool/eviction.ts'

describe('pool: limits', () => {
  it('lowering maxPeers alone lowers the defaults above it', () => {
    const limits = poolLimits({ maxPeers: 6 })
    expect(limits).to.include({ maxPeers: 6, maxInbound: 6, maxOutbound: 6, minPeers: 6, minOutbound: 6 })
  })

  it('keeps what the caller gave', () => {
    expect(poolLimits({ maxPeers: 100, maxInbound: 90 })).to.include({ maxPeers: 100, maxInbound: 90, maxOutbound: 20 })
  })

  for (const [given, words] of [
    [{ maxPeers: 0 }, 'maxPeers is 0'],
    [{ maxPeers: 1.5 }, 'maxPeers is 1.5'],
    [{ minPeers: -1 }, 'minPeers is -1'],
    [{ minPeers: 70 }, 'minPeers (70) is above maxPeers (60)'],
    [{ minOutbound: 21 }, 'minOutbound (21) is above maxOutbound (20)'],
    [{ acceptRate: { perSecond: 0, burst: 1 } }, 'acceptRate is 0 a second'],
    [{ maxInbound: NaN }, 'maxInbound is NaN']
  ] as const) {
    it(`refuses ${JSON.stringify(given)} and says why`, () => {
      expect(() => poolLimits(given)).to.throw(PoolLimitsError, words).with.property('code', 'POOL_LIMITS_INVALID')
    })
  }
})

describe('pool: demand', () => {
  for (const [what, inbound, outbound, wanted] of [
    ['nobody', 0, 0, 8],
    ['enough outbound', 0, 8, 0],
    ['only inbound: nobody else chooses all of our peers', 30, 0, 8],
    ['full of inbound', 60, 0, 0],
    ['nearly full', 57, 0, 3]
  ] as const) {
    it(`${what}: ${inbound} in, ${outbound} out -> ${wanted} wanted`, () => {
      expect(wantedPeers({ inbound, outbound }, DEFAULT_LIMITS)).to.equal(wanted)
    })
  }

  it('an isolated node wants a peer even when its floors are zero', () => {
    expect(wantedPeers({ inbound: 0, outbound: 0 }, poolLimits({ minPeers: 0, minOutbound: 0 }))).to.equal(1)
  })

  for (const [what, outbound, dialing, isBeat, pace] of [
    ['the first five at once', 0, 0, false, 5],
    ['those that are missing', 1, 2, false, 2],
    ['no more while they are being dialled', 2, 3, false, 0],
    ['one more a beat, for some may be dead', 2, 3, true, 1],
    ['then one a beat', 5, 0, true, 1],
    ['when the one before is done', 5, 1, true, 0]
  ] as const) {
    it(`dials ${what}`, () => {
      expect(dialPace({ inbound: 9, outbound }, dialing, isBeat)).to.equal(pace)
    })
  }

  it('excess is what stands over a limit, inbound first, and never more than there is', () => {
    fc.assert(fc.property(fc.nat(200), fc.nat(200), fc.integer({ min: 1, max: 100 }), (inbound, outbound, maxPeers) => {
      const limits = poolLimits({ maxPeers })
      const excess = excessPeers({ inbound, outbound }, limits)
      const after = { inbound: inbound - excess.inbound, outbound: outbound - excess.outbound }
      expect(after.inbound).to.be.within(0, limits.maxInbound)
      expect(after.outbound).to.be.within(0, limits.maxOutbound)
      expect(isOverLimit(after, limits)).to.equal(false)
      if (!isOverLimit({ inbound, outbound }, limits) && outbound <= limits.maxOutbound) expect(excess).to.deep.equal({ inbound: 0, outbound: 0 })
    }))
  })
})

describe('pool: eviction', () => {
  const candidate = (n: number, facts: Partial<EvictionCandidate> = {}): EvictionCandidate => ({
    id: `peer-${n}`, group: `group-${n}`, groupKey: n, usefulMs: 0, connectedMs: n, discouraged: false, quality: 50, preferred: false, ...facts
  })

  it('a handful of peers in different groups are all worth more than a newcomer', () => {
    expect(planEviction([1, 2, 3, 4].map(n => candidate(n)))).to.equal(undefined)
  })

  it('a discouraged peer goes first, the youngest of them', () => {
    const peers = [candidate(1), candidate(2, { discouraged: true }), candidate(3, { discouraged: true }), candidate(4)]
    expect(planEviction(peers)).to.deep.equal({ id: 'peer-3', why: 'discouraged' })
  })

  it('of the discouraged, and of the most crowded group, one clearly worse than a stranger goes before the youngest', () => {
    const discouraged = [candidate(1, { discouraged: true, quality: 10 }), candidate(2, { discouraged: true })]
    expect(planEviction(discouraged)).to.deep.equal({ id: 'peer-1', why: 'discouraged' })
    const crowd = Array.from({ length: 40 }, (_, n) => candidate(n, { group: 'one' }))
    const slow = { ...crowd[30] as EvictionCandidate, quality: 39 }
    expect(planEviction(crowd.with(30, slow))).to.deep.equal({ id: 'peer-30', why: 'least dependable of 20 in one' })
  })

  it('to be better than a stranger protects nobody', () => {
    const crowd = Array.from({ length: 40 }, (_, n) => candidate(n, { group: 'one', quality: n === 39 ? 100 : 40 }))
    expect(planEviction(crowd)).to.deep.equal({ id: 'peer-39', why: 'youngest of 20 in one' })
  })

  it('a flood from one group evicts its own youngest', () => {
    const honest = Array.from({ length: 10 }, (_, n) => candidate(n))
    const flood = Array.from({ length: 30 }, (_, n) => candidate(100 + n, { group: 'flood', groupKey: 50 }))
    expect(planEviction([...honest, ...flood])?.id).to.equal('peer-129')
  })

  it('the quickest, the useful and the old stay', () => {
    const peers = Array.from({ length: 40 }, (_, n) => candidate(n, { group: 'one', rttMs: 100 + n }))
    const useful = { ...peers[35] as EvictionCandidate, usefulMs: 1 }
    const quick = { ...peers[36] as EvictionCandidate, rttMs: 1 }
    const all = [...peers.slice(0, 35), useful, quick, ...peers.slice(37)]
    let left = all
    for (let victim = planEviction(left); victim != null; victim = planEviction(left)) left = left.filter(({ id }) => id !== victim?.id)
    expect(left).to.include(useful).and.to.include(quick).and.to.include(all[0])
  })

  it('an id ground to be near in key space never evicts a useful peer', () => {
    const useful = Array.from({ length: 8 }, (_, n) => candidate(n, { usefulMs: 1_000, distance: Uint8Array.of(255) }))
    const near = Array.from({ length: 32 }, (_, n) => candidate(100 + n, { distance: Uint8Array.of(0, n) }))
    let left = [...useful, ...near]
    for (let victim = planEviction(left, { keepNearest: 16 }); victim != null; victim = planEviction(left, { keepNearest: 16 })) left = left.filter(({ id }) => id !== victim?.id)
    expect(left).to.include.members(useful)
  })

  it('neighbours in key space are kept when asked for', () => {
    const peers = Array.from({ length: 40 }, (_, n) => candidate(n, { group: 'one', distance: Uint8Array.of(255 - n) }))
    expect(planEviction(peers)?.id).to.equal('peer-39')
    expect(planEviction(peers, { keepNearest: 4 })?.id).to.equal('peer-35')
  })

  it('names a peer that exists, and the same one again (property)', () => {
    const arbitrary = fc.array(fc.record({ group: fc.constantFrom('a', 'b', 'c'), rttMs: fc.option(fc.nat(500), { nil: undefined }), usefulMs: fc.nat(9), quality: fc.nat(100), discouraged: fc.boolean(), preferred: fc.boolean() }), { maxLength: 60 })
    fc.assert(fc.property(arbitrary, facts => {
      const peers = facts.map((fact, n) => candidate(n, { ...fact, groupKey: fact.group.charCodeAt(0) }))
      const plan = planEviction(peers)
      if (plan != null) expect(peers.map(({ id }) => id)).to.include(plan.id)
      expect(planEviction(peers)).to.deep.equal(plan)
    }))
  })
})

describe('pool: duplicate connections', () => {
  const connection = (id: string, direction: 'inbound' | 'outbound', openedMs: number, limited = false): DuplicateFacts => ({ id, direction, openedMs, limited })

  it('both sides of a double dial agree on the connection that stays', () => {
    const dialledByA = { a: connection('a', 'outbound', 1), b: connection('a', 'inbound', 2) }
    const dialledByB = { a: connection('b', 'inbound', 2), b: connection('b', 'outbound', 1) }
    const closedByA = spareConnections([dialledByA.a, dialledByB.a], true)
    const closedByB = spareConnections([dialledByA.b, dialledByB.b], false)
    expect([...closedByA, ...closedByB]).to.deep.equal(['b'])
  })

  it('who dialled twice closes the younger one', () => {
    expect(spareConnections([connection('old', 'outbound', 1), connection('young', 'outbound', 2)], false)).to.deep.equal(['young'])
    expect(spareConnections([connection('old', 'inbound', 1), connection('young', 'inbound', 2)], true)).to.deep.equal([])
  })

  it('a peer does not hold more than two connections', () => {
    const held = [1, 2, 3, 4].map(n => connection(`c${n}`, 'inbound', n))
    expect(spareConnections(held, true)).to.deep.equal(['c3', 'c4'])
  })

  it('a relayed connection yields to a direct one', () => {
    expect(spareConnections([connection('relayed', 'outbound', 1, true), connection('direct', 'inbound', 2)], false)).to.deep.equal(['relayed'])
    expect(spareConnections([connection('relayed', 'outbound', 1, true)], false)).to.deep.equal([])
  })

  it('between two nodes exactly one direct connection is left (property)', () => {
    fc.assert(fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 2 }), fc.boolean(), (dialledByA, aIsSmaller) => {
      const view = (side: 'a' | 'b'): DuplicateFacts[] => dialledByA.map((byA, n) => connection(`c${n}`, byA === (side === 'a') ? 'outbound' : 'inbound', n))
      const closed = new Set([...spareConnections(view('a'), aIsSmaller), ...spareConnections(view('b'), !aIsSmaller)])
      expect(dialledByA.length - closed.size).to.equal(1)
    }))
  })
})
