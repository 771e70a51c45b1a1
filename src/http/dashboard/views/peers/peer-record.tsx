import { Ago } from '../../components/ago.tsx'
import { Badge } from '../../components/badge.tsx'
import { count } from '../../components/format.ts'
import { Card } from '../../components/page.tsx'
import { EmptyState } from '../../components/states.tsx'
import { Table } from '../../components/table.tsx'
import type { JSX } from 'preact'
import type { PeerDetail } from '../../../schemas/peer.ts'
import type { Tone } from '../../components/badge.tsx'
import type { Column } from '../../components/table.tsx'

type Connection = PeerDetail['connections'][number]
type Evidence = PeerDetail['evidence'][number]
type Decision = PeerDetail['decisions'][number]

const CONNECTION_COLUMNS: ReadonlyArray<Column<Connection>> = [
  { name: 'address', title: 'Address', cell: ({ address }) => <span class='mono wrap'>{address}</span> },
  { name: 'direction', title: 'Direction', cell: ({ direction, limited }) => <span class='peers-badges'><Badge tone='info'>{direction}</Badge>{limited && <Badge title='A relay passes it on, for a while and so many bytes'>relayed</Badge>}</span> },
  { name: 'opened', title: 'Opened', cell: ({ openedMs }) => <Ago time={openedMs} /> },
  { name: 'security', title: 'Security', extra: true, cell: ({ encryption, muxer }) => <span class='muted'>{[encryption, muxer].filter(name => name != null).join(', ') || '–'}</span> },
  { name: 'streams', title: 'Streams', cell: ({ streams }) => <Streams streams={streams} /> }
]

export function Connections ({ connections }: { connections: readonly Connection[] }): JSX.Element {
  return (
    <Card title='Connections' flush>
      {connections.length === 0
        ? <EmptyState icon='unlink' title='Not connected'>Dial it to connect. The node also comes back by itself to peers that it wants.</EmptyState>
        : <Table caption='Connections' columns={CONNECTION_COLUMNS} rows={connections} rowKey={({ id }) => id} />}
    </Card>
  )
}

function Streams ({ streams }: { streams: Connection['streams'] }): JSX.Element {
  if (streams.length === 0) return <span class='muted'>none</span>
  return (
    <details>
      <summary>{count(streams.length)} open</summary>
      <ul>{streams.map(({ id, protocol, direction }) => <li key={id}><span class='mono wrap'>{protocol}</span> <small class='muted'>{direction}</small></li>)}</ul>
    </details>
  )
}

const OFFENCES: Readonly<Record<string, Tone>> = { minor: 'neutral', moderate: 'warn', severe: 'bad', fatal: 'bad' }

const EVIDENCE_COLUMNS: ReadonlyArray<Column<Evidence>> = [
  { name: 'cause', title: 'What', cell: ({ cause, sample }) => <><span class='wrap'>{cause}</span>{sample != null && <small class='peer-sample mono muted' title='The start of what it sent, hexadecimal'>{sample}</small>}</> },
  { name: 'offence', title: 'Offence', cell: ({ offence }) => <Badge tone={OFFENCES[offence] ?? 'neutral'}>{offence}</Badge> },
  { name: 'time', title: 'When', cell: ({ timeMs }) => <Ago time={timeMs} /> }
]

export function EvidenceList ({ evidence }: { evidence: readonly Evidence[] }): JSX.Element {
  return (
    <Card title='What it did wrong' flush>
      {evidence.length === 0
        ? <EmptyState icon='check' title='Nothing'>Offences are kept here, with the start of what the peer sent.</EmptyState>
        : <Table caption='Offences, latest first' columns={EVIDENCE_COLUMNS} rows={evidence} rowKey={({ timeMs, cause, hash }) => `${timeMs} ${cause} ${hash}`} />}
    </Card>
  )
}

const DECISIONS: Readonly<Record<Decision['decision'], Tone>> = { denied: 'bad', throttled: 'warn', banned: 'bad', spared: 'info', allowed: 'good', released: 'good' }

const DECISION_COLUMNS: ReadonlyArray<Column<Decision>> = [
  { name: 'rule', title: 'Rule', cell: ({ rule }) => <span class='wrap'>{rule}</span> },
  { name: 'decision', title: 'Decision', cell: ({ decision }) => <Badge tone={DECISIONS[decision]}>{decision}</Badge> },
  { name: 'where', title: 'Where', cell: ({ where }) => <span class='muted'>{where}</span> },
  { name: 'time', title: 'When', cell: ({ timeMs }) => <Ago time={timeMs} /> }
]

export function Decisions ({ decisions }: { decisions: readonly Decision[] }): JSX.Element {
  return (
    <Card title='What was decided' flush>
      {decisions.length === 0
        ? <EmptyState icon='info' title='Nothing'>When the peer is let in, slowed down or refused, the rule is told here.</EmptyState>
        : <Table caption='Decisions, latest first' columns={DECISION_COLUMNS} rows={decisions} rowKey={({ timeMs, rule, where }) => `${timeMs} ${rule} ${where}`} />}
    </Card>
  )
}
