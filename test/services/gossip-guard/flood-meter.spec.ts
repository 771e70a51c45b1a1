import { expect } from 'chai'
import { controlEntries, FloodMeter, hintEntries } from '../../../src/services/gossip-guard/flood-meter.ts'
import { seededRng } from '../../../src/util/rng.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import type { RPC } from '@libp2p/gossipsub/message'

const RATE = { perSecond: 400, burst: 400 }
const MODERATE = 8
/** With all the credit that deliveries bring. */
const REFUSED = 40 + 10
const BANNED = 60

interface Sending {
  perSecond: number
  /** Messages in one transmission. @default 1 */
  together?: number
  forMs?: number
}

/** What a peer that sends evenly comes to: messages taken, windows charged, and when it was refused and banned. */
function sent ({ perSecond, together = 1, forMs = 10_000 }: Sending, meter = new FloodMeter(RATE, new ManualClock()), clock = new ManualClock()): { taken: number, charged: number, refusedMs?: number, bannedMs?: number } {
  const result: ReturnType<typeof sent> = { taken: 0, charged: 0 }
  const message: RPC.Message = { topic: 'news' }
  for (let n = 1; n * together / perSecond * 1_000 <= forMs; n++) {
    clock.advance(n * together / perSecond * 1_000 - clock.monotonic())
    let over = 0
    for (let i = 0; i < together; i++) {
      if (meter.takeMessage('peer', message) !== 'over') result.taken++
      else over++
    }
    result.charged += meter.over('peer', { messages: over })
    if (result.charged * MODERATE >= REFUSED) result.refusedMs ??= clock.monotonic()
    if (result.charged * MODERATE >= BANNED) result.bannedMs ??= clock.monotonic()
  }
  return result
}

function evenly (sending: Sending): ReturnType<typeof sent> {
  const clock = new ManualClock()
  return sent(sending, new FloodMeter(RATE, clock), clock)
}

describe('flood meter', () => {
  for (const [together, refusedBy, bannedBy] of [[1, 2_300, 2_400], [10, 2_300, 2_400], [100, 2_400, 2_500]] as const) {
    it(`has 1,000 messages a second, ${together} at a time, refused by ${refusedBy} ms and banned by ${bannedBy} ms`, () => {
      const { refusedMs, bannedMs, taken } = evenly({ perSecond: 1_000, together })
      expect(refusedMs).to.be.within(1_900, refusedBy)
      expect(bannedMs).to.be.within(1_900, bannedBy)
      expect(taken).to.be.below(RATE.burst + 10 * RATE.perSecond + 1)
    })
  }

  it('has those banned who send a second\'s worth at once, again and again, but later', () => {
    expect(evenly({ perSecond: 1_000, together: 1_000, forMs: 60_000 }).bannedMs).to.be.within(5_000, 25_000)
  })

  it('never charges who is at the limit, or up to a quarter above, and takes what the limit allows', () => {
    for (const perSecond of [300, 400, 495]) {
      const { charged, taken } = evenly({ perSecond, forMs: 600_000 })
      expect(charged, `${perSecond} a second`).to.equal(0)
      expect(taken).to.be.within(Math.min(perSecond, 400) * 600 * 0.999, 400 * 600 + 400)
    }
  })

  it('never charges an honest neighbour: 30 peers of 10 messages a second, by chance, and three seconds of them at once when it joins', () => {
    const clock = new ManualClock()
    const meter = new FloodMeter(RATE, clock)
    const rng = seededRng(7)
    let lost = 0
    let charged = 0
    const receive = (count: number): void => {
      let over = 0
      for (let i = 0; i < count; i++) if (meter.takeMessage('peer', { topic: 'news' }) === 'over') over++
      lost += over
      charged += meter.over('peer', { messages: over })
    }
    receive(900)
    while (clock.monotonic() < 600_000) {
      clock.advance(-Math.log(1 - rng.float()) * 1_000 / 300)
      receive(1)
      // what is more than the burst is old news
      if (clock.monotonic() < 5_000) lost = 0
    }
    expect({ charged, lost }).to.deep.equal({ charged: 0, lost: 0 })
  })

  it('never charges who passes on as much as it may, over a link that stands still for a second now and then', () => {
    const clock = new ManualClock()
    const meter = new FloodMeter(RATE, clock)
    let charged = 0
    for (let tenth = 0; tenth < 600; tenth++) {
      clock.advance(100)
      const stands = tenth % 100 < 10
      const comes = stands ? 0 : tenth % 100 === 10 ? 11 * 40 : 40
      // first as much at once as it may
      for (let i = 0; i < comes + (tenth === 10 ? 400 : 0); i++) charged += meter.over('peer', { messages: meter.takeMessage('peer', { topic: 'news' }) === 'over' ? 1 : 0 })
    }
    expect(charged).to.equal(0)
  })

  it('has those wait who have sent a quarter of the burst at once, until that is made up for', () => {
    const clock = new ManualClock()
    const meter = new FloodMeter(RATE, clock)
    const take = (count: number): Record<string, number> => {
      const counts: Record<string, number> = {}
      for (let i = 0; i < count; i++) {
        const answer = meter.takeMessage('peer', { topic: 'news' })
        counts[answer] = (counts[answer] ?? 0) + 1
      }
      return counts
    }
    expect(take(500)).to.deep.equal({ now: 100, later: 300, over: 100 })
    clock.advance(1_000)
    expect(take(1)).to.deep.equal({ now: 1 })
  })

  it('charges nobody for what came while this node slept', () => {
    const clock = new ManualClock()
    const meter = new FloodMeter(RATE, clock)
    const flood = (): number => {
      let charged = 0
      for (let i = 0; i < 1_500; i++) charged += meter.over('peer', { messages: meter.takeMessage('peer', { topic: 'news' }) === 'over' ? 1 : 0 })
      return charged
    }
    clock.advance(3_000)
    meter.excuse(3_000)
    expect(flood()).to.equal(0)
    clock.advance(6_000)
    expect(flood()).to.be.above(10)
    meter.excuse(3_600_000)
    clock.advance(10_000)
    expect(flood()).to.be.above(10)
  })

  it('counts a message once for each begun 16 KiB, but lets any pass that it has room for', () => {
    const meter = new FloodMeter({ perSecond: 1, burst: 10 }, new ManualClock())
    const take = (peer: string, kib: number): boolean => meter.takeMessage(peer, { topic: 'news', data: new Uint8Array(kib * 1_024) }) !== 'over'
    expect([take('a', 144), take('a', 17), take('a', 16), take('a', 0)]).to.deep.equal([true, false, true, false])
    expect([take('b', 1_024), take('b', 0)]).to.deep.equal([true, false])
  })

  it('limits everything that is no message, too', () => {
    const clock = new ManualClock()
    const meter = new FloodMeter(RATE, clock)
    const subscriptions = Array.from({ length: 1_000 }, (_, i) => ({ subscribe: true, topic: String(i) }))
    const graft = subscriptions.map(({ topic }) => ({ topicID: topic }))
    const rpc: RPC = { subscriptions, messages: [], control: { ihave: [], iwant: [], graft, prune: [], idontwant: [] } }
    expect(controlEntries(rpc)).to.equal(2_000)
    expect(meter.controlExcess('a', rpc)).to.equal(0)
    expect(meter.controlExcess('a', rpc)).to.equal(2_000)
    clock.advance(2_000)
    expect(meter.controlExcess('a', rpc)).to.equal(0)
    // one frame of nothing but ids is enough for a ban, and no more than that
    const ihave = Array.from({ length: 400 }, () => ({ topicID: 'news', messageIDs: Array.from({ length: 5_000 }, () => new Uint8Array(0)) }))
    const excess = meter.controlExcess('b', { subscriptions: [], messages: [], control: { ihave, iwant: [], graft: [], prune: [], idontwant: [] } })
    expect(excess).to.equal(16_025)
    expect(meter.over('b', { messages: 0, control: excess })).to.equal(8)
  })

  it('limits hints of what is not wanted by themselves, at four times the rate: others can make an honest peer send many', () => {
    const clock = new ManualClock()
    const meter = new FloodMeter(RATE, clock)
    const hint = { messageIDs: [new Uint8Array(40)] }
    const rpc: RPC = { subscriptions: [], messages: [], control: { ihave: [], iwant: [], graft: [], prune: [], idontwant: [hint] } }
    const send = (perSecond: number): number => {
      let charged = 0
      for (let i = 0; i < 10 * perSecond; i++) {
        clock.advance(1_000 / perSecond)
        charged += meter.over('a', { messages: 0, control: meter.controlExcess('a', rpc) + meter.hintExcess('a', rpc) })
      }
      return charged
    }
    expect(send(4 * RATE.perSecond)).to.equal(0)
    expect(send(8 * RATE.perSecond)).to.be.above(20)
  })

  it('counts what transmissions cost: those that only have messages nothing more, empty ones one', () => {
    const control = { ihave: [], iwant: [], graft: [], prune: [], idontwant: [] }
    expect(controlEntries({ subscriptions: [], messages: [] })).to.equal(1)
    expect(controlEntries({ subscriptions: [], messages: [{ topic: 'news' }] })).to.equal(0)
    expect(controlEntries({ subscriptions: [], messages: [{ topic: 'news' }], control })).to.equal(1)
    expect(controlEntries({ subscriptions: [{}], messages: [], control: { ...control, iwant: [{ messageIDs: [] }], prune: [{ peers: [] }] } })).to.equal(3)
    const hints: RPC = { subscriptions: [], messages: [], control: { ...control, idontwant: [{ messageIDs: Array.from({ length: 256 }, () => new Uint8Array(1)) }] } }
    expect([controlEntries(hints), hintEntries(hints)]).to.deep.equal([0, 3])
    expect([controlEntries({ ...hints, subscriptions: [{}] }), hintEntries({ subscriptions: [], messages: [] })]).to.deep.equal([1, 0])
  })

  it('remembers 1,024 peers', () => {
    const meter = new FloodMeter({ perSecond: 1, burst: 1 }, new ManualClock())
    for (let i = 0; i < 3_000; i++) {
      for (let n = 0; n < 10; n++) meter.over(String(i), { messages: meter.takeMessage(String(i), { topic: 'news' }) === 'over' ? 1 : 0 })
      meter.controlExcess(String(i), { subscriptions: [], messages: [] })
      meter.hintExcess(String(i), { subscriptions: [], messages: [], control: { ihave: [], iwant: [], graft: [], prune: [], idontwant: [{ messageIDs: [] }] } })
    }
    expect(meter.gauges).to.deep.equal({ messageRates: 1_024, controlRates: 1_024, hintRates: 1_024, patience: 1_024, over: 1_024 })
  })
})
