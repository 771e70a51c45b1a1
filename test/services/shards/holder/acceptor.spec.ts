import { expect } from 'chai'
import * as fc from 'fast-check'
import { compareBallots } from '../../../../src/services/shards/change/ballot.ts'
import { accept, boundTo, promise } from '../../../../src/services/shards/holder/acceptor.ts'
import type { AcceptorState } from '../../../../src/services/shards/holder/acceptor.ts'
import type { Ballot } from '../../../../src/services/shards/pb/shards.ts'

const ballot = (round: number, proposer = 1): Ballot => ({ round, proposer: Uint8Array.of(proposer) })
const value = (byte: number): Uint8Array => Uint8Array.of(byte)

describe('shards acceptor', () => {
  it('promises a ballot once, and none that is lower', () => {
    const { state } = promise({}, ballot(5))
    expect(state).to.deep.equal({ promised: ballot(5) })
    for (const lower of [ballot(5), ballot(4, 9), ballot(0)]) expect(promise(state!, lower)).to.deep.equal({ conflict: ballot(5) })
    expect(promise(state!, ballot(5, 2)).state?.promised).to.deep.equal(ballot(5, 2))
  })

  it('accepts what it has promised or what is higher, and keeps it when it promises again', () => {
    const { state } = accept({ promised: ballot(5) }, ballot(5), value(1))
    expect(state).to.deep.equal({ promised: ballot(5), accepted: { ballot: ballot(5), manifest: value(1) } })
    expect(accept(state!, ballot(4), value(1)).conflict).to.deep.equal(ballot(5))
    expect(promise(state!, ballot(7)).state).to.deep.equal({ promised: ballot(7), accepted: { ballot: ballot(5), manifest: value(1) } })
    expect(accept(state!, ballot(9, 3), value(2)).state?.promised).to.deep.equal(ballot(9, 3))
  })

  it('never accepts two values in one ballot', () => {
    const { state } = accept({}, ballot(5), value(1))
    expect(accept(state!, ballot(5), value(1)).state).to.deep.equal(state)
    expect(accept(state!, ballot(5), value(2)).conflict).to.deep.equal(ballot(5))
  })

  it('binds a proposer to what is accepted highest', () => {
    expect(boundTo([{}, { promised: ballot(9) }])).to.equal(undefined)
    const states = [accept({}, ballot(3), value(3)), accept({}, ballot(7), value(7)), accept({}, ballot(5), value(5))].map(({ state }) => state!)
    expect(boundTo(states)).to.deep.equal(value(7))
  })

  it('lets no two values be chosen, whatever is lost, repeated and reordered', () => {
    // each step: a proposer prepares at some acceptors, or proposes at some with the promises that it has
    const step = fc.record({ proposer: fc.nat(2), prepares: fc.boolean(), at: fc.uniqueArray(fc.nat(4), { minLength: 1 }), again: fc.boolean() })
    let chosenInAll = 0
    fc.assert(fc.property(fc.array(step, { maxLength: 60 }), steps => {
      const acceptors: AcceptorState[] = Array.from({ length: 5 }, () => ({}))
      const proposers = [0, 1, 2].map(id => ({ id, round: 0, promises: new Map<number, AcceptorState>(), proposed: undefined as Uint8Array | undefined }))
      const accepted = new Map<string, Set<number>>()
      for (const { proposer: at, prepares, at: asked, again } of steps) {
        const proposer = proposers[at]!
        if (prepares && !again) Object.assign(proposer, { round: proposer.round + 1 + at, promises: new Map(), proposed: undefined })
        const own = ballot(proposer.round, proposer.id)
        for (const i of asked) {
          if (prepares) {
            const { state } = promise(acceptors[i]!, own)
            if (state == null) continue
            acceptors[i] = state
            proposer.promises.set(i, state)
          } else if (proposer.promises.size >= 3) {
            proposer.proposed ??= boundTo(proposer.promises.values()) ?? value(10 * proposer.id + proposer.round)
            const { state } = accept(acceptors[i]!, own, proposer.proposed)
            if (state == null) continue
            acceptors[i] = state
            const vote = `${own.round}/${proposer.id}/${proposer.proposed[0]}`
            accepted.set(vote, (accepted.get(vote) ?? new Set()).add(i))
          }
        }
      }
      const chosen = new Set([...accepted].filter(([, by]) => by.size >= 3).map(([vote]) => vote.split('/')[2]))
      chosenInAll += chosen.size
      return chosen.size <= 1
    }), { seed: 4, numRuns: 3_000 })
    // it says something only if mostly something is chosen
    expect(chosenInAll).to.be.greaterThan(500)
  })

  it('orders ballots in one way', () => {
    const any = fc.record({ round: fc.nat(3), proposer: fc.uint8Array({ maxLength: 2 }) })
    fc.assert(fc.property(any, any, (a, b) => Math.sign(compareBallots(a, b)) === -Math.sign(compareBallots(b, a))))
  })
})
