/** Which dealers' contributions are used. */
export interface Selection {
  dealers: number[]
  /** New holders that blame one of them: they go without a share, as either they or that dealer lied. */
  without: number[]
}

/**
 * Chooses `threshold` dealers among those that contributed. `complaints` has, by new holder, the dealers whose sub-share to it was
 * false: one of the two lies, and nobody else can tell which. Who blames more than n - t dealers counts as missing, as no more are
 * expected to lie than the vault can do without. Else a dealer that somebody blames is left out while enough others are there; then
 * the least blamed are used. Undefined when fewer than `threshold` have contributed.
 */
export function selectDealers (contributors: readonly number[], threshold: number, complaints: ReadonlyMap<number, ReadonlySet<number>>, tolerated: number): Selection | undefined {
  if (contributors.length < threshold) return undefined
  const blames = new Map<number, number>()
  for (const blamed of complaints.values()) {
    if (blamed.size > tolerated) continue
    for (const dealer of blamed) blames.set(dealer, (blames.get(dealer) ?? 0) + 1)
  }
  const dealers = [...contributors]
    .sort((a, b) => (blames.get(a) ?? 0) - (blames.get(b) ?? 0) || a - b)
    .slice(0, threshold)
    .sort((a, b) => a - b)
  const without = [...complaints].filter(([, blamed]) => dealers.some(dealer => blamed.has(dealer))).map(([holder]) => holder)
  return { dealers, without: without.sort((a, b) => a - b) }
}
