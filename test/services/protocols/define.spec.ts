import { expect } from 'chai'
import * as z from 'zod'
import { bytes, defineProtocol, json, ProtocolError, ProtocolFailure } from '../../../src/services/protocols/index.ts'
import type { Protocol } from '../../../src/services/protocols/index.ts'

const request = json(z.object({ item: z.string() }))
const response = json(z.number())

describe('protocols: definitions', () => {
  it('fill in every default', () => {
    const quote = defineProtocol({ id: '/shop/quote/1.0.0', request, response })
    expect(quote).to.deep.equal({
      shape: 'request',
      ids: ['/shop/quote/1.0.0'],
      request,
      response,
      maxRequestBytes: 65_536,
      maxResponseBytes: 65_536,
      timeoutMs: 10_000,
      rate: { perSecond: 100, burst: 200 },
      offences: { undecodable: 'severe', oversize: 'severe', invalid: 'moderate', timeout: 'minor', 'rate-limited': 'minor' },
      maxConcurrent: 256,
      runOnLimitedConnection: false
    })
    expect(Object.isFrozen(quote)).to.equal(true)
  })

  it('differ by shape', () => {
    expect(defineProtocol({ id: '/a', shape: 'stream', request, response }).maxConcurrent).to.equal(32)
    expect(defineProtocol({ id: '/a', shape: 'duplex', request, response }).maxConcurrent).to.equal(32)
    const note = defineProtocol({ id: '/a', shape: 'notify', request })
    expect(note.maxResponseBytes).to.equal(0)
    expect(note.response.decode(note.response.encode())).to.equal(undefined)
  })

  it('infer the types of messages', () => {
    const quote: Protocol<'request', { item: string }, number> = defineProtocol({ id: '/a', request, response })
    const note: Protocol<'notify', Uint8Array, void> = defineProtocol({ id: '/a', shape: 'notify', request: bytes })
    const feed: Protocol<'stream', { item: string }, Uint8Array> = defineProtocol({ id: '/a', shape: 'stream', request, response: bytes })
    const chat: Protocol<'duplex', Uint8Array, number> = defineProtocol({ id: '/a', shape: 'duplex', request: bytes, response })
    expect([quote, note, feed, chat].map(({ shape }) => shape)).to.deep.equal(['request', 'notify', 'stream', 'duplex'])
  })

  it('may have no offence for a fault, and several versions', () => {
    const quote = defineProtocol({ id: ['/q/2', '/q/1'], request, response, maxMessageBytes: 10, maxResponseBytes: 20, offences: { invalid: undefined, timeout: 'fatal' } })
    expect(quote.ids).to.deep.equal(['/q/2', '/q/1'])
    expect([quote.maxRequestBytes, quote.maxResponseBytes]).to.deep.equal([10, 20])
    expect(quote.offences).to.deep.equal({ undecodable: 'severe', oversize: 'severe', invalid: undefined, timeout: 'fatal', 'rate-limited': 'minor' })
  })

  const wrong: Record<string, [init: object, says: RegExp]> = {
    'no id': [{ id: [] }, /id is \[\]/],
    'an id without a slash': [{ id: 'quote' }, /id is quote.*begins with "\/"/],
    'an id that is no text': [{ id: [7] }, /id is 7/],
    'an id that is too long': [{ id: `/${'x'.repeat(200)}` }, /at most 200 bytes/],
    'an id with a line break': [{ id: '/a\n' }, /control characters/],
    'an id twice': [{ id: ['/a', '/a'] }, /each id once/],
    'too many ids': [{ id: Array.from({ length: 17 }, (_, i) => `/${i}`) }, /17 ids.*at most 16/],
    'a shape that is none': [{ shape: 'shout' }, /shape is shout/],
    'no codec': [{ request: undefined }, /request is undefined.*codec/],
    'half a codec': [{ response: { encode: () => {} } }, /response is object/],
    'an answer to a message': [{ shape: 'notify' }, /response is object.*no answer/],
    'a size that is no number': [{ maxMessageBytes: '1 MiB' }, /maxMessageBytes is 1 MiB/],
    'a size that is not whole': [{ maxMessageBytes: 1.5 }, /maxMessageBytes is 1.5.*whole/],
    'a size over what the framing has': [{ maxResponseBytes: 2 ** 28 + 1 }, /maxResponseBytes is 268435457/],
    'no time': [{ timeoutMs: 0 }, /timeoutMs is 0/],
    'a time that is none': [{ timeoutMs: Number.NaN }, /timeoutMs is NaN/],
    'a rate without a burst': [{ rate: { perSecond: 1 } }, /rate\.burst is undefined/],
    'a negative rate': [{ rate: { perSecond: -1, burst: 1 } }, /rate\.perSecond is -1/],
    'nobody at a time': [{ maxConcurrent: 0 }, /maxConcurrent is 0/],
    'an unknown fault': [{ offences: { rude: 'minor' } }, /offences is rude/],
    'an unknown offence': [{ offences: { invalid: 'deadly' } }, /offences\.invalid is deadly/]
  }
  for (const [name, [init, says]] of Object.entries(wrong)) {
    it(`refuse ${name}`, () => {
      const define = (): unknown => defineProtocol({ id: '/a', request, response, ...init } as never)
      expect(define).to.throw(ProtocolError, says).with.property('code', 'PROTOCOL_DEFINITION_INVALID')
    })
  }

  it('refuse a failure whose code cannot travel', () => {
    for (const code of ['', 'Sold Out', 'sold--out', '-x', 'x'.repeat(65)]) expect(() => new ProtocolFailure(code)).to.throw(ProtocolError).with.property('code', 'PROTOCOL_DEFINITION_INVALID')
    expect(new ProtocolFailure('sold-out', 'no tea').code).to.equal('sold-out')
  })
})
