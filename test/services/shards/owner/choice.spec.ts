import { expect } from 'chai'
import { array, assert, double, integer, nat, option, property, record } from 'fast-check'
import { chooseHolders, chooseUpTo, domainCap, inDrawnOrder, weightOf } from '../../../../src/services/shards/owner/choice.ts'
import { seededRng } from '../../../../src/util/rng.ts'
import { randomPeerId } from '../../../support/random-peer.ts'
import type { Candidate } from '../../../../src/services/shards/parts.ts'

const DAY_MS = 86_400_000
const ids = Array.from({ length: 80 }, (_, i) => randomPeerId(seededRng(1_000 + i)))

function candidate (i: number, over: Partial<Candidate> = {}): Candidate {
  return { peerId: ids[i]!, quality: 50, knownMs: 7 * DAY_MS, domains: [], connected: true, ...over }
}

function candidates (n: number, over: (i: number) => Partial<Candidate> = () => ({})): Candidate[] {
  return Array.from({ length: n }, (_, i) => candidate(i, over(i)))
}

function mostOfOneDomain (chosen: readonly Candidate[]): number {
  const counts = new Map<string, number>()
  for (const { domains } of chosen) for (const domain of domains) counts.set(domain, (counts.get(domain) ?? 0) + 1)
  return Math.max(0, ...counts.values())
}

/** How often each of the candidates is the one that is drawn. */
function shares (all: readonly Candidate[], draws: number): number[] {
  const rng = seededRng(7)
  const counts = new Map(all.map(({ peerId }) => [peerId.toString(), 0]))
  for (let i = 0; i < draws; i++) {
    const [first] = chooseHolders(all, { count: 1, threshold: 2, taken: [], rng })
    counts.set(first!.peerId.toString(), counts.get(first!.peerId.toString())! + 1)
  }
  return [...counts.values()].map(count => count / draws)
}

describe('shards: choice of holders', () => {
  describe('failure domains', () => {
    const cases: Array<[what: string, threshold: number, count: number, domains: string[][], most: number | 'too few']> = [
      ['none: local addresses fail with nobody', 3, 5, Array.from({ length: 5 }, () => []), 0],
      ['one of each, when there are enough', 3, 5, ['a', 'b', 'c', 'd', 'e', 'a', 'a', 'a', 'a'].map(name => [name]), 1],
      ['two of one, when one of each is not enough', 3, 5, ['a', 'a', 'a', 'b', 'c', 'd'].map(name => [name]), 2],
      ['never as many as open it', 3, 5, ['a', 'a', 'a', 'a', 'a', 'b', 'b'].map(name => [name]), 'too few'],
      ['nor as many as it cannot do without', 4, 5, ['a', 'a', 'b', 'b', 'c', 'c'].map(name => [name]), 'too few'],
      ['one at least, where all are needed', 3, 3, ['a', 'b', 'c'].map(name => [name]), 1],
      ['each of those that a peer is of', 3, 5, [['a', 'x'], ['b', 'x'], ['c', 'x'], ['d'], ['e'], ['f']], 1]
    ]
    for (const [what, threshold, count, domains, most] of cases) {
      it(what, () => {
        const all = candidates(domains.length, i => ({ domains: domains[i]! }))
        for (let seed = 0; seed < 20; seed++) {
          const choose = (): Candidate[] => chooseHolders(all, { count, threshold, taken: [], rng: seededRng(seed) })
          if (most === 'too few') expect(choose).to.throw().with.property('code', 'SHARDS_TOO_FEW_PEERS')
          else if (what.startsWith('each')) expect(choose().filter(({ domains }) => domains.includes('x'))).to.have.length.at.most(2)
          else expect(mostOfOneDomain(choose())).to.equal(most)
        }
      })
    }

    it('counts those that hold a share already', () => {
      const taken = [candidate(70, { domains: ['a'] }), candidate(71, { domains: ['b'] })]
      const all = [candidate(0, { domains: ['a'] }), candidate(1, { domains: ['b'] }), candidate(2, { domains: ['c'] })]
      for (let seed = 0; seed < 20; seed++) expect(chooseHolders(all, { count: 1, threshold: 2, taken, rng: seededRng(seed) })).to.deep.equal([all[2]])
    })

    it('always keeps the cap, and finds all when one of each would do', () => {
      assert(property(array(array(integer({ min: 0, max: 9 }), { maxLength: 2 }), { maxLength: 40 }), integer({ min: 2, max: 8 }), integer({ min: 2, max: 10 }), nat(), (domains, threshold, count, seed) => {
        const all = candidates(domains.length, i => ({ domains: domains[i]!.map(String) }))
        const chosen = chooseUpTo(all, { count, threshold, taken: [], rng: seededRng(seed) })
        expect(chosen).to.have.length.at.most(count)
        expect(new Set(chosen.map(({ peerId }) => peerId.toString())).size).to.equal(chosen.length)
        for (const domain of new Set(domains.flat().map(String))) {
          expect(chosen.filter(({ domains }) => domains.includes(domain)).length).to.be.at.most(domainCap(threshold, count))
        }
        if (domains.filter(each => each.length === 0).length >= count) expect(chosen).to.have.length(count)
      }), { numRuns: 300 })
    })
  })

  it('says how many are missing', () => {
    expect(() => chooseHolders(candidates(3), { count: 5, threshold: 3, taken: [], rng: seededRng(1) })).to.throw(/2 more peers are needed/).with.property('details').that.deep.equals({ missing: 2, found: 3 })
  })

  it('takes nobody twice, and nobody who is there already', () => {
    const all = [...candidates(4), ...candidates(4)]
    const chosen = chooseHolders(all, { count: 3, threshold: 2, taken: [candidate(0)], rng: seededRng(1) })
    expect(chosen.map(({ peerId }) => peerId.toString()).sort()).to.deep.equal(ids.slice(1, 4).map(String).sort())
  })

  describe('weights', () => {
    const better: Array<[what: string, good: Partial<Candidate>, bad: Partial<Candidate>]> = [
      ['quality', { quality: 90 }, { quality: 20 }],
      ['latency', { latencyMs: 20 }, { latencyMs: 2_000 }],
      ['age', { knownMs: 7 * DAY_MS }, { knownMs: 0 }]
    ]
    for (const [what, good, bad] of better) {
      it(`are by ${what}, and the drawn are in proportion`, () => {
        const all = [...candidates(5, () => good), ...Array.from({ length: 5 }, (_, i) => candidate(i + 5, bad))]
        const [ofGood, ofBad] = [weightOf(all[0]!), weightOf(all[5]!)]
        expect(ofGood).to.be.above(2 * ofBad)
        const draws = 20_000
        const expected = all.map((_, i) => (i < 5 ? ofGood : ofBad) / (5 * (ofGood + ofBad)))
        const found = shares(all, draws)
        // chi-square of 9 degrees of freedom: beyond 27.9 in one of 1,000
        const chi2 = found.reduce((sum, share, i) => sum + draws * (share - expected[i]!) ** 2 / expected[i]!, 0)
        expect(chi2).to.be.below(27.9)
      })
    }

    it('are never nothing, and of no use beyond bounds', () => {
      assert(property(record({ quality: double(), latencyMs: option(double(), { nil: undefined }), knownMs: double() }), of => {
        expect(weightOf(of)).to.be.within(0.1 ** 3 - 1e-12, 1)
      }))
    })

    it('know nothing of ids: among equals all are drawn alike', () => {
      const found = shares(candidates(16), 16_000)
      const chi2 = found.reduce((sum, share) => sum + 16_000 * (share - 1 / 16) ** 2 * 16, 0)
      // of 15 degrees of freedom: beyond 37.7 in one of 1,000
      expect(chi2).to.be.below(37.7)
    })

    it('give an order of all', () => {
      const all = candidates(30)
      const order = (seed: number): string[] => inDrawnOrder(all, seededRng(seed)).map(({ peerId }) => peerId.toString())
      expect(order(3).toSorted()).to.deep.equal(all.map(({ peerId }) => peerId.toString()).sort())
      expect(order(3)).to.not.deep.equal(order(4))
    })
  })
})
