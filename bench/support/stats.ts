/** Where a series of measurements lies and how far it spreads. */
export interface Spread {
  median: number
  min: number
  max: number
  /** The middle half: third quartile less first. */
  iqr: number
  runs: number
}

/** The value below which the share `q` of the values lies, interpolated; NaN for none. */
export function quantile (values: readonly number[], q: number): number {
  if (values.length === 0) return Number.NaN
  const sorted = values.toSorted((a, b) => a - b)
  const at = (sorted.length - 1) * q
  const low = sorted[Math.floor(at)]!
  const high = sorted[Math.ceil(at)]!
  // never: Infinity - Infinity
  return low === high ? low : low + (high - low) * (at - Math.floor(at))
}

export function median (values: readonly number[]): number {
  return quantile(values, 0.5)
}

export function spread (values: readonly number[]): Spread {
  return {
    median: median(values),
    min: quantile(values, 0),
    max: quantile(values, 1),
    iqr: quantile(values, 0.75) - quantile(values, 0.25),
    runs: values.length
  }
}
