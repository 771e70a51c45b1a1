import { expect } from 'chai'
import { countHealthy, dutyOf, healthyMark, rankOf } from '../../../../src/services/shards/keeper/duty.ts'
import type { HolderHealth } from '../../../../src/services/shards/index.ts'
import type { Duty, DutyFacts } from '../../../../src/services/shards/keeper/duty.ts'

const WEEK_MS = 604_800_000

/** `hhhs`: healthy, healthy, healthy, silent; by index from 1. */
function healths (letters: string): Map<number, HolderHealth> {
  const names: Record<string, HolderHealth> = { h: 'healthy', u: 'unknown', i: 'inert', s: 'silent', l: 'lying' }
  return new Map(Array.from(letters).map((letter, i) => [i + 1, names[letter]!]))
}

const facts = (letters: string, lost: number[], more: Partial<DutyFacts> = {}): DutyFacts => ({ threshold: 6, healths: healths(letters), lost: new Set(lost), ageMs: 1_000, refreshEveryMs: WEEK_MS, suspected: false, unfinished: false, pending: false, ...more })

describe('shards: what is to be done with a vault', () => {
  it('is not to wait when half of what can be lost is lost', () => {
    expect(healthyMark(6, 10)).to.equal(8)
    expect(healthyMark(3, 5)).to.equal(4)
    expect(healthyMark(2, 2)).to.equal(2)
    expect(countHealthy(healths('hhusil'))).to.equal(3)
  })

  const cases: Array<[string, DutyFacts, Duty | undefined]> = [
    ['nothing, while all are well', facts('hhhhhhhhhh', []), undefined],
    ['nothing, while enough are', facts('hhhhhhhhss', [9, 10]), undefined],
    ['nothing, of those that nobody knows yet', facts('uuuuuuuuuu', []), undefined],
    ['to replace who is lost, at once when too few are well', facts('hhhhhhhsss', [10, 8]), { why: 'too-few-healthy', replace: [8, 10], refresh: false }],
    ['nothing that helps, while they are only suspected', facts('hhhhhhhsss', []), undefined],
    ['to give new shares to those that have none, when too few are well', facts('hhhhhhhiii', []), { why: 'too-few-healthy', replace: [], refresh: true }],
    ['new shares in time, and to replace who is lost', facts('hhhhhhhhhs', [10], { ageMs: WEEK_MS }), { why: 'schedule', replace: [10], refresh: true }],
    ['no new shares, where only the owner asks for them', facts('hhhhhhhhhh', [], { ageMs: WEEK_MS, refreshEveryMs: 0 }), undefined],
    ['to replace who is silent before who lies: no liar agrees to leave', facts('hhhhhhhssl', [8, 9, 10], { suspected: true }), { why: 'suspicion', replace: [8, 9], refresh: true }],
    ['to replace no more at once than a threshold but two', facts('hhhhhsssss', [6, 7, 8, 9, 10]), { why: 'too-few-healthy', replace: [6, 7, 8, 9], refresh: false }],
    ['to replace one at a time where the threshold is that low', facts('hhhss', [4, 5], { threshold: 3 }), { why: 'too-few-healthy', replace: [4], refresh: false }],
    ['to replace the rest in the next change, though enough are well', facts('hhhhs', [5], { threshold: 3, unfinished: true }), { why: 'unfinished', replace: [5], refresh: false }],
    ['nothing more, when none are left to replace', facts('hhhhh', [], { threshold: 3, unfinished: true }), undefined],
    ['to finish first what is accepted and not decided', facts('hhhhhhhsss', [8, 9, 10], { pending: true }), { why: 'pending', replace: [], refresh: true }],
    ['new shares at once, when somebody lied', facts('hhhhhhhhhl', [10], { suspected: true }), { why: 'suspicion', replace: [10], refresh: true }]
  ]
  for (const [name, given, expected] of cases) it(name, () => { expect(dutyOf(given)).to.deep.equal(expected) })

  it('falls to one after the other, of those that are well, and to another one first in each epoch', () => {
    const all = healths('hshhh')
    const ranks = (epoch: number): number[] => [1, 3, 4, 5].map(index => rankOf(index, all, epoch))
    expect(ranks(0)).to.deep.equal([0, 1, 2, 3])
    expect(ranks(1)).to.deep.equal([3, 0, 1, 2])
    expect(ranks(6)).to.deep.equal([2, 3, 0, 1])
    expect(rankOf(2, healths('hih'), 0), 'one without a share can see to it, too').to.equal(1)
  })
})
