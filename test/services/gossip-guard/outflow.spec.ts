import { expect } from 'chai'
import { FloodMeter } from '../../../src/services/gossip-guard/flood-meter.ts'
import { Outflow } from '../../../src/services/gossip-guard/outflow.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import type { RPC } from '@libp2p/gossipsub/message'

const RATE = { perSecond: 40, burst: 40 }

describe('outflow', () => {
  let clock: ManualClock
  let outflow: Outflow

  beforeEach(() => {
    clock = new ManualClock()
    outflow = new Outflow(RATE, clock)
  })

  const message = (bytes = 10): RPC.Message => ({ topic: 'news', data: new Uint8Array(bytes) })
  const control = (fields: Partial<RPC.ControlMessage>): RPC.ControlMessage => ({ ihave: [], iwant: [], graft: [], prune: [], idontwant: [], ...fields })
  const rpc = (messages: RPC.Message[], rest: Partial<RPC> = {}): RPC => ({ subscriptions: [], messages, ...rest })
  /** How many of these go out, one at a time. */
  function sent (count: number, { own = false, to = 'a', bytes = 10 } = {}): number {
    let sum = 0
    for (let i = 0; i < count; i++) {
      const one = message(bytes)
      if (!own) outflow.received([one])
      sum += outflow.limit(to, rpc([one]))?.messages.length ?? 0
    }
    return sum
  }

  it('passes on as many to each neighbour as the rate allows, without what is kept for this node itself', () => {
    expect(sent(100)).to.equal(30)
    expect(sent(100, { to: 'b' })).to.equal(30)
    clock.advance(500)
    expect(sent(100)).to.equal(20)
    clock.advance(10_000)
    expect(sent(100, { bytes: 40_000 })).to.equal(10)
  })

  it('never holds back what this node publishes, but passes on so much less', () => {
    expect(sent(100, { own: true })).to.equal(100)
    expect(sent(100)).to.equal(0)
    let [own, others] = [0, 0]
    for (let i = 0; i < 1_000; i++) {
      clock.advance(100)
      own += sent(1, { own: true })
      others += sent(9)
    }
    expect(own).to.equal(1_000)
    expect(others).to.be.within(2_980, 3_000)
  })

  it('never has a neighbour of the same rate charge for it, or drop much', () => {
    const meter = new FloodMeter(RATE, clock)
    let [charged, over, taken] = [0, 0, 0]
    for (let i = 0; i < 10_000; i++) {
      clock.advance(10)
      const own = i % 10 === 0 ? sent(1, { own: true }) : 0
      for (let n = own + sent(3); n > 0; n--) {
        const isOver = meter.takeMessage('this', message()) === 'over'
        if (isOver) over++
        else taken++
        charged += meter.over('this', { messages: isOver ? 1 : 0 })
      }
    }
    expect({ charged, over }).to.deep.equal({ charged: 0, over: 0 })
    expect(taken).to.be.within(4_000, 4_040)
  })

  it('leaves out hints that are over the rate, and keeps all else', () => {
    const hint = { messageIDs: [new Uint8Array(20)] }
    const hints = (): RPC => rpc([], { control: control({ idontwant: [hint] }) })
    for (let i = 0; i < 40; i++) expect(outflow.limit('a', hints())).to.deep.equal(hints())
    expect(outflow.limit('a', hints())).to.equal(undefined)
    const graft = [{ topicID: 'news' }]
    expect(outflow.limit('a', rpc([], { control: control({ idontwant: [hint], graft }) }))).to.deep.equal(rpc([], { control: control({ graft }) }))
    sent(100)
    const late = message()
    outflow.received([late])
    const subscriptions = [{ subscribe: true, topic: 'news' }]
    expect(outflow.limit('a', rpc([late], { subscriptions }))).to.deep.equal({ subscriptions, messages: [], control: undefined })
    expect(outflow.limit('a', rpc([late]))).to.equal(undefined)
    expect(outflow.limit('a', rpc([]))).to.deep.equal(rpc([]))
  })

  it('lets small bursts pass', () => {
    outflow = new Outflow({ perSecond: 1, burst: 1 }, clock)
    expect([sent(2), sent(2, { to: 'b', bytes: 1e6 })]).to.deep.equal([1, 1])
  })

  it('remembers 1,024 neighbours', () => {
    for (let i = 0; i < 2_000; i++) outflow.limit(String(i), rpc([message()], { control: control({ idontwant: [{ messageIDs: [] }] }) }))
    expect(outflow.gauges).to.deep.equal({ outMessageRates: 1_024, outHintRates: 1_024 })
  })
})
