import { expect } from 'chai'
import * as z from 'zod'
import { eventually } from '../support/eventually.ts'
import { connect, peerkeep } from './support/peerkeep.ts'
import { inForeign } from './support/suites.ts'
import { go } from './support/toolchain.ts'
import type { MessageContext } from '../../src/index.ts'

const OK = 1
const Note = z.object({ text: z.string() })

inForeign('messages left with a mailbox', (foreign) => {
  it('that the foreign node has sealed are opened by Peerkeep', async () => {
    await using mailbox = await peerkeep({ messaging: { mailbox: true } })
    await using owner = await peerkeep()
    const taken: Array<{ data: unknown, context: MessageContext }> = []
    owner.services.messaging.on('note', Note, (data, context) => { taken.push({ data, context }) })
    await owner.dial(mailbox.getMultiaddrs())
    expect((await owner.services.messaging.useMailboxes([mailbox.peerId])).map(String)).to.deep.equal([mailbox.peerId.toString()])

    await connect(mailbox, foreign(), 'tcp', 'the foreign node')
    const message = { event: 'note', payload: { text: 'sealed abroad' }, owner: owner.peerId.toString() }
    expect(await foreign().order('leave', { peer: mailbox.peerId.toString(), message })).to.deep.equal({ status: OK })
    await eventually('the owner has it', () => taken.length > 0)
    const { data, context: { peerId, via, how } } = taken[0]!
    expect(data).to.deep.equal({ text: 'sealed abroad' })
    expect({ from: peerId.toString(), via: via.toString(), how }).to.deep.equal({ from: foreign().peerId.toString(), via: mailbox.peerId.toString(), how: 'mailbox' })
    for (const node of [mailbox, owner]) expect(node.services.scoring.standing(foreign().peerId)).to.equal('good')
  })

  it('that Peerkeep has sealed are opened by the foreign node', async () => {
    await using mailbox = await peerkeep({ messaging: { mailbox: true } })
    await using sender = await peerkeep()
    await connect(mailbox, foreign(), 'tcp', 'the foreign node')
    expect(await foreign().order('register', { peer: mailbox.peerId.toString() })).to.deep.equal({ status: OK })
    await sender.dial(mailbox.getMultiaddrs())
    const sent = await sender.services.messaging.send(foreign().peerId, 'note', { text: 'sealed here' })
    // it is told of the recipient's card by the mailbox, and never meets the recipient
    await eventually('the mailbox has it', () => sent.state === 'sent', 20_000)
    expect(await foreign().order('fetch', { peer: mailbox.peerId.toString() })).to.deep.equal({ from: sender.peerId.toString(), name: 'note', payload: { text: 'sealed here' } })
    expect(sender.getConnections(foreign().peerId)).to.deep.equal([])
    sent.delivered.catch(() => {})
    sender.services.messaging.cancel(sent.id)
    expect(mailbox.services.scoring.standing(foreign().peerId)).to.equal('good')
  })
}, [go])
