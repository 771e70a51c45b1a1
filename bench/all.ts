/**
 * Runs every bench of this folder, one after the other, each with the flags given here: `--smoke` is one that all have. What
 * they measured stands in one table at the end, and in bench/results/summary.json. Exits with 1 when one failed; the others are
 * run all the same.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { reportsSince, summaryTable, writeSummary } from './support/summary.ts'

const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Resolves to the names of those that failed. After a signal the rest is not begun, and counts as failed. */
export async function runAll (folder: string, flags: readonly string[]): Promise<string[]> {
  const files = (await readdir(folder)).filter(name => name.endsWith('.ts') && name !== basename(import.meta.filename)).toSorted()
  const failed: string[] = []
  const stopping = new AbortController()
  for (const file of files) {
    if (stopping.signal.aborted) {
      failed.push(file)
      continue
    }
    console.log(`\n=== ${file}\n`)
    const child = spawn(process.execPath, [...process.execArgv, join(folder, file), ...flags], { stdio: 'inherit' })
    const pass = (signal: NodeJS.Signals): void => {
      stopping.abort()
      child.kill(signal)
    }
    for (const signal of FORWARDED) process.on(signal, pass)
    const [code] = await once(child, 'exit') as [number | null]
    for (const signal of FORWARDED) process.off(signal, pass)
    if (code !== 0) failed.push(file)
  }
  return failed
}

if (import.meta.main) {
  const flags = process.argv.slice(2)
  const results = join(import.meta.dirname, 'results')
  const startMs = Date.now()
  const failed = await runAll(import.meta.dirname, flags)
  await mkdir(results, { recursive: true })
  const reports = await reportsSince(results, startMs)
  const name = flags.includes('--smoke') ? 'summary.smoke.json' : 'summary.json'
  await writeSummary(join(results, name), reports, failed)
  console.log(`\n=== all\n\n${summaryTable(reports)}\n\nwritten: bench/results/${name}`)
  if (failed.length > 0) console.error(`\nFAILED: ${failed.join(', ')}`)
  process.exitCode = failed.length > 0 ? 1 : 0
}
