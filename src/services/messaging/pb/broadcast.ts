// Generated from protocols/messaging/broadcast.proto by scripts/generate-protocols.mjs: change that, not this.
// @ts-nocheck: protons declares parameters that it does not use
import { decodeMessage, encodeMessage, message, streamMessage } from 'protons-runtime'
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc'
import type { Codec, DecodeOptions } from 'protons-runtime'

export interface Broadcast {
  id: Uint8Array
  encoding: number
  payload: Uint8Array
  sentMs: number
  expiresMs: number
}

export namespace Broadcast {
  let _codec: Codec<Broadcast>

  export const codec = (): Codec<Broadcast> => {
    if (_codec == null) {
      _codec = message<Broadcast>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.id != null && obj.id.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.id)
        }

        if ((obj.encoding != null && obj.encoding !== 0)) {
          w.uint32(16)
          w.uint32(obj.encoding)
        }

        if ((obj.payload != null && obj.payload.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.payload)
        }

        if ((obj.sentMs != null && obj.sentMs !== 0)) {
          w.uint32(32)
          w.uint64Number(obj.sentMs)
        }

        if ((obj.expiresMs != null && obj.expiresMs !== 0)) {
          w.uint32(40)
          w.uint64Number(obj.expiresMs)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          id: uint8ArrayAlloc(0),
          encoding: 0,
          payload: uint8ArrayAlloc(0),
          sentMs: 0,
          expiresMs: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.id = reader.bytes()
              break
            }
            case 2: {
              obj.encoding = reader.uint32()
              break
            }
            case 3: {
              obj.payload = reader.bytes()
              break
            }
            case 4: {
              obj.sentMs = reader.uint64Number()
              break
            }
            case 5: {
              obj.expiresMs = reader.uint64Number()
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
                field: `${prefix}.id`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.encoding`,
                value: reader.uint32()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.payload`,
                value: reader.bytes()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.sentMs`,
                value: reader.uint64Number()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.expiresMs`,
                value: reader.uint64Number()
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

  export interface BroadcastIdFieldEvent {
    field: '$.id'
    value: Uint8Array
  }

  export interface BroadcastEncodingFieldEvent {
    field: '$.encoding'
    value: number
  }

  export interface BroadcastPayloadFieldEvent {
    field: '$.payload'
    value: Uint8Array
  }

  export interface BroadcastSentMsFieldEvent {
    field: '$.sentMs'
    value: number
  }

  export interface BroadcastExpiresMsFieldEvent {
    field: '$.expiresMs'
    value: number
  }

  export function encode (obj: Partial<Broadcast>): Uint8Array {
    return encodeMessage(obj, Broadcast.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<Broadcast>): Broadcast {
    return decodeMessage(buf, Broadcast.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<Broadcast>): Generator<BroadcastIdFieldEvent | BroadcastEncodingFieldEvent | BroadcastPayloadFieldEvent | BroadcastSentMsFieldEvent | BroadcastExpiresMsFieldEvent> {
    return streamMessage(buf, Broadcast.codec(), opts)
  }
}
