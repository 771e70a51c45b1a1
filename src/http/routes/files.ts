import { ReadableStream } from 'node:stream/web'
import { toString } from 'uint8arrays/to-string'
import { describeError } from '../../errors.ts'
import { transferEvent } from '../inbox/transfer-event.ts'
import { FileAnswer, FileQuery } from '../schemas/message.ts'
import { clientSignal } from './client-signal.ts'
import type { FileSource } from '../../services/messaging/index.ts'
import type { ApiApp, Routes } from '../context.ts'

const TYPE = 'application/octet-stream'
/** A body goes through as it comes: there is no limit to its length. */
const BODY_BYTES = Number.MAX_SAFE_INTEGER

/** Files to peers. */
export const fileRoutes: Routes = (app, { node, events }) => {
  const { messaging } = node.services

  app.register(async (scope: ApiApp) => {
    // this route takes no other body, and the others not this one
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser(TYPE, (_request, _payload, done) => { done(null) })

    scope.post('/v1/files', {
      bodyLimit: BODY_BYTES,
      config: { streamed: true },
      schema: { summary: 'send the body to a peer as a file; answered when it has arrived', consumes: [TYPE], querystring: FileQuery, response: { 200: FileAnswer } }
    }, async ({ query: { peerId, ...options }, raw, headers }, reply) => {
      const length = headers['content-length']
      // what is not needed any more is read all the same: who sends it would not see the answer otherwise
      const body = ReadableStream.from(raw.iterator({ destroyOnReturn: false })) as FileSource
      const transfer = messaging.sendFile(peerId, body, { ...options, size: length == null ? undefined : Number(length), signal: clientSignal(reply.raw) })
      const { name } = options
      transfer.addEventListener('progress', () => { events.tell(transferEvent('out', name, transfer, { state: 'running' })) })
      try {
        const { bytes, root } = await transfer.done
        events.publish(transferEvent('out', name, transfer, { state: 'done' }))
        return { id: transfer.id, bytes, root: toString(root, 'base16') }
      } catch (err) {
        events.publish(transferEvent('out', name, transfer, { state: 'failed', error: describeError(err) }))
        throw err
      }
    })
  })
}
