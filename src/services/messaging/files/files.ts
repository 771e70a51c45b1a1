import { peerIdFromString } from '@libp2p/peer-id'
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { neutralScoring, optionalComponent } from '../../../components.ts'
import { describeError } from '../../../errors.ts'
import { BoundedMap } from '../../../util/bounded-map.ts'
import { MessagingError } from '../messaging-error.ts'
import { Checkpoints } from './checkpoints.ts'
import { blobReader, fileReader, streamReader } from './chunk-reader.ts'
import { ID_BYTES, MAX_OUTGOING, MAX_TRANSFERS, MAX_TRANSFERS_PER_PEER, RETRY_FOR_MS } from './constants.ts'
import { DEFAULT_TYPE, isMediaType, nameFault } from './file-name.ts'
import { IncomingFiles } from './incoming-files.ts'
import { fileProtocol } from './messages.ts'
import { MessageRoom } from './message-room.ts'
import { OutgoingFile } from './outgoing-file.ts'
import { Slots } from './slots.ts'
import type { Logger, PeerId } from '@libp2p/interface'
import type { Scoring } from '../../../components.ts'
import type { Clock } from '../../../util/clock.ts'
import type { Rng } from '../../../util/rng.ts'
import type { MessagingComponents, MessagingSnapshot } from '../index.ts'
import type { ChunkReader } from './chunk-reader.ts'
import type { FileSource, FileTransfer, SendFileOptions } from './contract.ts'
import type { FileHandler } from './incoming-files.ts'

export type FilesComponents = Pick<MessagingComponents, 'peerId' | 'datastore' | 'events' | 'protocols' | 'pool'>

export interface FilesInit {
  clock: Clock
  rng: Rng
  log: Logger
  /** Frees what has just become garbage; called for about every megabyte. @default left to the engine */
  collectYoung?: () => void
}

const USEFUL_MS = 1_000

/** Files to peers and from them. */
export class Files {
  readonly #components: FilesComponents
  readonly #init: FilesInit
  readonly #checkpoints: Checkpoints
  readonly #incoming: IncomingFiles
  /** By peer and id. */
  readonly #outgoing = new Map<string, OutgoingFile>()
  /** Of this node: its streams are read into memory that is used again. */
  readonly #room = new MessageRoom()
  readonly #protocol = { ...fileProtocol, room: this.#room.take }
  readonly #slots = new Slots(MAX_TRANSFERS_PER_PEER, MAX_TRANSFERS)
  readonly #runs = new Set<Promise<void>>()
  #scoring: Scoring = neutralScoring
  #started = false
  #sentBytes = 0
  #receivedBytes = 0
  /** That were taken by a transfer, which closes them. */
  readonly #taken = new WeakSet<FileSource>()
  /** When the pool was told last that a peer is of use. */
  readonly #toldMs = new BoundedMap<string, number>(MAX_TRANSFERS)

  constructor (components: FilesComponents, init: FilesInit) {
    const { clock, log, collectYoung } = init
    this.#components = components
    this.#init = init
    this.#checkpoints = new Checkpoints({ datastore: components.datastore, clock, log })
    this.#incoming = new IncomingFiles({
      checkpoints: this.#checkpoints,
      clock,
      log,
      room: this.#room,
      onReceived: (peerId, bytes) => {
        this.#receivedBytes += bytes
        this.#useful(peerId)
        collectYoung?.()
      },
      onViolation: this.#onViolation
    })
  }

  /** Rejects with `MESSAGING_LOAD_FAILED`. */
  async beforeStart (): Promise<void> {
    this.#scoring = optionalComponent<Scoring>(this.#components, 'scoring') ?? neutralScoring
    await this.#checkpoints.load()
  }

  async start (): Promise<void> {
    this.#started = true
    this.#checkpoints.start()
    this.#components.events.addEventListener('peer:connect', this.#onConnect)
    await this.#components.protocols.handle(this.#protocol, this.#incoming.receive)
  }

  /** While the connections are still there: in `beforeStop`, so that the others are told. */
  async stop (): Promise<void> {
    this.#started = false
    for (const outgoing of this.#outgoing.values()) outgoing.stop()
    await Promise.all([...this.#runs, this.#incoming.stop()])
    await this.#components.protocols.unhandle(this.#protocol)
    this.#components.events.removeEventListener('peer:connect', this.#onConnect)
    await this.#checkpoints.stop()
  }

  get gauges (): Record<string, number> {
    return {
      outgoingFiles: this.#outgoing.size,
      outgoingFileStreams: this.#slots.taken,
      incomingFiles: this.#incoming.size,
      cancelledFiles: this.#incoming.cancelled,
      fileCheckpoints: this.#checkpoints.size
    }
  }

  snapshot (): MessagingSnapshot['files'] {
    return { sending: this.#outgoing.size, receiving: this.#incoming.size, sentBytes: this.#sentBytes, receivedBytes: this.#receivedBytes }
  }

  /** Throws `MESSAGING_STOPPED`, `MESSAGING_PEER_INVALID`, `MESSAGING_FILE_INVALID`, `MESSAGING_FILE_TOO_MANY`; the source is closed then, too. */
  sendFile (peer: PeerId | string, source: FileSource, options: SendFileOptions): FileTransfer {
    try {
      return this.#send(peer, source, options)
    } catch (err) {
      this.#giveBack(source)
      throw err
    }
  }

  #send (peer: PeerId | string, source: FileSource, options: SendFileOptions): FileTransfer {
    const { clock, rng, log, collectYoung } = this.#init
    if (!this.#started) throw new MessagingError('MESSAGING_STOPPED', 'the node is not running: start it before sending files')
    const peerId = this.#readPeer(peer)
    const { name, size, retryForMs = RETRY_FOR_MS, signal } = options
    const blob = source instanceof Blob ? source : undefined
    const type = options.type ?? (isMediaType(blob?.type) ? blob.type : DEFAULT_TYPE)
    const id = options.id?.toLowerCase() ?? toString(rng.bytes(ID_BYTES), 'base16')
    const key = `${peerId.toString()}/${id}`
    this.#check({ ...options, type, id, retryForMs }, source)
    if (this.#outgoing.has(key)) throw invalid('id', id, 'one that is not being sent to this peer now')
    if (this.#outgoing.size >= MAX_OUTGOING) throw new MessagingError('MESSAGING_FILE_TOO_MANY', `${MAX_OUTGOING} files are being sent: wait for some to end`)
    const outgoing = new OutgoingFile({
      peerId,
      id,
      offer: { id: fromString(id, 'base16'), name, type, size: source instanceof ReadableStream ? size : source.size },
      reader: readerOf(source, size),
      retryForMs,
      protocols: this.#components.protocols,
      slots: this.#slots,
      clock,
      rng,
      log,
      onSent: (to, bytes) => {
        this.#sentBytes += bytes
        this.#useful(to)
        collectYoung?.()
      },
      onViolation: this.#onViolation,
      onOver: () => {
        signal?.removeEventListener('abort', onAbort)
        this.#outgoing.delete(key)
      }
    })
    this.#outgoing.set(key, outgoing)
    this.#taken.add(source)
    const onAbort = (): void => { outgoing.transfer.cancel(describeError(signal?.reason)) }
    const run = outgoing.run().finally(() => { this.#runs.delete(run) })
    this.#runs.add(run)
    if (signal?.aborted === true) onAbort()
    else signal?.addEventListener('abort', onAbort, { once: true })
    return outgoing.transfer
  }

  /** Throws `MESSAGING_EVENT_TAKEN` when there is a handler. */
  onFile (handler: FileHandler): () => void {
    if (typeof handler !== 'function') throw invalid('handler', handler, 'a function')
    if (this.#incoming.handler != null) throw new MessagingError('MESSAGING_EVENT_TAKEN', 'files have a handler: take it back first')
    // so that one and the same function can be given twice
    const own: FileHandler = async offer => { await handler(offer) }
    this.#incoming.handler = own
    return () => { if (this.#incoming.handler === own) this.#incoming.handler = undefined }
  }

  /** What `fileSource` has opened for nothing; not what another transfer reads. */
  #giveBack (source?: FileSource): void {
    if (typeof source !== 'object' || source == null || !('close' in source) || this.#taken.has(source)) return
    const close = async (): Promise<void> => { await source.close?.() }
    close().catch((err: unknown) => { this.#init.log.error('a source that was not sent could not be closed: %s', describeError(err)) })
  }

  #readPeer (peer: PeerId | string): PeerId {
    let peerId: PeerId
    try {
      peerId = typeof peer === 'string' ? peerIdFromString(peer) : peer
    } catch (err) {
      throw new MessagingError('MESSAGING_PEER_INVALID', `"${String(peer)}" is no peer id`, { cause: err })
    }
    if (this.#components.peerId.equals(peerId)) throw new MessagingError('MESSAGING_PEER_INVALID', `${peerId.toString()} is this node itself`)
    return peerId
  }

  #check ({ name, type, id, size, retryForMs }: SendFileOptions & { retryForMs: number }, source: FileSource): void {
    const fault = nameFault(name)
    if (fault != null) throw new MessagingError('MESSAGING_FILE_INVALID', `the name ${JSON.stringify(name)} ${fault}`)
    if (!isMediaType(type)) throw invalid('type', type, 'a media type, like "text/plain"')
    if (!/^[0-9a-f]{32}$/.test(id ?? '')) throw invalid('id', id, '16 bytes in hexadecimal')
    if (size != null && !(Number.isSafeInteger(size) && size >= 0)) throw invalid('size', size, 'a whole number of bytes')
    if (!(retryForMs >= 0)) throw invalid('retryForMs', retryForMs, 'a number of milliseconds from 0')
    if (source instanceof ReadableStream) {
      if (source.locked) throw invalid('source', 'a stream with a reader', 'one without')
      return
    }
    if (!(source instanceof Blob) && !(Number.isSafeInteger(source?.size) && typeof source.read === 'function')) {
      throw invalid('source', typeof source, 'what fileSource(path) gives, a Blob, a ReadableStream, or { size, read }')
    }
    if (size != null && size !== source.size) throw invalid('size', size, `${source.size}, the size of the source, or left out`)
  }

  #useful (peerId: PeerId): void {
    const nowMs = this.#init.clock.monotonic()
    const peer = peerId.toString()
    if (nowMs - (this.#toldMs.get(peer) ?? -Infinity) < USEFUL_MS) return
    this.#toldMs.set(peer, nowMs)
    this.#components.pool.useful(peerId)
  }

  readonly #onViolation = (peerId: PeerId, what: string): void => {
    this.#scoring.report(peerId, 'severe', `messaging:${what}`)
  }

  readonly #onConnect = ({ detail }: CustomEvent<PeerId>): void => {
    for (const [key, outgoing] of this.#outgoing) if (key.startsWith(`${detail.toString()}/`)) outgoing.wake()
  }
}

function readerOf (source: FileSource, size?: number): ChunkReader {
  if (source instanceof ReadableStream) return streamReader(source, size)
  return source instanceof Blob ? blobReader(source) : fileReader(source)
}

function invalid (name: string, value: unknown, wanted: string): MessagingError {
  return new MessagingError('MESSAGING_FILE_INVALID', `${name} is ${String(value)}, but must be ${wanted}`)
}
