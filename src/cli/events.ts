import { describeError } from '../errors.ts'
import type { AppNode } from '../app-node.ts'

/** What the program says while it runs: with `--json` one of these a line, plus `time` (ISO 8601). */
export type ProgramEvent =
  | { event: 'ready', peerId: string, addresses: string[], dataDir: string, version: string, readyMs: number }
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
  | { event: 'warning', code: string, message: string }
  | { event: 'error', code: string, message: string, fix?: string }
  | { event: 'stopped' }

/** Tells everything the node's services report. Call it before `start`; the listeners end with the node. */
export function watch (node: AppNode, emit: (event: ProgramEvent) => void): void {
  const { bans, discovery, gossipGuard, pool, scoring } = node.services
  pool.addEventListener('peer:discovered', ({ detail: { entry, source, loaded } }) => {
    emit({ event: 'peer:discovered', peerId: entry.peerId.toString(), addresses: entry.multiaddrs.map(String), source, loaded })
  })
  pool.addEventListener('peer:connected', ({ detail: { peerId, direction, multiaddr } }) => {
    emit({ event: 'peer:connected', peerId: peerId.toString(), direction, address: multiaddr.toString() })
  })
  pool.addEventListener('peer:disconnected', ({ detail: { peerId, reason, by } }) => {
    emit({ event: 'peer:disconnected', peerId: peerId.toString(), reason, by })
  })
  pool.addEventListener('peer:evicted', ({ detail: { peerId, why } }) => {
    emit({ event: 'peer:evicted', peerId: peerId.toString(), why })
  })
  pool.addEventListener('peer:checked', ({ detail: { peerId, verdict } }) => {
    emit({ event: 'peer:checked', peerId: peerId.toString(), verdict })
  })
  pool.addEventListener('dial:failed', ({ detail: { multiaddr, error, attempt, retryInMs } }) => {
    emit({ event: 'dial:failed', address: multiaddr.toString(), message: describeError(error), attempt, retryInMs: Math.round(retryInMs) })
  })
  pool.addEventListener('pool:isolated', () => { emit({ event: 'pool:isolated' }) })
  pool.addEventListener('pool:recovered', () => { emit({ event: 'pool:recovered' }) })
  pool.addEventListener('pool:woke', ({ detail: { gapMs } }) => { emit({ event: 'pool:woke', gapMs: Math.round(gapMs) }) })
  scoring.addEventListener('peer:misbehaviour', ({ detail: { peerId, offence, cause, points, misbehaviour } }) => {
    emit({ event: 'peer:misbehaviour', peerId: peerId.toString(), offence, cause, points, misbehaviour: Math.round(misbehaviour) })
  })
  scoring.addEventListener('standing:change', ({ detail: { peerId, standing, before, cause } }) => {
    emit({ event: 'standing:change', peerId: peerId.toString(), standing, before, ...(cause == null ? {} : { cause }) })
  })
  scoring.addEventListener('outage:start', ({ detail: { why } }) => { emit({ event: 'outage:start', why }) })
  scoring.addEventListener('outage:end', () => { emit({ event: 'outage:end' }) })
  gossipGuard.addEventListener('peer:recycled', ({ detail: { peerId } }) => { emit({ event: 'peer:recycled', peerId: peerId.toString() }) })
  bans.addEventListener('ban:added', ({ detail: { kind, key, by, reason, untilMs } }) => {
    emit({ event: 'ban:added', kind, key, by, reason, ...(untilMs == null ? {} : { untilMs }) })
  })
  for (const event of ['ban:expired', 'ban:lifted'] as const) {
    bans.addEventListener(event, ({ detail: { kind, key } }) => { emit({ event, kind, key }) })
  }
  bans.addEventListener('ban:spared', ({ detail: { key, why } }) => { emit({ event: 'ban:spared', key, why }) })
  discovery.addEventListener('source:failed', ({ detail: { source, error, retryInMs } }) => {
    emit({ event: 'source:failed', source, message: describeError(error), retryInMs: Math.round(retryInMs) })
  })
}
