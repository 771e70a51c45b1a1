/** What a chart shows, in words for who cannot see it: `In: now 3 KiB/s, between 0 B/s and 12 KiB/s.` */
export function summarize (name: string, values: ReadonlyArray<number | null | undefined>, format: (value: number) => string): string {
  const known = values.filter(value => value != null)
  const last = known.at(-1)
  if (last == null) return `${name}: nothing yet.`
  const lowest = known.reduce((a, b) => Math.min(a, b))
  const highest = known.reduce((a, b) => Math.max(a, b))
  return `${name}: now ${format(last)}, between ${format(lowest)} and ${format(highest)}.`
}
