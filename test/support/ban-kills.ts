import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { isDeepStrictEqual } from 'node:util'
import { LevelDatastore } from 'datastore-level'
import { Key } from 'interface-datastore'
import { seededRng } from '../../src/util/rng.ts'
import { bundleProgram, spawnBundled } from './bundled-program.ts'
import { loneBans } from './lone-bans.ts'
import { randomPeerId } from './random-peer.ts'
import { makeTempDir } from './temp-dir.ts'
import type { Ban, PeerBans } from '../../src/services/bans/index.ts'
import type { Rng } from '../../src/util/rng.ts'
import type { BanLine } from './ban-writer.ts'

const TRUNCATED = '203.0.113.1'
/** Put in at the end, to see how long many take. */
const MANY = { peers: 9_000, ips: 3_000, prefixes: 500 }

export interface KillReport {
  /** Bans and lifts that were said to be done. */
  acknowledged: number
  /** Of these, the keys that stood otherwise after the restart. */
  lost: string[]
  /** In milliseconds, the longest after a kill. */
  slowestStartMs: number
  /** With this many bans: time in milliseconds, and that of the processor, which others cannot take away. */
  fullStart: { bans: number, tookMs: number, cpuMs: number }
  /** Records that were cut short by hand, and those found to be damaged. */
  truncated: number
  damaged: number
}

/**
 * Kills a program that bans, `rounds` times, at moments that have nothing to do with what it is at; after each looks whether
 * everything is as it was last told, with one record cut short.
 */
export async function killDuringBans (rounds: number, seed = 20): Promise<KillReport> {
  await using dir = await makeTempDir()
  const program = await bundleProgram('ban-writer', dir.path)
  const rng = seededRng(seed)
  const data = join(dir.path, 'data')
  const safe = new Map<string, Ban | undefined>()
  const report: KillReport = { acknowledged: 0, lost: [], slowestStartMs: 0, fullStart: { bans: 0, tookMs: 0, cpuMs: 0 }, truncated: 0, damaged: 0 }

  for (let round = 0; round < rounds; round++) {
    const open = await runAndKill([program, data, String(round + 1)], rng, safe, report)
    const datastore = new LevelDatastore(data)
    await datastore.open()
    if (round > 0) report.truncated += await truncate(datastore)
    const startMs = performance.now()
    const { bans, stop } = await loneBans(datastore)
    report.slowestStartMs = Math.max(report.slowestStartMs, performance.now() - startMs)
    report.damaged += bans.snapshot().gauges.damaged ?? 0
    for (const [key, ban] of safe) {
      const found = bans.get(key)
      // asked for, but the program died before it could say that it was done: either is right
      if (open.has(key)) safe.set(key, found)
      else if (!isDeepStrictEqual(found, ban)) report.lost.push(`round ${round}: ${key}`)
    }
    await bans.ban(TRUNCATED, { durationMs: 'forever' })
    if (round === rounds - 1) await addMany(bans, rng)
    await stop()
    await datastore.close()
  }
  report.fullStart = await startFull(data)
  return report
}

async function addMany (bans: PeerBans, rng: Rng): Promise<void> {
  const { peers, ips, prefixes } = MANY
  const keys = [
    ...Array.from({ length: peers }, () => randomPeerId(rng).toString()),
    ...Array.from({ length: ips }, (_, i) => `100.1.${i >> 8}.${i & 255}`),
    ...Array.from({ length: prefixes }, (_, i) => `100.2.${i & 255}.${i >> 8 << 7}/25`)
  ]
  await bans.import(keys.map(key => JSON.stringify({ key })))
}

async function startFull (data: string): Promise<KillReport['fullStart']> {
  const datastore = new LevelDatastore(data)
  await datastore.open()
  const [startMs, cpu] = [performance.now(), process.cpuUsage()]
  const { bans, stop } = await loneBans(datastore)
  const { user, system } = process.cpuUsage(cpu)
  const full = { bans: bans.list().length, tookMs: performance.now() - startMs, cpuMs: (user + system) / 1_000 }
  await stop()
  await datastore.close()
  return full
}

/** What was under way at the end. */
async function runAndKill (args: string[], rng: Rng, safe: Map<string, Ban | undefined>, report: KillReport): Promise<Set<string>> {
  const child = spawnBundled(args)
  const died = once(child, 'close')
  let complaint = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => { complaint += text })
  const killAfter = 1 + rng.int(40)
  const killDelayMs = rng.float() * 8
  const open = new Set<string>()
  let answers = 0
  for await (const text of createInterface({ input: child.stdout })) {
    const { banned = [], changing, lifted } = JSON.parse(text) as BanLine
    if (changing != null) open.add(changing)
    for (const ban of banned) safe.set(ban.key, ban)
    if (lifted != null) safe.set(lifted, undefined)
    for (const key of [...banned.map(({ key }) => key), ...lifted == null ? [] : [lifted]]) open.delete(key)
    if (changing == null && ++answers === killAfter) setTimeout(() => { child.kill('SIGKILL') }, killDelayMs)
  }
  const [, signal] = await died
  if (signal !== 'SIGKILL') throw new Error(`the program ended by itself: ${complaint}`)
  report.acknowledged += answers
  return open
}

async function truncate (datastore: LevelDatastore): Promise<number> {
  const key = new Key(`/peerkeep/bans/key/${TRUNCATED}`, false)
  const bytes = await datastore.get(key)
  await datastore.put(key, bytes.subarray(0, bytes.byteLength / 2))
  return 1
}
