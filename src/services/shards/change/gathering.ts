import type { Clock } from '../../../util/clock.ts'

export interface Gathering<K, V> {
  answers: Map<K, V>
  failures: Map<K, unknown>
}

export interface GatherOptions<K, V> {
  clock: Clock
  signal: AbortSignal
  /** Whether what is there would do: the others have `graceMs` from then on. */
  enough: (answers: ReadonlyMap<K, V>) => boolean
  graceMs: number
  onSettled?: (key: K) => void
}

/**
 * Asks all at once; resolves when all have answered or failed, or some time after enough have. Those that are still asked then are
 * aborted and in neither map. Rejects only when `signal` aborts.
 */
export async function gather<K, V> (keys: Iterable<K>, ask: (key: K, signal: AbortSignal) => Promise<V>, { clock, signal, enough, graceMs, onSettled }: GatherOptions<K, V>): Promise<Gathering<K, V>> {
  signal.throwIfAborted()
  const [answers, failures] = [new Map<K, V>(), new Map<K, unknown>()]
  const rest = new AbortController()
  let over: () => void = () => {}
  const late = new Promise<void>(resolve => { over = resolve })
  let timer: { cancel (): void } | undefined
  let open = true
  const both = AbortSignal.any([signal, rest.signal])
  const asked = [...keys].map(async key => {
    try {
      const answer = await ask(key, both)
      if (open) answers.set(key, answer)
    } catch (err) {
      if (open) failures.set(key, err)
    }
    if (!open) return
    onSettled?.(key)
    if (timer == null && enough(answers)) timer = clock.after(graceMs, over)
  })
  signal.addEventListener('abort', over, { once: true })
  await Promise.race([Promise.all(asked), late])
  open = false
  timer?.cancel()
  signal.removeEventListener('abort', over)
  rest.abort(new DOMException('enough others have answered', 'AbortError'))
  signal.throwIfAborted()
  return { answers, failures }
}
