import { components, degrees, completeness } from './graph.ts'
import { knownTo, linksOf } from './swarm.ts'
import type { Resident } from './swarm.ts'

/** Prints what was measured beside its limit. */
export function tell (what: string, figure: string, limit: string): void {
  process.stdout.write(`      ${what}: ${figure} (limit ${limit})\n`)
}

/**
 * Milliseconds from `sinceMs` (`performance.now()`) until `check` holds, told beside the limit. Throws at the limit, with
 * how it stood.
 */
export async function timed (what: string, limitMs: number, check: () => boolean, state: () => string, sinceMs = performance.now()): Promise<number> {
  while (!check()) {
    if (performance.now() - sinceMs > limitMs) throw new Error(`not within ${limitMs / 1_000} s: ${what}; ${state()}`)
    await new Promise(resolve => setTimeout(resolve, 20))
  }
  const ms = performance.now() - sinceMs
  tell(what, `${(ms / 1_000).toFixed(2)} s`, `${limitMs / 1_000} s`)
  return ms
}

/** All in one part, nobody alone. */
export function isOneNetwork (residents: readonly Resident[]): boolean {
  const links = linksOf(residents)
  return components(links).length === 1 && (degrees(links)[0] ?? 0) >= 1
}

export function everybodyKnowsEverybody (residents: readonly Resident[]): boolean {
  return completeness(knownTo(residents)) === 1
}

/** For the failure message. */
export function stateOf (residents: readonly Resident[]): string {
  const links = linksOf(residents)
  const degree = degrees(links)
  return `${components(links).length} part(s), degrees ${degree.join(' ')}, known ${(completeness(knownTo(residents)) * 100).toFixed(1)} %`
}
