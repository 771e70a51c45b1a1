import { generateKeyPair } from '@libp2p/crypto/keys'
import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'chai'
import { readCard, signCard } from '../../../../src/services/messaging/mailbox/card.ts'
import { MAX_CARD_BYTES } from '../../../../src/services/messaging/mailbox/constants.ts'
import { Card as RawCard } from '../../../../src/services/messaging/pb/mailbox.ts'
import { signed } from '../../../../src/services/messaging/mailbox/signed.ts'
import { Envelope } from '../../../../src/wire/pb/record.ts'
import { seededRng } from '../../../../src/util/rng.ts'
import { rejection } from '../../../support/rejection.ts'
import { keyOf, peerIdOf } from '../../../support/signed-records.ts'
import type { Card } from '../../../../src/services/messaging/mailbox/card.ts'

const KIND = { what: 'x', domain: 'peerkeep-messaging-card', type: '/peerkeep/messaging/card', code: 'MESSAGING_CARD_INVALID' } as const
const publicKey = seededRng(1).bytes(32)

async function card (init: Partial<Parameters<typeof signCard>[1]> = {}): Promise<Card> {
  return await signCard(await keyOf(1), { seq: 5, expiresMs: 1_000, prekeys: [{ publicKey, notAfterMs: 2_000 }], mailboxes: [{ peerId: await peerIdOf(2), multiaddrs: [multiaddr('/ip4/192.0.2.1/tcp/4001')] }], ...init })
}

describe('messaging: cards', () => {
  it('say what was signed', async () => {
    const read = await readCard((await card()).bytes)
    expect(String(read.peerId)).to.equal(String(await peerIdOf(1)))
    expect([read.seq, read.expiresMs, read.prekeys[0]!.notAfterMs]).to.deep.equal([5, 1_000, 2_000])
    expect(read.prekeys[0]!.publicKey).to.deep.equal(publicKey)
    expect(read.mailboxes.map(({ peerId, multiaddrs }) => [String(peerId), ...multiaddrs.map(String)])).to.deep.equal([[String(await peerIdOf(2)), '/ip4/192.0.2.1/tcp/4001']])
  })

  it('are signed by keys of other kinds, too', async () => {
    const privateKey = await generateKeyPair('secp256k1')
    const read = await readCard((await signCard(privateKey, { seq: 1, expiresMs: 1, prekeys: [], mailboxes: [] })).bytes)
    expect(read.peerId.publicKey?.equals(privateKey.publicKey)).to.equal(true)
  })

  it('stay within their size, however long the addresses are', async () => {
    const long = Array.from({ length: 8 }, (_, i) => multiaddr(`/dns4/${'a'.repeat(240)}${i}.example/tcp/4001`))
    const mailboxes = await Promise.all([2, 3, 4].map(async seed => ({ peerId: await peerIdOf(seed), multiaddrs: [...long] })))
    const { bytes, mailboxes: told } = await card({ mailboxes })
    expect(bytes.byteLength).to.be.at.most(MAX_CARD_BYTES)
    expect(told).to.have.length(3)
    for (const { multiaddrs } of told) expect(multiaddrs).to.have.length.above(2)
    expect(mailboxes[0]!.multiaddrs).to.have.length(8)
  })

  it('are refused when any byte of what is signed differs', async () => {
    const { bytes } = await card()
    const rng = seededRng(1)
    const { payload } = Envelope.decode(bytes)
    for (let i = 0; i < payload.byteLength; i++) {
      const changed = Envelope.encode({ ...Envelope.decode(bytes), payload: payload.with(i, payload[i]! ^ 1 << rng.int(8)) })
      expect(await rejection(readCard(changed)), `byte ${i}`).to.have.property('code', 'MESSAGING_CARD_INVALID')
    }
  })

  it('are refused when too long, or no card', async () => {
    const cases = [new Uint8Array(MAX_CARD_BYTES + 1), Uint8Array.of(0xff), await signed(KIND, Uint8Array.of(0xff), await keyOf(1)), await signed({ ...KIND, domain: 'libp2p-peer-record' }, RawCard.encode({ seq: 1, expiresMs: 1, prekeys: [], mailboxes: [] }), await keyOf(1))]
    for (const bytes of cases) expect(await rejection(readCard(bytes))).to.have.property('code', 'MESSAGING_CARD_INVALID')
  })

  it('skip what a later version may say: suites, addresses, more of everything', async () => {
    const prekey = { suite: 1, publicKey, notAfterMs: 1 }
    const place = { peer: (await peerIdOf(2)).toMultihash().bytes, addresses: [Uint8Array.of(0xff, 0xff, 0x7f), multiaddr('/ip4/192.0.2.1/tcp/1').bytes] }
    const raw: RawCard = { seq: 1, expiresMs: 1, prekeys: [{ ...prekey, suite: 7, publicKey: new Uint8Array(1_184) }, ...Array.from({ length: 9 }, () => prekey)], mailboxes: Array.from({ length: 9 }, () => place) }
    const read = await readCard(await signed(KIND, Uint8Array.of(...RawCard.encode(raw), 0x7a, 1, 1), await keyOf(1)))
    expect([read.prekeys.length, read.mailboxes.length, read.mailboxes[0]!.multiaddrs.map(String)]).to.deep.equal([4, 3, ['/ip4/192.0.2.1/tcp/1']])
  })
})
