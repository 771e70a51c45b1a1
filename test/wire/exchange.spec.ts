import { lpStream } from '@libp2p/utils'
import { expect } from 'chai'
import { notify, request } from '../../src/wire/request.ts'
import { serve } from '../../src/wire/serve.ts'
import { barePair } from '../support/bare-pair.ts'
import { eventually } from '../support/eventually.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { rejection } from '../support/rejection.ts'
import { watchUnhandled } from '../support/unhandled.ts'
import type { Stream, StreamHandler } from '@libp2p/interface'
import type { Offence } from '../../src/components.ts'
import type { WireError } from '../../src/wire/errors.ts'
import type { Codec, MessageProtocol, WireFault } from '../../src/wire/protocol.ts'
import type { Handler, Server } from '../../src/wire/serve.ts'
import type { BarePair } from '../support/bare-pair.ts'

const text: Codec<string> = {
  encode: value => new TextEncoder().encode(value),
  decode: bytes => {
    if (bytes[0] === 0xff) throw new Error('no text')
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  }
}

const echo: MessageProtocol<string, string> = {
  id: '/test/echo/1.0.0',
  request: text,
  response: text,
  maxRequestBytes: 300,
  maxResponseBytes: 1_000,
  timeoutMs: 5_000,
  maxInboundStreams: 32,
  maxOutboundStreams: 32,
  rate: { perSecond: 1, burst: 50 },
  offences: { undecodable: 'severe', oversize: 'severe', timeout: 'minor', 'rate-limited': 'moderate' }
}

const note: MessageProtocol<string> = { ...echo, id: '/test/note/1.0.0', response: undefined }

interface Fault {
  peer: string
  fault: WireFault
  offence?: Offence
  evidence?: Uint8Array
}

describe('wire: one exchange on one stream', () => {
  let pair: BarePair
  let clock: ManualClock
  let faults: Fault[]
  let servers: Server[]
  let unhandled: ReturnType<typeof watchUnhandled>

  before(async () => { pair = await barePair() })
  after(async () => { await pair.stop() })

  beforeEach(() => {
    clock = new ManualClock()
    faults = []
    servers = []
    unhandled = watchUnhandled()
  })

  afterEach(async () => {
    await Promise.all(servers.map(async server => server.stop()))
    await pair.quiet(echo.id)
    await pair.quiet(note.id)
    expect(clock.pending, 'timers left').to.equal(0)
    expect(servers.map(server => server.snapshot().active)).to.deep.equal(servers.map(() => 0))
    await unhandled.stop()
  })

  async function serving<Res> (protocol: MessageProtocol<string, Res>, handler: Handler<string, Res>): Promise<Server> {
    const server = serve(pair.server.components, protocol, handler, {
      clock,
      onFault: (peerId, fault, offence, evidence) => { faults.push({ peer: peerId.toString(), fault, offence, evidence }) }
    })
    servers.push(server)
    await server.start()
    return server
  }

  /** A server of the same protocol that does with its streams what it likes. */
  async function rogue (handler: StreamHandler, work: () => Promise<void>): Promise<void> {
    await pair.server.handle(echo.id, handler)
    try {
      await work()
    } finally {
      await pair.server.unhandle(echo.id)
    }
  }

  const faulty = async (fault: WireFault): Promise<Fault> => eventually(fault, () => faults.find(item => item.fault === fault)) as Promise<Fault>

  it('answers, and both sides have closed the stream afterwards', async () => {
    const server = await serving(echo, (message, { peerId }) => `${message} ${peerId.toString()}`)
    expect(await request(pair.connection, echo, 'hello', { clock })).to.equal(`hello ${pair.client.peerId.toString()}`)
    await pair.quiet(echo.id)
    expect(server.snapshot()).to.deep.include({ served: 1, failed: 0, active: 0, ratedPeers: 1 })
    expect(faults).to.deep.equal([])
  })

  it('takes messages up to the limit, the empty one too', async () => {
    await serving(echo, message => `${message.length}`)
    for (const length of [0, 1, 127, 128, 299, 300]) {
      expect(await request(pair.connection, echo, 'x'.repeat(length), { clock })).to.equal(`${length}`)
    }
  })

  it('tells how quick and how long an answer was', async () => {
    const answers: unknown[] = []
    await serving(echo, message => {
      clock.advance(120)
      return message.repeat(2)
    })
    await request(pair.connection, echo, 'abc', { clock, onAnswer: answer => answers.push(answer) })
    expect(answers).to.deep.equal([{ tookMs: 120, bytes: 6 }])
    const failing = request(pair.connection, { ...echo, maxResponseBytes: 5 }, 'abc', { clock, onAnswer: answer => answers.push(answer) })
    expect((await rejection(failing)).code).to.equal('WIRE_OVERSIZE')
    expect(answers).to.have.length(1)
  })

  it('ends a stream by its deadline however slowly the remote goes on writing', async () => {
    await serving(echo, message => message)
    const stream = await pair.raw(echo.id)
    const ended = new Promise<void>(resolve => stream.addEventListener('close', () => resolve(), { once: true }))
    // a message of 100 bytes, one byte a second
    stream.send(Uint8Array.of(100))
    await eventually('the server reads', () => servers[0]?.snapshot().active === 1)
    for (let second = 1; second < echo.timeoutMs / 1_000; second++) {
      stream.send(Uint8Array.of(0x61))
      await clock.advanceAsync(1_000)
    }
    expect(stream.status).to.equal('open')
    await clock.advanceAsync(1_000)
    await ended
    expect((await faulty('timeout')).offence).to.equal('minor')
  })

  it('refuses to send more than the protocol allows, or to ask where there is no answer', async () => {
    expect((await rejection(request(pair.connection, echo, 'x'.repeat(301), { clock }))).code).to.equal('WIRE_OVERSIZE')
    expect((await rejection(request(pair.connection, note, 'x', { clock }))).code).to.equal('WIRE_USAGE')
  })

  it('notifies: resolves when the other side has taken the message', async () => {
    const taken: string[] = []
    await serving(note, message => { taken.push(message) })
    await notify(pair.connection, note, 'news', { clock })
    expect(taken).to.deep.equal(['news'])
  })

  it('says that nobody speaks the protocol', async () => {
    const error = await rejection(request(pair.connection, { ...echo, id: '/test/nobody/1.0.0' }, 'x', { clock }))
    expect(error.code).to.equal('WIRE_UNSUPPORTED')
    expect(error.message).to.contain('/test/nobody/1.0.0').and.contain(pair.server.peerId.toString())
  })

  it('gives up on a server that is silent, after the time of the clock it was given', async () => {
    let opened = 0
    await rogue(() => { opened++ }, async () => {
      const answer = rejection(request(pair.connection, echo, 'x', { clock }))
      await eventually('the stream is open', () => opened === 1)
      clock.advance(echo.timeoutMs)
      const error = await answer as WireError
      expect(error.code).to.equal('WIRE_TIMEOUT')
      expect(error.fault).to.equal('timeout')
    })
  })

  it('gives up when the caller does', async () => {
    let opened = 0
    await rogue(() => { opened++ }, async () => {
      const controller = new AbortController()
      const answer = rejection(request(pair.connection, echo, 'x', { clock, signal: controller.signal }))
      await eventually('the stream is open', () => opened === 1)
      controller.abort()
      expect((await answer).code).to.equal('WIRE_ABORTED')
      expect((await rejection(request(pair.connection, echo, 'x', { clock, signal: controller.signal }))).code).to.equal('WIRE_ABORTED')
    })
  })

  it('takes an answer from a server that did not read the question', async () => {
    await rogue(async stream => {
      await lpStream(stream).write(text.encode('early'))
      await stream.close()
    }, async () => {
      expect(await request(pair.connection, echo, 'x', { clock })).to.equal('early')
    })
  })

  it('does not wait for a server that answers and never closes, and has the stream ended at the deadline', async () => {
    await rogue(async stream => { await lpStream(stream).write(text.encode('open end')) }, async () => {
      expect(await request(pair.connection, echo, 'x', { clock })).to.equal('open end')
      clock.advance(echo.timeoutMs)
      await pair.quiet(echo.id)
    })
  })

  const misbehaving: Array<[string, (stream: Stream) => Promise<void> | void, string, WireFault]> = [
    ['closes without an answer', async stream => stream.close(), 'WIRE_RESET', 'reset'],
    ['resets', stream => { stream.abort(new Error('no')) }, 'WIRE_RESET', 'reset'],
    ['answers with half a message', async stream => { stream.send(Uint8Array.of(9, 65)); await stream.close() }, 'WIRE_RESET', 'reset'],
    ['answers with too much', async stream => { await lpStream(stream).write(new Uint8Array(1_001)) }, 'WIRE_OVERSIZE', 'oversize'],
    ['answers with nonsense', async stream => { await lpStream(stream).write(Uint8Array.of(0xff, 1, 2)) }, 'WIRE_UNDECODABLE', 'undecodable']
  ]
  for (const [what, handler, code, fault] of misbehaving) {
    it(`rejects when the server ${what}`, async () => {
      await rogue(handler, async () => {
        const error = await rejection(request(pair.connection, echo, 'x', { clock })) as WireError
        expect(error).to.include({ code, fault })
        if (fault === 'undecodable') expect(error.evidence).to.deep.equal(Uint8Array.of(0xff, 1, 2))
      })
    })
  }

  it('charges a client for bytes that are no message, with the bytes as evidence', async () => {
    await serving(echo, message => message)
    const stream = await pair.raw(echo.id)
    await lpStream(stream).write(Uint8Array.of(0xff, 7))
    expect(await faulty('undecodable')).to.deep.equal({ peer: pair.client.peerId.toString(), fault: 'undecodable', offence: 'severe', evidence: Uint8Array.of(0xff, 7) })
  })

  const oversize: Array<[string, Uint8Array]> = [
    ['a length over the limit', Uint8Array.of(0xad, 0x02)],
    ['a length of five bytes', Uint8Array.of(0x80, 0x80, 0x80, 0x80, 0x01)],
    ['a length that never ends', new Uint8Array(200).fill(0x80)]
  ]
  for (const [what, bytes] of oversize) {
    it(`charges a client for ${what}`, async () => {
      await serving(echo, message => message)
      const stream = await pair.raw(echo.id)
      stream.send(bytes)
      expect((await faulty('oversize')).offence).to.equal('severe')
      await eventually('the server ends the stream', () => pair.inbound.streams.every(({ protocol }) => protocol !== echo.id))
      stream.abort(new Error('done'))
    })
  }

  it('takes no notice of what comes after the message, and ends the stream in time', async () => {
    await serving(echo, message => message)
    const stream = await pair.raw(echo.id)
    stream.send(new Uint8Array(5_000).fill(0x20))
    expect(text.decode((await lpStream(stream).read()).subarray())).to.equal(' '.repeat(0x20))
    stream.send(new Uint8Array(100_000).fill(0xff))
    await clock.advanceAsync(echo.timeoutMs, 1_000)
    await eventually('the server ends the stream', () => pair.inbound.streams.every(({ protocol }) => protocol !== echo.id))
    expect(faults).to.deep.equal([])
  })

  it('cuts off who writes one byte a second', async () => {
    let handled = 0
    await serving(echo, message => { handled++; return message })
    const stream = await pair.raw(echo.id)
    stream.send(Uint8Array.of(100))
    await eventually('the server waits', () => servers[0]?.snapshot().active === 1)
    for (let second = 1; second <= 5; second++) {
      expect(faults).to.deep.equal([])
      if (stream.status === 'open') stream.send(Uint8Array.of(65))
      await clock.advanceAsync(1_000, 1_000)
    }
    expect((await faulty('timeout')).offence).to.equal('minor')
    expect(handled).to.equal(0)
  })

  it('ends a stream whose client never closes its side, without a charge', async () => {
    await serving(echo, message => message)
    const stream = await pair.raw(echo.id)
    const lp = lpStream(stream)
    await lp.write(text.encode('open end'))
    expect(text.decode((await lp.read()).subarray())).to.equal('open end')
    expect(servers[0]?.snapshot().active).to.equal(1)
    clock.advance(echo.timeoutMs)
    await pair.quiet(echo.id)
    expect(faults).to.deep.equal([])
  })

  it('turns a peer away that asks too often, before it reads what it asks', async () => {
    const limited = { ...echo, rate: { perSecond: 1, burst: 2 } }
    let handled = 0
    await serving(limited, message => { handled++; return message })
    await request(pair.connection, limited, 'x', { clock })
    await request(pair.connection, limited, 'x', { clock })
    expect((await rejection(request(pair.connection, limited, 'x', { clock }))).code).to.equal('WIRE_RESET')
    expect(await faulty('rate-limited')).to.include({ offence: 'moderate', evidence: undefined })
    expect(handled).to.equal(2)
    clock.advance(1_000)
    await request(pair.connection, limited, 'x', { clock })
    expect(handled).to.equal(3)
  })

  it('resets the stream when its own handler fails, and charges nobody', async () => {
    const server = await serving(echo, message => { throw new Error(`cannot ${message}`) })
    expect((await rejection(request(pair.connection, echo, 'x', { clock }))).code).to.equal('WIRE_RESET')
    expect(faults).to.deep.equal([])
    expect(server.snapshot()).to.deep.include({ served: 0, failed: 1 })
  })

  it('does not send an answer over the limit', async () => {
    const server = await serving(echo, () => 'x'.repeat(1_001))
    expect((await rejection(request(pair.connection, echo, 'x', { clock }))).code).to.equal('WIRE_RESET')
    expect(server.snapshot().failed).to.equal(1)
  })

  it('tells a handler when time is up', async () => {
    let reason: unknown
    await serving(echo, async (_, { signal }) => new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        reason = signal.reason
        reject(signal.reason as Error)
      })
    }))
    const answer = rejection(request(pair.connection, echo, 'x', { clock: new ManualClock() }))
    await eventually('the handler runs', () => servers[0]?.snapshot().active === 1 && clock.pending === 1)
    await clock.advanceAsync(echo.timeoutMs, echo.timeoutMs)
    expect((await answer).code).to.equal('WIRE_RESET')
    expect(reason).to.have.property('name', 'TimeoutError')
    expect(servers[0]?.snapshot().failed).to.equal(0)
  })

  it('stops: what is going on is aborted, and the protocol is gone; starts again', async () => {
    const server = await serving(echo, async () => new Promise<string>(() => {}))
    const answer = rejection(request(pair.connection, echo, 'x', { clock }))
    await eventually('the handler runs', () => server.snapshot().active === 1)
    await server.stop()
    expect((await answer).code).to.equal('WIRE_RESET')
    expect(faults).to.deep.equal([])
    expect((await rejection(request(pair.connection, echo, 'x', { clock }))).code).to.equal('WIRE_UNSUPPORTED')
    await server.start()
  })

  it('survives connections that vanish in the middle', async () => {
    const other = await barePair()
    const server = serve(other.server.components, echo, async () => new Promise<string>(() => {}), { clock, onFault: (_, fault, offence) => { faults.push({ peer: '', fault, offence }) } })
    await server.start()
    const answers = Array.from({ length: 5 }, async () => rejection(request(other.connection, echo, 'x', { clock })))
    const half = await other.raw(echo.id)
    half.send(Uint8Array.of(100, 65))
    await eventually('all are open', () => server.snapshot().active === 6)
    other.inbound.abort(new Error('gone'))
    for (const error of await Promise.all(answers)) expect(error.code).to.equal('WIRE_RESET')
    await eventually('none is left', () => server.snapshot().active === 0)
    expect(faults.filter(({ offence }) => offence != null)).to.deep.equal([])
    await server.stop()
    await other.stop()
  })
})
