/** A pending timer; `cancel` may be called at any time, also after it fired. */
export interface Timer {
  cancel (): void
}

/** The only source of time and timers. Tests inject one that they move by hand. */
export interface Clock {
  /** Wall clock, milliseconds since 1970-01-01 UTC. May jump. */
  now (): number
  /** Milliseconds since some fixed moment. Never jumps back. */
  monotonic (): number
  /** Calls `fn` once after `ms` milliseconds. Does not keep the process alive. */
  after (ms: number, fn: () => void): Timer
  /** Calls `fn` every `ms` milliseconds. Does not keep the process alive. */
  every (ms: number, fn: () => void): Timer
}

// Node caps a timer at 2^31 - 1 ms and then fires at once; no caller here means that.
const MAX_TIMER_MS = 2 ** 31 - 1

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after (ms, fn) {
    const timer = setTimeout(fn, Math.min(ms, MAX_TIMER_MS))
    unref(timer)
    return { cancel: () => clearTimeout(timer) }
  },
  every (ms, fn) {
    const timer = setInterval(fn, Math.min(ms, MAX_TIMER_MS))
    unref(timer)
    return { cancel: () => clearInterval(timer) }
  }
}

/** Resolves after `ms`; rejects with the signal's reason when it aborts first. */
export async function sleep (clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted()
  await new Promise<void>((resolve, reject) => {
    const onAbort = (): void => {
      timer.cancel()
      reject(signal?.reason as Error)
    }
    const timer = clock.after(ms, () => {
      signal?.removeEventListener('abort', onAbort)
      resolve()
    })
    signal?.addEventListener('abort', onAbort, { once: true })
  })
}

/**
 * A signal that aborts with a `TimeoutError` after `ms` of the given clock, or when `signal` does.
 * `clear` must be called when the work is done, else the timer lives on.
 */
export function timeoutSignal (clock: Clock, ms: number, signal?: AbortSignal): { signal: AbortSignal, clear (): void } {
  const controller = new AbortController()
  const timer = clock.after(ms, () => { controller.abort(new DOMException(`timed out after ${ms} ms`, 'TimeoutError')) })
  const combined = signal == null ? controller.signal : AbortSignal.any([controller.signal, signal])
  return { signal: combined, clear: () => timer.cancel() }
}

function unref (timer: unknown): void {
  // browsers return a number
  if (typeof timer === 'object' && timer != null && 'unref' in timer) {
    (timer as { unref (): void }).unref()
  }
}
