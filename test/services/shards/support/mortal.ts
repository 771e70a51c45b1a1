import type { Datastore } from 'interface-datastore'
import type { Clock, Timer } from '../../../../src/util/clock.ts'

/**
 * What one run of a process has of the world: a disk that stays, and a clock. After `die` nothing that the run still wants to do
 * happens: its timers do not fire, its writes do not reach the disk, and whatever it waits for never comes.
 */
export class Mortal {
  readonly clock: Clock
  readonly datastore: Datastore
  /** Called before each write, with its number from 1: a test may let the process die there. */
  onWrite?: (count: number) => void
  #writes = 0
  #dead = false

  constructor (clock: Clock, disk: Datastore) {
    const timed = (fn: () => void) => (): void => { if (!this.#dead) fn() }
    this.clock = {
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      after: (ms, fn): Timer => clock.after(ms, timed(fn)),
      every: (ms, fn): Timer => clock.every(ms, timed(fn))
    }
    this.datastore = this.#mortal(disk)
  }

  get dead (): boolean {
    return this.#dead
  }

  get writes (): number {
    return this.#writes
  }

  die (): void {
    this.#dead = true
  }

  /** Work of this run: what comes of it after its death never comes. */
  async living<T> (work: () => T | Promise<T>): Promise<T> {
    if (this.#dead) return await new Promise(() => {})
    try {
      const value = await work()
      return this.#dead ? await new Promise(() => {}) : value
    } catch (err) {
      if (this.#dead) return await new Promise(() => {})
      throw err
    }
  }

  #mortal (disk: Datastore): Datastore {
    const alive = this.living.bind(this)
    const write = async <T>(work: () => T | Promise<T>): Promise<T> => {
      this.onWrite?.(++this.#writes)
      return await alive(work)
    }
    const stopping = async function * <T> (source: AsyncIterable<T> | Iterable<T>): AsyncGenerator<T> {
      for await (const item of source) yield await alive(() => item)
    }
    return {
      has: async (key, options) => alive(() => disk.has(key, options)),
      get: async (key, options) => alive(() => disk.get(key, options)),
      put: async (key, value, options) => write(() => disk.put(key, value, options)),
      delete: async (key, options) => { await write(() => disk.delete(key, options)) },
      getMany: (keys, options) => stopping(disk.getMany(keys, options)),
      putMany: (source, options) => stopping(disk.putMany(source, options)),
      deleteMany: (source, options) => stopping(disk.deleteMany(source, options)),
      query: (query, options) => stopping(disk.query(query, options)),
      queryKeys: (query, options) => stopping(disk.queryKeys(query, options)),
      batch: () => {
        // all of it or nothing, as the real one
        const batch = disk.batch()
        return {
          put: (key, value) => { batch.put(key, value) },
          delete: key => { batch.delete(key) },
          commit: async options => { await write(() => batch.commit(options)) }
        }
      }
    }
  }
}
