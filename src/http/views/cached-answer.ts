import { hash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** An answer as it is sent, made once for all who ask. */
export interface CachedAnswer {
  readonly body: Buffer
  readonly etag: string
}

export function cachedAnswer (value: unknown): CachedAnswer {
  const body = Buffer.from(JSON.stringify(value))
  return { body, etag: etagOf(body) }
}

/** Pure. */
export function etagOf (body: Uint8Array): string {
  return `"${hash('sha256', body, 'base64url').slice(0, 22)}"`
}

/** As bytes, past the serializer; 304 for who has it. */
export function sendCached (request: FastifyRequest, reply: FastifyReply, { body, etag }: CachedAnswer): FastifyReply {
  reply.header('etag', etag)
  if (names(request.headers['if-none-match'], etag)) return reply.code(304).send()
  return reply.header('content-type', 'application/json; charset=utf-8').send(body)
}

/** Pure. Whether `If-None-Match` names this tag. */
export function names (header: string | undefined, etag: string): boolean {
  return header != null && header.split(',').some(tag => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag)
}
