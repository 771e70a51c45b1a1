import type { MultiaddrConnection, Transport, Upgrader } from '@libp2p/interface'

/** A socket of the `ws` package can be ended at once, one of the platform only be closed. */
type Socket = Pick<WebSocket, 'close'> & { terminate?: () => void }

/**
 * libp2p's WebSockets, that end when they are aborted. By itself the transport closes an aborted socket with a code that
 * no program may give (1006), which throws, and nobody hears of it: the socket, and whoever is at its other end, stays.
 */
export function abortingWebSockets<C> (factory: (components: C) => Transport): (components: C) => Transport {
  return components => {
    const transport = factory(components)
    const dial = transport.dial.bind(transport)
    const createListener = transport.createListener.bind(transport)
    return Object.assign(transport, {
      dial: async (address, options) => dial(address, { ...options, upgrader: ending(options.upgrader) }),
      createListener: options => createListener({ ...options, upgrader: ending(options.upgrader) })
    } satisfies Pick<Transport, 'dial' | 'createListener'>)
  }
}

/** Upgrades the same connections, that end. */
function ending (upgrader: Upgrader): Upgrader {
  const upgrade: Pick<Upgrader, 'upgradeInbound' | 'upgradeOutbound'> = {
    upgradeInbound: async (connection, options) => { await upgrader.upgradeInbound(endable(connection), options) },
    upgradeOutbound: async (connection, options) => upgrader.upgradeOutbound(endable(connection), options)
  }
  return Object.setPrototypeOf(upgrade, upgrader) as Upgrader
}

function endable (connection: MultiaddrConnection): MultiaddrConnection {
  const { websocket } = connection as unknown as { websocket: Socket }
  const sendReset = (): void => {
    if (websocket.terminate == null) websocket.close()
    else websocket.terminate()
  }
  return Object.assign(connection, { sendReset })
}
