import { expect } from 'chai'
import { Pace } from '../support/pace.ts'
import { Crowd, holdStream, tryConnect } from './support/crowd.ts'
import { figure } from './support/figures.ts'
import { honestPeers, joined } from './support/honest.ts'
import { idleLoad } from './support/idle.ts'
import { RawSockets } from './support/raw-sockets.ts'
import { Victim } from './support/victim.ts'
import type { Connection, Stream } from '@libp2p/interface'
import type { VictimOptions } from './support/victim-contract.ts'

type Kind = VictimOptions['kind']

const HALF_OPEN = 200
/** Being refused at once is no reason to burn the machine that all share. */
const ANEW_MS = 200
const PEERS = 20
const STREAMS = 32
const HONEST = 20
/** Stock is given up on sooner: it need not be measured precisely. */
const HONEST_OF_STOCK = 5
const CONNECT_LIMIT_MS = 1_000
/** Longer than this nobody is waited for. */
const JOIN_LIMIT_MS = 3_000
const IDLE_LIMIT_MS = 15_000
const WATCH_MS = 20_000
const LOOK_MS = 100
const HEAP_LIMIT_BYTES = 20 * 1024 * 1024
const PENDING_LIMIT = 10
const SEED = 30_000
const ATTEMPTS = 40
const REFUSALS_BEFORE_THROTTLE = 3
const IDLE_MS = 2_000
/** libp2p's gossip keeps one stream in each direction for as long as the connection lasts: one a peer may stay. */
const LASTING = /^\/meshsub|^\/floodsub/

interface HalfOpen {
  maxPending: number
  p95Ms: number
}

/** Sockets that ask for Noise and then say nothing, each opened anew when it is closed, while honest peers dial one after the other. */
async function halfOpen (kind: Kind, ips: readonly string[]): Promise<HalfOpen> {
  await using crowd = new Crowd()
  await using sockets = new RawSockets()
  await using victim = await Victim.start({ kind })
  const honest = await honestPeers(crowd, kind === 'stock' ? HONEST_OF_STOCK : HONEST)
  await victim.stats()
  const ended = new AbortController()
  const besieger = async (from: string): Promise<void> => {
    const pace = new Pace(ANEW_MS)
    while (!ended.signal.aborted) {
      await pace.beat()
      const socket = await sockets.dial({ port: victim.port, from, say: 'hello' })
      if (!socket.destroyed) await closedOrEnded(socket, ended.signal)
    }
  }
  const siege = Array.from({ length: HALF_OPEN }, async (_, i) => { await besieger(ips[i % ips.length]!) })
  const tookMs: number[] = []
  for (const node of honest) tookMs.push(await joined(node, victim.multiaddr, JOIN_LIMIT_MS) ?? Infinity)
  const { maxPending } = await victim.stats()
  ended.abort()
  await Promise.all(siege)
  return { maxPending, p95Ms: p95(tookMs) }
}

async function closedOrEnded (socket: NodeJS.EventEmitter, signal: AbortSignal): Promise<void> {
  await new Promise<void>(resolve => {
    socket.once('close', () => { resolve() })
    signal.addEventListener('abort', () => { resolve() }, { once: true })
  })
}

interface Idle {
  opened: number
  /** From when the last was opened until none was left, by protocol; Infinity for those that outlived the watch. */
  closedMs: Map<string, number>
  /** Streams left at the end. */
  left: number
  heapBytes: number
  p95Ms: number
}

/** 20 peers that hold up to 32 streams each, spread over all protocols; on every fourth one byte a second is written. */
async function idleStreams (kind: Kind): Promise<Idle> {
  await using crowd = new Crowd()
  await using victim = await Victim.start({ kind })
  // '' agrees on no protocol at all
  const protocols = ['', ...await victim.call('protocols')]
  const attackers = await Promise.all(Array.from({ length: PEERS }, async (_, i) => await crowd.add({ seed: SEED + i, from: `127.${100 + i}.0.1` })))
  const connections: Connection[] = []
  for (const node of attackers) {
    const connection = await tryConnect(node, victim.multiaddr)
    expect(connection, 'the victim has room for them').to.not.equal(undefined)
    connections.push(connection!)
  }
  const before = await victim.stats()
  const streams: Stream[] = []
  for (const connection of connections) {
    const held = await Promise.all(Array.from({ length: STREAMS }, async (_, i) => await holdStream(connection, protocols[i % protocols.length]!)))
    streams.push(...held.filter(stream => stream != null))
  }
  const sinceMs = performance.now()
  const ids = new Set(attackers.map(({ peerId }) => peerId.toString()))
  // 0 goes on for ever where a length is expected: never a whole message
  const drip = setInterval(() => {
    for (const [i, stream] of streams.entries()) if (i % 4 === 0 && stream.status === 'open') stream.send(Uint8Array.of(0x80))
  }, 1_000)

  try {
    const lastSeenMs = new Map<string, number>()
    let left = 0
    const watch = async (): Promise<void> => {
      const now = performance.now() - sinceMs
      const open = (await victim.call('connections')).filter(({ peer }) => ids.has(peer)).flatMap(({ streams }) => {
        const opened = streams.filter(({ direction }) => direction === 'inbound')
        return [...opened.filter(({ protocol }) => !LASTING.test(protocol)), ...opened.filter(({ protocol }) => LASTING.test(protocol)).slice(1)]
      })
      for (const { protocol } of open) lastSeenMs.set(protocol, now)
      left = open.length
    }
    const honest = await honestPeers(crowd, kind === 'stock' ? HONEST_OF_STOCK : HONEST)
    const tookMs: number[] = []
    for (const node of honest) {
      tookMs.push(await joined(node, victim.multiaddr, JOIN_LIMIT_MS) ?? Infinity)
      await watch()
    }
    const during = await victim.stats()
    const looks = new Pace(LOOK_MS)
    while (performance.now() - sinceMs < WATCH_MS) {
      await watch()
      if (left === 0) break
      await looks.beat()
    }
    const closedMs = new Map([...lastSeenMs].map(([protocol, ms]) => [protocol, ms > WATCH_MS - 500 ? Infinity : ms]))
    return { opened: streams.length, closedMs, left, heapBytes: during.heapUsedBytes - before.heapUsedBytes, p95Ms: p95(tookMs) }
  } finally {
    clearInterval(drip)
  }
}

function p95 (values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.ceil(values.length * 0.95) - 1] ?? NaN
}

function ms (value: number): string {
  return value === Infinity ? 'not in time' : `${Math.round(value)} ms`
}

function slowest (closed: ReadonlyMap<string, number>): string {
  const [protocol, value] = [...closed].reduce((worst, next) => next[1] > worst[1] ? next : worst, ['none', 0])
  return `${ms(value)} (${protocol})`
}

function mega (bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`
}

describe('attacks on handshakes and streams', () => {
  for (const ips of [1, 20]) {
    it(`T7: ${HALF_OPEN} half-open handshakes from ${ips} IP${ips === 1 ? '' : 's'}, always opened anew`, async () => {
      const from = Array.from({ length: ips }, (_, i) => `127.${100 + i}.0.1`)
      const stock = await halfOpen('stock', from)
      const result = await halfOpen('peerkeep', from)
      const what = `${HALF_OPEN} half-open handshakes from ${ips} IP${ips === 1 ? '' : 's'}`
      figure({ test: 'T7', what: `pending at most, ${what}`, value: String(result.maxPending), limit: String(PENDING_LIMIT), stock: String(stock.maxPending) })
      figure({ test: 'T7', what: `honest connect p95, ${what}`, value: ms(result.p95Ms), limit: ms(CONNECT_LIMIT_MS), stock: ms(stock.p95Ms) })
      expect(result.maxPending, 'pending handshakes').to.be.at.most(PENDING_LIMIT)
      expect(result.p95Ms, 'honest connect p95').to.be.at.most(CONNECT_LIMIT_MS)
    })
  }

  it(`T7: ${PEERS} peers with ${STREAMS} streams each that say nothing, or a byte a second`, async () => {
    const stock = await idleStreams('stock')
    const result = await idleStreams('peerkeep')
    figure({ test: 'T7', what: `last of ${result.opened} idle streams closed`, value: slowest(result.closedMs), limit: ms(IDLE_LIMIT_MS), stock: `${slowest(stock.closedMs)}, ${stock.left} of ${stock.opened} left` })
    figure({ test: 'T7', what: 'honest connect p95 beside idle streams', value: ms(result.p95Ms), limit: ms(CONNECT_LIMIT_MS), stock: ms(stock.p95Ms) })
    figure({ test: 'T7', what: 'heap for idle streams', value: mega(result.heapBytes), limit: mega(HEAP_LIMIT_BYTES), stock: mega(stock.heapBytes) })
    expect(Object.fromEntries([...result.closedMs].filter(([, value]) => value > IDLE_LIMIT_MS)), 'protocols whose streams stay open').to.deep.equal({})
    expect(result.p95Ms, 'honest connect p95').to.be.at.most(CONNECT_LIMIT_MS)
    expect(result.heapBytes, 'heap').to.be.at.most(HEAP_LIMIT_BYTES)
  })

  it(`E17: what it costs to refuse, ${ATTEMPTS} attempts each; from the fourth on a host is refused before cryptography`, async () => {
    const sources = { 'a banned IP': () => '127.100.0.1', 'a banned id at one IP': () => '127.101.0.1', 'a banned id, each time at another IP': (i: number) => `127.${110 + i}.0.1` }
    await using crowd = new Crowd()
    // the rate of connections is another matter
    await using victim = await Victim.start({ kind: 'peerkeep', pool: { limits: { acceptRate: { perSecond: 1_000, burst: 1_000 } } } })
    await victim.call('ban', '127.100.0.1')
    const idle = await idleLoad(victim, IDLE_MS)
    for (const [who, from] of Object.entries(sources)) {
      const node = await crowd.add({ seed: SEED + 900, from: from(0), mute: true })
      if (who !== 'a banned IP') await victim.call('ban', node.peerId.toString())
      await victim.stats()
      for (let i = 0; i < ATTEMPTS; i++) {
        const attacker = from(i) === from(0) ? node : await crowd.add({ seed: SEED + 900, from: from(i), mute: true })
        expect(await tryConnect(attacker, victim.multiaddr), `${who} gets in`).to.equal(undefined)
      }
      const { cpuMs, elapsedMs } = await victim.stats()
      const throttled = (await victim.snapshot()).bans?.denied.throttled ?? 0
      if (who === 'a banned id at one IP') expect(throttled, 'attempts refused before cryptography').to.equal(ATTEMPTS - REFUSALS_BEFORE_THROTTLE)
      figure({ test: 'E17', what: `CPU of refusing ${who}, an attempt`, value: `${Math.max(0, (cpuMs - idle * elapsedMs) / ATTEMPTS).toFixed(1)} ms`, limit: 'none' })
    }
  })
})
