import { useState } from 'preact/hooks'
import { api } from '../../api/calls.ts'
import { Ago } from '../../components/ago.tsx'
import { Badge } from '../../components/badge.tsx'
import { Button } from '../../components/button.tsx'
import { bytes, count, short } from '../../components/format.ts'
import { Card, Page } from '../../components/page.tsx'
import { EmptyState, Loaded } from '../../components/states.tsx'
import { Table } from '../../components/table.tsx'
import { toast, toastProblem } from '../../components/toast.tsx'
import { useResource } from '../../state/resource.ts'
import { href } from '../../state/router.ts'
import { askStore } from './store-dialog.tsx'
import { VaultPage } from './vault-page.tsx'
import './vaults.css'
import type { JSX } from 'preact'
import type { Column } from '../../components/table.tsx'
import type { Vault, VaultList } from '../../../schemas/shards.ts'
import type { PageProps } from '../index.ts'

type Held = VaultList['held'][number]

const OWN: ReadonlyArray<Column<Vault>> = [
  { name: 'label', title: 'Secret', cell: ({ id, label }) => <a class='wrap' href={href(['secrets', id])}>{label === '' ? <>without a label, <span class='mono'>{short(id)}</span></> : label}</a> },
  { name: 'shares', title: 'Opened by', cell: ({ threshold, holders }) => `${threshold} of ${holders.length} holders` },
  { name: 'bytes', title: 'Size', numeric: true, cell: vault => bytes(vault.bytes) },
  { name: 'changed', title: 'Changed', cell: ({ changedMs }) => <Ago time={changedMs} /> },
  { name: 'expires', title: 'Expires', extra: true, cell: ({ expiresMs }) => expiresMs == null ? 'never' : <Ago time={expiresMs} /> },
  { name: 'exposed', title: 'Key', cell: ({ exposed }) => exposed ? <Badge tone='warn' icon='warning' title='It was exported: rotate it'>exported</Badge> : <Badge tone='good'>only shared</Badge> }
]
const HELD: ReadonlyArray<Column<Held>> = [
  { name: 'id', title: 'Vault', cell: ({ id }) => <span class='mono' title={id}>{short(id)}</span> },
  { name: 'index', title: 'Share', cell: ({ index, holders }) => `number ${index} of ${holders}` },
  { name: 'threshold', title: 'Opened by', cell: ({ threshold }) => `${threshold} holders` },
  { name: 'bytes', title: 'Size', numeric: true, cell: held => bytes(held.bytes) },
  { name: 'healthy', title: 'Holders well', numeric: true, cell: ({ healthy, holders }) => `${healthy} of ${holders}` },
  { name: 'state', title: 'State', cell: ({ hasShare, pendingSeq }) => hasShare ? pendingSeq == null ? <Badge tone='good' icon='check'>kept</Badge> : <Badge tone='info'>changing</Badge> : <Badge tone='warn' title='It has no share of this epoch yet'>no share</Badge> }
]

/** Secrets in the care of peers: own ones, and those kept for others. */
export function VaultsPage ({ rest: [id] }: PageProps): JSX.Element {
  return id == null ? <VaultLists /> : <VaultPage id={id} />
}

function VaultLists (): JSX.Element {
  const vaults = useResource('vaults', { load: async options => await api.vaults({}, options), events: ['vault:changed'] })
  const [found, setFound] = useState<readonly Vault[]>([])
  const [searching, setSearching] = useState(false)
  const search = (): void => {
    setSearching(true)
    api.vaults({ search: true }).then(({ own }) => {
      setFound(own)
      toast(own.length === 1 ? 'One secret was found' : `${count(own.length)} secrets were found`)
    }).catch(toastProblem).finally(() => { setSearching(false) })
  }
  return (
    <Page
      title='Secrets'
      actions={(
        <>
          <Button icon='search' busy={searching} onClick={search}>Search holders</Button>
          <Button kind='primary' icon='plus' onClick={askStore}>Store a secret</Button>
        </>
      )}
    >
      <Card title='Your secrets' flush>
        <Loaded of={vaults} what='your secrets'>{({ own }) => <Own vaults={[...own, ...found.filter(({ id }) => own.every(other => other.id !== id))]} />}</Loaded>
      </Card>
      {vaults.data.value != null && <Card title='Kept for others' flush><KeptForOthers held={vaults.data.value.held} holding={vaults.data.value.holding} /></Card>}
    </Page>
  )
}

function Own ({ vaults }: { vaults: readonly Vault[] }): JSX.Element {
  if (vaults.length > 0) return <Table caption='Your secrets' columns={OWN} rows={vaults} rowKey={({ id }) => id} />
  return (
    <EmptyState icon='secrets' title='You have left no secret with peers'>
      <p>A password, a recovery phrase or a file is encrypted, and its key split over peers: some of them together give it back to you, each alone learns nothing.</p>
      <p>Have you stored some from another machine with the same owner key? Choose “Search holders”.</p>
    </EmptyState>
  )
}

function KeptForOthers ({ held, holding }: { held: readonly Held[], holding: boolean }): JSX.Element {
  if (held.length > 0) return <Table caption='Vaults of others of which this node holds a share' columns={HELD} rows={held} rowKey={({ id }) => id} />
  return holding
    ? <EmptyState icon='secrets' title='No share of others is here yet'>When a peer chooses this node as a holder, its share is listed here. What is in it cannot be read here.</EmptyState>
    : <EmptyState icon='secrets' title='This node holds no shares'>Start it with <code>--shards-mib</code> above 0 to let peers leave shares here.</EmptyState>
}
