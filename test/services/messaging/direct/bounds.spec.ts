import { MemoryDatastore } from 'datastore-core'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { ANSWER_WITHIN_MS, MAX_DIALS, MAX_HELD, MAX_HELD_BYTES, OVERHEAD_BYTES, PACE, RATE, SLOW_MS, SLOW_PACE } from '../../../../src/services/messaging/direct/constants.ts'
import { DialSlots } from '../../../../src/services/messaging/direct/dial-slots.ts'
import { HeldBudget } from '../../../../src/services/messaging/direct/held-budget.ts'
import { Inbox } from '../../../../src/services/messaging/direct/inbox.ts'
import { messageCodec, receiptCodec, receiptsCodec } from '../../../../src/services/messaging/direct/message.ts'
import { Pace } from '../../../../src/services/messaging/direct/pace.ts'
import { WireError } from '../../../../src/wire/errors.ts'
import { seededRng } from '../../../../src/util/rng.ts'
import { ManualClock } from '../../../support/manual-clock.ts'
import { randomPeerId } from '../../../support/random-peer.ts'
import { silentLogger } from './silent-log.ts'
import type { PeerId } from '@libp2p/interface'
import type { From } from '../../../../src/services/messaging/direct/inbox.ts'
import type { Message, Receipt } from '../../../../src/services/messaging/direct/message.ts'

const rng = seededRng(7)

interface Desk {
  clock: ManualClock
  inbox: Inbox
  charges: string[]
  send (from: From, message: Partial<Message>): Promise<Receipt>
}

/** An inbox alone; `handle` is its only handler. */
async function desk (handle: () => Promise<void> = async () => {}): Promise<Desk> {
  const clock = new ManualClock(1_700_000_000_000)
  const charges: string[] = []
  const inbox = new Inbox({
    datastore: new MemoryDatastore(),
    clock,
    log: silentLogger().forComponent('test'),
    registry: {
      on: () => () => {},
      encode: () => { throw new Error('nothing is sent') },
      dispatch: async () => {
        await handle()
        return 'handled'
      }
    },
    report: (_peer, offence, cause) => { charges.push(`${offence} ${cause}`) },
    useful: () => {},
    onReceipts: () => {},
    owe: async () => {}
  })
  await inbox.load()
  inbox.start()
  return {
    clock,
    inbox,
    charges,
    send: async (from, message) => await inbox.receive(newMessage(message), from)
  }
}

function newMessage (fields: Partial<Message>): Message {
  return { id: rng.bytes(16), lane: new Uint8Array(8), seq: 1, after: 0, event: 'x', encoding: 'bytes', payload: new Uint8Array(), conversation: '', sentMs: 1_700_000_000_000, expiresMs: 1_700_000_060_000, ...fields }
}

const sender = (peerId: PeerId = randomPeerId(rng)): From => ({ sender: peerId, via: peerId, how: 'direct' })

describe('messaging: what a sender can make a receiver hold', () => {
  it('is so many messages; those over it are to come later', async () => {
    const { send, inbox } = await desk()
    const from = sender()
    // the first never comes
    for (let i = 0; i < MAX_HELD.messages; i++) send(from, { seq: i + 2, after: i + 1 }).catch(() => {})
    expect(await send(from, { seq: 9_000, after: 8_999 })).to.deep.include({ status: 'later' })
    expect(inbox.gauges).to.deep.include({ held: MAX_HELD.messages, heldBytes: MAX_HELD.messages * OVERHEAD_BYTES })
    // another sender has its own room, and so has what can be delivered
    send(sender(), { seq: 2, after: 1 }).catch(() => {})
    expect(inbox.gauges.held).to.equal(MAX_HELD.messages + 1)
    expect(await send(from, { lane: new Uint8Array(8).fill(1) })).to.deep.equal({ status: 'delivered' })
    expect(await send(from, { seq: 1 })).to.deep.equal({ status: 'delivered' })
    await new Promise(resolve => setImmediate(resolve))
    expect(inbox.gauges).to.deep.include({ held: 1, asked: 0 + 1 })
  })

  it('is so many bytes, of one and of all: whoever holds most gives way', () => {
    const budget = new HeldBudget()
    const perSender = MAX_HELD.bytes / 4
    for (const name of ['a', 'b']) for (let i = 0; i < 4; i++) expect(budget.take(name, perSender)).to.equal(true)
    expect(budget.take('a', 1)).to.equal(false)
    expect(budget.greediest).to.equal(undefined)
    for (let i = 0; i < 3 * (MAX_HELD_BYTES - 4 * perSender) / (9 * perSender); i++) for (let k = 0; k < 3; k++) budget.take(`sybil ${i}`, perSender)
    expect(budget.greediest).to.equal('a')
    for (let i = 0; i < 4; i++) for (const name of ['a', 'b']) budget.give(name, perSender)
    expect(budget.greediest).to.equal(undefined)
  })

  it('does not keep calls open: they are answered within seconds', async () => {
    const { send, clock, inbox } = await desk(async () => { await new Promise(() => {}) })
    const from = sender()
    const answers: Receipt[] = []
    const ask = (message: Partial<Message>): void => { send(from, message).then(receipt => { answers.push(receipt) }, () => {}) }
    ask({ seq: 1 })
    ask({ seq: 2, after: 1 })
    ask({ seq: 7, after: 6 })
    await clock.advanceAsync(ANSWER_WITHIN_MS - 1_000)
    expect(answers).to.deep.equal([])
    await clock.advanceAsync(2_500)
    expect(answers.map(({ status }) => status)).to.deep.equal(['held', 'held', 'held'])
    expect(inbox.gauges.asked).to.equal(0)
    // asked again while its handler is still busy, it is not handled twice
    ask({ seq: 1 })
    await clock.advanceAsync(100)
    expect(inbox.gauges.delivering).to.equal(1)
  })

  it('is no crash, whatever it sends', async function () {
    this.timeout(60_000)
    const { inbox, charges } = await desk()
    const from = { ...sender(), how: 'mailbox' as const }
    const good = [messageCodec.encode(newMessage({ payload: rng.bytes(40) })), messageCodec.encode(newMessage({ event: '$receipts', lane: rng.bytes(8), payload: receiptsCodec.encode({ delivered: ['00'.repeat(16)], refused: [] }) }))]
    let invalid = 0
    for (let i = 0; i < 20_000; i++) {
      const bytes = i % 4 === 0 ? rng.bytes(rng.int(120)) : Uint8Array.from(good[i % good.length]!)
      for (let flips = rng.int(4); flips >= 0 && bytes.byteLength > 0; flips--) bytes[rng.int(bytes.byteLength)] = rng.int(256)
      if (await inbox.take(bytes.subarray(0, rng.int(10) === 0 ? rng.int(bytes.byteLength + 1) : undefined), from) === 'invalid') invalid++
    }
    expect(invalid).to.be.above(5_000)
    expect(inbox.gauges.lanes).to.be.at.most(256)
    expect(inbox.gauges.held).to.be.at.most(MAX_HELD.messages)
    expect(new Set(charges).size).to.be.at.most(1)
  })

  it('is decoded, or refused with a reason', () => {
    for (const codec of [messageCodec, receiptCodec, receiptsCodec]) {
      fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), bytes => {
        try {
          codec.decode(bytes)
        } catch (err) {
          expect(err).to.be.instanceOf(Error)
          if (err instanceof WireError) expect(err.fault).to.equal('oversize')
        }
      }), { numRuns: 5_000 })
    }
  })
})

describe('messaging: how fast a sender is', () => {
  it('is slower than the receiver allows, and slower than a quarter of it after it was told', () => {
    const taken = (pace: Pace, fromMs: number, toMs: number): number => {
      let count = 0
      for (let nowMs = fromMs; nowMs < toMs; nowMs++) while (pace.take(nowMs)) count++
      return count
    }
    const pace = new Pace()
    expect(taken(pace, 0, 1_000)).to.be.within(PACE.burst, PACE.burst + PACE.perSecond).and.below(RATE.burst + RATE.perSecond)
    expect(pace.waitMs).to.be.within(0.01, 1_000 / PACE.perSecond)
    pace.slowDown(1_000)
    expect(taken(pace, 1_000, 2_000)).to.be.at.most(SLOW_PACE.perSecond).and.below(RATE.perSecond / 4)
    expect(taken(pace, 1_000 + SLOW_MS, 2_000 + SLOW_MS)).to.be.above(PACE.perSecond / 2)
  })

  it('dials no more than so many peers at a time', async () => {
    const slots = new DialSlots(MAX_DIALS)
    let most = 0
    const gates: Array<() => void> = []
    const runs = Array.from({ length: 3 * MAX_DIALS }, async () => {
      await slots.run(async () => {
        most = Math.max(most, slots.running)
        await new Promise<void>(resolve => { gates.push(resolve) })
      })
    })
    for (let i = 0; i < runs.length; i++) {
      await new Promise(resolve => setImmediate(resolve))
      gates.shift()?.()
    }
    await Promise.all(runs)
    expect(most).to.equal(MAX_DIALS)
    expect([slots.running, slots.waiting]).to.deep.equal([0, 0])
    await slots.run(async () => { throw new Error('in vain') }).catch(() => {})
    expect(slots.running).to.equal(0)
  })
})
