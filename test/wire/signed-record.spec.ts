import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'chai'
import { addressFacts } from '../../src/util/netgroup.ts'
import { seededRng } from '../../src/util/rng.ts'
import { readRecord, RecordError, sealRecord, verifyRecord } from '../../src/wire/signed-record.ts'
import { rejection } from '../support/rejection.ts'
import { keyOf, recordOf } from '../support/signed-records.ts'

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
