import { WireOversizeError } from './errors.ts'
import type { Codec } from './protocol.ts'

/** What protons generates for a message type; `limits` bounds its repeated fields. */
interface ProtonsType<T, Options> {
  encode (value: NoInfer<T>): Uint8Array
  decode (bytes: Uint8Array, options?: Options): T
}

/** A codec from protons' generated code. `decode` throws `WireOversizeError` when a repeated field has more than its limit. */
export function protonsCodec<T, Options = object> (type: ProtonsType<T, Options>, options?: Options): Codec<T> {
  return {
    encode: value => type.encode(value),
    decode: bytes => {
      try {
        return type.decode(bytes, options)
      } catch (err) {
        if (err instanceof Error && err.name === 'MaxLengthError') {
          throw new WireOversizeError(`a field has more elements than allowed: ${err.message}`, { cause: err, fault: 'oversize' })
        }
        throw err
      }
    }
  }
}

/** A codec whose values differ from the generated type's; both functions throw on what has no counterpart. */
export function mappedCodec<Raw, T> (raw: Codec<Raw>, decode: (raw: Raw) => T, encode: (value: T) => Raw): Codec<T> {
  return {
    encode: value => raw.encode(encode(value)),
    decode: bytes => decode(raw.decode(bytes))
  }
}

