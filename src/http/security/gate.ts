import rateLimit from '@fastify/rate-limit'
import { ApiError } from '../problem.ts'
import { SECURITY_HEADERS } from './headers.ts'
import { isOwnHost, isOwnPage } from './own-host.ts'
import { tokenCheck } from './token.ts'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from '@libp2p/interface'
import type { ApiApp } from '../context.ts'
import type { Connections } from './connections.ts'
import type { ApiLimits } from './limits.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** `token`: with the token only. `page`: a file of the dashboard. `probe`: for whoever watches the node, by any name. @default 'token' */
    access?: 'token' | 'page' | 'probe'
  }
}

export interface GateInit {
  token: string
  /** Names by which the API is asked for, with a port unless it is the usual one. */
  hosts: readonly string[]
  limits: ApiLimits
  connections: Connections
  log: Logger
}

const READS = new Set(['GET', 'HEAD', 'OPTIONS'])

/** What every request has to pass before anything of it is looked at: is it meant for this API, may it, and not too often. */
export async function addGate (app: ApiApp, { token, hosts, limits, connections, log }: GateInit): Promise<void> {
  await app.register(rateLimit, { global: false })
  const reads = app.createRateLimit({ max: limits.readsPerSecond, timeWindow: 1_000 })
  const writes = app.createRateLimit({ max: limits.writesPerSecond, timeWindow: 1_000 })
  const failures = app.createRateLimit({ max: limits.failuresPerMinute, timeWindow: 60_000 })
  const names = new Set(hosts.map(name => name.toLowerCase()))
  const check = tokenCheck(token)

  const limit = async (limiter: typeof reads, request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const outcome = await limiter(request)
    if (outcome.isAllowed || !outcome.isExceeded) return
    reply.header('retry-after', outcome.ttlInSeconds)
    throw new ApiError('API_RATE_LIMITED', `too many requests from ${request.ip}`, { details: { fix: `wait ${outcome.ttlInSeconds} s` } })
  }

  app.addHook('onRequest', async (request, reply) => {
    reply.headers(SECURITY_HEADERS)
    const access = accessOf(request)
    if (access !== 'probe') checkSource(request, names, access === 'page')
    if (access === 'token') {
      const presented = check(request.headers.authorization)
      if (presented !== 'right') {
        // the right token always works: it cannot be guessed, and others at this address must not lock its holder out
        await limit(failures, request, reply)
        log('refused %s %s from %s: %s token', request.method, request.routeOptions.url ?? '', request.ip, presented === 'none' ? 'no' : 'wrong')
        throw unauthorized(presented, reply)
      }
      connections.hold(request.raw.socket, reply.raw)
    }
    await limit(READS.has(request.method) ? reads : writes, request, reply)
  })
}

function accessOf (request: FastifyRequest): 'token' | 'page' | 'probe' {
  // whoever has no token does not find out what there is below /v1
  if (request.is404) return /^\/+v1(?:[/?]|$)/.test(request.url) ? 'token' : 'page'
  return request.routeOptions.config.access ?? 'token'
}

function checkSource ({ headers, method, raw: { socket } }: FastifyRequest, names: ReadonlySet<string>, page: boolean): void {
  if (!isOwnHost(headers.host, { address: socket.localAddress, port: socket.localPort }, names)) {
    throw new ApiError('API_HOST_REFUSED', `this API is not asked for as ${JSON.stringify(headers.host ?? '')}`, {
      details: { fix: 'ask for it by the address it listens on, or start the node with this name: --api-host <name:port>' }
    })
  }
  if (!isOwnPage(headers, page && READS.has(method))) {
    throw new ApiError('API_ORIGIN_REFUSED', `pages of ${JSON.stringify(headers.origin ?? 'another site')} may not use this API`, {
      details: { fix: 'use the dashboard that the node serves, or a program other than a browser' }
    })
  }
}

function unauthorized (presented: 'wrong' | 'none', reply: FastifyReply): ApiError {
  const missing = presented === 'none'
  reply.header('www-authenticate', `Bearer realm="peerkeep"${missing ? '' : ', error="invalid_token"'}`)
  return new ApiError(missing ? 'API_TOKEN_MISSING' : 'API_TOKEN_WRONG', missing ? 'this needs the token of the admin API' : 'this is not the token of the admin API', {
    details: { fix: 'send "Authorization: Bearer <token>" with what stands in the file api-token in the data directory of the node' }
  })
}
