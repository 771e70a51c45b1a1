import type { Libp2p } from '@libp2p/interface'
import type { Storage } from '../platform/storage.ts'

/** `stop` now also closes the storage, when nothing uses it any more, and `start` opens it again. Returns the same node. */
export function bindStorage<N extends Pick<Libp2p, 'start' | 'stop' | 'status'>> (node: N, storage: Pick<Storage, 'open' | 'close'>): N & { start (): Promise<void>, stop (): Promise<void> } {
  const start = node.start.bind(node)
  const stop = node.stop.bind(node)
  let starting: Promise<void> | undefined
  let stopping: Promise<void> | undefined
  let opening = false

  const startAll = async (): Promise<void> => {
    await stopping
    opening = true
    try {
      await storage.open()
    } finally {
      opening = false
    }
    await start()
  }
  const stopAll = async (): Promise<void> => {
    // libp2p ignores `stop` while it starts. A start that fails stops what it started: then the status is another.
    if (opening || node.status === 'starting') await Promise.allSettled([starting])
    try {
      await stop()
    } finally {
      await storage.close()
    }
  }
  return Object.assign(node, {
    start: () => starting ??= startAll().finally(() => { starting = undefined }),
    stop: () => stopping ??= stopAll().finally(() => { stopping = undefined })
  })
}
