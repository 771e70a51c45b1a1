import { ApiError } from '../problem.ts'
import type { IncomingMessage } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Clock, Timer } from '../../util/clock.ts'
import type { ApiApp } from '../context.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The body may take as long as it likes, but must not stand still. @default false */
    streamed?: boolean
  }
}

/** Ends requests whose body does not come: 408, or the connection where an answer is on its way already. */
export function addBodyDeadline (app: ApiApp, clock: Clock, bodyMs: number): void {
  app.addHook('onRequest', (request, reply, done) => {
    if (hasBody(request.raw)) watch(request, reply, clock, bodyMs)
    done()
  })
}

function watch ({ raw, routeOptions: { config: { streamed = false } } }: FastifyRequest, reply: FastifyReply, clock: Clock, bodyMs: number): void {
  let seen = raw.socket.bytesRead
  let timer: Timer
  const check = (): void => {
    // what waits here for its reader is not the sender's delay
    if (streamed && !reply.sent && (raw.socket.bytesRead > seen || raw.readableLength > 0)) {
      seen = raw.socket.bytesRead
      timer = clock.after(bodyMs, check)
    } else if (!raw.complete) end()
  }
  const end = (): void => {
    if (reply.sent) {
      raw.destroy()
      return
    }
    reply.raw.once('finish', () => { raw.destroy() })
    reply.header('connection', 'close').send(new ApiError('API_REQUEST_TIMEOUT', `the body did not come within ${bodyMs} ms`, { details: { fix: 'send it at once' } }))
  }
  timer = clock.after(bodyMs, check)
  const stop = (): void => { timer.cancel() }
  raw.once('end', stop).once('close', stop)
}

function hasBody ({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] != null || Number(headers['content-length'] ?? 0) > 0
}
