import { connect } from 'node:net'
import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { TypedEventEmitter } from 'main-event'
import { Uint8ArrayList } from 'uint8arraylist'
import { lazyLogger } from '../../src/platform/lazy-logger.ts'
import { createTransports } from '../../src/platform/transports.ts'
import { applyMask } from '../../src/platform/web-socket-masks.ts'
import { eventually } from '../support/eventually.ts'
import { RawWebSocket } from '../support/raw-web-socket.ts'
import { selfSignedCertificate } from '../support/self-signed.ts'
import type { MultiaddrConnection, Transport, Upgrader } from '@libp2p/interface'

const MIB = 1_048_576
const BINARY = 0x82
const REQUEST = 'GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n'

async function webSockets (tls?: { cert: string, key: string }): Promise<Transport> {
  const [, made] = await createTransports(tls == null ? {} : { tls })
  return made!({ logger: lazyLogger(), events: new TypedEventEmitter() } as never)
}

async function dialled (address: string, signal = AbortSignal.timeout(5_000)): Promise<MultiaddrConnection> {
  let made: MultiaddrConnection | undefined
  const upgrader = { upgradeOutbound: async (connection: MultiaddrConnection) => { made = connection } } as unknown as Upgrader
  await (await webSockets()).dial(multiaddr(address), { upgrader, signal } as never)
  return made!
}

/** libp2p's errors are none of ours. */
async function failure (dial: Promise<unknown>): Promise<Error> {
  return dial.then(() => { throw new Error('it connected') }, (err: unknown) => err as Error)
}

describe('platform/dialling-web-sockets', () => {
  it('loses nothing that comes right after the answer, before anybody listens', async () => {
    await using server = await RawWebSocket.start(Uint8Array.of(BINARY, 3, 1, 2, 3))
    const connection = await dialled(server.address)
    const { data } = await new Promise<{ data: { subarray (): Uint8Array } }>(resolve => { connection.addEventListener('message', resolve, { once: true }) })
    expect(Array.from(data.subarray())).to.deep.equal([1, 2, 3])
    connection.abort(new Error('done'))
  })

  it('sends what it is given at once as one message, with a random mask, and leaves it as it was', async () => {
    await using server = await RawWebSocket.start()
    const connection = await dialled(server.address)
    const data = Uint8Array.from({ length: 60_000 }, (_, i) => i & 0xff)
    const given = Array.from(data)
    connection.send(new Uint8ArrayList(data.subarray(0, 2), data.subarray(2)) as never)
    connection.send(data.subarray(0, 5))
    await eventually('both are there', () => server.frames.length === 2)
    const { frames } = server
    expect(frames.map(({ opcode, text }) => [opcode, Array.from(text)])).to.deep.equal([[2, given], [2, given.slice(0, 5)]])
    expect(frames[0]!.mask.equals(frames[1]!.mask)).to.equal(false)
    expect(Array.from(data)).to.deep.equal(given)
    connection.abort(new Error('done'))
  })

  it('waits for who does not read, goes on when he does, and closes when all is written', async () => {
    await using server = await RawWebSocket.start()
    const connection = await dialled(server.address)
    server.socket!.pause()
    const chunk = new Uint8Array(MIB)
    let sent = 1
    while (connection.send(chunk)) sent++
    expect(sent).to.be.below(32)
    const drained = connection.onDrain()
    server.socket!.resume()
    await drained
    await connection.close()
    await eventually('all is there', () => server.receivedBytes > sent * MIB)
    await eventually('it says that it closes', () => server.frames.at(-1)?.opcode === 8)
    const { frames } = server
    expect(frames.reduce((sum, { opcode, text }) => sum + (opcode === 2 ? text.length : 0), 0)).to.equal(sent * MIB)
  })

  it('says why it could not connect', async () => {
    const server = await RawWebSocket.start()
    const { address } = server
    await server[Symbol.asyncDispose]()
    const refused = await failure(dialled(address))
    expect(refused.name).to.equal('ConnectionFailedError')
    expect(refused.message).to.include('ECONNREFUSED')
    expect(refused.cause).to.include({ code: 'ECONNREFUSED' })
    expect((await failure(dialled(address, AbortSignal.abort(new Error('enough'))))).message).to.equal('enough')
  })

  it('refuses a certificate that nobody vouches for', async () => {
    const listener = (await webSockets(selfSignedCertificate())).createListener({ upgrader: {} as Upgrader })
    await listener.listen(multiaddr('/ip4/127.0.0.1/tcp/0/tls/ws'))
    const refused = await failure(dialled(String(listener.getAddrs()[0])))
    await listener.close()
    expect(refused.name).to.equal('ConnectionFailedError')
    expect(refused.message).to.include('self-signed certificate')
  })

  it('hands on what comes before a message is whole, in fragments and with a ping between', async () => {
    // not the end, five bytes, of which the last is missing
    await using server = await RawWebSocket.start(Uint8Array.of(0x02, 5, 1, 2, 3, 4))
    const connection = await dialled(server.address)
    const received: number[] = []
    connection.addEventListener('message', ({ data }) => { received.push(...data.subarray()) })
    await eventually('what is there is read', () => received.length === 4)
    server.socket!.write(Uint8Array.of(5, 0x89, 1, 9, 0x80, 2, 6, 7, BINARY, 1, 8))
    await eventually('all is read', () => received.length === 8)
    expect(received).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8])
    await eventually('the ping is answered', () => server.frames.length === 1)
    expect(server.frames[0]).to.deep.include({ opcode: 10, text: Buffer.of(9) })
    connection.abort(new Error('done'))
  })

  it('hands on the many small frames of one read at once, in their order, and before the end', async () => {
    const texts = Array.from({ length: 1_000 }, (_, i) => i & 0xff)
    await using server = await RawWebSocket.start(Uint8Array.from([...texts.flatMap(byte => [BINARY, 1, byte]), 0x88, 0]))
    const connection = await dialled(server.address)
    const received: number[] = []
    let messages = 0
    connection.addEventListener('message', ({ data }) => {
      messages++
      received.push(...data.subarray())
    })
    await eventually('it ends', () => connection.status !== 'open')
    expect(received).to.deep.equal(texts)
    expect(messages).to.be.below(10)
  })

  it('refuses text at its header', async () => {
    await using server = await RawWebSocket.start()
    const connection = await dialled(server.address)
    const closed = new Promise<Error | undefined>(resolve => { connection.addEventListener('close', ({ error }) => { resolve(error) }, { once: true }) })
    server.socket!.write(Uint8Array.of(0x81, 127, 0, 0, 0, 0, 6, 0x40, 0, 0))
    expect(await closed).to.include({ code: 'WEB_SOCKET_TEXT' })
  })

  it('reads masked frames as they were, however they are cut', async () => {
    const received: number[] = []
    const upgrader = {
      upgradeInbound: async (connection: MultiaddrConnection) => {
        connection.addEventListener('message', ({ data }) => { received.push(...data.subarray()) })
      }
    } as unknown as Upgrader
    const listener = (await webSockets()).createListener({ upgrader })
    await listener.listen(multiaddr('/ip4/127.0.0.1/tcp/0/ws'))
    const port = Number(/tcp\/(\d+)/.exec(String(listener.getAddrs()[0]))?.[1])
    const texts = fc.sample(fc.tuple(fc.uint8Array({ maxLength: 125 }), fc.uint8Array({ minLength: 4, maxLength: 4 }), fc.nat(130)), { numRuns: 50, seed: 7 })
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    socket.write(REQUEST)
    for (const [text, mask, cut] of texts) {
      const frame = Uint8Array.of(BINARY, 0x80 | text.length, ...mask, ...text)
      applyMask(frame.subarray(6), mask)
      socket.write(frame.subarray(0, cut))
      socket.write(frame.subarray(cut))
    }
    const expected = texts.flatMap(([text]) => Array.from(text))
    await eventually('all is read', () => received.length >= expected.length)
    expect(received).to.deep.equal(expected)
    socket.destroy()
    await listener.close()
  })
})
