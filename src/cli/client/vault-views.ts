import { shortId, shortTime } from '../screen.ts'
import { shortBytes } from '../text.ts'
import { ago, ahead, count } from './output.ts'
import type { Vault, VaultList, VaultLog, VaultStatus } from '../../http/schemas/shards.ts'
import type { Facts, Output } from './output.ts'
import type { Column } from './table.ts'

const shortVault = ({ id }: { id: string }): string => id.slice(0, 16)

export const VAULT_COLUMNS: ReadonlyArray<Column<Vault>> = [
  { title: 'VAULT', of: ({ id }) => id, short: shortVault },
  { title: 'LABEL', of: ({ label }) => label === '' ? undefined : label, least: 10 },
  { title: 'OPENS WITH', of: ({ threshold, holders }) => `${threshold} of ${holders.length}` },
  { title: 'SIZE', of: ({ bytes }) => shortBytes(bytes), right: true, spare: 3 },
  { title: 'CHANGED', of: ({ changedMs }) => ago(changedMs), spare: 1 },
  { title: 'ENDS', of: ({ expiresMs }) => ahead(expiresMs) ?? 'never', spare: 2 }
]

export const HELD_COLUMNS: ReadonlyArray<Column<VaultList['held'][number]>> = [
  { title: 'VAULT', of: ({ id }) => id, short: shortVault },
  { title: 'SHARE', of: ({ index, hasShare }) => hasShare ? String(index) : 'none' },
  { title: 'OPENS WITH', of: ({ threshold, holders }) => `${threshold} of ${holders}` },
  { title: 'HEALTHY', of: ({ healthy }) => String(healthy), right: true },
  { title: 'SIZE', of: ({ bytes }) => shortBytes(bytes), right: true }
]

export function describeVault (vault: Vault, out: Output): string[] {
  return factsOf(vault, vault.holders.length, out)
}

export function describeStatus (vault: VaultStatus, out: Output): string[] {
  return [
    ...factsOf(vault, vault.holders.length, out, {
      now: p => `${vault.openable ? p.green('can be opened') : p.red('cannot be opened')}: ${count(vault.healthy, 'healthy holder')}`
    }),
    '',
    ...out.table(vault.holders, [
      { title: 'SHARE', of: ({ index }) => String(index), right: true },
      { title: 'HOLDER', of: ({ peerId }) => peerId, short: ({ peerId }) => shortId(peerId) },
      { title: 'HEALTH', of: ({ health }) => health, paint: (text, { health }, p) => health === 'healthy' ? p.green(text) : health === 'lying' ? p.red(text) : p.yellow(text) },
      { title: 'ANSWER', of: ({ latencyMs }) => latencyMs == null ? undefined : shortTime(latencyMs), right: true },
      { title: 'WHY', of: ({ reason }) => reason, least: 10 }
    ])
  ]
}

export function describeLog ({ entries }: VaultLog, out: Output): string[] {
  if (entries.length === 0) return ['no holder has written anything down']
  return out.table(entries, [
    { title: 'WHEN', of: ({ timeMs }) => ago(timeMs) },
    { title: 'HOLDER', of: ({ holder }) => holder, short: ({ holder }) => shortId(holder) },
    { title: 'WHAT', of: ({ what }) => what },
    { title: 'DECISION', of: ({ decision }) => decision, least: 10, paint: (text, { decision }, p) => decision === 'granted' ? p.green(text) : p.yellow(text) },
    { title: 'FROM', of: ({ from }) => from, short: ({ from }) => shortId(from), spare: 1 },
    { title: 'SIGNER', of: ({ signer }) => signer, short: ({ signer }) => signer.slice(0, 16), spare: 2 }
  ])
}

function factsOf (vault: Omit<Vault, 'holders'>, holders: number, out: Output, more: Facts = {}): string[] {
  return out.facts({
    vault: vault.id,
    label: vault.label === '' ? undefined : vault.label,
    'opens with': `${vault.threshold} of ${count(holders, 'holder')}`,
    size: `${shortBytes(vault.bytes)}, encrypted`,
    changed: `${ago(vault.changedMs) ?? ''} (change ${vault.seq}, epoch ${vault.epoch}, version ${vault.version})`,
    ends: ahead(vault.expiresMs) ?? 'never',
    exposed: vault.exposed ? 'its key was exported: shards rotate' : undefined,
    ...more
  })
}
