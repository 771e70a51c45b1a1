import { WireAbortedError, WireTimeoutError } from '../../wire/errors.ts'
import type { Clock } from '../../util/clock.ts'

/** Waits for something that goes on without. Rejects with `WireTimeoutError` or `WireAbortedError` when it takes too long. */
export async function within<T> (work: Promise<T>, clock: Clock, timeoutMs: number, signal?: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => { reject(new WireAbortedError('the call was aborted by this side', { cause: signal?.reason })) }
    const timer = clock.after(timeoutMs, () => { reject(new WireTimeoutError(`not within ${timeoutMs} ms`, { fault: 'timeout' })) })
    signal?.addEventListener('abort', onAbort, { once: true })
    if (signal?.aborted === true) onAbort()
    work.then(resolve, reject).finally(() => {
      timer.cancel()
      signal?.removeEventListener('abort', onAbort)
    })
  })
}
