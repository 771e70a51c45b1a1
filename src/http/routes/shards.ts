import { peerIdFromString } from '@libp2p/peer-id'
import { ApiError } from '../problem.ts'
import { object } from '../schemas/common.ts'
import {
  AmendRequest, OpenAnswer, ReshareRequest, RevokeAnswer, StoreRequest, UpdateRequest, Vault, VaultCallRequest, VaultId, VaultList, VaultLog, VaultQuery, VaultStatus
} from '../schemas/shards.ts'
import { logView, progressView, statusView, vaultView } from '../views/vaults.ts'
import { clientSignal } from './client-signal.ts'
import type { PeerId } from '@libp2p/interface'
import type { FastifyReply } from 'fastify'
import type { VaultCall } from '../../services/shards/index.ts'
import type { Routes } from '../context.ts'
import type { VaultCallRequest as CallRequest } from '../schemas/shards.ts'

/** Of a request with a secret: a mebibyte of text, with what its escapes add. */
const SECRET_BODY_BYTES = 4 * 1024 * 1024
const VAULT = '/v1/shards/:id'
const params = object({ id: VaultId })
// a byte order mark is part of a secret
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Secrets in the care of peers. What is in them is never logged, nor kept here. */
export const shardRoutes: Routes = (app, { node, events }) => {
  const { shards } = node.services

  const callOf = ({ call, timeoutMs }: CallRequest, reply: FastifyReply): VaultCall => ({
    signal: clientSignal(reply.raw),
    timeoutMs,
    ...call == null ? {} : { onProgress: progress => { events.tell({ event: 'vault:progress', ...progressView(call, progress) }) } }
  })

  app.get('/v1/shards', {
    schema: { summary: 'own vaults, and those held for others', querystring: VaultQuery, response: { 200: VaultList } }
  }, async ({ query }, reply) => {
    const found = query.search === true ? await shards.list(callOf(query, reply)) : undefined
    const { own, held, holding } = shards.snapshot()
    return { own: (found ?? own).map(vaultView), held, holding }
  })

  app.post('/v1/shards', {
    bodyLimit: SECRET_BODY_BYTES,
    schema: { summary: 'store a secret with peers', body: StoreRequest, response: { 201: Vault } }
  }, async ({ body }, reply) => {
    const { threshold, holders, label, policy, expiresAt } = body
    const vault = await shards.store(secretOf(body), { threshold, holders: holdersOf(holders), label, policy, expiresAt, ...callOf(body, reply) })
    reply.code(201)
    return vaultView(vault)
  })

  app.get(VAULT, {
    schema: { summary: 'ask its holders how they are', params, querystring: VaultCallRequest, response: { 200: VaultStatus } }
  }, async ({ params: { id }, query }, reply) => statusView(await shards.status(id, callOf(query, reply))))

  app.post(`${VAULT}/audit`, {
    schema: { summary: 'have its holders prove that they have their shares', params, body: VaultCallRequest, response: { 200: VaultStatus } }
  }, async ({ params: { id }, body }, reply) => statusView(await shards.audit(id, callOf(body, reply))))

  app.get(`${VAULT}/log`, {
    schema: { summary: 'what its holders wrote down', params, querystring: VaultCallRequest, response: { 200: VaultLog } }
  }, async ({ params: { id }, query }, reply) => logView(await shards.log(id, callOf(query, reply))))

  app.post(`${VAULT}/open`, {
    schema: { summary: 'the secret', params, body: VaultCallRequest, response: { 200: OpenAnswer } }
  }, async ({ params: { id }, body }, reply) => {
    const secret = await shards.open(id, callOf(body, reply))
    const text = textOf(secret)
    return { base64: base64Of(secret), ...text == null ? {} : { text } }
  })

  app.post(`${VAULT}/export`, {
    schema: { summary: 'its key, 32 bytes that open it for ever; marks it as exposed', params, body: VaultCallRequest, response: { 200: OpenAnswer } }
  }, async ({ params: { id }, body }, reply) => ({ base64: base64Of(await shards.export(id, callOf(body, reply))) }))

  for (const [what, summary] of [
    ['refresh', 'new shares for the same holders'],
    ['repair', 'replace holders that are lost, or lie'],
    ['rotate', 'another key']
  ] as const) {
    app.post(`${VAULT}/${what}`, {
      schema: { summary, params, body: VaultCallRequest, response: { 200: Vault } }
    }, async ({ params: { id }, body }, reply) => vaultView(await shards[what](id, callOf(body, reply))))
  }

  app.post(`${VAULT}/reshare`, {
    schema: { summary: 'another threshold, or other holders', params, body: ReshareRequest, response: { 200: Vault } }
  }, async ({ params: { id }, body }, reply) => {
    const { threshold, holders } = body
    return vaultView(await shards.reshare(id, { threshold, holders: holdersOf(holders), ...callOf(body, reply) }))
  })

  app.post(`${VAULT}/update`, {
    bodyLimit: SECRET_BODY_BYTES,
    schema: { summary: 'another secret in the same vault', params, body: UpdateRequest, response: { 200: Vault } }
  }, async ({ params: { id }, body }, reply) => vaultView(await shards.update(id, secretOf(body), callOf(body, reply))))

  app.patch(VAULT, {
    schema: { summary: 'another label, policy or expiry', params, body: AmendRequest, response: { 200: Vault } }
  }, async ({ params: { id }, body }, reply) => {
    const { label, policy, expiresAt } = body
    return vaultView(await shards.amend(id, { label, policy, expiresAt }, callOf(body, reply)))
  })

  app.delete(VAULT, {
    schema: { summary: 'have its holders delete it', params, querystring: VaultCallRequest, response: { 200: RevokeAnswer } }
  }, async ({ params: { id }, query }, reply) => ({ deletedBy: (await shards.revoke(id, callOf(query, reply))).map(String) }))
}

function secretOf ({ text, base64 }: { text?: string, base64?: string }): Uint8Array {
  if (text != null && base64 == null) {
    if (!text.isWellFormed()) throw invalidSecret('the text has halves of characters, which would be lost: send its bytes as base64')
    return new TextEncoder().encode(text)
  }
  if (text != null || base64 == null) throw invalidSecret('a secret is text or base64, just one of the two')
  const bytes = Buffer.from(base64, 'base64')
  if (base64Of(bytes) !== base64) throw invalidSecret('base64 is damaged: it has groups of four characters, and nothing in the bits that are left over')
  return bytes
}

function base64Of (bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}

/** Undefined for bytes that are none. */
function textOf (secret: Uint8Array): string | undefined {
  try {
    return decoder.decode(secret)
  } catch {
    return undefined
  }
}

function holdersOf (holders: number | string[] | undefined): number | PeerId[] | undefined {
  return Array.isArray(holders) ? holders.map(peerOf) : holders
}

function peerOf (text: string): PeerId {
  try {
    return peerIdFromString(text)
  } catch (cause) {
    throw new ApiError('API_PEER_INVALID', `${JSON.stringify(text)} is no peer id`, { cause })
  }
}

function invalidSecret (message: string): ApiError {
  return new ApiError('API_SECRET_INVALID', message)
}
