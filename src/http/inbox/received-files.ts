import { lstat, mkdir, readdir, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describeError } from '../../errors.ts'
import { fileSink } from '../../platform/file-sink.ts'
import { systemRng } from '../../util/rng.ts'
import { freeName, nameKey, plainName } from './file-names.ts'
import { FolderRoom } from './folder-room.ts'
import { InboxError } from './inbox-error.ts'
import { transferEvent } from './transfer-event.ts'
import type { Clock } from '../../util/clock.ts'
import type { Rng } from '../../util/rng.ts'
import type { FileOffer, FileSink } from '../../services/messaging/index.ts'
import type { Grant } from './folder-room.ts'
import type { FileEvent } from './transfer-event.ts'

export interface ReceivedFilesInit {
  /** Made when it is missing. */
  dir: string
  /** Of all files in it together. */
  maxBytes: number
  clock: Clock
  /** @default systemRng */
  rng?: Rng
  /** It has come, or will not. */
  ended: (event: FileEvent) => void
  /** How far it is; also that it was declined. */
  running: (event: FileEvent) => void
}

/** As long as messaging knows how far a transfer was. */
const KEEP_PARTS_MS = 7 * 24 * 3_600_000
/** Files in the folder. */
const MAX_FILES = 10_000
/** At most one part in so many of the time goes into looking at the folder, however large it is and however much is offered. */
const LOOK_SHARE = 100
const PART = /^\.[0-9a-f]{32}-\w+\.part$/

/** Files that peers send, in one folder: under names that are not taken, as many bytes as are allowed. */
export class ReceivedFiles {
  readonly #init: ReceivedFilesInit
  readonly #room: FolderRoom
  /** Of what is under way, as keys. */
  readonly #names = new Set<string>()
  /** Of what is in the folder, as keys, as far as is known: others may put files there, and delete them. */
  #taken = new Set<string>()
  /** When the folder is to be looked at again. */
  #lookMs = -Infinity
  /** Which names are free, and how much room there is, is for one at a time to see. */
  #turn: Promise<void> = Promise.resolve()

  constructor (init: ReceivedFilesInit) {
    this.#init = init
    this.#room = new FolderRoom(init.maxBytes)
  }

  /** For `messaging.onFile`. */
  readonly take = async (offer: FileOffer): Promise<void> => {
    const turn = this.#turn.then(async () => { await this.#take(offer) })
    this.#turn = turn.catch(() => {})
    await turn
  }

  async #take (offer: FileOffer): Promise<void> {
    if (offer.signal.aborted) return
    await mkdir(this.#init.dir, { recursive: true, mode: 0o700 })
    if (this.#init.clock.monotonic() >= this.#lookMs) await this.#look()
    const name = await this.#freeName(offer.name)
    const sink = await fileSink(join(this.#init.dir, name), offer)
    const grant = this.#taken.size + this.#names.size < MAX_FILES ? this.#room.grant(offer.size, sink.written ?? 0) : undefined
    if (grant == null) {
      const full = this.#full()
      await sink.abort(full)
      offer.decline('there is no room for it')
      this.#init.running(transferEvent('in', name, { ...offer, progress: { bytes: offer.resumeAt, size: offer.size } }, { state: 'failed', error: full.message }))
      return
    }
    this.#names.add(nameKey(name))
    try {
      this.#follow(name, offer.accept(this.#counted(sink, grant)), grant)
    } catch (err) {
      this.#over(name, grant)
      throw err
    }
  }

  #follow (name: string, transfer: ReturnType<FileOffer['accept']>, grant: Grant): void {
    const { dir, ended, running } = this.#init
    transfer.addEventListener('progress', () => { running(transferEvent('in', name, transfer, { state: 'running' })) })
    transfer.done.then(
      () => {
        this.#taken.add(nameKey(name))
        ended(transferEvent('in', name, transfer, { state: 'done', path: join(dir, name) }))
      },
      (err: unknown) => { ended(transferEvent('in', name, transfer, { state: 'failed', error: describeError(err) })) }
    ).finally(() => { this.#over(name, grant) })
  }

  #over (name: string, grant: Grant): void {
    this.#names.delete(nameKey(name))
    grant.end()
  }

  /** Files whose sizes nobody has told grow as far as there is room. */
  #counted (sink: FileSink, grant: Grant): FileSink {
    const { write, writev } = sink
    const count = (end: number): void => { if (!grant.reach(end)) throw this.#full() }
    return {
      ...sink,
      write: async (bytes, offset) => {
        count(offset + bytes.byteLength)
        await write(bytes, offset)
      },
      ...writev == null ? {} : {
        writev: async (parts, offset) => {
          count(parts.reduce((end, part) => end + part.byteLength, offset))
          await writev(parts, offset)
        }
      }
    }
  }

  async #freeName (wanted: string): Promise<string> {
    const { dir, rng = systemRng } = this.#init
    const plain = plainName(wanted)
    for (;;) {
      const name = freeName(plain, candidate => this.#taken.has(nameKey(candidate)) || this.#names.has(nameKey(candidate)), rng)
      if (await lstat(join(dir, name)).then(() => false, ifMissing)) return name
      this.#taken.add(nameKey(name))
    }
  }

  /** Learns the names and measures the folder, and removes what was begun and not gone on with. */
  async #look (): Promise<void> {
    const { dir, clock } = this.#init
    const beganMs = clock.monotonic()
    const measured = this.#room.measure()
    const names = await readdir(dir)
    const sizes: number[] = []
    for (const name of names) {
      const path = join(dir, name)
      try {
        const { size, mtimeMs } = await lstat(path)
        if (PART.test(name) && clock.now() - mtimeMs >= KEEP_PARTS_MS) await unlink(path)
        else sizes.push(size)
      } catch (err) {
        // gone meanwhile
        ifMissing(err)
      }
    }
    measured(sizes)
    this.#taken = new Set(names.map(nameKey))
    const endedMs = clock.monotonic()
    this.#lookMs = endedMs + (endedMs - beganMs) * LOOK_SHARE
  }

  #full (): InboxError {
    const { dir, maxBytes } = this.#init
    return new InboxError('INBOX_FOLDER_FULL', `the folder ${dir} is full: it may have ${MAX_FILES} files, and all together ${maxBytes} bytes`, { details: { dir, maxBytes, fix: 'make room in it, or raise --files-mib' } })
  }
}

function ifMissing (err: unknown): true {
  if ((err as NodeJS.ErrnoException).code !== 'ENOENT') throw err
  return true
}
