import { once } from 'node:events'
import { expect } from 'chai'
import { createParser } from 'eventsource-parser'
import { EventHub } from '../../../src/http/index.ts'
import { startAdminApi } from '../../support/admin-api.ts'
import { AppNodes } from '../../support/app-nodes.ts'
import { eventually } from '../../support/eventually.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import type { IncomingMessage } from 'node:http'
import type { EventSourceMessage } from 'eventsource-parser'
import type { AppNode } from '../../../src/index.ts'
import type { RequestExtra, TestApi } from '../../support/admin-api.ts'

/** What a client sees of the stream. */
class Listener {
  readonly events: EventSourceMessage[] = []
  readonly comments: string[] = []
  ids = ''
  retryMs?: number
  readonly answer: IncomingMessage

  private constructor (answer: IncomingMessage) {
    this.answer = answer
    const parser = createParser({
      onEvent: event => { this.events.push(event) },
      onComment: comment => { this.comments.push(comment) },
      onId: id => { this.ids = id },
      onRetry: ms => { this.retryMs = ms }
    })
    answer.setEncoding('utf8').on('data', (text: string) => { parser.feed(text) }).on('error', () => {})
  }

  static async open (api: TestApi, query = '', extra?: RequestExtra): Promise<Listener> {
    const answer = await api.stream('GET', `/v1/events${query}`, undefined, extra)
    expect(answer.statusCode, query).to.equal(200)
    const listener = new Listener(answer)
    await eventually('the stream has begun', () => listener.retryMs != null)
    return listener
  }

  get numbers (): number[] {
    return this.events.map(({ data }) => (JSON.parse(data) as { n: number }).n)
  }

  async heard (count: number): Promise<void> {
    await eventually(`${count} events`, () => this.events.length >= count)
  }

  cut (): void {
    this.answer.destroy()
  }
}

describe('http: server-sent events', () => {
  let nodes: AppNodes
  let node: AppNode
  let hub: EventHub
  const say = (...numbers: number[]): void => { for (const n of numbers) hub.publish({ event: 'x', n } as { event: string }) }

  before(async () => {
    nodes = new AppNodes()
    node = await nodes.create({ dht: { mode: 'off' } })
  })
  beforeEach(() => { hub = new EventHub() })
  after(async () => { await nodes[Symbol.asyncDispose]() })

  it('come as they happen, with ids, as JSON', async () => {
    await using api = await startAdminApi({ node, events: hub })
    const listener = await Listener.open(api)
    expect(listener.answer.headers['content-type']).to.equal('text/event-stream; charset=utf-8')
    expect(listener.answer.headers['cache-control']).to.equal('no-store')
    hub.publish({ event: 'peer:connected', agent: 'two\nlines\r\n\nevent: fake\u2028' } as { event: string })
    await listener.heard(1)
    expect(listener.events).to.have.length(1)
    const [{ id, event, data }] = listener.events as [EventSourceMessage]
    expect(id).to.equal(hub.position)
    expect(event).to.equal('peer:connected')
    expect(JSON.parse(data)).to.include({ event: 'peer:connected', agent: 'two\nlines\r\n\nevent: fake\u2028' }).and.to.have.property('time').that.matches(/^\d{4}-.*Z$/)
  })

  it('go on after a cut with what was missed, by header or query', async () => {
    await using api = await startAdminApi({ node, events: hub })
    const first = await Listener.open(api)
    say(1, 2)
    await first.heard(2)
    first.cut()
    await eventually('it is gone', () => hub.subscribers === 0)
    say(3, 4)
    const byHeader = await Listener.open(api, '?after=oldest', { headers: { 'last-event-id': first.ids } })
    const byQuery = await Listener.open(api, `?after=${first.ids}`)
    const all = await Listener.open(api, '?after=oldest')
    say(5)
    await Promise.all([byHeader.heard(3), byQuery.heard(3), all.heard(5)])
    expect([byHeader.numbers, byQuery.numbers, all.numbers]).to.deep.equal([[3, 4, 5], [3, 4, 5], [1, 2, 3, 4, 5]])
  })

  it('miss nothing from the first moment on, even when nothing was told before the cut', async () => {
    await using api = await startAdminApi({ node, events: hub })
    say(1)
    const quiet = await Listener.open(api)
    await eventually('it knows where it is', () => quiet.ids !== '')
    quiet.cut()
    say(2)
    const again = await Listener.open(api, `?after=${quiet.ids}`)
    await again.heard(1)
    expect(again.numbers).to.deep.equal([2])
  })

  it('are those that were asked for', async () => {
    await using api = await startAdminApi({ node, events: hub })
    const listener = await Listener.open(api, '?types=ban:added,x')
    hub.publish({ event: 'y' })
    hub.publish({ event: 'ban:added' })
    say(1)
    await listener.heard(2)
    expect(listener.events.map(({ event }) => event)).to.deep.equal(['ban:added', 'x'])
    for (const query of ['?types=', '?types=a,,b', '?types=%0A', '?after=', '?typos=x', `?after=${'x'.repeat(100)}`]) {
      expect((await api.request('GET', `/v1/events${query}`)).status, query).to.equal(400)
    }
  })

  it('need the token', async () => {
    await using api = await startAdminApi({ node, events: hub })
    for (const token of [null, 'wrong'.repeat(10)]) expect((await api.request('GET', '/v1/events', undefined, { token })).status).to.equal(401)
    expect(hub.subscribers).to.equal(0)
  })

  it('are for 64 at a time', async () => {
    await using api = await startAdminApi({ node, events: hub })
    const listeners = await Promise.all(Array.from({ length: 64 }, async () => await Listener.open(api)))
    const { status, headers, body } = await api.request('GET', '/v1/events')
    expect(status).to.equal(503)
    expect(body).to.include({ code: 'TOO_MANY_SUBSCRIBERS' })
    expect(Number(headers['retry-after'])).to.be.greaterThan(0)
    expect(hub.subscribers).to.equal(64)
    listeners[0]!.cut()
    await eventually('there is room', () => hub.subscribers === 63)
    await Listener.open(api)
  })

  it('say something every 15 s, and how far they are', async () => {
    const clock = new ManualClock()
    await using api = await startAdminApi({ node, events: hub, clock })
    const listener = await Listener.open(api, '?types=y')
    say(1)
    clock.advance(14_999)
    expect(listener.comments).to.have.length(0)
    clock.advance(1)
    await eventually('a heartbeat', () => listener.comments.length === 1 && listener.ids === hub.position)
    expect(listener.events).to.have.length(0)
  })

  it('wait for a slow reader, without keeping anything for it, and leave one that reads nothing', async () => {
    const clock = new ManualClock()
    hub = new EventHub({ kept: 16 })
    await using api = await startAdminApi({ node, events: hub, clock })
    const [slow, dead] = [await Listener.open(api), await Listener.open(api)]
    slow.answer.pause()
    dead.answer.pause()
    const text = 'x'.repeat(256 * 1024)
    // more than the buffers of both systems take
    for (let n = 1; n <= 200; n++) {
      hub.publish({ event: 'x', n, text } as { event: string })
      await new Promise(resolve => { setImmediate(resolve) })
    }
    expect(slow.events.length).to.be.lessThan(200)
    slow.answer.resume()
    await eventually('the slow one has the last', () => slow.numbers.at(-1) === 200)
    const gaps = slow.events.filter(({ event }) => event === 'gap').map(({ data }) => (JSON.parse(data) as { missed: number }).missed)
    expect(gaps.length, 'gaps').to.be.greaterThan(0)
    expect(slow.events.length - gaps.length + gaps.reduce((sum, missed) => sum + missed), 'told or counted').to.equal(200)
    clock.advance(60_000)
    await eventually('the other is gone', () => hub.subscribers === 1)
    dead.answer.resume()
    await eventually('its connection ended', () => dead.answer.destroyed)
    expect(dead.numbers).to.not.include(200)
    slow.cut()
  })

  it('end with the API', async () => {
    await using api = await startAdminApi({ node, events: hub })
    const listener = await Listener.open(api)
    const ended = once(listener.answer, 'end')
    await api.api.close()
    await ended
    expect(hub.subscribers).to.equal(0)
  })
})
