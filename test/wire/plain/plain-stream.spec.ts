import { expect } from 'chai'
import { systemClock } from '../../../src/util/clock.ts'
import { PlainStream } from '../../../src/wire/plain/plain-stream.ts'
import { barePair } from '../../support/bare-pair.ts'
import { eventually, standstill } from '../../support/eventually.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import { rejection } from '../../support/rejection.ts'
import { watchUnhandled } from '../../support/unhandled.ts'
import type { Stream } from '@libp2p/interface'
import type { BarePair } from '../../support/bare-pair.ts'

const ID = '/test/plain/1.0.0'
const MIB = 1024 * 1024

describe('wire/plain: messages on a stream', () => {
  let pair: BarePair
  let unhandled: ReturnType<typeof watchUnhandled>
  let near: PlainStream
  let far: PlainStream

  before(async () => { pair = await barePair() })
  after(async () => { await pair.stop() })

  beforeEach(async () => {
    unhandled = watchUnhandled()
    const inbound = Promise.withResolvers<Stream>()
    await pair.server.handle(ID, stream => { inbound.resolve(stream) }, { force: true })
    near = new PlainStream(await pair.raw(ID), { maxReadBytes: 4 * MIB, failures: true })
    far = new PlainStream(await inbound.promise, { maxReadBytes: 4 * MIB, failures: true })
  })

  afterEach(async () => {
    near.abort(new Error('the test is over'))
    far.abort(new Error('the test is over'))
    await pair.quiet(ID)
    await unhandled.stop()
  })

  const text = (bytes?: Uint8Array): string | undefined => bytes == null ? undefined : new TextDecoder().decode(bytes)
  const encode = (value: string): Uint8Array => new TextEncoder().encode(value)

  it('go both ways, in order, of all sizes, until both have closed', async () => {
    const sizes = [0, 1, 127, 128, 65_000, 65_472, 131_000, 131_072, 700_000, 3 * MIB]
    const sending = (async () => {
      for (const size of sizes) if (!near.send(new Uint8Array(size).fill(size % 251))) await near.drained(systemClock, 60_000)
      near.closeWrite()
    })()
    for (const size of sizes) {
      const message = await far.read()
      expect(message).to.have.length(size)
      expect(message!.every(byte => byte === size % 251)).to.equal(true)
    }
    await sending
    expect(await far.read()).to.equal(undefined)
    expect(await far.read()).to.equal(undefined)
    far.send(encode('done'))
    far.closeWrite()
    expect(text(await near.read())).to.equal('done')
    expect(await near.read()).to.equal(undefined)
    await eventually('both have closed', () => near.closed && far.closed)
  }).timeout(10_000)

  it('wait at the sender when nobody reads them', async () => {
    const chunk = new Uint8Array(64 * 1024)
    let sent = 0
    const sending = (async () => {
      for (; sent < 512; sent++) if (!near.send(chunk)) await near.drained(systemClock, 60_000)
      near.closeWrite()
    })()
    // the window, which has grown to 16 MiB at most, and the buffers of both sides
    expect(await standstill(() => sent) * chunk.byteLength).to.be.lessThan(20 * MIB)
    expect(far.bufferedBytes).to.be.lessThan(MIB)
    let read = 0
    while (await far.read() != null) read++
    expect(read).to.equal(512)
    await sending
  })

  it('end with a failure, after which nothing is heard', async () => {
    near.send(encode('a request'))
    expect(text(await far.read())).to.equal('a request')
    far.fail('sold-out', 'no tea', systemClock, 1_000)
    near.send(encode('more'))
    const error = await rejection(near.read())
    expect(error.details).to.deep.equal({ remoteCode: 'sold-out' })
    near.finish(systemClock, 1_000)
    await eventually('both have closed', () => near.closed && far.closed)
  })

  it('are aborted when the other side does not close after a failure', async () => {
    const clock = new ManualClock()
    far.fail('busy', '', clock, 1_000)
    await rejection(near.read())
    await clock.advanceAsync(1_000)
    expect(far.closed).to.equal(true)
    await eventually('the near side sees it', () => near.closed)
    expect(clock.pending).to.equal(0)
  })

  it('tell a reset from an end', async () => {
    near.send(encode('one'))
    expect(text(await far.read())).to.equal('one')
    const reading = rejection(far.read())
    near.abort(new Error('enough'))
    expect((await reading).code).to.equal('WIRE_RESET')
    expect((await rejection(far.read())).code).to.equal('WIRE_RESET')
    expect(() => far.send(encode('two'))).to.throw('gave up')
  })

  it('that came before a reset are read all the same', async () => {
    near.send(encode('one'))
    near.send(encode('two'))
    await eventually('both are here', () => far.bufferedBytes === 6)
    near.abort(new Error('enough'))
    await eventually('the far side sees it', () => far.closed)
    expect([text(await far.read()), text(await far.read())]).to.deep.equal(['one', 'two'])
    expect((await rejection(far.read())).code).to.equal('WIRE_RESET')
  })

  it('do not end in the middle of one', async () => {
    near.stream.send(Uint8Array.of(5, 1, 2))
    near.closeWrite()
    expect((await rejection(far.read())).message).to.contain('in the middle')
  })

  it('reject whoever waits for room when the stream breaks', async () => {
    while (near.send(new Uint8Array(256 * 1024)));
    const waiting = rejection(near.drained(systemClock, 60_000))
    far.abort(new Error('enough'))
    expect((await waiting).code).to.equal('WIRE_RESET')
  })

  for (const side of ['this', 'the other'] as const) {
    it(`that are cut off by ${side} side's end of the connection are no end`, async () => {
      const own = await barePair()
      const inbound = Promise.withResolvers<Stream>()
      await own.server.handle(ID, stream => { inbound.resolve(stream) })
      const reader = new PlainStream(await own.raw(ID), { maxReadBytes: 100, failures: true })
      const writer = new PlainStream(await inbound.promise, { maxReadBytes: 100, failures: true })
      writer.send(encode('item'))
      expect(text(await reader.read())).to.equal('item')
      const reading = rejection(reader.read())
      await (side === 'this' ? own.connection : own.inbound).close()
      expect((await reading).code).to.equal('WIRE_RESET')
      await own.stop()
    })
  }

  it('that come before anybody listens are not lost', async () => {
    const inbound = Promise.withResolvers<Stream>()
    await pair.server.handle(ID, stream => { inbound.resolve(stream) }, { force: true })
    const stream = await pair.raw(ID)
    stream.send(Uint8Array.of(3, 1, 2, 3))
    await stream.close()
    const late = await inbound.promise
    await eventually('it is here', () => late.readBufferLength > 0)
    const plain = new PlainStream(late, { maxReadBytes: 10, failures: false })
    expect([...(await plain.read())!]).to.deep.equal([1, 2, 3])
    expect(await plain.read()).to.equal(undefined)
    plain.finish(systemClock, 1_000)
  })
})
