import { expect } from 'chai'
import * as fc from 'fast-check'
import { PlayedMuxer, turn } from '../support/muxer-play.ts'
import { FLAG, frame, framesOf, TYPE } from '../support/yamux-frames.ts'
import type { Seen, Step, Use } from '../support/muxer-play.ts'
import type { Frame } from '../support/yamux-frames.ts'

const SEED = 7
const WINDOW = 256 * 1024
const MAX_WINDOW = 64 * WINDOW
const text = (value: string): Uint8Array => new TextEncoder().encode(value)
const hex = (value: string): Uint8Array => Uint8Array.from(Buffer.from(value.replaceAll(' ', ''), 'hex'))

/** Without the muxer's own pings, which come when they like. */
const framesBut = (bytes: Uint8Array): Frame[] => framesOf(bytes).filter(({ type, flags }) => !(type === TYPE.ping && flags === FLAG.syn))
const received = (seen: Seen): string[] => seen.streams.map(({ received }) => Buffer.from(received, 'hex').toString())

// the bytes that go-yamux writes for: open, "hello", half-close; each line a frame
const GO = {
  open: '00 01 0001 00000001 00000000',
  hello: '00 00 0000 00000001 00000005 68656c6c6f',
  half: '00 01 0004 00000001 00000000',
  reset: '00 01 0008 00000001 00000000',
  ping: '00 02 0001 00000000 0000002a',
  pong: '00 02 0002 00000000 0000002a',
  bye: '00 03 0000 00000000 00000000'
}

describe('the frames of yamux', () => {
  it('are what the specification says: opened, written, half-closed', async () => {
    using played = new PlayedMuxer('ours', 'outbound')
    const stream = await played.open()
    stream.send(text('hello'))
    await turn()
    await stream.close()
    await turn()
    // opened and written in one turn: the first frame opens, whichever it is
    const frames = framesBut(played.connection.written)
    expect(frames.filter(({ flags }) => (flags & FLAG.syn) !== 0).map(({ stream }) => stream)).to.deep.equal([1])
    expect(frames[0]).to.include({ flags: FLAG.syn, stream: 1 })
    expect(frames.find(({ type }) => type === TYPE.data)).to.deep.include({ stream: 1, length: 5, data: text('hello') })
    expect(frames.at(-1)).to.deep.equal({ type: TYPE.window, flags: FLAG.fin, stream: 1, length: 0 })
  })

  it('open with those of go-yamux, and answer them', async () => {
    using played = new PlayedMuxer('ours')
    for (const bytes of [GO.open, GO.hello, GO.ping]) played.connection.receive(hex(bytes))
    await turn()
    expect(received(played.seen())).to.deep.equal(['hello'])
    const [stream] = played.streams
    const frames = framesBut(played.connection.written)
    expect(frames.find(({ flags, stream }) => stream === 1 && flags === FLAG.ack)).to.include({ stream: 1 })
    expect(Buffer.from(played.connection.written).includes(Buffer.from(hex(GO.pong)))).to.equal(true)
    played.connection.receive(hex(GO.half))
    await stream?.close()
    await turn()
    expect(stream?.status).to.equal('closed')
    played.connection.receive(hex(GO.bye))
    expect(played.muxer.status).to.equal('closed')
  })

  it('a reset ends a stream at once, and no other', async () => {
    using played = new PlayedMuxer('ours')
    played.connection.receive(Buffer.concat([GO.open, GO.hello].map(hex)))
    played.connection.receive(frame(TYPE.window, FLAG.syn, 3, 0))
    played.connection.receive(hex(GO.reset))
    expect(played.streams.map(({ status }) => status)).to.deep.equal(['reset', 'open'])
    expect(played.muxer.status).to.equal('open')
  })

  it('of rust-yamux and py-yamux, too: data that opens, and data that ends', async () => {
    using played = new PlayedMuxer('ours')
    played.connection.receive(Buffer.concat([frame(TYPE.data, FLAG.syn, 1, text('all in ')), frame(TYPE.data, FLAG.fin, 1, text('one'))]))
    await turn()
    expect(received(played.seen())).to.deep.equal(['all in one'])
    expect(played.seen().streams[0]?.told).to.deep.equal(['no more comes'])
  })

  it('arrive whole however they are cut', async () => {
    const all = Buffer.concat([hex(GO.open), ...['one', 'two', 'three'].map(word => frame(TYPE.data, 0, 1, text(word)))])
    for (let size = 1; size <= all.length; size++) {
      using played = new PlayedMuxer('ours')
      for (let at = 0; at < all.length; at += size) played.connection.receive(all.subarray(at, at + size))
      expect(received(played.seen()), String(size)).to.deep.equal(['onetwothree'])
    }
  })

  it('go on one after the other in one piece, as long as they are of one turn', async () => {
    using played = new PlayedMuxer('ours', 'outbound')
    await turn()
    const before = played.connection.writes.length
    const streams = [await played.open(), await played.open()]
    for (const stream of streams) for (const word of ['a', 'b', 'c']) stream.send(text(word))
    await turn()
    expect(played.connection.writes.length - before).to.be.at.most(2)
    expect(played.seen().sent).to.deep.include({ 1: ['flags 1', 'data 616263'], 3: ['flags 1', 'data 616263'] })
  })

  it('a remote gets its window back before it has to wait', async () => {
    using played = new PlayedMuxer('ours')
    played.connection.receive(hex(GO.open))
    let credit = WINDOW
    for (let sent = 0; sent < 8 * WINDOW; sent += 8_192) {
      expect(credit, `after ${sent} bytes`).to.be.at.least(8_192)
      played.connection.receive(frame(TYPE.data, 0, 1, new Uint8Array(8_192)))
      await new Promise(resolve => process.nextTick(resolve))
      credit = WINDOW - sent - 8_192 + framesOf(played.connection.written).filter(({ type }) => type === TYPE.window).reduce((sum, { length }) => sum + length, 0)
    }
  })

  const faults: Record<string, Uint8Array> = {
    'another version': frame(TYPE.ping, FLAG.syn, 0, 1).with(0, 1),
    'a type that is none': frame(4, 0, 0, 0),
    'a ping of a stream': frame(TYPE.ping, FLAG.syn, 1, 0),
    'data of no stream': frame(TYPE.data, FLAG.syn, 0, text('x')),
    'a ping that neither asks nor answers': frame(TYPE.ping, FLAG.fin, 0, 1),
    'an answer to no ping': frame(TYPE.ping, FLAG.ack, 0, 77),
    'a stream that only we may open': frame(TYPE.window, FLAG.syn, 2, 0),
    'more than the window': Buffer.concat([hex(GO.open), frame(TYPE.data, 0, 1, new Uint8Array(WINDOW + 1))]),
    'it goes away, for a fault of ours': frame(TYPE.goAway, 0, 0, 1)
  }
  for (const [name, bytes] of Object.entries(faults)) {
    it(`${name} has the verdict that it has with stock yamux`, async () => {
      const verdict = async (kind: 'ours' | 'stock'): Promise<Seen> => {
        using played = new PlayedMuxer(kind)
        await turn()
        return structuredClone(await played.play([{ what: 'receive', bytes }]))
      }
      expect(await verdict('ours')).to.deep.equal(await verdict('stock'))
    })
  }
})

// most of them make sense, and all mean the same few streams
const stream = fc.oneof({ weight: 6, arbitrary: fc.constantFrom(1, 3, 5, 7) }, { weight: 1, arbitrary: fc.constantFrom(0, 2, 0xffff_ffff) })
const flags = fc.oneof({ weight: 8, arbitrary: fc.constantFrom(0, 0, FLAG.syn, FLAG.ack, FLAG.fin, FLAG.rst, FLAG.syn | FLAG.fin) }, { weight: 1, arbitrary: fc.nat(0xffff) })
const data = fc.uint8Array({ maxLength: 40 })
const anyFrame = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(flags, stream, data).map(([flags, stream, data]) => frame(TYPE.data, flags, stream, data)) },
  { weight: 5, arbitrary: fc.tuple(flags, stream, fc.constantFrom(0, 1, 65_536, 0xffff_ffff)).map(([flags, stream, length]) => frame(TYPE.window, flags, stream, length)) },
  { weight: 1, arbitrary: fc.tuple(flags, fc.nat(9)).map(([flags, id]) => frame(TYPE.ping, flags, 0, id)) },
  { weight: 1, arbitrary: fc.tuple(fc.nat(255), flags, stream, fc.nat()).map(parts => frame(...parts)) },
  { weight: 1, arbitrary: fc.tuple(stream, data, fc.nat(60)).map(([stream, data, lie]) => frame(TYPE.data, 0, stream, data, lie)) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 30 }) }
)
/** Frames in pieces that have nothing to do with where one ends. */
const receives = fc.tuple(fc.array(anyFrame, { maxLength: 6 }), fc.integer({ min: 1, max: 60 })).map(([frames, size]): Step[] => {
  const all = Buffer.concat(frames)
  return Array.from({ length: Math.ceil(all.length / size) }, (_, i) => ({ what: 'receive', bytes: Uint8Array.from(all.subarray(i * size, (i + 1) * size)) }))
})
const which = fc.nat(5)
const does = fc.oneof(
  fc.constant<Step>({ what: 'open' }),
  fc.constant<Step>({ what: 'turn' }),
  fc.tuple(which, data).map(([stream, bytes]): Step => ({ what: 'send', stream, bytes })),
  fc.tuple(fc.constantFrom<Use[]>('close', 'abort', 'pause', 'resume'), which).map(([what, stream]): Step => ({ what, stream }))
)
const steps = fc.array(fc.oneof(receives, does.map(step => [step])), { maxLength: 25 }).map(lists => lists.flat())

describe('any frames at all', () => {
  it('have the verdict that they have with stock yamux: the same streams, bytes and ends', async () => {
    await fc.assert(fc.asyncProperty(steps, fc.constantFrom('inbound', 'outbound'), async (steps, direction) => {
      using ours = new PlayedMuxer('ours', direction)
      using stock = new PlayedMuxer('stock', direction)
      const [own, other] = [await ours.play(steps), await stock.play(steps)]
      // stock waits for a frame of up to 4 GiB
      if (stock.awaitedBytes > MAX_WINDOW) expect(own).to.include({ connection: 'aborted' })
      // longer than the window of a stream that is there, or never was
      else if (stock.awaitedBytes > WINDOW && own.connection === 'aborted') expect(own.ends).to.deep.equal(['abort'])
      else expect(own).to.deep.equal(other)
    }), { seed: SEED, numRuns: 100 })
  })

  it('over a connection that is full now and then, all bytes go out in their order', async () => {
    const word = fc.tuple(fc.nat(3), fc.integer({ min: 1, max: 3_000 })).map(([stream, length]): Step => ({ what: 'send', stream, bytes: new Uint8Array(length).fill(length) }))
    const flow = fc.array(fc.oneof({ weight: 6, arbitrary: word }, { weight: 1, arbitrary: fc.constantFrom<Step>({ what: 'fill' }, { what: 'drain' }, { what: 'turn' }) }), { maxLength: 40 })
    await fc.assert(fc.asyncProperty(flow, async flow => {
      const steps: Step[] = [...Array.from({ length: 4 }, (): Step => ({ what: 'open' })), ...flow, ...Array.from({ length: 4 }, (_, stream): Step => ({ what: 'close', stream }))]
      using ours = new PlayedMuxer('ours', 'outbound')
      using stock = new PlayedMuxer('stock', 'outbound')
      expect(await ours.play(steps)).to.deep.equal(await stock.play(steps))
    }), { seed: SEED, numRuns: 40 })
  })
})
