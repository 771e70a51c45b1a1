import { AppError } from '../errors.ts'
import { JoinedPieces } from './joined-pieces.ts'
import { internalsOf } from './module-internals.ts'
import { youngCollector } from './young-collector.ts'
import type { Bytes } from './joined-pieces.ts'
import type { ConnectionEncrypter, Counter, MessageStream, SecuredConnection } from '@libp2p/interface'
import type { Uint8ArrayList } from 'uint8arraylist'

interface Decoder {
  /** What came of a message that is not whole yet. */
  buffer: Uint8ArrayList
  lengthDecoder (bytes: Bytes): number
  decode (data: Bytes): Iterable<Uint8ArrayList>
}

interface EncryptedConnection {
  handshake: { decrypt (ciphertext: Bytes): Bytes }
  decoder: Decoder
  metrics?: { decryptedPackets: Counter, decryptErrors: Counter }
  encrypt (text: Bytes): Bytes
  decrypt (message: Bytes): Bytes
}

/** `NOISE_PIECES_TOO_SMALL` */
export class NoiseError extends AppError {}

/** A handshake is three messages, and each read of a socket is one piece at most. */
const MAX_HANDSHAKE_PIECES = 256
/** Bytes after which it is asked for garbage: each of them was in two buffers, which nobody needs any more. */
const COLLECT_AFTER_BYTES = 2 * 1024 * 1024

const LENGTH_BYTES = 2
/** What it is told when a length is not there yet: after each message, and to make an error with its stack costs as much as to decrypt one. */
const INCOMPLETE = new RangeError('there are no two bytes to read a length from')

/**
 * Noise that copies no message to decrypt it; by itself it makes one more buffer of the size, which is not used. What it
 * and the socket leave behind is collected as it goes: memory is given out again while it is in the cache of the processor. Who
 * sends a message in very many pieces blocks nobody: in the handshake it is cut off.
 */
export function leanNoise<C> (factory: (components: C) => ConnectionEncrypter): (components: C) => ConnectionEncrypter {
  return components => {
    const encrypter = factory(components)
    const secureInbound = encrypter.secureInbound.bind(encrypter)
    const secureOutbound = encrypter.secureOutbound.bind(encrypter)
    const count = byteCounter()
    return Object.assign(encrypter, {
      secureInbound: async (connection, options) => lean(await inFewPieces(connection, secureInbound(connection, options)), count),
      secureOutbound: async (connection, options) => lean(await inFewPieces(connection, secureOutbound(connection, options)), count)
    } satisfies Pick<ConnectionEncrypter, 'secureInbound' | 'secureOutbound'>)
  }
}

/** To be called when Noise listens already: who listens first is who is sent what has come. */
async function inFewPieces<T> (connection: MessageStream, handshake: Promise<T>): Promise<T> {
  let pieces = 0
  let fault: NoiseError | undefined
  const countPiece = (): void => {
    if (++pieces <= MAX_HANDSHAKE_PIECES) return
    fault ??= new NoiseError('NOISE_PIECES_TOO_SMALL', `the peer sends its handshake in more than ${MAX_HANDSHAKE_PIECES} pieces: the connection is closed`)
    connection.abort(fault)
  }
  connection.addEventListener('message', countPiece)
  try {
    return await handshake
  } catch (err) {
    // Noise knows only that there is no more
    throw fault ?? err
  } finally {
    connection.removeEventListener('message', countPiece)
  }
}

function lean<S extends SecuredConnection> (secured: S, count: (bytes: number) => void): S {
  const connection = internalsOf<EncryptedConnection>(secured.connection, 'handshake', 'decoder', 'encrypt', 'decrypt')
  const { handshake, metrics } = connection
  const decoder = internalsOf<Decoder>(connection.decoder, 'buffer', 'lengthDecoder', 'decode')
  const { lengthDecoder } = decoder
  const decode = decoder.decode.bind(decoder)
  const pieces = new JoinedPieces()
  Object.assign(decoder, {
    lengthDecoder: bytes => {
      if (bytes.byteLength < LENGTH_BYTES) throw INCOMPLETE
      return lengthDecoder(bytes)
    },
    decode: data => {
      const { buffer } = decoder
      const missingBytes = buffer.byteLength < LENGTH_BYTES ? 0 : LENGTH_BYTES + lengthDecoder(buffer) - buffer.byteLength
      const joined = pieces.take(data, missingBytes)
      return joined == null ? [] : decode(joined)
    }
  } satisfies Partial<Decoder>)
  const encrypt = connection.encrypt.bind(connection)
  Object.assign(connection, {
    encrypt: text => {
      count(text.byteLength)
      return encrypt(text)
    },
    decrypt: message => {
      count(message.byteLength)
      try {
        const text = handshake.decrypt(message)
        metrics?.decryptedPackets.increment()
        return text
      } catch (err) {
        metrics?.decryptErrors.increment()
        throw err
      }
    }
  } satisfies Partial<EncryptedConnection>)
  return secured
}

function byteCounter (): (bytes: number) => void {
  let through = 0
  let collect: ReturnType<typeof youngCollector>
  return bytes => {
    through += bytes
    if (through < COLLECT_AFTER_BYTES) return
    through = 0
    // costs 2 ms: not for who sends little
    collect ??= youngCollector()
    collect?.()
  }
}
