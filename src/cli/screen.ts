import { multiaddr } from '@multiformats/multiaddr'
import { addressFacts } from '../util/netgroup.ts'
import { oneLine } from './failure.ts'
import type { Config } from '../config/index.ts'
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

/** What people see first: who, where, with what, and how the next one joins. */
export function startScreen (facts: { config: Config, peerId: string, addresses: readonly string[], version: string, newIdentity: string | undefined, readyMs: number }, p: Palette): string {
  const { config, peerId, addresses, version, newIdentity, readyMs } = facts
  const row = (name: string, text: string): string => `${p.dim(name.padEnd(15))}${text}`
  const listening = addresses.length === 0 ? ['nowhere: this node only dials'] : addresses
  const lines = [
    `${p.bold('Peerkeep')} ${version}, network ${config.network}, ready in ${Math.round(readyMs)} ms`,
    '',
    row('I am', p.bold(peerId)),
    ...(newIdentity == null ? [] : [row('', `a new identity, written to ${newIdentity}: keep it, and keep it secret`)]),
    ...listening.map((text, i) => row(i === 0 ? 'I listen on' : '', text)),
    row('My data is in', config.dataDir)
  ]
  const best = bestAddress(addresses)
  if (best != null) lines.push('', 'The next node joins with', '', `  ${p.green(joinCommand(config, best))}`)
  return [...lines, '', p.dim('Ctrl-C stops it'), ''].join('\n')
}

const REACH = { public: 3, private: 2, loopback: 1, none: 0 } as const

/** The address that most others can dial: a public one before a local one, plain TCP before the rest. */
export function bestAddress (addresses: readonly string[]): string | undefined {
  const rank = (text: string): number => {
    const { scope, relayed } = addressFacts(multiaddr(text))
    return REACH[scope] * 4 + (relayed ? 0 : 2) + (/\/tcp\/\d+(\/p2p\/|$)/.test(text) ? 1 : 0) + (text.startsWith('/ip6') ? -0.5 : 0)
  }
  return addresses.toSorted((a, b) => rank(b) - rank(a))[0]
}

/** A command to paste, here or on another machine. */
export function joinCommand (config: Config, address: string): string {
  const flags = [
    '--data-dir', quoted(`${config.dataDir}-2`),
    ...(config.network === 'main' ? [] : ['--network', config.network]),
    ...(config.profile === 'default' ? [] : ['--profile', config.profile]),
    ...(config.pskFile == null ? [] : ['--psk-file', quoted(config.pskFile)]),
    '--bootstrap', address
  ]
  return `npm start -- ${flags.join(' ')}`
}

/** The line for a person, or none for what only programs want. */
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
    case 'ban:added': return `${p.red('x')} ${banned(event)} is banned ${event.untilMs == null ? 'for good' : `until ${new Date(event.untilMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`}: ${oneLine(event.reason)}`
    case 'ban:expired': return p.dim(`the ban of ${banned(event)} has ended`)
    case 'ban:lifted': return p.dim(`the ban of ${banned(event)} was lifted`)
    case 'ban:spared': return p.yellow(`${shortId(event.key)} was not banned (${event.why})`)
    case 'outage:start': return p.yellow(event.why === 'clock' ? 'the clock jumped: no peer is blamed for a while' : 'many connections failed at once: no peer is blamed for a while')
    case 'pool:isolated': return p.yellow('alone: no peer is connected')
    case 'pool:recovered': return p.green('no longer alone')
    case 'pool:woke': return p.dim(`was asleep for ${shortTime(event.gapMs)}, dialling again`)
    case 'source:failed': return p.yellow(`looking for peers through ${event.source} failed (${shortReason(event.message)}), next try in ${shortTime(event.retryInMs)}`)
    case 'stopped': return p.dim('stopped')
    // these go to stderr, on the start screen, or only to programs
    case 'standing:change': case 'outage:end': case 'warning': case 'error': case 'ready': break
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

/** One figure and a unit: `850 ms`, `4 s`, `3 min`, `2 h`. */
export function shortTime (ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 90_000) return `${Math.round(ms / 1_000)} s`
  return ms < 5_400_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 3_600_000)} h`
}

function quoted (text: string): string {
  return /^[\w./:~@%+=-]+$/.test(text) ? text : `'${text.replaceAll('\'', '\'\\\'\'')}'`
}
