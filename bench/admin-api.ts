/**
 * What does the admin API carry, and does the network notice? `GET /v1/peers` of a node with 200 connected peers, as fast as it goes,
 * beside a bare fastify that sends the same bytes from a constant buffer, in turns A B B A; and how long signed broadcasts take between
 * that node and another while nobody asks, while the API is asked at a steady rate, and while that bare server is, which says what of
 * it is the machine's. `node bench/admin-api.ts --help`
 */
import autocannon from 'autocannon'
import { ApiProcess } from './support/api-process.ts'
import { Fleet } from './support/fleet.ts'
import { options } from './support/options.ts'
import { crowd } from './support/programs.ts'
import { conclude, table } from './support/report.ts'
import { median, quantile, spread } from './support/stats.ts'
import { steadyLoad } from './support/steady-load.ts'
import { pause } from './support/wait.ts'

const LIMITS = { perSecond: 2_000, p95: 1.2 }
const PATH = '/v1/peers'
const BYTES = 1_024
const POLL_MS = 100

const { peers, rounds, seconds, connections, rate, broadcasts, smoke } = options({
  peers: { full: 200, smoke: 20, help: 'connected to the node' },
  rounds: { full: 8, smoke: 1, help: 'of each, after one that does not count' },
  seconds: { full: 10, smoke: 1, help: 'of each round' },
  connections: { full: 16, smoke: 4, help: 'that ask at once' },
  rate: { full: 2_000, smoke: 100, help: 'requests a second while broadcasts are measured' },
  broadcasts: { full: 50, smoke: 20, help: 'a second, from each of the two nodes' }
})

interface Server {
  name: string
  process: ApiProcess
  url: string
  headers: Record<string, string>
}

const failures: string[] = []
const startMs = performance.now()
const tell = (what: string): void => { console.log(`${((performance.now() - startMs) / 1_000).toFixed(0).padStart(5)} s  ${what}`) }

await using fleet = new Fleet((10 + rounds * seconds * 8 / 60) * 60_000)
using watched = new ApiProcess()
using other = new ApiProcess()
using bare = new ApiProcess()

const most = peers + 10
const [{ address, url, token }] = await Promise.all([watched.call({ what: 'start', api: true, most }), other.call({ what: 'start', api: false, most })])
await other.call({ what: 'dial', address })
await fleet.ready([fleet.start(await crowd(), ['--dial', address, '--count', String(peers - 1)])])
const api: Server = { name: 'admin API', process: watched, url: url + PATH, headers: { authorization: `Bearer ${token}` } }
const body = await answer(api)
const { connected } = JSON.parse(body.toString()) as { connected: number }
if (connected !== peers) failures.push(`${connected} peers are connected, not ${peers}`)
const constant: Server = { name: 'bare fastify, same bytes', process: bare, url: await bare.call({ what: 'serve', path: PATH, bytes: body }) + PATH, headers: {} }
while (await watched.call({ what: 'neighbours' }) === 0) await pause(POLL_MS)
tell(`${connected} peers are connected; an answer has ${body.length} bytes`)

/** Requests a second, and for each second of the server's processor time. */
async function load ({ name, process, url, headers }: Server): Promise<{ perSecond: number, perCpuSecond: number, p99Ms: number }> {
  const before = await process.cpuSeconds()
  const { requests, latency, errors, non2xx } = await autocannon({ url, headers, connections, duration: seconds })
  if (errors + non2xx > 0) failures.push(`${name}: ${errors} requests failed, ${non2xx} were refused`)
  return { perSecond: requests.total / seconds, perCpuSecond: requests.total / (await process.cpuSeconds() - before), p99Ms: latency.p99 }
}

async function answer ({ url, headers }: Server): Promise<Buffer> {
  const response = await fetch(url, { headers })
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`)
  return Buffer.from(await response.arrayBuffer())
}

const servers = [api, constant]
const loads = new Map(servers.map(server => [server, [] as Array<Awaited<ReturnType<typeof load>>>]))
for (let round = -1; round < rounds; round++) {
  for (const server of round % 2 === 0 ? servers : servers.toReversed()) {
    const measured = await load(server)
    tell(`${server.name}: ${measured.perSecond.toFixed(0)} requests/s${round < 0 ? ', not counted' : ''}`)
    if (round >= 0) loads.get(server)!.push(measured)
  }
}

let run = 0
/** The p95 of what both hear from each other, in milliseconds. */
async function gossip (server?: Server): Promise<{ p50Ms: number, p95Ms: number, perSecond: number }> {
  run++
  const [{ perSecond, failed }] = await Promise.all([
    server == null ? { perSecond: 0, failed: 0 } : steadyLoad({ ...server, connections, perSecond: rate, seconds }),
    ...[watched, other].map(async speaker => await speaker.call({ what: 'say', run, count: broadcasts * seconds, overMs: seconds * 1_000, bytes: BYTES }))
  ])
  const wanted = 2 * broadcasts * seconds
  const heard = async (): Promise<number[]> => (await Promise.all([watched, other].map(async speaker => await speaker.call({ what: 'heard', run })))).flat()
  let latenciesMs = await heard()
  for (let looks = 0; latenciesMs.length < wanted && looks < 50; looks++) {
    await pause(POLL_MS)
    latenciesMs = await heard()
  }
  if (failed > 0) failures.push(`${server?.name}: ${failed} requests failed`)
  if (latenciesMs.length !== wanted) failures.push(`${latenciesMs.length} of ${wanted} broadcasts were heard`)
  return { p50Ms: quantile(latenciesMs, 0.5), p95Ms: quantile(latenciesMs, 0.95), perSecond }
}

const arms = [{ name: 'quiet', server: undefined }, { name: `${rate}/s at the bare fastify`, server: constant }, { name: `${rate}/s at the admin API`, server: api }]
const heard = arms.map(() => [] as Array<Awaited<ReturnType<typeof gossip>>>)
for (let round = -1; round < rounds; round++) {
  const order = [...arms.keys()]
  for (const arm of round % 2 === 0 ? order : order.toReversed()) {
    const measured = await gossip(arms[arm]!.server)
    tell(`${arms[arm]!.name}: p95 ${measured.p95Ms.toFixed(2)} ms, ${measured.perSecond.toFixed(0)} requests/s${round < 0 ? ', not counted' : ''}`)
    if (round >= 0) heard[arm]!.push(measured)
  }
}
await fleet.stop()

console.log(`\nGET ${PATH}, ${connected} peers, ${body.length} bytes, ${connections} connections, ${rounds} rounds of ${seconds} s; medians\n`)
console.log(table(['', 'requests/s', 'for a second of a core', 'p99 ms'], servers.map(server => {
  const of = (what: 'perSecond' | 'perCpuSecond' | 'p99Ms'): number => median(loads.get(server)!.map(measured => measured[what]))
  return [server.name, of('perSecond'), of('perCpuSecond'), of('p99Ms')]
})))
console.log(`\nBroadcasts of ${BYTES} bytes, ${broadcasts}/s from each of two nodes\n`)
console.log(table(['', 'requests/s', 'p50 ms', 'p95 ms'], arms.map(({ name }, arm) => [name, ...(['perSecond', 'p50Ms', 'p95Ms'] as const).map(what => median(heard[arm]!.map(measured => measured[what])))])))

const times = (arm: number): number[] => heard[arm]!.map(({ p95Ms }, round) => p95Ms / heard[0]![round]!.p95Ms)
const { min, max } = spread(times(2))
console.log(`\np95 beside quiet, median and range of the pairs: API ${median(times(2)).toFixed(2)} (${min.toFixed(2)} to ${max.toFixed(2)}), bare fastify ${median(times(1)).toFixed(2)}; requests/s of the API over those of the bare fastify ${median(loads.get(api)!.map(({ perSecond }, i) => perSecond / loads.get(constant)![i]!.perSecond)).toFixed(2)}`)
await conclude({
  bench: 'admin-api',
  options: { peers, rounds, seconds, connections, rate, broadcasts },
  measurements: { loads: servers.map(server => ({ name: server.name, rounds: loads.get(server) })), gossip: arms.map(({ name }, arm) => ({ name, rounds: heard[arm] })) },
  failures,
  targets: [
    { what: `requests/s on one core, ${connected} peers`, value: median(loads.get(api)!.map(({ perCpuSecond }) => perCpuSecond)), atLeast: LIMITS.perSecond },
    { what: `times the p95 of broadcasts when quiet, at ${rate} requests/s`, value: median(times(2)), atMost: LIMITS.p95 }
  ],
  smoke
})
