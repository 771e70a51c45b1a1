import { api } from '../../api/calls.ts'
import { Ago } from '../../components/ago.tsx'
import { Badge } from '../../components/badge.tsx'
import { Button } from '../../components/button.tsx'
import { confirm } from '../../components/dialog.tsx'
import { bytes, count } from '../../components/format.ts'
import { Card } from '../../components/page.tsx'
import { PeerLink } from '../../components/peer-link.tsx'
import { EmptyState, Loaded } from '../../components/states.tsx'
import { Table } from '../../components/table.tsx'
import { toast } from '../../components/toast.tsx'
import { useResource } from '../../state/resource.ts'
import type { JSX } from 'preact'
import type { Tone } from '../../components/badge.tsx'
import type { Column } from '../../components/table.tsx'
import type { Outbox as OutboxAnswer } from '../../../schemas/message.ts'

type Entry = OutboxAnswer['entries'][number]

const STATES: Record<Entry['state'], { tone: Tone, title: string }> = {
  queued: { tone: 'warn', title: 'On this node\'s disk; sent when the peer is there' },
  sent: { tone: 'info', title: 'On its way, or with a mailbox' },
  delivered: { tone: 'good', title: 'The peer has taken it' },
  expired: { tone: 'neutral', title: 'Given up: its time was over' },
  refused: { tone: 'bad', title: 'The peer does not take it' },
  cancelled: { tone: 'neutral', title: 'Taken back' }
}
const EVENTS = ['message:queued', 'message:sent', 'message:delivered', 'message:expired', 'message:refused']

const COLUMNS: ReadonlyArray<Column<Entry>> = [
  { name: 'peer', title: 'To', cell: ({ peerId }) => <PeerLink id={peerId} /> },
  { name: 'state', title: 'State', cell: ({ state }) => <Badge {...STATES[state]}>{state}</Badge> },
  { name: 'event', title: 'What', cell: ({ event }) => <span class='mono wrap'>{event}</span> },
  { name: 'size', title: 'Size', numeric: true, cell: entry => bytes(entry.bytes) },
  { name: 'attempts', title: 'Attempts', numeric: true, cell: ({ attempts }) => count(attempts) },
  { name: 'sent', title: 'Written', cell: ({ sentMs }) => <Ago time={sentMs} /> },
  { name: 'expires', title: 'Given up', extra: true, cell: ({ expiresMs }) => <Ago time={expiresMs} /> },
  { name: 'cancel', title: 'Actions', cell: entry => <div class='actions'><Button small aria-label={`Cancel the message to ${entry.peerId}`} onClick={() => { askCancel(entry) }}>Cancel</Button></div> }
]

/** What has not arrived yet. */
export function Outbox (): JSX.Element {
  const outbox = useResource('outbox', { load: api.outbox, events: EVENTS })
  return (
    <Card title='Outbox' flush>
      <Loaded of={outbox} what='the outbox'>
        {({ entries, total }) => entries.length === 0
          ? <EmptyState icon='check' title='Everything has arrived'><p>A message stays here until its peer has taken it, also when this node is started again.</p></EmptyState>
          : (
            <>
              <Table caption='Messages under way' columns={COLUMNS} rows={entries} rowKey={({ id }) => id} />
              {total > entries.length && <p class='muted'>{count(total - entries.length)} more wait behind these.</p>}
            </>
            )}
      </Loaded>
    </Card>
  )
}

function askCancel ({ id, peerId, state }: Entry): void {
  confirm({
    title: 'Cancel this message?',
    action: 'Cancel the message',
    danger: true,
    children: <p>It is not sent to <span class='mono wrap'>{peerId}</span> any more.{state === 'sent' && ' It may have arrived already.'}</p>,
    submit: async signal => {
      await api.cancelMessage(id, { signal })
      toast('The message is cancelled')
    }
  })
}
