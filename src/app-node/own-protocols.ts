import type { Peer, PeerData, PeerId, PeerStore } from '@libp2p/interface'

interface Group {
  protocols: string[]
  written: Promise<Peer>
}

/**
 * Writes together what this node (`self`) begins to speak: libp2p has each protocol locked, read, decoded, encoded and written by
 * itself, two dozen at the start. Those that are told while others are being written go with the next ones, in the order
 * in which they were told, also with respect to everything else that is written of this node. Changes the store that it is given.
 */
export function gatherOwnProtocols (store: PeerStore, self: PeerId): void {
  const { merge, patch, save } = store
  let last: Promise<unknown> = Promise.resolve()
  let waiting: Group | undefined

  const next = async <T>(act: () => Promise<T>): Promise<T> => {
    // what is told after this must not be written before it
    waiting = undefined
    const result = last.then(act)
    last = result.catch(() => {})
    return result
  }
  const begun = (): Group => {
    const protocols: string[] = []
    const written = next(async () => {
      if (waiting?.protocols === protocols) waiting = undefined
      return merge.call(store, self, { protocols })
    })
    return { protocols, written }
  }

  store.merge = async (peer, data, options) => {
    if (!peer.equals(self)) return merge.call(store, peer, data, options)
    if (options?.signal != null || !saysOnlyProtocols(data)) return next(async () => merge.call(store, peer, data, options))
    waiting ??= begun()
    waiting.protocols.push(...data.protocols)
    return waiting.written
  }
  store.patch = async (peer, data, options) => peer.equals(self) ? next(async () => patch.call(store, peer, data, options)) : patch.call(store, peer, data, options)
  store.save = async (peer, data, options) => peer.equals(self) ? next(async () => save.call(store, peer, data, options)) : save.call(store, peer, data, options)
}

function saysOnlyProtocols (data: PeerData): data is { protocols: string[] } {
  return data.protocols != null && Object.keys(data).length === 1
}
