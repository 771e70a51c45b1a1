/** What `nextEvent` listens to: any event target, and a type of its events. */
export type EventOf = readonly [target: Pick<EventTarget, 'addEventListener' | 'removeEventListener'>, type: string]

/** Resolves at the first of these events; rejects with the signal's reason when it aborts first. */
export async function nextEvent (signal: AbortSignal, ...events: EventOf[]): Promise<void> {
  signal.throwIfAborted()
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const onEvent = (): void => { resolve() }
  const onAbort = (): void => { reject(signal.reason as Error) }
  signal.addEventListener('abort', onAbort, { once: true })
  for (const [target, type] of events) target.addEventListener(type, onEvent)
  try {
    await promise
  } finally {
    signal.removeEventListener('abort', onAbort)
    for (const [target, type] of events) target.removeEventListener(type, onEvent)
  }
}

/** Resolves when `check` says yes: asked now and after each of these events. */
export async function until (check: () => boolean, signal: AbortSignal, ...events: EventOf[]): Promise<void> {
  signal.throwIfAborted()
  while (!check()) await nextEvent(signal, ...events)
}

/** The promise's outcome, unless the signal aborts first: then its reason. For callees that may not heed a signal. */
export async function abortable<T> (promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const onAbort = (): void => { reject(signal.reason as Error) }
  if (signal.aborted) onAbort()
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
