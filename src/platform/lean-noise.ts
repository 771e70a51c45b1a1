import { internalsOf } from './module-internals.ts'
import { youngCollector } from './young-collector.ts'
import type { ConnectionEncrypter, Counter, SecuredConnection } from '@libp2p/interface'
import type { Uint8ArrayList } from 'uint8arraylist'

type Bytes = Uint8Array | Uint8ArrayList

interface EncryptedConnection {
  handshake: { decrypt (ciphertext: Bytes): Bytes }
  decoder: { lengthDecoder (bytes: Bytes): number }
  metrics?: { decryptedPackets: Counter, decryptErrors: Counter }
  encrypt (text: Bytes): Bytes
  decrypt (message: Bytes): Bytes
}

/** Bytes after which it is asked for garbage: each of them was in two buffers, which nobody needs any more. */
const COLLECT_AFTER_BYTES = 4 * 1024 * 1024

const LENGTH_BYTES = 2
/** What it is told when a length is not there yet: after each message, and to make an error with its stack costs as much as to decrypt one. */
const INCOMPLETE = new RangeError('there are no two bytes to read a length from')

/**
 * Noise that copies no message to decrypt it; by itself it makes one more buffer of the size, which is not used. What it
 * and the socket leave behind is collected as it goes: memory is given out again while it is in the cache of the processor.
 */
export function leanNoise<C> (factory: (components: C) => ConnectionEncrypter): (components: C) => ConnectionEncrypter {
  return components => {
    const encrypter = factory(components)
    const secureInbound = encrypter.secureInbound.bind(encrypter)
    const secureOutbound = encrypter.secureOutbound.bind(encrypter)
    const count = byteCounter()
    return Object.assign(encrypter, {
      secureInbound: async (connection, options) => lean(await secureInbound(connection, options), count),
      secureOutbound: async (connection, options) => lean(await secureOutbound(connection, options), count)
    } satisfies Pick<ConnectionEncrypter, 'secureInbound' | 'secureOutbound'>)
  }
}

function lean<S extends SecuredConnection> (secured: S, count: (bytes: number) => void): S {
  const connection = internalsOf<EncryptedConnection>(secured.connection, 'handshake', 'decoder', 'encrypt', 'decrypt')
  const { handshake, decoder, metrics } = connection
  const { lengthDecoder } = internalsOf<EncryptedConnection['decoder']>(decoder, 'lengthDecoder')
  decoder.lengthDecoder = bytes => {
    if (bytes.byteLength < LENGTH_BYTES) throw INCOMPLETE
    return lengthDecoder(bytes)
  }
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
