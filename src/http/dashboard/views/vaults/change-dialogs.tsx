import { useState } from 'preact/hooks'
import { api } from '../../api/calls.ts'
import { openDialog } from '../../components/dialog.tsx'
import { TextField } from '../../components/field.tsx'
import { node } from '../../state/node.ts'
import { go, href } from '../../state/router.ts'
import { NO_SECRET, SecretInput, complaintAbout, contentOf } from './secret-input.tsx'
import { ShareFields } from './share-fields.tsx'
import { adviseVault } from './vault-advice.ts'
import { VaultDialog } from './vault-dialog.tsx'
import type { JSX } from 'preact'
import type { VaultStatus } from '../../../schemas/shards.ts'

interface ChangeProps { vault: VaultStatus, onChanged: () => void, close: () => void }

function ReshareDialog ({ vault, onChanged, close }: ChangeProps): JSX.Element {
  const [shares, setShares] = useState({ threshold: vault.threshold, holders: vault.holders.length })
  const peers = node.data.value?.counts.connected ?? 0
  const work = async (call: string, signal: AbortSignal): Promise<string> => {
    const { threshold, holders } = await api.reshareVault(vault.id, { ...shares, call }, { signal })
    onChanged()
    return `Any ${threshold} of ${holders.length} holders open it now`
  }
  return (
    <VaultDialog title='Reshare this secret?' action='Reshare' wide complaint={adviseVault(shares.threshold, shares.holders, peers).problem} work={work} close={close}>
      <p>New shares are dealt. Those that holders have now are worth nothing then.</p>
      <ShareFields shares={shares} onShares={setShares} peers={peers} />
    </VaultDialog>
  )
}

function ReplaceDialog ({ vault, onChanged, close }: ChangeProps): JSX.Element {
  const [secret, setSecret] = useState(NO_SECRET)
  const work = async (call: string, signal: AbortSignal): Promise<string> => {
    await api.updateVault(vault.id, { ...await contentOf(secret), call }, { signal })
    onChanged()
    return 'The secret is replaced'
  }
  return (
    <VaultDialog title='Replace the secret?' action='Replace' danger wide complaint={complaintAbout(secret)} work={work} close={close}>
      <p>What is stored now cannot be opened any more.</p>
      <SecretInput draft={secret} onDraft={setSecret} />
    </VaultDialog>
  )
}

function RenameDialog ({ vault, onChanged, close }: ChangeProps): JSX.Element {
  const [label, setLabel] = useState(vault.label)
  const work = async (call: string, signal: AbortSignal): Promise<string> => {
    await api.amendVault(vault.id, { label: label.trim(), call }, { signal })
    onChanged()
    return 'It has another label'
  }
  return (
    <VaultDialog title='Rename' action='Rename' work={work} close={close}>
      <TextField label='Label' hint='Only you can read it' maxLength={256} value={label} onValue={setLabel} />
    </VaultDialog>
  )
}

function RevokeDialog ({ vault: { id, label, holders }, close }: Omit<ChangeProps, 'onChanged'>): JSX.Element {
  const [typed, setTyped] = useState('')
  const word = label === '' ? id.slice(0, 8) : label
  const work = async (_call: string, signal: AbortSignal): Promise<string> => {
    const { deletedBy } = await api.revokeVault(id, { signal })
    go(href(['secrets']))
    return `${deletedBy.length} of ${holders.length} holders have deleted it`
  }
  return (
    <VaultDialog title='Revoke this secret?' action='Revoke for ever' danger complaint={typed === word ? undefined : `Put in “${word}” to revoke it`} work={work} close={close}>
      <p>Every holder deletes its share and the encrypted secret. <b>Nobody can open it again, not even you.</b> Holders that are away now are told when this node meets them again.</p>
      <TextField label={`To go on, put in: ${word}`} required value={typed} onValue={setTyped} />
    </VaultDialog>
  )
}

export function askReshare (vault: VaultStatus, onChanged: () => void): void {
  openDialog(close => <ReshareDialog vault={vault} onChanged={onChanged} close={close} />)
}

export function askReplace (vault: VaultStatus, onChanged: () => void): void {
  openDialog(close => <ReplaceDialog vault={vault} onChanged={onChanged} close={close} />)
}

export function askAmend (vault: VaultStatus, onChanged: () => void): void {
  openDialog(close => <RenameDialog vault={vault} onChanged={onChanged} close={close} />)
}

export function askRevoke (vault: VaultStatus): void {
  openDialog(close => <RevokeDialog vault={vault} close={close} />)
}
