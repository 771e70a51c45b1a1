import { expect } from 'chai'
import { rejection } from '../../support/rejection.ts'
import { frame, join } from './support/frames.ts'
import { LIMITS, muxEnds, pattern, serverEnd, TIMEOUT_MS } from './support/mux-ends.ts'
import type { LinkedStream } from './support/linked-streams.ts'

const CAPACITY = 64 * 1024
const PIECE = 16 * 1024
const STEP = 1_000

/** The bytes that had to be delivered, a few at a time. */
async function deliverUntil (stream: LinkedStream, done: () => boolean): Promise<number> {
  let delivered = 0
  while (!done()) {
    if (!stream.deliver(STEP)) throw new Error('nothing is on the way')
    delivered += STEP
    await new Promise(resolve => setImmediate(resolve))
  }
  return delivered
}

describe('wire/mux: back pressure', () => {
  it('hands over no more than the stream takes, and the rest when it does', async () => {
    const { client, near, settle } = muxEnds({ link: { capacity: CAPACITY }, server: { onCall: call => { call.respond(call.payload) } } })
    const answers = Array.from({ length: 40 }, async (_, i) => client.call(pattern(200_000, i), { timeoutMs: TIMEOUT_MS }))
    await new Promise(resolve => setImmediate(resolve))
    expect(near.onTheWay + near.writeBufferLength).to.be.at.most(2 * CAPACITY)
    await settle()
    expect((await Promise.all(answers)).every((answer, i) => answer[1000] === pattern(1001, i)[1000])).to.equal(true)
  })

  it('lets a high call overtake 10 MiB of low ones that wait', async () => {
    const order: number[] = []
    const { client, near, settle } = muxEnds({ link: { capacity: CAPACITY }, server: { onCall: call => { order.push(call.payload.length); call.respond(pattern(1)) } } })
    const low = Array.from({ length: 40 }, async () => client.call(pattern(256 * 1024), { timeoutMs: TIMEOUT_MS, priority: 'low' }))
    await new Promise(resolve => setImmediate(resolve))
    const ahead = near.onTheWay + near.writeBufferLength
    const high = [client.call(pattern(7), { timeoutMs: TIMEOUT_MS, priority: 'high' }), client.call(pattern(2 * PIECE), { timeoutMs: TIMEOUT_MS, priority: 'high' })]
    // what was handed over before they were called, and they themselves with at most one piece of others
    expect(await deliverUntil(near, () => order.length === 2)).to.be.at.most(ahead + 3 * PIECE + 2 * STEP)
    expect(order).to.deep.equal([7, 2 * PIECE])
    await settle()
    await Promise.all([...low, ...high])
  })

  it('lets a high answer overtake low ones that wait', async () => {
    const { client, calls, far, settle } = muxEnds({ link: { capacity: CAPACITY } })
    const answered: number[] = []
    const all = Array.from({ length: 21 }, async () => client.call(pattern(1), { timeoutMs: TIMEOUT_MS }).then(({ length }) => { answered.push(length) }))
    await settle()
    for (const call of calls.slice(1)) call.respond(pattern(LIMITS.maxResponseBytes), 'low')
    await new Promise(resolve => setImmediate(resolve))
    const ahead = far.onTheWay + far.writeBufferLength
    calls[0]?.respond(pattern(7), 'high')
    expect(await deliverUntil(far, () => answered.length > 0)).to.be.at.most(ahead + PIECE + STEP)
    expect(answered).to.deep.equal([7])
    await settle()
    await Promise.all(all)
  })

  it('takes back the rest of a request that was refused', async () => {
    const { client, server, near, calls, settle } = muxEnds({ link: { capacity: CAPACITY }, server: { admit: () => 'rate-limited' } })
    const failures = Array.from({ length: 10 }, async () => rejection(client.call(pattern(256 * 1024), { timeoutMs: TIMEOUT_MS })))
    await settle()
    for (const failure of failures) expect(await failure).to.include({ remoteCode: 'rate-limited' })
    expect(server.gauges).to.deep.equal({ calls: 0, receiving: 0, refused: 0, unreadBytes: 0, unsent: 0, unsentBytes: 0 })
    expect([near.status, calls.length]).to.deep.equal(['open', 0])
    expect(near.batches.reduce((sum, bytes) => sum + bytes, 0)).to.be.at.most(20 * CAPACITY)
  })

  it('never has more than 8 answers in pieces under way, also when some come too late', async () => {
    const { client, calls, clock, near, far, serverFaults, settle } = muxEnds({ link: { capacity: CAPACITY } })
    const outcomes: Promise<string>[] = []
    const callAndAnswer = async (): Promise<void> => {
      for (let i = 0; i < 8; i++) outcomes.push(client.call(pattern(1), { timeoutMs: 10 * TIMEOUT_MS }).then(() => 'answered', (err: { code: string }) => err.code))
      await new Promise(resolve => setImmediate(resolve))
      near.deliver()
      for (const call of calls.splice(0)) call.respond(pattern(LIMITS.maxResponseBytes), 'high')
      await new Promise(resolve => setImmediate(resolve))
    }
    await callAndAnswer()
    // a piece of each
    await deliverUntil(far, () => far.batches.length > 2)
    clock.advance(TIMEOUT_MS / 2)
    await callAndAnswer()
    clock.advance(TIMEOUT_MS / 2)
    await settle()
    expect(serverFaults).to.deep.equal([])
    expect(await Promise.all(outcomes)).to.deep.equal([...Array.from({ length: 8 }, () => 'WIRE_REMOTE'), ...Array.from({ length: 8 }, () => 'answered')])
  })

  for (const withoutFlowControl of [false, true]) {
    it(`is not filled by a client that never reads${withoutFlowControl ? ', on a transport without flow control' : ''}`, async () => {
      const answer = pattern(60_000)
      const { near, far, server, clock } = serverEnd({ maxInFlight: 16, maxResponseBytes: answer.length, onCall: call => { call.respond(answer) } }, { capacity: CAPACITY, withoutFlowControl })
      let id = 0
      for (let turn = 0; turn < 300 && far.status === 'open'; turn++) {
        near.send(join(...Array.from({ length: 100 }, () => frame(id++, 0, 'x'))))
        near.deliver()
        await new Promise(resolve => setImmediate(resolve))
        expect(server.gauges.calls).to.be.at.most(16)
        expect(server.gauges.unsent).to.be.at.most(16 + 256)
        expect(server.gauges.unsentBytes).to.be.at.most(16 * answer.length + 256 * 64)
      }
      expect(far.readStatus).to.equal('paused')
      clock.advance(TIMEOUT_MS)
      expect(server.gauges.unsentBytes).to.be.at.most(300 * 64)
      expect(far.status).to.equal('open')
      clock.advance(TIMEOUT_MS)
      expect([far.status, server.gauges.calls]).to.deep.equal(['aborted', 0])
    })
  }

  it('goes on when a client reads again', async () => {
    const { near, far, server, settle, calls } = serverEnd({ admit: () => id % 2 === 0 ? 'rate-limited' : undefined }, { capacity: 1_000 })
    let id = 0
    let received = 0
    near.addEventListener('message', ({ data }) => { received += data.byteLength })
    const total = 2_000
    near.maxWriteBufferLength = Infinity
    for (let i = 0; i < total; i++) near.send(frame(i, 0, 'x'))
    for (let turn = 0; turn < 20; turn++) {
      near.deliver()
      await new Promise(resolve => setImmediate(resolve))
    }
    id = 1
    expect(server.gauges.unsent).to.be.at.most(256)
    expect([far.readStatus, received]).to.deep.equal(['paused', 0])
    await settle()
    expect(far.readStatus).to.equal('readable')
    expect(server.gauges.unsent).to.equal(0)
    expect(received).to.be.greaterThan(0)
    expect(calls.length).to.equal(256)
  })

  it('keeps a stream on which a whole window arrives while it is full, and asks for no more', async () => {
    const { near, far, settle, faults } = serverEnd({ admit: () => 'rate-limited' }, { capacity: 64 * 1024, withoutFlowControl: true })
    const asked: string[] = []
    far.sendPause = () => { asked.push('pause') }
    far.sendResume = () => { asked.push('resume') }
    // answers find no room until somebody reads
    far.sendData = () => ({ sentBytes: 0, canSendMore: false })
    near.maxWriteBufferLength = Infinity
    const count = 1_024
    for (let id = 0; id < count; id++) {
      near.send(frame(id, 0, pattern(8 * 1024)))
      near.deliver()
      if (id % 16 === 0) await new Promise(resolve => setImmediate(resolve))
    }
    await settle()
    expect([far.status, far.readStatus, asked]).to.deep.equal(['open', 'paused', ['pause']])
    expect(far.readBufferLength).to.be.greaterThan(4 * 1024 * 1024)
    Reflect.deleteProperty(far, 'sendData')
    far.safeDispatchEvent('drain')
    await settle()
    expect([far.status, far.readStatus, faults]).to.deep.equal(['open', 'readable', []])
    // what it asks for last is what it wants
    for (let i = 1; i < asked.length; i++) expect(asked[i]).not.to.equal(asked[i - 1])
    expect(asked.at(-1)).to.equal('resume')
  })

  it('hands over a lot in more than one turn', async () => {
    const { client, near, clock, settle } = muxEnds({ server: { onCall: call => { call.respond(pattern(1)) } } })
    const answers = Promise.all(Array.from({ length: 8 }, async () => client.call(pattern(256 * 1024), { timeoutMs: TIMEOUT_MS })))
    await new Promise(resolve => setImmediate(resolve))
    expect(near.onTheWay).to.be.within(128 * 1024, 320 * 1024)
    while (client.gauges.calls > 0) {
      clock.advance(1)
      await settle()
    }
    expect(await answers).to.have.lengthOf(8)
  })
})
