import { expect } from 'chai'
import { ApiClient } from '../../../src/cli/client/api-client.ts'
import { openEvents, whileListening, whileWatching } from '../../../src/cli/client/event-stream.ts'
import { stubApi } from '../../support/api-stub.ts'
import { rejection } from '../../support/rejection.ts'
import type { ServerResponse } from 'node:http'

function tell (response: ServerResponse, id: string, event: object): void {
  response.write(`id: ${id}\nevent: x\ndata: ${JSON.stringify(event)}\n\n`)
}

describe('event stream', () => {
  it('goes on after the last event when the connection broke, and ends with its signal', async () => {
    await using api = await stubApi((request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': hello\n\n')
      const after = request.headers['last-event-id']
      if (after == null) {
        tell(response, 'b-1', { event: 'one', time: 't' })
        tell(response, 'b-2', { event: 'two', time: 't' })
        response.end()
      } else {
        tell(response, 'b-3', { event: `after ${String(after)}`, time: 't' })
      }
    })
    const controller = new AbortController()
    const seen: string[] = []
    let [opened, lost] = [0, 0]
    const events = await openEvents(new ApiClient(api.place), {
      types: ['one', 'two'],
      signal: controller.signal,
      onOpen: async () => { opened++ },
      onLost: () => { lost++ }
    })
    const reason = new Error('enough')
    const ended = (async () => {
      for await (const { event } of events) {
        seen.push(event)
        if (event.startsWith('after')) controller.abort(reason)
      }
    })()
    expect(await ended.then(() => undefined, (err: unknown) => err)).to.equal(reason)
    expect(seen).to.deep.equal(['one', 'two', 'after b-2'])
    expect({ opened, lost }).to.deep.equal({ opened: 2, lost: 1 })
    expect(api.requests[0]?.url).to.equal('/v1/events?types=one%2Ctwo')
  })

  it('stops at what is no event, and at a refusal', async () => {
    await using api = await stubApi((_, response) => { response.writeHead(200, { 'content-type': 'text/event-stream' }).end('data: {\n\n') })
    const { signal } = new AbortController()
    const events = await openEvents(new ApiClient(api.place), { signal })
    expect(await rejection(events.next())).to.have.property('code', 'API_ANSWER_INVALID')
    await using refusing = await stubApi((_, response) => { response.writeHead(503).end(JSON.stringify({ code: 'TOO_MANY_SUBSCRIBERS', detail: 'x' })) })
    expect(await rejection(openEvents(new ApiClient(refusing.place), { signal }))).to.have.property('code', 'TOO_MANY_SUBSCRIBERS')
  })

  it('goes on after an id that came without an event', async () => {
    await using api = await stubApi((request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      const after = request.headers['last-event-id']
      if (after == null) response.end('retry: 1\nid: b-7\n\n')
      else tell(response, 'b-8', { event: `after ${String(after)}`, time: 't' })
    })
    const ended = new AbortController()
    const events = await openEvents(new ApiClient(api.place), { signal: ended.signal })
    expect((await events.next()).value).to.have.property('event', 'after b-7')
    ended.abort()
  })

  it('does the work without, where what happens is not told', async () => {
    const work = async (): Promise<string> => 'done'
    await using refusing = await stubApi((_, response) => { response.writeHead(503).end(JSON.stringify({ code: 'TOO_MANY_SUBSCRIBERS', detail: 'x' })) })
    expect(await whileWatching(new ApiClient(refusing.place), ['progress'], () => {}, work)).to.equal('done')
    await using silent = await stubApi(() => {})
    expect(await whileWatching(new ApiClient(silent.place), ['progress'], () => {}, work)).to.equal('done')

    await using telling = await stubApi((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      tell(response, 'b-1', { event: 'progress', time: 't' })
    })
    const heard = Promise.withResolvers<string>()
    expect(await whileWatching(new ApiClient(telling.place), ['progress'], ({ event }) => { heard.resolve(event) }, async () => await heard.promise)).to.equal('progress')
  })

  it('tells what happens while work is under way', async () => {
    await using api = await stubApi((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      tell(response, 'b-1', { event: 'progress', time: 't' })
    })
    const heard = Promise.withResolvers<string>()
    const work = async (): Promise<string> => `done after ${await heard.promise}`
    expect(await whileListening(new ApiClient(api.place), ['progress'], ({ event }) => { heard.resolve(event) }, work)).to.equal('done after progress')
    const failed = whileListening(new ApiClient(api.place), ['progress'], () => {}, async () => { throw new Error('no') })
    expect(await failed.then(() => undefined, (err: unknown) => err)).to.have.property('message', 'no')
  })
})
