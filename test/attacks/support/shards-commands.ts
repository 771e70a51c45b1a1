/** What a victim of an attack on shards can be asked in its own process. */
import type { Datastore } from 'interface-datastore'
import type { ShardsSnapshot } from '../../../src/services/shards/index.ts'
import type { VictimNode } from './victim-contract.ts'

export { injectFrom, neutral, offences } from './call-commands.ts'

export function shardsSnapshot ({ services: { shards } }: VictimNode): ShardsSnapshot {
  if (shards == null) throw new Error('this victim has no shards')
  return shards.snapshot()
}

/** Entries of shards in the datastore. */
export async function stored (node: VictimNode): Promise<number> {
  const { components: { datastore } } = node as unknown as { components: { datastore: Datastore } }
  let entries = 0
  for await (const { value } of datastore.query({ prefix: '/peerkeep/shards' })) if (value.byteLength > 0) entries++
  return entries
}
