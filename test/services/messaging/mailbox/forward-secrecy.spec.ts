import { expect } from 'chai'
import { toString } from 'uint8arrays/to-string'
import { DAY_MS } from '../../../../src/services/messaging/mailbox/constants.ts'
import { Prekeys } from '../../../../src/services/messaging/mailbox/prekeys.ts'
import { openSealed, ownOpeningKey, readSealed } from '../../../../src/services/messaging/mailbox/sealed-message.ts'
import { systemRng } from '../../../../src/util/rng.ts'
import { rejection } from '../../../support/rejection.ts'
import { eventually, passes } from '../../../support/eventually.ts'
import { contentsOf } from './support/datastores.ts'
import { acquainted, addressOf, deposit, MailNodes, texts } from './support/mail-nodes.ts'
import { fromString } from 'uint8arrays/from-string'
import type { MailNode } from './support/mail-nodes.ts'

/** Every key that somebody who has the identity and the datastore of a node can make of them. */
async function keysOf (node: MailNode, nodes: MailNodes): Promise<Uint8Array[]> {
  const prekeys = new Prekeys({ datastore: node.datastore, privateKey: node.key, clock: nodes.clock, rng: systemRng, log: node.logger.forComponent('test'), rotationMs: DAY_MS })
  await prekeys.load()
  const keys = [ownOpeningKey(node.key)]
  for (const [key] of await contentsOf(node.datastore)) {
    const name = key.split('/prekeys/')[1]
    if (name != null) keys.push((await prekeys.find(fromString(name, 'base16')))!)
  }
  return keys
}

async function sealedAt (mailbox: MailNode): Promise<Uint8Array> {
  const [, hex] = (await contentsOf(mailbox.datastore)).find(([key]) => key.includes('/box/sealed/'))!
  return fromString(hex, 'base16')
}

describe('messaging: forward secrecy of what a mailbox has kept', () => {
  it('who gets the node\'s keys later cannot read what a mailbox has copied', async () => {
    await using nodes = new MailNodes()
    const mailbox = await nodes.create({ seed: 1, mailbox: true })
    const alice = await nodes.create({ seed: 2 })
    let bob = await nodes.create({ seed: 3 })
    await bob.mail.useMailboxes([addressOf(mailbox)])
    await acquainted(alice, bob)
    await nodes.stop(bob)
    await deposit(alice, bob.peerId, 'secret')
    const sealed = await readSealed(await sealedAt(mailbox))
    expect(sealed.keyId).to.have.length(16)

    bob = await nodes.create({ seed: 3, datastore: bob.datastore })
    await passes(() => { expect(texts(bob)).to.deep.equal(['secret']) })
    await eventually('nothing is under way', () => mailbox.mail.snapshot().messages === 0)
    // until then the prekey is there
    const opens = async (): Promise<boolean[]> => await Promise.all((await keysOf(bob, nodes)).map(async key => await openSealed(sealed, key).then(() => true, () => false)))
    expect((await opens()).filter(Boolean)).to.have.length(1)
    await nodes.stop(bob)
    const before = (await keysOf(bob, nodes)).slice(1).map(key => toString(key, 'base16'))

    nodes.clock.jump(46 * DAY_MS)
    bob = await nodes.create({ seed: 3, datastore: bob.datastore })
    await nodes.stop(bob)
    expect(await opens()).to.deep.equal([false, false])
    const stored = (await contentsOf(bob.datastore)).map(([key, hex]) => key + hex).join('\n')
    expect(stored).to.not.include(toString(sealed.keyId, 'base16'))
    for (const key of before) expect(stored).to.not.include(key)
  })

  it('and what was sealed to the own key, for want of a prekey, has none', async () => {
    await using nodes = new MailNodes()
    const mailbox = await nodes.create({ seed: 1, mailbox: { maxAgeMs: 30 * DAY_MS } })
    const alice = await nodes.create({ seed: 2 })
    const bob = await nodes.create({ seed: 3 })
    await bob.mail.useMailboxes([addressOf(mailbox)])
    await acquainted(alice, bob)
    await nodes.stop(bob)
    nodes.clock.jump(16 * DAY_MS)
    await alice.mail.deposit(bob.peerId, [{ id: '00', encoded: Uint8Array.of(1), expiresMs: nodes.clock.now() + DAY_MS }], AbortSignal.timeout(5_000))
    const sealed = await readSealed(await sealedAt(mailbox))
    expect(sealed.keyId).to.have.length(0)
    expect(await openSealed(sealed, ownOpeningKey(bob.key))).to.deep.equal(Uint8Array.of(1))
    expect(await rejection(openSealed(sealed, ownOpeningKey(alice.key)))).to.have.property('code', 'MESSAGING_SEALED_INVALID')
  })
})
