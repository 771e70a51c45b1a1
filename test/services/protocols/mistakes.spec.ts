import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'chai'
import * as z from 'zod'
import { defineProtocol, json, ProtocolError } from '../../../src/services/protocols/index.ts'
import { protocolNode, protocolPair } from '../../support/protocol-nodes.ts'
import { ask, feed, haggle, note, price, quote } from '../../support/quote-protocols.ts'
import { watchUnhandled } from '../../support/unhandled.ts'
import type { CallTarget, ProtocolErrorCode, Protocols } from '../../../src/services/protocols/index.ts'
import type { ProtocolPair } from '../../support/protocol-nodes.ts'

const TIMEOUT_MS = 400
const stranger = peerIdFromPrivateKey(await generateKeyPair('Ed25519'))
const small = defineProtocol({ ...quoteInit('/shop/small/1.0.0'), maxMessageBytes: 30 })
const strict = defineProtocol({ id: '/shop/strict/1.0.0', request: json(z.object({ item: z.string().max(3) })), response: price })
// the same ids, as an application of another version sees them
const lax = defineProtocol(quoteInit('/shop/strict/1.0.0'))
const roomy = defineProtocol({ ...quoteInit('/shop/small/1.0.0'), maxMessageBytes: 65_536 })
const never = defineProtocol(quoteInit('/shop/never/1.0.0'))
const unknown = defineProtocol(quoteInit('/shop/unknown/1.0.0'))

function quoteInit (id: string): { id: string, request: typeof ask, response: typeof price } {
  return { id, request: ask, response: price }
}

async function first (items: AsyncIterable<unknown>): Promise<unknown> {
  for await (const item of items) return item
  return undefined
}

describe('protocols: a caller\'s mistakes', () => {
  let pair: ProtocolPair
  let unhandled: ReturnType<typeof watchUnhandled>

  before(async () => {
    pair = await protocolPair()
    const { protocols } = pair.server.services
    await protocols.handle(quote, () => ({ price: 1 }))
    await protocols.handle(note, () => {})
    await protocols.handle(feed, async function * () { yield 1 })
    await protocols.handle(haggle, async function * () { yield 1 })
    await protocols.handle(small, () => ({ price: 1 }))
    await protocols.handle(strict, () => ({ price: 1 }))
    await protocols.handle(never, async () => new Promise(() => {}))
  })
  after(async () => { await pair.stop() })
  beforeEach(() => { unhandled = watchUnhandled() })
  afterEach(async () => { await unhandled.stop() })

  const aborted = AbortSignal.abort(new Error('changed my mind'))
  const there = (): CallTarget => pair.server.peerId
  const tea = { item: 'tea' }
  const ms = { timeoutMs: TIMEOUT_MS }

  const cases: Record<string, [code: ProtocolErrorCode, call: (protocols: Protocols) => Promise<unknown>]> = {
    'an unknown peer': ['PROTOCOL_UNREACHABLE', async protocols => protocols.request(stranger, quote, tea, ms)],
    'an address where nobody is': ['PROTOCOL_UNREACHABLE', async protocols => protocols.request(multiaddr('/memory/nobody'), quote, tea, ms)],
    'an address of another peer': ['PROTOCOL_UNREACHABLE', async protocols => protocols.request(multiaddr(`${pair.server.getMultiaddrs()[0]!.toString().split('/p2p/')[0]!}/p2p/${stranger.toString()}`), quote, tea, ms)],
    'a text that is no peer': ['PROTOCOL_PEER_INVALID', async protocols => protocols.request('somebody', quote, tea, ms)],
    'a text that is no address': ['PROTOCOL_PEER_INVALID', async protocols => protocols.request('/ip4/somewhere', quote, tea, ms)],
    'no address at all': ['PROTOCOL_PEER_INVALID', async protocols => protocols.request([], quote, tea, ms)],
    'something else': ['PROTOCOL_PEER_INVALID', async protocols => protocols.request({} as never, quote, tea, ms)],
    'nothing': ['PROTOCOL_PEER_INVALID', async protocols => protocols.request(undefined as never, quote, tea, ms)],
    'addresses of two peers': ['PROTOCOL_PEER_INVALID', async protocols => protocols.request([...pair.server.getMultiaddrs(), multiaddr(`/memory/x/p2p/${stranger.toString()}`)], quote, tea, ms)],
    'this node itself': ['PROTOCOL_PEER_INVALID', async protocols => protocols.request(pair.client.peerId, quote, tea, ms)],
    'a protocol that is not served': ['PROTOCOL_UNSUPPORTED', async protocols => protocols.request(there(), unknown, tea, ms)],
    'a message that does not fit here': ['PROTOCOL_INVALID', async protocols => protocols.request(there(), quote, { item: 7 } as never, ms)],
    'a message that does not fit there': ['PROTOCOL_INVALID', async protocols => protocols.request(there(), lax, { item: 'coffee' }, ms)],
    'a message that is too large here': ['PROTOCOL_TOO_LARGE', async protocols => protocols.request(there(), small, { item: 'x'.repeat(100) }, ms)],
    'a message that is too large there': ['PROTOCOL_TOO_LARGE', async protocols => protocols.request(there(), roomy, { item: 'x'.repeat(100) }, ms)],
    'a message in pieces that is too large there': ['PROTOCOL_TOO_LARGE', async protocols => protocols.request(there(), roomy, { item: 'x'.repeat(60_000) }, ms)],
    'a signal that aborted before': ['PROTOCOL_ABORTED', async protocols => protocols.request(there(), quote, tea, { ...ms, signal: aborted })],
    'a signal that aborts meanwhile': ['PROTOCOL_ABORTED', async protocols => protocols.request(there(), never, tea, { signal: AbortSignal.timeout(50) })],
    'a signal that aborts while it is dialled': ['PROTOCOL_ABORTED', async protocols => protocols.request(multiaddr('/memory/nobody'), quote, tea, { signal: aborted })],
    'too little time': ['PROTOCOL_TIMEOUT', async protocols => protocols.request(there(), never, tea, { timeoutMs: 50 })],
    'a message, to an unknown peer': ['PROTOCOL_UNREACHABLE', async protocols => protocols.notify(stranger, note, tea, ms)],
    'a message that is none': ['PROTOCOL_INVALID', async protocols => protocols.notify(there(), note, 7 as never, ms)],
    'items, of an unknown peer': ['PROTOCOL_UNREACHABLE', async protocols => first(protocols.stream(stranger, feed, 1, ms))],
    'items, for a request that is none': ['PROTOCOL_INVALID', async protocols => first(protocols.stream(there(), feed, 'x' as never, ms))],
    'items, with a signal that aborted': ['PROTOCOL_ABORTED', async protocols => first(protocols.stream(there(), feed, 1, { ...ms, signal: aborted }))],
    'a talk with an unknown peer': ['PROTOCOL_UNREACHABLE', async protocols => protocols.duplex(stranger, haggle, ms)],
    'a talk with a signal that aborted': ['PROTOCOL_ABORTED', async protocols => protocols.duplex(there(), haggle, { ...ms, signal: aborted })],
    'a talk that is not served': ['PROTOCOL_UNSUPPORTED', async protocols => protocols.duplex(there(), defineProtocol({ id: '/nowhere', shape: 'duplex', request: ask, response: price }), ms)],
    'a word that does not fit': ['PROTOCOL_INVALID', async protocols => {
      const talk = await protocols.duplex(there(), haggle, ms)
      try {
        await talk.send('x' as never)
      } finally {
        talk.abort()
      }
    }],
    'a word after the last': ['PROTOCOL_RESET', async protocols => {
      const talk = await protocols.duplex(there(), haggle, ms)
      await talk.closeWrite()
      try {
        await talk.send(1)
      } finally {
        talk.abort()
      }
    }]
  }
  for (const [name, [code, call]] of Object.entries(cases)) {
    it(`${name}: ${code}`, async () => {
      const startMs = performance.now()
      const outcome = await call(pair.client.services.protocols).then(value => ({ value }), (err: unknown) => ({ err }))
      const tookMs = performance.now() - startMs
      expect(outcome).to.have.property('err').that.is.instanceOf(ProtocolError)
      const { err } = outcome as { err: ProtocolError }
      expect(err.code, err.message).to.equal(code)
      expect(tookMs).to.be.lessThan(TIMEOUT_MS + 200)
      // one that carries many is kept for each protocol
      const left = (): string[] => pair.streams().filter(id => !id.startsWith('/peerkeep/mux/'))
      await pair.quiet(pair.streams().length - left().length)
      expect(left()).to.deep.equal([])
      expect(pair.streams().length).to.be.lessThanOrEqual(2 * 6)
    })
  }

  it('cost the caller what the protocol says, and nothing more', () => {
    const causes = pair.server.opinion.offences.map(({ offence, cause }) => `${offence} ${cause}`)
    expect(causes).to.deep.equal(['moderate protocols:invalid', 'severe protocols:oversize', 'severe protocols:oversize'])
    expect(pair.client.opinion.offences).to.deep.equal([])
  })

  it('a node that is stopped, or was never started: PROTOCOL_STOPPED', async () => {
    const asleep = await protocolNode({ start: false })
    const gone = await protocolNode()
    await gone.stop()
    for (const { services: { protocols } } of [asleep, gone]) {
      const calls = [
        async () => protocols.request(there(), quote, tea),
        async () => protocols.notify(there(), note, tea),
        async () => first(protocols.stream(there(), feed, 1)),
        async () => protocols.duplex(there(), haggle)
      ]
      for (const call of calls) {
        const err = await call().then(() => undefined, (err: unknown) => err)
        expect(err).to.be.instanceOf(ProtocolError).with.property('code', 'PROTOCOL_STOPPED')
      }
    }
  })

  it('a banned peer: PROTOCOL_DENIED', async () => {
    const other = await protocolNode()
    other.opinion.banned.add(pair.server.peerId.toString())
    const err = await other.services.protocols.request(pair.server.getMultiaddrs(), quote, tea).then(() => undefined, (err: unknown) => err)
    expect(err).to.be.instanceOf(ProtocolError).with.property('code', 'PROTOCOL_DENIED')
    await other.stop()
  })
})
