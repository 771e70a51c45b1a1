export const WIDTH = 100
export const HEIGHT = 24
// Half of the line's width, so that it is not cut off at the edges.
const EDGE = 1.5

/** One value is a level line; none is no line. */
export function sparkPath (values: readonly number[], min?: number, max?: number): string {
  const [first] = values
  if (first == null) return ''
  const low = min ?? values.reduce((a, b) => Math.min(a, b))
  const high = max ?? values.reduce((a, b) => Math.max(a, b))
  const drawn = values.length === 1 ? [first, first] : values
  const step = WIDTH / (drawn.length - 1)
  return drawn.map((value, index) => {
    const part = high > low ? (value - low) / (high - low) : 0.5
    const y = HEIGHT - EDGE - Math.min(Math.max(part, 0), 1) * (HEIGHT - 2 * EDGE)
    return `${index === 0 ? 'M' : 'L'}${round(index * step)} ${round(y)}`
  }).join('')
}

function round (value: number): number {
  return Math.round(value * 100) / 100
}
