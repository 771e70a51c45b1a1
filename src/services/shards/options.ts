import { ShardsError } from './errors.ts'
import type { ShardsInit } from './index.ts'

const MIB = 1_048_576
const MAX_DOMAINS = 4
const MAX_DOMAIN_BYTES = 64

/** What of the options a holder goes by, all filled in. */
export type HoldingOptions = Required<Pick<ShardsInit, 'capacityBytes' | 'bytesPerOwner' | 'maxVaultsPerOwner' | 'maxVaults' | 'domains' | 'minIntervalMs'>>

/** Throws `SHARDS_INVALID`, which names the option. */
export function holdingOptions (init: ShardsInit): HoldingOptions {
  const { capacityBytes = 1_024 * MIB, bytesPerOwner = 64 * MIB, maxVaultsPerOwner = 64, maxVaults = 4_096, domains = [], minIntervalMs = 60_000 } = init
  const numbers = { capacityBytes, bytesPerOwner, maxVaultsPerOwner, maxVaults, minIntervalMs }
  for (const [name, value] of Object.entries(numbers)) {
    if (!Number.isSafeInteger(value) || value < 1) throw invalid(name, value, 'a whole number from 1')
  }
  if (domains.length > MAX_DOMAINS) throw invalid('domains', domains.length, `at most ${MAX_DOMAINS} names`)
  for (const domain of domains) {
    const { byteLength } = new TextEncoder().encode(domain)
    if (byteLength === 0 || byteLength > MAX_DOMAIN_BYTES) throw invalid('domains', domain, `names of 1 to ${MAX_DOMAIN_BYTES} bytes`)
  }
  return { ...numbers, domains }
}

function invalid (name: string, value: unknown, wanted: string): ShardsError {
  return new ShardsError('SHARDS_INVALID', `shards.${name} is ${String(value)}, but must be ${wanted}`, { details: { option: name } })
}
