import { useSignal } from '@preact/signals'
import { useEffect, useMemo, useState } from 'preact/hooks'
import { Button, IconButton } from '../../components/button.tsx'
import { Copy } from '../../components/copy.tsx'
import { EventLine } from '../../components/event-line.tsx'
import { TextField } from '../../components/field.tsx'
import { count } from '../../components/format.ts'
import { Card, Page } from '../../components/page.tsx'
import { EmptyState } from '../../components/states.tsx'
import { events } from '../../state/live.ts'
import { setParams } from '../../state/router.ts'
import { GROUP_NAMES, filterEvents } from './event-filter.ts'
import './events.css'
import type { JSX } from 'preact'
import type { LiveEvent } from '../../api/event-stream.ts'
import type { PageProps } from '../index.ts'
import type { Group } from './event-filter.ts'

const STEP = 60

/** Everything that happens, as it happens. */
export function EventsPage ({ params }: PageProps): JSX.Element {
  /** What was there when it was stopped. */
  const paused = useSignal<readonly LiveEvent[] | undefined>(undefined)
  /** The last one that is not shown any more. */
  const cleared = useSignal<LiveEvent | undefined>(undefined)
  const [shown, setShown] = useState(STEP)
  const search = params.get('search') ?? ''
  const without = params.get('without') ?? ''
  const hidden = useMemo(() => new Set(without.split(' ') as Group[]), [without])
  useEffect(() => { setShown(STEP) }, [search, without])

  const all = paused.value ?? events.value
  const kept = all.slice(cleared.value == null ? 0 : all.indexOf(cleared.value) + 1)
  const found = filterEvents(kept, hidden, search)
  const toggle = (group: Group): void => {
    const next = new Set(hidden)
    if (!next.delete(group)) next.add(group)
    setParams({ without: [...next].join(' ').trim() })
  }
  return (
    <Page
      title='Events'
      actions={(
        <>
          {paused.value == null
            ? <Button onClick={() => { paused.value = events.value }}>Pause</Button>
            : <Button kind='primary' onClick={() => { paused.value = undefined }}>Go on</Button>}
          <Button disabled={kept.length === 0} onClick={() => { cleared.value = all.at(-1) }}>Clear</Button>
        </>
      )}
    >
      <Card>
        <div class='stack'>
          <TextField label='Search' type='search' placeholder='An event, a peer, a word …' value={search} onValue={search => { setParams({ search }) }} />
          <fieldset class='events-groups'>
            <legend>Show events of</legend>
            {GROUP_NAMES.map(([group, title]) => (
              <label key={group} class='events-group'>
                <input type='checkbox' checked={!hidden.has(group)} onChange={() => { toggle(group) }} />{title}
              </label>
            ))}
          </fieldset>
        </div>
      </Card>
      <Card title='Latest first' actions={<Told all={kept.length} found={found.length} paused={paused.value} />} flush>
        {found.length === 0
          ? <Nothing kept={kept.length} showAll={() => { setParams({ search: undefined, without: undefined }) }} />
          : (
            <ol class='events-log' aria-label='Events, latest first'>
              {found.slice(0, shown).map(lineOf)}
            </ol>
            )}
        {found.length > shown && <div class='events-more'><Button onClick={() => { setShown(shown + STEP) }}>Show older ones</Button></div>}
      </Card>
    </Page>
  )
}

function Entry ({ event }: { event: LiveEvent }): JSX.Element {
  const [open, setOpen] = useState(false)
  const whole = open ? JSON.stringify(event, undefined, 2) : ''
  return (
    <>
      <div class='events-entry'>
        <EventLine event={event} />
        <IconButton icon='next' label={`Details of ${event.event}`} aria-expanded={open} onClick={() => { setOpen(!open) }} />
      </div>
      {open && <div class='events-details'><pre class='mono' tabIndex={0} aria-label={`All of ${event.event}`}>{whole}</pre><Copy text={whole} what='event' /></div>}
    </>
  )
}

function Told ({ all, found, paused }: { all: number, found: number, paused: readonly LiveEvent[] | undefined }): JSX.Element {
  const last = paused?.at(-1)
  const more = paused == null ? 0 : events.value.length - 1 - (last == null ? -1 : events.value.indexOf(last))
  return (
    <span class='muted'>
      {found === all ? `${count(all)} events` : `${count(found)} of ${count(all)} events`}
      {paused != null && <b> · paused, {count(more)} more since</b>}
    </span>
  )
}

function Nothing ({ kept, showAll }: { kept: number, showAll: () => void }): JSX.Element {
  return kept === 0
    ? <EmptyState icon='events' title='Nothing has happened yet'>When peers come and go, messages arrive or somebody is banned, it is told here at once.</EmptyState>
    : <EmptyState icon='search' title='No event is like that'><Button onClick={showAll}>Show all</Button></EmptyState>
}

const lines = new WeakMap<LiveEvent, JSX.Element>()
let made = 0

/** The same element each time, which need not be compared with itself. Its key: not all events have an id, and another run of the node may give the same. */
function lineOf (event: LiveEvent): JSX.Element {
  const line = lines.get(event) ?? <li key={++made}><Entry event={event} /></li>
  lines.set(event, line)
  return line
}
