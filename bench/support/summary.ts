import { readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { met, table, wanted } from './report.ts'
import type { Report } from './report.ts'

export interface Written extends Report {
  /** ISO 8601. */
  when: string
  machine: Record<string, unknown>
}

/** What the benches have written since, each in its file, by name. */
export async function reportsSince (folder: string, sinceMs: number): Promise<Written[]> {
  const files = (await readdir(folder)).filter(name => name.endsWith('.json') && !name.startsWith('summary'))
  const reports = await Promise.all(files.map(async name => JSON.parse(await readFile(join(folder, name), 'utf8')) as Written))
  return reports.filter(({ when }) => Date.parse(when) >= sinceMs).toSorted((a, b) => a.bench.localeCompare(b.bench))
    // JSON has neither NaN nor Infinity
    .map(report => ({ ...report, targets: report.targets.map(target => ({ ...target, value: target.value ?? Number.NaN })) }))
}

/** One table of all that was promised. */
export function summaryTable (reports: readonly Written[]): string {
  return table(['bench', 'what', 'measured', 'pairs', 'wanted', ''], reports.flatMap(({ bench, targets, smoke }) => targets.map(target => [
    bench, target.what, target.value, range(target.values), wanted(target), met(target) ? 'met' : smoke ? 'not judged' : 'MISSED'
  ])))
}

/** All of it but the single measurements, in one file. */
export async function writeSummary (path: string, reports: readonly Written[], failed: readonly string[]): Promise<void> {
  const benches = reports.map(({ bench, when, options, failures, targets }) => ({
    bench, when, options, failures, targets: targets.map(target => ({ ...target, met: met(target) }))
  }))
  await writeFile(path, JSON.stringify({ machine: reports[0]?.machine, smoke: reports.some(({ smoke }) => smoke), failed, benches }, null, 2) + '\n')
}

function range (values: readonly number[] = []): string | undefined {
  return values.length === 0 ? undefined : `${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)}`
}
