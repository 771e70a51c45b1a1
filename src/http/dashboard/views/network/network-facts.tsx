import { Ago } from '../../components/ago.tsx'
import { Badge } from '../../components/badge.tsx'
import { ButtonLink } from '../../components/button.tsx'
import { count } from '../../components/format.ts'
import { Card, Facts } from '../../components/page.tsx'
import { EmptyState } from '../../components/states.tsx'
import { Table } from '../../components/table.tsx'
import { href } from '../../state/router.ts'
import type { JSX } from 'preact'
import type { NetworkInfo } from '../../../schemas/network.ts'
import type { Column } from '../../components/table.tsx'

export function NetworkFacts ({ info: { network, health, known, active, wanted, lastDiscoveryMs, dht } }: { info: NetworkInfo }): JSX.Element {
  return (
    <Card title='In numbers'>
      <Facts of={[
        ['Network', network],
        ['Health', [health.state, ...health.reasons].join(': ')],
        ['Connected', count(active)],
        ['More wanted', wanted === 0 ? 'none' : count(wanted)],
        ['Known', count(known)],
        ['Last found one', lastDiscoveryMs == null ? 'never' : <Ago key='last' time={lastDiscoveryMs} />],
        ['DHT', dht == null ? 'off' : `${dht.mode}, ${count(dht.peers)} peers in its table`]
      ]} />
    </Card>
  )
}

type Topic = NetworkInfo['topics'][number]

const TOPIC_COLUMNS: ReadonlyArray<Column<Topic>> = [
  { name: 'topic', title: 'Topic', cell: ({ topic }) => <span class='mono wrap'>{topic}</span> },
  { name: 'peers', title: 'Peers', numeric: true, cell: ({ peers }) => count(peers) },
  { name: 'subscribed', title: 'This node', cell: ({ subscribed }) => subscribed ? <Badge tone='good'>listens</Badge> : <Badge>does not listen</Badge> }
]

export function Topics ({ topics }: Pick<NetworkInfo, 'topics'>): JSX.Element {
  return (
    <Card title='Topics' flush>
      {topics.length === 0
        ? <EmptyState icon='messages' title='No topic'><p>Broadcasts are by topics. Listen to one to take part.</p><ButtonLink href={href(['messages'])}>Messages</ButtonLink></EmptyState>
        : <Table caption='Topics' columns={TOPIC_COLUMNS} rows={topics} rowKey={({ topic }) => topic} />}
    </Card>
  )
}

type Source = NetworkInfo['sources'][number]

const SOURCE_COLUMNS: ReadonlyArray<Column<Source>> = [
  { name: 'name', title: 'Source', cell: ({ name }) => <b>{name}</b> },
  { name: 'found', title: 'Peers found', numeric: true, cell: ({ found }) => count(found) },
  { name: 'last', title: 'Last', cell: ({ found, lastFoundMs }) => lastFoundMs == null ? <span class='muted'>{found > 0 ? '–' : 'never'}</span> : <Ago time={lastFoundMs} /> },
  { name: 'state', title: 'State', cell: ({ failure }) => failure == null ? <Badge tone='good' icon='check'>works</Badge> : <><Badge tone='warn' icon='warning'>fails</Badge> <span class='wrap'>{failure}</span></> }
]

export function Sources ({ sources }: Pick<NetworkInfo, 'sources'>): JSX.Element {
  return (
    <Card title='Where peers come from' flush>
      {sources.length === 0
        ? <EmptyState icon='network' title='Nothing looks for peers'>Start the node with <code>--bootstrap</code>, or with mDNS for peers in the local network.</EmptyState>
        : <Table caption='Sources of peers' columns={SOURCE_COLUMNS} rows={sources} rowKey={({ name }) => name} />}
    </Card>
  )
}
