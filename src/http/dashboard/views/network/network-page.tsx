import { useState } from 'preact/hooks'
import { api } from '../../api/calls.ts'
import { Badge, StandingBadge } from '../../components/badge.tsx'
import { Button, ButtonLink } from '../../components/button.tsx'
import { count, latency, short } from '../../components/format.ts'
import { Icon } from '../../components/icon.tsx'
import { Card, Facts, Page } from '../../components/page.tsx'
import { askBan, askDial, askDisconnect } from '../../components/peer-dialogs.tsx'
import { PeerLink } from '../../components/peer-link.tsx'
import { EmptyState, Loaded } from '../../components/states.tsx'
import { Table } from '../../components/table.tsx'
import { useResource } from '../../state/resource.ts'
import { href } from '../../state/router.ts'
import { NetworkGraph } from './network-graph.tsx'
import { Legend } from './network-legend.tsx'
import { NetworkFacts, Sources, Topics } from './network-facts.tsx'
import { ScoreFigure } from '../peers/peer-score.tsx'
import './network.css'
import type { JSX } from 'preact'
import type { GraphPeer, NetworkInfo } from '../../../schemas/network.ts'
import type { Column } from '../../components/table.tsx'

/** Who is connected, how far away, and where peers come from. */
export function NetworkPage (): JSX.Element {
  const network = useResource('network', { load: api.network, events: ['peer:connected', 'peer:disconnected', 'standing:', 'ban:', 'pool:', 'outage:'], everyMs: 5_000 })
  return (
    <Page title='Network' actions={<Button kind='primary' icon='plus' onClick={() => { askDial() }}>Dial a peer</Button>}>
      <Loaded of={network} what='the network' lines={12}>
        {info => (
          <>
            {info.outage && (
              <div class='note note-warn' role='status'>
                <Icon name='warning' />
                <p>The network of this machine seems to fail: many peers were lost at once.<small>Nobody is blamed meanwhile. See whether this machine is online.</small></p>
              </div>
            )}
            <GraphCard topology={info.topology} />
            <div class='columns'>
              <NetworkFacts info={info} />
              <Topics topics={info.topics} />
            </div>
            <Sources sources={info.sources} />
          </>
        )}
      </Loaded>
    </Page>
  )
}

function GraphCard ({ topology: { peers } }: Pick<NetworkInfo, 'topology'>): JSX.Element {
  const [selected, select] = useState<string>()
  const chosen = peers.find(({ peerId }) => peerId === selected)
  if (peers.length === 0) {
    return (
      <Card>
        <EmptyState icon='network' title='No peer is connected'>
          <p>The node goes on looking. Dial an address that you know, or start the node with <code>--bootstrap</code>.</p>
          <Button icon='plus' onClick={() => { askDial() }}>Dial a peer</Button>
        </EmptyState>
      </Card>
    )
  }
  return (
    <section class='card card-flush network-card' aria-label='Graph'>
      <div class='network-main'>
        <NetworkGraph peers={peers} selected={selected} onSelect={select} />
        <div class='network-side'>{chosen == null ? <Legend /> : <Chosen peer={chosen} close={() => { select(undefined) }} />}</div>
      </div>
      <TableOf peers={peers} />
    </section>
  )
}

function Chosen ({ peer: { peerId, standing, score, rttMs, direction, roles, relay }, close }: { peer: GraphPeer, close: () => void }): JSX.Element {
  return (
    <div class='stack'>
      <div class='network-chosen'><h2 class='mono' title={peerId}>{short(peerId)}</h2><Button small kind='quiet' onClick={close}>Legend</Button></div>
      <Facts of={[
        ['Standing', <StandingBadge key='standing' standing={standing} />],
        ['Score', <ScoreFigure key='score' score={score} />],
        ['Latency', rttMs == null ? 'not measured' : latency(rttMs)],
        ['Direction', direction],
        ['Roles', roles.join(', ') || 'not told'],
        ['Through', relay == null ? null : <PeerLink key='relay' id={relay} />]
      ]} />
      <div class='actions'>
        <ButtonLink kind='primary' href={href(['peers', peerId])}>Open</ButtonLink>
        <Button icon='unlink' onClick={() => { askDisconnect(peerId) }}>Disconnect</Button>
        <Button kind='danger' icon='ban' onClick={() => { askBan(peerId) }}>Ban</Button>
      </div>
    </div>
  )
}

const COLUMNS: ReadonlyArray<Column<GraphPeer>> = [
  { name: 'peerId', width: 'minmax(146px, 1.5fr)', title: 'Peer', cell: ({ peerId }) => <PeerLink id={peerId} /> },
  { name: 'standing', width: 'minmax(128px, 1fr)', title: 'Standing', cell: ({ standing }) => <StandingBadge standing={standing} /> },
  { name: 'score', width: 'minmax(116px, 1fr)', title: 'Score', numeric: true, cell: ({ score }) => <ScoreFigure score={score} /> },
  { name: 'latency', width: 'minmax(80px, 0.8fr)', title: 'Latency', numeric: true, cell: ({ rttMs }) => rttMs == null ? '–' : latency(rttMs) },
  { name: 'direction', width: 'minmax(96px, 1fr)', title: 'Direction', cell: ({ direction }) => <Badge tone='info'>{direction}</Badge> },
  { name: 'roles', width: 'minmax(80px, 1fr)', title: 'Roles', cell: ({ roles }) => roles.join(', ') || '–' },
  { name: 'relay', width: 'minmax(80px, 1fr)', title: 'Through', cell: ({ relay }) => relay == null ? 'directly' : <PeerLink id={relay} /> }
]

/** What the graph shows, in words; made when it is asked for. */
function TableOf ({ peers }: { peers: readonly GraphPeer[] }): JSX.Element {
  const [open, setOpen] = useState(false)
  return (
    <details class='network-table' onToggle={event => { setOpen(event.currentTarget.open) }}>
      <summary>The {count(peers.length)} peers as a table</summary>
      {open && <Table caption='Connected peers' columns={COLUMNS} rows={peers} rowKey={({ peerId }) => peerId} />}
    </details>
  )
}
