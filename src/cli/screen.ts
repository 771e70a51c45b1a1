import { oneLine } from './text.ts'
import type { ProgramEvent } from './events.ts'

/** Adds colour, or nothing where there is none. */
export interface Palette {
  bold (text: string): string
  dim (text: string): string
  green (text: string): string
  yellow (text: string): string
  red (text: string): string
}

export function palette (colour: boolean): Palette {
  const paint = (open: number, close: number) => (text: string): string => colour ? `\u001B[${open}m${text}\u001B[${close}m` : text
  return { bold: paint(1, 22), dim: paint(2, 22), green: paint(32, 39), yellow: paint(33, 39), red: paint(31, 39) }
}

/** The line for a person, or none for what only programs want. Of an event that is harmless (`harmlessValue`): others wrote parts of most. */
export function describeEvent (event: ProgramEvent, p: Palette): string | undefined {
  switch (event.event) {
    case 'peer:discovered': return event.loaded ? undefined : p.dim(`found ${shortId(event.peerId)} through ${event.source}`)
    case 'peer:connected': return `${p.green('+')} ${shortId(event.peerId)} connected (${event.direction}, ${event.address.replace(/\/p2p\/[^/]+$/, '')})`
    case 'peer:disconnected': return `${p.yellow('-')} ${shortId(event.peerId)} left (${event.reason}, by ${event.by === 'local' ? 'us' : 'them'})`
    case 'peer:evicted': return p.dim(`let go of ${shortId(event.peerId)}: ${event.why}`)
    case 'peer:checked': return p.dim(`${shortId(event.peerId)} is ${event.verdict === 'gone' ? 'gone' : `still there (${event.verdict})`}`)
    case 'dial:failed': return p.yellow(`cannot reach ${event.address} (${shortReason(event.message)}), next try in ${shortTime(event.retryInMs)}`)
    case 'peer:misbehaviour': return p.yellow(`! ${shortId(event.peerId)} misbehaved: ${event.cause} (${event.offence}, ${event.misbehaviour} points now)`)
    case 'peer:recycled': return p.dim(`${shortId(event.peerId)} is forgiven and connected anew`)
    case 'ban:added': return `${p.red('x')} ${banned(event)} is banned ${event.untilMs == null ? 'for good' : `until ${new Date(event.untilMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`}: ${event.reason}`
    case 'ban:expired': return p.dim(`the ban of ${banned(event)} has ended`)
    case 'ban:lifted': return p.dim(`the ban of ${banned(event)} was lifted`)
    case 'ban:spared': return p.yellow(`${shortId(event.key)} was not banned (${event.why})`)
    case 'outage:start': return p.yellow(event.why === 'clock' ? 'the clock jumped: no peer is blamed for a while' : 'many connections failed at once: no peer is blamed for a while')
    case 'pool:isolated': return p.yellow('alone: no peer is connected')
    case 'pool:recovered': return p.green('no longer alone')
    case 'pool:woke': return p.dim(`was asleep for ${shortTime(event.gapMs)}, dialling again`)
    case 'source:failed': return p.yellow(`looking for peers through ${event.source} failed (${shortReason(event.message)}), next try in ${shortTime(event.retryInMs)}`)
    case 'stopped': return p.dim('stopped')
    case 'api:listening': return `Dashboard and admin API: ${p.green(event.url)} (the token is in ${event.tokenFile})`
    case 'message:refused': return p.yellow(`${shortId(event.peerId)} refused a message (${event.reason})`)
    case 'message:expired': return p.yellow(`a message for ${shortId(event.peerId)} was not delivered in time`)
    case 'handler:failed': return p.yellow(`what takes "${event.of}" failed: ${shortReason(event.message)}`)
    case 'vault:failed': return p.yellow(`vault ${event.vault.slice(0, 8)} could not be changed (${shortReason(event.message)}), it is tried again`)
    case 'holder:lied': return p.red(`! ${shortId(event.peerId)} lied about vault ${event.vault.slice(0, 8)} (${event.kind})`)
    case 'holder:lost': return p.yellow(`${shortId(event.peerId)} is lost as a holder of vault ${event.vault.slice(0, 8)}`)
    // these go to stderr, on the start screen, or only to programs
    case 'standing:change': case 'outage:end': case 'warning': case 'error': case 'ready': break
    case 'message:queued': case 'message:sent': case 'message:delivered': case 'event:unknown': case 'vault:changed': break
  }
  return undefined
}

function banned ({ kind, key }: { kind: string, key: string }): string {
  return kind === 'peer' ? shortId(key) : key
}

/** `12D3KooW…5fGk2pQz` */
export function shortId (peerId: string): string {
  return peerId.length <= 18 ? peerId : `${peerId.slice(0, 8)}…${peerId.slice(-8)}`
}

/** The system's code where there is one, else the beginning of the message. */
export function shortReason (message: string): string {
  const code = /\bE[A-Z]{4,}\b/.exec(message)?.[0]
  const text = oneLine(message)
  return code ?? (text.length > 120 ? `${text.slice(0, 119)}…` : text)
}

/** One figure and a unit: `850 ms`, `4 s`, `3 min`, `2 h`, `5 d`. */
export function shortTime (ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 90_000) return `${Math.round(ms / 1_000)} s`
  if (ms < 5_400_000) return `${Math.round(ms / 60_000)} min`
  return ms < 172_800_000 ? `${Math.round(ms / 3_600_000)} h` : `${Math.round(ms / 86_400_000)} d`
}
