import { expect } from 'chai'
import { eventually } from '../support/eventually.ts'
import { connect, meshed, peerkeep } from './support/peerkeep.ts'
import { inForeign } from './support/suites.ts'
import type { AppNode } from '../../src/index.ts'
import type { Dialler } from './support/peerkeep.ts'

inForeign('gossip', (foreign) => {
  for (const transport of ['tcp', 'ws'] as const) {
    for (const dialler of ['the foreign node', 'Peerkeep'] satisfies Dialler[]) {
      it(`both ways, over ${transport} that ${dialler} dialled`, async () => {
        await using node = await peerkeep()
        const topic = `interop, ${transport} by ${dialler}`
        const heard = listen(node, topic)
        await foreign().order('subscribe', { topic })
        await connect(node, foreign(), transport, dialler)
        await eventually('each would send to the other', async () => await meshed(node, foreign(), topic))
        const text = 'from abroad'
        await foreign().order('publish', { topic, text })
        await eventually('Peerkeep has heard it', () => heard.length === 1)
        expect(heard).to.deep.equal([{ text, from: foreign().peerId.toString(), signed: 'signed' }])

        const answer = 'from Peerkeep'
        const { recipients } = await node.services.pubsub.publish(topic, new TextEncoder().encode(answer))
        expect(recipients.map(String)).to.deep.equal([foreign().peerId.toString()])
        await eventually('the foreign node has heard it', () => foreign().gossip(topic).length > 0)
        expect(foreign().gossip(topic)).to.deep.equal([{ data: answer, from: node.peerId.toString() }])
      })
    }
  }

  it('messages at once, gathered into few transmissions', async () => {
    await using node = await peerkeep()
    const topic = 'interop, at once'
    const heard = listen(node, topic)
    await foreign().order('subscribe', { topic })
    await connect(node, foreign(), 'tcp', 'Peerkeep')
    await eventually('each would send to the other', async () => await meshed(node, foreign(), topic))
    const texts = Array.from({ length: 100 }, (_, i) => `number ${i} `.padEnd(1_024, '.'))
    await Promise.all(texts.map(async text => node.services.pubsub.publish(topic, new TextEncoder().encode(text))))
    await eventually('the foreign node has heard all', () => foreign().gossip(topic).length === texts.length)
    expect(foreign().gossip(topic).map(({ data }) => data)).to.have.members(texts)
    const some = texts.slice(0, 8)
    for (const text of some) await foreign().order('publish', { topic, text })
    await eventually('Peerkeep has heard all', () => heard.length === some.length)
    expect(heard.map(({ text }) => text)).to.have.members(some)
    expect(node.services.gossipGuard.snapshot()).to.include({ invalid: 0, limited: 0 })
  })
})

function listen (node: AppNode, topic: string): Array<{ text: string, from: string, signed: string }> {
  const heard: Array<{ text: string, from: string, signed: string }> = []
  node.services.pubsub.subscribe(topic)
  node.services.pubsub.addEventListener('message', ({ detail }) => {
    if (detail.topic !== topic) return
    heard.push({ text: new TextDecoder().decode(detail.data), from: detail.type === 'signed' ? detail.from.toString() : '', signed: detail.type })
  })
  return heard
}
