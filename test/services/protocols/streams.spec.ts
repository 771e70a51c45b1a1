import { expect } from 'chai'
import { bytes, defineProtocol, ProtocolError } from '../../../src/services/protocols/index.ts'
import { eachPair } from '../../support/each-pair.ts'
import { eventually, standstill } from '../../support/eventually.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import { blob, feed, haggle, quote } from '../../support/quote-protocols.ts'
import { rejection } from '../../support/rejection.ts'

const CHUNK = new Uint8Array(64 * 1024)
const MIB = 1024 * 1024

describe('protocols: streams of items and talks', () => {
  const pair = eachPair()
  const there = (): string => pair.server.peerId.toString()

  it('make no more items than somebody takes', async () => {
    let made = 0
    await pair.callee.handle(blob, async function * () { for (; made < 500; made++) yield CHUNK })
    const items = pair.caller.stream(there(), blob, new Uint8Array())[Symbol.asyncIterator]()
    await items.next()
    // the windows, grown, and the buffers of both sides; all of it is 31 MiB
    expect(await standstill(() => made) * CHUNK.byteLength).to.be.lessThan(20 * MIB)
    let taken = 1
    while ((await items.next()).done !== true) taken++
    expect(taken).to.equal(500)
    await pair.quiet()
  })

  it('stop when nobody wants more, and the generator tidies up', async () => {
    let tidied = false
    await pair.callee.handle(feed, async function * (_, { signal }) {
      try {
        for (let i = 0; !signal.aborted; i++) yield i
      } finally {
        tidied = true
      }
    })
    for await (const item of pair.caller.stream(there(), feed, 1)) if (item === 10) break
    await eventually('it is tidied up', () => tidied)
    await pair.quiet()
    await eventually('and counted', () => pair.callee.snapshot().protocols[0]!.served!.active === 0)
    expect(pair.callee.snapshot().protocols[0]!.served).to.include({ failed: 0 })
  })

  it('stop when the signal aborts, at once', async () => {
    await pair.callee.handle(feed, async function * () { for (let i = 0; ; i++) yield i })
    const left = new AbortController()
    const items: number[] = []
    const error = await rejection((async () => {
      for await (const item of pair.caller.stream(there(), feed, 1, { signal: left.signal })) {
        items.push(item)
        if (item === 5) left.abort()
      }
    })())
    expect(error.code).to.equal('PROTOCOL_ABORTED')
    expect(items).to.deep.equal([0, 1, 2, 3, 4, 5])
    await pair.quiet()
  })

  it('do nothing until somebody asks', async () => {
    let called = 0
    await pair.callee.handle(feed, async function * () { yield called++ })
    const items = pair.caller.stream(there(), feed, 1)
    // a call that overtakes it: it could have begun
    await pair.callee.handle(quote, () => ({ price: 1 }))
    await pair.caller.request(there(), quote, { item: 'tea' })
    expect(called).to.equal(0)
    for await (const item of items) expect(item).to.equal(0)
    expect(called).to.equal(1)
  })

  it('end with what came before a failure of theirs', async () => {
    await pair.callee.handle(feed, async function * () {
      for (let i = 0; i < 100; i++) yield i
      throw new Error('no more')
    })
    let last = -1
    expect((await rejection((async () => { for await (const item of pair.caller.stream(there(), feed, 1)) last = item })())).code).to.equal('PROTOCOL_FAILED')
    expect(last).to.equal(99)
  })

  for (const side of ['inbound', 'connection'] as const) {
    it(`are not cut short without an error when the connection is closed: ${side === 'inbound' ? 'there' : 'here'}`, async () => {
      await pair.callee.handle(feed, async function * () {
        yield 1
        await new Promise(() => {})
      })
      const items = pair.caller.stream(there(), feed, 1)[Symbol.asyncIterator]()
      expect((await items.next()).value).to.equal(1)
      const next = rejection(items.next())
      await pair[side].close()
      expect((await next).code).to.equal('PROTOCOL_RESET')
    })
  }

  it('talk: whoever sends waits for whoever reads', async () => {
    const pour = defineProtocol({ id: '/shop/pour/1.0.0', shape: 'duplex', request: bytes, response: bytes, maxMessageBytes: MIB })
    const go = Promise.withResolvers<void>()
    await pair.callee.handle(pour, async function * (chunks) {
      await go.promise
      let total = 0
      for await (const chunk of chunks) total += chunk.byteLength
      yield new TextEncoder().encode(String(total))
    })
    const talk = await pair.caller.duplex(there(), pour)
    let sent = 0
    const sending = (async () => {
      for (; sent < 500; sent++) await talk.send(CHUNK)
      await talk.closeWrite()
    })()
    expect(await standstill(() => sent) * CHUNK.byteLength).to.be.lessThan(20 * MIB)
    go.resolve()
    await sending
    const answers: string[] = []
    for await (const answer of talk) answers.push(new TextDecoder().decode(answer))
    expect(answers).to.deep.equal([String(500 * CHUNK.byteLength)])
    await pair.quiet()
  })

  it('talk: several that send at once all wait, and nothing is mixed up', async () => {
    const pour = defineProtocol({ id: '/shop/pour/1.0.0', shape: 'duplex', request: bytes, response: bytes, maxMessageBytes: MIB })
    await pair.callee.handle(pour, async function * (chunks) { for await (const chunk of chunks) yield Uint8Array.of(chunk[0]!, chunk.at(-1)!) })
    const talk = await pair.caller.duplex(there(), pour)
    const sending = Promise.all(Array.from({ length: 50 }, async (_, i) => talk.send(new Uint8Array(200_000).fill(i)))).then(async () => talk.closeWrite())
    let i = 0
    for await (const ends of talk) expect([...ends]).to.deep.equal([i, i++])
    expect(i).to.equal(50)
    await sending
  })

  it('talk: leaving the loop ends it for both', async () => {
    let told: unknown
    await pair.callee.handle(haggle, async function * (offers, { signal }) {
      yield 1
      try {
        for await (const offer of offers) yield offer
      } catch (err) {
        told = err
        expect(signal.aborted).to.equal(true)
      }
    })
    const talk = await pair.caller.duplex(there(), haggle)
    for await (const answer of talk) if (answer === 1) break
    await eventually('the handler knows', () => told != null)
    expect(told).to.be.instanceOf(ProtocolError)
    expect((told as ProtocolError).details.remoteCode).to.equal('cancelled')
    expect((await rejection(talk.send(1))).code).to.equal('PROTOCOL_ABORTED')
    expect(pair.server.opinion.offences).to.deep.equal([])
    await pair.quiet()
  })

  it('talk: a handler that has heard enough goes on speaking', async () => {
    await pair.callee.handle(haggle, async function * (offers) {
      for await (const offer of offers) {
        yield offer
        break
      }
      yield 100
    })
    const talk = await pair.caller.duplex(there(), haggle)
    for (let i = 0; i < 10; i++) await talk.send(i)
    await talk.closeWrite()
    const answers: number[] = []
    for await (const answer of talk) answers.push(answer)
    expect(answers).to.deep.equal([0, 100])
    await pair.quiet()
  })

  it('talk: what does not fit fails the caller, aborts the handler, and is charged', async () => {
    const loose = defineProtocol({ id: haggle.ids, shape: 'duplex', request: bytes, response: bytes })
    let signal: AbortSignal | undefined
    await pair.callee.handle(haggle, async function * (offers, context) {
      ({ signal } = context)
      for await (const offer of offers) yield offer
    })
    const talk = await pair.caller.duplex(there(), loose)
    await talk.send(new TextEncoder().encode('"much"'))
    expect((await rejection((async () => { for await (const answer of talk) expect(answer).to.equal(undefined) })())).code).to.equal('PROTOCOL_INVALID')
    expect(signal?.aborted).to.equal(true)
    expect(pair.server.opinion.offences.map(({ cause }) => cause)).to.deep.equal(['protocols:invalid'])
    await pair.quiet()
  })
})

describe('protocols: streams that nobody uses', () => {
  let clock: ManualClock
  const pair = eachPair({ init: () => ({ clock: clock = new ManualClock() }) })
  const there = (): string => pair.server.peerId.toString()

  it('talk: ends when both are silent for too long, and nobody is charged', async () => {
    await pair.callee.handle(haggle, async function * (offers) { for await (const offer of offers) yield offer })
    const talk = await pair.caller.duplex(there(), haggle)
    const answers = talk[Symbol.asyncIterator]()
    for (let i = 0; i < 5; i++) {
      await talk.send(i)
      expect((await answers.next()).value).to.equal(i)
      await clock.advanceAsync(haggle.timeoutMs - 1, haggle.timeoutMs)
    }
    const next = rejection(answers.next())
    await clock.advanceAsync(haggle.timeoutMs + 1, 1_000)
    expect((await next).code).to.equal('PROTOCOL_TIMEOUT')
    await clock.advanceAsync(10_000, 1_000)
    await pair.quiet()
    expect([...pair.server.opinion.offences, ...pair.client.opinion.offences]).to.deep.equal([])
  })

  it('a reader who takes nothing for minutes loses the stream', async () => {
    let made = 0
    let tidied = false
    await pair.callee.handle(blob, async function * () {
      try {
        for (;; made++) yield CHUNK
      } finally {
        tidied = true
      }
    })
    const items = pair.caller.stream(there(), blob, new Uint8Array())[Symbol.asyncIterator]()
    await items.next()
    await standstill(() => made)
    await clock.advanceAsync(299_000, 60_000)
    expect(tidied).to.equal(false)
    await clock.advanceAsync(2_000, 1_000)
    await eventually('it is tidied up', () => tidied)
    expect(pair.server.opinion.offences).to.deep.equal([])
    await items.return?.()
    await clock.advanceAsync(400_000, 60_000)
    await pair.quiet()
  })

  it('talk: a caller who takes nothing for minutes loses the stream', async () => {
    const talks = defineProtocol({ id: '/shop/talks/1.0.0', shape: 'duplex', request: bytes, response: bytes })
    let made = 0
    let tidied = false
    await pair.callee.handle(talks, async function * (offers) {
      try {
        await offers[Symbol.asyncIterator]().next()
        for (;; made++) yield CHUNK.subarray(0, 60_000)
      } finally {
        tidied = true
      }
    })
    const talk = await pair.caller.duplex(there(), talks)
    await talk.send(new Uint8Array())
    await eventually('it speaks', () => made > 0)
    await standstill(() => made)
    await clock.advanceAsync(299_000, 60_000)
    expect(tidied).to.equal(false)
    await clock.advanceAsync(2_000, 1_000)
    await eventually('it is tidied up', () => tidied)
    expect(pair.callee.snapshot().protocols[0]!.served).to.include({ active: 0 })
    expect(pair.server.opinion.offences).to.deep.equal([])
    talk.abort()
    await clock.advanceAsync(400_000, 60_000)
    await pair.quiet()
  })
})
