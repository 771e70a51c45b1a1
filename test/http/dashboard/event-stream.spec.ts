import { once } from 'node:events'
import { expect } from 'chai'
import { Tab } from './support/tab.ts'
import type { EventStreamInit, LiveEvent } from '../../../src/http/dashboard/api/event-stream.ts'

describe('dashboard: the stream of events', () => {
  it('goes on after the last id, also of a block that is no event', async () => {
    let told!: ReadableStreamDefaultController<Uint8Array>
    using tab = new Tab(() => new Response(new ReadableStream({ start: controller => { told = controller } })))
    const heard = new EventTarget()
    const events: LiveEvent[] = []
    const init: EventStreamInit = {
      onEvent: event => {
        events.push(event)
        heard.dispatchEvent(new Event('event'))
      },
      onLink: ({ state }) => { heard.dispatchEvent(new Event(state)) }
    }
    const { EventStream } = await import('../../../src/http/dashboard/api/event-stream.ts')
    const stream = new EventStream(init)
    const live = async (begin: () => void): Promise<void> => {
      const state = once(heard, 'live')
      begin()
      await state
    }
    try {
      await live(() => { stream.start() })
      const first = once(heard, 'event')
      told.enqueue(new TextEncoder().encode('id: a-1\ndata: {"event":"ban:added"}\n\n:\nid: a-7\n\ndata: {"event":"stats"}\n\n'))
      await first
      await live(() => { stream.tryNow() })
    } finally {
      stream.stop()
    }
    expect(events.map(({ event, eventId }) => [event, eventId])).to.deep.equal([['ban:added', 'a-1'], ['stats', undefined]])
    expect(tab.asked.map(path => new URLSearchParams(path.split('?')[1]).get('after'))).to.deep.equal(['oldest', 'a-7'])
  })
})
