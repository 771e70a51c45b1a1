/** What the attacks came to, told as they end and as one table at the end of the run. Required by `.mocharc.json`. */

export interface Figure {
  /** `T1` */
  test: string
  what: string
  value: string
  limit: string
  /** The same attack on stock libp2p, where it is possible. */
  stock?: string
}

const figures: Figure[] = []
const HEADINGS: Required<Figure> = { test: 'test', what: 'attack', value: 'Peerkeep', limit: 'limit', stock: 'stock libp2p' }
const COLUMNS = ['test', 'what', 'value', 'limit', 'stock'] as const

/** Prints one line, and keeps it for the table. */
export function figure (made: Figure): void {
  figures.push(made)
  const stock = made.stock == null ? '' : `; stock ${made.stock}`
  process.stdout.write(`      ${made.test} ${made.what}: ${made.value} (limit ${made.limit}${stock})\n`)
}

/** Pure: aligned columns, ordered by the number of the test. */
export function table (rows: readonly Figure[]): string {
  const order = ({ test }: Figure): number => Number(/\d+/.exec(test)?.[0] ?? Infinity)
  const cells = [HEADINGS, ...[...rows].sort((a, b) => order(a) - order(b))].map(row => COLUMNS.map(column => row[column] ?? '-'))
  const widths = COLUMNS.map((_, i) => Math.max(...cells.map(row => row[i]!.length)))
  const lines = cells.map(row => `| ${row.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |`)
  lines.splice(1, 0, `|${widths.map(width => '-'.repeat(width + 2)).join('|')}|`)
  return lines.join('\n')
}

export const mochaHooks = {
  afterAll (): void {
    if (figures.length > 0) process.stdout.write(`\n${table(figures)}\n`)
  }
}
