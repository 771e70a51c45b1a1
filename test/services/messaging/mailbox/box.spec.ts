import { expect } from 'chai'
import { DAY_MS } from '../../../../src/services/messaging/mailbox/constants.ts'
import { signCard } from '../../../../src/services/messaging/mailbox/card.ts'
import { boxLimits, rotationMs } from '../../../../src/services/messaging/mailbox/options.ts'
import { START_MS } from '../../../support/open-book.ts'
import { keyOf, peerIdOf } from '../../../support/signed-records.ts'
import { contentsOf, fillUp } from './support/datastores.ts'
import { cardOf, idOf, messageFrom, openBox, OWNER } from './support/open-box.ts'
import type { MailboxStatus } from '../../../../src/services/messaging/mailbox/mailbox-protocols.ts'

const owner = async (): Promise<string> => String(await peerIdOf(OWNER))
const NOTHING = new Uint8Array(0)

describe('messaging: what a mailbox keeps', () => {
  it('is what was brought for its owners, in order, until they delete it', async () => {
    const { box, register, bring, kept } = await openBox()
    const messages = [await messageFrom(1), await messageFrom(2), await messageFrom(1)]
    expect(await bring(messages[0]!)).to.equal('not-owner')
    expect(await register(OWNER)).to.equal('ok')
    for (const message of messages) expect(await bring(message)).to.equal('ok')
    expect(await kept()).to.deep.equal(messages.map(idOf))
    const { kept: [first, second] } = await box.page(await owner(), NOTHING, 0)
    expect((await box.page(await owner(), first!.token, 0)).kept[0]).to.deep.equal(second)
    expect(await box.delete(await owner(), [second!.token])).to.equal('ok')
    expect(await kept()).to.deep.equal([idOf(messages[0]!), idOf(messages[2]!)])
    expect([box.messages, box.bytes]).to.deep.equal([2, messages[0]!.bytes.byteLength + messages[2]!.bytes.byteLength])
    // as often as it likes
    expect(await box.delete(await owner(), [second!.token, Uint8Array.of(1)])).to.equal('ok')
  })

  it('is given to nobody else', async () => {
    const { box, register, bring, kept } = await openBox()
    await register(OWNER)
    await register(101)
    const message = await messageFrom(1)
    await bring(message)
    const { kept: [first] } = await box.page(await owner(), NOTHING, 0)
    expect(await kept(101)).to.deep.equal([])
    expect(await box.delete(String(await peerIdOf(101)), [first!.token])).to.equal('ok')
    expect(await kept()).to.deep.equal([idOf(message)])
    const stranger = String(await peerIdOf(5))
    expect([(await box.page(stranger, NOTHING, 0)).status, await box.delete(stranger, [first!.token])]).to.deep.equal(['not-owner', 'not-owner'])
  })

  it('is there after a kill, as are its owners and their cards', async () => {
    const { register, bring, box, crash } = await openBox()
    await register(OWNER)
    const messages = [await messageFrom(1), await messageFrom(2), await messageFrom(3)]
    for (const message of messages) await bring(message)
    await box.delete(await owner(), [(await box.page(await owner(), NOTHING, 0)).kept[1]!.token])
    const after = await crash()
    expect(await after.kept()).to.deep.equal([idOf(messages[0]!), idOf(messages[2]!)])
    expect([after.box.messages, after.box.bytes, after.box.owners]).to.deep.equal([box.messages, box.bytes, 1])
    expect(after.box.card(await owner())).to.deep.equal((await cardOf(OWNER)).bytes)
    expect(await after.bring(messages[1]!)).to.equal('ok')
    expect(await after.kept()).to.deep.equal([messages[0]!, messages[2]!, messages[1]!].map(idOf))
  })

  it('is taken once, however often the same comes', async () => {
    const { register, bring, kept } = await openBox()
    await register(OWNER)
    const message = await messageFrom(1)
    expect([await bring(message), await bring(message)]).to.deep.equal(['ok', 'ok'])
    expect(await kept()).to.have.length(1)
  })

  it('is not confirmed while it is not written', async () => {
    const { register, bring, box, datastore, kept } = await openBox()
    await register(OWNER)
    const message = await messageFrom(1)
    const { batch } = datastore
    const gate = Promise.withResolvers<void>()
    datastore.batch = () => {
      const inner = batch.call(datastore)
      return { ...inner, put: inner.put.bind(inner), delete: inner.delete.bind(inner), commit: async () => { await gate.promise; await inner.commit() } }
    }
    const first = bring(message)
    expect(await bring(message)).to.equal('unavailable')
    expect((await box.page(await owner(), NOTHING, 0)).kept).to.deep.equal([])
    gate.resolve()
    expect(await first).to.equal('ok')
    expect(await kept()).to.have.length(1)
  })

  it('is refused, all of it, when the disk is full, and taken when there is room', async () => {
    const { box, register, bring, kept, datastore, crash } = await openBox()
    await register(OWNER)
    const before = await messageFrom(1)
    await bring(before)
    const makeRoom = fillUp(datastore)
    const message = await messageFrom(2)
    const token = (await box.page(await owner(), NOTHING, 0)).kept[0]!.token
    expect([await bring(message), await register(101), await box.delete(await owner(), [token]), await box.leave(await owner())]).to.deep.equal(['unavailable', 'unavailable', 'unavailable', 'unavailable'])
    expect([await kept(), box.messages, box.bytes, box.owners]).to.deep.equal([[idOf(before)], 1, before.bytes.byteLength, 1])
    makeRoom()
    expect(await bring(message)).to.equal('ok')
    expect(await (await crash()).kept()).to.deep.equal([idOf(before), idOf(message)])
  })

  describe('has bounds', () => {
    const size = async (bytes: number): Promise<number> => (await messageFrom(1, { bytes })).bytes.byteLength

    it('of messages for one owner, of which one sender has a quarter', async () => {
      const { register, bring } = await openBox({ messagesPerOwner: 8 })
      await register(OWNER)
      const statuses: MailboxStatus[] = []
      for (const sender of [1, 1, 1, 2, 2, 2, 3, 3, 4, 4, 5]) statuses.push(await bring(await messageFrom(sender)))
      expect(statuses).to.deep.equal(['ok', 'ok', 'full', 'ok', 'ok', 'full', 'ok', 'ok', 'ok', 'ok', 'full'])
    })

    it('of bytes for one owner, of which one sender has a quarter, or one message', async () => {
      const bytes = await size(1_000)
      const { register, bring } = await openBox({ bytesPerOwner: bytes * 8 })
      await register(OWNER)
      const statuses: MailboxStatus[] = []
      for (const sender of [1, 1, 1, 2, 2, 2]) statuses.push(await bring(await messageFrom(sender, { bytes: 1_000 })))
      expect(statuses).to.deep.equal(['ok', 'ok', 'full', 'ok', 'ok', 'full'])
      expect(await bring(await messageFrom(3, { bytes: 3_000 }))).to.equal('ok')
      expect(await bring(await messageFrom(4, { bytes: 3_000 }))).to.equal('full')
    })

    it('of which all senders at one public host have a quarter, too', async () => {
      const { register, bring } = await openBox({ messagesPerOwner: 8 })
      await register(OWNER)
      const statuses: MailboxStatus[] = []
      for (const [sender, host] of [[1, 'a'], [2, 'a'], [3, 'a'], [3, 'b'], [4, ''], [5, ''], [6, '']] as const) statuses.push(await bring(await messageFrom(sender), host))
      expect(statuses).to.deep.equal(['ok', 'ok', 'full', 'ok', 'ok', 'ok', 'ok'])
    })

    it('of bytes in all', async () => {
      const { register, bring } = await openBox({ totalBytes: await size(100) * 2 })
      await register(OWNER)
      await register(101)
      expect([await bring(await messageFrom(1)), await bring(await messageFrom(1, { to: 101 })), await bring(await messageFrom(2))]).to.deep.equal(['ok', 'ok', 'full'])
    })

    it('of owners, and of those at one public host', async () => {
      const { register } = await openBox({ owners: 7 })
      const statuses: MailboxStatus[] = []
      for (const [i, host] of ['a', 'a', 'a', 'a', 'a', 'b', '', '', ''].entries()) statuses.push(await register(200 + i, host))
      expect(statuses).to.deep.equal(['ok', 'ok', 'ok', 'ok', 'full', 'ok', 'ok', 'ok', 'full'].slice(0, 9))
      expect(await register(200, 'a')).to.equal('ok')
    })

    it('of bytes a page: at least one, and what is left with the next', async () => {
      const { box, register, bring } = await openBox({ messagesPerOwner: 40 })
      await register(OWNER)
      for (let i = 0; i < 5; i++) await bring(await messageFrom(i, { bytes: 1_000 }))
      const lengths: number[] = []
      let after: Uint8Array = NOTHING
      for (let more = true; more;) {
        const page = await box.page(await owner(), after, 3_000)
        lengths.push(page.kept.length)
        more = page.more
        after = page.kept.at(-1)!.token
      }
      expect(lengths).to.deep.equal([2, 2, 1])
      expect((await box.page(await owner(), NOTHING, 1)).kept).to.have.length(1)
    })
  })

  it('goes when it expires, at the latest after the age of the mailbox', async () => {
    const { box, register, bring, kept, clock, datastore } = await openBox({ maxAgeMs: 2 * DAY_MS })
    await register(OWNER)
    const short = await messageFrom(1, { expiresMs: START_MS + DAY_MS })
    const long = await messageFrom(1, { expiresMs: START_MS + 30 * DAY_MS })
    expect([await bring(short), await bring(long), await bring(await messageFrom(1, { expiresMs: START_MS }))]).to.deep.equal(['ok', 'ok', 'expired'])
    clock.advance(DAY_MS)
    expect(await kept()).to.deep.equal([idOf(long)])
    await box.sweep()
    await box.sweep()
    expect(box.messages).to.equal(1)
    clock.advance(DAY_MS)
    await box.sweep()
    await box.sweep()
    expect([box.messages, box.bytes, box.owners]).to.deep.equal([0, 0, 1])
    expect(await contentsOf(datastore)).to.have.length(1)
  })

  it('goes with its owner, who is forgotten when he does not come for as long', async () => {
    const { box, register, bring, clock, datastore, crash } = await openBox({ maxAgeMs: 2 * DAY_MS })
    await register(OWNER)
    await register(101)
    clock.advance(DAY_MS)
    await box.page(String(await peerIdOf(101)), NOTHING, 0)
    await bring(await messageFrom(1))
    clock.advance(DAY_MS)
    // that the other was here is known after a kill, too
    const after = await crash()
    await after.box.sweep()
    await after.box.sweep()
    expect([after.box.owners, after.box.messages]).to.deep.equal([1, 0])
    expect(after.box.card(String(await peerIdOf(101)))).to.not.equal(undefined)
    expect(await contentsOf(datastore)).to.have.length(1)
    expect(await after.box.leave(String(await peerIdOf(101)))).to.equal('ok')
    expect(await contentsOf(datastore)).to.have.length(0)
  })

  it('outlives a clock that is ahead for a while', async () => {
    const { box, register, bring, clock } = await openBox()
    await register(OWNER)
    await bring(await messageFrom(1))
    clock.jump(60 * DAY_MS)
    await box.sweep()
    clock.jump(-60 * DAY_MS)
    await box.sweep()
    clock.jump(60 * DAY_MS)
    await box.sweep()
    expect([box.owners, box.messages]).to.deep.equal([1, 1])
  })

  it('is given out though one that fits into no page was kept before it', async () => {
    const { box, register, bring, kept } = await openBox()
    await register(OWNER)
    expect(await bring({ ...await messageFrom(1), bytes: new Uint8Array(2_097_146) })).to.equal('ok')
    const message = await messageFrom(2)
    await bring(message)
    expect(await kept()).to.deep.equal([idOf(message)])
    expect(box.messages).to.equal(1)
  })

  it('has the card that is good, once a newer one has expired', async () => {
    const { box, register, clock } = await openBox()
    await register(OWNER, '', 9)
    clock.jump(2 * DAY_MS)
    const good = await signCard(await keyOf(OWNER), { seq: 5, expiresMs: START_MS + 9 * DAY_MS, prekeys: [], mailboxes: [] })
    await box.register(await owner(), good, '')
    expect(box.card(await owner())).to.deep.equal(good.bytes)
  })

  it('has the newest card of an owner', async () => {
    const { box, register } = await openBox()
    for (const seq of [2, 3, 1]) await register(OWNER, '', seq)
    expect(box.card(await owner())).to.deep.equal((await cardOf(OWNER, 3)).bytes)
  })

  it('drops what is damaged, and keeps the rest', async () => {
    const { register, bring, datastore, crash } = await openBox()
    await register(OWNER)
    await register(101)
    const messages = [await messageFrom(1), await messageFrom(2), await messageFrom(3)]
    for (const message of messages) await bring(message)
    const keys = (await contentsOf(datastore)).map(([key]) => key).sort()
    const { Key } = await import('interface-datastore')
    await datastore.put(new Key(keys.find(key => key.includes('/index/'))!), Uint8Array.of(0xff))
    await datastore.put(new Key(keys.find(key => key.endsWith(`owner/${messages[0]!.recipient.toString()}`))!), Uint8Array.of(0xff))
    const after = await crash()
    expect([after.box.owners, after.box.messages]).to.deep.equal([1, 0])
    expect(await contentsOf(datastore)).to.have.length(1)
  })

  it('is as the options say', () => {
    expect([boxLimits(undefined), boxLimits(false)]).to.deep.equal([undefined, undefined])
    expect(boxLimits(true)).to.deep.equal({ owners: 256, bytesPerOwner: 4_194_304, messagesPerOwner: 1_000, maxAgeMs: 1_209_600_000, totalBytes: 268_435_456 })
    expect(boxLimits({ owners: 3, maxAgeMs: undefined })).to.include({ owners: 3, maxAgeMs: 1_209_600_000 })
    for (const wrong of [{ owners: 0 }, { bytesPerOwner: 1.5 }, { maxAgeMs: 31 * DAY_MS }, { owner: 3 }, { messagesPerOwner: '8' }]) {
      expect(() => boxLimits(wrong as object), JSON.stringify(wrong)).to.throw().with.property('code', 'MESSAGING_OPTION_INVALID')
    }
    for (const wrong of [0, 1_000, Number.NaN, 31 * DAY_MS]) expect(() => rotationMs(wrong)).to.throw().with.property('code', 'MESSAGING_OPTION_INVALID')
    expect([rotationMs(), rotationMs(3_600_000)]).to.deep.equal([DAY_MS, 3_600_000])
  })
})
