import { idle } from './idle.ts'
import type { ManualClock } from '../../../../support/manual-clock.ts'

/** Lets so much time pass, or less once `until` holds; whether it does. Time stands still while anything else is left to do, so nothing is late. */
export async function pass (clock: ManualClock, ms: number, until: () => boolean | Promise<boolean> = () => false): Promise<boolean> {
  const endMs = clock.monotonic() + ms
  for (;;) {
    await idle()
    if (await until()) return true
    const leftMs = endMs - clock.monotonic()
    if (leftMs <= 0) return false
    clock.advance(Math.min(leftMs, Math.max(1, clock.untilNextMs ?? leftMs)))
  }
}

/** Lets time pass until it is settled; throws after so much of it. */
export async function settled<T> (clock: ManualClock, work: Promise<T>, limitMs = 600_000): Promise<T> {
  let over = false
  const end = (): void => { over = true }
  work.then(end, end)
  if (!await pass(clock, limitMs, () => over)) throw new Error(`not settled within ${limitMs} ms of simulated time`)
  return await work
}
