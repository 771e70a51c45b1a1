/** What a threshold and a number of holders mean, and what speaks against them. */
export interface VaultAdvice {
  meaning: string
  warnings: string[]
  /** Why it cannot be stored like that. */
  problem?: string
}

export const MAX_HOLDERS = 64
export const MAX_SECRET_BYTES = 1_048_576

/** `peers`: how many are connected and could hold a share. */
export function adviseVault (threshold: number, holders: number, peers: number): VaultAdvice {
  const problem = problemOf(threshold, holders)
  if (problem != null) return { meaning: '', warnings: [], problem }
  const spare = holders - threshold
  const warnings: string[] = []
  if (threshold <= holders / 2) {
    warnings.push(`${count(threshold, 'holder')} of ${holders} are half of them or fewer: it is enough that these work together behind your back, or are taken over, and they read it. Better is ${majority(holders)} or more.`)
  }
  if (spare === 0) warnings.push('No holder may be lost: if one is gone for good, so is the secret.')
  if (peers < holders) warnings.push(`Only ${count(peers, 'peer')} ${peers === 1 ? 'is' : 'are'} connected, and ${holders} are wanted: connect to more, or choose fewer holders.`)
  return {
    meaning: `${holders} peers get a share each. Any ${threshold} of them together open it for you; ${threshold - 1} learn nothing. It outlives the loss of ${spare === 0 ? 'none' : spare} of them.`,
    warnings
  }
}

/** What to begin with: as many holders as there are, at most ten, of which more than half open it. */
export function usualVault (peers: number): { threshold: number, holders: number } {
  const holders = Math.min(Math.max(peers, 2), 10)
  return { threshold: Math.max(majority(holders), 2), holders }
}

export function majority (holders: number): number {
  return Math.floor(holders / 2) + 1
}

function problemOf (threshold: number, holders: number): string | undefined {
  if (!Number.isInteger(holders) || holders < 2 || holders > MAX_HOLDERS) return `Choose 2 to ${MAX_HOLDERS} holders.`
  if (!Number.isInteger(threshold) || threshold < 2 || threshold > holders) return `The threshold is 2 to ${holders}, the number of holders.`
  return undefined
}

function count (n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`
}
