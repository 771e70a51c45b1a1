// Generated from src/services/shards/pb/owner-store.proto by scripts/generate-protocols.mjs: change that, not this.
// @ts-nocheck: protons declares parameters that it does not use
import { decodeMessage, encodeMessage, MaxLengthError, message, streamMessage } from 'protons-runtime'
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc'
import type { Codec, DecodeOptions } from 'protons-runtime'

export interface KnownVault {
  newest: Uint8Array
  own: boolean
  revokedMs: number
  awaited: Uint8Array[]
  untold: Uint8Array[]
}

export namespace KnownVault {
  let _codec: Codec<KnownVault>

  export const codec = (): Codec<KnownVault> => {
    if (_codec == null) {
      _codec = message<KnownVault>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.newest != null && obj.newest.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.newest)
        }

        if ((obj.own != null && obj.own !== false)) {
          w.uint32(16)
          w.bool(obj.own)
        }

        if ((obj.revokedMs != null && obj.revokedMs !== 0)) {
          w.uint32(24)
          w.uint64Number(obj.revokedMs)
        }

        if (obj.awaited != null && obj.awaited.length > 0) {
          for (const value of obj.awaited) {
            w.uint32(34)
            w.bytes(value)
          }
        }

        if (obj.untold != null && obj.untold.length > 0) {
          for (const value of obj.untold) {
            w.uint32(42)
            w.bytes(value)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          newest: uint8ArrayAlloc(0),
          own: false,
          revokedMs: 0,
          awaited: [],
          untold: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.newest = reader.bytes()
              break
            }
            case 2: {
              obj.own = reader.bool()
              break
            }
            case 3: {
              obj.revokedMs = reader.uint64Number()
              break
            }
            case 4: {
              if (opts.limits?.awaited != null && obj.awaited.length === opts.limits.awaited) {
                throw new MaxLengthError('Decode error - repeated field "awaited" had too many elements')
              }

              obj.awaited.push(reader.bytes())
              break
            }
            case 5: {
              if (opts.limits?.untold != null && obj.untold.length === opts.limits.untold) {
                throw new MaxLengthError('Decode error - repeated field "untold" had too many elements')
              }

              obj.untold.push(reader.bytes())
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
        const obj = {
          awaited: 0,
          untold: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.newest`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.own`,
                value: reader.bool()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.revokedMs`,
                value: reader.uint64Number()
              }
              break
            }
            case 4: {
              if (opts.limits?.awaited != null && obj.awaited === opts.limits.awaited) {
                throw new MaxLengthError('Streaming decode error - repeated field "awaited" had too many elements')
              }

              yield {
                field: `${prefix}.awaited[]`,
                index: obj.awaited,
                value: reader.bytes()
              }

              obj.awaited++

              break
            }
            case 5: {
              if (opts.limits?.untold != null && obj.untold === opts.limits.untold) {
                throw new MaxLengthError('Streaming decode error - repeated field "untold" had too many elements')
              }

              yield {
                field: `${prefix}.untold[]`,
                index: obj.untold,
                value: reader.bytes()
              }

              obj.untold++

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

  export interface KnownVaultNewestFieldEvent {
    field: '$.newest'
    value: Uint8Array
  }

  export interface KnownVaultOwnFieldEvent {
    field: '$.own'
    value: boolean
  }

  export interface KnownVaultRevokedMsFieldEvent {
    field: '$.revokedMs'
    value: number
  }

  export interface KnownVaultAwaitedFieldEvent {
    field: '$.awaited[]'
    index: number
    value: Uint8Array
  }

  export interface KnownVaultUntoldFieldEvent {
    field: '$.untold[]'
    index: number
    value: Uint8Array
  }

  export function encode (obj: Partial<KnownVault>): Uint8Array {
    return encodeMessage(obj, KnownVault.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<KnownVault>): KnownVault {
    return decodeMessage(buf, KnownVault.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<KnownVault>): Generator<KnownVaultNewestFieldEvent | KnownVaultOwnFieldEvent | KnownVaultRevokedMsFieldEvent | KnownVaultAwaitedFieldEvent | KnownVaultUntoldFieldEvent> {
    return streamMessage(buf, KnownVault.codec(), opts)
  }
}
