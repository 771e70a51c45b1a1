import { useState } from 'preact/hooks'
import { api } from '../../api/calls.ts'
import { openDialog } from '../../components/dialog.tsx'
import { TextField } from '../../components/field.tsx'
import { node } from '../../state/node.ts'
import { go, href } from '../../state/router.ts'
import { NO_SECRET, SecretInput, complaintAbout, contentOf } from './secret-input.tsx'
import { ShareFields } from './share-fields.tsx'
import { adviseVault, usualVault } from './vault-advice.ts'
import { VaultDialog } from './vault-dialog.tsx'
import type { JSX } from 'preact'

/** Leaves a secret with peers. */
function StoreDialog ({ close }: { close: () => void }): JSX.Element {
  const { counts, dataDir } = node.data.value ?? {}
  const peers = counts?.connected ?? 0
  const [secret, setSecret] = useState(NO_SECRET)
  const [label, setLabel] = useState('')
  const [shares, setShares] = useState(() => usualVault(peers))
  const work = async (call: string, signal: AbortSignal): Promise<string> => {
    const { id, holders } = await api.storeSecret({ ...await contentOf(secret), ...shares, label: label.trim(), call }, { signal })
    go(href(['secrets', id]))
    return `It is stored with ${holders.length} holders`
  }
  return (
    <VaultDialog title='Store a secret' action='Store' wide complaint={complaintAbout(secret) ?? adviseVault(shares.threshold, shares.holders, peers).problem} work={work} close={close}>
      <SecretInput draft={secret} onDraft={setSecret} />
      <TextField label='Label' hint='By which you find it again; only you can read it' maxLength={256} value={label} onValue={setLabel} />
      <ShareFields shares={shares} onShares={setShares} peers={peers} />
      <p class='muted'>Your owner key opens it, and nothing else does: keep a copy of <code>{dataDir == null ? '' : `${dataDir}/`}owner-key.json</code> elsewhere.</p>
    </VaultDialog>
  )
}

export function askStore (): void {
  openDialog(close => <StoreDialog close={close} />)
}
