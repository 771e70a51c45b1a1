import { expect } from 'chai'
import { pexProtocol, pexPushProtocol } from '../../src/services/pex/messages.ts'
import { WireError } from '../../src/wire/errors.ts'
import { notify, request } from '../../src/wire/request.ts'
import { Pace } from '../support/pace.ts'
import { recordOf } from '../support/signed-records.ts'
import { Crowd } from './support/crowd.ts'
import { figure } from './support/figures.ts'
import { honestPeers, joined } from './support/honest.ts'
import { idleLoad } from './support/idle.ts'
import { Victim } from './support/victim.ts'
import type { Connection } from '@libp2p/interface'
import type { BareNode } from './support/crowd.ts'

const ENTRIES_PER_MINUTE = 100_000
const ENTRIES = 32
/** More than a victim reads in this time, so that hardly one comes twice: those over the rate are turned away unread. */
const RECORDS = 6_400
const BURST_MS = 10_000
const WATCH_MS = 20_000
const IDLE_MS = 5_000
const ACCEPTED_PER_MINUTE = 6
const CPU_LIMIT = 0.05
const REDIAL_MS = 1_000
/** The flood comes in slices. */
const SLICE_MS = 5
const SEED = 70_000
const FROM = '127.100.0.1'

describe('attacks on peer exchange', () => {
  let pushes: Array<Array<{ record: Uint8Array, roles: [] }>>

  before(async () => {
    // each of another peer at an address of its own
    const records = await Promise.all(Array.from({ length: RECORDS }, async (_, i) =>
      (await recordOf(SEED + 1 + i, [`/ip4/127.${101 + (i >> 8) % 100}.${i >> 8}.${i & 0xff}/tcp/9`])).bytes))
    pushes = Array.from({ length: RECORDS / ENTRIES }, (_, i) => records.slice(i * ENTRIES, (i + 1) * ENTRIES).map(record => ({ record, roles: [] })))
  })

  /** `polite` keeps to the rate of pushes that the protocol allows, `rude` does not; both come again whenever they are thrown out. */
  for (const { name, pushesPerSecond } of [{ name: 'rude', pushesPerSecond: ENTRIES_PER_MINUTE / 60 / ENTRIES }, { name: 'within the rate of pushes', pushesPerSecond: 1.9 }]) {
    it(`T11: a flood of ${Math.round(pushesPerSecond * ENTRIES * 60)} entries a minute (${name}), watched for ${WATCH_MS / 1_000} s after the burst`, async () => {
      await using crowd = new Crowd()
      await using victim = await Victim.start({ kind: 'peerkeep' })
      const [honest] = await honestPeers(crowd, 1)
      expect(await joined(honest!, victim.multiaddr, 5_000)).to.be.a('number')
      const attacker = await crowd.add({ seed: SEED, from: FROM })
      const accepted = async (): Promise<number> => (await victim.snapshot()).pex?.accepted ?? NaN

      const idle = await idleLoad(victim, IDLE_MS)
      const flood = new Flood(attacker, victim, pushes)
      await flood.run(pushesPerSecond, BURST_MS)
      const burst = await accepted()
      const first = await victim.stats()
      await flood.run(pushesPerSecond, WATCH_MS)
      const later = await accepted() - burst
      const second = await victim.stats()
      const watchedMs = second.elapsedMs
      // a fraction of the next one was saved up before
      const mayAccept = Math.floor(watchedMs / 60_000 * ACCEPTED_PER_MINUTE + 1)
      const load = (first.cpuMs + second.cpuMs) / (first.elapsedMs + second.elapsedMs) - idle
      const longestBlockMs = Math.max(first.longestBlockMs, second.longestBlockMs)
      figure({ test: 'T11', what: `entries taken in ${(watchedMs / 1_000).toFixed(1)} s after a burst of ${burst}, flood ${name} (${flood.sent} sent, let in ${flood.sessions} times)`, value: String(later), limit: `${ACCEPTED_PER_MINUTE} a minute: ${mayAccept}` })
      figure({ test: 'T11', what: `CPU of a core, flood ${name} (idle: ${percent(idle)}; longest block ${longestBlockMs.toFixed(0)} ms)`, value: percent(load), limit: percent(CPU_LIMIT) })
      expect(flood.sent, 'entries sent').to.be.greaterThan(0)
      expect(later, 'taken after the burst').to.be.at.most(mayAccept)
      expect(load, 'CPU for the flood').to.be.below(CPU_LIMIT)
      expect(honest!.getConnections(), 'the honest peer is still connected').to.have.length(1)
    })
  }
})

function percent (share: number): string {
  return `${(share * 100).toFixed(1)} %`
}

/** Pushes at a rate; when it is thrown out it dials again, once a second. */
class Flood {
  sent = 0
  sessions = 0
  readonly #node: BareNode
  readonly #victim: Victim
  readonly #pushes: Array<Array<{ record: Uint8Array, roles: [] }>>
  #next = 0
  #connection: Connection | undefined
  #connecting = false
  #dialledMs = -Infinity

  constructor (node: BareNode, victim: Victim, pushes: Array<Array<{ record: Uint8Array, roles: [] }>>) {
    this.#node = node
    this.#victim = victim
    this.#pushes = pushes
  }

  async run (perSecond: number, ms: number): Promise<void> {
    const startMs = performance.now()
    const under = new Set<Promise<void>>()
    const slices = new Pace(SLICE_MS)
    for (let pushed = 0; performance.now() - startMs < ms;) {
      await slices.beat()
      for (; pushed < (performance.now() - startMs) * perSecond / 1_000; pushed++) {
        const work = this.#push().catch(ignoreRefusal).finally(() => under.delete(work))
        under.add(work)
      }
    }
    await Promise.all(under)
  }

  async #push (): Promise<void> {
    if (this.#connection?.status !== 'open') await this.#connect()
    const entries = this.#pushes[this.#next++ % this.#pushes.length]!
    if (this.#connection == null) return
    this.sent += entries.length
    // more at a time than the protocol asks of those who play by its rules
    await notify(this.#connection, { ...pexPushProtocol, maxOutboundStreams: 1_000 }, { entries })
  }

  /** Tells its network first, else its pushes are not looked at. */
  async #connect (): Promise<void> {
    if (this.#connecting || performance.now() - this.#dialledMs < REDIAL_MS) return
    this.#dialledMs = performance.now()
    this.#connecting = true
    this.#connection = undefined
    try {
      const connection = await this.#node.dial(this.#victim.multiaddr, { signal: AbortSignal.timeout(5_000) })
      const { bytes: record } = await recordOf(SEED, [`/ip4/${FROM}/tcp/9`])
      await request(connection, pexProtocol, { network: 'main', roles: [], limit: 1, record })
      this.#connection = connection
      this.sessions++
    } finally {
      this.#connecting = false
    }
  }
}

/** To be thrown out is what is expected. */
function ignoreRefusal (err: unknown): void {
  const names = ['EncryptionFailedError', 'ConnectionFailedError', 'AbortError', 'TimeoutError', 'UnexpectedEOFError', 'ConnectionClosedError', 'MuxerClosedError', 'StreamResetError', 'Error']
  if (!(err instanceof WireError) && !(err instanceof Error && names.includes(err.name))) throw err
}
