import { createResolver } from '../platform/dns.ts'
import { openStorage } from '../platform/storage.ts'
import { DURABLE_KEYS } from '../services/shards/durable-keys.ts'
import { checkInit } from './checked.ts'
import type { ServiceMap } from '@libp2p/interface'
import type { Storage } from '../platform/storage.ts'
import type { DnsResolver } from '../services/discovery/sources/dns-seeds.ts'
import type { CheckedInit } from './checked.ts'
import type { AppNodeInit } from './init.ts'

/** What a node begins with: to open a data directory is to wait for the disk, time enough to load libp2p. */
export interface Opened {
  checked: CheckedInit
  resolver: DnsResolver
  /** Whoever takes it closes it: `makeAppNode`, or `closeOpened`. */
  storage: Promise<Storage>
}

/** Checks the options and, when they can be meant, opens `dataDir`. Throws `AppNodeOptionError` or `DnsError`. */
export function openFor<S extends ServiceMap> (init: AppNodeInit<S>): Opened {
  const checked = checkInit(init)
  const resolver = createResolver({ servers: init.dnsServers, clock: init.clock })
  const storage = openStorage({
    dataDir: init.dataDir,
    passphrase: init.passphrase,
    clock: init.clock,
    identity: init.privateKey == null,
    datastore: init.datastore == null,
    synced: DURABLE_KEYS
  })
  // who takes it is told what failed, perhaps later
  storage.catch(() => {})
  return { checked, resolver, storage }
}

/** For what no node will be made of. */
export async function closeOpened ({ storage }: Opened): Promise<void> {
  const [result] = await Promise.allSettled([storage])
  if (result.status === 'fulfilled') await result.value.close()
}
