import { Type } from 'typebox'
import { EventStream } from '../events/event-stream.ts'
import { tellStats } from '../events/stats.ts'
import { ApiError } from '../problem.ts'
import { object } from '../schemas/common.ts'
import type { Routes } from '../context.ts'

const MAX_SUBSCRIBERS = 64
const RETRY_AFTER_S = 10

const EventQuery = object({
  types: Type.Optional(Type.String({ pattern: '^[a-z:-]+(?:,[a-z:-]+)*$', maxLength: 1_024, description: 'names of events, with commas between; all without it' })),
  after: Type.Optional(Type.String({ minLength: 1, maxLength: 64, description: 'the id of the last event that was seen, or "oldest" for all that are kept; the header Last-Event-ID wins over it' }))
})

/** What happens, as it happens. */
export const eventRoutes: Routes = (app, context) => {
  const { events, clock } = context
  const streams = new Set<EventStream>()
  const endStats = events.whileHeard('stats', () => tellStats(context))

  // before the server waits for its connections to end
  app.addHook('preClose', done => {
    endStats()
    for (const stream of streams) stream.push(null)
    done()
  })

  app.get('/v1/events', {
    exposeHeadRoute: false,
    schema: {
      summary: 'server-sent events; data is JSON: event, time and more',
      querystring: EventQuery,
      response: { 200: { description: 'each with id, event and data', content: { 'text/event-stream': { schema: Type.Unsafe<EventStream>({ type: 'string' }) } } } }
    }
  }, async ({ query: { types, after }, headers }, reply) => {
    if (streams.size >= MAX_SUBSCRIBERS) {
      reply.header('retry-after', RETRY_AFTER_S)
      throw new ApiError('TOO_MANY_SUBSCRIBERS', `${MAX_SUBSCRIBERS} others listen already`, { details: { fix: `end some of them, or try again in ${RETRY_AFTER_S} s` } })
    }
    const stream = new EventStream({
      events,
      clock,
      after: lastEventId(headers['last-event-id']) ?? after,
      types: types == null ? undefined : new Set(types.split(','))
    })
    streams.add(stream)
    stream.once('close', () => { streams.delete(stream) })
    // proxies keep back what they may
    return await reply.headers({ 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' }).send(stream)
  })
}

function lastEventId (header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' && header !== '' ? header : undefined
}
