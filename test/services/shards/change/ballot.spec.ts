import { expect } from 'chai'
import { compareBallots, nextRound, roundAbove } from '../../../../src/services/shards/change/ballot.ts'

const ballot = (round: number, ...proposer: number[]): { round: number, proposer: Uint8Array } => ({ round, proposer: Uint8Array.from(proposer) })

describe('shards: ballots', () => {
  it('are ordered by round, then by peer id; none at all is the lowest', () => {
    expect(compareBallots(ballot(2, 1), ballot(1, 9))).to.be.greaterThan(0)
    expect(compareBallots(ballot(1, 1, 2), ballot(1, 1, 3))).to.be.lessThan(0)
    expect(compareBallots(ballot(1, 1), ballot(1, 1))).to.equal(0)
    expect(compareBallots(undefined, ballot(0))).to.be.lessThan(0)
    expect(compareBallots(undefined, undefined)).to.equal(0)
  })

  it('go up with the time, and faster where one is not enough', () => {
    expect(nextRound(5_999)).to.equal(5)
    expect(nextRound(5_999, 5)).to.equal(6)
    expect(nextRound(5_999, 2)).to.equal(5)
  })

  it('go on above what is in the way, but not to where others refuse them', () => {
    expect(roundAbove(5_999, { lastRound: 5, rounds: [7, 9] })).to.equal(9)
    expect(roundAbove(5_999, { lastRound: 5, rounds: [7, 124] })).to.equal(7)
    expect(roundAbove(5_999, { lastRound: 5, rounds: [] })).to.equal(5)
    expect(roundAbove(5_999, { lastRound: 65, rounds: [68, 124], lead: 60 })).to.equal(68)
  })
})
