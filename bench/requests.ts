/**
 * How many requests a second does one open connection carry? 100 bytes of JSON each way between two processes, 1, 32 and 256
 * at a time: Peerkeep's `protocols.request`, beside stock libp2p with a stream for each request, and beside a stream that
 * many requests share, written by hand for this and with nothing else. `node bench/requests.ts --help`
 */
import { fileURLToPath } from 'node:url'
import { multiaddr } from '@multiformats/multiaddr'
import { createAppNode } from 'peerkeep'
import { Fleet } from './support/fleet.ts'
import { options } from './support/options.ts'
import { plainNode } from './support/plain-node.ts'
import { quoteProtocol } from './support/quote-protocol.ts'
import { askSingle, decodeQuote, encodeQuote, IDS, quote } from './support/quotes.ts'
import { RawCaller } from './support/raw-calls.ts'
import { conclude, table } from './support/report.ts'
import { median, spread } from './support/stats.ts'
import type { Quote } from './support/quotes.ts'
import type { Target } from './support/report.ts'

const CONCURRENCIES = [1, 32, 256]
const ARMS = ['peerkeep', 'stock, a stream each', 'by hand', 'by hand, batched'] as const
/** Times the requests/s of the others. */
const LIMITS = { stock: { 1: 1, 32: 8, 256: 8 } as Record<number, number>, batched: 0.8, byHand: 3 }
const LIMIT_MS = 30 * 60_000

type Arm = typeof ARMS[number]
type Ask = (value: Quote) => Promise<Quote>

const { rounds, seconds, smoke } = options({
  rounds: { full: 9, smoke: 1, help: 'measured rounds of all four, after one that does not count' },
  seconds: { full: 3, smoke: 0.3, help: 'of each in a round' }
})

await using fleet = new Fleet(LIMIT_MS)
const server = fleet.start({ name: 'quotes', command: [fileURLToPath(new URL('support/quote-servers.ts', import.meta.url))] }, [])
await fleet.ready()
const [plainAddress, appAddress] = server.addresses.map(address => multiaddr(address))

const plain = await plainNode([])
const app = await createAppNode({ listen: [], presence: false, dht: { mode: 'off' } })
const connection = await plain.dial(plainAddress!)
const appConnection = await app.dial(appAddress!)
const callers = {
  unbatched: new RawCaller(await connection.newStream(IDS.unbatched), { batched: false }),
  batched: new RawCaller(await connection.newStream(IDS.batched), { batched: true })
}

const asks: Record<Arm, Ask> = {
  peerkeep: async value => app.services.protocols.request(appConnection, quoteProtocol, value),
  'stock, a stream each': async value => decodeQuote(await askSingle(await connection.newStream(IDS.single, { maxOutboundStreams: 1_000 }), encodeQuote(value))),
  'by hand': async value => decodeQuote(await callers.unbatched.ask(encodeQuote(value))),
  'by hand, batched': async value => decodeQuote(await callers.batched.ask(encodeQuote(value)))
}

/** Requests a second, so many at a time. */
async function measure (ask: Ask, concurrency: number): Promise<number> {
  const startMs = performance.now()
  const untilMs = startMs + seconds * 1_000
  let done = 0
  let id = 0
  await Promise.all(Array.from({ length: concurrency }, async () => {
    while (performance.now() < untilMs) {
      const asked = quote(id++)
      const answer = await ask(asked)
      if (answer.id !== asked.id) throw new Error(`the answer to ${asked.id} is that to ${answer.id}`)
      done++
    }
  }))
  return done * 1_000 / (performance.now() - startMs)
}

const perSecond: Record<number, Record<Arm, number[]>> = {}
for (const concurrency of CONCURRENCIES) {
  const results = Object.fromEntries(ARMS.map(arm => [arm, [] as number[]])) as Record<Arm, number[]>
  perSecond[concurrency] = results
  for (let round = -1; round < rounds; round++) {
    // who goes first changes, so that nobody always finds the machine warmer
    const order = ARMS.map((_, i) => ARMS[(i + round + ARMS.length) % ARMS.length]!)
    for (const arm of order) {
      const value = await measure(asks[arm], concurrency)
      if (round >= 0) results[arm].push(value)
    }
  }
}
await Promise.all([plain.stop(), app.stop()])
await fleet.stop()

/** Of each round, so that a busy moment counts for both. */
const ratios = (concurrency: number, other: Arm): number[] => perSecond[concurrency]!.peerkeep.map((value, i) => value / perSecond[concurrency]![other][i]!)

console.log(`requests a second on one open connection, 100 bytes of JSON each way, medians of ${rounds} rounds of ${seconds} s\n`)
console.log(table(['at a time', ...ARMS], CONCURRENCIES.map(concurrency => [concurrency, ...ARMS.map(arm => Math.round(median(perSecond[concurrency]![arm])))])))
console.log(`\npeerkeep, times the others: median (range)\n\n${table(['at a time', ...ARMS.slice(1)], CONCURRENCIES.map(concurrency => [concurrency, ...ARMS.slice(1).map(arm => summary(ratios(concurrency, arm)))]))}`)

function summary (values: number[]): string {
  const { median, min, max } = spread(values)
  return `${median.toFixed(2)} (${min.toFixed(2)} to ${max.toFixed(2)})`
}

function times (what: string, concurrency: number, other: Arm, atLeast: number): Target {
  const values = ratios(concurrency, other)
  return { what: `times ${what}, ${concurrency} at a time`, value: median(values), values, atLeast }
}

await conclude({
  bench: 'requests',
  options: { rounds, seconds },
  measurements: perSecond,
  failures: [],
  targets: CONCURRENCIES.flatMap(concurrency => [
    times('stock with a stream each', concurrency, 'stock, a stream each', LIMITS.stock[concurrency]!),
    // one request at a time has nothing to share a write with
    ...concurrency === 256 ? [times('the shared stream of stock by hand', concurrency, 'by hand', LIMITS.byHand)] : [],
    times('the shared stream of stock by hand, batched', concurrency, 'by hand, batched', LIMITS.batched)
  ]),
  smoke
})
