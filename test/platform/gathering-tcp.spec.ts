import { once } from 'node:events'
import { createServer } from 'node:net'
import { defaultLogger } from '@libp2p/logger'
import { tcp } from '@libp2p/tcp'
import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'chai'
import { Uint8ArrayList } from 'uint8arraylist'
import { gatheringTcp } from '../../src/platform/gathering-tcp.ts'
import { eventually } from '../support/eventually.ts'
import type { AddressInfo, Server, Socket } from 'node:net'
import type { Connection, MultiaddrConnection, Upgrader } from '@libp2p/interface'

const MIB = 1_048_576
const LIMIT_MS = 5_000

/** As libp2p would go on with it, but without a handshake. */
const bare = { upgradeOutbound: async (connection: MultiaddrConnection) => connection as unknown as Connection } as unknown as Upgrader

/** The calls of the system that a socket makes: one for a piece, one for several together. */
function callsOf (socket: Socket): number[] {
  const calls: number[] = []
  const write = socket._write.bind(socket)
  const writev = socket._writev?.bind(socket)
  socket._write = (chunk: Uint8Array, ...rest) => {
    calls.push(chunk.byteLength)
    write(chunk, ...rest)
  }
  socket._writev = (chunks, done) => {
    calls.push(chunks.reduce((bytes, { chunk }) => bytes + (chunk as Uint8Array).byteLength, 0))
    writev?.(chunks, done)
  }
  return calls
}

describe('platform/gathering-tcp', () => {
  let server: Server
  let accepted: Promise<Socket>
  let connection: MultiaddrConnection & { socket: Socket }

  beforeEach(async () => {
    server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    accepted = once(server, 'connection').then(([socket]) => socket as Socket)
    const transport = gatheringTcp(tcp())({ logger: defaultLogger() })
    const address = multiaddr(`/ip4/127.0.0.1/tcp/${(server.address() as AddressInfo).port}`)
    connection = await transport.dial(address, { upgrader: bare, signal: AbortSignal.timeout(LIMIT_MS) }) as unknown as typeof connection
  })

  afterEach(async () => {
    connection.socket.destroy();
    (await accepted).destroy()
    await new Promise(resolve => { server.close(resolve) })
  })

  it('hands the system in one call all pieces of what it is given', async () => {
    const calls = callsOf(connection.socket)
    const pieces = [2, 100, 16].map(length => new Uint8Array(length).fill(length))
    connection.send(new Uint8ArrayList(...pieces) as unknown as Uint8Array)
    connection.send(Uint8Array.of(1))
    const [first] = await once(await accepted, 'data') as [Uint8Array]
    expect(first.subarray(0, 118)).to.deep.equal(Buffer.concat(pieces))
    expect(calls).to.deep.equal([118, 1])
  })

  it('says when it takes no more, and then when it does', async () => {
    const peer = await accepted
    peer.pause()
    const piece = new Uint8Array(64 * 1024)
    let sent = 0
    while (connection.send(piece) && sent < 64 * MIB) sent += piece.length
    expect(sent).to.be.below(64 * MIB)
    // what it was given it keeps, and not more
    expect(connection.writableNeedsDrain).to.equal(true)
    expect(connection.socket.writableLength).to.be.at.most(sent + piece.length)
    const room = connection.onDrain({ signal: AbortSignal.timeout(LIMIT_MS) })
    peer.resume()
    await room
    expect(connection.socket.writableLength).to.equal(0)
  })

  it('reads on when it is closed, until the other side is done: what it wrote arrives', async () => {
    const peer = await accepted
    // that nobody reads it would make a reset of the end
    peer.write(new Uint8Array(MIB))
    const text = new Uint8Array(4 * MIB).fill(7)
    connection.send(text)
    let isClosed = false
    const closing = connection.close({ signal: AbortSignal.timeout(LIMIT_MS) }).then(() => { isClosed = true })
    let bytes = 0
    for await (const data of peer) bytes += (data as Uint8Array).length
    expect({ bytes, isClosed }).to.deep.equal({ bytes: text.length, isClosed: false })
    peer.end()
    await closing
    expect(connection.status).to.equal('closed')
  })

  it('waits no longer for the other side than it is told', async () => {
    const peer = (await accepted).resume()
    const enough = new AbortController()
    const closing = connection.close({ signal: enough.signal })
    await once(peer, 'end')
    expect(connection.status).to.equal('closing')
    enough.abort()
    await closing
    expect(connection.socket.destroyed).to.equal(true)
  })

  it('waits for nobody when nobody says how long', async () => {
    const peer = (await accepted).resume()
    connection.send(Uint8Array.of(1))
    await connection.close()
    expect(connection.socket.destroyed).to.equal(true)
    await once(peer, 'end')
  })

  it('is reset when it is aborted', async () => {
    const peer = (await accepted).resume()
    const failed = once(peer, 'error') as Promise<[NodeJS.ErrnoException]>
    connection.abort(new Error('enough'))
    expect((await failed)[0].code).to.equal('ECONNRESET')
  })

  it('tells of the other side: what ends, and what breaks', async () => {
    const peer = await accepted
    peer.end()
    await eventually('it is closed', () => connection.status === 'closed')
    expect(() => connection.send(Uint8Array.of(1))).to.throw()
  })

  it('tells of a reset', async () => {
    const error = new Promise<Error | undefined>(resolve => { connection.addEventListener('close', event => { resolve(event.error) }, { once: true }) });
    (await accepted).resetAndDestroy()
    expect(await error).to.be.an('error')
    expect(connection.status).to.equal('aborted')
  })
})
