import { expect } from 'chai'
import * as z from 'zod'
import { eventually } from '../support/eventually.ts'
import { rejection } from '../support/rejection.ts'
import { connect, peerkeep } from './support/peerkeep.ts'
import { inForeign } from './support/suites.ts'
import type { AppNode, MessageContext } from '../../src/index.ts'

const Order = z.object({ item: z.string(), count: z.number() })
const NO_REASON = { reason: '', retryAfterMs: 0 }
// statuses of a receipt
const [DELIVERED, DUPLICATE, LATER, REFUSED] = [1, 2, 4, 5]

inForeign('direct messages', (foreign) => {
  for (const transport of ['tcp', 'ws'] as const) {
    describe(`over ${transport}`, () => {
      let node: AppNode & AsyncDisposable
      let peer: string
      const taken: Array<{ data: unknown, context: MessageContext }> = []

      before(async () => {
        node = await peerkeep()
        peer = node.peerId.toString()
        taken.length = 0
        node.services.messaging.on('order:new', Order, (data, context) => { taken.push({ data, context }) })
        await connect(node, foreign(), transport, 'the foreign node')
      })

      after(async () => { await node?.[Symbol.asyncDispose]() })

      it('of the foreign node are delivered and receipted, in order', async () => {
        for (const count of [1, 2, 3]) {
          const message = { event: 'order:new', payload: { item: 'tea', count }, conversation: 'tuesday' }
          expect(await foreign().order('send', { peer, message })).to.deep.equal({ status: DELIVERED, ...NO_REASON })
        }
        expect(taken.map(({ data }) => data)).to.deep.equal([1, 2, 3].map(count => ({ item: 'tea', count })))
        const { peerId, via, how, conversation } = taken[0]!.context
        expect([peerId, via].map(String)).to.deep.equal([foreign().peerId.toString(), foreign().peerId.toString()])
        expect({ how, conversation }).to.deep.equal({ how: 'direct', conversation: 'tuesday' })
      })

      it('that come twice are delivered once', async () => {
        expect(await foreign().order('send', { peer, message: { again: true } })).to.deep.equal({ status: DUPLICATE, ...NO_REASON })
        expect(taken).to.have.length(3)
      })

      it('that do not fit are refused', async () => {
        expect(await foreign().order('send', { peer, message: { event: 'order:new', payload: { item: 1 } } })).to.deep.include({ status: REFUSED, reason: 'invalid' })
      })

      it('of an event that a node which has just started does not know may be sent again', async () => {
        const receipt = await foreign().order('send', { peer, message: { event: 'tea:time', payload: 'five' } })
        expect(receipt).to.include({ status: LATER })
        expect(receipt.retryAfterMs).to.be.above(0)
        const heard: string[] = []
        node.services.messaging.on('tea:time', z.string(), data => { heard.push(data) })
        expect(await foreign().order('send', { peer, message: { again: true } })).to.deep.equal({ status: DELIVERED, ...NO_REASON })
        expect(heard).to.deep.equal(['five'])
      })

      it('of Peerkeep are delivered, in order', async () => {
        const event = `order:${transport}`
        const sent = await Promise.all([1, 2, 3].map(async count => await node.services.messaging.send(foreign().peerId, event, { count }, { conversation: 'wednesday' })))
        await Promise.all(sent.map(async ({ delivered }) => { await delivered }))
        await eventually('it has told of all', () => foreign().direct(event).length === 3)
        const told = foreign().direct(event)
        expect(told.map(({ payload, from, conversation }) => ({ payload, from, conversation }))).to.deep.equal([1, 2, 3].map(count => ({ payload: { count }, from: peer, conversation: 'wednesday' })))
        expect(told.map(({ seq }) => seq)).to.deep.equal([1, 2, 3])
        expect(new Set(told.map(({ lane }) => lane)).size).to.equal(1)
      })

      it('of Peerkeep that are refused say so', async () => {
        const { delivered } = await node.services.messaging.send(foreign().peerId, `no-${transport}`, {})
        expect(await rejection(delivered)).to.include({ code: 'MESSAGING_REFUSED' })
      })

      it('leave nothing behind', async () => {
        await eventually('the outbox is empty', () => node.services.messaging.outbox().length === 0)
        expect(node.services.scoring.standing(foreign().peerId)).to.equal('good')
      })
    })
  }
})
