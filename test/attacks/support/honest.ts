import { addressBook } from '../../../src/services/address-book/index.ts'
import { pex } from '../../../src/services/pex/index.ts'
import { seededRng } from '../../../src/util/rng.ts'
import { eventually } from '../../support/eventually.ts'
import { addressIn, tryConnect } from './crowd.ts'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Pool } from '../../../src/services/pool/index.ts'
import type { BareNode, Crowd } from './crowd.ts'
import type { Victim } from './victim.ts'

const SEED = 1_000
/** 127.10.0.1, 127.11.0.1, ... */
const FIRST_NET = 10
const SETTLE_LIMIT_MS = 30_000

/**
 * Peers with identify, ping and peer exchange, each in a /16 of its own, that dial nobody by themselves: what they do is
 * the test's doing. Numbers from `from` on; the same number is the same peer in every run.
 */
export async function honestPeers (crowd: Crowd, count: number, from = 0, listens = true): Promise<BareNode[]> {
  return await Promise.all(Array.from({ length: count }, async (_, i) => {
    const seed = SEED + from + i
    // of a pool peer exchange only needs to be heard
    const stub = { setRoles: () => {}, useful: () => {}, disconnect: async () => {} } as unknown as Pool
    return await crowd.add({
      seed,
      from: addressIn(FIRST_NET, from + i),
      listens,
      services: {
        pool: () => stub,
        addressBook: addressBook({ localAsPublic: true, rng: seededRng(seed) }),
        pex: pex({ localAsPublic: true, rng: seededRng(seed) })
      }
    })
  }))
}

/** Dials until it is in, as an honest peer that was turned away would; undefined when it was not in time. */
export async function joined (node: BareNode, to: Multiaddr, limitMs: number): Promise<number | undefined> {
  const startMs = performance.now()
  while (performance.now() - startMs < limitMs) {
    if (await tryConnect(node, to) != null) return performance.now() - startMs
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  return undefined
}

export interface Town {
  /** Dialled by the victim. */
  outbound: BareNode[]
  /** They have dialled it. */
  inbound: BareNode[]
}

/** Waits until all of them are connected the way they should be. */
export async function settled (victim: Victim, { outbound, inbound }: Town): Promise<void> {
  await eventually('all honest peers are connected', async () => {
    const { inbound: ins, outbound: outs } = await kept(victim, { outbound, inbound })
    return ins === inbound.length && outs === outbound.length
  }, SETTLE_LIMIT_MS)
}

/** How many of them are connected now. */
export async function kept (victim: Victim, { outbound, inbound }: Town): Promise<{ inbound: number, outbound: number }> {
  const connected = new Set((await victim.call('connections')).map(({ peer }) => peer))
  const count = (nodes: BareNode[]): number => nodes.filter(({ peerId }) => connected.has(peerId.toString())).length
  return { inbound: count(inbound), outbound: count(outbound) }
}
