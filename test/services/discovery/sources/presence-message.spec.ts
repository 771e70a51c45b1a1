import { readFileSync } from 'node:fs'
import { PeerRecord, RecordEnvelope } from '@libp2p/peer-record'
import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { fromString } from 'uint8arrays/from-string'
import { decodePresence, presenceTopic } from '../../../../src/services/discovery/sources/presence-message.ts'
import { keyOf, peerIdOf, recordOf } from '../../../support/signed-records.ts'

const vectors = JSON.parse(readFileSync(new URL('../../../../protocols/discovery/vectors.json', import.meta.url), 'utf8')) as {
  topics: Array<{ network: string, topic: string }>
  verdicts: Array<{ name: string, author: string, message: string, verdict: string }>
}
const bytes = (hex: string): Uint8Array => fromString(hex, 'base16')

describe('presence messages', () => {
  for (const { network, topic } of vectors.topics) {
    it(`the topic of ${network} is ${topic}`, () => { expect(presenceTopic(network)).to.equal(topic) })
  }

  for (const { name, author, message, verdict } of vectors.verdicts) {
    it(`vector: ${verdict} ${name}`, async () => {
      expect(await decodePresence(bytes(message), peerIdFromString(author))).to.have.property('verdict', verdict)
    })
  }

  it('opens the record of the author', async () => {
    const { bytes, peerId } = await recordOf(1, ['/ip4/1.2.3.4/tcp/1', '/ip4/127.0.0.1/tcp/1', '/dns4/a.b/tcp/1'], 7n)
    const opened = await decodePresence(bytes, peerId)
    if (opened.verdict !== 'accept') throw new Error(opened.why)
    expect(opened.record).to.deep.include({ seq: 7n, bytes })
    expect(opened.record.multiaddrs.map(String)).to.deep.equal(['/ip4/1.2.3.4/tcp/1', '/ip4/127.0.0.1/tcp/1', '/dns4/a.b/tcp/1'])
  })

  it('rejects more than 4 KiB', async () => {
    const addresses = Array.from({ length: 500 }, (_, i) => multiaddr(`/ip4/1.2.3.4/tcp/${i + 1}`))
    const long = await RecordEnvelope.seal(new PeerRecord({ peerId: await peerIdOf(1), multiaddrs: addresses, seqNumber: 1n }), await keyOf(1))
    expect(await decodePresence(long.marshal(), await peerIdOf(1))).to.deep.equal({ verdict: 'reject', why: 'oversize', forwarded: 'reject' })
  })

  it('lets no changed byte change the record', async () => {
    const { message, author } = vectors.verdicts[0]!
    await fc.assert(fc.asyncProperty(fc.nat(message.length / 2 - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
      const bent = bytes(message)
      bent[at]! ^= flip
      const decoded = await decodePresence(bent, peerIdFromString(author))
      // the key is the only part that may be of the future: bytes 2 to 37
      if (decoded.verdict === 'accept') expect(decoded.record.bytes).to.deep.equal(bytes(message))
      else expect(decoded.verdict).to.be.oneOf(at >= 2 && at < 38 ? ['reject', 'ignore'] : ['reject'])
    }))
  })
})
