import { ShardsError } from '../errors.ts'
import { vaultIdText } from './arguments.ts'
import { described, listed } from './errand.ts'
import type { ShardsErrorCode } from '../errors.ts'
import type { Vouched } from '../parts.ts'
import type { Miss } from './errand.ts'

/** What is the vault's, not one holder's, when so many say it that the others cannot open. */
const COMMON: Partial<Record<string, { code: ShardsErrorCode, text: string }>> = {
  FORBIDDEN: { code: 'SHARDS_FORBIDDEN', text: 'its holders refuse: this key, or this delegation, may not do that, or the policy does not allow it' },
  RATE_LIMITED: { code: 'SHARDS_RATE_LIMITED', text: 'its holders have answered this key as often as the policy allows: try again later' },
  EXPIRED: { code: 'SHARDS_EXPIRED', text: 'it has expired or was revoked, or what was signed is outside its time: compare the clocks' },
  UNKNOWN_VAULT: { code: 'SHARDS_UNKNOWN_VAULT', text: 'its holders have deleted it' },
  NOT_HOLDER: { code: 'SHARDS_UNKNOWN_VAULT', text: 'those that held it hold it no more' }
}

/** Why fewer than a threshold of holders did what they were asked. */
export function tooFew ({ manifest: { vault, threshold, holders, expiresMs } }: Vouched, had: number, misses: readonly Miss[], nowMs: number): ShardsError {
  const id = vaultIdText(vault)
  const details = { ...listed(misses), have: had, needed: threshold }
  const common = Object.entries(COMMON).find(([said]) => misses.filter(({ code }) => code === said).length > holders.length - threshold)?.[1]
  if (common?.code === 'SHARDS_UNKNOWN_VAULT' && expiresMs !== 0 && expiresMs <= nowMs) return new ShardsError('SHARDS_EXPIRED', `vault ${id} expired at ${expiresMs}: its holders have deleted it`, { details })
  if (common != null) return new ShardsError(common.code, `vault ${id}: ${common.text}. ${described(misses)}`, { details })
  return new ShardsError('SHARDS_TOO_FEW_SHARES', `${had} of the ${threshold} holders that vault ${id} needs answered well; the others: ${described(misses)}. Try again when more of them are there`, { details })
}
