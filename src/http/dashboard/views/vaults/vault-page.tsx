import { useState } from 'preact/hooks'
import { api } from '../../api/calls.ts'
import { Ago } from '../../components/ago.tsx'
import { Badge } from '../../components/badge.tsx'
import { Button, ButtonLink } from '../../components/button.tsx'
import { Copy } from '../../components/copy.tsx'
import { bytes, latency, short } from '../../components/format.ts'
import { Card, Facts, Page } from '../../components/page.tsx'
import { PeerLink } from '../../components/peer-link.tsx'
import { EmptyState, Loaded } from '../../components/states.tsx'
import { Table } from '../../components/table.tsx'
import { useResource } from '../../state/resource.ts'
import { href } from '../../state/router.ts'
import { SecretCard } from './secret-card.tsx'
import { VaultCare } from './vault-care.tsx'
import { VaultLog } from './vault-log.tsx'
import type { JSX } from 'preact'
import type { Tone } from '../../components/badge.tsx'
import type { IconName } from '../../components/icon.tsx'
import type { Column } from '../../components/table.tsx'
import type { VaultStatus } from '../../../schemas/shards.ts'

type Holder = VaultStatus['holders'][number]

/** To ask costs every holder a little. */
const ASK_EVERY_MS = 120_000

const HEALTH: Record<Holder['health'], { tone: Tone, icon: IconName, title: string }> = {
  healthy: { tone: 'good', icon: 'check', title: 'It has a share that fits' },
  unknown: { tone: 'neutral', icon: 'info', title: 'It has not been asked yet' },
  inert: { tone: 'warn', icon: 'warning', title: 'It is there, without a share of this epoch' },
  silent: { tone: 'warn', icon: 'unlink', title: 'It does not answer' },
  lying: { tone: 'bad', icon: 'warning', title: 'What it said is provably false' }
}

const HOLDERS: ReadonlyArray<Column<Holder>> = [
  { name: 'index', title: 'Holder', cell: ({ index, peerId }) => <>{index}. <PeerLink id={peerId} /></> },
  { name: 'health', title: 'State', cell: ({ health }) => <Badge {...HEALTH[health]}>{health}</Badge> },
  { name: 'latency', title: 'Answered in', numeric: true, cell: ({ latencyMs }) => latencyMs == null ? '–' : latency(latencyMs) },
  { name: 'reason', title: 'Why', cell: ({ reason }) => <span class='wrap muted'>{reason ?? '–'}</span> }
]
const WELL_HOLDERS = HOLDERS.filter(({ name }) => name !== 'reason')

const ID = /^[0-9a-f]{64}$/

/** One secret: how its holders are, what it says, what can be done with it. */
export function VaultPage ({ id }: { id: string }): JSX.Element {
  if (ID.test(id)) return <KnownVaultPage id={id} />
  return <Page title='No such secret'><EmptyState icon='secrets' title='The id of a secret is 64 hexadecimal digits'><ButtonLink href={href(['secrets'])} icon='back'>All secrets</ButtonLink></EmptyState></Page>
}

function KnownVaultPage ({ id }: { id: string }): JSX.Element {
  const status = useResource(id, { load: async options => await api.vault(id, options), events: ['vault:changed', 'holder:'], everyMs: ASK_EVERY_MS })
  const [logged, showLog] = useState(false)
  const vault = status.data.value
  const title = vault == null || vault.label === '' ? `Secret ${short(id)}` : vault.label
  return (
    <Page title={title} actions={<ButtonLink href={href(['secrets'])} icon='back'>All secrets</ButtonLink>}>
      <div class='columns'>
        <div class='stack'>
          <SecretCard id={id} />
          <Card title='How it is' actions={<Button small icon='reload' busy={status.loading.value} onClick={status.reload}>Ask again</Button>}>
            <Loaded of={status} what='its holders'>{vault => <State vault={vault} />}</Loaded>
          </Card>
        </div>
        {vault != null && <Card title='Holders' flush><Table caption='Holders' columns={vault.holders.every(({ reason }) => reason == null) ? WELL_HOLDERS : HOLDERS} rows={vault.holders} rowKey={({ index }) => String(index)} /></Card>}
      </div>
      {vault != null && <VaultCare vault={vault} onStatus={next => { status.data.value = next }} onChanged={status.reload} />}
      {vault != null && (
        <Card title='What holders wrote down' flush>
          {logged ? <VaultLog id={id} /> : <div class='vaults-more'><Button onClick={() => { showLog(true) }}>Ask them</Button></div>}
        </Card>
      )}
    </Page>
  )
}

function State ({ vault }: { vault: VaultStatus }): JSX.Element {
  const { id, healthy, threshold, holders, openable, epoch, seq, version, exposed, changedMs, expiresMs } = vault
  const spare = healthy - threshold
  return (
    <Facts of={[
      ['Now', openable
        ? <Badge tone={spare > 0 ? 'good' : 'warn'} icon={spare > 0 ? 'check' : 'warning'}>{spare > 0 ? 'can be opened' : 'can just be opened'}</Badge>
        : <Badge tone='bad' icon='warning'>cannot be opened</Badge>],
      ['Holders', `${healthy} of ${holders.length} are well, ${threshold} open it`],
      ['Size', `${bytes(vault.bytes)}, encrypted`],
      ['Changed', <Ago time={changedMs} />],
      ['Expires', expiresMs == null ? 'never' : <Ago time={expiresMs} />],
      ['Shares', `dealt ${epoch === 1 ? 'once' : `${epoch} times`}; manifest ${seq}, version ${version}`],
      ['Key', exposed ? <><Badge tone='warn' icon='warning'>exported</Badge> rotate it, if it may have got into wrong hands</> : undefined],
      ['Id', <><span class='mono wrap'>{id}</span><Copy text={id} what='id of the secret' /></>]
    ]} />
  )
}
