import { signal } from '@preact/signals'
import { EventStream } from '../api/event-stream.ts'
import { token } from '../api/session.ts'
import type { LiveEvent, Link } from '../api/event-stream.ts'
import type { Stats } from '../../schemas/network.ts'

/** What is kept here; the node keeps more. */
const MAX_EVENTS = 2_000
const MAX_STATS = 300
/** A page that is rendered for each of a thousand events a second does nothing else. */
const BATCH_MS = 200
/** Told often, of use only to who waits for them. */
const PASSING = new Set(['stats', 'file:progress', 'vault:progress'])

/** How the page is connected with the node. */
export const link = signal<Link>({ state: 'connecting' })
/** Oldest first, the last 2,000. */
export const events = signal<readonly LiveEvent[]>([])
/** Rates of the last five minutes, one a second, oldest first. */
export const stats = signal<readonly Stats[]>([])

type Listener = (batch: readonly LiveEvent[]) => void
const listeners = new Set<Listener>()
let waiting: LiveEvent[] = []
let timer: ReturnType<typeof setTimeout> | undefined

const stream = new EventStream({
  onEvent: event => {
    waiting.push(event)
    if (waiting.length > 2 * MAX_EVENTS) waiting = waiting.slice(-MAX_EVENTS)
    if (!document.hidden) timer ??= setTimeout(hand, BATCH_MS)
  },
  onLink: next => { link.value = next }
})

/** Calls back with the events, a few times a second at most, whose names begin with one of `names`: `ban:`, `message:received`. Returns how to stop. */
export function onEvents (names: readonly string[], listener: Listener): () => void {
  const wanted: Listener = batch => {
    const matching = batch.filter(({ event }) => names.some(name => event.startsWith(name)))
    if (matching.length > 0) listener(matching)
  }
  listeners.add(wanted)
  return () => { listeners.delete(wanted) }
}

export function retryNow (): void {
  stream.tryNow()
}

/** Listens as long as somebody is signed in. */
export function startLive (): void {
  document.addEventListener('visibilitychange', () => { if (!document.hidden) hand() })
  token.subscribe(given => {
    stream.stop()
    if (given != null) stream.start()
  })
}

function hand (): void {
  clearTimeout(timer)
  timer = undefined
  if (waiting.length === 0) return
  const batch = waiting
  waiting = []
  const lasting = batch.filter(({ event }) => !PASSING.has(event))
  const rates = batch.filter(({ event }) => event === 'stats') as unknown as Stats[]
  if (lasting.length > 0) events.value = [...events.value, ...lasting].slice(-MAX_EVENTS)
  if (rates.length > 0) stats.value = [...stats.value, ...rates].slice(-MAX_STATS)
  for (const listener of listeners) listener(batch)
}
