import { useState } from 'preact/hooks'
import { api } from '../../api/calls.ts'
import { Ago } from '../../components/ago.tsx'
import { Button } from '../../components/button.tsx'
import { SelectField, TextField } from '../../components/field.tsx'
import { Card, Page } from '../../components/page.tsx'
import { askBan, askUnban } from '../../components/peer-dialogs.tsx'
import { EmptyState, Loaded } from '../../components/states.tsx'
import { Pager, Table } from '../../components/table.tsx'
import { useResource } from '../../state/resource.ts'
import { go, href, setParams } from '../../state/router.ts'
import { BanOrigin } from './ban-origin.tsx'
import { BanPage, Until } from './ban-page.tsx'
import './bans.css'
import type { JSX } from 'preact'
import type { Column } from '../../components/table.tsx'
import type { Ban, BanList } from '../../../schemas/ban.ts'
import type { PageProps } from '../index.ts'

const LIMIT = 100
const KINDS = [['', 'All'], ['peer', 'Peers'], ['ip', 'IP addresses'], ['prefix', 'Prefixes']] as const
const KIND_WORDS: Record<Ban['kind'], string> = { peer: 'peer', ip: 'IP address', prefix: 'prefix' }

const COLUMNS: ReadonlyArray<Column<Ban>> = [
  { name: 'key', title: 'Who', cell: ({ key }) => <a class='mono wrap' href={href(['bans', key])}>{key}</a> },
  { name: 'kind', title: 'Kind', cell: ({ kind }) => <span class='nowrap'>{KIND_WORDS[kind]}</span> },
  { name: 'by', title: 'By', cell: ({ by }) => <BanOrigin by={by} /> },
  { name: 'reason', title: 'Reason', cell: ({ reason }) => reason === '' ? <span class='muted'>none given</span> : <span class='wrap'>{reason}</span> },
  { name: 'since', title: 'Since', extra: true, cell: ({ sinceMs }) => <span class='nowrap'><Ago time={sinceMs} /></span> },
  { name: 'until', title: 'Until', cell: ({ untilMs }) => <Until time={untilMs} /> },
  { name: 'lift', title: 'Actions', numeric: true, cell: ({ key }) => <div class='actions'><Button small aria-label={`Lift the ban of ${key}`} onClick={() => { askUnban(key) }}>Lift</Button></div> }
]

/** Who is refused, until when and why. */
export function BansPage ({ rest: [target], params }: PageProps): JSX.Element {
  return target == null ? <BanListPage params={params} /> : <BanPage target={target} />
}

function BanListPage ({ params }: { params: URLSearchParams }): JSX.Element {
  const bans = useResource('bans', { load: api.bans, events: ['ban:'] })
  return (
    <Page title='Bans' actions={<Button kind='primary' icon='ban' onClick={() => { askBan() }}>Ban</Button>}>
      <Card title='Banned now' flush>
        <Loaded of={bans} what='bans'>{({ bans }) => <BanTable bans={bans} params={params} />}</Loaded>
      </Card>
      <div class='columns'>
        <Card title='Why is somebody refused?'><LookUp /></Card>
        {bans.data.value != null && <Card title='Never banned'><AllowList allow={bans.data.value.allow} /></Card>}
      </div>
    </Page>
  )
}

function BanTable ({ bans, params }: { bans: BanList['bans'], params: URLSearchParams }): JSX.Element {
  if (bans.length === 0) {
    return <EmptyState icon='ban' title='Nobody is banned'><p>Peers that misbehave are banned by themselves. To refuse somebody yourself, choose “Ban”.</p></EmptyState>
  }
  const search = params.get('search') ?? ''
  const kind = params.get('kind') ?? ''
  const offset = Number(params.get('offset') ?? 0)
  const wanted = search.toLowerCase()
  const found = bans.filter(ban => (kind === '' || ban.kind === kind) && [ban.key, ban.reason, ban.host ?? ''].some(text => text.toLowerCase().includes(wanted)))
  return (
    <>
      <div class='filters bans-filters' role='search'>
        <TextField label='Search' type='search' placeholder='Who, or a reason' value={search} onValue={search => { setParams({ search, offset: undefined }) }} />
        <SelectField label='Kind' options={KINDS} value={KINDS.find(([name]) => name === kind)?.[0] ?? ''} onValue={kind => { setParams({ kind, offset: undefined }) }} />
      </div>
      {found.length === 0
        ? <EmptyState icon='search' title='No ban is like that'><Button onClick={() => { setParams({ search: undefined, kind: undefined, offset: undefined }) }}>Show all</Button></EmptyState>
        : <Table caption='Bans in force' columns={COLUMNS} rows={found.slice(offset, offset + LIMIT)} rowKey={({ key }) => key} />}
      {found.length > LIMIT && <Pager what='bans' offset={offset} limit={LIMIT} total={found.length} onMove={offset => { setParams({ offset }) }} />}
    </>
  )
}

function LookUp (): JSX.Element {
  const [target, setTarget] = useState('')
  const lookUp = (event: SubmitEvent): void => {
    event.preventDefault()
    go(href(['bans', target.trim()]))
  }
  return (
    <form class='stack' onSubmit={lookUp}>
      <TextField label='Peer, IP address or prefix' hint='Its bans, what it did, and what was decided about it' required class='mono' value={target} onValue={setTarget} />
      <div class='actions'><Button type='submit' icon='search'>Look up</Button></div>
    </form>
  )
}

function AllowList ({ allow }: { allow: readonly string[] }): JSX.Element {
  if (allow.length === 0) return <p class='muted'>Nobody. Start the node with <code>--allow</code> and a peer, an IP address or a prefix that must never be banned.</p>
  return (
    <>
      <p class='muted'>From the option <code>allow</code>: these cannot be banned.</p>
      <ul class='bans-allowed'>{allow.map(key => <li key={key}><a class='mono wrap' href={href(['bans', key])}>{key}</a></li>)}</ul>
    </>
  )
}
