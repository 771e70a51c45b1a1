// Generated from src/services/address-book/pb/entry.proto by scripts/generate-protocols.mjs: change that, not this.
// @ts-nocheck: protons declares parameters that it does not use
import { decodeMessage, encodeMessage, MaxLengthError, message, streamMessage } from 'protons-runtime'
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc'
import type { Codec, DecodeOptions } from 'protons-runtime'

export interface StoredAddress {
  multiaddr: Uint8Array
  certified: boolean
  lastSuccessMs: number
}

export namespace StoredAddress {
  let _codec: Codec<StoredAddress>

  export const codec = (): Codec<StoredAddress> => {
    if (_codec == null) {
      _codec = message<StoredAddress>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.multiaddr != null && obj.multiaddr.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.multiaddr)
        }

        if ((obj.certified != null && obj.certified !== false)) {
          w.uint32(16)
          w.bool(obj.certified)
        }

        if ((obj.lastSuccessMs != null && obj.lastSuccessMs !== 0)) {
          w.uint32(24)
          w.uint64Number(obj.lastSuccessMs)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          multiaddr: uint8ArrayAlloc(0),
          certified: false,
          lastSuccessMs: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.multiaddr = reader.bytes()
              break
            }
            case 2: {
              obj.certified = reader.bool()
              break
            }
            case 3: {
              obj.lastSuccessMs = reader.uint64Number()
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
                field: `${prefix}.multiaddr`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.certified`,
                value: reader.bool()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.lastSuccessMs`,
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

  export interface StoredAddressMultiaddrFieldEvent {
    field: '$.multiaddr'
    value: Uint8Array
  }

  export interface StoredAddressCertifiedFieldEvent {
    field: '$.certified'
    value: boolean
  }

  export interface StoredAddressLastSuccessMsFieldEvent {
    field: '$.lastSuccessMs'
    value: number
  }

  export function encode (obj: Partial<StoredAddress>): Uint8Array {
    return encodeMessage(obj, StoredAddress.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<StoredAddress>): StoredAddress {
    return decodeMessage(buf, StoredAddress.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<StoredAddress>): Generator<StoredAddressMultiaddrFieldEvent | StoredAddressCertifiedFieldEvent | StoredAddressLastSuccessMsFieldEvent> {
    return streamMessage(buf, StoredAddress.codec(), opts)
  }
}

export interface StoredEntry {
  addresses: StoredAddress[]
  record?: Uint8Array
  seq?: bigint
  roles: string[]
  source: string
  newBucket: number
  triedBucket?: number
  firstSeenMs: number
  lastSeenMs: number
  lastAttemptMs: number
  lastSuccessMs: number
  lastObservedMs: number
  failures: number
}

export namespace StoredEntry {
  let _codec: Codec<StoredEntry>

  export const codec = (): Codec<StoredEntry> => {
    if (_codec == null) {
      _codec = message<StoredEntry>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.addresses != null && obj.addresses.length > 0) {
          for (const value of obj.addresses) {
            w.uint32(10)
            StoredAddress.codec().encode(value, w)
          }
        }

        if (obj.record != null) {
          w.uint32(18)
          w.bytes(obj.record)
        }

        if (obj.seq != null) {
          w.uint32(24)
          w.uint64(obj.seq)
        }

        if (obj.roles != null && obj.roles.length > 0) {
          for (const value of obj.roles) {
            w.uint32(34)
            w.string(value)
          }
        }

        if ((obj.source != null && obj.source !== '')) {
          w.uint32(42)
          w.string(obj.source)
        }

        if ((obj.newBucket != null && obj.newBucket !== 0)) {
          w.uint32(48)
          w.uint32(obj.newBucket)
        }

        if (obj.triedBucket != null) {
          w.uint32(56)
          w.uint32(obj.triedBucket)
        }

        if ((obj.firstSeenMs != null && obj.firstSeenMs !== 0)) {
          w.uint32(64)
          w.uint64Number(obj.firstSeenMs)
        }

        if ((obj.lastSeenMs != null && obj.lastSeenMs !== 0)) {
          w.uint32(72)
          w.uint64Number(obj.lastSeenMs)
        }

        if ((obj.lastAttemptMs != null && obj.lastAttemptMs !== 0)) {
          w.uint32(80)
          w.uint64Number(obj.lastAttemptMs)
        }

        if ((obj.lastSuccessMs != null && obj.lastSuccessMs !== 0)) {
          w.uint32(88)
          w.uint64Number(obj.lastSuccessMs)
        }

        if ((obj.lastObservedMs != null && obj.lastObservedMs !== 0)) {
          w.uint32(96)
          w.uint64Number(obj.lastObservedMs)
        }

        if ((obj.failures != null && obj.failures !== 0)) {
          w.uint32(104)
          w.uint32(obj.failures)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          addresses: [],
          roles: [],
          source: '',
          newBucket: 0,
          firstSeenMs: 0,
          lastSeenMs: 0,
          lastAttemptMs: 0,
          lastSuccessMs: 0,
          lastObservedMs: 0,
          failures: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.addresses != null && obj.addresses.length === opts.limits.addresses) {
                throw new MaxLengthError('Decode error - repeated field "addresses" had too many elements')
              }

              if (obj.addresses.length === 16) {
                throw new MaxLengthError('Decode error - repeated field "addresses" had too many elements')
              }

              obj.addresses.push(StoredAddress.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.addresses$
              }))
              break
            }
            case 2: {
              obj.record = reader.bytes()
              break
            }
            case 3: {
              obj.seq = reader.uint64()
              break
            }
            case 4: {
              if (opts.limits?.roles != null && obj.roles.length === opts.limits.roles) {
                throw new MaxLengthError('Decode error - repeated field "roles" had too many elements')
              }

              if (obj.roles.length === 8) {
                throw new MaxLengthError('Decode error - repeated field "roles" had too many elements')
              }

              obj.roles.push(reader.string())
              break
            }
            case 5: {
              obj.source = reader.string()
              break
            }
            case 6: {
              obj.newBucket = reader.uint32()
              break
            }
            case 7: {
              obj.triedBucket = reader.uint32()
              break
            }
            case 8: {
              obj.firstSeenMs = reader.uint64Number()
              break
            }
            case 9: {
              obj.lastSeenMs = reader.uint64Number()
              break
            }
            case 10: {
              obj.lastAttemptMs = reader.uint64Number()
              break
            }
            case 11: {
              obj.lastSuccessMs = reader.uint64Number()
              break
            }
            case 12: {
              obj.lastObservedMs = reader.uint64Number()
              break
            }
            case 13: {
              obj.failures = reader.uint32()
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
          addresses: 16,
          roles: 8
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.addresses != null && obj.addresses === opts.limits.addresses) {
                throw new MaxLengthError('Streaming decode error - repeated field "addresses" had too many elements')
              }

              if (obj.addresses === 16) {
                throw new MaxLengthError('Streaming decode error - repeated field "addresses" had too many elements')
              }

              for (const evt of StoredAddress.codec().stream(reader, reader.uint32(), `${prefix}.addresses[]`, {
                limits: opts.limits?.addresses$
              })) {
                yield {
                  ...evt,
                  index: obj.addresses
                }
              }

              obj.addresses++

              break
            }
            case 2: {
              yield {
                field: `${prefix}.record`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.seq`,
                value: reader.uint64()
              }
              break
            }
            case 4: {
              if (opts.limits?.roles != null && obj.roles === opts.limits.roles) {
                throw new MaxLengthError('Streaming decode error - repeated field "roles" had too many elements')
              }

              if (obj.roles === 8) {
                throw new MaxLengthError('Streaming decode error - repeated field "roles" had too many elements')
              }

              yield {
                field: `${prefix}.roles[]`,
                index: obj.roles,
                value: reader.string()
              }

              obj.roles++

              break
            }
            case 5: {
              yield {
                field: `${prefix}.source`,
                value: reader.string()
              }
              break
            }
            case 6: {
              yield {
                field: `${prefix}.newBucket`,
                value: reader.uint32()
              }
              break
            }
            case 7: {
              yield {
                field: `${prefix}.triedBucket`,
                value: reader.uint32()
              }
              break
            }
            case 8: {
              yield {
                field: `${prefix}.firstSeenMs`,
                value: reader.uint64Number()
              }
              break
            }
            case 9: {
              yield {
                field: `${prefix}.lastSeenMs`,
                value: reader.uint64Number()
              }
              break
            }
            case 10: {
              yield {
                field: `${prefix}.lastAttemptMs`,
                value: reader.uint64Number()
              }
              break
            }
            case 11: {
              yield {
                field: `${prefix}.lastSuccessMs`,
                value: reader.uint64Number()
              }
              break
            }
            case 12: {
              yield {
                field: `${prefix}.lastObservedMs`,
                value: reader.uint64Number()
              }
              break
            }
            case 13: {
              yield {
                field: `${prefix}.failures`,
                value: reader.uint32()
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

  export interface StoredEntryAddressesMultiaddrFieldEvent {
    field: '$.addresses[].multiaddr'
    value: Uint8Array
    index: number
  }

  export interface StoredEntryAddressesCertifiedFieldEvent {
    field: '$.addresses[].certified'
    value: boolean
    index: number
  }

  export interface StoredEntryAddressesLastSuccessMsFieldEvent {
    field: '$.addresses[].lastSuccessMs'
    value: number
    index: number
  }

  export interface StoredEntryRecordFieldEvent {
    field: '$.record'
    value: Uint8Array
  }

  export interface StoredEntrySeqFieldEvent {
    field: '$.seq'
    value: bigint
  }

  export interface StoredEntryRolesFieldEvent {
    field: '$.roles[]'
    index: number
    value: string
  }

  export interface StoredEntrySourceFieldEvent {
    field: '$.source'
    value: string
  }

  export interface StoredEntryNewBucketFieldEvent {
    field: '$.newBucket'
    value: number
  }

  export interface StoredEntryTriedBucketFieldEvent {
    field: '$.triedBucket'
    value: number
  }

  export interface StoredEntryFirstSeenMsFieldEvent {
    field: '$.firstSeenMs'
    value: number
  }

  export interface StoredEntryLastSeenMsFieldEvent {
    field: '$.lastSeenMs'
    value: number
  }

  export interface StoredEntryLastAttemptMsFieldEvent {
    field: '$.lastAttemptMs'
    value: number
  }

  export interface StoredEntryLastSuccessMsFieldEvent {
    field: '$.lastSuccessMs'
    value: number
  }

  export interface StoredEntryLastObservedMsFieldEvent {
    field: '$.lastObservedMs'
    value: number
  }

  export interface StoredEntryFailuresFieldEvent {
    field: '$.failures'
    value: number
  }

  export function encode (obj: Partial<StoredEntry>): Uint8Array {
    return encodeMessage(obj, StoredEntry.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<StoredEntry>): StoredEntry {
    return decodeMessage(buf, StoredEntry.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<StoredEntry>): Generator<StoredEntryAddressesMultiaddrFieldEvent | StoredEntryAddressesCertifiedFieldEvent | StoredEntryAddressesLastSuccessMsFieldEvent | StoredEntryRecordFieldEvent | StoredEntrySeqFieldEvent | StoredEntryRolesFieldEvent | StoredEntrySourceFieldEvent | StoredEntryNewBucketFieldEvent | StoredEntryTriedBucketFieldEvent | StoredEntryFirstSeenMsFieldEvent | StoredEntryLastSeenMsFieldEvent | StoredEntryLastAttemptMsFieldEvent | StoredEntryLastSuccessMsFieldEvent | StoredEntryLastObservedMsFieldEvent | StoredEntryFailuresFieldEvent> {
    return streamMessage(buf, StoredEntry.codec(), opts)
  }
}
