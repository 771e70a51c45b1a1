import { MAIN_NETWORK, networkId } from '../../util/network-id.ts'
import type { Protocol, Protocols } from '../protocols/index.ts'

/** The same components, but for the ids that `protocols` uses. */
export function networkComponents<C extends { protocols: Protocols }> (components: C, network: string): C {
  if (network === MAIN_NETWORK) return components
  let named: Protocols | undefined
  // made later than this, and asked for by libp2p's own means
  return Object.create(components, { protocols: { get: () => named ??= networkProtocols(components.protocols, network) } }) as C
}

/** Protocols as they are called in a network. */
export function networkProtocols (protocols: Protocols, network: string): Protocols {
  const named = new WeakMap<object, object>()
  const inNetwork = <P extends Pick<Protocol, 'ids'>>(protocol: P): P => {
    const known = named.get(protocol) as P | undefined
    if (known != null) return known
    const [first, ...older] = protocol.ids
    const made: P = { ...protocol, ids: [networkId(network, first), ...older.map(id => networkId(network, id))] }
    named.set(protocol, made)
    return made
  }
  return {
    handle: async (protocol, handler) => { await protocols.handle(inNetwork(protocol), handler) },
    unhandle: async protocol => { await protocols.unhandle(typeof protocol === 'string' ? networkId(network, protocol) : inNetwork<Protocol>(protocol)) },
    request: async (target, protocol, message, options) => protocols.request(target, inNetwork(protocol), message, options),
    notify: async (target, protocol, message, options) => { await protocols.notify(target, inNetwork(protocol), message, options) },
    stream: (target, protocol, message, options) => protocols.stream(target, inNetwork(protocol), message, options),
    duplex: async (target, protocol, options) => protocols.duplex(target, inNetwork(protocol), options),
    guard: async (id, handler, options) => { await protocols.guard(networkId(network, id), handler, options) },
    snapshot: () => protocols.snapshot()
  }
}
