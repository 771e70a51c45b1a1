import { TopicValidatorResult } from '@libp2p/gossipsub'
import { expect } from 'chai'
import { concat } from 'uint8arrays/concat'
import * as z from 'zod'
import { encodeBroadcast } from '../../../../src/services/messaging/broadcast/message.ts'
import { rejection } from '../../../support/rejection.ts'
import { watchUnhandled } from '../../../support/unhandled.ts'
import { EVENT, Order } from './broadcast-nodes.ts'
import { LoneBroadcasts, newPeer, START_MS } from './lone-broadcasts.ts'
import type { Encoding } from '../../../../src/services/messaging/parts.ts'

interface Fields {
  id?: Uint8Array
  data?: unknown
  bytes?: Uint8Array
  encoding?: Encoding
  sentMs?: number
  expiresMs?: number
}

let ids = 0

/** A broadcast that is good but for what is said. */
function frame ({ id = new Uint8Array(16).fill(ids++), data = { item: 'tea' }, bytes = new TextEncoder().encode(JSON.stringify(data)), encoding = 'json', sentMs = START_MS, expiresMs = sentMs + 60_000 }: Fields = {}): Uint8Array {
  return encodeBroadcast({ id, payload: { encoding, bytes }, sentMs, expiresMs })
}

const json = (text: string): Fields => ({ bytes: new TextEncoder().encode(text) })
/** Encoding 3, with the other fields as they should be. */
const laterEncoding = frame().map((byte, i, all) => i > 0 && all[i - 1] === 16 && byte === 1 ? 3 : byte)

describe('messaging: what becomes of a broadcast', () => {
  let lone: LoneBroadcasts
  let heard: unknown[]

  beforeEach(() => {
    lone = new LoneBroadcasts()
    heard = []
  })

  const listen = (schema: Parameters<LoneBroadcasts['registry']['on']>[1] = Order, options: Parameters<LoneBroadcasts['registry']['on']>[3] = {}): void => {
    lone.registry.on(EVENT, schema, data => { heard.push(data) }, options)
  }

  const cases: Array<[what: string, data: Uint8Array, verdict: string, count: string | undefined]> = [
    ['a good one', frame(), 'accept', undefined],
    ['one with a field of a later version', Uint8Array.of(...frame(), 0x7a, 1, 0), 'accept', undefined],
    ['an encoding of a later version', laterEncoding, 'ignore', 'ignored'],
    ['one that has expired', frame({ sentMs: START_MS - 60_000, expiresMs: START_MS }), 'ignore', 'expired'],
    ['one from before this node was there', frame({ sentMs: START_MS - 1, expiresMs: START_MS + 1_000 }), 'ignore', 'expired'],
    ['one from two minutes ahead', frame({ sentMs: START_MS + 120_000 }), 'accept', undefined],
    ['one from further ahead', frame({ sentMs: START_MS + 120_001 }), 'ignore', 'ignored'],
    ['data that does not fit the schema', frame({ data: { item: 5 } }), 'ignore', 'ignored'],
    ['no JSON', frame(json('{"item":')), 'ignore', 'ignored'],
    ['JSON that is no UTF-8', frame({ bytes: Uint8Array.of(34, 0xff, 34) }), 'ignore', 'ignored'],
    ['bytes where JSON is expected', frame({ encoding: 'bytes' }), 'ignore', 'ignored'],
    ['nothing', new Uint8Array(0), 'reject', 'rejected'],
    ['bytes that are no message', Uint8Array.of(0x0a, 0xff), 'reject', 'rejected'],
    ['an id of 15 bytes', frame({ id: new Uint8Array(15) }), 'reject', 'rejected'],
    ['an id of 17 bytes', frame({ id: new Uint8Array(17) }), 'reject', 'rejected'],
    ['no time', frame({ sentMs: 0, expiresMs: 1 }), 'reject', 'rejected'],
    ['a time beyond all numbers', Uint8Array.of(...frame(), 0x20, ...new Uint8Array(8).fill(0xff), 0x7f, 0x28, ...new Uint8Array(8).fill(0xff), 0x7f), 'reject', 'rejected'],
    ['an expiry before it was sent', frame({ expiresMs: START_MS - 1 }), 'reject', 'rejected'],
    ['a life of ten minutes', frame({ expiresMs: START_MS + 600_000 }), 'accept', undefined],
    ['a longer life', frame({ expiresMs: START_MS + 600_001 }), 'reject', 'rejected'],
    ['a payload over 256 KiB', frame({ bytes: new Uint8Array(256 * 1024 + 1) }), 'reject', 'rejected'],
    ['a frame over its limit', concat([frame(), Uint8Array.of(0x7a, 0x80, 0x80, 0x11), new Uint8Array(0x44000)]), 'reject', 'rejected']
  ]
  for (const [what, data, verdict, count] of cases) {
    it(`${verdict}s ${what}`, async () => {
      listen()
      expect(await lone.receive(data)).to.equal(verdict)
      const { received, published: _, ...counts } = lone.broadcasts.snapshot()
      expect(received).to.equal(heard.length).and.equal(verdict === 'accept' ? 1 : 0)
      expect(counts).to.deep.equal({ ignored: 0, rejected: 0, duplicates: 0, expired: 0, ...count == null ? {} : { [count]: 1 } })
    })
  }

  it('takes each once, also when gossipsub has forgotten it, until it expires', async () => {
    listen()
    const author = newPeer()
    const data = frame({ expiresMs: START_MS + 600_000 })
    expect(await lone.receive(data, { author })).to.equal('accept')
    for (let minutes = 0; minutes < 10; minutes++) {
      expect(await lone.receive(data, { author, from: newPeer() })).to.equal('ignore')
      lone.clock.advance(60_000)
    }
    expect(lone.broadcasts.snapshot()).to.include({ received: 1, duplicates: 10, expired: 0 })
    expect(lone.broadcasts.gauges).to.include({ seenBroadcasts: 0 })
    expect(await lone.receive(data, { author })).to.equal('ignore')
    expect(lone.broadcasts.snapshot()).to.include({ expired: 1 })
    expect(heard).to.have.length(1)
  })

  it('takes the same id of another author, who may have copied it', async () => {
    listen()
    const data = frame()
    expect(await lone.receive(data)).to.equal('accept')
    expect(await lone.receive(data)).to.equal('accept')
  })

  it('remembers what it has had while it is stopped', async () => {
    listen()
    const author = newPeer()
    const data = frame()
    await lone.receive(data, { author })
    lone.broadcasts.stop()
    lone.clock.advance(1_000)
    lone.broadcasts.start()
    expect(await lone.receive(data, { author })).to.equal('ignore')
    expect(await lone.receive(frame({ sentMs: START_MS + 500 }), { author }), 'it was there').to.equal('accept')
    expect(heard).to.have.length(2)
  })

  it('goes on when the clock is set back', async () => {
    listen()
    lone.clock.jump(-3_600_000)
    expect(await lone.receive(frame({ sentMs: START_MS - 3_600_000 }))).to.equal('accept')
  })

  it('does not take its own for news', async () => {
    listen()
    expect(await lone.receive(frame(), { author: lone.self, from: newPeer() })).to.equal('ignore')
    expect(lone.broadcasts.snapshot()).to.include({ duplicates: 1, received: 0 })
  })

  describe('data that does not fit', () => {
    it('costs the author, whoever brought it, if it is connected', async () => {
      listen()
      const [author, stranger, bearer] = [newPeer(), newPeer(), newPeer()]
      lone.connected.add(author.toString()).add(bearer.toString())
      await lone.receive(frame({ data: 1 }), { author, from: bearer })
      await lone.receive(frame({ data: 2 }), { author: stranger, from: bearer })
      expect(lone.ratings.charges).to.deep.equal([`${author.toString()} moderate messaging:invalid`])
      expect(lone.registry.snapshot()[0]).to.include({ invalid: 2, received: 0 })
    })

    it('costs nobody when it is the schema that fails', async () => {
      const unhandled = watchUnhandled()
      const schema = (validate: () => any): any => ({ '~standard': { version: 1, vendor: 'test', validate } })
      listen(schema(() => { throw new Error('broken') }))
      const author = newPeer()
      lone.connected.add(author.toString())
      expect(await lone.receive(frame(), { author })).to.equal('ignore')
      expect(lone.failures).to.have.length(1)
      expect(lone.ratings.charges).to.deep.equal([])
      await unhandled.stop()
    })
  })

  describe('validate', () => {
    it('has the last word, with the data and where it is from', async () => {
      const asked: unknown[] = []
      const verdicts = ['accept', 'ignore', 'reject'] as const
      listen(Order, { validate: (data, { peerId, via, how }) => {
        asked.push([data, peerId, via, how])
        return verdicts[asked.length - 1]!
      } })
      const [author, from] = [newPeer(), newPeer()]
      for (const verdict of verdicts) expect(await lone.receive(frame(), { author, from })).to.equal(verdict)
      expect(asked[0]).to.deep.equal([{ item: 'tea' }, author, from, 'broadcast'])
      expect(lone.broadcasts.snapshot()).to.include({ received: 1, ignored: 1, rejected: 1 })
      expect(lone.ratings.charges).to.deep.equal([])
    })

    it('may take its time, but not for ever', async () => {
      const late = Promise.withResolvers<'accept'>()
      listen(Order, { validate: async () => late.promise })
      const verdict = lone.receive(frame())
      expect(lone.broadcasts.gauges).to.include({ validating: 1 })
      await lone.clock.advanceAsync(5_000, 5_000)
      expect(await verdict).to.equal('ignore')
      expect((lone.failures[0] as Error).message).to.contain('5000 ms')
      late.resolve('accept')
      expect(await lone.receive(frame())).to.equal('accept')
      expect(lone.broadcasts.gauges).to.include({ validating: 0 })
      expect(lone.clock.pending, 'the sweep').to.equal(1)
    })

    it('costs nobody anything when it throws, or says something else', async () => {
      let calls = 0
      listen(Order, { validate: () => {
        if (calls++ > 0) return 'yes' as never
        throw new Error('broken')
      } })
      expect(await lone.receive(frame())).to.equal('ignore')
      expect(await lone.receive(frame())).to.equal('ignore')
      expect(lone.failures.map(error => (error as Error).message)).to.deep.equal(['broken', `validate of "${EVENT}" must answer accept, ignore or reject, not yes`])
    })

    it('is asked of so many at a time', async () => {
      const late = Promise.withResolvers<'accept'>()
      listen(z.unknown(), { validate: async () => late.promise })
      const verdicts = Array.from({ length: 1_100 }, async () => lone.receive(frame()))
      expect(lone.broadcasts.gauges).to.include({ validating: 1_024 })
      late.resolve('accept')
      expect((await Promise.all(verdicts)).filter(verdict => verdict === TopicValidatorResult.Ignore)).to.have.length(76)
    })
  })

  it('passes on, but hands to no handler, what comes while too many of that event have not returned', async () => {
    const late = Promise.withResolvers<void>()
    let calls = 0
    const off = lone.registry.on(EVENT, Order, async () => {
      calls++
      await late.promise
    })
    for (let i = 0; i < 300; i++) expect(await lone.receive(frame())).to.equal('accept')
    expect(calls).to.equal(256)
    expect(lone.broadcasts.gauges).to.include({ runningBroadcasts: 256 })
    expect(lone.broadcasts.snapshot()).to.include({ received: 256, ignored: 44 })
    // another registration has its own room
    off()
    let others = 0
    lone.registry.on(EVENT, Order, () => { others++ })
    await lone.receive(frame())
    expect(others).to.equal(1)
    late.resolve()
    await new Promise(resolve => setImmediate(resolve))
    expect(lone.broadcasts.gauges).to.include({ runningBroadcasts: 0 })
    expect(calls).to.equal(256)
  })

  it('says so when gossipsub cannot publish', async () => {
    lone.publishes(async () => { throw new Error('no room') })
    const error = await rejection(lone.broadcasts.broadcast(EVENT, 1))
    expect(error).to.include({ code: 'MESSAGING_WRITE_FAILED' })
    expect(error.message).to.contain('no room')
    // a gossipsub that gives its own node what it publishes
    lone.publishes(async () => ({ recipients: [lone.self] }))
    expect((await rejection(lone.broadcasts.broadcast(EVENT, 1))).code).to.equal('MESSAGING_NOBODY')
  })
})
