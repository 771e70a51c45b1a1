import { expect } from 'chai'
import * as fc from 'fast-check'
import { eventually } from '../support/eventually.ts'
import { RawWebSocket, webSocketFrame } from '../support/raw-web-socket.ts'
import { RawDialler, dialled } from '../support/web-socket-ends.ts'
import type { MultiaddrConnection } from '@libp2p/interface'

const BINARY = 0x82
/** More of the message comes. */
const FRAGMENT = 0x02
const LAST_FRAGMENT = 0x80
const TEXT = 0x81
const CLOSE = 0x88
const PING = 0x89

/** What it says, and in how many pieces. */
function heard (connection: MultiaddrConnection): { bytes: number[], pieces: number } {
  const all = { bytes: [] as number[], pieces: 0 }
  connection.addEventListener('message', ({ data }) => {
    all.pieces++
    for (const byte of data.subarray()) all.bytes.push(byte)
  })
  return all
}

describe('platform/streaming-web-sockets', () => {
  it('hands on what comes before a message is whole, in fragments and with a ping between', async () => {
    // of five bytes the last is missing
    await using server = await RawWebSocket.start(Uint8Array.of(FRAGMENT, 5, 1, 2, 3, 4))
    const connection = await dialled(server.address)
    const all = heard(connection)
    await eventually('what is there is read', () => all.bytes.length === 4)
    server.socket!.write(Uint8Array.of(5, PING, 1, 9, LAST_FRAGMENT, 2, 6, 7, BINARY, 1, 8))
    await eventually('all is read', () => all.bytes.length === 8)
    expect(all.bytes).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8])
    await eventually('the ping is answered', () => server.frames.length === 1)
    expect(server.frames[0]).to.deep.include({ opcode: 10, text: Buffer.of(9) })
    connection.abort(new Error('done'))
  })

  for (const [name, before] of Object.entries({ 'after messages': BINARY, 'within a message': FRAGMENT })) {
    it(`hands on the many small frames of one read at once, in their order, and before an end ${name}`, async () => {
      const bytes = Array.from({ length: 1_000 }, (_, i) => i & 0xff)
      const frames = bytes.flatMap((byte, i) => [before === FRAGMENT && i > 0 ? 0 : before, 1, byte])
      await using server = await RawWebSocket.start(Uint8Array.from([...frames, CLOSE, 0]))
      const connection = await dialled(server.address)
      const all = heard(connection)
      await eventually('it ends', () => connection.status !== 'open')
      expect(all.bytes).to.deep.equal(bytes)
      expect(all.pieces).to.be.below(10)
    })
  }

  it('reads masked frames of all lengths as they were, however they are cut', async () => {
    const length = fc.oneof(fc.nat(300), fc.integer({ min: 65_000, max: 66_000 }), fc.integer({ min: 130_000, max: 140_000 }))
    const frames = fc.sample(fc.record({ length, mask: fc.uint8Array({ minLength: 4, maxLength: 4 }), cut: fc.nat(70_000) }), { numRuns: 20, seed: 7 })
    await using dialler = await RawDialler.start()
    const all = heard(await dialler.connection)
    const expected: Uint8Array[] = []
    for (const { length, mask, cut } of frames) {
      const text = Uint8Array.from({ length }, (_, i) => (i * 7 + length) & 0xff)
      const frame = webSocketFrame(BINARY, text, mask)
      dialler.socket.write(frame.subarray(0, cut))
      dialler.socket.write(frame.subarray(cut))
      expected.push(text)
    }
    const bytes = Buffer.concat(expected)
    await eventually('all is read', () => all.bytes.length >= bytes.length)
    expect(Buffer.from(all.bytes).equals(bytes)).to.equal(true)
  })

  it('keeps nothing of a message that is announced as large, and reads on', async () => {
    await using dialler = await RawDialler.start()
    const connection = await dialler.connection
    const all = heard(connection)
    const mask = new Uint8Array(4)
    const frame = webSocketFrame(BINARY, new Uint8Array(1_048_576).fill(3), mask)
    // one of 64 MiB, of which a MiB comes
    frame.writeBigUInt64BE(BigInt(64 * 1_048_576), 2)
    dialler.socket.write(frame)
    await eventually('what is there is handed on', () => all.bytes.length === 1_048_576)
    expect(connection.status).to.equal('open')
    connection.abort(new Error('done'))
  })

  it('refuses text at its header', async () => {
    await using server = await RawWebSocket.start()
    const connection = await dialled(server.address)
    const closed = new Promise<Error | undefined>(resolve => { connection.addEventListener('close', ({ error }) => { resolve(error) }, { once: true }) })
    server.socket!.write(Uint8Array.of(TEXT, 127, 0, 0, 0, 0, 6, 0x40, 0, 0))
    expect(await closed).to.include({ code: 'WEB_SOCKET_TEXT' })
  })

  it('ends a connection that cannot take what is read, and not the process', async () => {
    await using dialler = await RawDialler.start()
    const connection = await dialler.connection
    Object.assign(connection, { onData: () => { throw new Error('too much') } })
    const closed = new Promise<Error | undefined>(resolve => { connection.addEventListener('close', ({ error }) => { resolve(error) }, { once: true }) })
    dialler.socket.write(webSocketFrame(BINARY, Uint8Array.of(1), new Uint8Array(4)))
    expect((await closed)?.message).to.equal('too much')
  })
})
