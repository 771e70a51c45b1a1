import { signal } from '@preact/signals'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import { asProblem } from '../api/problem.ts'
import { link, onEvents } from './live.ts'
import type { ApiProblem } from '../api/problem.ts'

export interface ResourceInit<T> {
  load: (options: { signal: AbortSignal }) => Promise<T>
  /** It is loaded again when one of these is told; beginnings of names, as for `onEvents`. */
  events?: readonly string[]
  /** It is loaded again after so long. @default 30_000 */
  everyMs?: number
}

const EVERY_MS = 30_000
/** Events come in bursts. */
const SETTLE_MS = 300
const MIN_BETWEEN_MS = 1_500

/** Something the node tells when asked, kept up to date while it is looked at: not while the tab is hidden or the node is gone. */
export class Resource<T> {
  /** The last that came, also while a newer is on its way or failed to come. */
  readonly data = signal<T | undefined>(undefined)
  readonly problem = signal<ApiProblem | undefined>(undefined)
  readonly loading = signal(false)
  readonly #init: ResourceInit<T>
  #abort?: AbortController
  #timer?: ReturnType<typeof setTimeout>
  #dueAt = Infinity
  #loadedAt = 0

  constructor (init: ResourceInit<T>, data?: T) {
    this.#init = init
    this.data.value = data
  }

  /** Returns how to stop. */
  start (): () => void {
    const stopEvents = onEvents(this.#init.events ?? [], () => {
      this.#loadWithin(Math.max(SETTLE_MS, this.#loadedAt + MIN_BETWEEN_MS - Date.now()))
    })
    const onVisible = (): void => { if (!document.hidden) this.reload() }
    document.addEventListener('visibilitychange', onVisible)
    this.reload()
    let wasLost = false
    const stopLink = link.subscribe(({ state }) => {
      const lost = state === 'lost'
      if (wasLost && !lost) this.reload()
      wasLost = lost
    })
    return () => {
      stopEvents()
      stopLink()
      document.removeEventListener('visibilitychange', onVisible)
      clearTimeout(this.#timer)
      this.#abort?.abort()
    }
  }

  readonly reload = (): void => {
    this.#abort?.abort()
    const abort = this.#abort = new AbortController()
    this.loading.value = true
    this.#loadedAt = Date.now()
    this.#init.load({ signal: abort.signal }).then(data => {
      if (abort.signal.aborted) return
      this.data.value = data
      this.problem.value = undefined
    }, (error: unknown) => {
      if (!abort.signal.aborted) this.problem.value = asProblem(error)
    }).finally(() => {
      if (this.#abort !== abort || abort.signal.aborted) return
      this.loading.value = false
      this.#dueAt = Infinity
      this.#loadWithin(this.#init.everyMs ?? EVERY_MS)
    })
  }

  #loadWithin (waitMs: number): void {
    const at = Date.now() + waitMs
    if (at >= this.#dueAt) return
    this.#dueAt = at
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.#dueAt = Infinity
      // what is not looked at is loaded when it is again
      if (!document.hidden && link.value.state !== 'lost') this.reload()
    }, waitMs)
  }
}

/**
 * A resource that lives as long as the component. A new `key` (say, of the query) loads anew; with `keep` what was there stays
 * in sight until then.
 */
export function useResource<T> (key: string, init: ResourceInit<T> & { keep?: boolean }): Resource<T> {
  const last = useRef<Resource<T>>(undefined)
  const resource = useMemo(() => new Resource(init, init.keep === true ? last.current?.data.peek() : undefined), [key])
  last.current = resource
  useEffect(() => resource.start(), [resource])
  return resource
}
