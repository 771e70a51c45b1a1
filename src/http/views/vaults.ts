import type { Vault as VaultView, VaultLog, VaultProgress as ProgressView, VaultStatus as StatusView } from '../schemas/shards.ts'
import type { Vault, VaultLogEntry, VaultPolicy, VaultProgress, VaultStatus } from '../../services/shards/index.ts'

/** Vaults as plain JSON. */
export function vaultView ({ holders, policy, ...vault }: Vault): VaultView {
  return { ...vault, policy: policyView(policy), holders: holders.map(String) }
}

export function statusView ({ holders, policy, ...status }: VaultStatus): StatusView {
  return { ...status, policy: policyView(policy), holders: holders.map(({ peerId, ...holder }) => ({ ...holder, peerId: peerId.toString() })) }
}

export function logView (entries: readonly VaultLogEntry[]): VaultLog {
  return { entries: entries.map(({ holder, from, ...entry }) => ({ ...entry, holder: holder.toString(), from: from.toString() })) }
}

export function progressView (call: string, progress: VaultProgress): ProgressView {
  return 'peer' in progress ? { ...progress, call, peer: progress.peer.toString() } : { ...progress, call }
}

function policyView ({ auditEveryMs, refreshEveryMs, lostAfterMs, holdersMayReshare, exportable, opensPerHour }: Required<VaultPolicy>): VaultView['policy'] {
  return { auditEveryMs, refreshEveryMs, lostAfterMs, holdersMayReshare, exportable, opensPerHour }
}
