import { generateKeyPair } from '@libp2p/crypto/keys'
import { MemoryDatastore } from 'datastore-core'
import { expect } from 'chai'
import { MAX_TEXT, textSchema } from '../../../src/http/inbox/text.ts'
import { MessageShelf } from '../../../src/http/inbox/message-shelf.ts'
import { eventually } from '../../support/eventually.ts'
import { rejection } from '../../support/rejection.ts'
import { Programs } from './inbox-nodes.ts'
import type { Program } from './inbox-nodes.ts'

const ALL = { limit: 100, offset: 0 }

describe('http: the inbox', () => {
  let programs: Programs
  let alice: Program
  let bob: Program

  before(async () => {
    programs = new Programs();
    [alice, bob] = await Promise.all([programs.run(), programs.run()])
    await alice.node.dial(bob.node.getMultiaddrs())
  })
  after(async () => { await programs[Symbol.asyncDispose]() })

  const texts = ({ inbox }: Program): string[] => inbox.messages(ALL).messages.map(({ text }) => text)

  it('takes texts, and tells of them', async () => {
    const sent = await alice.node.services.messaging.send(bob.node.peerId, 'text', { text: 'hello', laterVersions: 'say more' })
    await sent.delivered
    const { messages: [message] } = bob.inbox.messages(ALL)
    expect(message).to.include({ id: sent.id, peerId: alice.node.peerId.toString(), text: 'hello', how: 'direct' }).and.to.not.have.property('topic')
    expect(message!.receivedMs).to.be.within(message!.sentMs - 1_000, message!.sentMs + 10_000)
    expect(bob.told.at(-1)).to.include({ event: 'message:received', ...message })
  })

  it('takes broadcasts of the topics that are wanted, while they are', async () => {
    const send = async (text: string): Promise<{ peers: number }> => await alice.node.services.messaging.broadcast('text:news', { text }, { allowNobody: true })
    bob.inbox.join('news')
    bob.inbox.join('news')
    expect(bob.inbox.topics).to.deep.equal(['news'])
    await eventually('alice knows', async () => (await send('first')).peers > 0)
    await send('second')
    await eventually('bob has it', () => texts(bob)[0] === 'second')
    expect(bob.inbox.messages(ALL).messages[0]).to.include({ topic: 'news', how: 'broadcast', peerId: alice.node.peerId.toString() })
    const alone = await alice.node.services.messaging.send(bob.node.peerId, 'text:news', { text: 'for bob alone' })
    await alone.delivered
    expect(bob.inbox.messages(ALL).messages[0]).to.include({ text: 'for bob alone', how: 'direct' }).and.to.not.have.property('topic')
    expect(await rejection(alice.node.services.messaging.broadcast('text', { text: 'for all' }))).to.include({ code: 'MESSAGING_NOBODY' })
    expect(bob.inbox.leave('news')).to.equal(true)
    expect(bob.inbox.leave('news')).to.equal(false)
    expect(bob.inbox.topics).to.deep.equal([])
    await send('third')
    await (await alice.node.services.messaging.send(bob.node.peerId, 'text', { text: 'last' })).delivered
    expect(texts(bob).slice(0, 3)).to.deep.equal(['last', 'for bob alone', 'second'])
  })

  it('takes no topic that is none, and only so many', () => {
    for (const topic of ['', '-x', 'a/b', 'a b', 'ä', 'x'.repeat(101), '../x', '$x', 'a\n']) expect(() => { bob.inbox.join(topic) }, topic).to.throw().with.property('code', 'INBOX_TOPIC_INVALID')
    for (let i = 0; i < 64; i++) bob.inbox.join(`topic-${i}`)
    expect(() => { bob.inbox.join('one-more') }).to.throw().with.property('code', 'INBOX_TOPICS_FULL')
    for (const topic of bob.inbox.topics) bob.inbox.leave(topic)
  })

  it('gets what was sent while it was away, in order', async () => {
    const privateKey = await generateKeyPair('Ed25519')
    const datastore = new MemoryDatastore()
    const carol = await programs.run({ privateKey, datastore })
    const id = carol.node.peerId
    await alice.node.dial(carol.node.getMultiaddrs())
    await carol.node.stop()
    for (const text of ['one', 'two', 'three']) await alice.node.services.messaging.send(id, 'text', { text })
    const back = await programs.run({ privateKey, datastore })
    await back.node.dial(alice.node.getMultiaddrs())
    await eventually('all three', () => back.told.length >= 3)
    expect(back.told.map(({ text }) => text as string)).to.deep.equal(['one', 'two', 'three'])
    expect(texts(back)).to.deep.equal(['three', 'two', 'one'])
  })

  it('takes any characters as they are, but no halves of them, and nothing else than texts', async () => {
    const texts = ['<script>alert(1)</script>', '\u001b[2Jgone\u0000\u0007', '\u202eabc', '\u2028\r\n\nevent: x', '😀'.repeat(100), 'x'.repeat(MAX_TEXT), '__proto__']
    for (const text of texts) {
      await (await alice.node.services.messaging.send(bob.node.peerId, 'text', { text })).delivered
      expect(bob.inbox.messages(ALL).messages[0]!.text).to.equal(text)
      expect(bob.told.at(-1)!.text).to.equal(text)
    }
    // what a program would not send of its own, another does
    const evil = await programs.create({ dht: { mode: 'off' }, presence: false })
    await evil.dial(bob.node.getMultiaddrs())
    const before = bob.inbox.messages(ALL).total
    for (const data of ['text', { text: 'x'.repeat(MAX_TEXT + 1) }]) {
      const sent = await evil.services.messaging.send(bob.node.peerId, 'text', data)
      expect(await rejection(sent.delivered)).to.include({ code: 'MESSAGING_REFUSED' })
    }
    expect(bob.inbox.messages(ALL).total).to.equal(before)
    await (await evil.services.messaging.send(bob.node.peerId, 'text', { text: 'a\ud800z' })).delivered
    expect(bob.inbox.messages(ALL).messages[0]!.text).to.equal('a\ufffdz')
    for (const data of [null, undefined, 1, [], {}, { text: 1 }, { text: '' }, { text: null }, { text: ['x'] }, new Uint8Array(5)]) {
      expect(await textSchema['~standard'].validate(data), JSON.stringify(data)).to.have.property('issues')
    }
  })

  it('ends, and begins again', async () => {
    alice.inbox.join('x')
    alice.inbox.stop()
    alice.inbox.start()
    expect(alice.inbox.topics).to.deep.equal([])
  })
})

describe('http: the shelf of messages', () => {
  const message = (n: number, text = ''): Parameters<MessageShelf['add']>[0] => ({ id: `${n}`, peerId: 'p', text, sentMs: 0, receivedMs: 0, how: 'direct' })

  it('keeps the latest, so many and so long', () => {
    const shelf = new MessageShelf({ messages: 3, chars: 100 })
    const ids = (limit: number, offset = 0): string[] => shelf.page({ limit, offset }).messages.map(({ id }) => id)
    for (let n = 1; n <= 5; n++) shelf.add(message(n, 'x'.repeat(10)))
    expect(ids(10)).to.deep.equal(['5', '4', '3'])
    expect([ids(1), ids(1, 1), ids(2, 2), ids(5, 3), ids(5, 9)]).to.deep.equal([['5'], ['4'], ['3'], [], []])
    shelf.add(message(6, 'x'.repeat(85)))
    expect(ids(10)).to.deep.equal(['6', '5'])
    shelf.add(message(7, 'x'.repeat(500)))
    expect(shelf.page({ limit: 10, offset: 0 })).to.deep.equal({ messages: [message(7, 'x'.repeat(500))], total: 1 })
    shelf.add(message(8))
    expect(ids(10)).to.deep.equal(['8'])
  })
})
