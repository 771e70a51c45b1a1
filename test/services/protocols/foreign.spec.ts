import { lpStream } from '@libp2p/utils'
import { expect } from 'chai'
import { defineProtocol, ProtocolError } from '../../../src/services/protocols/index.ts'
import { eachPair } from '../../support/each-pair.ts'
import { eventually } from '../../support/eventually.ts'
import { ask, feed, haggle, note, price, quote } from '../../support/quote-protocols.ts'
import type { LengthPrefixedStream } from '@libp2p/utils'
import type { Stream } from '@libp2p/interface'

const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))
const decode = (bytes: { subarray (): Uint8Array }): unknown => JSON.parse(new TextDecoder().decode(bytes.subarray()))
const MARK = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f)

/** A node that knows libp2p and the README of the contract, and nothing of this code. */
describe('protocols: with a foreign node', () => {
  const pair = eachPair({ quiet: true })

  async function dial (id: string): Promise<{ stream: Stream, lp: LengthPrefixedStream }> {
    const stream = await pair.connection.newStream(id)
    return { stream, lp: lpStream(stream, { maxDataLength: 65_536 }) }
  }

  describe('that calls', () => {
    it('a request: one frame, half-close, one frame', async () => {
      await pair.callee.handle(quote, async ({ item }) => ({ price: item.length }))
      const { stream, lp } = await dial(quote.ids[0])
      await lp.write(encode({ item: 'tea' }))
      await stream.close()
      expect(decode(await lp.read())).to.deep.equal({ price: 3 })
      await eventually('the other side has closed, too', () => stream.status === 'closed')
    })

    it('a request, without the half-close before the answer', async () => {
      await pair.callee.handle(quote, () => ({ price: 1 }))
      const { stream, lp } = await dial(quote.ids[0])
      await lp.write(encode({ item: 'tea' }))
      expect(decode(await lp.read())).to.deep.equal({ price: 1 })
      await stream.close()
    })

    it('a message: the end without a frame says that it was taken', async () => {
      const taken: string[] = []
      await pair.callee.handle(note, async ({ item }) => { taken.push(item) })
      const { stream, lp } = await dial(note.ids[0])
      await lp.write(encode({ item: 'tea' }))
      await stream.close()
      await eventually('the other side has closed', () => stream.status === 'closed')
      expect(taken).to.deep.equal(['tea'])
    })

    it('items: one frame each, then the end', async () => {
      await pair.callee.handle(feed, async function * (count) { for (let i = 0; i < count; i++) yield i })
      const { stream, lp } = await dial(feed.ids[0])
      await lp.write(encode(3))
      await stream.close()
      for (const item of [0, 1, 2]) expect(decode(await lp.read())).to.equal(item)
      await eventually('the other side has closed', () => stream.status === 'closed')
    })

    it('both ways', async () => {
      await pair.callee.handle(haggle, async function * (offers) { for await (const offer of offers) yield offer + 1 })
      const { stream, lp } = await dial(haggle.ids[0])
      for (const offer of [1, 5]) {
        await lp.write(encode(offer))
        expect(decode(await lp.read())).to.equal(offer + 1)
      }
      await stream.close()
      await eventually('the other side has closed', () => stream.status === 'closed')
    })

    it('and is refused: the mark, a failure, the end', async () => {
      await pair.callee.handle(quote, () => ({ price: 1 }))
      const { stream } = await dial(quote.ids[0])
      const chunks: number[] = []
      stream.addEventListener('message', ({ data }) => { chunks.push(...data.subarray()) })
      stream.send(Uint8Array.of(2, 0x7b, 0x7b))
      await stream.close()
      await eventually('the other side has closed', () => stream.status === 'closed')
      expect(chunks.slice(0, 5)).to.deep.equal([...MARK])
      const failure = chunks.slice(5)
      expect(failure[0]).to.equal(failure.length - 1)
      expect(new TextDecoder().decode(Uint8Array.from(failure))).to.contain('undecodable')
    })

    it('and takes the mark for a message that is too long, if it knows nothing of failures', async () => {
      await pair.callee.handle(quote, () => { throw new Error('no price') })
      const { stream, lp } = await dial(quote.ids[0])
      await lp.write(encode({ item: 'tea' }))
      const err = await lp.read().then(() => undefined, (err: unknown) => err)
      expect((err as Error).name).to.match(/^InvalidDataLength/)
      stream.abort(new Error('too long'))
    })
  })

  describe('that is called', () => {
    async function serve (id: string, handler: (lp: LengthPrefixedStream, stream: Stream) => Promise<void>): Promise<void> {
      await pair.server.handle(id, async stream => { await handler(lpStream(stream), stream) }, { maxInboundStreams: 300 })
    }

    it('for an answer', async () => {
      await serve(quote.ids[0], async (lp, stream) => {
        await lp.write(encode({ price: (decode(await lp.read()) as { item: string }).item.length }))
        await stream.close()
      })
      const answers = await Promise.all(['a', 'bb', 'ccc', 'dddd'].map(async item => pair.caller.request(pair.server.peerId, quote, { item })))
      expect(answers.map(({ price }) => price)).to.deep.equal([1, 2, 3, 4])
      expect((await pair.caller.request(pair.server.peerId, quote, { item: 'tea' })).price).to.equal(3)
    })

    it('with a message', async () => {
      const taken: unknown[] = []
      await serve(note.ids[0], async (lp, stream) => {
        taken.push(decode(await lp.read()))
        await stream.close()
      })
      await pair.caller.notify(pair.server.peerId, note, { item: 'tea' })
      expect(taken).to.deep.equal([{ item: 'tea' }])
    })

    it('for items', async () => {
      await serve(feed.ids[0], async (lp, stream) => {
        const count = decode(await lp.read()) as number
        for (let i = 0; i < count; i++) await lp.write(encode(i))
        await stream.close()
      })
      const items: number[] = []
      for await (const item of pair.caller.stream(pair.server.peerId, feed, 3)) items.push(item)
      expect(items).to.deep.equal([0, 1, 2])
    })

    it('by the version that it knows', async () => {
      const both = defineProtocol({ id: ['/shop/quote/2.0.0', '/shop/quote/1.0.0'], request: ask, response: price })
      await serve('/shop/quote/1.0.0', async (lp, stream) => {
        await lp.read()
        await lp.write(encode({ price: 1 }))
        await stream.close()
      })
      for (let i = 0; i < 2; i++) expect(await pair.caller.request(pair.server.peerId, both, { item: 'tea' })).to.deep.equal({ price: 1 })
    })

    const broken: Record<string, [answer: (stream: Stream) => void, code: string, remoteCode?: string]> = {
      'fails with its own word': [stream => { stream.send(Uint8Array.of(...MARK, 6, 10, 4, ...new TextEncoder().encode('sold'))) }, 'PROTOCOL_FAILED', 'sold'],
      'is busy': [stream => { stream.send(Uint8Array.of(...MARK, 6, 10, 4, ...new TextEncoder().encode('busy'))) }, 'PROTOCOL_BUSY', 'busy'],
      'fails without a word': [stream => { stream.send(Uint8Array.of(...MARK, 0)) }, 'PROTOCOL_FAILED', 'internal'],
      'resets': [stream => { stream.abort(new Error('no')) }, 'PROTOCOL_RESET'],
      'says nothing': [() => {}, 'PROTOCOL_RESET'],
      'says half': [stream => { stream.send(Uint8Array.of(10, 1)) }, 'PROTOCOL_RESET'],
      'says what is no JSON': [stream => { stream.send(Uint8Array.of(1, 0x7b)) }, 'PROTOCOL_BAD_RESPONSE'],
      'says what does not fit': [stream => { stream.send(Uint8Array.of(2, 0x7b, 0x7d)) }, 'PROTOCOL_BAD_RESPONSE'],
      'says too much': [stream => { stream.send(Uint8Array.of(0x80, 0x80, 0x08)) }, 'PROTOCOL_BAD_RESPONSE']
    }
    for (const [name, [answer, code, remoteCode]] of Object.entries(broken)) {
      it(`and ${name}: ${code}`, async () => {
        await serve(quote.ids[0], async (lp, stream) => {
          await lp.read()
          answer(stream)
          if (stream.status === 'open') await stream.close()
        })
        const err = await pair.caller.request(pair.server.peerId, quote, { item: 'tea' }).then(() => undefined, (err: unknown) => err)
        expect(err).to.be.instanceOf(ProtocolError)
        expect((err as ProtocolError).code, (err as Error).message).to.equal(code)
        expect((err as ProtocolError).details.remoteCode).to.equal(remoteCode)
        const offences = pair.client.opinion.offences.map(({ offence, cause }) => `${offence} ${cause}`)
        const fault = (err as ProtocolError).details.fault as string | undefined
        expect(offences).to.deep.equal(fault == null ? [] : [`${fault === 'invalid' ? 'moderate' : 'severe'} protocols:${fault}`])
        expect(fault != null).to.equal(code === 'PROTOCOL_BAD_RESPONSE')
      })
    }

    it('and never answers: PROTOCOL_TIMEOUT, which scoring hears of', async () => {
      const hurried = defineProtocol({ id: quote.ids, request: ask, response: price, timeoutMs: 100 })
      await serve(quote.ids[0], async () => new Promise(() => {}))
      const err = await pair.caller.request(pair.server.peerId, hurried, { item: 'tea' }).then(() => undefined, (err: unknown) => err)
      expect(err).to.be.instanceOf(ProtocolError).with.property('code', 'PROTOCOL_TIMEOUT')
      expect(pair.client.opinion.outcomes.map(({ outcome }) => outcome.what)).to.deep.equal(['request-timeout'])
    })
  })
})
