import { Type } from 'typebox'
import { TEXT_EVENT, topicEvent } from '../inbox/text.ts'
import { ApiError } from '../problem.ts'
import { BroadcastAnswer, BroadcastRequest, Inbox, MessageAnswer, MessageQuery, MessageRequest, Outbox, TopicRequest, Topics } from '../schemas/message.ts'
import { object } from '../schemas/common.ts'
import type { Routes } from '../context.ts'

/** A text of the longest allowed, every character escaped. */
const BODY_BYTES = 512 * 1024

/** Texts to peers and on topics, and those that came. */
export const messageRoutes: Routes = (app, { node, inbox }) => {
  const { messaging } = node.services

  app.get('/v1/messages', {
    schema: { summary: 'what others sent, latest first', querystring: MessageQuery, response: { 200: Inbox } }
  }, async ({ query: { limit = 200, offset = 0 } }) => inbox.messages({ limit, offset }))

  app.post('/v1/messages', {
    bodyLimit: BODY_BYTES,
    schema: { summary: 'send a text to a peer; it waits while the peer is away', body: MessageRequest, response: { 202: MessageAnswer } }
  }, async ({ body: { peerId, text, ...options } }, reply) => {
    const { id, state } = await messaging.send(peerId, TEXT_EVENT, { text }, options)
    reply.code(202)
    return { id, state }
  })

  app.post('/v1/broadcast', {
    bodyLimit: BODY_BYTES,
    schema: { summary: 'send a text to everybody who takes a topic', body: BroadcastRequest, response: { 200: BroadcastAnswer } }
  }, async ({ body: { topic, text } }) => await messaging.broadcast(topicEvent(topic), { text }))

  app.get('/v1/outbox', {
    schema: { summary: 'what is not delivered yet, oldest first', querystring: MessageQuery, response: { 200: Outbox } }
  }, async ({ query: { limit = 200, offset = 0 } }) => {
    const entries = messaging.outbox()
    return { entries: entries.slice(offset, offset + limit).map(({ peerId, ...entry }) => ({ ...entry, peerId: peerId.toString() })), total: entries.length }
  })

  app.delete('/v1/outbox/:id', {
    schema: { summary: 'take a message back', params: object({ id: Type.String({ maxLength: 64 }) }), response: { 204: Type.Null({ description: 'taken back' }) } }
  }, async ({ params: { id } }, reply) => {
    if (!messaging.cancel(id)) throw new ApiError('OUTBOX_UNKNOWN', `no message ${id} waits here`, { details: { fix: 'look at /v1/outbox: it may be delivered by now' } })
    return await reply.code(204).send(null)
  })

  app.get('/v1/topics', {
    schema: { summary: 'topics whose broadcasts are taken', response: { 200: Topics } }
  }, async () => ({ topics: inbox.topics }))

  app.post('/v1/topics', {
    schema: { summary: 'take the broadcasts of a topic, and pass them on', body: TopicRequest, response: { 200: Topics } }
  }, async ({ body: { topic } }) => {
    inbox.join(topic)
    return { topics: inbox.topics }
  })

  app.delete('/v1/topics/:topic', {
    schema: { summary: 'take the broadcasts of a topic no more', params: TopicRequest, response: { 204: Type.Null({ description: 'not taken any more' }) } }
  }, async ({ params: { topic } }, reply) => {
    if (!inbox.leave(topic)) throw new ApiError('TOPIC_UNKNOWN', `the topic ${topic} is not taken`, { details: { fix: 'look at /v1/topics' } })
    return await reply.code(204).send(null)
  })
}
