import { api } from '../../api/calls.ts'
import { Button } from '../../components/button.tsx'
import { SelectField, TextField } from '../../components/field.tsx'
import { count } from '../../components/format.ts'
import { Card, Page } from '../../components/page.tsx'
import { askBan, askDial } from '../../components/peer-dialogs.tsx'
import { EmptyState, Loaded } from '../../components/states.tsx'
import { Pager, Table } from '../../components/table.tsx'
import { useResource } from '../../state/resource.ts'
import { href, setParams } from '../../state/router.ts'
import { PEER_COLUMNS } from './peer-columns.tsx'
import { PeerPage } from './peer-page.tsx'
import './peers.css'
import type { JSX } from 'preact'
import type { Peer, PeerQuery } from '../../../schemas/peer.ts'
import type { Sort } from '../../components/table.tsx'
import type { PageProps } from '../index.ts'

const STATES = [['all', 'All'], ['connected', 'Connected'], ['known', 'Not connected']] as const
const STANDINGS = [['', 'Any'], ['good', 'Good'], ['discouraged', 'Discouraged'], ['refused', 'Refused'], ['banned', 'Banned']] as const
const LIMITS = [['25', '25'], ['50', '50'], ['100', '100'], ['200', '200']] as const
const SORTS = ['peerId', 'score', 'quality', 'rttMs', 'connectedMs'] as const

/** Who is there, and how well each behaves. */
export function PeersPage ({ rest: [id], params }: PageProps): JSX.Element {
  return id == null ? <PeerListPage params={params} /> : <PeerPage key={id} id={id} />
}

type Query = Required<Omit<PeerQuery, 'standing'>> & Pick<PeerQuery, 'standing'>

/** What stands in the address may be anything: only what is a choice counts. */
function queryOf (params: URLSearchParams): Query {
  return {
    search: params.get('search')?.slice(0, 128) ?? '',
    state: STATES.find(([value]) => value === params.get('state'))?.[0] ?? 'all',
    standing: STANDINGS.find(([value]) => value !== '' && value === params.get('standing'))?.[0] as Peer['standing'] | undefined,
    sort: SORTS.find(name => name === params.get('sort')) ?? 'score',
    order: params.get('order') === 'asc' ? 'asc' : 'desc',
    limit: Number(LIMITS.find(([value]) => value === params.get('limit'))?.[0] ?? 50),
    offset: Math.max(0, Math.floor(Number(params.get('offset') ?? 0)) || 0)
  }
}

function PeerListPage ({ params }: { params: URLSearchParams }): JSX.Element {
  const query = queryOf(params)
  const { search, state, standing, sort, order, limit, offset } = query
  const list = JSON.stringify(query)
  const peers = useResource(list, { load: async options => ({ ...await api.peers(query, options), list }), events: ['peer:', 'standing:', 'ban:'], everyMs: 10_000, keep: true })
  const filtered = search !== '' || state !== 'all' || standing != null
  return (
    <Page
      title='Peers'
      actions={<><Button icon='ban' onClick={() => { askBan() }}>Ban</Button><Button kind='primary' icon='plus' onClick={() => { askDial() }}>Dial a peer</Button></>}
    >
      <Card flush>
        <div class='filters peers-filters' role='search' aria-label='Peers'>
          <TextField label='Search' type='search' placeholder='Id, address, role or agent' maxLength={128} value={search} onValue={search => { setParams({ search, offset: undefined }) }} />
          <SelectField label='Show' options={STATES} value={state} onValue={state => { setParams({ state, offset: undefined }) }} />
          <SelectField label='Standing' options={STANDINGS} value={standing ?? ''} onValue={standing => { setParams({ standing, offset: undefined }) }} />
          <SelectField label='A page' options={LIMITS} value={String(limit) as typeof LIMITS[number][0]} onValue={limit => { setParams({ limit, offset: undefined }) }} />
        </div>
        <Loaded of={peers} what='peers' lines={12}>
          {({ peers, total, connected, list }) => (
            <>
              {peers.length === 0
                ? <NoPeers filtered={filtered} beyond={total > 0} />
                : <Table caption={`Peers, ${count(connected)} of them connected`} columns={PEER_COLUMNS} rows={peers} rowKey={({ peerId }) => peerId} sort={{ by: sort, order }} onSort={onSort} list={list} />}
              <Pager what='peers' offset={offset} limit={limit} total={total} onMove={offset => { setParams({ offset }) }} />
            </>
          )}
        </Loaded>
      </Card>
    </Page>
  )
}

function onSort ({ by, order }: Sort): void {
  setParams({ sort: by, order, offset: undefined })
}

function NoPeers ({ filtered, beyond }: { filtered: boolean, beyond: boolean }): JSX.Element {
  if (beyond) return <EmptyState icon='peers' title='The list has become shorter'><Button onClick={() => { setParams({ offset: undefined }) }}>Go to its start</Button></EmptyState>
  if (filtered) return <EmptyState icon='search' title='No peer is like that'><a class='button button-plain' href={href(['peers'])}>Show all</a></EmptyState>
  return (
    <EmptyState icon='peers' title='No peer is known yet'>
      <p>Start the node with <code>--bootstrap</code> and the address of a peer, or dial one that you know.</p>
      <Button kind='primary' icon='plus' onClick={() => { askDial() }}>Dial a peer</Button>
    </EmptyState>
  )
}
