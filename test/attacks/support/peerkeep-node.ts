import { createAppNode } from '../../../src/app-node.ts'
import { seededRng } from '../../../src/util/rng.ts'
import { keyOf } from '../../support/signed-records.ts'
import type { VictimNode, VictimOptions } from './victim-contract.ts'

/** An AppNode as an operator gets it, but that loopback addresses count like public ones. */
export async function peerkeepNode ({ kind, commands, seed = 1, listen, localAsPublic = true, ...init }: VictimOptions): Promise<VictimNode> {
  return await createAppNode({
    ...init,
    privateKey: await keyOf(seed),
    rng: seededRng(seed),
    listen: listen ?? ['/ip4/127.0.0.1/tcp/0'],
    pool: { localAsPublic, ...init.pool },
    pex: { localAsPublic, ...init.pex },
    addressBook: { localAsPublic, ...init.addressBook },
    scoring: { localAsPublic, ...init.scoring },
    bans: { localAsPublic, ...init.bans },
    gossipGuard: { localAsPublic, ...init.gossipGuard },
    shards: { localAsPublic, ...init.shards }
  })
}
