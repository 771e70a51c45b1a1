import { describeEvent } from './event-words.ts'
import { clock, moment } from './format.ts'
import { Icon } from './icon.tsx'
import { PeerLink } from './peer-link.tsx'
import type { JSX } from 'preact'
import type { LiveEvent } from '../api/event-stream.ts'
import type { IconName } from './icon.tsx'

// By what stands before the colon of its name.
const ICONS: Readonly<Record<string, IconName>> = {
  peer: 'peers', standing: 'peers', ban: 'ban', dial: 'unlink', pool: 'network', outage: 'unlink', source: 'network', message: 'messages',
  handler: 'messages', event: 'messages', file: 'messages', vault: 'secrets', holder: 'secrets', settings: 'settings', api: 'settings'
}

/** One event in a line: when, what, who. */
export function EventLine ({ event }: { event: LiveEvent }): JSX.Element {
  const { tone, words } = describeEvent(event)
  const [kind = ''] = event.event.split(':')
  return (
    <div class={`event-line event-line-${tone}`}>
      <time dateTime={event.time} title={moment(event.time)}>{clock(event.time)}</time>
      <Icon name={ICONS[kind] ?? 'dot'} />
      <p><b>{event.event}</b> {typeof event.peerId === 'string' && <><PeerLink id={event.peerId} />{' '}</>}<span class='muted'>{words}</span></p>
    </div>
  )
}
