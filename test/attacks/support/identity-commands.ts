/** Commands for a `Victim`: strangers without number, as everything behind the handshake sees them. */
import { multiaddr } from '@multiformats/multiaddr'
import { TypedEventEmitter } from 'main-event'
import { seededRng } from '../../../src/util/rng.ts'
import { randomPeerId, randomPublicAddress } from '../../support/random-peer.ts'
import { StubConnection } from '../../support/stub-connection.ts'
import type { Connection, ConnectionGater, Libp2pEvents, MessageStreamEvents, MultiaddrConnection, PeerId, TypedEventTarget } from '@libp2p/interface'
import type { VictimNode } from './victim-contract.ts'

export interface FloodReport {
  /** Past the gater. */
  admitted: number
  /** Of these, those that then connected. */
  connected: number
  /** Microseconds that each of these took. */
  operationUs: Record<'report' | 'observe' | 'score' | 'standing', number[]>
  /** Milliseconds that each decision took: by address, and by peer id where it came to that. */
  gaterMs: number[]
  /** The most that each gauge of each service said. */
  gauges: Record<string, number>
}

/** A crowd comes again and again from these. */
const CROWDED = Array.from({ length: 8 }, (_, i) => multiaddr(`/ip4/93.184.216.${i + 1}/tcp/4001`))
const OPEN_AT_A_TIME = 40
const GAUGES_EVERY = 500
/** The others hang up: libp2p itself takes longer for a connection than all that is measured here. */
const CONNECTS_EVERY = 4
/** A thousand ids in a second leave more garbage than V8 would let lie if they came in the hours that they really take. */
const COLLECT_EVERY = 1_000

class Raw extends TypedEventEmitter<MessageStreamEvents> {
  readonly remoteAddr
  constructor (remoteAddr: ReturnType<typeof multiaddr>) {
    super()
    this.remoteAddr = remoteAddr
  }

  abort (): void { this.close() }
  close (): void { this.safeDispatchEvent('close') }
}

class Stranger extends StubConnection {
  readonly #events: TypedEventTarget<Libp2pEvents>
  constructor (events: TypedEventTarget<Libp2pEvents>, peer: PeerId, from: string) {
    super(peer, { from })
    this.#events = events
    this.addEventListener('close', () => { this.#events.safeDispatchEvent('connection:close', { detail: this as unknown as Connection }) })
  }

  /** Nobody is there to speak to. */
  async newStream (): Promise<never> {
    await Promise.resolve()
    throw new Error('a stranger without a wire')
  }
}

const open: Stranger[] = []

/** Strangers number `from` to `from + count - 1`, each of whom connects, if it may, and does something, mostly bad. */
export async function flood (node: VictimNode, from: number, count: number): Promise<FloodReport> {
  const { components: { events, connectionGater } } = node as unknown as { components: { events: TypedEventTarget<Libp2pEvents>, connectionGater: ConnectionGater } }
  const { scoring } = node.services
  if (scoring == null) throw new Error('this victim has no scoring')
  const rng = seededRng(from + 1)
  const report: FloodReport = { admitted: 0, connected: 0, operationUs: { report: [], observe: [], score: [], standing: [] }, gaterMs: [], gauges: {} }
  const timed = (what: keyof FloodReport['operationUs'], act: () => unknown): void => {
    const startMs = performance.now()
    act()
    report.operationUs[what].push((performance.now() - startMs) * 1_000)
  }
  for (let i = from; i < from + count; i++) {
    const peer = randomPeerId(rng)
    const address = i % 10 === 0 ? CROWDED[rng.int(CROWDED.length)]! : randomPublicAddress(rng)
    const raw = new Raw(address)
    const connection = raw as unknown as MultiaddrConnection
    const decision = { tookMs: 0 }
    const denied = await asked(decision, () => connectionGater.denyInboundConnection?.(connection)) || await asked(decision, () => connectionGater.denyInboundEncryptedConnection?.(peer, connection))
    report.gaterMs.push(decision.tookMs)
    if (denied) raw.close()
    else {
      await connectionGater.denyInboundUpgradedConnection?.(peer, connection)
      if (report.admitted++ % CONNECTS_EVERY === 0) {
        report.connected++
        const stranger = new Stranger(events, peer, address.toString())
        open.push(stranger)
        events.safeDispatchEvent('connection:open', { detail: stranger as unknown as Connection })
      }
    }
    // whom the gater refused may still be spoken of: by gossip that it signed
    const kind = i % 20
    if (kind < 12) timed('report', () => { scoring.report(peer, 'minor', 'test:stale') })
    else if (kind < 14) for (let n = 0; n < 3; n++) scoring.report(peer, 'severe', 'test:junk')
    else if (kind < 15) scoring.report(peer, 'fatal', 'test:forged')
    else if (kind < 18) timed('observe', () => { scoring.observe(peer, { what: 'delivery' }) })
    else timed('observe', () => { scoring.observe(peer, { what: 'dial-failed' }) })
    timed('score', () => scoring.score(peer))
    timed('standing', () => scoring.standing(peer))
    while (open.length > OPEN_AT_A_TIME) {
      const oldest = open.shift()!
      if (i % 3 === 0) oldest.fail()
      else oldest.closeThere()
    }
    if (i % GAUGES_EVERY === 0) note(node, report.gauges)
    // timers and writes have their turn
    if (i % COLLECT_EVERY === 0) globalThis.gc?.()
    if (i % 50 === 0) await new Promise(resolve => setImmediate(resolve))
  }
  note(node, report.gauges)
  return report
}

/** The time of the decision, without that of whatever else has its turn before the answer. */
async function asked (decision: { tookMs: number }, ask: () => boolean | Promise<boolean> | undefined): Promise<boolean> {
  const startMs = performance.now()
  const answer = ask()
  decision.tookMs += performance.now() - startMs
  return await answer === true
}

function note ({ services: { scoring, bans, pool, addressBook, pex, gossipGuard } }: VictimNode, most: Record<string, number>): void {
  for (const [service, one] of Object.entries({ scoring, bans, pool, addressBook, pex, gossipGuard })) {
    for (const [name, value] of Object.entries(one?.snapshot().gauges ?? {})) most[`${service}.${name}`] = Math.max(most[`${service}.${name}`] ?? 0, value)
  }
}
