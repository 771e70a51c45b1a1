import { sleep, timeoutSignal } from '../../../util/clock.ts'
import type { PeerId } from '@libp2p/interface'
import type { OwnerContext } from './context.ts'

/** Peers that are asked in one search. */
const MAX_ASKED = 256
const CONCURRENT = 16
/** A node that has just started meets others meanwhile. */
const WINDOW_MS = 10_000
const POLL_MS = 250
/** Nobody new for so long: there is nobody else. */
const QUIET_MS = 2_000
/** A node that has been running for so long has met whom it meets. */
const SETTLED_MS = 60_000

export interface SearchOptions {
  /** Under which holders are in the DHT. */
  place: Uint8Array
  signal: AbortSignal
  /** Asks one peer; true ends the search. What it rejects with is a peer that knows nothing. */
  ask: (peer: PeerId, signal: AbortSignal) => Promise<boolean>
  /** Since this node was started. */
  runningMs: number
}

/**
 * Asks whoever could hold something: this node itself, those that are connected, those that the address book knows, and those
 * that the DHT names; of each at most once, and bounded in number and time. Resolves to how many were asked; rejects when the signal aborts.
 */
export async function search ({ self, peers, clock, log }: Pick<OwnerContext, 'self' | 'peers' | 'clock' | 'log'>, { place, signal, ask, runningMs }: SearchOptions): Promise<number> {
  signal.throwIfAborted()
  const window = timeoutSignal(clock, WINDOW_MS, signal)
  const found = new AbortController()
  const ended = AbortSignal.any([window.signal, found.signal])
  const asked = new Set<string>()
  const waiting: PeerId[] = []
  const busy = new Set<Promise<void>>()
  let newestMs = clock.monotonic()
  let providersLeft = true

  const pump = (): void => {
    while (!ended.aborted && busy.size < CONCURRENT) {
      const peer = waiting.shift()
      if (peer == null) return
      const work = ask(peer, ended)
        .then(enough => { if (enough) found.abort() }, (err: unknown) => { log.trace('%p knows nothing: %s', peer, err) })
        .finally(() => {
          busy.delete(work)
          pump()
        })
      busy.add(work)
    }
  }
  const add = (peer: PeerId): void => {
    const key = peer.toString()
    if (asked.has(key) || asked.size >= MAX_ASKED) return
    asked.add(key)
    newestMs = clock.monotonic()
    waiting.push(peer)
    pump()
  }

  add(self)
  const providers = (async () => {
    for await (const peer of peers.providers(place, ended)) add(peer)
  })().catch((err: unknown) => { log('the search for holders in the DHT failed: %s', err) }).finally(() => { providersLeft = false })
  try {
    while (!ended.aborted) {
      for (const { peerId } of await peers.candidates()) add(peerId)
      const idle = busy.size === 0 && waiting.length === 0 && !providersLeft
      const quietMs = runningMs >= SETTLED_MS ? 0 : asked.size <= 1 ? WINDOW_MS : QUIET_MS
      if (asked.size >= MAX_ASKED ? busy.size === 0 : idle && clock.monotonic() - newestMs >= quietMs) break
      await sleep(clock, POLL_MS, ended).catch(() => {})
    }
  } finally {
    window.clear()
    found.abort()
  }
  await Promise.all([...busy, providers])
  signal.throwIfAborted()
  return asked.size
}
