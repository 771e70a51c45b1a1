import { expect } from 'chai'
import { defineProtocol, ProtocolFailure } from '../../../src/services/protocols/index.ts'
import { eachPair } from '../../support/each-pair.ts'
import { eventually } from '../../support/eventually.ts'
import { ask, feed, haggle, note, price, quote } from '../../support/quote-protocols.ts'
import { rejection } from '../../support/rejection.ts'
import type { CallContext, ProtocolError } from '../../../src/services/protocols/index.ts'

async function all<T> (items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}

describe('protocols: handlers', () => {
  const pair = eachPair()
  const tea = { item: 'tea' }
  const there = (): string => pair.server.peerId.toString()
  const stats = (): { failed: number, active: number } => pair.callee.snapshot().protocols[0]!.served!
  const secret = new Error('the password is swordfish')

  describe('that fail', () => {
    const throwing: Record<string, () => Promise<never>> = {
      'throw': () => { throw secret },
      'reject': async () => { throw secret },
      'reject later': async () => {
        await new Promise(resolve => setImmediate(resolve))
        throw secret
      },
      // eslint-disable-next-line typescript/only-throw-error -- JavaScript may
      'throw what is no error': () => { throw 'swordfish' }
    }
    for (const [name, fail] of Object.entries(throwing)) {
      it(`and ${name}, answer "internal" and nothing else`, async () => {
        await pair.callee.handle(quote, fail)
        const { code, message, details } = await rejection(pair.caller.request(there(), quote, tea))
        expect([code, details.remoteCode]).to.deep.equal(['PROTOCOL_FAILED', 'internal'])
        expect(message).not.to.contain('swordfish')
        expect(stats()).to.include({ failed: 1, active: 0 })
        expect([...pair.client.opinion.offences, ...pair.server.opinion.offences]).to.deep.equal([])
      })
    }

    it('may say why', async () => {
      await pair.callee.handle(quote, () => { throw new ProtocolFailure('sold-out', 'no tea before Monday') })
      const { code, message, details } = await rejection(pair.caller.request(there(), quote, tea))
      expect([code, details.remoteCode]).to.deep.equal(['PROTOCOL_FAILED', 'sold-out'])
      expect(message).to.contain('no tea before Monday')
    })

    it('fail the messages, items and talks that they were at', async () => {
      await pair.callee.handle(note, async () => { throw secret })
      await pair.callee.handle(feed, async function * () {
        yield 1
        throw new ProtocolFailure('empty')
      })
      await pair.callee.handle(haggle, async function * (offers) {
        for await (const offer of offers) {
          yield offer
          throw secret
        }
      })
      expect((await rejection(pair.caller.notify(there(), note, tea))).details.remoteCode).to.equal('internal')
      const items: number[] = []
      expect((await rejection((async () => { for await (const item of pair.caller.stream(there(), feed, 1)) items.push(item) })())).details.remoteCode).to.equal('empty')
      expect(items).to.deep.equal([1])
      const talk = await pair.caller.duplex(there(), haggle)
      await talk.send(1)
      expect((await rejection(all(talk))).details.remoteCode).to.equal('internal')
      await eventually('it is known here', async () => talk.send(1).then(() => false, () => true))
      await pair.quiet(2)
    })

    it('answer "internal" when the answer does not fit, or is too large', async () => {
      const small = defineProtocol({ id: '/shop/small/1.0.0', request: ask, response: price, maxResponseBytes: 10 })
      await pair.callee.handle(small, () => ({ price: 100_000 }))
      await pair.callee.handle(quote, () => ({ price: 'much' as never }))
      await pair.callee.handle(feed, async function * () { yield 'much' as never })
      expect((await rejection(pair.caller.request(there(), small, tea))).details.remoteCode).to.equal('internal')
      expect((await rejection(pair.caller.request(there(), quote, tea))).details.remoteCode).to.equal('internal')
      expect((await rejection(all(pair.caller.stream(there(), feed, 1)))).details.remoteCode).to.equal('internal')
    })

    it('may be no generators at all', async () => {
      await pair.callee.handle(feed, (() => { throw new ProtocolFailure('closed') }) as never)
      expect((await rejection(all(pair.caller.stream(there(), feed, 1)))).details.remoteCode).to.equal('closed')
      await pair.callee.unhandle(feed)
      await pair.callee.handle(feed, (() => 7) as never)
      expect((await rejection(all(pair.caller.stream(there(), feed, 1)))).details.remoteCode).to.equal('internal')
    })
  })

  describe('whose caller leaves', () => {
    const leave: Record<string, (call: AbortController) => Promise<void> | void> = {
      'by its signal': call => { call.abort() },
      'with its stream': () => {
        const open = pair.connection.streams.filter(({ protocol }) => protocol.includes('/shop/'))
        for (const stream of open) stream.abort(new Error('gone'))
      },
      'with its connection': async () => { await pair.connection.close() },
      'by stopping': async () => { await pair.client.stop() }
    }
    for (const [name, go] of Object.entries(leave)) {
      it(`${name} are told by their signal, in each shape`, async () => {
        const contexts: CallContext[] = []
        const forever = async (_: unknown, context: CallContext): Promise<never> => {
          contexts.push(context)
          return new Promise((_, reject) => { context.signal.addEventListener('abort', () => { reject(context.signal.reason as Error) }) })
        }
        const none = async function * (request: unknown, context: CallContext): AsyncGenerator<number> { yield await forever(request, context) }
        await pair.callee.handle(quote, forever)
        await pair.callee.handle(note, forever)
        await pair.callee.handle(feed, none)
        await pair.callee.handle(haggle, none)
        const left = new AbortController()
        const { signal } = left
        const talk = await pair.caller.duplex(there(), haggle, { signal })
        const outcomes = Promise.all([
          rejection(pair.caller.request(there(), quote, tea, { signal })),
          rejection(pair.caller.notify(there(), note, tea, { signal })),
          rejection(all(pair.caller.stream(there(), feed, 1, { signal }))),
          rejection(all(talk))
        ])
        await eventually('all are at it', () => contexts.length === 4)
        expect(contexts.map(({ signal }) => signal.aborted)).to.deep.equal([false, false, false, false])
        await go(left)
        await eventually('all know', () => contexts.every(({ signal }) => signal.aborted))
        for (const { code, message } of await outcomes) expect(code, message).to.equal(name === 'by its signal' ? 'PROTOCOL_ABORTED' : name === 'by stopping' ? 'PROTOCOL_STOPPED' : 'PROTOCOL_RESET')
        for (const { served } of pair.callee.snapshot().protocols) expect(served).to.include({ active: 0, failed: 0 })
        expect(pair.server.opinion.offences).to.deep.equal([])
      })
    }

    it('may fail afterwards, and nobody hears of it', async () => {
      const settle = Promise.withResolvers<void>()
      let begun = 0
      await pair.callee.handle(quote, async () => {
        begun++
        await settle.promise
        throw secret
      })
      const left = new AbortController()
      const call = rejection(pair.caller.request(there(), quote, tea, { signal: left.signal }))
      await eventually('it is there', () => begun === 1)
      left.abort()
      expect((await call).code).to.equal('PROTOCOL_ABORTED')
      settle.resolve()
      await eventually('it is over', () => stats().active === 0)
    })
  })

  describe('that take too long', () => {
    const init = { request: ask, response: price, timeoutMs: 100 }
    const slow = defineProtocol({ ...init, id: '/shop/slow/1.0.0' })
    // the caller would wait longer
    const patient = defineProtocol({ ...init, id: '/shop/slow/1.0.0', timeoutMs: 10_000 })

    it('abort, and the caller is told', async () => {
      const contexts: CallContext[] = []
      await pair.callee.handle(slow, async (_, context) => {
        contexts.push(context)
        return new Promise(() => {})
      })
      expect((await rejection(pair.caller.request(there(), patient, tea))).details.remoteCode).to.equal('timeout')
      expect(contexts[0]!.signal.aborted).to.equal(true)
      // it is this node that was slow
      expect(pair.server.opinion.offences).to.deep.equal([])
    })

    it('between two items are left', async () => {
      const hurried = defineProtocol({ ...init, id: '/shop/items/1.0.0', shape: 'stream' })
      const calm = defineProtocol({ ...init, id: '/shop/items/1.0.0', shape: 'stream', timeoutMs: 10_000 })
      let signal: AbortSignal | undefined
      await pair.callee.handle(hurried, async function * (_, context) {
        ({ signal } = context)
        yield { price: 1 }
        await new Promise(() => {})
      })
      const items: unknown[] = []
      const error = await rejection((async () => { for await (const item of pair.caller.stream(there(), calm, tea)) items.push(item) })())
      expect([items, error.details.remoteCode]).to.deep.equal([[{ price: 1 }], 'timeout'])
      expect(signal?.aborted).to.equal(true)
      await pair.quiet()
    })
  })

  it('that are too many at a time are told "busy"', async () => {
    const two = defineProtocol({ id: '/shop/two/1.0.0', request: ask, response: price, maxConcurrent: 2 })
    const hundred = defineProtocol({ id: '/shop/two/1.0.0', request: ask, response: price, maxConcurrent: 100 })
    const settle = Promise.withResolvers<void>()
    await pair.callee.handle(two, async () => {
      await settle.promise
      return { price: 1 }
    })
    const calls = Array.from({ length: 4 }, async () => pair.caller.request(there(), hundred, tea).catch((err: ProtocolError) => err.code))
    await eventually('two are refused', () => pair.caller.snapshot().protocols[0]!.called.failed === 2)
    settle.resolve()
    expect(await Promise.all(calls)).to.deep.equal([{ price: 1 }, { price: 1 }, 'PROTOCOL_BUSY', 'PROTOCOL_BUSY'])
  })
})
