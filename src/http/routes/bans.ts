import { peerIdFromString } from '@libp2p/peer-id'
import { Type } from 'typebox'
import { parseTarget } from '../../services/bans/target.ts'
import { ApiError } from '../problem.ts'
import { Ban, BanExplanation, BanList, BanQuery, BanRequest, BanTarget } from '../schemas/ban.ts'
import { object } from '../schemas/common.ts'
import { banExplanation } from '../views/ban-explanation.ts'
import { cachedAnswer, sendCached } from '../views/cached-answer.ts'
import { FreshCache } from '../views/fresh-cache.ts'
import type { Routes } from '../context.ts'
import type { CachedAnswer } from '../views/cached-answer.ts'

const Params = object({ target: BanTarget })
const DEFAULT_LIMIT = 200

export const banRoutes: Routes = (app, { node, clock, peers }) => {
  const { bans } = node.services
  const answers = new FreshCache<CachedAnswer>({ clock, version: () => peers.version })

  app.get('/v1/bans', {
    schema: { summary: 'bans in force, the latest first, and who is never banned', operationId: 'listBans', tags: ['bans'], querystring: BanQuery, response: { 200: BanList } }
  }, (request, reply) => {
    const { kind, limit = DEFAULT_LIMIT, offset = 0 } = request.query
    sendCached(request, reply, answers.get(JSON.stringify([kind, limit, offset]), () => {
      const all = bans.list({ kind })
      return cachedAnswer({ bans: all.slice(offset, offset + limit), allow: bans.allowed(), total: all.length } satisfies BanList)
    }))
  })

  app.post('/v1/bans', {
    schema: {
      summary: 'ban a peer, an IP address or a prefix; whoever is connected is cut off',
      operationId: 'ban',
      tags: ['bans'],
      body: BanRequest,
      response: { 201: Ban }
    }
  }, async ({ body: { target, reason, duration } }, reply) => {
    const ban = await bans.ban(target, { reason, durationMs: duration })
    return await reply.code(201).send(ban)
  })

  app.get('/v1/bans/:target', {
    schema: {
      summary: 'why a peer, an address or a prefix is, or is not, let in: its ban or that of what it is in, history, evidence, last decisions',
      operationId: 'explainBan',
      tags: ['bans'],
      params: Params,
      response: { 200: BanExplanation }
    }
  }, ({ params }) => {
    const target = parseTarget(params.target)
    const isPeer = target.kind === 'peer'
    return banExplanation({
      target,
      bans: bans.list(),
      allow: bans.allowed(),
      allowedPeer: isPeer && bans.isAllowed?.(target.key) === true,
      history: bans.history(target.key),
      evidence: isPeer ? bans.evidence(peerIdFromString(target.key)) : [],
      decisions: bans.explain(target.key)
    })
  })

  app.delete('/v1/bans/:target', {
    schema: { summary: 'lift a ban; it leaves no strike', operationId: 'unban', tags: ['bans'], params: Params, response: { 204: Type.Null({ description: 'lifted' }) } }
  }, async ({ params: { target } }, reply) => {
    if (!await bans.unban(target)) {
      throw new ApiError('BANS_NOT_FOUND', `there is no ban of just ${parseTarget(target).key}`, { details: { fix: 'GET /v1/bans/<target> says what it is in' } })
    }
    return await reply.code(204).send(null)
  })
}
