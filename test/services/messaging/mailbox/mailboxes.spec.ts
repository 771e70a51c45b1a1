import { expect } from 'chai'
import { toString } from 'uint8arrays/to-string'
import { DAY_MS } from '../../../../src/services/messaging/mailbox/constants.ts'
import { START_MS } from '../../../support/open-book.ts'
import { eventually, passes } from '../../../support/eventually.ts'
import { rejection } from '../../../support/rejection.ts'
import { watchUnhandled } from '../../../support/unhandled.ts'
import { contentsOf } from './support/datastores.ts'
import { acquainted, addressOf, deposit, MailNodes, parcel, texts } from './support/mail-nodes.ts'

describe('messaging: mailboxes', () => {
  let unhandled: ReturnType<typeof watchUnhandled>
  beforeEach(() => { unhandled = watchUnhandled() })
  afterEach(async () => { await unhandled.stop() })

  it('bring messages to a peer that was away, when their sender is gone', async () => {
    await using nodes = new MailNodes()
    const mailbox = await nodes.create({ seed: 1, mailbox: true })
    const alice = await nodes.create({ seed: 2 })
    let bob = await nodes.create({ seed: 3 })
    expect((await bob.mail.useMailboxes([addressOf(mailbox)])).map(String)).to.deep.equal([mailbox.peerId.toString()])
    await acquainted(alice, bob)
    await nodes.stop(bob)
    expect(await deposit(alice, bob.peerId, 'one', 'two', 'three')).to.equal(3)
    expect(mailbox.mail.snapshot()).to.include({ serving: true, owners: 1, messages: 3 })
    await nodes.stop(alice)

    bob = await nodes.create({ seed: 3, datastore: bob.datastore })
    await passes(() => { expect(texts(bob)).to.deep.equal(['one', 'two', 'three']) })
    expect(bob.received[0]).to.include({ sender: alice.peerId.toString(), via: mailbox.peerId.toString() })
    await eventually('the mailbox has forgotten them', () => mailbox.mail.snapshot().messages === 0)
    expect([...bob.charges, ...mailbox.charges, ...alice.charges]).to.deep.equal([])
  })

  it('keep them over a restart, and show nobody what is in them', async () => {
    await using nodes = new MailNodes()
    const [first, alice, away] = await nodes.trio()
    await nodes.stop(away)
    const canary = 'a canary that nobody but Bob may see'
    await deposit(alice, away.peerId, canary)
    await nodes.stop(first)
    const kept = (await contentsOf(first.datastore)).map(([key, hex]) => key + hex).join('\n')
    expect(kept).to.include('/sealed/')
    for (const piece of [canary, canary.slice(10, 18)]) expect(kept).to.not.include(toString(new TextEncoder().encode(piece), 'base16'))

    const mailbox = await nodes.create({ seed: 1, mailbox: true, datastore: first.datastore })
    expect(mailbox.mail.snapshot()).to.include({ owners: 1, messages: 1 })
    const bob = await nodes.create({ seed: 3, datastore: away.datastore })
    await passes(() => { expect(texts(bob)).to.deep.equal([canary]) })
  })

  it('tell an owner that is connected that something has come', async () => {
    await using nodes = new MailNodes()
    const [, alice, bob] = await nodes.trio()
    // it can reach the mailbox, not Bob
    await alice.hangUp(bob.peerId)
    await deposit(alice, bob.peerId, 'at once')
    await passes(() => { expect(texts(bob)).to.deep.equal(['at once']) })
  })

  it('give the same message once, though two of them have it', async () => {
    await using nodes = new MailNodes()
    const [first, second] = [await nodes.create({ seed: 1, mailbox: true }), await nodes.create({ seed: 4, mailbox: true })]
    const alice = await nodes.create({ seed: 2 })
    let bob = await nodes.create({ seed: 3 })
    expect(await bob.mail.useMailboxes([first, second].map(addressOf))).to.have.length(2)
    await acquainted(alice, bob)
    await nodes.stop(bob)
    expect(await deposit(alice, bob.peerId, 'one', 'two')).to.equal(2)
    expect([first, second].map(({ mail }) => mail.snapshot().messages)).to.deep.equal([2, 2])
    bob = await nodes.create({ seed: 3, datastore: bob.datastore })
    await eventually('both are empty', () => [first, second].every(({ mail }) => mail.snapshot().messages === 0))
    expect([...texts(bob)].sort()).to.deep.equal(['one', 'two'])
    expect([...bob.charges, ...first.charges, ...second.charges]).to.deep.equal([])
  })

  it('take what one of them can, when another is gone', async () => {
    await using nodes = new MailNodes()
    const [first, second] = [await nodes.create({ seed: 1, mailbox: true }), await nodes.create({ seed: 4, mailbox: true })]
    const alice = await nodes.create({ seed: 2 })
    const bob = await nodes.create({ seed: 3 })
    await bob.mail.useMailboxes([first, second].map(addressOf))
    await acquainted(alice, bob)
    await Promise.all([nodes.stop(bob), nodes.stop(first)])
    expect(await deposit(alice, bob.peerId, 'one')).to.equal(1)
    expect(second.mail.snapshot().messages).to.equal(1)
  })

  it('keep what the owner cannot take yet, and forget what it never will', async () => {
    await using nodes = new MailNodes()
    const [mailbox, alice, bob] = await nodes.trio()
    let ready = false
    bob.onTake = text => text === 'bad' ? 'invalid' : text === 'early' && !ready ? 'later' : 'done'
    await deposit(alice, bob.peerId, 'early', 'bad', 'good')
    await passes(() => { expect(texts(bob)).to.deep.equal(['good']) })
    await eventually('it has one left', () => mailbox.mail.snapshot().messages === 1)
    expect(bob.charges).to.deep.equal([{ peer: alice.peerId.toString(), offence: 'severe', cause: 'messaging:bad-message' }])
    ready = true
    expect(await bob.mail.fetchMailboxes()).to.equal(1)
    expect(texts(bob)).to.deep.equal(['good', 'early'])
    expect(mailbox.mail.snapshot().messages).to.equal(0)
  })

  it('hand out many messages in pages, in order', async () => {
    await using nodes = new MailNodes()
    const [mailbox, alice, away] = await nodes.trio({ messagesPerOwner: 4_000, bytesPerOwner: 2 ** 26 })
    await nodes.stop(away)
    const sent = [...Array.from({ length: 260 }, (_, i) => `short ${i}`), ...Array.from({ length: 6 }, (_, i) => `${i} `.repeat(300_000))]
    expect(await deposit(alice, away.peerId, ...sent)).to.equal(sent.length)
    const bob = await nodes.create({ seed: 3, datastore: away.datastore })
    await eventually('all are there', () => bob.received.length === sent.length)
    expect(texts(bob)).to.deep.equal(sent)
    await eventually('it is empty', () => mailbox.mail.snapshot().messages === 0)
  }).timeout(60_000)

  it('are left alone by those who have written nothing, and expired messages with nobody', async () => {
    await using nodes = new MailNodes()
    const [mailbox, alice, bob] = await nodes.trio()
    expect(await alice.mail.deposit(bob.peerId, [], AbortSignal.timeout(1_000))).to.have.property('size', 0)
    expect(await alice.mail.deposit(bob.peerId, [parcel('late', START_MS)], AbortSignal.timeout(1_000))).to.have.property('size', 0)
    expect(mailbox.mail.snapshot().messages).to.equal(0)
  })

  it('of a peer may be the sender itself', async () => {
    await using nodes = new MailNodes()
    const mailbox = await nodes.create({ seed: 1, mailbox: true })
    let bob = await nodes.create({ seed: 3 })
    await bob.mail.useMailboxes([addressOf(mailbox)])
    await nodes.stop(bob)
    expect(await deposit(mailbox, bob.peerId, 'from the mailbox')).to.equal(1)
    bob = await nodes.create({ seed: 3, datastore: bob.datastore })
    await passes(() => { expect(texts(bob)).to.deep.equal(['from the mailbox']) })
  })

  it('are given up when another is chosen, once no card can name them any more', async () => {
    await using nodes = new MailNodes()
    const [first, second] = [await nodes.create({ seed: 1, mailbox: true }), await nodes.create({ seed: 4, mailbox: true })]
    const alice = await nodes.create({ seed: 2 })
    const bob = await nodes.create({ seed: 3 })
    await bob.mail.useMailboxes([addressOf(first)])
    await acquainted(alice, bob)
    // Alice goes by the card she has
    await alice.hangUp(bob.peerId)
    expect((await bob.mail.useMailboxes([addressOf(second)])).map(String)).to.deep.equal([String(second.peerId)])
    await deposit(alice, bob.peerId, 'by an old card')
    await passes(() => { expect(texts(bob)).to.deep.equal(['by an old card']) })
    expect(first.mail.snapshot().owners).to.equal(1)
    nodes.clock.jump(15 * DAY_MS)
    await bob.mail.fetchMailboxes()
    await eventually('the first has forgotten it', () => first.mail.snapshot().owners === 0)
    expect(bob.mail.snapshot().using).to.deep.equal([String(second.peerId)])
  })

  it('that have lost an owner are told again', async () => {
    await using nodes = new MailNodes()
    let mailbox = await nodes.create({ seed: 1, mailbox: true })
    const bob = await nodes.create({ seed: 3 })
    await bob.mail.useMailboxes([addressOf(mailbox)])
    await nodes.stop(mailbox)
    mailbox = await nodes.create({ seed: 1, mailbox: true })
    expect(mailbox.mail.snapshot().owners).to.equal(0)
    await bob.mail.fetchMailboxes()
    expect(mailbox.mail.snapshot().owners).to.equal(1)
  })

  it('that are away are tried until they are there', async () => {
    await using nodes = new MailNodes()
    const away = await nodes.create({ seed: 1, mailbox: true })
    const address = addressOf(away)
    await nodes.stop(away)
    const bob = await nodes.create({ seed: 3 })
    expect(await bob.mail.useMailboxes([address])).to.deep.equal([])
    const mailbox = await nodes.create({ seed: 1, mailbox: true })
    await nodes.clock.advanceAsync(2_000)
    await passes(() => { expect(bob.mail.snapshot().using).to.deep.equal([String(mailbox.peerId)]) })
  })

  it('that are full, or serve nobody, agree to nothing', async () => {
    await using nodes = new MailNodes()
    const [full, none] = [await nodes.create({ seed: 1, mailbox: { owners: 1 } }), await nodes.create({ seed: 4 })]
    const [bob, carol] = [await nodes.create({ seed: 3 }), await nodes.create({ seed: 5 })]
    expect(await bob.mail.useMailboxes([addressOf(full)])).to.have.length(1)
    expect(await carol.mail.useMailboxes([addressOf(full), addressOf(none)])).to.deep.equal([])
    expect(await rejection(carol.mail.fetchMailboxes())).to.have.property('code').that.is.oneOf(['MESSAGING_MAILBOX_REFUSED', 'PROTOCOL_UNSUPPORTED'])
  })

  it('are peers, at most three, and others', async () => {
    await using nodes = new MailNodes()
    const bob = await nodes.create({ seed: 3 })
    for (const wrong of ['nobody', '/ip4/192.0.2.1/tcp/1', '/ip4/1']) expect(await rejection(bob.mail.useMailboxes([wrong]))).to.have.property('code', 'MESSAGING_PEER_INVALID')
    expect(await rejection(bob.mail.useMailboxes([bob.peerId]))).to.have.property('code', 'MESSAGING_PEER_INVALID')
    const four = await Promise.all([11, 12, 13, 14].map(async seed => addressOf(await nodes.create({ seed }))))
    expect(await rejection(bob.mail.useMailboxes(four))).to.have.property('code', 'MESSAGING_OPTION_INVALID')
    await bob.stop()
    for (const call of [bob.mail.useMailboxes([]), bob.mail.fetchMailboxes()]) expect(await rejection(call)).to.have.property('code', 'MESSAGING_STOPPED')
  })

  it('can be left waiting by a signal', async () => {
    await using nodes = new MailNodes()
    const mailbox = await nodes.create({ seed: 1, mailbox: true })
    const bob = await nodes.create({ seed: 3 })
    const reason = new Error('enough')
    const outcome: unknown = await bob.mail.useMailboxes([addressOf(mailbox)], { signal: AbortSignal.abort(reason) }).catch((err: unknown) => err)
    expect(outcome).to.equal(reason)
  })
})
