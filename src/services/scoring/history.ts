import { MAX_SAMPLES, SAMPLE_INTERVAL_MS, SAMPLE_STEP } from './constants.ts'
import type { ScoreSample } from './index.ts'

/** The same array when this moment says nothing new. */
export function withSample (history: readonly ScoreSample[], timeMs: number, score: number): readonly ScoreSample[] {
  const last = history.at(-1)
  const apart = last == null ? Infinity : timeMs - last.timeMs
  // a wall clock that was set back must not silence the history until it catches up
  const isDue = apart >= SAMPLE_INTERVAL_MS || apart < 0
  if (last != null && !isDue && Math.abs(score - last.score) < SAMPLE_STEP) return history
  return [...history.slice(-(MAX_SAMPLES - 1)), { timeMs, score }]
}
