import { expect } from 'chai'
import { eventually } from '../../support/eventually.ts'
import { signedMessage } from '../../support/gossip-message.ts'
import { sendRpc } from '../../support/gossip-node.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import { keyOf } from '../../support/signed-records.ts'
import { data, GuardedNodes, TOPIC } from './guarded-nodes.ts'
import type { PrivateKey } from '@libp2p/interface'
import type { StubRatings } from './stub-ratings.ts'

/** Time passes, and no timer notices until it is advanced. */
class SleepyClock extends ManualClock {
  #sleptMs = 0
  sleep (ms: number): void { this.#sleptMs += ms }
  override monotonic (): number { return super.monotonic() + this.#sleptMs }
}

describe('gossip guard: floods', () => {
  const net = new GuardedNodes(42_000)
  const { guarded, bare, meshed } = net
  let ratings: StubRatings
  let author: PrivateKey

  beforeEach(async () => {
    ratings = net.begin()
    author = await keyOf(1)
  })
  afterEach(async () => { await net.end() })

  it('takes another rate while it runs, and refuses one that is none', async () => {
    const clock = new ManualClock()
    const [a, b] = [await guarded({ clock, rate: { perSecond: 10, burst: 20 } }), await bare()]
    await meshed(a, b)
    const send = async (count: number): Promise<void> => {
      const messages = await Promise.all(Array.from({ length: count }, async () => await signedMessage(author, TOPIC, data)))
      for (const message of messages) sendRpc(b, a, [message])
    }
    await send(30)
    await eventually('all came', () => a.guard.snapshot().messages === 30)
    expect(a.guard.snapshot()).to.include({ limited: 10 })
    // those that wait are handled
    clock.advance(50)
    a.guard.setRate({ perSecond: 50, burst: 50 })
    expect(a.guard.rate).to.deep.equal({ perSecond: 50, burst: 50 })
    await send(60)
    await eventually('all came', () => a.guard.snapshot().messages === 90)
    expect(a.guard.snapshot()).to.include({ limited: 20 })
    expect(() => { a.guard.setRate({ perSecond: 0, burst: 50 }) }).to.throw('rate.perSecond is 0')
    expect(a.guard.rate).to.deep.equal({ perSecond: 50, burst: 50 })
  })

  it('checks no more messages than the rate allows, and charges who goes on', async () => {
    const clock = new ManualClock()
    const [a, b] = [await guarded({ clock, rate: { perSecond: 10, burst: 20 } }), await bare()]
    await meshed(a, b)
    const messages = await Promise.all(Array.from({ length: 100 }, async () => await signedMessage(author, TOPIC, data)))
    for (const message of messages) sendRpc(b, a, [message])
    await eventually('all came', () => a.guard.snapshot().messages === 100)
    // 80 were over, 15 were free
    expect(a.guard.snapshot()).to.include({ limited: 80 })
    expect(ratings.charges).to.deep.equal(Array.from({ length: 65 }, () => `${b.peerId.toString()} moderate gossip:flood`))
    // a quarter of the burst is handled at once, the rest by and by
    await eventually('5 deliveries', () => ratings.observed.length === 5)
    expect(a.guard.snapshot().gauges).to.include({ waiting: 1 })
    clock.advance(10)
    await eventually('20 deliveries', () => ratings.observed.length === 20)
    clock.advance(1_000)
    sendRpc(b, a, await Promise.all(Array.from({ length: 15 }, async () => await signedMessage(author, TOPIC, data))))
    await eventually('all came', () => a.guard.snapshot().messages === 115)
    clock.advance(10)
    await eventually('10 more deliveries', () => ratings.observed.length === 30)
    expect(a.guard.snapshot()).to.include({ limited: 85 })
    // what waits goes with its sender
    clock.advance(1_000)
    sendRpc(b, a, await Promise.all(Array.from({ length: 10 }, async () => await signedMessage(author, TOPIC, data))))
    await eventually('all came', () => a.guard.snapshot().messages === 125)
    ratings.denied.add(b.peerId.toString())
    clock.advance(10)
    expect(a.guard.snapshot()).to.include({ denied: 10 })
  })

  it('charges nobody for a flood that it has slept through, but for one that kept it busy', async () => {
    const clock = new SleepyClock()
    const [a, b] = [await guarded({ clock, rate: { perSecond: 10, burst: 20 } }), await bare()]
    await meshed(a, b)
    const flood = async (): Promise<void> => {
      const { messages } = a.guard.snapshot()
      for (let i = 0; i < 60; i++) sendRpc(b, a, [await signedMessage(author, TOPIC, data)])
      await eventually('all came', () => a.guard.snapshot().messages === messages + 60)
    }
    clock.advance(999)
    clock.sleep(5_000)
    // some of it is read before the timer fires
    await flood()
    clock.advance(1)
    await flood()
    expect(ratings.charges).to.deep.equal([])
    clock.advance(60_000)
    await flood()
    expect(ratings.charges.length).to.be.above(20)

    clock.advance(999)
    for (let i = 0; i < 25; i++) {
      clock.sleep(200)
      sendRpc(b, a, [await signedMessage(author, TOPIC, data)])
      await eventually('it came', () => a.guard.snapshot().messages === 181 + i)
    }
    const { length } = ratings.charges
    clock.advance(1)
    await flood()
    expect(ratings.charges.length).to.be.above(length + 20)
  })

  it('has nobody charged for what others made it pass on, in a network of one rate', async () => {
    const clock = new ManualClock()
    const rate = { perSecond: 40, burst: 40 }
    const [victim, forwarder] = [await guarded({ clock, rate }), await guarded({ clock, rate })]
    await meshed(victim, forwarder)
    const attackers = [await bare(), await bare(), await bare()]
    for (const attacker of attackers) await meshed(forwarder, attacker)
    const own: number[] = []
    victim.services.pubsub.addEventListener('message', ({ detail }) => { if (detail.data.byteLength === 1) own.push(detail.data[0]!) })
    // each at three quarters of the rate, for 12 s
    for (let step = 0; step < 48; step++) {
      clock.advance(250)
      const { messages } = forwarder.guard.snapshot()
      for (const attacker of attackers) {
        for (let i = 0; i < 7; i++) sendRpc(attacker, forwarder, [await signedMessage(author, TOPIC, data)])
      }
      await eventually('all came', () => forwarder.guard.snapshot().messages === messages + 21)
      await forwarder.services.pubsub.publish(TOPIC, Uint8Array.of(step))
    }
    await eventually('all of the forwarder\'s own messages', () => { clock.advance(1); return own.length === 48 })
    expect(ratings.charges).to.deep.equal([])
    expect(forwarder.guard.snapshot()).to.include({ limited: 0 })
    expect(forwarder.guard.snapshot().withheld).to.be.above(300)
    expect(victim.guard.snapshot().messages).to.be.within(400, 12 * 40 + 60)
  })

  it('charges a flood with an author of its own for each message like any other, within 3 s', async () => {
    const clock = new ManualClock()
    const [a, b] = [await guarded({ clock, rate: { perSecond: 40, burst: 40 } }), await bare()]
    await meshed(a, b)
    let refusedMs: number | undefined
    for (let n = 0; n < 300; n += 10) {
      clock.advance(100)
      for (let i = 0; i < 10; i++) sendRpc(b, a, [await signedMessage(await keyOf(1_000 + n + i), TOPIC, data)])
      await eventually('all came', () => a.guard.snapshot().messages === n + 10)
      if (ratings.charges.length >= 7) refusedMs ??= clock.monotonic()
    }
    expect(refusedMs).to.be.within(1_500, 3_000)
    expect(new Set(ratings.charges)).to.deep.equal(new Set([`${b.peerId.toString()} moderate gossip:flood`]))
  })

  it('charges nobody for what it has not had the time for, and has who is slow again wait for nobody', async () => {
    const clock = new SleepyClock()
    const rate = { perSecond: 40, burst: 40 }
    const [a, b] = [await guarded({ clock, rate }), await bare()]
    await meshed(a, b)
    const { pubsub } = a.services
    const heard: number[] = []
    pubsub.addEventListener('message', ({ detail }) => heard.push(detail.data[0]!))
    const push = async (value: number, count: number): Promise<void> => {
      const messages = await Promise.all(Array.from({ length: count }, async () => await signedMessage(author, TOPIC, Uint8Array.of(value))))
      await pubsub.handleReceivedRpc(b.peerId, { subscriptions: [], messages })
    }
    await push(1, 40)
    expect(a.guard.snapshot().gauges).to.include({ waiting: 1 })
    // this node has been too busy to come to the lane: time has passed, and no timer has fired
    clock.sleep(1_000)
    await push(2, 1)
    await eventually('the last is handled before those that wait', () => heard.length === 1)
    expect(heard).to.deep.equal([2])
    for (let i = 0; i < 10; i++) {
      clock.sleep(1_000)
      await push(3, 39)
    }
    expect(a.guard.snapshot().limited).to.be.above(300)
    expect(ratings.charges).to.deep.equal([])
  })

  it('drops floods of GRAFT and of topics, and does not let a peer choose for how long it is remembered', async () => {
    const [a, b] = [await guarded({ clock: new ManualClock() }), await bare()]
    await meshed(a, b)
    const seen = { graft: 0, 'subscription-change': 0 }
    a.services.pubsub.addEventListener('gossipsub:graft', () => { seen.graft++ })
    a.services.pubsub.addEventListener('subscription-change', () => { seen['subscription-change']++ })
    const control = { ihave: [], iwant: [], graft: [], prune: [], idontwant: [] }
    sendRpc(b, a, [], { control: { ...control, prune: [{ topicID: TOPIC, peers: [], backoff: 1e9 }] } })
    sendRpc(b, a, [], { control: { ...control, graft: Array.from({ length: 100 }, () => ({ topicID: TOPIC })) } })
    const subscriptions = Array.from({ length: 800 }, (_, i) => ({ subscribe: i % 2 === 0, topic: 'flapping' }))
    for (let i = 0; i < 9; i++) sendRpc(b, a, [], { subscriptions })
    sendRpc(b, a, [await signedMessage(author, TOPIC, data)])
    await eventually('the last', () => a.guard.snapshot().messages === 1)
    expect(seen).to.deep.equal({ graft: 1, 'subscription-change': 2 })
    expect(ratings.charges).to.deep.equal(Array.from({ length: 7 * 8 }, () => `${b.peerId.toString()} moderate gossip:flood`))
    const { backoff } = a.services.pubsub as unknown as { backoff: Map<string, Map<string, number>> }
    expect(backoff.get(TOPIC)!.get(b.peerId.toString())! - Date.now()).to.be.within(3_000_000, 3_600_000)
  })
})
