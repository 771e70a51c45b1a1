import type { LiveEvent } from '../../api/event-stream.ts'

/** What events are about, by the beginnings of their names. */
const GROUPS = {
  peers: ['peer:', 'dial:', 'standing:'],
  bans: ['ban:'],
  network: ['pool:', 'source:', 'outage:'],
  messages: ['message:', 'handler:', 'event:', 'file:'],
  secrets: ['vault:', 'holder:']
} as const

export type Group = keyof typeof GROUPS | 'other'

export const GROUP_NAMES: ReadonlyArray<readonly [Group, string]> = [
  ['peers', 'Peers'], ['bans', 'Bans'], ['network', 'Network'], ['messages', 'Messages'], ['secrets', 'Secrets'], ['other', 'Other']
]

const texts = new WeakMap<LiveEvent, string>()

export function groupOf (name: string): Group {
  const known = Object.entries(GROUPS).find(([, starts]) => starts.some(start => name.startsWith(start)))
  return known == null ? 'other' : known[0] as Group
}

/** Latest first: those of the groups that have all words of the search somewhere. */
export function filterEvents (events: readonly LiveEvent[], hidden: ReadonlySet<Group>, search: string): LiveEvent[] {
  const words = search.toLowerCase().split(/\s+/).filter(word => word !== '')
  return events.filter(event => !hidden.has(groupOf(event.event)) && words.every(word => textOf(event).includes(word))).toReversed()
}

function textOf (event: LiveEvent): string {
  const known = texts.get(event)
  if (known != null) return known
  const text = JSON.stringify(event).toLowerCase()
  texts.set(event, text)
  return text
}
