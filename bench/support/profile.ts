/**
 * `npm run bench:profile NAME -- flags`: runs bench/NAME.ts with Node's profiler in each of its processes, and says where their
 * time went. The profiles (.cpuprofile) in bench/results/profiles open in a browser's DevTools. The figures that the bench prints
 * are those of profiled programs: for comparing, run it without. A process that is killed leaves no profile, all that end do.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const TOP = 8
const BENCHES = fileURLToPath(new URL('..', import.meta.url))

/** What is used of a .cpuprofile. */
export interface CpuProfile {
  nodes: Array<{ id: number, callFrame: { functionName: string, url: string, lineNumber: number } }>
  /** Ids of nodes, and the microseconds before each. */
  samples: number[]
  timeDeltas: number[]
}

/** Pure. The milliseconds spent, without waiting, and the places where most of them were. */
export function busiest ({ nodes, samples, timeDeltas }: CpuProfile): { busyMs: number, places: Array<[place: string, ms: number]> } {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]))
  const own = new Map<string, number>()
  let busyMs = 0
  for (const [i, id] of samples.entries()) {
    const { functionName = '', url = '', lineNumber = 0 } = frames.get(id) ?? {}
    if (functionName === '(idle)' || functionName === '(root)') continue
    const ms = timeDeltas[i]! / 1_000
    const place = url === '' ? functionName : `${functionName === '' ? '(anonymous)' : functionName} ${basename(url)}:${lineNumber + 1}`
    busyMs += ms
    own.set(place, (own.get(place) ?? 0) + ms)
  }
  return { busyMs, places: [...own].sort((a, b) => b[1] - a[1]).slice(0, TOP) }
}

async function profile ([name = '', ...flags]: string[]): Promise<number> {
  const names = readdirSync(BENCHES).filter(file => file.endsWith('.ts') && file !== 'all.ts').map(file => basename(file, '.ts'))
  if (!names.includes(name)) {
    console.error(`usage: npm run bench:profile <name> -- [flags of the bench]\nThere are ${names.join(', ')}.`)
    return 2
  }
  const dir = join(BENCHES, 'results', 'profiles', name)
  rmSync(dir, { recursive: true, force: true })
  mkdirSync(dir, { recursive: true })
  const child = spawn(process.execPath, [join(BENCHES, `${name}.ts`), ...flags], {
    stdio: 'inherit',
    env: { ...process.env, NODE_OPTIONS: `${process.env['NODE_OPTIONS'] ?? ''} --cpu-prof --cpu-prof-dir=${JSON.stringify(dir)}` }
  })
  // the bench ends what it started, and all of that writes its profile
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => { child.kill(signal) })
  const [code] = await once(child, 'exit') as [number | null]
  for (const file of readdirSync(dir)) {
    const { busyMs, places } = busiest(JSON.parse(readFileSync(join(dir, file), 'utf8')) as CpuProfile)
    console.log(`\nbench/results/profiles/${name}/${file}: busy for ${busyMs.toFixed(0)} ms`)
    for (const [place, ms] of places) console.log(`${(ms / busyMs * 100).toFixed(1).padStart(6)} %  ${place}`)
  }
  return code ?? 1
}

if (import.meta.main) process.exitCode = await profile(process.argv.slice(2))
