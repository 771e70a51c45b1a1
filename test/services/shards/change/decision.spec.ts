import { expect } from 'chai'
import * as fc from 'fast-check'
import { decide, isDecided, mayAskLeavers } from '../../../../src/services/shards/change/decision.ts'
import { PaxosModel } from './paxos-model.ts'
import type { Promised } from '../../../../src/services/shards/change/decision.ts'
import type { Wish } from './paxos-model.ts'

const none = (by: string): Promised => ({ by })
const took = (by: string, round: number, hash: string): Promised => ({ by, accepted: { ballot: { round, proposer: Uint8Array.of(1) }, hash } })

/** Wishes of three proposers: to keep the holders, to replace some, and to move away. */
const wishes = fc.constantFrom<Wish[]>(
  [{ hash: 'a', after: [0, 1, 2, 3, 4] }, { hash: 'b', after: [0, 1, 2, 3, 4] }, { hash: 'c', after: [0, 1, 2, 3, 4] }],
  [{ hash: 'a', after: [0, 1, 2, 3, 4] }, { hash: 'b', after: [0, 1, 2, 5, 6] }, { hash: 'c', after: [7, 8, 9] }],
  [{ hash: 'a', after: [5, 6, 7, 8, 9] }, { hash: 'b', after: [10, 11, 12] }, { hash: 'c', after: [0, 1, 2, 3, 4, 5, 6] }]
)
type Step = { what: 'begin' | 'restart', who: number } | { what: 'deliver' | 'drop' | 'repeat', which: number } | { what: 'wait', ms: number }
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ what: fc.constantFrom('begin' as const, 'restart' as const), who: fc.nat(2) }) },
  { weight: 30, arbitrary: fc.record({ what: fc.constant('deliver' as const), which: fc.nat(999) }) },
  { weight: 3, arbitrary: fc.record({ what: fc.constantFrom('drop' as const, 'repeat' as const), which: fc.nat(999) }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('wait' as const), ms: fc.nat(1_500) }) }
)

function play (model: PaxosModel, steps: readonly Step[]): void {
  for (const step of steps) {
    const at = 'which' in step && model.messages.length > 0 ? step.which % model.messages.length : -1
    if (step.what === 'begin' || step.what === 'restart') model.begin(step.who, step.what === 'restart')
    else if (step.what === 'wait') model.nowMs += step.ms
    else if (at >= 0 && step.what === 'drop') model.messages.splice(at, 1)
    else if (at >= 0) model.deliver(at, step.what === 'repeat')
  }
}

describe('shards: what a proposer may propose', () => {
  it('is nothing without a quorum of promises', () => {
    expect(decide([none('a'), took('b', 1, 'x')], 3)).to.deep.equal({ kind: 'too-few', have: 2 })
  })

  it('is its own where a quorum has accepted nothing, whatever others have', () => {
    expect(decide([none('a'), none('b'), none('c'), took('d', 9, 'x')], 3)).to.deep.equal({ kind: 'free', justification: ['a', 'b', 'c'] })
  })

  it('is what was accepted in the highest ballot where a quorum may have accepted it', () => {
    expect(decide([none('a'), took('b', 2, 'x'), took('c', 3, 'y'), none('d')], 3)).to.deep.equal({ kind: 'finish', hash: 'y', justification: ['a', 'b', 'c', 'd'] })
  })

  it('is decided by quorums of both the holders before and those after', () => {
    const electorate = { before: { members: new Set(['a', 'b', 'c']), quorum: 2 }, after: { members: new Set(['c', 'd', 'e']), quorum: 2 } }
    expect(isDecided(new Set(['c', 'd', 'e']), electorate)).to.equal(false)
    expect(isDecided(new Set(['a', 'b', 'c']), electorate)).to.equal(false)
    expect(isDecided(new Set(['b', 'c', 'd']), electorate)).to.equal(true)
    expect(mayAskLeavers(new Set(['a', 'b', 'c']), electorate)).to.equal(false)
    expect(mayAskLeavers(new Set(['d', 'e']), electorate)).to.equal(true)
  })

  it('never comes to two decisions of one seq, whatever is lost, repeated or forgotten', function () {
    this.timeout(60_000)
    let decided = 0
    fc.assert(fc.property(wishes, fc.constantFrom(2, 3, 4), fc.array(step, { minLength: 40, maxLength: 250, size: 'max' }), (wishes, threshold, steps) => {
      const model = new PaxosModel([0, 1, 2, 3, 4], Math.min(threshold, 3), wishes)
      play(model, steps)
      expect(model.decided).to.have.length.at.most(1)
      decided += model.decided.length
      const known = new Set(model.proposers.flatMap(({ decided }) => decided ?? []))
      expect([...known]).to.deep.equal(known.size === 0 ? [] : model.decided)
    }), { numRuns: 3_000 })
    // schedules that decide nothing show nothing
    expect(decided).to.be.greaterThan(300)
  })

  it('is decided by whoever is alone at last, whatever happened before', function () {
    this.timeout(60_000)
    fc.assert(fc.property(wishes, fc.array(step, { maxLength: 150, size: 'max' }), fc.nat(2), (wishes, steps, last) => {
      const model = new PaxosModel([0, 1, 2, 3, 4], 3, wishes)
      play(model, steps)
      const before = model.decided
      model.settle()
      model.nowMs += 10_000
      model.begin(last, true)
      model.settle()
      expect(model.proposers[last]?.decided).to.equal(model.decided[0])
      expect(model.decided).to.have.length(1)
      if (before.length > 0) expect(model.decided).to.deep.equal(before)
    }), { numRuns: 1_000 })
  })
})
