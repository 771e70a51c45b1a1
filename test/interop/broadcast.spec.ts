import { expect } from 'chai'
import * as z from 'zod'
import { eventually } from '../support/eventually.ts'
import { connect, meshed, peerkeep } from './support/peerkeep.ts'
import { inForeign } from './support/suites.ts'
import type { MessageContext } from '../../src/index.ts'

const News = z.object({ headline: z.string() })

inForeign('broadcasts', (foreign) => {
  it('of a Peerkeep event, both ways', async () => {
    await using node = await peerkeep({ network: 'interop' })
    const topic = '/peerkeep/interop/event/1.0.0/news'
    const heard: Array<{ data: unknown, context: MessageContext }> = []
    node.services.messaging.on('news', News, (data, context) => { heard.push({ data, context }) })
    await foreign().order('hear', { topic })
    await connect(node, foreign(), 'tcp', 'the foreign node')
    await eventually('each would send to the other', async () => await meshed(node, foreign(), topic))

    await foreign().order('broadcast', { topic, request: { headline: 'from abroad' } })
    await eventually('Peerkeep has heard it', () => heard.length > 0)
    expect(heard.map(({ data }) => data)).to.deep.equal([{ headline: 'from abroad' }])
    expect(heard[0]!.context.how).to.equal('broadcast')
    expect(heard[0]!.context.peerId.toString()).to.equal(foreign().peerId.toString())

    expect(await node.services.messaging.broadcast('news', { headline: 'from Peerkeep' })).to.include({ peers: 1 })
    await eventually('the foreign node has heard it', () => foreign().gossip(topic).length > 0)
    expect(foreign().gossip(topic)).to.deep.equal([{ data: { headline: 'from Peerkeep' }, from: node.peerId.toString() }])
    expect(node.services.scoring.standing(foreign().peerId)).to.equal('good')
  })
})
