import { expect } from 'chai'
import { SlowLane } from '../../../src/services/gossip-guard/slow-lane.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import { peerIdOf } from '../../support/signed-records.ts'
import type { RPC } from '@libp2p/gossipsub/message'
import type { PeerId } from '@libp2p/interface'

describe('slow lane', () => {
  const clock = new ManualClock()
  const messages = (name: string, count: number): RPC.Message[] => Array.from({ length: count }, (_, i) => ({ topic: `${name}${i}` }))
  let peers: PeerId[]
  let handled: string[]
  let lane: SlowLane

  before(async () => { peers = await Promise.all([1, 2, 3, 4, 5, 6].map(async seed => await peerIdOf(seed))) })
  beforeEach(() => {
    handled = []
    lane = new SlowLane(clock, 10, (_from, messages) => handled.push(...messages.map(({ topic }) => topic)))
  })
  afterEach(() => { expect(clock.pending).to.equal(0) })

  it('handles four at a time, in order, and has the others wait', () => {
    expect(lane.add(peers[0]!, messages('a', 6))).to.equal(0)
    expect(handled).to.deep.equal([])
    clock.advance(1)
    expect(handled).to.deep.equal(['a0', 'a1', 'a2', 'a3'])
    clock.advance(1)
    expect(handled.slice(4)).to.deep.equal(['a4', 'a5'])
    expect(lane.size).to.equal(0)
  })

  it('gives each peer its turn', () => {
    for (const [i, peer] of peers.entries()) lane.add(peer, messages('abcdef'[i]!, 2))
    clock.advance(1)
    expect(handled).to.deep.equal(['a0', 'b0', 'c0', 'd0'])
    clock.advance(1)
    expect(handled.slice(4)).to.deep.equal(['e0', 'f0', 'a1', 'b1'])
    clock.advance(1)
    expect(handled.slice(8)).to.deep.equal(['c1', 'd1', 'e1', 'f1'])
  })

  it('has room for so many of each', () => {
    expect(lane.add(peers[0]!, messages('a', 8))).to.equal(0)
    expect(lane.add(peers[0]!, messages('b', 8))).to.equal(6)
    expect(lane.add(peers[1]!, messages('c', 8))).to.equal(0)
    clock.advance(100)
    expect(handled).to.have.length(18)
  })

  it('forgets those of a peer that has gone, and all of them', () => {
    lane.add(peers[0]!, messages('a', 2))
    lane.add(peers[1]!, messages('b', 2))
    lane.delete(peers[0]!.toString())
    clock.advance(1)
    expect(handled).to.deep.equal(['b0', 'b1'])
    lane.add(peers[0]!, messages('a', 2))
    lane.clear()
    clock.advance(10)
    expect(handled).to.have.length(2)
  })
})
