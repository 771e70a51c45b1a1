import { one, optional } from '../../../config/option.ts'
import { boolean, integer } from '../../../config/value-types.ts'
import { AppError } from '../../../errors.ts'
import { sleep, systemClock } from '../../../util/clock.ts'
import { UsageError } from '../../argv.ts'
import { client, needed, several } from '../../command.ts'
import { NodeRefusal } from '../../failure.ts'
import { shortId, shortTime } from '../../screen.ts'
import { harmless, shortBytes } from '../../text.ts'
import { openEvents, whileListening } from '../event-stream.ts'
import { readText } from '../input.ts'
import { untilInterrupted } from '../interrupt.ts'
import { peerIdOf } from '../names.ts'
import { ago, ahead, count } from '../output.ts'
import { allPages } from '../pages.ts'
import { anyText, peerName, span, topic, word } from '../value-types.ts'
import type { BroadcastAnswer, BroadcastRequest, Inbox, MessageAnswer, MessageRequest, Outbox, ReceivedMessage, Topics } from '../../../http/schemas/message.ts'
import type { Palette } from '../../screen.ts'
import type { ApiClient } from '../api-client.ts'
import type { ApiEvent } from '../event-stream.ts'

const WAIT_MS = 60_000
const SETTLED = ['message:delivered', 'message:expired', 'message:refused']

/** `NOT_DELIVERED`: it was not while one waited. */
export class DeliveryError extends AppError {}

export const send = client({
  summary: 'send a text to a peer',
  about: 'It is encrypted for that peer, waits for it while it is away, and arrives once and in order.',
  example: 'send 5fGk2pQz "tea at five?" --wait',
  arguments: { peer: needed(peerName, 'a peer id, or its end'), text: several(anyText, 'the text; - reads standard input') },
  flags: {
    wait: one(boolean, false, 'until the peer has taken it'),
    timeout: one(span, WAIT_MS, 'longest such wait'),
    conversation: optional(anyText, 'order is kept within one')
  },
  json: 'one object: id, state',
  run: async ({ api, out, args, flags }) => {
    const text = args.text.join(' ') === '-' ? await readText(out) : args.text.join(' ')
    if (text === '') throw new UsageError('there is no text to send', 'write it after the peer, or - to read standard input')
    const peerId = await peerIdOf(api, args.peer)
    const body: MessageRequest = { peerId, text, ...flags.conversation == null ? {} : { conversation: flags.conversation } }
    const post = async (): Promise<MessageAnswer> => await api.post<MessageAnswer>('/v1/messages', { body })
    const answer = flags.wait ? await sendAndWait(api, post, flags.timeout) : await post()
    out.answer(answer, () => `${answer.state}: ${answer.id}, to ${peerId}`)
  }
})

export const broadcast = client({
  summary: 'send a text to everybody who listens to a topic',
  about: 'Over gossip: it reaches whoever is there now, and is kept for nobody.',
  example: 'broadcast news "we moved"',
  arguments: { topic: needed(topic, 'letters, digits, dots, dashes and underscores'), text: several(anyText, 'the text; - reads standard input') },
  flags: {},
  json: 'one object: id, peers',
  run: async ({ api, out, args }) => {
    const text = args.text.join(' ') === '-' ? await readText(out) : args.text.join(' ')
    if (text === '') throw new UsageError('there is no text to send', 'write it after the topic, or - to read standard input')
    const answer = await api.post<BroadcastAnswer>('/v1/broadcast', { body: { topic: args.topic, text } satisfies BroadcastRequest })
    out.answer(answer, () => `given to ${count(answer.peers, 'peer')}: ${answer.id}`)
  }
})

export const listen = client({
  summary: 'show what arrives, until Ctrl-C',
  about: 'Direct messages, and broadcasts of the topics that the node takes; with topics: only broadcasts of these, which the node takes meanwhile. One that it took before stays taken; of two commands with one topic, the one that began first gives it up at its end.',
  example: 'listen news',
  arguments: { topic: several(topic, 'a topic; none for everything') },
  flags: {},
  json: 'one object a line: each message',
  run: async ({ api, out, args }) => {
    await untilInterrupted(out, async (signal) => {
      const added = new Set<string>()
      const take = async (): Promise<void> => {
        const { topics } = await api.get<Topics>('/v1/topics', { signal })
        for (const name of args.topic.filter(name => !topics.includes(name))) {
          await api.post('/v1/topics', { body: { topic: name }, signal })
          added.add(name)
        }
      }
      try {
        const events = await openEvents(api, {
          types: ['message:received'],
          signal,
          // a node that was started anew has forgotten them
          onOpen: take,
          onLost: () => { out.note('lost the node, trying again') }
        })
        if (out.live) out.note(`listening${args.topic.length === 0 ? '' : ` to ${args.topic.join(', ')}`}; Ctrl-C ends it`)
        for await (const event of events) {
          const message = event as ApiEvent & ReceivedMessage
          if (args.topic.length === 0 || (message.topic != null && args.topic.includes(message.topic))) out.answer(message, p => lineOf(message, p))
        }
      } finally {
        for (const name of added) await leave(api, name)
      }
    })
  }
})

export const inbox = client({
  summary: 'show the latest messages that arrived',
  about: 'The node keeps the last 1,000 of this run.',
  example: 'inbox --limit 5',
  arguments: {},
  flags: { limit: one(integer(1, 1_000), 20, 'so many at most') },
  json: 'one object: messages (latest first), total',
  run: async ({ api, out, flags }) => {
    const received = await api.get<Inbox>('/v1/messages', { query: { limit: flags.limit } })
    out.answer(received, (p) => received.messages.length === 0 ? 'nothing has arrived' : [
      ...received.messages.toReversed().map(message => lineOf(message, p)),
      p.dim(`${received.messages.length} of ${count(received.total, 'message')}, latest last`)
    ])
  }
})

export const outbox = client({
  summary: 'show the messages that are not delivered yet, or take one back',
  about: 'They wait for peers that are away, over restarts of the node too.',
  example: 'outbox --cancel 0123456789abcdef0123456789abcdef',
  arguments: {},
  flags: { cancel: optional(word, 'the id of a message that is not to be sent') },
  json: 'one object: entries, total; with --cancel: id',
  run: async ({ api, out, flags }) => {
    const { cancel: id } = flags
    if (id != null) {
      await api.delete(`/v1/outbox/${encodeURIComponent(id)}`)
      out.answer({ id }, () => `${id} was taken back`)
      return
    }
    const waiting = await allPages<Outbox>(api, '/v1/outbox', 'entries')
    out.answer(waiting, (p) => waiting.entries.length === 0 ? 'nothing is waiting' : [
      ...out.table(waiting.entries, [
        { title: 'ID', of: ({ id }) => id },
        { title: 'TO', of: ({ peerId }) => peerId, short: ({ peerId }) => shortId(peerId) },
        { title: 'STATE', of: ({ state }) => state },
        { title: 'SIZE', of: ({ bytes }) => shortBytes(bytes), right: true, spare: 2 },
        { title: 'SENT', of: ({ sentMs }) => ago(sentMs) },
        { title: 'GIVEN UP', of: ({ expiresMs }) => ahead(expiresMs), spare: 1 },
        { title: 'TRIES', of: ({ attempts }) => String(attempts), right: true, spare: 3 }
      ]),
      p.dim(count(waiting.total, 'message'))
    ])
  }
})

/** A node that is gone, or was started anew, has forgotten it already. */
async function leave (api: ApiClient, topic: string): Promise<void> {
  try {
    await api.delete(`/v1/topics/${topic}`)
  } catch (err) {
    if (!(err instanceof AppError) || err instanceof NodeRefusal && err.code !== 'TOPIC_UNKNOWN') throw err
  }
}

function lineOf ({ peerId, topic, text, receivedMs, how }: ReceivedMessage, p: Palette): string {
  const where = topic == null ? '' : ` ${p.yellow(`#${topic}`)}`
  return `${p.dim(new Date(receivedMs).toISOString().slice(11, 19))} ${p.bold(shortId(peerId))}${where}${how === 'mailbox' ? p.dim(' (was kept for us)') : ''}: ${harmless(text, '    ')}`
}

/** Rejects with `DeliveryError` when the message was refused, expired or still waits. */
async function sendAndWait (api: ApiClient, post: () => Promise<MessageAnswer>, timeoutMs: number): Promise<MessageAnswer> {
  const settled = new Map<unknown, ApiEvent>()
  let wake: (() => void) | undefined
  const note = (event: ApiEvent): void => {
    settled.set(event['id'], event)
    wake?.()
  }
  return await whileListening(api, SETTLED, note, async (signal) => {
    const answer = await post()
    const arrived = new Promise<void>(resolve => { wake = () => { if (settled.has(answer.id)) resolve() } })
    wake?.()
    if (answer.state !== 'delivered') await Promise.race([arrived, sleep(systemClock, timeoutMs, signal)])
    const event = settled.get(answer.id)
    if (answer.state === 'delivered' || event?.event === 'message:delivered') return { ...answer, state: 'delivered' }
    if (event == null) throw new DeliveryError('NOT_DELIVERED', `message ${answer.id} was not taken within ${shortTime(timeoutMs)}: it waits in the outbox`, { details: { id: answer.id, fix: '"outbox" shows it, and takes it back' } })
    throw new DeliveryError('NOT_DELIVERED', `message ${answer.id} was ${event.event === 'message:expired' ? 'not taken in time' : `refused (${String(event['reason'])})`}`, { details: { id: answer.id } })
  })
}
