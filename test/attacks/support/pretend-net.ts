import { memory } from '@libp2p/memory'
import { multiaddr } from '@multiformats/multiaddr'
import { TCP } from '@multiformats/multiaddr-matcher'
import type { Connection, CreateListenerOptions, DialTransportOptions, Listener, MultiaddrConnection, Transport, Upgrader } from '@libp2p/interface'
import type { MemoryTransportComponents } from '@libp2p/memory'
import type { Multiaddr } from '@multiformats/multiaddr'

export interface PretendDial {
  /** Peer id of who dialled. */
  by: string
  /** `/ip4/8.8.8.8/tcp/1` */
  to: string
  timeMs: number
}

let nets = 0

/**
 * An internet for nodes in this process: the memory transport behind TCP addresses of any IP, as limits by IP, subnet and
 * netgroup see them. What nobody listens on says nothing, as behind a firewall, or refuses at once.
 */
export class PretendNet {
  /** Every address that was dialled, in order. */
  readonly dials: PretendDial[] = []
  readonly #name = `pretend-${nets++}`
  readonly #addresses = new Map<string, Multiaddr>()
  readonly #listening = new Set<string>()
  readonly #now: () => number
  readonly #unused: 'silent' | 'refused'
  #busy = 0

  constructor (now: () => number, unused: 'silent' | 'refused' = 'silent') {
    this.#now = now
    this.#unused = unused
  }

  /** Dials to somebody who is there that have not ended yet. */
  get busy (): number {
    return this.#busy
  }

  /** The transport of one node, which is at this address, whether it listens or not. */
  transport (at: Multiaddr): (components: MemoryTransportComponents) => Transport {
    return components => {
      this.#addresses.set(components.peerId.toString(), at)
      const inner = memory()(components)
      const place = (address: Multiaddr): Multiaddr => multiaddr(`/memory/${this.#name}${withoutPeer(address).replaceAll('/', '-')}`)
      return {
        ...inner,
        dialFilter: addresses => addresses.filter(address => TCP.exactMatch(address)),
        listenFilter: addresses => addresses.filter(address => TCP.exactMatch(address)),
        dial: async (address: Multiaddr, options: DialTransportOptions): Promise<Connection> => {
          const to = withoutPeer(address)
          this.dials.push({ by: components.peerId.toString(), to, timeMs: this.#now() })
          if (!this.#listening.has(to)) return await this.#nobody(to, options.signal)
          this.#busy++
          try {
            return await inner.dial(place(address), { ...options, upgrader: relabelled(options.upgrader, () => multiaddr(to)) })
          } finally {
            this.#busy--
          }
        },
        createListener: (options: CreateListenerOptions): Listener => {
          const callerOf = ({ remoteAddr }: MultiaddrConnection): Multiaddr => this.#addresses.get(remoteAddr.getComponents().at(-1)?.value ?? '') ?? remoteAddr
          const listener = inner.createListener({ ...options, upgrader: relabelled(options.upgrader, callerOf) })
          const listen = listener.listen.bind(listener)
          const close = listener.close.bind(listener)
          return Object.assign(listener, {
            listen: async (address: Multiaddr) => {
              this.#listening.add(withoutPeer(address))
              await listen(place(address))
            },
            getAddrs: () => [at],
            close: async () => {
              this.#listening.delete(withoutPeer(at))
              await close()
            }
          })
        }
      } as Transport
    }
  }

  async #nobody (to: string, signal: AbortSignal): Promise<never> {
    if (this.#unused === 'silent') await new Promise<never>((_, reject) => { signal.addEventListener('abort', () => { reject(signal.reason as Error) }, { once: true }) })
    throw new Error(`nobody listens at ${to}`)
  }
}

/** An upgrader that sees connections come from, or lead to, another address. */
function relabelled (upgrader: Upgrader, addressOf: (connection: MultiaddrConnection) => Multiaddr): Upgrader {
  const relabel = (connection: MultiaddrConnection): MultiaddrConnection => Object.assign(connection, { remoteAddr: addressOf(connection) })
  return new Proxy(upgrader, {
    get: (target, name) => {
      if (name === 'upgradeInbound') return async (connection: MultiaddrConnection, options: never) => { await target.upgradeInbound(relabel(connection), options) }
      if (name === 'upgradeOutbound') return async (connection: MultiaddrConnection, options: never) => await target.upgradeOutbound(relabel(connection), options)
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    }
  })
}

function withoutPeer (address: Multiaddr): string {
  return address.getComponents().filter(({ name }) => name !== 'p2p').map(({ name, value }) => `/${name}/${value}`).join('')
}
