import { pureJsCrypto } from '@chainsafe/libp2p-noise'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { encrypter, messagesOf, noisePair } from '../support/noise-pair.ts'
import { handshakeState, hex, hexOf, vectors, withEphemeral } from '../support/noise-vectors.ts'
import { expectSameBytes } from '../support/same-bytes.ts'
import { ScriptedConnection } from '../support/scripted-connection.ts'
import type { Kind, NoiseEnd, NoiseOptions } from '../support/noise-pair.ts'

const SEED = 7
const MAX_MESSAGE = 65_535
const TAG_BYTES = 16
const NONE = new Uint8Array(0)
const PAIRS: Array<[Kind, Kind]> = [['ours', 'ours'], ['ours', 'stock'], ['stock', 'ours']]

/** What `write` writes, as it is on the wire. */
function written ({ wire }: NoiseEnd, write: () => void): Uint8Array {
  const before = wire.writes.length
  write()
  return Uint8Array.from(Buffer.concat(wire.writes.slice(before)))
}

const framed = (message: Uint8Array): Uint8Array => Uint8Array.from([message.length >> 8, message.length & 0xff, ...message])

describe('platform/lean-noise', () => {
  for (const [dials, listens] of PAIRS) {
    it(`bytes of any length, cut anywhere, come out as they went in: ${dials} to ${listens}`, async () => {
      const ends = await noisePair(dials, listens)
      const lengths = fc.oneof(fc.nat(300), fc.constantFrom(0, 1, MAX_MESSAGE - TAG_BYTES, MAX_MESSAGE - TAG_BYTES + 1, MAX_MESSAGE, 200_000))
      fc.assert(fc.property(fc.boolean(), fc.array(lengths, { minLength: 1, maxLength: 4 }), fc.integer({ min: 1, max: 100_000 }), fc.nat(255), (swapped, lengths, size, fill) => {
        const [from, to] = swapped ? [ends[1], ends[0]] : ends
        const texts = lengths.map((length, i) => new Uint8Array(length).fill(fill + i))
        const wire = written(from, () => { for (const text of texts) from.secured.connection.send(text) })
        for (const message of messagesOf(wire)) expect(message.length).to.be.within(TAG_BYTES, MAX_MESSAGE)
        to.received.length = 0
        for (let at = 0; at < wire.length; at += size) to.wire.receive(wire.subarray(at, at + size))
        expectSameBytes(Buffer.concat(to.received), Buffer.concat(texts))
      }), { seed: SEED, numRuns: 4 })
    })
  }

  it('reads what comes byte by byte as it is whole, and keeps it in few pieces', async () => {
    const [from, to] = await noisePair('stock', 'ours')
    const texts = [65_000, 20].map(length => new Uint8Array(length).fill(length))
    const wire = written(from, () => { for (const text of texts) from.secured.connection.send(text) })
    const { buffer } = (to.secured.connection as unknown as { decoder: { buffer: Iterable<Uint8Array> } }).decoder
    let most = 0
    for (const [at, byte] of wire.entries()) {
      to.wire.receive(Uint8Array.of(byte))
      most = Math.max(most, at % 1_000 === 0 ? [...buffer].length : 0)
      if (at === 2 + 65_000 + TAG_BYTES - 2) expect(to.received).to.have.length(0)
      if (at === 2 + 65_000 + TAG_BYTES - 1) expect(to.received).to.have.length(1)
    }
    expect(most).to.be.within(2, 20)
    expectSameBytes(Buffer.concat(to.received), Buffer.concat(texts))
  })

  it('cuts off who says its handshake in very many pieces, and not who says it in some', async () => {
    const wire = new ScriptedConnection('inbound')
    const securing = (await encrypter('ours', 1)).secureInbound(wire).catch((err: unknown) => err)
    wire.receive(Uint8Array.of(200, 0))
    for (let i = 1; i < 256; i++) wire.receive(Uint8Array.of(1))
    expect(wire.status).to.equal('open')
    wire.receive(Uint8Array.of(1))
    expect(wire.status).to.equal('aborted')
    expect(await securing).to.include({ name: 'NoiseError', code: 'NOISE_PIECES_TOO_SMALL' })
  })

  it('afterwards pieces are not counted', async () => {
    const [from, to] = await noisePair('stock', 'ours')
    const wire = written(from, () => { from.secured.connection.send(new Uint8Array(1_000).fill(3)) })
    for (const byte of wire) to.wire.receive(Uint8Array.of(byte))
    expect(to.wire.status).to.equal('open')
    expect(to.received).to.have.length(1)
  })

  it('says in the handshake and after it, byte for byte, what stock says with the same keys', async () => {
    const [{ prologue, initiator, responder }] = vectors.noise.vectors as [typeof vectors.noise.vectors[0]]
    const options = ({ static: key, ephemeral }: typeof initiator): NoiseOptions =>
      ({ staticNoiseKey: hex(key), prologueBytes: hex(prologue), crypto: crypto => withEphemeral(crypto, ephemeral) })
    const said = async (kind: Kind): Promise<string[]> => {
      const ends = await noisePair(kind, kind, { dialler: options(initiator), listener: options(responder) })
      for (const { secured } of ends) for (const length of [1, 70_000]) secured.connection.send(new Uint8Array(length).fill(length))
      return ends.map(({ wire }) => hexOf(wire.written))
    }
    const [ours, stock] = [await said('ours'), await said('stock')]
    expect(ours.map(text => text.length)).to.deep.equal(stock.map(text => text.length))
    expect(ours.every((text, i) => text === stock[i])).to.equal(true)
    // the first thing said is the initiator's key of the vector, and nothing else
    const e = handshakeState(pureJsCrypto, true, hex(prologue), initiator).writeMessageA(NONE)
    expect(ours[0]?.slice(0, 68)).to.equal(`0020${hexOf(e)}`)
  })

  it('what was changed, cut, repeated, swapped or left out on its way ends it with the same verdict as stock', async () => {
    const flip = (message: Uint8Array, at: number): Uint8Array => message.with(at % message.length, message[at % message.length]! ^ 1)
    const changes: Record<string, (messages: Uint8Array[], at: number) => Uint8Array[]> = {
      nothing: messages => messages,
      'a bit': ([a, b, c], at) => [a!, flip(b!, at), c!],
      cut: ([a, b, c], at) => [a!, b!.subarray(0, at % b!.length), c!],
      longer: ([a, b, c]) => [a!, Uint8Array.from([...b!, 0]), c!],
      repeated: ([a, b, c]) => [a!, b!, b!, c!],
      swapped: ([a, b, c]) => [a!, c!, b!],
      'left out': ([a, , c]) => [a!, c!],
      'nothing in it': ([a, b, c]) => [a!, NONE, b!, c!]
    }
    await fc.assert(fc.asyncProperty(fc.constantFrom(...Object.keys(changes)), fc.nat(1_000), fc.array(fc.integer({ min: 0, max: 500 }), { minLength: 3, maxLength: 3 }), async (change, at, lengths) => {
      const verdict = async (kind: Kind): Promise<unknown> => {
        const [from, to] = await noisePair('stock', kind)
        const wire = messagesOf(written(from, () => { for (const length of lengths) from.secured.connection.send(new Uint8Array(length + 1).fill(length)) }))
        for (const message of changes[change]!(wire, at)) if (to.wire.status === 'open') to.wire.receive(framed(message))
        const { status } = to.secured.connection
        return { received: to.received.map(hexOf), status, wire: to.wire.status, ends: to.wire.ends }
      }
      const ours = await verdict('ours') as { status: string }
      expect(ours).to.deep.equal(await verdict('stock'))
      expect(ours.status === 'open', change).to.equal(change === 'nothing' || change === 'nothing in it')
    }), { seed: SEED, numRuns: 10 })
  })

  it('hands on that there is room again, that the other side has ended, and what it is told to do', async () => {
    const [one, other] = await noisePair('ours', 'ours')
    const { connection } = one.secured
    one.wire.isTaking = false
    expect(connection.send(Uint8Array.of(1))).to.equal(false)
    const room = connection.onDrain()
    one.wire.drain()
    await room
    await connection.close()
    expect(one.wire.ends).to.deep.equal(['close'])
    other.secured.connection.abort(new Error('enough'))
    expect(other.wire.ends).to.deep.equal(['abort'])
  })
})
