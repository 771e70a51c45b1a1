import { short } from './format.ts'
import type { NodeEvent } from '../../../app-node/events.ts'
import type { FileProgress } from '../../schemas/message.ts'

export type Tone = 'good' | 'plain' | 'warn' | 'bad'

type Words<E> = (event: E) => string

type Known = NodeEvent
  | { event: 'message:received', text: string, topic?: string, how: string }
  | { event: 'file:progress' } & FileProgress
  | { event: 'settings:changed', changes?: ReadonlyArray<{ name: string, before: string | number | boolean, after: string | number | boolean }> }
  | { event: 'api:listening', url: string }
  | { event: 'gap', missed?: number }

/** What happened, in a few words; who it is about stands beside it. */
const WORDS: { [E in Known['event']]: [Tone, Words<Known & { event: E }>] } = {
  'peer:discovered': ['plain', ({ source, loaded }) => loaded ? 'known from an earlier run' : source === 'inbound' ? 'came by itself' : `found by ${source}`],
  'peer:connected': ['good', ({ direction, address }) => `connected, ${direction}, ${withoutPeer(address)}`],
  'peer:disconnected': ['plain', ({ reason, by }) => `disconnected by ${by === 'local' ? 'this node' : 'the peer'}: ${reason}`],
  'peer:evicted': ['warn', ({ why }) => `made room for a better peer: ${why}`],
  'peer:checked': ['plain', ({ verdict }) => verdict === 'gone' ? 'can no longer be reached' : `can be reached, ${verdict}`],
  'dial:failed': ['warn', ({ address, attempt, retryInMs, message }) => `dial ${attempt} of ${withoutPeer(address)} failed: ${message}; again in ${Math.round(retryInMs / 1_000)} s`],
  'peer:misbehaviour': ['bad', ({ offence, cause, points }) => `${offence} offence, ${points} points: ${cause}`],
  'standing:change': ['warn', ({ before, standing, cause }) => `is ${standing} now, was ${before}${cause == null ? '' : `: ${cause}`}`],
  'peer:recycled': ['plain', () => 'its stream of gossip was opened anew'],
  'ban:added': ['bad', ({ kind, key, by, reason }) => `banned ${kind} ${short(key)} by ${by}${reason === '' ? '' : `: ${reason}`}`],
  'ban:expired': ['plain', ({ kind, key }) => `the ban of ${kind} ${short(key)} is over`],
  'ban:lifted': ['good', ({ kind, key }) => `the ban of ${kind} ${short(key)} was lifted`],
  'ban:spared': ['warn', ({ key, why }) => `${short(key)} would have been banned, but: ${why}`],
  'outage:start': ['bad', ({ why }) => `this node's own network fails, so peers are not blamed: ${why}`],
  'outage:end': ['good', () => 'this node\'s network works again'],
  'pool:isolated': ['bad', () => 'no peer is connected'],
  'pool:recovered': ['good', () => 'peers are connected again'],
  'pool:woke': ['plain', ({ gapMs }) => `the machine slept for ${Math.round(gapMs / 1_000)} s`],
  'source:failed': ['warn', ({ source, message, retryInMs }) => `${source} finds no peers: ${message}; again in ${Math.round(retryInMs / 1_000)} s`],
  'message:queued': ['plain', ({ of }) => `message "${of}" waits for its peer`],
  'message:sent': ['plain', ({ of }) => `message "${of}" is on its way`],
  'message:delivered': ['good', ({ of }) => `message "${of}" was delivered`],
  'message:expired': ['warn', ({ of }) => `message "${of}" was given up: its time was over`],
  'message:refused': ['warn', ({ of, reason }) => `message "${of}" was refused: ${reason}`],
  'message:received': ['good', ({ topic, how }) => topic == null ? `message received, ${how}` : `broadcast received on ${topic}`],
  'handler:failed': ['bad', ({ of, message }) => `a handler of "${of}" failed: ${message}`],
  'event:unknown': ['warn', ({ of, count }) => `nobody here takes "${of}" (${count})`],
  'vault:changed': ['plain', ({ vault, seq }) => `vault ${vault.slice(0, 8)} changed, manifest ${seq}`],
  'vault:failed': ['warn', ({ vault, message }) => `vault ${vault.slice(0, 8)}: ${message}`],
  'holder:lied': ['bad', ({ vault, kind }) => `lied about vault ${vault.slice(0, 8)}: ${kind}`],
  'holder:lost': ['warn', ({ vault, index }) => `holder ${index} of vault ${vault.slice(0, 8)} has been silent for too long`],
  'file:progress': ['plain', ({ name, direction, state, error }) => `file ${name} ${direction}: ${state}${error == null ? '' : `, ${error}`}`],
  'settings:changed': ['plain', ({ changes = [] }) => changes.map(({ name, before, after }) => `${name} is ${after} now, was ${before}`).join(', ')],
  'api:listening': ['plain', ({ url }) => `the admin API listens on ${url}`],
  'gap': ['warn', ({ missed }) => missed == null ? 'some events were missed' : `${missed} events were missed`]
}

/** Also of an event that a later node has and this page does not know. */
export function describeEvent (event: { event: string }): { tone: Tone, words: string } {
  const known = Object.hasOwn(WORDS, event.event) ? WORDS[event.event as Known['event']] : undefined
  if (known == null) return { tone: 'plain', words: '' }
  const [tone, words] = known as [Tone, Words<{ event: string }>]
  return { tone, words: words(event) }
}

/** Who it is about stands beside it. */
function withoutPeer (address: string): string {
  return address.replace(/\/p2p\/[^/]+$/, '')
}
