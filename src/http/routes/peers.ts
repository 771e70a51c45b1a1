import { Type } from 'typebox'
import { timeoutSignal } from '../../util/clock.ts'
import { ApiError } from '../problem.ts'
import { PeerIdText, object } from '../schemas/common.ts'
import { DialAnswer, DialRequest, PeerDetail, PeerPage, PeerQuery, PingAnswer } from '../schemas/peer.ts'
import { cachedAnswer, sendCached } from '../views/cached-answer.ts'
import { dialFailure } from '../views/dial-failure.ts'
import { dialTarget, otherPeer } from '../views/dial-target.ts'
import { FreshCache } from '../views/fresh-cache.ts'
import { addressText } from '../views/known-peer.ts'
import { peerDetail } from '../views/peer-detail.ts'
import { peerPage } from '../views/peer-page.ts'
import { clientSignal } from './client-signal.ts'
import type { ServerResponse } from 'node:http'
import type { Peer as StorePeer, PeerId } from '@libp2p/interface'
import type { ApiContext, Routes } from '../context.ts'
import type { CachedAnswer } from '../views/cached-answer.ts'

const DIAL_LIMIT_MS = 30_000
const PING_LIMIT_MS = 15_000
const Params = object({ id: PeerIdText })
const tags = ['peers']

export const peerRoutes: Routes = (app, context) => {
  const { node, clock, peers } = context
  const { ping, pool, scoring } = node.services
  const answers = new FreshCache<CachedAnswer>({ clock, version: () => peers.version })
  peers.start()
  app.addHook('onClose', async () => { peers.stop() })

  /** Ends when nobody waits for the answer any more, too. */
  const within = async <T>(limitMs: number, response: ServerResponse, target: string, what: 'dial' | 'ping', work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    const { signal, clear } = timeoutSignal(clock, limitMs, clientSignal(response))
    try {
      return await work(signal)
    } catch (err) {
      throw dialFailure(err, target, what)
    } finally {
      clear()
    }
  }

  app.get('/v1/peers', {
    schema: { summary: 'peers that are connected or known; the connected first, unless they are sorted', operationId: 'listPeers', tags, querystring: PeerQuery, response: { 200: PeerPage } }
  }, (request, reply) => {
    const { query } = request
    sendCached(request, reply, answers.get(keyOf(query), () => cachedAnswer(peerPage(peers.index(), query, scoring))))
  })

  app.get('/v1/peers/:id', {
    schema: { summary: 'everything that is known of one peer: addresses, connections, protocols, its score and why', operationId: 'getPeer', tags, params: Params, response: { 200: PeerDetail } }
  }, async ({ params }) => await detailOf(otherPeer(params.id, node.peerId), context))

  app.post('/v1/peers/dial', {
    schema: {
      summary: 'connect to a multiaddr, or to a peer that is looked for; an open connection is taken as it is',
      operationId: 'dial',
      tags,
      body: DialRequest,
      response: { 200: DialAnswer }
    }
  }, async ({ body: { target } }, { raw }) => {
    const wanted = dialTarget(target, node.peerId)
    const beganMs = clock.monotonic()
    const { remotePeer, remoteAddr, direction } = await within(DIAL_LIMIT_MS, raw, target, 'dial', async signal => await pool.dial(wanted, { signal }))
    return { peerId: remotePeer.toString(), address: addressText(remoteAddr), direction, tookMs: Math.round(clock.monotonic() - beganMs) }
  })

  app.post('/v1/peers/:id/ping', {
    schema: { summary: 'measure the round trip to a peer that is connected', operationId: 'ping', tags, params: Params, response: { 200: PingAnswer } }
  }, async ({ params }, { raw }) => {
    const peerId = connectedPeer(params.id, context)
    const rttMs = await within(PING_LIMIT_MS, raw, peerId.toString(), 'ping', async signal => await ping.ping(peerId, { signal }))
    return { peerId: peerId.toString(), rttMs }
  })

  app.delete('/v1/peers/:id/connection', {
    schema: { summary: 'say goodbye to a peer and disconnect; it may come back', operationId: 'disconnect', tags, params: Params, response: { 204: Type.Null({ description: 'disconnected' }) } }
  }, async ({ params }, reply) => {
    await pool.disconnect(connectedPeer(params.id, context))
    return await reply.code(204).send(null)
  })
}

function keyOf ({ state, standing, search, sort, order, limit, offset }: PeerQuery): string {
  return JSON.stringify([state, standing, search, sort, order, limit, offset])
}

function connectedPeer (text: string, { node }: ApiContext): PeerId {
  const peerId = otherPeer(text, node.peerId)
  if (node.getConnections(peerId).length > 0) return peerId
  throw new ApiError('PEER_NOT_CONNECTED', `${peerId.toString()} is not connected`, { details: { fix: 'dial it first: POST /v1/peers/dial' } })
}

async function detailOf (peerId: PeerId, { node, peers }: ApiContext): Promise<PeerDetail> {
  const { bans, scoring } = node.services
  const id = peerId.toString()
  const store = await storedPeer(peerId, node)
  if (store == null) peers.forget(id)
  const known = peers.index().all.get(id) ?? (store == null ? undefined : { id, banned: false })
  if (known == null) throw new ApiError('PEER_UNKNOWN', `nothing is known of ${id}`, { details: { fix: 'dial it, or see GET /v1/peers for who is known' } })
  return peerDetail({
    known,
    connections: node.getConnections(peerId),
    store,
    score: scoring.get(peerId),
    evidence: bans.evidence(peerId),
    decisions: bans.explain(peerId)
  }, scoring)
}

async function storedPeer (peerId: PeerId, { peerStore }: ApiContext['node']): Promise<StorePeer | undefined> {
  try {
    return await peerStore.get(peerId)
  } catch (err) {
    if (err instanceof Error && err.name === 'NotFoundError') return undefined
    throw err
  }
}
