import { multiaddr } from '@multiformats/multiaddr'
import { WebSocketsSecure } from '@multiformats/multiaddr-matcher'
import { ROLES } from '../components.ts'
import { AppError, describeError } from '../errors.ts'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Role } from '../components.ts'
import type { AppNodeInit } from './init.ts'

/** `APP_NODE_OPTION_INVALID`; `details.option` and `details.value` say which. */
export class AppNodeOptionError extends AppError {
  constructor (option: string, value: unknown, problem: string, cause?: unknown) {
    super('APP_NODE_OPTION_INVALID', `option ${option}: ${problem}`, { cause, details: { option, value } })
  }
}

/** The options that other options depend on, with their defaults. */
export interface CheckedInit {
  network: string
  roles: Role[]
  listen: string[]
  bootstrap: Multiaddr[]
  peers: Multiaddr[]
  dhtMode: 'auto' | 'server' | 'client' | 'off'
  relayServer: boolean
}

const NETWORK = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/
const DHT_MODES = ['auto', 'server', 'client', 'off'] as const
const KEY_LINES = 3

/** Pure. Throws `AppNodeOptionError` at the first option that cannot be meant. */
export function checkInit (init: AppNodeInit): CheckedInit {
  const { network = 'main', roles = ['full'], listen = [], announce = [], bootstrap = [], peers = [], relay = {}, dht = {} } = init
  if (!NETWORK.test(network)) {
    throw new AppNodeOptionError('network', network, `${JSON.stringify(network)} is not a name: use 1 to 64 letters, digits, ".", "_" or "-"`)
  }
  const strange = roles.find(role => !ROLES.includes(role))
  if (strange != null || roles.length === 0) {
    throw new AppNodeOptionError('roles', roles, `${strange == null ? 'the list is empty' : `${JSON.stringify(strange)} is not a role`}: use ${ROLES.join(', ')}`)
  }
  const dhtMode = dht.mode ?? (dht.lan === true ? 'server' : roles.includes('light') ? 'client' : 'auto')
  if (!DHT_MODES.includes(dhtMode)) {
    throw new AppNodeOptionError('dht.mode', dhtMode, `${JSON.stringify(dhtMode)} is not a mode: use ${DHT_MODES.join(', ')}`)
  }
  parseAll('announce', announce)
  checkListen(init, parseAll('listen', listen))
  checkSecrets(init)
  checkConflicts(init)
  return {
    network,
    roles,
    listen: relay.client === true ? [...listen, '/p2p-circuit'] : listen,
    bootstrap: parseAll('bootstrap', bootstrap),
    peers: parseAll('peers', peers),
    dhtMode,
    relayServer: relay.server ?? roles.includes('relay')
  }
}

function checkListen ({ transports, tls }: AppNodeInit, addresses: Multiaddr[]): void {
  const secure = addresses.find(address => WebSocketsSecure.exactMatch(address))
  // with transports of their own people bring certificates of their own
  if (secure != null && tls == null && transports == null) {
    throw new AppNodeOptionError('listen', secure.toString(), `${secure.toString()} needs a certificate: give tls: { cert, key }, or listen on /ws behind a proxy that has one`)
  }
}

function checkSecrets ({ dataDir, passphrase, privateKey, preSharedKey, quic }: AppNodeInit): void {
  if (passphrase != null && (dataDir == null || privateKey != null)) {
    throw new AppNodeOptionError('passphrase', undefined, `it is for the identity file, and ${dataDir == null ? 'without dataDir' : 'with privateKey'} there is none: leave it out, or ${dataDir == null ? 'give dataDir' : 'leave privateKey out'}`)
  }
  if (preSharedKey != null && !isSwarmKey(preSharedKey)) {
    throw new AppNodeOptionError('preSharedKey', undefined, 'it is not the content of a swarm key file: that has three lines, /key/swarm/psk/1.0.0/, /base16/ and 64 hexadecimal digits')
  }
  if (preSharedKey != null && quic === true) {
    throw new AppNodeOptionError('quic', true, 'a pre-shared key does not protect QUIC connections: leave one of the two out')
  }
}

// what the caller gives for libp2p replaces what these are for
function checkConflicts ({ transports, quic, tls, connectionProtector, preSharedKey }: AppNodeInit): void {
  if (transports != null && (quic === true || tls != null)) {
    throw new AppNodeOptionError(quic === true ? 'quic' : 'tls', quic, 'transports replaces all transports, this one too: leave it out and put it among them')
  }
  if (connectionProtector != null && preSharedKey != null) {
    throw new AppNodeOptionError('preSharedKey', undefined, 'connectionProtector replaces what it is for: leave one of the two out')
  }
}

function isSwarmKey (bytes: Uint8Array): boolean {
  const lines = new TextDecoder().decode(bytes).trimEnd().split(/\r?\n/)
  return lines.length === KEY_LINES && lines[0] === '/key/swarm/psk/1.0.0/' && lines[1] === '/base16/' && /^[0-9a-f]{64}$/i.test(lines[2] ?? '')
}

function parseAll (option: string, addresses: string[]): Multiaddr[] {
  return addresses.map((text, i) => {
    try {
      return multiaddr(text)
    } catch (cause) {
      throw new AppNodeOptionError(`${option}[${i}]`, text, `${JSON.stringify(text)} is not a multiaddr (${describeError(cause)}): write it as in /ip4/192.0.2.1/tcp/4701`, cause)
    }
  })
}
