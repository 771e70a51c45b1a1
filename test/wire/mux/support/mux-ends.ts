import { MuxClient } from '../../../../src/wire/mux/client.ts'
import { MuxServer } from '../../../../src/wire/mux/server.ts'
import { ManualClock } from '../../../support/manual-clock.ts'
import { linkedStreams, settle } from './linked-streams.ts'
import type { LinkedStream, LinkOptions } from './linked-streams.ts'
import type { MuxClientInit } from '../../../../src/wire/mux/client.ts'
import type { IncomingCall, MuxServerInit } from '../../../../src/wire/mux/server.ts'
import type { WireFault } from '../../../../src/wire/protocol.ts'

/** What one side found wrong with the other. */
export interface FoundFault {
  fault: WireFault
  evidence?: Uint8Array
}

export interface ServerEnd {
  server: MuxServer
  clock: ManualClock
  near: LinkedStream
  far: LinkedStream
  /** Calls that the server was given, in that order. */
  calls: IncomingCall[]
  /** What the client did wrong. */
  faults: FoundFault[]
  /** Delivers all that is on the way, and what follows from it. */
  settle (): Promise<void>
}

export interface MuxEnds extends ServerEnd {
  client: MuxClient
  /** What the server did wrong. */
  serverFaults: FoundFault[]
}

export const LIMITS = { maxRequestBytes: 256 * 1024, maxResponseBytes: 256 * 1024 }
export const TIMEOUT_MS = 1_000

/** A server on a stream whose other end, `near`, is the test's. It moves the stream on, and the clock. */
export function serverEnd (init: Partial<MuxServerInit> = {}, link?: LinkOptions): ServerEnd {
  const { near, far } = linkedStreams(link)
  const clock = new ManualClock()
  const calls: IncomingCall[] = []
  const faults: FoundFault[] = []
  const server = new MuxServer(far, {
    clock,
    ...LIMITS,
    timeoutMs: TIMEOUT_MS,
    admit: () => undefined,
    onCall: call => { calls.push(call) },
    onFault: (fault, evidence) => { faults.push({ fault, ...evidence == null ? {} : { evidence } }) },
    ...init
  })
  return { server, clock, near, far, calls, faults, settle: async () => settle(near, far) }
}

/** A client and a server on such a stream. */
export function muxEnds (init: { client?: Partial<MuxClientInit>, server?: Partial<MuxServerInit>, link?: LinkOptions } = {}): MuxEnds {
  const end = serverEnd(init.server, init.link)
  const serverFaults: FoundFault[] = []
  const client = new MuxClient(end.near, {
    clock: end.clock,
    ...LIMITS,
    onFault: (fault, evidence) => { serverFaults.push({ fault, ...evidence == null ? {} : { evidence } }) },
    ...init.client
  })
  return { ...end, client, serverFaults }
}

/** Bytes that tell where they belong. */
export function pattern (length: number, seed = 0): Uint8Array {
  const bytes = new Uint8Array(length)
  for (let i = 0; i < length; i++) bytes[i] = i * 31 + seed * 17
  return bytes
}
