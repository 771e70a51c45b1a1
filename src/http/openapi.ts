import swagger from '@fastify/swagger'
import { Problem } from './schemas/common.ts'
import type { FastifySchema } from 'fastify'
import type { ApiApp } from './context.ts'

const TAGS = {
  node: 'the node itself, its health, metrics and settings',
  peers: 'who is known and connected',
  bans: 'who is refused',
  messages: 'messages, broadcasts and files',
  shards: 'secrets that are split over peers',
  events: 'what happens, as it happens'
} as const

/** First part of a path -> its tag; `node` for all others. */
const TAG_OF: Readonly<Record<string, keyof typeof TAGS>> = {
  peers: 'peers', network: 'peers', bans: 'bans', messages: 'messages', broadcast: 'messages', outbox: 'messages', topics: 'messages', files: 'messages', shards: 'shards', events: 'events'
}

const PROBLEMS = {
  token: { value: { type: '/problems/api_token_missing', title: 'Token missing', status: 401, code: 'API_TOKEN_MISSING', detail: 'this needs the token of the admin API' } },
  request: { value: { type: '/problems/api_request_invalid', title: 'Request invalid', status: 400, code: 'API_REQUEST_INVALID', detail: 'query/limit must be integer' } }
}

interface Described extends FastifySchema {
  hide?: boolean
  tags?: readonly string[]
  operationId?: string
  security?: ReadonlyArray<Record<string, readonly string[]>>
  response?: Record<string, unknown>
}

/** `GET /openapi.json`: OpenAPI 3.1 of all routes added after this. */
export async function addOpenApi (app: ApiApp, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Peerkeep admin API', version, description: 'What a running node can be asked, and told to do.' },
      tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer', description: 'the content of the file api-token in the data directory of the node' } } },
      security: [{ token: [] }]
    },
    transform: ({ schema, url, route: { method, config } }) => ({ url, schema: described(schema as Described | undefined, String(method), url, config?.access ?? 'token') })
  })
  let document: string | undefined
  app.get('/openapi.json', { schema: { summary: 'this document' } }, async (_request, reply) => {
    document ??= JSON.stringify(app.swagger())
    return await reply.header('content-type', 'application/json; charset=utf-8').send(document)
  })
}

function described (schema: Described = {}, method: string, url: string, access: string): Described {
  const parts = url.split('/').filter(part => part !== '' && part !== 'v1')
  return {
    tags: [TAG_OF[parts[0] ?? ''] ?? 'node'],
    operationId: [method.toLowerCase(), ...parts.map(part => part.replace(/^:/, 'by-'))].join('-').replaceAll(/[^a-z0-9]+(.)/gi, (_, next: string) => next.toUpperCase()),
    ...schema,
    ...(access === 'token' ? {} : { security: [] }),
    response: {
      ...(schema.response ?? { 200: { description: 'done' } }),
      default: { description: 'what was wrong', content: { 'application/problem+json': { schema: Problem, examples: PROBLEMS } } }
    }
  }
}
