import { Pace } from '../../support/pace.ts'
import type { Victim } from './victim.ts'

/** The share of a core that it takes while nobody bothers it, over `windowMs`. */
export async function idleLoad (victim: Victim, windowMs: number): Promise<number> {
  const window = new Pace(windowMs)
  await window.beat()
  await victim.stats()
  await window.beat()
  const { cpuMs, elapsedMs } = await victim.stats()
  return cpuMs / elapsedMs
}
