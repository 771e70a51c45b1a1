import { Ago } from '../../components/ago.tsx'
import { Badge, StandingBadge } from '../../components/badge.tsx'
import { IconButton } from '../../components/button.tsx'
import { latency, short } from '../../components/format.ts'
import { askBan, askDial, askDisconnect, askUnban } from '../../components/peer-dialogs.tsx'
import { PeerLink } from '../../components/peer-link.tsx'
import { ScoreFigure } from './peer-score.tsx'
import type { JSX } from 'preact'
import type { Peer } from '../../../schemas/peer.ts'
import type { Column } from '../../components/table.tsx'

const none = <span class='muted'>–</span>

/** Of the list of peers. */
export const PEER_COLUMNS: ReadonlyArray<Column<Peer>> = [
  { name: 'peerId', width: 'minmax(146px, 2fr)', title: 'Peer', sortable: true, cell: ({ peerId, agent }) => <div class='peers-name'><PeerLink id={peerId} />{agent != null && <small class='muted' title={agent}>{agent}</small>}</div> },
  { name: 'standing', width: 'minmax(128px, 1fr)', title: 'Standing', cell: ({ standing }) => <StandingBadge standing={standing} /> },
  { name: 'score', width: 'minmax(116px, 1fr)', title: 'Score', sortable: true, numeric: true, cell: ({ score }) => <ScoreFigure score={score} /> },
  { name: 'quality', width: 'minmax(72px, 0.7fr)', title: 'Quality', sortable: true, numeric: true, cell: ({ quality }) => Math.round(quality) },
  { name: 'rttMs', width: 'minmax(82px, 0.8fr)', title: 'Latency', sortable: true, numeric: true, cell: ({ rttMs }) => rttMs == null ? none : latency(rttMs) },
  { name: 'link', width: 'minmax(84px, 1fr)', title: 'Link', cell: peer => <PeerLinkBadges peer={peer} /> },
  { name: 'roles', width: 'minmax(80px, 1fr)', title: 'Roles', extra: true, cell: ({ roles }) => roles.length === 0 ? none : roles.join(', ') },
  { name: 'connectedMs', width: 'minmax(110px, 1fr)', title: 'Connected', sortable: true, extra: true, cell: ({ connectedMs }) => connectedMs == null ? none : <Ago time={connectedMs} /> },
  { name: 'actions', width: '98px', title: 'Actions', numeric: true, cell: peer => <PeerActions peer={peer} /> }
]

/** How a peer is connected. */
export function PeerLinkBadges ({ peer: { connected, direction, relayed, explicit } }: { peer: Peer }): JSX.Element {
  return (
    <span class='peers-badges'>
      {connected ? <Badge tone='info' icon={direction === 'inbound' ? 'down' : 'up'}>{direction === 'inbound' ? 'in' : 'out'}</Badge> : <Badge title='Not connected now'>known</Badge>}
      {relayed === true && <Badge title='Through a relay'>relayed</Badge>}
      {explicit && <Badge title='Wanted for ever: never given up for another'>kept</Badge>}
    </span>
  )
}

function PeerActions ({ peer: { peerId, connected, banned } }: { peer: Peer }): JSX.Element {
  const name = short(peerId)
  return (
    <div class='actions'>
      {connected
        ? <IconButton icon='unlink' label={`Disconnect ${name}`} onClick={() => { askDisconnect(peerId) }} />
        : <IconButton icon='plus' label={`Dial ${name}`} disabled={banned} onClick={() => { askDial(peerId) }} />}
      {banned
        ? <IconButton icon='check' label={`Lift the ban of ${name}`} onClick={() => { askUnban(peerId) }} />
        : <IconButton icon='ban' label={`Ban ${name}`} onClick={() => { askBan(peerId) }} />}
    </div>
  )
}
