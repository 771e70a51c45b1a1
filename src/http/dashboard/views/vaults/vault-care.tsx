import { api } from '../../api/calls.ts'
import { Button } from '../../components/button.tsx'
import { Card } from '../../components/page.tsx'
import { askAmend, askReplace, askReshare, askRevoke } from './change-dialogs.tsx'
import { askVault } from './vault-dialog.tsx'
import type { JSX } from 'preact'
import type { VaultStatus } from '../../../schemas/shards.ts'

interface VaultCareProps {
  vault: VaultStatus
  onStatus: (status: VaultStatus) => void
  onChanged: () => void
}

interface Deed { name: string, does: string, danger?: boolean, ask: () => void }

/** All that can be done with a secret, and what each is good for. */
export function VaultCare ({ vault, onStatus, onChanged }: VaultCareProps): JSX.Element {
  const { id } = vault
  const simple = (name: string, does: string, more: string, work: (call: string, signal: AbortSignal) => Promise<string>): Deed => ({
    name,
    does,
    ask: () => {
      askVault({
        title: `${name} this secret?`,
        action: name,
        children: <><p>{does}</p><p class='muted'>{more}</p></>,
        work: async (call, signal) => {
          const said = await work(call, signal)
          onChanged()
          return said
        }
      })
    }
  })
  const deeds: Deed[] = [
    {
      name: 'Audit',
      does: 'Every holder proves that it has its share and the encrypted secret.',
      ask: () => {
        askVault({
          title: 'Audit the holders?',
          action: 'Audit',
          children: <p>Every holder is asked for a proof. Nothing is changed; who is caught lying is shown, and told to the others.</p>,
          work: async (call, signal) => {
            const status = await api.auditVault(id, { call }, { signal })
            onStatus(status)
            return `${status.healthy} of ${status.holders.length} holders are well`
          }
        })
      }
    },
    simple('Repair', 'Replaces holders that are silent or lied, and gives those without a share one.', 'Nothing changes when all are well. Holders do this by themselves, too, after a day.', async (call, signal) => {
      const { holders } = await api.repairVault(id, { call }, { signal })
      return `${holders.length} holders have it now`
    }),
    simple('Refresh', 'New shares for the same holders: old ones are worth nothing then.', 'Whoever has stolen shares until now has stolen nothing. The secret stays the same.', async (call, signal) => {
      await api.refreshVault(id, { call }, { signal })
      return 'The shares are new'
    }),
    simple('Rotate', 'Another key: shares and exports of the old one open nothing that is stored from now on.', 'For when the key was exported, or too many shares may have been stolen. Who has read the secret before still knows it: replace it, too.', async (call, signal) => {
      await api.rotateVault(id, { call }, { signal })
      return 'It has another key now'
    }),
    { name: 'Reshare', does: 'Another threshold, or another number of holders.', ask: () => { askReshare(vault, onChanged) } },
    { name: 'Replace', does: 'Another secret in the same vault, with the same holders.', ask: () => { askReplace(vault, onChanged) } },
    { name: 'Rename', does: 'Another label, which only you can read.', ask: () => { askAmend(vault, onChanged) } },
    { name: 'Revoke', does: 'Every holder deletes its share and the encrypted secret. It is gone then.', danger: true, ask: () => { askRevoke(vault) } }
  ]
  return (
    <Card title='Look after it'>
      <ul class='vaults-deeds'>
        {deeds.map(({ name, does, danger, ask }) => (
          <li key={name}>
            <p>{does}</p>
            <Button kind={danger === true ? 'danger' : 'plain'} onClick={ask}>{name}</Button>
          </li>
        ))}
      </ul>
    </Card>
  )
}
