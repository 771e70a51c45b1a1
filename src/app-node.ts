import { generateKeyPair } from '@libp2p/crypto/keys'
import { createLibp2p } from 'libp2p'
import { libp2pOptions } from './app-node/libp2p-options.ts'
import { bindStorage } from './app-node/lifecycle.ts'
import { closeOpened, openFor } from './app-node/opened.ts'
import { ownerKeyOf } from './app-node/owner-key.ts'
import { gatherOwnProtocols } from './app-node/own-protocols.ts'
import { pacePings } from './app-node/paced-pings.ts'
import { cachePeers } from './app-node/peer-store-cache.ts'
import { limitPeerStore } from './app-node/peer-store-limit.ts'
import { servicesOf } from './app-node/services.ts'
import { mdnsInit, sourcesOf } from './app-node/sources.ts'
import { createDns } from './platform/dns.ts'
import { loadMdns, loadUpnp } from './platform/local-network.ts'
import { createTransports } from './platform/transports.ts'
import { youngCollector } from './platform/young-collector.ts'
import { clearProtector } from './wire/private-network.ts'
import type { ConnectionProtector, ServiceMap } from '@libp2p/interface'
import type { ServiceFactoryMap } from 'libp2p'
import type { AppNode, AppNodeInit, AppServices } from './app-node/init.ts'
import type { Opened } from './app-node/opened.ts'

export type { AppNode, AppNodeInit, AppServices } from './app-node/init.ts'
export { AppNodeOptionError } from './app-node/checked.ts'
export { createTransports } from './platform/transports.ts'

/**
 * Makes a node, and starts it unless `start: false`. `node.stop()` also closes what it opened in `dataDir`.
 *
 * Rejects with `AppNodeOptionError`, `DataDirError`, `IdentityError`, `DatastoreError`, `TransportError`, `DnsError`, an
 * error of a discovery source about its options, or what libp2p throws at start; then nothing is left open.
 */
export async function createAppNode<S extends ServiceMap = {}> (init: AppNodeInit<S> = {}): Promise<AppNode<S>> {
  return await makeAppNode(init, openFor(init))
}

/** The same of what is being opened already, and is closed when this fails. */
export async function makeAppNode<S extends ServiceMap = {}> (init: AppNodeInit<S>, opened: Opened): Promise<AppNode<S>> {
  const { checked, resolver } = opened
  try {
    const mdns = mdnsInit(init.mdns, checked.network)
    const [storage, transports, upnp, connectionProtector, mdnsModule] = await Promise.all([
      opened.storage,
      init.transports ?? createTransports(init),
      init.upnp === true ? loadUpnp() : undefined,
      init.preSharedKey == null ? undefined : loadProtector(init.preSharedKey),
      mdns == null ? undefined : loadMdns(mdns)
    ])
    const sources = sourcesOf(init, checked, { mdns: mdnsModule, resolver })
    const services = servicesOf(init, checked, { sources, upnp, collectYoung: youngCollector(), ownerKey: ownerKeyOf(init, warning => { warn(warning) }) })
    const { datastore } = storage
    const privateKey = init.privateKey ?? storage.privateKey ?? await generateKeyPair('Ed25519')
    const node: AppNode<S> = bindStorage(await createLibp2p<AppServices & S>({
      ...libp2pOptions(init, checked, { privateKey, datastore, dns: createDns({ servers: init.dnsServers, clock: init.clock }), transports, connectionProtector }),
      services: { ...services, ...init.services } as ServiceFactoryMap<AppServices & S>,
      start: false
    }), storage)
    limitPeerStore(node.peerStore)
    cachePeers(node.peerStore, node.peerId)
    gatherOwnProtocols(node.peerStore, node.peerId)
    if (init.connectionMonitor?.enabled !== false) pacePings(node)
    const log = node.logger.forComponent('peerkeep:node')
    const warn = init.onWarning ?? (({ code, message }) => { log.error('%s - %s', code, message) })
    for (const warning of storage.warnings) warn(warning)
    if (init.start !== false) await node.start()
    return node
  } catch (err) {
    await closeOpened(opened)
    throw err
  }
}

async function loadProtector (psk: Uint8Array): Promise<() => ConnectionProtector> {
  const { preSharedKey } = await import('@libp2p/pnet')
  return () => clearProtector(preSharedKey({ psk })())
}
