import { SchemaUnusableError } from '../../wire/json-codec.ts'
import { LINGER_MS, STALLED_MS } from './constants.ts'
import { faultOf, toProtocolError } from './errors.ts'
import { decodeMessage, MessageSource } from './message-source.ts'
import type { IncomingContext } from './call-context.ts'
import type { Handlers } from './index.ts'
import type { PlainCall } from './plain-call.ts'
import type { Serving } from './serving.ts'

/** Answers one request with what the handler yields. */
export async function serveItems (call: PlainCall, serving: Serving, handler: Handlers<unknown, unknown>['stream'], context: IncomingContext): Promise<void> {
  let request: unknown
  try {
    request = decodeMessage(serving.protocol.request, call.payload)
  } catch (err) {
    serving.refuse(call, err, context.peerId)
    return
  }
  await sendAll(call, serving, () => handler(request, context), context, LINGER_MS)
}

/** Hands what the caller sends to the handler, and sends what that yields. */
export async function serveDuplex (call: PlainCall, serving: Serving, handler: Handlers<unknown, unknown>['duplex'], context: IncomingContext): Promise<void> {
  const { request, timeoutMs } = serving.protocol
  const failed = (err: unknown): Error => {
    const error = toProtocolError(err, { protocol: context.protocol, peer: context.peerId.toString(), timeoutMs })
    if (call.over) return error
    if (faultOf(err) != null || err instanceof SchemaUnusableError) serving.refuse(call, err, context.peerId)
    else call.leave(error)
    return error
  }
  const messages = new MessageSource(call.plain, request, {
    onWait: () => { call.silence.expect(timeoutMs) },
    onMessage: () => { call.silence.ease() },
    onError: failed,
    onLeave: () => { call.plain.discard() }
  })
  // also when the handler does not listen
  call.plain.onFailure = failed
  await sendAll(call, serving, () => handler(messages, context), context, Math.max(LINGER_MS, timeoutMs))
}

async function sendAll (call: PlainCall, serving: Serving, begin: () => AsyncIterable<unknown>, { peerId }: IncomingContext, graceMs: number): Promise<void> {
  const { plain, silence } = call
  const { shape, timeoutMs } = serving.protocol
  const startMs = serving.begin()
  let items: AsyncIterator<unknown> | undefined
  try {
    items = begin()[Symbol.asyncIterator]()
    call.onLeft = () => { leave(items, serving) }
    while (!call.over) {
      // of a duplex either side may be the one to speak
      if (shape === 'stream') silence.expect(timeoutMs)
      const { done, value } = await items.next()
      if (call.over) return
      if (done === true) {
        call.close(graceMs)
        return
      }
      silence.heard()
      if (plain.send(serving.encode(value))) continue
      if (shape === 'stream') silence.ease()
      await plain.drained(serving.context.clock, Math.max(timeoutMs, STALLED_MS))
    }
  } catch (err) {
    if (!call.over) serving.fail(call, err, peerId)
    else leave(items, serving)
  } finally {
    serving.end(startMs)
  }
}

/** The handler may tidy up; it is not waited for. */
function leave (items: AsyncIterator<unknown> | undefined, { context, protocol }: Serving): void {
  try {
    items?.return?.()?.catch((err: unknown) => { context.log.trace('a handler of %s, left by its caller: %e', protocol.ids[0], err) })
  } catch (err) {
    context.log.trace('a handler of %s, left by its caller: %e', protocol.ids[0], err)
  }
}
