import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { cpus, platform, release, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'

export type Cell = string | number | undefined

/** A promise the design makes, and what was measured. */
export interface Target {
  what: string
  value: number
  /** Met when `value` is at most (or at least) this. */
  atMost?: number
  atLeast?: number
  /** Those of the single pairs, where `value` is their median. */
  values?: readonly number[]
}

export interface Report {
  /** The bench's name, and the name of its file in bench/results. */
  bench: string
  /** What was asked for: counts, minutes. */
  options: Record<string, unknown>
  /** Every single measurement, for whoever wants to look closer. */
  measurements: unknown
  /** What was wrong apart from speed: a node that never got ready, a mesh that stayed incomplete. */
  failures: string[]
  targets: Target[]
  /** A smoke run on a busy machine says whether it works, not how fast: targets are printed but not judged. */
  smoke: boolean
}

export function met ({ value, atMost = Infinity, atLeast = -Infinity }: Target): boolean {
  return value <= atMost && value >= atLeast
}

/** A table of plain text, numbers to the right. */
export function table (head: string[], rows: Cell[][]): string {
  const text = [head, ...rows.map(row => row.map(cell => cell === undefined ? '-' : format(cell)))]
  const widths = head.map((_, column) => Math.max(...text.map(row => row[column]!.length)))
  const right = head.map((_, column) => rows.some(row => typeof row[column] === 'number'))
  const line = (row: string[]): string => row.map((cell, i) => right[i] ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)).join('  ').trimEnd()
  return [line(text[0]!), widths.map(width => '-'.repeat(width)).join('  '), ...text.slice(1).map(line)].join('\n')
}

/** Prints the targets, writes bench/results/<bench>.json, and sets the exit code: 1 for a failure or a missed target. */
export async function conclude (report: Report): Promise<void> {
  if (report.targets.length > 0) {
    console.log('\n' + table(['target', 'measured', 'wanted', ''], report.targets.map(target => [
      target.what, target.value, wanted(target), met(target) ? 'met' : report.smoke ? 'not judged' : 'MISSED'
    ])))
  }
  for (const failure of report.failures) console.error(`FAILED: ${failure}`)
  const path = new URL(`../results/${report.bench}${report.smoke ? '.smoke' : ''}.json`, import.meta.url)
  await mkdir(new URL('.', path), { recursive: true })
  await writeFile(path, JSON.stringify({ when: new Date().toISOString(), machine: await machine(), ...report }, null, 2) + '\n')
  console.log(`\nwritten: bench/results/${fileURLToPath(path).split('/').at(-1)}`)
  const missed = !report.smoke && report.targets.some(target => !met(target))
  if (missed || report.failures.length > 0) process.exitCode = 1
}

async function machine (): Promise<Record<string, unknown>> {
  const { version } = JSON.parse(await readFile(new URL('../../node_modules/libp2p/package.json', import.meta.url), 'utf8')) as { version: string }
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    platform: `${platform()} ${release()}`,
    node: process.version,
    libp2p: version
  }
}

export function wanted ({ atMost, atLeast }: Target): string {
  return atMost !== undefined ? `<= ${format(atMost)}` : `>= ${format(atLeast ?? Number.NaN)}`
}

function format (cell: string | number): string {
  if (typeof cell === 'string') return cell
  if (Number.isInteger(cell)) return String(cell)
  return Math.abs(cell) >= 100 ? cell.toFixed(0) : cell.toFixed(2)
}
