import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { identify } from '@libp2p/identify'
import { memory } from '@libp2p/memory'
import { tcp } from '@libp2p/tcp'
import { createLibp2p } from 'libp2p'
import { neutralScoring } from '../../src/components.ts'
import { addressBook } from '../../src/services/address-book/index.ts'
import { pex } from '../../src/services/pex/index.ts'
import { seededRng } from '../../src/util/rng.ts'
import { eventually } from './eventually.ts'
import { keyOf } from './signed-records.ts'
import type { Libp2p, Metrics, PeerId } from '@libp2p/interface'
import type { Bans, Outcome, Role } from '../../src/components.ts'
import type { AddressBook } from '../../src/services/address-book/index.ts'
import type { Pex, PexInit } from '../../src/services/pex/index.ts'
import type { Pool } from '../../src/services/pool/index.ts'

export interface Charge {
  peer: string
  offence: string
  cause: string
}

export type PexNode = Libp2p<{ addressBook: AddressBook, pex: Pex }> & {
  /** What peers told their roles are. */
  roles: Map<string, Role[]>
  /** Who was disconnected by peer exchange, and why. */
  parted: Array<[string, string]>
  charges: Charge[]
  /** Who brought something new. */
  useful: string[]
  outcomes: Array<[string, Outcome]>
  discouraged: Set<string>
}

export interface PexNodeInit extends PexInit {
  seed: number
  bans?: Bans
  metrics?: Metrics
  /** @default a memory address */
  listen?: string
  /** More of them. */
  services?: Record<string, (components: any) => unknown>
}

/** A real node with an address book and peer exchange; a stub of the pool, so that nobody dials but the test. */
export async function pexNode ({ seed, bans, metrics, listen = `/memory/pex-${seed}`, services, ...init }: PexNodeInit): Promise<PexNode> {
  const roles = new Map<string, Role[]>()
  const parted: Array<[string, string]> = []
  const charges: Charge[] = []
  const discouraged = new Set<string>()
  const useful: string[] = []
  const outcomes: Array<[string, Outcome]> = []
  const pool = {
    useful: (peerId: PeerId) => { useful.push(peerId.toString()) },
    setRoles: (peerId: PeerId, told: Role[]) => { roles.set(peerId.toString(), told) },
    disconnect: async (peerId: PeerId, reason: string) => {
      parted.push([peerId.toString(), reason])
      await node.hangUp(peerId)
    }
  } as unknown as Pool
  const scoring = {
    ...neutralScoring,
    isDiscouraged: (peerId: PeerId) => discouraged.has(peerId.toString()),
    observe: (peerId: PeerId, outcome: Outcome) => { outcomes.push([peerId.toString(), outcome]) },
    report: (peerId: PeerId, offence: string, cause: string) => { charges.push({ peer: peerId.toString(), offence, cause }) }
  }
  const { clock } = init
  const node = await createLibp2p({
    privateKey: await keyOf(seed),
    ...metrics == null ? {} : { metrics: () => metrics },
    addresses: { listen: [listen] },
    transports: [memory(), tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionManager: { inboundConnectionThreshold: Infinity, maxIncomingPendingConnections: 1_000 },
    connectionMonitor: { enabled: false },
    services: {
      identify: identify(),
      pool: () => pool,
      scoring: () => scoring,
      ...(bans == null ? {} : { bans: () => bans }),
      addressBook: addressBook({ clock, rng: seededRng(seed) }),
      pex: pex({ rng: seededRng(seed + 1), ...init }),
      ...services
    }
  })
  return Object.assign(node, { roles, parted, charges, useful, outcomes, discouraged }) as PexNode
}

/** Dials, and waits until both have told each other who they are. */
export async function introduced (from: PexNode, to: PexNode): Promise<void> {
  await from.dial(to.getMultiaddrs())
  await eventually('both know each other', () => from.roles.has(to.peerId.toString()) && to.roles.has(from.peerId.toString()))
}

/** The numbers of the nodes that `node` knows. */
export function known (node: PexNode, nodes: readonly PexNode[]): number[] {
  return nodes.flatMap(({ peerId }, i) => node.services.addressBook.get(peerId) == null ? [] : [i])
}
