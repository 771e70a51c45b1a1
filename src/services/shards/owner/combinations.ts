/** All ways to take `count` of these, each in their order, one after the other: there may be very many. */
export function * combinations<T> (items: readonly T[], count: number): Generator<T[], void> {
  if (count === 0) yield []
  if (count <= 0) return
  for (const [i, item] of items.entries()) {
    if (items.length - i < count) return
    for (const rest of combinations(items.slice(i + 1), count - 1)) yield [item, ...rest]
  }
}
