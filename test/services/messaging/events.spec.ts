import { defaultLogger } from '@libp2p/logger'
import { expect } from 'chai'
import * as fc from 'fast-check'
import * as v from 'valibot'
import * as z from 'zod'
import { AppError } from '../../../src/errors.ts'
import { EventRegistry } from '../../../src/services/messaging/events.ts'
import { seededRng } from '../../../src/util/rng.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import { randomPeerId } from '../../support/random-peer.ts'
import { watchUnhandled } from '../../support/unhandled.ts'
import type { EventSchema, MessageContext, MessagingEvents } from '../../../src/services/messaging/index.ts'
import type { Payload } from '../../../src/services/messaging/parts.ts'

const peerId = randomPeerId(seededRng(55))
const context: MessageContext = { peerId, via: peerId, how: 'direct', id: '00', sentMs: 0, conversation: '' }
const Order = z.object({ item: z.string(), count: z.number().default(1) })
const json = (text: string): Payload => ({ encoding: 'json', bytes: new TextEncoder().encode(text) })
const text = ({ bytes }: Payload): string => new TextDecoder().decode(bytes)

function thrown (call: () => unknown): AppError {
  try {
    call()
  } catch (err) {
    if (err instanceof AppError) return err
    throw err
  }
  throw new Error('it did not throw')
}

describe('messaging: events', () => {
  let clock: ManualClock
  let registry: EventRegistry
  let failed: Array<MessagingEvents['handler:failed']['detail']>
  let unknown: Array<MessagingEvents['event:unknown']['detail']>
  let heard: unknown[]

  beforeEach(() => {
    clock = new ManualClock()
    failed = []
    unknown = []
    heard = []
    registry = new EventRegistry({ clock, log: defaultLogger().forComponent('test'), onFailed: detail => { failed.push(detail) }, onUnknown: detail => { unknown.push(detail) } })
  })

  const on = (event: string, schema: EventSchema<any>): () => void => registry.on(event, schema, data => { heard.push(data) })

  describe('names', () => {
    const good = ['a', 'order:new', 'größe', '订单', '🍵', 'x'.repeat(128), 'with space', '..']
    const bad: unknown[] = ['', 'x'.repeat(129), 'ü'.repeat(65), '$own', 'a\nb', 'a\u0000', '\ud800', 'a\u202eb', 'a\u2028', undefined, 5]
    for (const name of good) it(`take ${name.slice(0, 20)}`, () => { on(name, Order) })
    for (const name of bad) {
      it(`refuse ${JSON.stringify(name)?.slice(0, 20)}`, () => {
        expect(thrown(() => on(name as string, Order)).code).to.equal('MESSAGING_EVENT_INVALID')
        expect(thrown(() => registry.encode(name as string, 1)).code).to.equal('MESSAGING_EVENT_INVALID')
      })
    }
  })

  it('are taken by one handler at a time', async () => {
    const off = on('a', Order)
    const error = thrown(() => on('a', Order))
    expect(error.code).to.equal('MESSAGING_EVENT_TAKEN')
    expect(error.message).to.contain('"a"')
    off()
    expect(await registry.dispatch('a', json('{"item":"tea"}'), context)).to.equal('unknown')
    on('a', z.unknown())
    off()
    expect(registry.snapshot(), 'that of somebody else').to.have.length(1)
  })

  it('need a schema and a handler', () => {
    for (const schema of [undefined, null, {}, 'json', { encode: () => {} }, { '~standard': {} }]) {
      expect(thrown(() => on('a', schema as never)).code).to.equal('MESSAGING_EVENT_INVALID')
    }
    expect(thrown(() => registry.on('a', Order, undefined as never)).code).to.equal('MESSAGING_EVENT_INVALID')
    for (const expectedPerSecond of [0, -1, NaN, 1e9]) expect(thrown(() => registry.on('a', Order, () => {}, { expectedPerSecond })).code).to.equal('MESSAGING_OPTION_INVALID')
    expect(registry.snapshot()).to.deep.equal([])
  })

  it('reach the handler as the schema makes them: zod, valibot, a codec, anything', async () => {
    on('zod', Order)
    on('valibot', v.object({ at: v.pipe(v.string(), v.transform(Number)) }))
    on('codec', { encode: () => new Uint8Array(3), decode: (bytes: Uint8Array) => bytes.byteLength })
    on('any', z.unknown())
    expect(await registry.dispatch('zod', json('{"item":"tea","more":1}'), context)).to.equal('handled')
    expect(await registry.dispatch('valibot', json('{"at":"5"}'), context)).to.equal('handled')
    expect(await registry.dispatch('codec', { encoding: 'bytes', bytes: new Uint8Array(3) }, context)).to.equal('handled')
    expect(await registry.dispatch('any', { encoding: 'bytes', bytes: Uint8Array.of(1) }, context)).to.equal('handled')
    expect(await registry.dispatch('any', json('null'), context)).to.equal('handled')
    expect(heard).to.deep.equal([{ item: 'tea', count: 1 }, { at: 5 }, 3, Uint8Array.of(1), null])
    expect(registry.snapshot().map(({ received }) => received)).to.deep.equal([1, 1, 1, 2])
  })

  it('that do not fit are not for the handler', async () => {
    on('a', Order)
    on('codec', { encode: () => new Uint8Array(0), decode: () => { throw new Error('no message') } })
    for (const payload of [json('{"item":5}'), json('{'), json(''), json('\ufeff{"item":"tea"}'), { encoding: 'json', bytes: Uint8Array.of(0xff) }, { encoding: 'bytes', bytes: new Uint8Array(0) }] as const) {
      expect(await registry.dispatch('a', payload, context)).to.equal('invalid')
    }
    expect(await registry.dispatch('codec', json('{}'), context)).to.equal('invalid')
    expect(await registry.dispatch('codec', { encoding: 'bytes', bytes: new Uint8Array(0) }, context)).to.equal('invalid')
    expect(registry.snapshot().map(({ invalid, received }) => [invalid, received])).to.deep.equal([[6, 0], [2, 0]])
    expect([heard, failed]).to.deep.equal([[], []])
  })

  it('tell of a handler that throws, or rejects, with what it threw', async () => {
    const [first, second] = [new Error('first'), new Error('second')]
    registry.on('throws', z.unknown(), () => { throw first })
    registry.on('rejects', z.unknown(), async () => { throw second })
    expect(await registry.dispatch('throws', json('1'), context)).to.equal('failed')
    expect(await registry.dispatch('rejects', json('1'), context)).to.equal('failed')
    expect(failed).to.deep.equal([{ event: 'throws', context, error: first }, { event: 'rejects', context, error: second }])
    expect(registry.snapshot().map(({ failed, received }) => [failed, received])).to.deep.equal([[1, 0], [1, 0]])
  })

  it('hold asynchronous schemas, and those that throw, against nobody else', async () => {
    const unhandled = watchUnhandled()
    const standard = (validate: () => any): EventSchema<unknown> => ({ '~standard': { version: 1, vendor: 'test', validate } })
    on('async', z.string().refine(async () => true))
    on('rejects', standard(async () => { throw new Error('broken') }))
    on('throws', standard(() => { throw new Error('broken') }))
    for (const event of ['async', 'rejects', 'throws']) {
      expect(await registry.dispatch(event, json('"a"'), context)).to.equal('failed')
      const error = thrown(() => registry.encode(event, 'a'))
      expect(error.code).to.equal('MESSAGING_EVENT_INVALID')
      expect(error.message).to.contain(event === 'throws' ? 'broken' : 'asynchron')
    }
    expect(failed.map(({ event }) => event)).to.deep.equal(['async', 'rejects', 'throws'])
    expect(heard).to.deep.equal([])
    await unhandled.stop()
  })

  it('survive JSON that is nested deeper than the stack', async () => {
    const tree: z.ZodType = z.lazy(() => z.array(tree))
    on('tree', tree)
    const depth = 100_000
    expect(await registry.dispatch('tree', json('['.repeat(depth) + ']'.repeat(depth)), context)).to.equal('failed')
    expect(await registry.dispatch('tree', json('[[]]'), context)).to.equal('handled')
  })

  describe('what is sent', () => {
    it('is the data as it was given, in JSON, or bytes', () => {
      on('a', Order)
      expect(text(registry.encode('a', { item: 'tea', left: undefined }))).to.equal('{"item":"tea"}')
      expect(text(registry.encode('other', [null, { a: new Date(0) }]))).to.equal('[null,{"a":"1970-01-01T00:00:00.000Z"}]')
      expect(registry.encode('other', Uint8Array.of(1))).to.deep.equal({ encoding: 'bytes', bytes: Uint8Array.of(1) })
      on('codec', { encode: (value: number) => Uint8Array.of(value), decode: ([value]) => value })
      expect(registry.encode('codec', 7)).to.deep.equal({ encoding: 'bytes', bytes: Uint8Array.of(7) })
    })

    it('is checked as the receiver will find it', () => {
      on('date', z.object({ at: z.date() }))
      expect(thrown(() => registry.encode('date', { at: new Date() })).message).to.contain('at: ')
      on('a', Order)
      const error = thrown(() => registry.encode('a', { item: 5 }))
      expect(error.code).to.equal('MESSAGING_INVALID')
      expect(error.message).to.contain('"a"').and.contain('item: ')
      on('codec', { encode: () => new Uint8Array(0), decode: () => { throw new Error('too short') } })
      expect(thrown(() => registry.encode('codec', 1)).message).to.contain('too short')
      on('thrower', { encode: () => { throw new Error('no number') }, decode: () => 1 })
      expect(thrown(() => registry.encode('thrower', 1))).to.include({ code: 'MESSAGING_INVALID' })
    })

    const cycle: Record<string, unknown> = {}
    cycle.cycle = cycle
    let deep: unknown = []
    for (let i = 0; i < 100_000; i++) deep = [deep]
    const lost: Array<[string, unknown]> = [
      ['undefined', undefined], ['a function', () => {}], ['a symbol', Symbol('a')], ['a bigint', 1n], ['a bigint inside', { a: [1n] }], ['a cycle', cycle],
      ['NaN', NaN], ['Infinity inside', { a: Infinity }], ['a hole', [1, undefined]], ['bytes inside', { a: new Uint8Array(1) }], ['a map', new Map()], ['a set inside', [new Set()]],
      ['a function inside', { a: () => {} }], ['something that throws', { toJSON () { throw new Error('no') } }], ['what is too deep', deep]
    ]
    for (const [what, data] of lost) {
      it(`is not ${what}, which JSON would lose`, () => { expect(thrown(() => registry.encode('a', data)).code).to.equal('MESSAGING_INVALID') })
    }

    it('comes out as it went in', async () => {
      on('a', z.unknown())
      await fc.assert(fc.asyncProperty(fc.jsonValue(), async data => {
        heard = []
        expect(await registry.dispatch('a', registry.encode('a', data), context)).to.equal('handled')
        expect(heard).to.deep.equal([JSON.parse(JSON.stringify(data))])
      }))
    })
  })

  describe('nobody has registered', () => {
    const send = async (event: string): Promise<void> => { expect(await registry.dispatch(event, json('1'), context)).to.equal('unknown') }

    it('are told once a minute each, with how many they were', async () => {
      for (let i = 0; i < 3; i++) await send('a')
      await send('b')
      expect(unknown).to.deep.equal([{ event: 'a', peerId, count: 1 }, { event: 'b', peerId, count: 1 }])
      clock.advance(60_000)
      await send('a')
      expect(unknown[2]).to.deep.equal({ event: 'a', peerId, count: 3 })
      expect(registry.unknown).to.equal(5)
    })

    it('are told, and remembered, no more than so many, whatever names they have', async () => {
      for (let i = 0; i < 1_000; i++) await send(`event ${i}`)
      await send('a\nforged line')
      expect(unknown).to.have.length(20)
      expect(registry.gauges).to.deep.equal({ events: 0, unknownEvents: 256 })
      expect(registry.unknown).to.equal(1_001)
    })
  })
})
