import { expect } from 'chai'
import { ProtocolError } from '../../../src/services/protocols/index.ts'
import { eachPair } from '../../support/each-pair.ts'
import { eventually } from '../../support/eventually.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import type { Stream } from '@libp2p/interface'
import type { GuardOptions, Protocols } from '../../../src/services/protocols/index.ts'

const ID = '/raw/1.0.0'

describe('protocols: guarded raw handlers', () => {
  let clock: ManualClock
  const pair = eachPair({ init: () => ({ clock: clock = new ManualClock() }) })
  /** Bytes that the handler has read, by stream. */
  let read: number[]
  beforeEach(() => { read = [] })

  const guard = async (options?: GuardOptions): Promise<void> => pair.callee.guard(ID, async stream => {
    const at = read.push(0) - 1
    // whoever waits before reading loses nothing
    for (let turn = 0; turn < 10; turn++) await new Promise(resolve => setImmediate(resolve))
    stream.addEventListener('end', () => { stream.close().catch(() => {}) })
    stream.addEventListener('message', ({ data }) => { read[at]! += data.byteLength })
  }, options)
  const open = async (...sizes: number[]): Promise<Stream> => {
    const stream = await pair.connection.newStream(ID, { maxOutboundStreams: 100 })
    for (const size of sizes) if (stream.status === 'open') stream.send(new Uint8Array(size))
    return stream
  }
  const charged = (): string[] => pair.server.opinion.offences.map(({ offence, cause }) => `${offence} ${cause}`)
  const served = (): NonNullable<ReturnType<Protocols['snapshot']>['protocols'][0]['served']> => pair.callee.snapshot().protocols[0]!.served!

  it('work as before', async () => {
    await guard()
    const stream = await open(10, 20)
    await stream.close()
    await pair.quiet()
    expect(read).to.deep.equal([30])
    expect(served()).to.include({ calls: 1, failed: 0, active: 0, streams: 0 })
    expect(charged()).to.deep.equal([])
    expect(clock.pending).to.equal(0)
  })

  it('take only so many streams from a peer, and fewer from a discouraged one', async () => {
    await guard({ rate: { perSecond: 1, burst: 4 } })
    for (let i = 0; i < 6; i++) (await open(1)).close().catch(() => {})
    await pair.quiet()
    expect(read).to.have.length(4)
    expect(charged()).to.deep.equal(['minor protocols:rate-limited'])
    pair.server.opinion.discouraged.add(pair.client.peerId.toString())
    for (let i = 0; i < 3; i++) (await open(1)).close().catch(() => {})
    await pair.quiet()
    expect(read).to.have.length(5)
    pair.server.opinion.banned.add(pair.client.peerId.toString())
    clock.advance(60_000)
    const stream = await open(1)
    await eventually('it is reset', () => stream.status === 'reset')
    expect(read).to.have.length(5)
  })

  it('take only so many bytes', async () => {
    await guard({ maxBytes: 100, offences: { oversize: 'fatal' } })
    const stream = await open(100)
    await eventually('all is read', () => read[0] === 100)
    stream.send(new Uint8Array(1))
    await eventually('it is reset', () => stream.status === 'reset')
    expect(charged()).to.deep.equal(['fatal protocols:oversize'])
    expect(served().faults.oversize).to.equal(1)
    await pair.quiet()
  })

  it('take no stream on which nothing arrives', async () => {
    await guard({ idleMs: 1_000 })
    const stream = await open(1)
    await eventually('it is there', () => read[0] === 1)
    await clock.advanceAsync(900, 900)
    stream.send(new Uint8Array(1))
    await eventually('it is there', () => read[0] === 2)
    await clock.advanceAsync(900, 900)
    expect(stream.status).to.equal('open')
    await clock.advanceAsync(200, 200)
    await eventually('it is reset', () => stream.status === 'reset')
    expect(charged()).to.deep.equal([])
    await pair.quiet()
  })

  it('may fail: the stream is reset, and it is counted', async () => {
    await pair.callee.guard(ID, async () => { throw new Error('no') })
    const stream = await open(1)
    await eventually('it is reset', () => stream.status === 'reset')
    expect(served()).to.include({ failed: 1, active: 0 })
  })

  it('are taken back, with what is going on', async () => {
    await guard()
    const stream = await open(1)
    await eventually('it is there', () => read[0] === 1)
    await pair.callee.unhandle(ID)
    await eventually('it is reset', () => stream.status === 'reset')
    expect(pair.server.getProtocols()).not.to.include(ID)
    await guard()
    expect(pair.server.getProtocols()).to.include(ID)
  })

  it('are one for each id', async () => {
    await guard()
    const again = await guard().then(() => undefined, (err: unknown) => err)
    expect(again).to.be.instanceOf(ProtocolError).with.property('code', 'PROTOCOL_ALREADY_HANDLED')
    await pair.server.handle('/other', () => {})
    const taken = await pair.callee.guard('/other', () => {}).then(() => undefined, (err: unknown) => err)
    expect(taken).to.be.instanceOf(ProtocolError).with.property('code', 'PROTOCOL_ALREADY_HANDLED')
  })

  it('do not limit the streams that this node opens', async () => {
    await guard({ maxInboundStreams: 1 })
    await pair.client.handle(ID, () => {}, { maxInboundStreams: 10 })
    const streams = await Promise.all(Array.from({ length: 3 }, async () => pair.inbound.newStream(ID)))
    expect(streams.map(({ status }) => status)).to.deep.equal(['open', 'open', 'open'])
    for (const stream of streams) stream.abort(new Error('done'))
  })

  it('refuse limits that are none', async () => {
    const wrong: GuardOptions[] = [{ idleMs: 0 }, { maxBytes: -1 }, { maxInboundStreams: 1.5 }, { rate: { perSecond: 1, burst: 0 } }]
    for (const options of wrong) {
      const err = await guard(options).then(() => undefined, (err: unknown) => err)
      expect(err).to.be.instanceOf(ProtocolError).with.property('code', 'PROTOCOL_DEFINITION_INVALID')
    }
  })
})
