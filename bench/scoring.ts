/**
 * What do scoring and bans cost? One score operation and one decision of the gater with full tables, in microseconds; and
 * requests and gossip of honest peers, beside the same nodes without scoring, bans and gossip guard, in turns A B A B.
 * `node bench/scoring.ts --help`
 */
import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { createAppNode, seededRng } from 'peerkeep'
import { Arm } from './support/honest-path.ts'
import { options } from './support/options.ts'
import { conclude, table } from './support/report.ts'
import { median, quantile, spread } from './support/stats.ts'
import type { ConnectionGater, MultiaddrConnection, PeerId } from '@libp2p/interface'

const LIMITS = { operationUs: 5, gaterP99Ms: 0.1, ratio: 0.97 }
const FULL = { peers: 10_000, ips: 4_096, prefixes: 1_024 }

const { pairs, seconds, ids, smoke } = options({
  pairs: { full: 9, smoke: 2, help: 'measured pairs, after one that does not count' },
  seconds: { full: 4, smoke: 0.5, help: 'of requests, and as many of gossip, in each' },
  ids: { full: 16_384, smoke: 2_000, help: 'peers that scoring knows' }
})

const rng = seededRng(1)

async function peerIds (count: number): Promise<PeerId[]> {
  const peers: PeerId[] = []
  for (let i = 0; i < count; i++) peers.push(peerIdFromPrivateKey(await generateKeyPair('Ed25519')))
  return peers
}

/** Microseconds a call, all calls together. */
function cost (calls: number, call: (i: number) => void): number {
  const startMs = performance.now()
  for (let i = 0; i < calls; i++) call(i)
  return (performance.now() - startMs) * 1_000 / calls
}

async function operations (): Promise<Record<string, number>> {
  const node = await createAppNode({ start: true, listen: [] })
  const { scoring } = node.services
  try {
    const peers = await peerIds(ids)
    const pick = (i: number): PeerId => peers[(i * 7_919) % ids] as PeerId
    for (const peer of peers) scoring.report(peer, 'minor', 'bench:fill')
    const calls = smoke ? 20_000 : 400_000
    const names = peers.map(String)
    return {
      score: cost(calls, i => { scoring.score(pick(i)) }),
      'score by text': cost(calls, i => { scoring.score(names[(i * 7_919) % ids] as string) }),
      standing: cost(calls, i => { scoring.standing(pick(i)) }),
      observe: cost(calls, i => { scoring.observe(pick(i), { what: 'delivery' }) }),
      report: cost(calls / 4, i => { scoring.report(pick(i), 'minor', 'bench:report') })
    }
  } finally {
    await node.stop()
  }
}

/** Milliseconds of each decision about somebody who comes in, most of them welcome. */
async function gaterMs (): Promise<number[]> {
  const node = await createAppNode({ start: true, listen: [], bans: { localAsPublic: true }, pool: { localAsPublic: true, limits: { acceptRate: { perSecond: 1e9, burst: 1e9 } } } })
  const gater = (node as unknown as { components: { connectionGater: ConnectionGater } }).components.connectionGater
  try {
    const banned = await peerIds(smoke ? 500 : FULL.peers)
    const scale = smoke ? 20 : 1
    await node.services.bans.import([
      ...banned.map(peer => ({ kind: 'peer', key: peer.toString() })),
      ...Array.from({ length: FULL.ips / scale }, (_, i) => ({ kind: 'ip', key: `11.${i >> 8}.${i & 255}.1` })),
      ...Array.from({ length: FULL.prefixes / scale }, (_, i) => ({ kind: 'prefix', key: `12.${i >> 8}.${i & 255}.0/24` }))
    ].map(ban => JSON.stringify({ ...ban, by: 'hand', reason: 'bench', sinceMs: Date.now(), strikes: 1, severity: 100 })))
    const strangers = await peerIds(500)
    const samples: number[] = []
    for (let i = 0; i < (smoke ? 2_000 : 40_000); i++) {
      const from = i % 10 === 0 ? `12.0.${rng.int(4)}.9` : `${20 + rng.int(100)}.${rng.int(256)}.${rng.int(256)}.${rng.int(256)}`
      const connection = Object.assign(new EventTarget(), { remoteAddr: multiaddr(`/ip4/${from}/tcp/4001`), status: 'open', abort: () => {} }) as unknown as MultiaddrConnection
      const peer = (i % 10 === 1 ? banned : strangers)[i % 500] as PeerId
      const startMs = performance.now()
      if (await gater.denyInboundConnection?.(connection) !== true) await gater.denyInboundEncryptedConnection?.(peer, connection)
      samples.push(performance.now() - startMs)
      connection.dispatchEvent(new Event('close'))
    }
    return samples
  } finally {
    await node.stop()
  }
}

const operationUs = await operations()
const decisionsMs = await gaterMs()

console.log(`one operation with ${ids} peers known, microseconds\n`)
console.log(table(Object.keys(operationUs), [Object.values(operationUs)]))
console.log('\nadmission of one connection with full ban lists, milliseconds\n')
console.log(table(['median', 'p99', 'max'], [[median(decisionsMs), quantile(decisionsMs, 0.99), Math.max(...decisionsMs)]]))

const arms = [await Arm.start('with', true), await Arm.start('without', false)]
const rows = arms.map(({ name }) => ({ name, requests: [] as number[], gossipP95: [] as number[], delivered: [] as number[] }))
try {
  for (let pair = -1; pair < pairs; pair++) {
    // who goes first changes, so that neither always finds the machine warmer
    for (const i of pair % 2 === 0 ? [0, 1] : [1, 0]) {
      const arm = arms[i] as Arm
      const requests = await arm.requestsPerSecond(seconds)
      const { p95Ms, delivered } = await arm.gossip(seconds)
      if (pair < 0) continue
      rows[i]!.requests.push(requests)
      rows[i]!.gossipP95.push(p95Ms)
      rows[i]!.delivered.push(delivered)
    }
  }
} finally {
  for (const arm of arms) await arm.stop()
}

const ratios = {
  requests: rows[0]!.requests.map((value, i) => value / rows[1]!.requests[i]!),
  // of times, so that more is better here, too
  gossip: rows[0]!.gossipP95.map((value, i) => rows[1]!.gossipP95[i]! / value)
}
console.log(`\nhonest peers, ${pairs} interleaved pairs of ${seconds} s\n`)
console.log(table(['scoring and bans', 'requests/s', 'gossip p95 ms', 'delivered %'], rows.map(({ name, requests, gossipP95, delivered }) => [name, median(requests), median(gossipP95), 100 * median(delivered)])))
console.log(`\nratio with / without, median and range: requests/s ${summary(ratios.requests)}, gossip speed ${summary(ratios.gossip)}`)

function summary (values: number[]): string {
  const { median, min, max } = spread(values)
  return `${median.toFixed(3)} (${min.toFixed(3)} to ${max.toFixed(3)})`
}

await conclude({
  bench: 'scoring',
  options: { pairs, seconds, ids },
  measurements: { operationUs, gaterMs: { median: median(decisionsMs), p99: quantile(decisionsMs, 0.99) }, rows },
  failures: rows.flatMap(({ name, delivered }) => median(delivered) < 0.999 ? [`${name}: only ${(100 * median(delivered)).toFixed(2)} % of the gossip arrived`] : []),
  targets: [
    { what: 'microseconds, the slowest score operation', value: Math.max(...Object.values(operationUs)), atMost: LIMITS.operationUs },
    { what: 'milliseconds, p99 of an admission', value: quantile(decisionsMs, 0.99), atMost: LIMITS.gaterP99Ms },
    { what: 'times the requests/s without', value: median(ratios.requests), atLeast: LIMITS.ratio },
    { what: 'times the gossip speed (1 / p95) without', value: median(ratios.gossip), atLeast: LIMITS.ratio }
  ],
  smoke
})
