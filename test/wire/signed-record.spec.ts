import { generateKeyPair, publicKeyFromProtobuf, publicKeyToProtobuf } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey, peerIdFromPublicKey } from '@libp2p/peer-id'
import { PeerRecord, RecordEnvelope } from '@libp2p/peer-record'
import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { equals } from 'uint8arrays/equals'
import { addressFacts } from '../../src/util/netgroup.ts'
import { seededRng } from '../../src/util/rng.ts'
import { Envelope, PeerRecord as RawPeerRecord } from '../../src/wire/pb/record.ts'
import { MAX_RECORD_BYTES, readRecord, RecordError, sealRecord, verifyRecord } from '../../src/wire/signed-record.ts'
import { bytesField } from '../support/protobuf.ts'
import { rejection } from '../support/rejection.ts'
import { keyOf, peerIdOf, recordOf } from '../support/signed-records.ts'
import type { PrivateKey } from '@libp2p/interface'
import type { SignedRecord } from '../../src/wire/signed-record.ts'

/** An RSA key with the outer length in four bytes instead of three: same key, other bytes. */
function longLength (key: Uint8Array): Uint8Array {
  const der = key.subarray(5)
  return keyMessage(Uint8Array.of(0x30, 0x83, 0x00, ...der.subarray(2)))
}

/** An RSA key whose algorithm lacks the parameters that are always NULL. */
function noNull (key: Uint8Array): Uint8Array {
  const der = key.subarray(5)
  const length = (der[2] as number) * 256 + (der[3] as number) - 2
  return keyMessage(Uint8Array.of(0x30, 0x82, length >> 8, length & 0xff, 0x30, 0x0b, ...der.subarray(6, 17), ...der.subarray(19)))
}

function keyMessage (der: Uint8Array): Uint8Array {
  return Uint8Array.from(Buffer.concat([Uint8Array.of(0x08, 0), bytesField(2, der)]))
}

/** Whom libp2p takes its owner for. */
function peerIdOfKey (key: Uint8Array): Uint8Array | undefined {
  try {
    return peerIdFromPublicKey(publicKeyFromProtobuf(key)).toMultihash().bytes
  } catch {
    return undefined
  }
}

/** What a peer signs, of a payload of less than 16 KiB. */
function signedBytes (payload: Uint8Array): Uint8Array {
  const length = payload.byteLength
  const varint = length < 0x80 ? [length] : [length & 0x7f | 0x80, length >> 7]
  const domain = new TextEncoder().encode(PeerRecord.DOMAIN)
  return Uint8Array.of(domain.byteLength, ...domain, PeerRecord.CODEC.byteLength, ...PeerRecord.CODEC, ...varint, ...payload)
}

const fields = fc.array(fc.tuple(fc.integer({ min: 6, max: 20 }), fc.uint8Array({ maxLength: 20 })), { maxLength: 3 })
  .map(parts => Uint8Array.from(Buffer.concat(parts.map(([number, content]) => bytesField(number, content)))))

/** Envelopes by keys of all kinds, strange in their key, their payload or around it, or with a byte changed. */
const anyEnvelope = fc.record({
  kind: fc.nat(2),
  seq: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  ports: fc.array(fc.integer({ min: 1, max: 65_535 }), { maxLength: 40 }),
  strangeKey: fc.constantFrom<(key: Uint8Array) => Uint8Array>(
    key => key,
    key => key,
    key => key.length > 200 ? longLength(key) : key,
    key => Uint8Array.of(...key, 0x18, 1),
    key => Uint8Array.of(...key.subarray(2), ...key.subarray(0, 2))
  ),
  extra: fields,
  padding: fields,
  bend: fc.option(fc.record({ at: fc.nat(), flip: fc.integer({ min: 1, max: 255 }) }), { freq: 2 })
})

describe('wire: signed records', () => {
  it('seals, reads and verifies', async () => {
    const sealed = await recordOf(1, ['/ip4/8.8.8.8/tcp/1', '/memory/x'], 77n)
    const read = readRecord(sealed.bytes)
    expect(read.multiaddrs.map(String)).to.deep.equal(['/ip4/8.8.8.8/tcp/1', '/memory/x'])
    expect(read.seq).to.equal(77n)
    expect(read.peerId.equals(sealed.peerId)).to.equal(true)
    await verifyRecord(read)
    sealed.bytes[sealed.bytes.length - 1] = (sealed.bytes.at(-1) as number) ^ 1
    expect((await rejection(verifyRecord(readRecord(sealed.bytes)))).code).to.equal('RECORD_INVALID')
  })

  it('leaves out the last addresses when they do not fit', async () => {
    const long = Array.from({ length: 32 }, (_, i) => multiaddr(`/dns4/${'x'.repeat(60)}.${'y'.repeat(60)}.${'z'.repeat(60)}${i}.example/tcp/1`))
    const record = await sealRecord(await keyOf(1), long, 1n)
    expect(record.bytes.byteLength).to.be.at.most(4_096)
    expect(record.multiaddrs.length).to.be.within(15, 31)
    expect(readRecord(record.bytes).multiaddrs.map(String)).to.deep.equal(long.slice(0, record.multiaddrs.length).map(String))
  })

  it('does not charge for kinds of keys of the future', async () => {
    const { bytes } = await recordOf(1, ['/memory/x'])
    // envelope field 1, then the key's type
    const at = bytes.indexOf(0x08)
    bytes[at + 1] = 9
    expect(() => readRecord(bytes)).to.throw(RecordError).with.property('code', 'RECORD_UNSUPPORTED')
  })

  describe('that are passed on', () => {
    const reread = async (record: SignedRecord): Promise<void> => {
      const again = readRecord(record.bytes)
      await verifyRecord(again)
      expect(again.bytes).to.deep.equal(record.bytes)
      expect(again.bytes.byteLength).to.be.at.most(MAX_RECORD_BYTES)
      expect([again.peerId.toString(), again.seq, again.multiaddrs.map(String)]).to.deep.equal([record.peerId.toString(), record.seq, record.multiaddrs.map(String)])
    }

    const takenFrom = async (bytes: Uint8Array): Promise<SignedRecord | undefined> => {
      try {
        const record = readRecord(bytes)
        await verifyRecord(record)
        return record
      } catch (err) {
        if (err instanceof RecordError) return undefined
        throw err
      }
    }

    let keys: PrivateKey[]
    before(async () => { keys = [await generateKeyPair('RSA', 2048), await generateKeyPair('Ed25519'), await generateKeyPair('secp256k1')] })

    it('say the same to the next: whatever is taken is read and verified again from what is passed on', async function () {
      this.timeout(30_000)
      let taken = 0
      let changed = 0
      await fc.assert(fc.asyncProperty(anyEnvelope, async ({ kind, seq, ports, strangeKey, extra, padding, bend }) => {
        const key = keys[kind] as PrivateKey
        const keyBytes = strangeKey(publicKeyToProtobuf(key.publicKey))
        const peerId = peerIdOfKey(keyBytes) ?? peerIdFromPrivateKey(key).toMultihash().bytes
        const addresses = ports.map(port => ({ multiaddr: multiaddr(`/ip4/8.8.8.8/tcp/${port}`).bytes }))
        const payload = Buffer.concat([RawPeerRecord.encode({ peerId, seq, addresses }), extra])
        const signature = await key.sign(signedBytes(payload))
        const fields = [bytesField(1, keyBytes), bytesField(2, PeerRecord.CODEC), bytesField(3, payload), bytesField(5, signature), padding]
        const bytes = Uint8Array.from(Buffer.concat(fields))
        if (bend != null) bytes[bend.at % bytes.length]! ^= bend.flip
        const record = await takenFrom(bytes)
        if (record == null) return
        taken++
        if (!equals(record.bytes, bytes)) changed++
        await reread(record)
      }), { numRuns: 500 })
      expect(taken).to.be.within(60, 480)
      expect(changed).to.be.above(15)
    })

    it('have their key in the one encoding that names the same peer everywhere', async () => {
      const [rsa, ed25519] = keys.map(key => publicKeyToProtobuf(key.publicKey)) as [Uint8Array, Uint8Array]
      for (const keyBytes of [longLength(rsa), noNull(rsa), Uint8Array.of(...ed25519, 0x18, 1), Uint8Array.of(...ed25519.subarray(2), 0x08, 1)]) {
        const payload = RawPeerRecord.encode({ peerId: peerIdOfKey(keyBytes) ?? new Uint8Array(0), seq: 1n, addresses: [] })
        const envelope = Envelope.encode({ publicKey: keyBytes, payloadType: PeerRecord.CODEC, payload, signature: new Uint8Array(64) })
        expect(() => readRecord(envelope)).to.throw(RecordError).with.property('code', 'RECORD_UNSUPPORTED')
      }
    })

    it('are within the limit', async () => {
      const long = Array.from({ length: 40 }, (_, i) => multiaddr(`/dns4/${'x'.repeat(100)}${i}.example/tcp/1`))
      const sealed = await RecordEnvelope.seal(new PeerRecord({ peerId: await peerIdOf(1), multiaddrs: long, seqNumber: 1n }), await keyOf(1))
      expect(() => readRecord(sealed.marshal())).to.throw(RecordError).with.property('code', 'RECORD_UNSUPPORTED')
    })
  })

  it('throws nothing but RecordError for 20,000 mutated and random envelopes', function () {
    this.timeout(60_000)
    return (async () => {
      const rng = seededRng(3)
      const { bytes } = await recordOf(1, ['/ip4/8.8.8.8/tcp/1', '/dns4/example.org/tcp/443/wss', '/ip6/2001:db8::1/udp/4001/quic-v1'])
      let read = 0
      for (let i = 0; i < 20_000; i++) {
        const frame = i % 4 === 0 ? rng.bytes(rng.int(300)) : bytes.slice(0, i % 2 === 0 ? bytes.length : rng.int(bytes.length))
        for (let n = 1 + rng.int(3); n > 0 && frame.length > 0; n--) frame[rng.int(frame.length)] = rng.int(256)
        try {
          for (const address of readRecord(frame).multiaddrs) {
            addressFacts(address)
            address.toString()
          }
          read++
        } catch (err) {
          expect(err).to.be.instanceOf(RecordError)
        }
      }
      expect(read).to.be.within(100, 19_000)
    })()
  })
})
