import { lpStream } from '@libp2p/utils'
import { expect } from 'chai'
import { bytes, defineProtocol, ProtocolError } from '../../../src/services/protocols/index.ts'
import { eachPair } from '../../support/each-pair.ts'
import { eventually } from '../../support/eventually.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import { protocolPair } from '../../support/protocol-nodes.ts'
import { ask, price } from '../../support/quote-protocols.ts'
import type { Protocol, RequestInit } from '../../../src/services/protocols/index.ts'

const ID = '/shop/quote/1.0.0'
type Init = Partial<RequestInit<{ item: string }, { price: number }>>
const rated = (init: Init = {}): Protocol<'request', { item: string }, { price: number }> =>
  defineProtocol({ id: ID, request: ask, response: price, rate: { perSecond: 1, burst: 8 }, ...init })

/** A caller who knows nothing of the rate. */
const eager = rated({ rate: { perSecond: 1e9, burst: 1e9 } })

describe('protocols: rates and faults', () => {
  let clock: ManualClock
  const pair = eachPair({ init: () => ({ clock: clock = new ManualClock() }) })

  /** How many of them were answered; the rest with this code. */
  async function call (count: number, code = 'PROTOCOL_RATE_LIMITED', options = {}): Promise<number> {
    let answered = 0
    for (let i = 0; i < count; i++) {
      try {
        const answer = pair.caller.request(pair.server.peerId, eager, { item: 'tea' }, options)
        answer.catch(() => undefined)
        await new Promise(resolve => setImmediate(resolve))
        // a caller who was refused is slower, however eager
        if (pair.caller.snapshot().gauges.waitingCalls! > 0) clock.advance(1)
        await answer
        answered++
      } catch (err) {
        expect(err).to.be.instanceOf(ProtocolError).with.property('code', code)
      }
    }
    return answered
  }
  const charged = (): string[] => pair.server.opinion.offences.map(({ offence, cause }) => `${offence} ${cause}`)
  const faults = (): object => pair.callee.snapshot().protocols[0]!.served!.faults

  it('take a burst from one peer, then its rate, and charge what is over it, once a second', async () => {
    await pair.callee.handle(rated(), () => ({ price: 1 }))
    expect(await call(10)).to.equal(8)
    expect(charged()).to.deep.equal(['minor protocols:rate-limited'])
    clock.advance(3_000)
    expect(await call(5)).to.equal(3)
    expect(faults()).to.deep.equal({ undecodable: 0, invalid: 0, oversize: 0, timeout: 0, 'rate-limited': 4 })
  })

  it('take a quarter from one that is discouraged', async () => {
    await pair.callee.handle(rated(), () => ({ price: 1 }))
    pair.server.opinion.discouraged.add(pair.client.peerId.toString())
    expect(await call(4)).to.equal(2)
    clock.advance(4_000)
    expect(await call(2)).to.equal(1)
  })

  it('take nothing from one that is banned, and open nothing', async () => {
    await pair.callee.handle(rated(), () => ({ price: 1 }))
    expect(await call(1)).to.equal(1)
    pair.server.opinion.banned.add(pair.client.peerId.toString())
    expect(await call(2)).to.equal(0)
    const open = [...pair.connection.streams]
    for (const stream of open) stream.abort(new Error('again, on a new stream'))
    expect(await call(2, 'PROTOCOL_RESET')).to.equal(0)
    expect(charged()).to.deep.equal([])
  })

  it('count a call with a stream of its own like any other', async () => {
    await pair.callee.handle(rated({ rate: { perSecond: 1, burst: 2 } }), () => ({ price: 1 }))
    const outcomes: string[] = []
    for (let i = 0; i < 4; i++) {
      const stream = await pair.connection.newStream(ID)
      const lp = lpStream(stream, { maxDataLength: 1_000 })
      await lp.write(new TextEncoder().encode('{"item":"tea"}'))
      await stream.close()
      outcomes.push(await lp.read().then(() => 'answered', () => 'refused'))
    }
    expect(outcomes).to.deep.equal(['answered', 'answered', 'refused', 'refused'])
    expect(charged()).to.have.length(1)
    await pair.quiet()
  })

  it('do not charge for what a host used up together', async () => {
    const crowd = await protocolPair({ clock, localAsPublic: true })
    // the memory transport has no addresses, so nobody shares one
    await crowd.server.services.protocols.handle(rated({ rate: { perSecond: 1, burst: 1 } }), () => ({ price: 1 }))
    await crowd.client.services.protocols.request(crowd.server.peerId, rated(), { item: 'tea' })
    expect(crowd.server.services.protocols.snapshot().gauges).to.include({ ratedPeers: 1, ratedHosts: 0, ratedSubnets: 0 })
    await crowd.stop()
  })

  it('charge by the map of the protocol, or not at all', async () => {
    const raw = defineProtocol({ id: ID, request: bytes, response: bytes, maxMessageBytes: 1_000 })
    await pair.callee.handle(rated({ maxMessageBytes: 100, offences: { invalid: undefined, undecodable: 'fatal' } }), () => ({ price: 1 }))
    const send = async (message: Uint8Array): Promise<string> => pair.caller.request(pair.server.peerId, raw, message).then(() => 'answered', (err: ProtocolError) => err.code)
    expect(await send(new TextEncoder().encode('{}'))).to.equal('PROTOCOL_INVALID')
    expect(await send(new TextEncoder().encode('{'))).to.equal('PROTOCOL_INVALID')
    expect(await send(new Uint8Array(101))).to.equal('PROTOCOL_TOO_LARGE')
    expect(charged()).to.deep.equal(['fatal protocols:undecodable', 'severe protocols:oversize'])
    expect(faults()).to.include({ invalid: 1, undecodable: 1, oversize: 1 })
    expect(pair.server.opinion.offences[0]!.evidence).to.deep.equal(new TextEncoder().encode('{'))
  })

  it('charge who does not finish its message, and tell it', async () => {
    await pair.callee.handle(rated({ timeoutMs: 1_000 }), () => ({ price: 1 }))
    const stream = await pair.connection.newStream(ID)
    const chunks: number[] = []
    stream.addEventListener('message', ({ data }) => { chunks.push(...data.subarray()) })
    stream.send(Uint8Array.of(14, 0x7b))
    await eventually('it waits', () => pair.callee.snapshot().protocols[0]!.served!.streams === 1)
    await clock.advanceAsync(999, 999)
    expect(charged()).to.deep.equal([])
    await clock.advanceAsync(2, 2)
    await eventually('it is told', () => new TextDecoder().decode(Uint8Array.from(chunks)).includes('timeout'))
    expect(charged()).to.deep.equal(['minor protocols:timeout'])
    // and it need not close its side
    await clock.advanceAsync(10_000, 5_000)
    await pair.quiet()
  })

  it('charge nobody who leaves', async () => {
    await pair.callee.handle(rated(), () => ({ price: 1 }))
    const silent = await pair.connection.newStream(ID)
    await silent.close()
    const half = await pair.connection.newStream(ID)
    half.send(Uint8Array.of(14, 0x7b))
    await half.close()
    const rude = await pair.connection.newStream(ID)
    rude.send(Uint8Array.of(14))
    rude.abort(new Error('gone'))
    await pair.quiet()
    expect(charged()).to.deep.equal([])
    expect(pair.callee.snapshot().protocols[0]!.served).to.include({ calls: 0, active: 0 })
  })

  it('charge who talks nonsense on a stream of many calls', async () => {
    await pair.callee.handle(rated(), () => ({ price: 1 }))
    const stream = await pair.connection.newStream(`/peerkeep/mux/1.0.0${ID}`)
    stream.send(Uint8Array.of(2, 5, 5))
    await pair.quiet()
    expect(charged()).to.deep.equal(['severe protocols:undecodable'])
  })

  it('charge who answers nonsense on one, once', async () => {
    await pair.server.handle(`/peerkeep/mux/1.0.0${ID}`, async stream => {
      stream.addEventListener('message', () => { if (stream.status === 'open') stream.send(Uint8Array.of(1, 0x80)) })
    })
    const calls = Array.from({ length: 3 }, async () => pair.caller.request(pair.server.peerId, rated(), { item: 'tea' }).then(() => 'answered', (err: ProtocolError) => err.code))
    expect(await Promise.all(calls)).to.deep.equal(['PROTOCOL_BAD_RESPONSE', 'PROTOCOL_BAD_RESPONSE', 'PROTOCOL_BAD_RESPONSE'])
    expect(pair.client.opinion.offences.map(({ cause }) => cause)).to.deep.equal(['protocols:undecodable'])
    await pair.quiet()
  })
})
