import { expect } from 'chai'
import { MAX_TEXT } from '../../../src/http/inbox/text.ts'
import { seededRng } from '../../../src/util/rng.ts'
import { startAdminApi } from '../../support/admin-api.ts'
import { eventually } from '../../support/eventually.ts'
import { randomPeerId } from '../../support/random-peer.ts'
import { Programs } from '../inbox/inbox-nodes.ts'
import type { Program } from '../inbox/inbox-nodes.ts'
import type { TestApi } from '../../support/admin-api.ts'

describe('http: messages', () => {
  let programs: Programs
  let alice: Program
  let bob: Program
  let atAlice: TestApi
  let atBob: TestApi
  let bobId: string

  const apiOf = async ({ node, hub, inbox }: Program): Promise<TestApi> => await startAdminApi({ node, events: hub, inbox })

  before(async () => {
    programs = new Programs();
    [alice, bob] = await Promise.all([programs.run(), programs.run()])
    bobId = bob.node.peerId.toString()
    await alice.node.dial(bob.node.getMultiaddrs());
    [atAlice, atBob] = await Promise.all([apiOf(alice), apiOf(bob)])
  })
  after(async () => {
    await atAlice[Symbol.asyncDispose]()
    await atBob[Symbol.asyncDispose]()
    await programs[Symbol.asyncDispose]()
  })

  it('go to a peer, and are found there', async () => {
    const text = `<b>"hello"</b>\n${'\u0001'.repeat(1_000)}😀`
    const { status, body } = await atAlice.request('POST', '/v1/messages', { peerId: bobId, text, conversation: 'c', priority: 'high', expiresInMs: 60_000 })
    expect(status).to.equal(202)
    expect(body.state).to.be.oneOf(['queued', 'sent', 'delivered'])
    await eventually('bob has it', () => bob.told.some(({ id }) => id === body.id))
    const { body: inbox } = await atBob.request('GET', '/v1/messages')
    expect(inbox).to.include({ total: 1 })
    expect(inbox.messages[0]).to.include({ id: body.id, text, peerId: alice.node.peerId.toString(), how: 'direct' })
    expect((await atBob.request('GET', '/v1/messages?limit=1&offset=1')).body).to.deep.equal({ messages: [], total: 1 })
  })

  it('wait while the peer is away, and can be taken back', async () => {
    const away = randomPeerId(seededRng(1)).toString()
    const ids: string[] = []
    for (const text of ['one', 'two']) ids.push((await atAlice.request('POST', '/v1/messages', { peerId: away, text })).body.id as string)
    const { body: outbox } = await atAlice.request('GET', '/v1/outbox')
    expect(outbox.total).to.equal(2)
    expect(outbox.entries[0]).to.include({ id: ids[0], peerId: away, event: 'text', state: 'queued', priority: 'normal', conversation: '' })
    expect((await atAlice.request('GET', '/v1/outbox?limit=1&offset=1')).body.entries).to.have.length(1)
    expect((await atAlice.request('DELETE', `/v1/outbox/${ids[0]}`)).status).to.equal(204)
    const again = await atAlice.request('DELETE', `/v1/outbox/${ids[0]}`)
    expect([again.status, again.body.code]).to.deep.equal([404, 'OUTBOX_UNKNOWN'])
    expect((await atAlice.request('GET', '/v1/outbox')).body).to.have.property('total', 1)
    expect((await atAlice.request('DELETE', `/v1/outbox/${ids[1]}`)).status).to.equal(204)
  })

  it('go to everybody who takes a topic', async () => {
    const nobody = await atAlice.request('POST', '/v1/broadcast', { topic: 'news', text: 'x' })
    expect([nobody.status, nobody.body.code]).to.deep.equal([503, 'MESSAGING_NOBODY'])
    expect((await atBob.request('POST', '/v1/topics', { topic: 'news' })).body).to.deep.equal({ topics: ['news'] })
    const sent = await eventually('somebody took it', async () => {
      const { status, body } = await atAlice.request('POST', '/v1/broadcast', { topic: 'news', text: 'extra' })
      return status === 200 && body
    })
    expect(sent.peers).to.equal(1)
    await eventually('bob has it', () => bob.told.some(({ id, topic }) => id === sent.id && topic === 'news'))
    expect((await atBob.request('GET', '/v1/topics')).body).to.deep.equal({ topics: ['news'] })
    expect((await atBob.request('DELETE', '/v1/topics/news')).status).to.equal(204)
    const again = await atBob.request('DELETE', '/v1/topics/news')
    expect([again.status, again.body.code]).to.deep.equal([404, 'TOPIC_UNKNOWN'])
    for (let i = 0; i < 64; i++) bob.inbox.join(`t${i}`)
    const full = await atBob.request('POST', '/v1/topics', { topic: 'one-more' })
    expect([full.status, full.body.code]).to.deep.equal([409, 'INBOX_TOPICS_FULL'])
    for (const topic of bob.inbox.topics) bob.inbox.leave(topic)
  })

  it('are refused when they are none, with what is wrong', async () => {
    const message = { peerId: bobId, text: 'x' }
    for (const [method, path, body, status, code] of [
      ['POST', '/v1/messages', {}, 400, 'API_REQUEST_INVALID'],
      ['POST', '/v1/messages', { ...message, text: '' }, 400, 'API_REQUEST_INVALID'],
      ['POST', '/v1/messages', { ...message, text: 'x'.repeat(MAX_TEXT + 1) }, 400, 'API_REQUEST_INVALID'],
      ['POST', '/v1/messages', { ...message, text: 'x'.repeat(600_000) }, 413, 'API_BODY_TOO_LARGE'],
      ['POST', '/v1/messages', { ...message, priority: 'urgent' }, 400, 'API_REQUEST_INVALID'],
      ['POST', '/v1/messages', { ...message, expiresInMs: 0 }, 400, 'API_REQUEST_INVALID'],
      ['POST', '/v1/messages', { ...message, typo: 1 }, 400, 'API_REQUEST_INVALID'],
      ['POST', '/v1/messages', { ...message, conversation: '😀'.repeat(33) }, 400, 'MESSAGING_OPTION_INVALID'],
      ['POST', '/v1/messages', { ...message, peerId: 'nobody' }, 400, 'MESSAGING_PEER_INVALID'],
      ['POST', '/v1/messages', { ...message, peerId: alice.node.peerId.toString() }, 400, 'MESSAGING_PEER_INVALID'],
      ['POST', '/v1/broadcast', { topic: 'a/b', text: 'x' }, 400, 'API_REQUEST_INVALID'],
      ['POST', '/v1/broadcast', { topic: 'x'.repeat(101), text: 'x' }, 400, 'API_REQUEST_INVALID'],
      ['POST', '/v1/broadcast', { topic: 'x', text: '\u0001'.repeat(MAX_TEXT) }, 413, 'MESSAGING_TOO_LARGE'],
      ['POST', '/v1/topics', { topic: '$x' }, 400, 'API_REQUEST_INVALID'],
      ['DELETE', '/v1/topics/a%2Fb', undefined, 400, 'API_REQUEST_INVALID'],
      ['GET', '/v1/messages?limit=0', undefined, 400, 'API_REQUEST_INVALID'],
      ['GET', '/v1/outbox?offset=-1', undefined, 400, 'API_REQUEST_INVALID']
    ] as const) {
      const answer = await atAlice.request(method, path, body)
      expect([answer.status, answer.body.code], `${method} ${path} ${JSON.stringify(body)?.slice(0, 80)}`).to.deep.equal([status, code])
      expect(answer.headers['content-type']).to.match(/^application\/problem\+json/)
    }
    expect(alice.node.services.messaging.outbox()).to.deep.equal([])
  })
})
