/** A browser decides for itself. */
export function youngCollector (): (() => void) | undefined {
  return undefined
}
