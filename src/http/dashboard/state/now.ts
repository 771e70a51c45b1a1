import { signal } from '@preact/signals'

const STEP_MS = 5_000

/** Milliseconds since 1970, renewed every 5 s while the page is seen: what tells how long ago something was reads it. */
export const now = signal(Date.now())

export function startNow (): void {
  const renew = (): void => { if (!document.hidden) now.value = Date.now() }
  setInterval(renew, STEP_MS)
  document.addEventListener('visibilitychange', renew)
}
