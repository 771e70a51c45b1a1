import { describeError } from '../errors.ts'
import type { AppNode } from './init.ts'

/** What a node's services tell, as plain JSON. */
export type NodeEvent =
  | { event: 'peer:discovered', peerId: string, addresses: string[], source: string, loaded: boolean }
  | { event: 'peer:connected', peerId: string, direction: 'inbound' | 'outbound', address: string }
  | { event: 'peer:disconnected', peerId: string, reason: string, by: 'local' | 'remote' }
  | { event: 'peer:evicted', peerId: string, why: string }
  | { event: 'peer:checked', peerId: string, verdict: 'direct' | 'relayed' | 'gone' }
  | { event: 'dial:failed', address: string, message: string, attempt: number, retryInMs: number }
  | { event: 'peer:misbehaviour', peerId: string, offence: string, cause: string, points: number, misbehaviour: number }
  | { event: 'standing:change', peerId: string, standing: string, before: string, cause?: string }
  | { event: 'peer:recycled', peerId: string }
  | { event: 'ban:added', kind: string, key: string, by: string, reason: string, untilMs?: number }
  | { event: 'ban:expired' | 'ban:lifted', kind: string, key: string }
  | { event: 'ban:spared', key: string, why: string }
  | { event: 'outage:start', why: string }
  | { event: 'outage:end' }
  | { event: 'pool:isolated' }
  | { event: 'pool:recovered' }
  | { event: 'pool:woke', gapMs: number }
  | { event: 'source:failed', source: string, message: string, retryInMs: number }
  | { event: 'message:queued' | 'message:sent' | 'message:delivered' | 'message:expired', id: string, peerId: string, of: string, state: string }
  | { event: 'message:refused', id: string, peerId: string, of: string, reason: string }
  | { event: 'handler:failed', of: string, peerId: string, message: string }
  | { event: 'event:unknown', of: string, peerId: string, count: number }
  | { event: 'vault:changed', vault: string, seq: number, epoch: number }
  | { event: 'vault:failed', vault: string, message: string }
  | { event: 'holder:lied', peerId: string, vault: string, kind: string, told: boolean }
  | { event: 'holder:lost', peerId: string, vault: string, index: number }

/** Tells everything the node's services report, until what it returns is called. Call it before `start`. */
export function watch (node: AppNode, emit: (event: NodeEvent) => void): () => void {
  const ended = new AbortController()
  const options = { signal: ended.signal }
  const { bans, discovery, gossipGuard, messaging, pool, scoring, shards } = node.services
  pool.addEventListener('peer:discovered', ({ detail: { entry, source, loaded } }) => {
    emit({ event: 'peer:discovered', peerId: entry.peerId.toString(), addresses: entry.multiaddrs.map(String), source, loaded })
  }, options)
  pool.addEventListener('peer:connected', ({ detail: { peerId, direction, multiaddr } }) => {
    emit({ event: 'peer:connected', peerId: peerId.toString(), direction, address: multiaddr.toString() })
  }, options)
  pool.addEventListener('peer:disconnected', ({ detail: { peerId, reason, by } }) => {
    emit({ event: 'peer:disconnected', peerId: peerId.toString(), reason, by })
  }, options)
  pool.addEventListener('peer:evicted', ({ detail: { peerId, why } }) => {
    emit({ event: 'peer:evicted', peerId: peerId.toString(), why })
  }, options)
  pool.addEventListener('peer:checked', ({ detail: { peerId, verdict } }) => {
    emit({ event: 'peer:checked', peerId: peerId.toString(), verdict })
  }, options)
  pool.addEventListener('dial:failed', ({ detail: { multiaddr, error, attempt, retryInMs } }) => {
    emit({ event: 'dial:failed', address: multiaddr.toString(), message: describeError(error), attempt, retryInMs: Math.round(retryInMs) })
  }, options)
  pool.addEventListener('pool:isolated', () => { emit({ event: 'pool:isolated' }) }, options)
  pool.addEventListener('pool:recovered', () => { emit({ event: 'pool:recovered' }) }, options)
  pool.addEventListener('pool:woke', ({ detail: { gapMs } }) => { emit({ event: 'pool:woke', gapMs: Math.round(gapMs) }) }, options)
  scoring.addEventListener('peer:misbehaviour', ({ detail: { peerId, offence, cause, points, misbehaviour } }) => {
    emit({ event: 'peer:misbehaviour', peerId: peerId.toString(), offence, cause, points, misbehaviour: Math.round(misbehaviour) })
  }, options)
  scoring.addEventListener('standing:change', ({ detail: { peerId, standing, before, cause } }) => {
    emit({ event: 'standing:change', peerId: peerId.toString(), standing, before, ...(cause == null ? {} : { cause }) })
  }, options)
  scoring.addEventListener('outage:start', ({ detail: { why } }) => { emit({ event: 'outage:start', why }) }, options)
  scoring.addEventListener('outage:end', () => { emit({ event: 'outage:end' }) }, options)
  gossipGuard.addEventListener('peer:recycled', ({ detail: { peerId } }) => { emit({ event: 'peer:recycled', peerId: peerId.toString() }) }, options)
  bans.addEventListener('ban:added', ({ detail: { kind, key, by, reason, untilMs } }) => {
    emit({ event: 'ban:added', kind, key, by, reason, ...(untilMs == null ? {} : { untilMs }) })
  }, options)
  for (const event of ['ban:expired', 'ban:lifted'] as const) {
    bans.addEventListener(event, ({ detail: { kind, key } }) => { emit({ event, kind, key }) }, options)
  }
  bans.addEventListener('ban:spared', ({ detail: { key, why } }) => { emit({ event: 'ban:spared', key, why }) }, options)
  discovery.addEventListener('source:failed', ({ detail: { source, error, retryInMs } }) => {
    emit({ event: 'source:failed', source, message: describeError(error), retryInMs: Math.round(retryInMs) })
  }, options)
  for (const event of ['message:queued', 'message:sent', 'message:delivered', 'message:expired'] as const) {
    messaging.addEventListener(event, ({ detail: { id, peerId, event: of, state } }) => { emit({ event, id, peerId: peerId.toString(), of, state }) }, options)
  }
  messaging.addEventListener('message:refused', ({ detail: { id, peerId, event: of, reason } }) => {
    emit({ event: 'message:refused', id, peerId: peerId.toString(), of, reason })
  }, options)
  messaging.addEventListener('handler:failed', ({ detail: { event: of, context, error } }) => {
    emit({ event: 'handler:failed', of, peerId: context.peerId.toString(), message: describeError(error) })
  }, options)
  messaging.addEventListener('event:unknown', ({ detail: { event: of, peerId, count } }) => {
    emit({ event: 'event:unknown', of, peerId: peerId.toString(), count })
  }, options)
  shards.addEventListener('vault:changed', ({ detail: { id: vault, seq, epoch } }) => { emit({ event: 'vault:changed', vault, seq, epoch }) }, options)
  shards.addEventListener('vault:failed', ({ detail: { id: vault, error } }) => { emit({ event: 'vault:failed', vault, message: describeError(error) }) }, options)
  shards.addEventListener('holder:lied', ({ detail: { peerId, vault, kind, told } }) => { emit({ event: 'holder:lied', peerId: peerId.toString(), vault, kind, told }) }, options)
  shards.addEventListener('holder:lost', ({ detail: { peerId, vault, index } }) => { emit({ event: 'holder:lost', peerId: peerId.toString(), vault, index }) }, options)
  return () => { ended.abort() }
}
