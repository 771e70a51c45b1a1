import type { MultiaddrConnection, Transport, Upgrader } from '@libp2p/interface'

/** A transport whose connections are changed before anything is said over them. */
export function wrappedTransport<C> (factory: (components: C) => Transport, change: (connection: MultiaddrConnection) => MultiaddrConnection): (components: C) => Transport {
  return components => {
    const transport = factory(components)
    const dial = transport.dial.bind(transport)
    const createListener = transport.createListener.bind(transport)
    return Object.assign(transport, {
      dial: async (address, options) => dial(address, { ...options, upgrader: changing(options.upgrader, change) }),
      createListener: options => createListener({ ...options, upgrader: changing(options.upgrader, change) })
    } satisfies Pick<Transport, 'dial' | 'createListener'>)
  }
}

function changing (upgrader: Upgrader, change: (connection: MultiaddrConnection) => MultiaddrConnection): Upgrader {
  const upgrade: Pick<Upgrader, 'upgradeInbound' | 'upgradeOutbound'> = {
    upgradeInbound: async (connection, options) => { await upgrader.upgradeInbound(change(connection), options) },
    upgradeOutbound: async (connection, options) => upgrader.upgradeOutbound(change(connection), options)
  }
  return Object.setPrototypeOf(upgrade, upgrader) as Upgrader
}
