import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'chai'
import { Uint8ArrayList } from 'uint8arraylist'
import { eventually } from '../support/eventually.ts'
import { RawWebSocket } from '../support/raw-web-socket.ts'
import { selfSignedCertificate } from '../support/self-signed.ts'
import { dialled, webSockets } from '../support/web-socket-ends.ts'
import type { Upgrader } from '@libp2p/interface'

const MIB = 1_048_576
const BINARY = 0x82

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
})
