import { multiaddr } from '@multiformats/multiaddr'
import { addressFacts } from '../util/netgroup.ts'
import type { Config } from '../config/index.ts'
import type { Palette } from './screen.ts'

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

function quoted (text: string): string {
  return /^[\w./:~@%+=-]+$/.test(text) ? text : `'${text.replaceAll('\'', '\'\\\'\'')}'`
}
