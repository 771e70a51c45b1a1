// Generated from clock.proto by protons, and tidied as scripts/generate-protocols.mjs does: change that, not this.
// @ts-nocheck: protons declares parameters that it does not use
import { decodeMessage, encodeMessage, message, streamMessage } from 'protons-runtime'
import type { Codec, DecodeOptions } from 'protons-runtime'

export interface Duration {
  seconds: number
  nanos: number
}

export namespace Duration {
  let _codec: Codec<Duration>

  export const codec = (): Codec<Duration> => {
    if (_codec == null) {
      _codec = message<Duration>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.seconds != null && obj.seconds !== 0)) {
          w.uint32(8)
          w.int64Number(obj.seconds)
        }

        if ((obj.nanos != null && obj.nanos !== 0)) {
          w.uint32(16)
          w.int32(obj.nanos)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          seconds: 0,
          nanos: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.seconds = reader.int64Number()
              break
            }
            case 2: {
              obj.nanos = reader.int32()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.seconds`,
                value: reader.int64Number()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.nanos`,
                value: reader.int32()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface DurationSecondsFieldEvent {
    field: '$.seconds'
    value: number
  }

  export interface DurationNanosFieldEvent {
    field: '$.nanos'
    value: number
  }

  export function encode (obj: Partial<Duration>): Uint8Array {
    return encodeMessage(obj, Duration.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<Duration>): Duration {
    return decodeMessage(buf, Duration.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<Duration>): Generator<DurationSecondsFieldEvent | DurationNanosFieldEvent> {
    return streamMessage(buf, Duration.codec(), opts)
  }
}

export interface Timestamp {
  seconds: number
  nanos: number
}

export namespace Timestamp {
  let _codec: Codec<Timestamp>

  export const codec = (): Codec<Timestamp> => {
    if (_codec == null) {
      _codec = message<Timestamp>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.seconds != null && obj.seconds !== 0)) {
          w.uint32(8)
          w.int64Number(obj.seconds)
        }

        if ((obj.nanos != null && obj.nanos !== 0)) {
          w.uint32(16)
          w.int32(obj.nanos)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          seconds: 0,
          nanos: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.seconds = reader.int64Number()
              break
            }
            case 2: {
              obj.nanos = reader.int32()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.seconds`,
                value: reader.int64Number()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.nanos`,
                value: reader.int32()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface TimestampSecondsFieldEvent {
    field: '$.seconds'
    value: number
  }

  export interface TimestampNanosFieldEvent {
    field: '$.nanos'
    value: number
  }

  export function encode (obj: Partial<Timestamp>): Uint8Array {
    return encodeMessage(obj, Timestamp.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<Timestamp>): Timestamp {
    return decodeMessage(buf, Timestamp.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<Timestamp>): Generator<TimestampSecondsFieldEvent | TimestampNanosFieldEvent> {
    return streamMessage(buf, Timestamp.codec(), opts)
  }
}
