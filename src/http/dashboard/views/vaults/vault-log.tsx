import { useState } from 'preact/hooks'
import { api } from '../../api/calls.ts'
import { Ago } from '../../components/ago.tsx'
import { Badge } from '../../components/badge.tsx'
import { short } from '../../components/format.ts'
import { PeerLink } from '../../components/peer-link.tsx'
import { EmptyState, Loaded } from '../../components/states.tsx'
import { Pager, Table } from '../../components/table.tsx'
import { useResource } from '../../state/resource.ts'
import type { JSX } from 'preact'
import type { Column } from '../../components/table.tsx'
import type { VaultLog as VaultLogAnswer } from '../../../schemas/shards.ts'

type Entry = VaultLogAnswer['entries'][number]

const LIMIT = 25
const ASK_EVERY_MS = 600_000
const COLUMNS: ReadonlyArray<Column<Entry>> = [
  { name: 'time', title: 'When', cell: ({ timeMs }) => <Ago time={timeMs} /> },
  { name: 'what', title: 'What was asked', cell: ({ what }) => what },
  { name: 'decision', title: 'Answer', cell: ({ decision }) => <Badge tone={decision === 'granted' ? 'good' : 'warn'}>{decision}</Badge> },
  { name: 'holder', title: 'By the holder', cell: ({ holder }) => <PeerLink id={holder} /> },
  { name: 'from', title: 'Asked from', cell: ({ from }) => <PeerLink id={from} /> },
  { name: 'signer', title: 'Signed by key', extra: true, cell: ({ signer }) => <span class='mono' title={signer}>{short(signer)}</span> }
]

/** Who asked the holders for what, and what they did, as they wrote it down. */
export function VaultLog ({ id }: { id: string }): JSX.Element {
  const log = useResource(id, { load: async options => await api.vaultLog(id, options), everyMs: ASK_EVERY_MS })
  return (
    <Loaded of={log} what='what the holders wrote down'>
      {({ entries }) => entries.length === 0
        ? <EmptyState title='They wrote down nothing'>Openings, audits and changes are written down by each holder.</EmptyState>
        : <Pages entries={[...entries].sort((a, b) => b.timeMs - a.timeMs)} />}
    </Loaded>
  )
}

function Pages ({ entries }: { entries: readonly Entry[] }): JSX.Element {
  const [offset, setOffset] = useState(0)
  return (
    <>
      <Table caption='What holders wrote down, latest first' columns={COLUMNS} rows={entries.slice(offset, offset + LIMIT)} rowKey={({ holder, seq, timeMs, what }) => `${holder} ${seq} ${timeMs} ${what}`} />
      {entries.length > LIMIT && <Pager what='entries' offset={offset} limit={LIMIT} total={entries.length} onMove={setOffset} />}
    </>
  )
}
