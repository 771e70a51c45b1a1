/** What a victim of an attack on calls and messages can be asked in its own process: `commands: CALL_COMMANDS`. */
import { CrowdLimiter } from '../../../src/wire/crowd-limiter.ts'
import { RateLimiter } from '../../../src/wire/rate-limiter.ts'
import { seededRng } from '../../../src/util/rng.ts'
import { blob, chat, endless, feed, note, quote, slow } from './call-protocols.ts'
import { inject } from './injection.ts'
import type { Scoring } from '../../../src/components.ts'
import type { ProtocolsSnapshot } from '../../../src/services/protocols/index.ts'
import type { BareNode } from './crowd.ts'
import type { Injected, InjectionInit } from './injection.ts'
import type { VictimNode } from './victim-contract.ts'

export interface Served {
  /** Calls that the handlers took, and of those that wait: now, and how many were told that the caller has left. */
  taken: number
  waiting: number
  left: number
  /** Items that `endless` has made. */
  items: number
}

const served: Served = { taken: 0, waiting: 0, left: 0, items: 0 }
const reports = new Map<string, number>()

function protocolsOf (node: VictimNode): NonNullable<VictimNode['services']['protocols']> {
  const { protocols } = node.services
  if (protocols == null) throw new Error('this victim has no protocols')
  return protocols
}

/** Serves all of `call-protocols.ts`. */
export async function serveCalls (node: VictimNode): Promise<void> {
  const protocols = protocolsOf(node)
  await protocols.handle(quote, ({ count }) => {
    served.taken++
    return { price: count * 3 }
  })
  await protocols.handle(note, () => { served.taken++ })
  await protocols.handle(feed, async function * (request) {
    served.taken++
    for (let i = 0; i < Math.min(request.count, 3); i++) yield { ...request, count: i }
  })
  await protocols.handle(chat, async function * (messages) {
    for await (const message of messages) {
      served.taken++
      yield message
    }
  })
  await protocols.handle(slow, async (request, { signal }) => {
    served.taken++
    served.waiting++
    await new Promise<void>(resolve => { signal.addEventListener('abort', () => { resolve() }, { once: true }) })
    served.waiting--
    served.left++
    return request
  })
  await protocols.handle(blob, request => {
    served.taken++
    return new Uint8Array(new DataView(request.buffer, request.byteOffset, request.byteLength).getUint32(0))
  })
  await protocols.handle(endless, async function * () {
    served.taken++
    served.waiting++
    try {
      for (;;) {
        served.items++
        yield new Uint8Array(16_384)
      }
    } finally {
      served.waiting--
      served.left++
    }
  })
}

/** So that the volume of an attack is not cut short: offences are only counted, and nobody is too fast. */
export function neutral ({ services: { scoring } }: VictimNode): void {
  // most of the time would go into what nobody reads: the lines of the sources
  Error.stackTraceLimit = 0
  RateLimiter.prototype.take = () => true
  CrowdLimiter.prototype.take = () => true
  if (scoring == null) throw new Error('this victim has no scoring')
  const count: Scoring['report'] = (_, offence, cause) => {
    const key = `${cause} (${offence})`
    reports.set(key, (reports.get(key) ?? 0) + 1)
  }
  scoring.report = count
}

/** Offences since `neutral`, by cause. */
export const offences = (): Record<string, number> => Object.fromEntries(reports)

export const calls = (): Served => served

export const protocolsSnapshot = (node: VictimNode): ProtocolsSnapshot => protocolsOf(node).snapshot()

export const isBanned = ({ services: { bans } }: VictimNode, id: string): boolean => bans?.list({ kind: 'peer' }).some(({ key }) => key === id) ?? false

/** Broken frames from this peer, which is connected. */
export async function injectFrom (node: VictimNode, id: string, seed: number, init: InjectionInit): Promise<Injected> {
  const connection = node.getConnections().find(({ remotePeer }) => remotePeer.toString() === id)
  if (connection == null) throw new Error(`${id} is not connected`)
  return await inject(node as unknown as BareNode, connection, init, seededRng(seed))
}
