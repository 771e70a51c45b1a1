import { MemoryDatastore } from 'datastore-core'
import { defaultLogger } from '@libp2p/logger'
import { expect } from 'chai'
import { neutralScoring, openBans } from '../../../../src/components.ts'
import { readCard, signCard } from '../../../../src/services/messaging/mailbox/card.ts'
import { DAY_MS } from '../../../../src/services/messaging/mailbox/constants.ts'
import { Incoming } from '../../../../src/services/messaging/mailbox/incoming.ts'
import { arrivedProtocol, cardProtocol, cardPushProtocol, deleteProtocol, depositProtocol, fetchProtocol, registerProtocol } from '../../../../src/services/messaging/mailbox/mailbox-protocols.ts'
import { Prekeys } from '../../../../src/services/messaging/mailbox/prekeys.ts'
import { readSealed } from '../../../../src/services/messaging/mailbox/sealed-message.ts'
import { FlawedError, signed } from '../../../../src/services/messaging/mailbox/signed.ts'
import { seededRng } from '../../../../src/util/rng.ts'
import { ManualClock } from '../../../support/manual-clock.ts'
import { START_MS } from '../../../support/open-book.ts'
import { keyOf, peerIdOf } from '../../../support/signed-records.ts'
import { sealedBy } from './support/evil-mailbox.ts'
import type { Codec } from '../../../../src/wire/protocol.ts'
import type { Rng } from '../../../../src/util/rng.ts'

const RANDOM_FRAMES = 5_000

function mutated (bytes: Uint8Array, rng: Rng): Uint8Array {
  const out = [...bytes]
  for (let i = rng.int(4); i >= 0; i--) {
    const at = rng.int(out.length + 1)
    switch (rng.int(4)) {
      case 0: out.splice(at, 1); break
      case 1: out.splice(at, 0, rng.int(256)); break
      case 2: out.length = Math.min(out.length, at); break
      default: if (at < out.length) out[at] = rng.int(256)
    }
  }
  return Uint8Array.from(out)
}

describe('messaging: what anybody may send to a mailbox, or hand out', () => {
  const token = Uint8Array.of(1, 2, 3)
  const codecs: Array<[string, Codec<any>, unknown]> = [
    ['card request', cardProtocol.request, { peer: new Uint8Array(38) }],
    ['card response', cardProtocol.response, { card: new Uint8Array(300) }],
    ['card push', cardPushProtocol.request, { card: new Uint8Array(300) }],
    ['register request', registerProtocol.request, { card: new Uint8Array(300) }],
    ['register response', registerProtocol.response, { status: 'ok', maxAgeMs: 1e9, maxBytes: 1e6 }],
    ['deposit request', depositProtocol.request, { sealed: [new Uint8Array(40), new Uint8Array(50)] }],
    ['deposit response', depositProtocol.response, { statuses: ['ok', 'full', 'expired'] }],
    ['fetch request', fetchProtocol.request, { after: token, maxBytes: 100 }],
    ['fetch response', fetchProtocol.response, { status: 'ok', kept: [{ token, sealed: new Uint8Array(40) }, { token, sealed: token }], more: true }],
    ['delete request', deleteProtocol.request, { tokens: [token, token] }],
    ['delete response', deleteProtocol.response, { status: 'unavailable' }],
    ['arrived', arrivedProtocol.request, {}]
  ]
  for (const [name, codec, value] of codecs) {
    it(`${name}: is read, or refused with an error`, () => {
      const rng = seededRng(1)
      const good = codec.encode(value)
      expect(codec.encode(codec.decode(good))).to.deep.equal(good)
      let taken = 0
      for (let i = 0; i < RANDOM_FRAMES; i++) {
        const bytes = i % 2 === 0 ? rng.bytes(rng.int(200)) : mutated(good, rng)
        try {
          codec.encode(codec.decode(bytes))
          taken++
        } catch (err) {
          expect(err).to.be.instanceOf(Error)
        }
      }
      expect(taken).to.be.above(0)
    })
  }

  it('signed envelopes: flaws, nothing else', async () => {
    const rng = seededRng(2)
    const recipient = await peerIdOf(2)
    const card = (await signCard(await keyOf(1), { seq: 1, expiresMs: 1, prekeys: [{ publicKey: new Uint8Array(32), notAfterMs: 1 }], mailboxes: [{ peerId: recipient, multiaddrs: [] }] })).bytes
    const sealed = await sealedBy(await keyOf(1), recipient, 'x')
    for (let i = 0; i < 1_000; i++) {
      for (const [read, good] of [[readCard, card], [readSealed, sealed]] as const) {
        const err: unknown = await read(i % 2 === 0 ? rng.bytes(rng.int(400)) : mutated(good, rng)).then(() => undefined, (err: unknown) => err)
        if (err != null) expect(err).to.be.instanceOf(FlawedError)
      }
    }
  })

  it('well signed payloads of anything: read, or a flaw', async () => {
    const rng = seededRng(3)
    const kinds = { card: ['peerkeep-messaging-card', '/peerkeep/messaging/card', readCard], sealed: ['peerkeep-messaging-sealed', '/peerkeep/messaging/sealed', readSealed] } as const
    for (const [what, [domain, type, read]] of Object.entries(kinds)) {
      for (let i = 0; i < 300; i++) {
        const bytes = await signed({ what, domain, type, code: 'MESSAGING_CARD_INVALID' }, rng.bytes(rng.int(120)), await keyOf(1))
        const err: unknown = await read(bytes).then(() => undefined, (err: unknown) => err)
        if (err != null) expect(err).to.be.instanceOf(FlawedError)
      }
    }
  })

  it('whatever a mailbox hands out comes to an end that is counted', async () => {
    const rng = seededRng(4)
    const clock = new ManualClock(START_MS)
    const privateKey = await keyOf(2)
    const self = await peerIdOf(2)
    const log = defaultLogger().forComponent('test')
    let charged = 0
    const incoming = new Incoming({
      self, privateKey, clock, log,
      prekeys: new Prekeys({ datastore: new MemoryDatastore(), privateKey, clock, rng, log, rotationMs: DAY_MS }),
      intake: { take: async () => 'done' },
      scoring: () => ({ ...neutralScoring, report: () => { charged++ } }),
      bans: () => openBans
    })
    const good = await sealedBy(await keyOf(1), self, 'x')
    const outcomes = { new: 0, done: 0, later: 0 }
    for (let i = 0; i < 500; i++) outcomes[await incoming.receive(i % 2 === 0 ? rng.bytes(rng.int(300)) : mutated(good, rng), await peerIdOf(3))]++
    expect(outcomes.later).to.equal(0)
    expect(outcomes.new).to.be.at.most(1)
    const lost = Object.values(incoming.lost).reduce((sum, count) => sum + count, 0)
    expect(lost).to.be.within(495, 500)
    expect(charged).to.be.above(400)
  })
})
