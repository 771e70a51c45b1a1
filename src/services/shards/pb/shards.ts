// Generated from protocols/shards/shards.proto by scripts/generate-protocols.mjs: change that, not this.
// @ts-nocheck: protons declares parameters that it does not use
/* eslint-disable require-yield */

import { decodeMessage, encodeMessage, enumeration, MaxLengthError, message, streamMessage } from 'protons-runtime'
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc'
import type { Codec, DecodeOptions } from 'protons-runtime'

export interface Signed {
  content: Uint8Array
  signature: Uint8Array
}

export namespace Signed {
  let _codec: Codec<Signed>

  export const codec = (): Codec<Signed> => {
    if (_codec == null) {
      _codec = message<Signed>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.content != null && obj.content.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.content)
        }

        if ((obj.signature != null && obj.signature.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.signature)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          content: uint8ArrayAlloc(0),
          signature: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.content = reader.bytes()
              break
            }
            case 2: {
              obj.signature = reader.bytes()
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
                field: `${prefix}.content`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.signature`,
                value: reader.bytes()
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

  export interface SignedContentFieldEvent {
    field: '$.content'
    value: Uint8Array
  }

  export interface SignedSignatureFieldEvent {
    field: '$.signature'
    value: Uint8Array
  }

  export function encode (obj: Partial<Signed>): Uint8Array {
    return encodeMessage(obj, Signed.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<Signed>): Signed {
    return decodeMessage(buf, Signed.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<Signed>): Generator<SignedContentFieldEvent | SignedSignatureFieldEvent> {
    return streamMessage(buf, Signed.codec(), opts)
  }
}

export interface Manifest {
  suite: number
  vault: Uint8Array
  owner: Uint8Array
  nonce: Uint8Array
  seq: number
  prev: Uint8Array
  epoch: number
  threshold: number
  holders: Holder[]
  commitments: Uint8Array[]
  item?: Item
  policy?: Policy
  state: State
  issuedMs: number
  expiresMs: number
  change: Change
  transcript: Uint8Array
  label: Uint8Array
  revoked: Uint8Array[]
}

export namespace Manifest {
  let _codec: Codec<Manifest>

  export const codec = (): Codec<Manifest> => {
    if (_codec == null) {
      _codec = message<Manifest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.suite != null && obj.suite !== 0)) {
          w.uint32(8)
          w.uint32(obj.suite)
        }

        if ((obj.vault != null && obj.vault.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.vault)
        }

        if ((obj.owner != null && obj.owner.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.owner)
        }

        if ((obj.nonce != null && obj.nonce.byteLength > 0)) {
          w.uint32(34)
          w.bytes(obj.nonce)
        }

        if ((obj.seq != null && obj.seq !== 0)) {
          w.uint32(40)
          w.uint64Number(obj.seq)
        }

        if ((obj.prev != null && obj.prev.byteLength > 0)) {
          w.uint32(50)
          w.bytes(obj.prev)
        }

        if ((obj.epoch != null && obj.epoch !== 0)) {
          w.uint32(56)
          w.uint32(obj.epoch)
        }

        if ((obj.threshold != null && obj.threshold !== 0)) {
          w.uint32(64)
          w.uint32(obj.threshold)
        }

        if (obj.holders != null && obj.holders.length > 0) {
          for (const value of obj.holders) {
            w.uint32(74)
            Holder.codec().encode(value, w)
          }
        }

        if (obj.commitments != null && obj.commitments.length > 0) {
          for (const value of obj.commitments) {
            w.uint32(82)
            w.bytes(value)
          }
        }

        if (obj.item != null) {
          w.uint32(90)
          Item.codec().encode(obj.item, w)
        }

        if (obj.policy != null) {
          w.uint32(98)
          Policy.codec().encode(obj.policy, w)
        }

        if (obj.state != null && __StateValues[obj.state] !== 0) {
          w.uint32(104)
          State.codec().encode(obj.state, w)
        }

        if ((obj.issuedMs != null && obj.issuedMs !== 0)) {
          w.uint32(112)
          w.uint64Number(obj.issuedMs)
        }

        if ((obj.expiresMs != null && obj.expiresMs !== 0)) {
          w.uint32(120)
          w.uint64Number(obj.expiresMs)
        }

        if (obj.change != null && __ChangeValues[obj.change] !== 0) {
          w.uint32(128)
          Change.codec().encode(obj.change, w)
        }

        if ((obj.transcript != null && obj.transcript.byteLength > 0)) {
          w.uint32(138)
          w.bytes(obj.transcript)
        }

        if ((obj.label != null && obj.label.byteLength > 0)) {
          w.uint32(146)
          w.bytes(obj.label)
        }

        if (obj.revoked != null && obj.revoked.length > 0) {
          for (const value of obj.revoked) {
            w.uint32(154)
            w.bytes(value)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          suite: 0,
          vault: uint8ArrayAlloc(0),
          owner: uint8ArrayAlloc(0),
          nonce: uint8ArrayAlloc(0),
          seq: 0,
          prev: uint8ArrayAlloc(0),
          epoch: 0,
          threshold: 0,
          holders: [],
          commitments: [],
          state: State.UNKNOWN_STATE,
          issuedMs: 0,
          expiresMs: 0,
          change: Change.UNKNOWN_CHANGE,
          transcript: uint8ArrayAlloc(0),
          label: uint8ArrayAlloc(0),
          revoked: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.suite = reader.uint32()
              break
            }
            case 2: {
              obj.vault = reader.bytes()
              break
            }
            case 3: {
              obj.owner = reader.bytes()
              break
            }
            case 4: {
              obj.nonce = reader.bytes()
              break
            }
            case 5: {
              obj.seq = reader.uint64Number()
              break
            }
            case 6: {
              obj.prev = reader.bytes()
              break
            }
            case 7: {
              obj.epoch = reader.uint32()
              break
            }
            case 8: {
              obj.threshold = reader.uint32()
              break
            }
            case 9: {
              if (opts.limits?.holders != null && obj.holders.length === opts.limits.holders) {
                throw new MaxLengthError('Decode error - repeated field "holders" had too many elements')
              }

              obj.holders.push(Holder.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.holders$
              }))
              break
            }
            case 10: {
              if (opts.limits?.commitments != null && obj.commitments.length === opts.limits.commitments) {
                throw new MaxLengthError('Decode error - repeated field "commitments" had too many elements')
              }

              obj.commitments.push(reader.bytes())
              break
            }
            case 11: {
              obj.item = Item.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.item
              })
              break
            }
            case 12: {
              obj.policy = Policy.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.policy
              })
              break
            }
            case 13: {
              obj.state = State.codec().decode(reader)
              break
            }
            case 14: {
              obj.issuedMs = reader.uint64Number()
              break
            }
            case 15: {
              obj.expiresMs = reader.uint64Number()
              break
            }
            case 16: {
              obj.change = Change.codec().decode(reader)
              break
            }
            case 17: {
              obj.transcript = reader.bytes()
              break
            }
            case 18: {
              obj.label = reader.bytes()
              break
            }
            case 19: {
              if (opts.limits?.revoked != null && obj.revoked.length === opts.limits.revoked) {
                throw new MaxLengthError('Decode error - repeated field "revoked" had too many elements')
              }

              obj.revoked.push(reader.bytes())
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
          holders: 0,
          commitments: 0,
          revoked: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.suite`,
                value: reader.uint32()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.vault`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.owner`,
                value: reader.bytes()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.nonce`,
                value: reader.bytes()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.seq`,
                value: reader.uint64Number()
              }
              break
            }
            case 6: {
              yield {
                field: `${prefix}.prev`,
                value: reader.bytes()
              }
              break
            }
            case 7: {
              yield {
                field: `${prefix}.epoch`,
                value: reader.uint32()
              }
              break
            }
            case 8: {
              yield {
                field: `${prefix}.threshold`,
                value: reader.uint32()
              }
              break
            }
            case 9: {
              if (opts.limits?.holders != null && obj.holders === opts.limits.holders) {
                throw new MaxLengthError('Streaming decode error - repeated field "holders" had too many elements')
              }

              for (const evt of Holder.codec().stream(reader, reader.uint32(), `${prefix}.holders[]`, {
                limits: opts.limits?.holders$
              })) {
                yield {
                  ...evt,
                  index: obj.holders
                }
              }

              obj.holders++

              break
            }
            case 10: {
              if (opts.limits?.commitments != null && obj.commitments === opts.limits.commitments) {
                throw new MaxLengthError('Streaming decode error - repeated field "commitments" had too many elements')
              }

              yield {
                field: `${prefix}.commitments[]`,
                index: obj.commitments,
                value: reader.bytes()
              }

              obj.commitments++

              break
            }
            case 11: {
              yield * Item.codec().stream(reader, reader.uint32(), `${prefix}.item`, {
                limits: opts.limits?.item
              })

              break
            }
            case 12: {
              yield * Policy.codec().stream(reader, reader.uint32(), `${prefix}.policy`, {
                limits: opts.limits?.policy
              })

              break
            }
            case 13: {
              yield {
                field: `${prefix}.state`,
                value: State.codec().decode(reader)
              }
              break
            }
            case 14: {
              yield {
                field: `${prefix}.issuedMs`,
                value: reader.uint64Number()
              }
              break
            }
            case 15: {
              yield {
                field: `${prefix}.expiresMs`,
                value: reader.uint64Number()
              }
              break
            }
            case 16: {
              yield {
                field: `${prefix}.change`,
                value: Change.codec().decode(reader)
              }
              break
            }
            case 17: {
              yield {
                field: `${prefix}.transcript`,
                value: reader.bytes()
              }
              break
            }
            case 18: {
              yield {
                field: `${prefix}.label`,
                value: reader.bytes()
              }
              break
            }
            case 19: {
              if (opts.limits?.revoked != null && obj.revoked === opts.limits.revoked) {
                throw new MaxLengthError('Streaming decode error - repeated field "revoked" had too many elements')
              }

              yield {
                field: `${prefix}.revoked[]`,
                index: obj.revoked,
                value: reader.bytes()
              }

              obj.revoked++

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

  export interface ManifestSuiteFieldEvent {
    field: '$.suite'
    value: number
  }

  export interface ManifestVaultFieldEvent {
    field: '$.vault'
    value: Uint8Array
  }

  export interface ManifestOwnerFieldEvent {
    field: '$.owner'
    value: Uint8Array
  }

  export interface ManifestNonceFieldEvent {
    field: '$.nonce'
    value: Uint8Array
  }

  export interface ManifestSeqFieldEvent {
    field: '$.seq'
    value: number
  }

  export interface ManifestPrevFieldEvent {
    field: '$.prev'
    value: Uint8Array
  }

  export interface ManifestEpochFieldEvent {
    field: '$.epoch'
    value: number
  }

  export interface ManifestThresholdFieldEvent {
    field: '$.threshold'
    value: number
  }

  export interface ManifestHoldersIndexFieldEvent {
    field: '$.holders[].index'
    value: number
    index: number
  }

  export interface ManifestHoldersPeerFieldEvent {
    field: '$.holders[].peer'
    value: Uint8Array
    index: number
  }

  export interface ManifestHoldersVerificationFieldEvent {
    field: '$.holders[].verification'
    value: Uint8Array
    index: number
  }

  export interface ManifestHoldersKemKeyFieldEvent {
    field: '$.holders[].kemKey'
    value: Uint8Array
    index: number
  }

  export interface ManifestCommitmentsFieldEvent {
    field: '$.commitments[]'
    index: number
    value: Uint8Array
  }

  export interface ManifestItemVersionFieldEvent {
    field: '$.item.version'
    value: number
  }

  export interface ManifestItemEncapsulationFieldEvent {
    field: '$.item.encapsulation'
    value: Uint8Array
  }

  export interface ManifestItemWrappedKeyFieldEvent {
    field: '$.item.wrappedKey'
    value: Uint8Array
  }

  export interface ManifestItemPayloadFieldEvent {
    field: '$.item.payload'
    value: Uint8Array
  }

  export interface ManifestItemBytesFieldEvent {
    field: '$.item.bytes'
    value: number
  }

  export interface ManifestItemChunkBytesFieldEvent {
    field: '$.item.chunkBytes'
    value: number
  }

  export interface ManifestPolicyVersionFieldEvent {
    field: '$.policy.version'
    value: number
  }

  export interface ManifestPolicyAuditEveryMsFieldEvent {
    field: '$.policy.auditEveryMs'
    value: number
  }

  export interface ManifestPolicyRefreshEveryMsFieldEvent {
    field: '$.policy.refreshEveryMs'
    value: number
  }

  export interface ManifestPolicyLostAfterMsFieldEvent {
    field: '$.policy.lostAfterMs'
    value: number
  }

  export interface ManifestPolicyHoldersMayReshareFieldEvent {
    field: '$.policy.holdersMayReshare'
    value: boolean
  }

  export interface ManifestPolicyExportableFieldEvent {
    field: '$.policy.exportable'
    value: boolean
  }

  export interface ManifestPolicyOpensPerHourFieldEvent {
    field: '$.policy.opensPerHour'
    value: number
  }

  export interface ManifestStateFieldEvent {
    field: '$.state'
    value: State
  }

  export interface ManifestIssuedMsFieldEvent {
    field: '$.issuedMs'
    value: number
  }

  export interface ManifestExpiresMsFieldEvent {
    field: '$.expiresMs'
    value: number
  }

  export interface ManifestChangeFieldEvent {
    field: '$.change'
    value: Change
  }

  export interface ManifestTranscriptFieldEvent {
    field: '$.transcript'
    value: Uint8Array
  }

  export interface ManifestLabelFieldEvent {
    field: '$.label'
    value: Uint8Array
  }

  export interface ManifestRevokedFieldEvent {
    field: '$.revoked[]'
    index: number
    value: Uint8Array
  }

  export function encode (obj: Partial<Manifest>): Uint8Array {
    return encodeMessage(obj, Manifest.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<Manifest>): Manifest {
    return decodeMessage(buf, Manifest.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<Manifest>): Generator<ManifestSuiteFieldEvent | ManifestVaultFieldEvent | ManifestOwnerFieldEvent | ManifestNonceFieldEvent | ManifestSeqFieldEvent | ManifestPrevFieldEvent | ManifestEpochFieldEvent | ManifestThresholdFieldEvent | ManifestHoldersIndexFieldEvent | ManifestHoldersPeerFieldEvent | ManifestHoldersVerificationFieldEvent | ManifestHoldersKemKeyFieldEvent | ManifestCommitmentsFieldEvent | ManifestItemVersionFieldEvent | ManifestItemEncapsulationFieldEvent | ManifestItemWrappedKeyFieldEvent | ManifestItemPayloadFieldEvent | ManifestItemBytesFieldEvent | ManifestItemChunkBytesFieldEvent | ManifestPolicyVersionFieldEvent | ManifestPolicyAuditEveryMsFieldEvent | ManifestPolicyRefreshEveryMsFieldEvent | ManifestPolicyLostAfterMsFieldEvent | ManifestPolicyHoldersMayReshareFieldEvent | ManifestPolicyExportableFieldEvent | ManifestPolicyOpensPerHourFieldEvent | ManifestStateFieldEvent | ManifestIssuedMsFieldEvent | ManifestExpiresMsFieldEvent | ManifestChangeFieldEvent | ManifestTranscriptFieldEvent | ManifestLabelFieldEvent | ManifestRevokedFieldEvent> {
    return streamMessage(buf, Manifest.codec(), opts)
  }
}

export enum State {
  UNKNOWN_STATE = 'UNKNOWN_STATE',
  ACTIVE = 'ACTIVE',
  EXPOSED = 'EXPOSED'
}

enum __StateValues {
  UNKNOWN_STATE = 0,
  ACTIVE = 1,
  EXPOSED = 2
}

export namespace State {
  export const codec = (): Codec<State> => {
    return enumeration<State>(__StateValues)
  }
}

export enum Change {
  UNKNOWN_CHANGE = 'UNKNOWN_CHANGE',
  GENESIS = 'GENESIS',
  UPDATE = 'UPDATE',
  RESHARE = 'RESHARE',
  ROTATE = 'ROTATE'
}

enum __ChangeValues {
  UNKNOWN_CHANGE = 0,
  GENESIS = 1,
  UPDATE = 2,
  RESHARE = 3,
  ROTATE = 4
}

export namespace Change {
  export const codec = (): Codec<Change> => {
    return enumeration<Change>(__ChangeValues)
  }
}

export interface Holder {
  index: number
  peer: Uint8Array
  verification: Uint8Array
  kemKey: Uint8Array
}

export namespace Holder {
  let _codec: Codec<Holder>

  export const codec = (): Codec<Holder> => {
    if (_codec == null) {
      _codec = message<Holder>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.index != null && obj.index !== 0)) {
          w.uint32(8)
          w.uint32(obj.index)
        }

        if ((obj.peer != null && obj.peer.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.peer)
        }

        if ((obj.verification != null && obj.verification.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.verification)
        }

        if ((obj.kemKey != null && obj.kemKey.byteLength > 0)) {
          w.uint32(34)
          w.bytes(obj.kemKey)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          index: 0,
          peer: uint8ArrayAlloc(0),
          verification: uint8ArrayAlloc(0),
          kemKey: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.index = reader.uint32()
              break
            }
            case 2: {
              obj.peer = reader.bytes()
              break
            }
            case 3: {
              obj.verification = reader.bytes()
              break
            }
            case 4: {
              obj.kemKey = reader.bytes()
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
                field: `${prefix}.index`,
                value: reader.uint32()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.peer`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.verification`,
                value: reader.bytes()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.kemKey`,
                value: reader.bytes()
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

  export interface HolderIndexFieldEvent {
    field: '$.index'
    value: number
  }

  export interface HolderPeerFieldEvent {
    field: '$.peer'
    value: Uint8Array
  }

  export interface HolderVerificationFieldEvent {
    field: '$.verification'
    value: Uint8Array
  }

  export interface HolderKemKeyFieldEvent {
    field: '$.kemKey'
    value: Uint8Array
  }

  export function encode (obj: Partial<Holder>): Uint8Array {
    return encodeMessage(obj, Holder.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<Holder>): Holder {
    return decodeMessage(buf, Holder.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<Holder>): Generator<HolderIndexFieldEvent | HolderPeerFieldEvent | HolderVerificationFieldEvent | HolderKemKeyFieldEvent> {
    return streamMessage(buf, Holder.codec(), opts)
  }
}

export interface Item {
  version: number
  encapsulation: Uint8Array
  wrappedKey: Uint8Array
  payload: Uint8Array
  bytes: number
  chunkBytes: number
}

export namespace Item {
  let _codec: Codec<Item>

  export const codec = (): Codec<Item> => {
    if (_codec == null) {
      _codec = message<Item>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.version != null && obj.version !== 0)) {
          w.uint32(8)
          w.uint32(obj.version)
        }

        if ((obj.encapsulation != null && obj.encapsulation.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.encapsulation)
        }

        if ((obj.wrappedKey != null && obj.wrappedKey.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.wrappedKey)
        }

        if ((obj.payload != null && obj.payload.byteLength > 0)) {
          w.uint32(34)
          w.bytes(obj.payload)
        }

        if ((obj.bytes != null && obj.bytes !== 0)) {
          w.uint32(40)
          w.uint64Number(obj.bytes)
        }

        if ((obj.chunkBytes != null && obj.chunkBytes !== 0)) {
          w.uint32(48)
          w.uint32(obj.chunkBytes)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          version: 0,
          encapsulation: uint8ArrayAlloc(0),
          wrappedKey: uint8ArrayAlloc(0),
          payload: uint8ArrayAlloc(0),
          bytes: 0,
          chunkBytes: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.version = reader.uint32()
              break
            }
            case 2: {
              obj.encapsulation = reader.bytes()
              break
            }
            case 3: {
              obj.wrappedKey = reader.bytes()
              break
            }
            case 4: {
              obj.payload = reader.bytes()
              break
            }
            case 5: {
              obj.bytes = reader.uint64Number()
              break
            }
            case 6: {
              obj.chunkBytes = reader.uint32()
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
                field: `${prefix}.version`,
                value: reader.uint32()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.encapsulation`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.wrappedKey`,
                value: reader.bytes()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.payload`,
                value: reader.bytes()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.bytes`,
                value: reader.uint64Number()
              }
              break
            }
            case 6: {
              yield {
                field: `${prefix}.chunkBytes`,
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

  export interface ItemVersionFieldEvent {
    field: '$.version'
    value: number
  }

  export interface ItemEncapsulationFieldEvent {
    field: '$.encapsulation'
    value: Uint8Array
  }

  export interface ItemWrappedKeyFieldEvent {
    field: '$.wrappedKey'
    value: Uint8Array
  }

  export interface ItemPayloadFieldEvent {
    field: '$.payload'
    value: Uint8Array
  }

  export interface ItemBytesFieldEvent {
    field: '$.bytes'
    value: number
  }

  export interface ItemChunkBytesFieldEvent {
    field: '$.chunkBytes'
    value: number
  }

  export function encode (obj: Partial<Item>): Uint8Array {
    return encodeMessage(obj, Item.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<Item>): Item {
    return decodeMessage(buf, Item.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<Item>): Generator<ItemVersionFieldEvent | ItemEncapsulationFieldEvent | ItemWrappedKeyFieldEvent | ItemPayloadFieldEvent | ItemBytesFieldEvent | ItemChunkBytesFieldEvent> {
    return streamMessage(buf, Item.codec(), opts)
  }
}

export interface Policy {
  version: number
  auditEveryMs: number
  refreshEveryMs: number
  lostAfterMs: number
  holdersMayReshare: boolean
  exportable: boolean
  opensPerHour: number
}

export namespace Policy {
  let _codec: Codec<Policy>

  export const codec = (): Codec<Policy> => {
    if (_codec == null) {
      _codec = message<Policy>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.version != null && obj.version !== 0)) {
          w.uint32(8)
          w.uint32(obj.version)
        }

        if ((obj.auditEveryMs != null && obj.auditEveryMs !== 0)) {
          w.uint32(16)
          w.uint64Number(obj.auditEveryMs)
        }

        if ((obj.refreshEveryMs != null && obj.refreshEveryMs !== 0)) {
          w.uint32(24)
          w.uint64Number(obj.refreshEveryMs)
        }

        if ((obj.lostAfterMs != null && obj.lostAfterMs !== 0)) {
          w.uint32(32)
          w.uint64Number(obj.lostAfterMs)
        }

        if ((obj.holdersMayReshare != null && obj.holdersMayReshare !== false)) {
          w.uint32(40)
          w.bool(obj.holdersMayReshare)
        }

        if ((obj.exportable != null && obj.exportable !== false)) {
          w.uint32(48)
          w.bool(obj.exportable)
        }

        if ((obj.opensPerHour != null && obj.opensPerHour !== 0)) {
          w.uint32(56)
          w.uint32(obj.opensPerHour)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          version: 0,
          auditEveryMs: 0,
          refreshEveryMs: 0,
          lostAfterMs: 0,
          holdersMayReshare: false,
          exportable: false,
          opensPerHour: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.version = reader.uint32()
              break
            }
            case 2: {
              obj.auditEveryMs = reader.uint64Number()
              break
            }
            case 3: {
              obj.refreshEveryMs = reader.uint64Number()
              break
            }
            case 4: {
              obj.lostAfterMs = reader.uint64Number()
              break
            }
            case 5: {
              obj.holdersMayReshare = reader.bool()
              break
            }
            case 6: {
              obj.exportable = reader.bool()
              break
            }
            case 7: {
              obj.opensPerHour = reader.uint32()
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
                field: `${prefix}.version`,
                value: reader.uint32()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.auditEveryMs`,
                value: reader.uint64Number()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.refreshEveryMs`,
                value: reader.uint64Number()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.lostAfterMs`,
                value: reader.uint64Number()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.holdersMayReshare`,
                value: reader.bool()
              }
              break
            }
            case 6: {
              yield {
                field: `${prefix}.exportable`,
                value: reader.bool()
              }
              break
            }
            case 7: {
              yield {
                field: `${prefix}.opensPerHour`,
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

  export interface PolicyVersionFieldEvent {
    field: '$.version'
    value: number
  }

  export interface PolicyAuditEveryMsFieldEvent {
    field: '$.auditEveryMs'
    value: number
  }

  export interface PolicyRefreshEveryMsFieldEvent {
    field: '$.refreshEveryMs'
    value: number
  }

  export interface PolicyLostAfterMsFieldEvent {
    field: '$.lostAfterMs'
    value: number
  }

  export interface PolicyHoldersMayReshareFieldEvent {
    field: '$.holdersMayReshare'
    value: boolean
  }

  export interface PolicyExportableFieldEvent {
    field: '$.exportable'
    value: boolean
  }

  export interface PolicyOpensPerHourFieldEvent {
    field: '$.opensPerHour'
    value: number
  }

  export function encode (obj: Partial<Policy>): Uint8Array {
    return encodeMessage(obj, Policy.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<Policy>): Policy {
    return decodeMessage(buf, Policy.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<Policy>): Generator<PolicyVersionFieldEvent | PolicyAuditEveryMsFieldEvent | PolicyRefreshEveryMsFieldEvent | PolicyLostAfterMsFieldEvent | PolicyHoldersMayReshareFieldEvent | PolicyExportableFieldEvent | PolicyOpensPerHourFieldEvent> {
    return streamMessage(buf, Policy.codec(), opts)
  }
}

export interface SignedManifest {
  manifest: Uint8Array
  ownerSignature: Uint8Array
  accepts: Signed[]
}

export namespace SignedManifest {
  let _codec: Codec<SignedManifest>

  export const codec = (): Codec<SignedManifest> => {
    if (_codec == null) {
      _codec = message<SignedManifest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.manifest != null && obj.manifest.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.manifest)
        }

        if ((obj.ownerSignature != null && obj.ownerSignature.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.ownerSignature)
        }

        if (obj.accepts != null && obj.accepts.length > 0) {
          for (const value of obj.accepts) {
            w.uint32(26)
            Signed.codec().encode(value, w)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          manifest: uint8ArrayAlloc(0),
          ownerSignature: uint8ArrayAlloc(0),
          accepts: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.manifest = reader.bytes()
              break
            }
            case 2: {
              obj.ownerSignature = reader.bytes()
              break
            }
            case 3: {
              if (opts.limits?.accepts != null && obj.accepts.length === opts.limits.accepts) {
                throw new MaxLengthError('Decode error - repeated field "accepts" had too many elements')
              }

              obj.accepts.push(Signed.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.accepts$
              }))
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
          accepts: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.manifest`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.ownerSignature`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              if (opts.limits?.accepts != null && obj.accepts === opts.limits.accepts) {
                throw new MaxLengthError('Streaming decode error - repeated field "accepts" had too many elements')
              }

              for (const evt of Signed.codec().stream(reader, reader.uint32(), `${prefix}.accepts[]`, {
                limits: opts.limits?.accepts$
              })) {
                yield {
                  ...evt,
                  index: obj.accepts
                }
              }

              obj.accepts++

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

  export interface SignedManifestManifestFieldEvent {
    field: '$.manifest'
    value: Uint8Array
  }

  export interface SignedManifestOwnerSignatureFieldEvent {
    field: '$.ownerSignature'
    value: Uint8Array
  }

  export interface SignedManifestAcceptsContentFieldEvent {
    field: '$.accepts[].content'
    value: Uint8Array
    index: number
  }

  export interface SignedManifestAcceptsSignatureFieldEvent {
    field: '$.accepts[].signature'
    value: Uint8Array
    index: number
  }

  export function encode (obj: Partial<SignedManifest>): Uint8Array {
    return encodeMessage(obj, SignedManifest.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<SignedManifest>): SignedManifest {
    return decodeMessage(buf, SignedManifest.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<SignedManifest>): Generator<SignedManifestManifestFieldEvent | SignedManifestOwnerSignatureFieldEvent | SignedManifestAcceptsContentFieldEvent | SignedManifestAcceptsSignatureFieldEvent> {
    return streamMessage(buf, SignedManifest.codec(), opts)
  }
}

export interface Contribution {
  dealer: number
  proposal: Uint8Array
  commitments: Uint8Array[]
  sealed: Uint8Array[]
  transcript: Uint8Array
}

export namespace Contribution {
  let _codec: Codec<Contribution>

  export const codec = (): Codec<Contribution> => {
    if (_codec == null) {
      _codec = message<Contribution>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.dealer != null && obj.dealer !== 0)) {
          w.uint32(8)
          w.uint32(obj.dealer)
        }

        if ((obj.proposal != null && obj.proposal.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.proposal)
        }

        if (obj.commitments != null && obj.commitments.length > 0) {
          for (const value of obj.commitments) {
            w.uint32(26)
            w.bytes(value)
          }
        }

        if (obj.sealed != null && obj.sealed.length > 0) {
          for (const value of obj.sealed) {
            w.uint32(34)
            w.bytes(value)
          }
        }

        if ((obj.transcript != null && obj.transcript.byteLength > 0)) {
          w.uint32(42)
          w.bytes(obj.transcript)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          dealer: 0,
          proposal: uint8ArrayAlloc(0),
          commitments: [],
          sealed: [],
          transcript: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.dealer = reader.uint32()
              break
            }
            case 2: {
              obj.proposal = reader.bytes()
              break
            }
            case 3: {
              if (opts.limits?.commitments != null && obj.commitments.length === opts.limits.commitments) {
                throw new MaxLengthError('Decode error - repeated field "commitments" had too many elements')
              }

              obj.commitments.push(reader.bytes())
              break
            }
            case 4: {
              if (opts.limits?.sealed != null && obj.sealed.length === opts.limits.sealed) {
                throw new MaxLengthError('Decode error - repeated field "sealed" had too many elements')
              }

              obj.sealed.push(reader.bytes())
              break
            }
            case 5: {
              obj.transcript = reader.bytes()
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
          commitments: 0,
          sealed: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.dealer`,
                value: reader.uint32()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.proposal`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              if (opts.limits?.commitments != null && obj.commitments === opts.limits.commitments) {
                throw new MaxLengthError('Streaming decode error - repeated field "commitments" had too many elements')
              }

              yield {
                field: `${prefix}.commitments[]`,
                index: obj.commitments,
                value: reader.bytes()
              }

              obj.commitments++

              break
            }
            case 4: {
              if (opts.limits?.sealed != null && obj.sealed === opts.limits.sealed) {
                throw new MaxLengthError('Streaming decode error - repeated field "sealed" had too many elements')
              }

              yield {
                field: `${prefix}.sealed[]`,
                index: obj.sealed,
                value: reader.bytes()
              }

              obj.sealed++

              break
            }
            case 5: {
              yield {
                field: `${prefix}.transcript`,
                value: reader.bytes()
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

  export interface ContributionDealerFieldEvent {
    field: '$.dealer'
    value: number
  }

  export interface ContributionProposalFieldEvent {
    field: '$.proposal'
    value: Uint8Array
  }

  export interface ContributionCommitmentsFieldEvent {
    field: '$.commitments[]'
    index: number
    value: Uint8Array
  }

  export interface ContributionSealedFieldEvent {
    field: '$.sealed[]'
    index: number
    value: Uint8Array
  }

  export interface ContributionTranscriptFieldEvent {
    field: '$.transcript'
    value: Uint8Array
  }

  export function encode (obj: Partial<Contribution>): Uint8Array {
    return encodeMessage(obj, Contribution.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<Contribution>): Contribution {
    return decodeMessage(buf, Contribution.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<Contribution>): Generator<ContributionDealerFieldEvent | ContributionProposalFieldEvent | ContributionCommitmentsFieldEvent | ContributionSealedFieldEvent | ContributionTranscriptFieldEvent> {
    return streamMessage(buf, Contribution.codec(), opts)
  }
}

export interface Proposal {
  vault: Uint8Array
  seq: number
  prev: Uint8Array
  threshold: number
  holders: Holder[]
  change: Change
}

export namespace Proposal {
  let _codec: Codec<Proposal>

  export const codec = (): Codec<Proposal> => {
    if (_codec == null) {
      _codec = message<Proposal>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.vault != null && obj.vault.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.vault)
        }

        if ((obj.seq != null && obj.seq !== 0)) {
          w.uint32(16)
          w.uint64Number(obj.seq)
        }

        if ((obj.prev != null && obj.prev.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.prev)
        }

        if ((obj.threshold != null && obj.threshold !== 0)) {
          w.uint32(32)
          w.uint32(obj.threshold)
        }

        if (obj.holders != null && obj.holders.length > 0) {
          for (const value of obj.holders) {
            w.uint32(42)
            Holder.codec().encode(value, w)
          }
        }

        if (obj.change != null && __ChangeValues[obj.change] !== 0) {
          w.uint32(48)
          Change.codec().encode(obj.change, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          vault: uint8ArrayAlloc(0),
          seq: 0,
          prev: uint8ArrayAlloc(0),
          threshold: 0,
          holders: [],
          change: Change.UNKNOWN_CHANGE
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.vault = reader.bytes()
              break
            }
            case 2: {
              obj.seq = reader.uint64Number()
              break
            }
            case 3: {
              obj.prev = reader.bytes()
              break
            }
            case 4: {
              obj.threshold = reader.uint32()
              break
            }
            case 5: {
              if (opts.limits?.holders != null && obj.holders.length === opts.limits.holders) {
                throw new MaxLengthError('Decode error - repeated field "holders" had too many elements')
              }

              obj.holders.push(Holder.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.holders$
              }))
              break
            }
            case 6: {
              obj.change = Change.codec().decode(reader)
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
          holders: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.vault`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.seq`,
                value: reader.uint64Number()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.prev`,
                value: reader.bytes()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.threshold`,
                value: reader.uint32()
              }
              break
            }
            case 5: {
              if (opts.limits?.holders != null && obj.holders === opts.limits.holders) {
                throw new MaxLengthError('Streaming decode error - repeated field "holders" had too many elements')
              }

              for (const evt of Holder.codec().stream(reader, reader.uint32(), `${prefix}.holders[]`, {
                limits: opts.limits?.holders$
              })) {
                yield {
                  ...evt,
                  index: obj.holders
                }
              }

              obj.holders++

              break
            }
            case 6: {
              yield {
                field: `${prefix}.change`,
                value: Change.codec().decode(reader)
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

  export interface ProposalVaultFieldEvent {
    field: '$.vault'
    value: Uint8Array
  }

  export interface ProposalSeqFieldEvent {
    field: '$.seq'
    value: number
  }

  export interface ProposalPrevFieldEvent {
    field: '$.prev'
    value: Uint8Array
  }

  export interface ProposalThresholdFieldEvent {
    field: '$.threshold'
    value: number
  }

  export interface ProposalHoldersIndexFieldEvent {
    field: '$.holders[].index'
    value: number
    index: number
  }

  export interface ProposalHoldersPeerFieldEvent {
    field: '$.holders[].peer'
    value: Uint8Array
    index: number
  }

  export interface ProposalHoldersVerificationFieldEvent {
    field: '$.holders[].verification'
    value: Uint8Array
    index: number
  }

  export interface ProposalHoldersKemKeyFieldEvent {
    field: '$.holders[].kemKey'
    value: Uint8Array
    index: number
  }

  export interface ProposalChangeFieldEvent {
    field: '$.change'
    value: Change
  }

  export function encode (obj: Partial<Proposal>): Uint8Array {
    return encodeMessage(obj, Proposal.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<Proposal>): Proposal {
    return decodeMessage(buf, Proposal.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<Proposal>): Generator<ProposalVaultFieldEvent | ProposalSeqFieldEvent | ProposalPrevFieldEvent | ProposalThresholdFieldEvent | ProposalHoldersIndexFieldEvent | ProposalHoldersPeerFieldEvent | ProposalHoldersVerificationFieldEvent | ProposalHoldersKemKeyFieldEvent | ProposalChangeFieldEvent> {
    return streamMessage(buf, Proposal.codec(), opts)
  }
}

export interface Transcript {
  proposal?: Proposal
  contributions: Signed[]
}

export namespace Transcript {
  let _codec: Codec<Transcript>

  export const codec = (): Codec<Transcript> => {
    if (_codec == null) {
      _codec = message<Transcript>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.proposal != null) {
          w.uint32(10)
          Proposal.codec().encode(obj.proposal, w)
        }

        if (obj.contributions != null && obj.contributions.length > 0) {
          for (const value of obj.contributions) {
            w.uint32(18)
            Signed.codec().encode(value, w)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          contributions: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.proposal = Proposal.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.proposal
              })
              break
            }
            case 2: {
              if (opts.limits?.contributions != null && obj.contributions.length === opts.limits.contributions) {
                throw new MaxLengthError('Decode error - repeated field "contributions" had too many elements')
              }

              obj.contributions.push(Signed.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.contributions$
              }))
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
          contributions: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield * Proposal.codec().stream(reader, reader.uint32(), `${prefix}.proposal`, {
                limits: opts.limits?.proposal
              })

              break
            }
            case 2: {
              if (opts.limits?.contributions != null && obj.contributions === opts.limits.contributions) {
                throw new MaxLengthError('Streaming decode error - repeated field "contributions" had too many elements')
              }

              for (const evt of Signed.codec().stream(reader, reader.uint32(), `${prefix}.contributions[]`, {
                limits: opts.limits?.contributions$
              })) {
                yield {
                  ...evt,
                  index: obj.contributions
                }
              }

              obj.contributions++

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

  export interface TranscriptProposalVaultFieldEvent {
    field: '$.proposal.vault'
    value: Uint8Array
  }

  export interface TranscriptProposalSeqFieldEvent {
    field: '$.proposal.seq'
    value: number
  }

  export interface TranscriptProposalPrevFieldEvent {
    field: '$.proposal.prev'
    value: Uint8Array
  }

  export interface TranscriptProposalThresholdFieldEvent {
    field: '$.proposal.threshold'
    value: number
  }

  export interface TranscriptProposalHoldersIndexFieldEvent {
    field: '$.proposal.holders[].index'
    value: number
    index: number
  }

  export interface TranscriptProposalHoldersPeerFieldEvent {
    field: '$.proposal.holders[].peer'
    value: Uint8Array
    index: number
  }

  export interface TranscriptProposalHoldersVerificationFieldEvent {
    field: '$.proposal.holders[].verification'
    value: Uint8Array
    index: number
  }

  export interface TranscriptProposalHoldersKemKeyFieldEvent {
    field: '$.proposal.holders[].kemKey'
    value: Uint8Array
    index: number
  }

  export interface TranscriptProposalChangeFieldEvent {
    field: '$.proposal.change'
    value: Change
  }

  export interface TranscriptContributionsContentFieldEvent {
    field: '$.contributions[].content'
    value: Uint8Array
    index: number
  }

  export interface TranscriptContributionsSignatureFieldEvent {
    field: '$.contributions[].signature'
    value: Uint8Array
    index: number
  }

  export function encode (obj: Partial<Transcript>): Uint8Array {
    return encodeMessage(obj, Transcript.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<Transcript>): Transcript {
    return decodeMessage(buf, Transcript.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<Transcript>): Generator<TranscriptProposalVaultFieldEvent | TranscriptProposalSeqFieldEvent | TranscriptProposalPrevFieldEvent | TranscriptProposalThresholdFieldEvent | TranscriptProposalHoldersIndexFieldEvent | TranscriptProposalHoldersPeerFieldEvent | TranscriptProposalHoldersVerificationFieldEvent | TranscriptProposalHoldersKemKeyFieldEvent | TranscriptProposalChangeFieldEvent | TranscriptContributionsContentFieldEvent | TranscriptContributionsSignatureFieldEvent> {
    return streamMessage(buf, Transcript.codec(), opts)
  }
}

export interface KemRecord {
  peer: Uint8Array
  key: Uint8Array
  expiresMs: number
}

export namespace KemRecord {
  let _codec: Codec<KemRecord>

  export const codec = (): Codec<KemRecord> => {
    if (_codec == null) {
      _codec = message<KemRecord>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.peer != null && obj.peer.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.peer)
        }

        if ((obj.key != null && obj.key.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.key)
        }

        if ((obj.expiresMs != null && obj.expiresMs !== 0)) {
          w.uint32(24)
          w.uint64Number(obj.expiresMs)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          peer: uint8ArrayAlloc(0),
          key: uint8ArrayAlloc(0),
          expiresMs: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.peer = reader.bytes()
              break
            }
            case 2: {
              obj.key = reader.bytes()
              break
            }
            case 3: {
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
                field: `${prefix}.peer`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.key`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
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

  export interface KemRecordPeerFieldEvent {
    field: '$.peer'
    value: Uint8Array
  }

  export interface KemRecordKeyFieldEvent {
    field: '$.key'
    value: Uint8Array
  }

  export interface KemRecordExpiresMsFieldEvent {
    field: '$.expiresMs'
    value: number
  }

  export function encode (obj: Partial<KemRecord>): Uint8Array {
    return encodeMessage(obj, KemRecord.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<KemRecord>): KemRecord {
    return decodeMessage(buf, KemRecord.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<KemRecord>): Generator<KemRecordPeerFieldEvent | KemRecordKeyFieldEvent | KemRecordExpiresMsFieldEvent> {
    return streamMessage(buf, KemRecord.codec(), opts)
  }
}

export interface Delegation {
  id: Uint8Array
  vault: Uint8Array
  subject: Uint8Array
  rights: Right[]
  expiresMs: number
}

export namespace Delegation {
  let _codec: Codec<Delegation>

  export const codec = (): Codec<Delegation> => {
    if (_codec == null) {
      _codec = message<Delegation>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.id != null && obj.id.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.id)
        }

        if ((obj.vault != null && obj.vault.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.vault)
        }

        if ((obj.subject != null && obj.subject.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.subject)
        }

        if (obj.rights != null && obj.rights.length > 0) {
          for (const value of obj.rights) {
            w.uint32(32)
            Right.codec().encode(value, w)
          }
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
          vault: uint8ArrayAlloc(0),
          subject: uint8ArrayAlloc(0),
          rights: [],
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
              obj.vault = reader.bytes()
              break
            }
            case 3: {
              obj.subject = reader.bytes()
              break
            }
            case 4: {
              if (opts.limits?.rights != null && obj.rights.length === opts.limits.rights) {
                throw new MaxLengthError('Decode error - repeated field "rights" had too many elements')
              }

              obj.rights.push(Right.codec().decode(reader))
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
        const obj = {
          rights: 0
        }

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
                field: `${prefix}.vault`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.subject`,
                value: reader.bytes()
              }
              break
            }
            case 4: {
              if (opts.limits?.rights != null && obj.rights === opts.limits.rights) {
                throw new MaxLengthError('Streaming decode error - repeated field "rights" had too many elements')
              }

              Right.codec().stream(reader)

              obj.rights++

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

  export interface DelegationIdFieldEvent {
    field: '$.id'
    value: Uint8Array
  }

  export interface DelegationVaultFieldEvent {
    field: '$.vault'
    value: Uint8Array
  }

  export interface DelegationSubjectFieldEvent {
    field: '$.subject'
    value: Uint8Array
  }

  export interface DelegationRightsFieldEvent {
    field: '$.rights[]'
    index: number
    value: Right
  }

  export interface DelegationExpiresMsFieldEvent {
    field: '$.expiresMs'
    value: number
  }

  export function encode (obj: Partial<Delegation>): Uint8Array {
    return encodeMessage(obj, Delegation.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<Delegation>): Delegation {
    return decodeMessage(buf, Delegation.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<Delegation>): Generator<DelegationIdFieldEvent | DelegationVaultFieldEvent | DelegationSubjectFieldEvent | DelegationRightsFieldEvent | DelegationExpiresMsFieldEvent> {
    return streamMessage(buf, Delegation.codec(), opts)
  }
}

export enum Right {
  UNKNOWN_RIGHT = 'UNKNOWN_RIGHT',
  OPEN = 'OPEN',
  EXPORT = 'EXPORT',
  AUDIT = 'AUDIT',
  LIST = 'LIST'
}

enum __RightValues {
  UNKNOWN_RIGHT = 0,
  OPEN = 1,
  EXPORT = 2,
  AUDIT = 3,
  LIST = 4
}

export namespace Right {
  export const codec = (): Codec<Right> => {
    return enumeration<Right>(__RightValues)
  }
}

export interface Request {
  version: number
  id: Uint8Array
  vault: Uint8Array
  issuedMs: number
  expiresMs: number
  from: Uint8Array
  to: Uint8Array
  signer: Uint8Array
  delegation: Uint8Array
  offer?: Offer
  put?: Put
  get?: Get
  prepare?: Prepare
  contribute?: Contribute
  propose?: Propose
  commit?: Commit
  getState?: GetState
  open?: Open
  export?: Export
  audit?: Audit
  list?: List
  getLog?: GetLog
  revoke?: Revoke
}

export namespace Request {
  let _codec: Codec<Request>

  export const codec = (): Codec<Request> => {
    if (_codec == null) {
      _codec = message<Request>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        obj = { ...obj }

        if (obj.revoke != null) {
          obj.getLog = undefined
          obj.list = undefined
          obj.audit = undefined
          obj.export = undefined
          obj.open = undefined
          obj.getState = undefined
          obj.commit = undefined
          obj.propose = undefined
          obj.contribute = undefined
          obj.prepare = undefined
          obj.get = undefined
          obj.put = undefined
          obj.offer = undefined
        }

        if (obj.getLog != null) {
          obj.revoke = undefined
          obj.list = undefined
          obj.audit = undefined
          obj.export = undefined
          obj.open = undefined
          obj.getState = undefined
          obj.commit = undefined
          obj.propose = undefined
          obj.contribute = undefined
          obj.prepare = undefined
          obj.get = undefined
          obj.put = undefined
          obj.offer = undefined
        }

        if (obj.list != null) {
          obj.revoke = undefined
          obj.getLog = undefined
          obj.audit = undefined
          obj.export = undefined
          obj.open = undefined
          obj.getState = undefined
          obj.commit = undefined
          obj.propose = undefined
          obj.contribute = undefined
          obj.prepare = undefined
          obj.get = undefined
          obj.put = undefined
          obj.offer = undefined
        }

        if (obj.audit != null) {
          obj.revoke = undefined
          obj.getLog = undefined
          obj.list = undefined
          obj.export = undefined
          obj.open = undefined
          obj.getState = undefined
          obj.commit = undefined
          obj.propose = undefined
          obj.contribute = undefined
          obj.prepare = undefined
          obj.get = undefined
          obj.put = undefined
          obj.offer = undefined
        }

        if (obj.export != null) {
          obj.revoke = undefined
          obj.getLog = undefined
          obj.list = undefined
          obj.audit = undefined
          obj.open = undefined
          obj.getState = undefined
          obj.commit = undefined
          obj.propose = undefined
          obj.contribute = undefined
          obj.prepare = undefined
          obj.get = undefined
          obj.put = undefined
          obj.offer = undefined
        }

        if (obj.open != null) {
          obj.revoke = undefined
          obj.getLog = undefined
          obj.list = undefined
          obj.audit = undefined
          obj.export = undefined
          obj.getState = undefined
          obj.commit = undefined
          obj.propose = undefined
          obj.contribute = undefined
          obj.prepare = undefined
          obj.get = undefined
          obj.put = undefined
          obj.offer = undefined
        }

        if (obj.getState != null) {
          obj.revoke = undefined
          obj.getLog = undefined
          obj.list = undefined
          obj.audit = undefined
          obj.export = undefined
          obj.open = undefined
          obj.commit = undefined
          obj.propose = undefined
          obj.contribute = undefined
          obj.prepare = undefined
          obj.get = undefined
          obj.put = undefined
          obj.offer = undefined
        }

        if (obj.commit != null) {
          obj.revoke = undefined
          obj.getLog = undefined
          obj.list = undefined
          obj.audit = undefined
          obj.export = undefined
          obj.open = undefined
          obj.getState = undefined
          obj.propose = undefined
          obj.contribute = undefined
          obj.prepare = undefined
          obj.get = undefined
          obj.put = undefined
          obj.offer = undefined
        }

        if (obj.propose != null) {
          obj.revoke = undefined
          obj.getLog = undefined
          obj.list = undefined
          obj.audit = undefined
          obj.export = undefined
          obj.open = undefined
          obj.getState = undefined
          obj.commit = undefined
          obj.contribute = undefined
          obj.prepare = undefined
          obj.get = undefined
          obj.put = undefined
          obj.offer = undefined
        }

        if (obj.contribute != null) {
          obj.revoke = undefined
          obj.getLog = undefined
          obj.list = undefined
          obj.audit = undefined
          obj.export = undefined
          obj.open = undefined
          obj.getState = undefined
          obj.commit = undefined
          obj.propose = undefined
          obj.prepare = undefined
          obj.get = undefined
          obj.put = undefined
          obj.offer = undefined
        }

        if (obj.prepare != null) {
          obj.revoke = undefined
          obj.getLog = undefined
          obj.list = undefined
          obj.audit = undefined
          obj.export = undefined
          obj.open = undefined
          obj.getState = undefined
          obj.commit = undefined
          obj.propose = undefined
          obj.contribute = undefined
          obj.get = undefined
          obj.put = undefined
          obj.offer = undefined
        }

        if (obj.get != null) {
          obj.revoke = undefined
          obj.getLog = undefined
          obj.list = undefined
          obj.audit = undefined
          obj.export = undefined
          obj.open = undefined
          obj.getState = undefined
          obj.commit = undefined
          obj.propose = undefined
          obj.contribute = undefined
          obj.prepare = undefined
          obj.put = undefined
          obj.offer = undefined
        }

        if (obj.put != null) {
          obj.revoke = undefined
          obj.getLog = undefined
          obj.list = undefined
          obj.audit = undefined
          obj.export = undefined
          obj.open = undefined
          obj.getState = undefined
          obj.commit = undefined
          obj.propose = undefined
          obj.contribute = undefined
          obj.prepare = undefined
          obj.get = undefined
          obj.offer = undefined
        }

        if (obj.offer != null) {
          obj.revoke = undefined
          obj.getLog = undefined
          obj.list = undefined
          obj.audit = undefined
          obj.export = undefined
          obj.open = undefined
          obj.getState = undefined
          obj.commit = undefined
          obj.propose = undefined
          obj.contribute = undefined
          obj.prepare = undefined
          obj.get = undefined
          obj.put = undefined
        }

        if ((obj.version != null && obj.version !== 0)) {
          w.uint32(8)
          w.uint32(obj.version)
        }

        if ((obj.id != null && obj.id.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.id)
        }

        if ((obj.vault != null && obj.vault.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.vault)
        }

        if ((obj.issuedMs != null && obj.issuedMs !== 0)) {
          w.uint32(32)
          w.uint64Number(obj.issuedMs)
        }

        if ((obj.expiresMs != null && obj.expiresMs !== 0)) {
          w.uint32(40)
          w.uint64Number(obj.expiresMs)
        }

        if ((obj.from != null && obj.from.byteLength > 0)) {
          w.uint32(50)
          w.bytes(obj.from)
        }

        if ((obj.to != null && obj.to.byteLength > 0)) {
          w.uint32(58)
          w.bytes(obj.to)
        }

        if ((obj.signer != null && obj.signer.byteLength > 0)) {
          w.uint32(66)
          w.bytes(obj.signer)
        }

        if ((obj.delegation != null && obj.delegation.byteLength > 0)) {
          w.uint32(74)
          w.bytes(obj.delegation)
        }

        if (obj.offer != null) {
          w.uint32(162)
          Offer.codec().encode(obj.offer, w)
        }

        if (obj.put != null) {
          w.uint32(170)
          Put.codec().encode(obj.put, w)
        }

        if (obj.get != null) {
          w.uint32(178)
          Get.codec().encode(obj.get, w)
        }

        if (obj.prepare != null) {
          w.uint32(186)
          Prepare.codec().encode(obj.prepare, w)
        }

        if (obj.contribute != null) {
          w.uint32(194)
          Contribute.codec().encode(obj.contribute, w)
        }

        if (obj.propose != null) {
          w.uint32(202)
          Propose.codec().encode(obj.propose, w)
        }

        if (obj.commit != null) {
          w.uint32(210)
          Commit.codec().encode(obj.commit, w)
        }

        if (obj.getState != null) {
          w.uint32(218)
          GetState.codec().encode(obj.getState, w)
        }

        if (obj.open != null) {
          w.uint32(226)
          Open.codec().encode(obj.open, w)
        }

        if (obj.export != null) {
          w.uint32(234)
          Export.codec().encode(obj.export, w)
        }

        if (obj.audit != null) {
          w.uint32(242)
          Audit.codec().encode(obj.audit, w)
        }

        if (obj.list != null) {
          w.uint32(250)
          List.codec().encode(obj.list, w)
        }

        if (obj.getLog != null) {
          w.uint32(258)
          GetLog.codec().encode(obj.getLog, w)
        }

        if (obj.revoke != null) {
          w.uint32(266)
          Revoke.codec().encode(obj.revoke, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          version: 0,
          id: uint8ArrayAlloc(0),
          vault: uint8ArrayAlloc(0),
          issuedMs: 0,
          expiresMs: 0,
          from: uint8ArrayAlloc(0),
          to: uint8ArrayAlloc(0),
          signer: uint8ArrayAlloc(0),
          delegation: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.version = reader.uint32()
              break
            }
            case 2: {
              obj.id = reader.bytes()
              break
            }
            case 3: {
              obj.vault = reader.bytes()
              break
            }
            case 4: {
              obj.issuedMs = reader.uint64Number()
              break
            }
            case 5: {
              obj.expiresMs = reader.uint64Number()
              break
            }
            case 6: {
              obj.from = reader.bytes()
              break
            }
            case 7: {
              obj.to = reader.bytes()
              break
            }
            case 8: {
              obj.signer = reader.bytes()
              break
            }
            case 9: {
              obj.delegation = reader.bytes()
              break
            }
            case 20: {
              obj.offer = Offer.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.offer
              })
              break
            }
            case 21: {
              obj.put = Put.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.put
              })
              break
            }
            case 22: {
              obj.get = Get.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.get
              })
              break
            }
            case 23: {
              obj.prepare = Prepare.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.prepare
              })
              break
            }
            case 24: {
              obj.contribute = Contribute.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.contribute
              })
              break
            }
            case 25: {
              obj.propose = Propose.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.propose
              })
              break
            }
            case 26: {
              obj.commit = Commit.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.commit
              })
              break
            }
            case 27: {
              obj.getState = GetState.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.getState
              })
              break
            }
            case 28: {
              obj.open = Open.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.open
              })
              break
            }
            case 29: {
              obj.export = Export.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.export
              })
              break
            }
            case 30: {
              obj.audit = Audit.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.audit
              })
              break
            }
            case 31: {
              obj.list = List.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.list
              })
              break
            }
            case 32: {
              obj.getLog = GetLog.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.getLog
              })
              break
            }
            case 33: {
              obj.revoke = Revoke.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.revoke
              })
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        if (obj.revoke != null) {
          delete obj.getLog
          delete obj.list
          delete obj.audit
          delete obj.export
          delete obj.open
          delete obj.getState
          delete obj.commit
          delete obj.propose
          delete obj.contribute
          delete obj.prepare
          delete obj.get
          delete obj.put
          delete obj.offer
        }

        if (obj.getLog != null) {
          delete obj.revoke
          delete obj.list
          delete obj.audit
          delete obj.export
          delete obj.open
          delete obj.getState
          delete obj.commit
          delete obj.propose
          delete obj.contribute
          delete obj.prepare
          delete obj.get
          delete obj.put
          delete obj.offer
        }

        if (obj.list != null) {
          delete obj.revoke
          delete obj.getLog
          delete obj.audit
          delete obj.export
          delete obj.open
          delete obj.getState
          delete obj.commit
          delete obj.propose
          delete obj.contribute
          delete obj.prepare
          delete obj.get
          delete obj.put
          delete obj.offer
        }

        if (obj.audit != null) {
          delete obj.revoke
          delete obj.getLog
          delete obj.list
          delete obj.export
          delete obj.open
          delete obj.getState
          delete obj.commit
          delete obj.propose
          delete obj.contribute
          delete obj.prepare
          delete obj.get
          delete obj.put
          delete obj.offer
        }

        if (obj.export != null) {
          delete obj.revoke
          delete obj.getLog
          delete obj.list
          delete obj.audit
          delete obj.open
          delete obj.getState
          delete obj.commit
          delete obj.propose
          delete obj.contribute
          delete obj.prepare
          delete obj.get
          delete obj.put
          delete obj.offer
        }

        if (obj.open != null) {
          delete obj.revoke
          delete obj.getLog
          delete obj.list
          delete obj.audit
          delete obj.export
          delete obj.getState
          delete obj.commit
          delete obj.propose
          delete obj.contribute
          delete obj.prepare
          delete obj.get
          delete obj.put
          delete obj.offer
        }

        if (obj.getState != null) {
          delete obj.revoke
          delete obj.getLog
          delete obj.list
          delete obj.audit
          delete obj.export
          delete obj.open
          delete obj.commit
          delete obj.propose
          delete obj.contribute
          delete obj.prepare
          delete obj.get
          delete obj.put
          delete obj.offer
        }

        if (obj.commit != null) {
          delete obj.revoke
          delete obj.getLog
          delete obj.list
          delete obj.audit
          delete obj.export
          delete obj.open
          delete obj.getState
          delete obj.propose
          delete obj.contribute
          delete obj.prepare
          delete obj.get
          delete obj.put
          delete obj.offer
        }

        if (obj.propose != null) {
          delete obj.revoke
          delete obj.getLog
          delete obj.list
          delete obj.audit
          delete obj.export
          delete obj.open
          delete obj.getState
          delete obj.commit
          delete obj.contribute
          delete obj.prepare
          delete obj.get
          delete obj.put
          delete obj.offer
        }

        if (obj.contribute != null) {
          delete obj.revoke
          delete obj.getLog
          delete obj.list
          delete obj.audit
          delete obj.export
          delete obj.open
          delete obj.getState
          delete obj.commit
          delete obj.propose
          delete obj.prepare
          delete obj.get
          delete obj.put
          delete obj.offer
        }

        if (obj.prepare != null) {
          delete obj.revoke
          delete obj.getLog
          delete obj.list
          delete obj.audit
          delete obj.export
          delete obj.open
          delete obj.getState
          delete obj.commit
          delete obj.propose
          delete obj.contribute
          delete obj.get
          delete obj.put
          delete obj.offer
        }

        if (obj.get != null) {
          delete obj.revoke
          delete obj.getLog
          delete obj.list
          delete obj.audit
          delete obj.export
          delete obj.open
          delete obj.getState
          delete obj.commit
          delete obj.propose
          delete obj.contribute
          delete obj.prepare
          delete obj.put
          delete obj.offer
        }

        if (obj.put != null) {
          delete obj.revoke
          delete obj.getLog
          delete obj.list
          delete obj.audit
          delete obj.export
          delete obj.open
          delete obj.getState
          delete obj.commit
          delete obj.propose
          delete obj.contribute
          delete obj.prepare
          delete obj.get
          delete obj.offer
        }

        if (obj.offer != null) {
          delete obj.revoke
          delete obj.getLog
          delete obj.list
          delete obj.audit
          delete obj.export
          delete obj.open
          delete obj.getState
          delete obj.commit
          delete obj.propose
          delete obj.contribute
          delete obj.prepare
          delete obj.get
          delete obj.put
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.version`,
                value: reader.uint32()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.id`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.vault`,
                value: reader.bytes()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.issuedMs`,
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
            case 6: {
              yield {
                field: `${prefix}.from`,
                value: reader.bytes()
              }
              break
            }
            case 7: {
              yield {
                field: `${prefix}.to`,
                value: reader.bytes()
              }
              break
            }
            case 8: {
              yield {
                field: `${prefix}.signer`,
                value: reader.bytes()
              }
              break
            }
            case 9: {
              yield {
                field: `${prefix}.delegation`,
                value: reader.bytes()
              }
              break
            }
            case 20: {
              yield * Offer.codec().stream(reader, reader.uint32(), `${prefix}.offer`, {
                limits: opts.limits?.offer
              })

              break
            }
            case 21: {
              yield * Put.codec().stream(reader, reader.uint32(), `${prefix}.put`, {
                limits: opts.limits?.put
              })

              break
            }
            case 22: {
              yield * Get.codec().stream(reader, reader.uint32(), `${prefix}.get`, {
                limits: opts.limits?.get
              })

              break
            }
            case 23: {
              yield * Prepare.codec().stream(reader, reader.uint32(), `${prefix}.prepare`, {
                limits: opts.limits?.prepare
              })

              break
            }
            case 24: {
              yield * Contribute.codec().stream(reader, reader.uint32(), `${prefix}.contribute`, {
                limits: opts.limits?.contribute
              })

              break
            }
            case 25: {
              yield * Propose.codec().stream(reader, reader.uint32(), `${prefix}.propose`, {
                limits: opts.limits?.propose
              })

              break
            }
            case 26: {
              yield * Commit.codec().stream(reader, reader.uint32(), `${prefix}.commit`, {
                limits: opts.limits?.commit
              })

              break
            }
            case 27: {
              yield * GetState.codec().stream(reader, reader.uint32(), `${prefix}.getState`, {
                limits: opts.limits?.getState
              })

              break
            }
            case 28: {
              yield * Open.codec().stream(reader, reader.uint32(), `${prefix}.open`, {
                limits: opts.limits?.open
              })

              break
            }
            case 29: {
              yield * Export.codec().stream(reader, reader.uint32(), `${prefix}.export`, {
                limits: opts.limits?.export
              })

              break
            }
            case 30: {
              yield * Audit.codec().stream(reader, reader.uint32(), `${prefix}.audit`, {
                limits: opts.limits?.audit
              })

              break
            }
            case 31: {
              yield * List.codec().stream(reader, reader.uint32(), `${prefix}.list`, {
                limits: opts.limits?.list
              })

              break
            }
            case 32: {
              yield * GetLog.codec().stream(reader, reader.uint32(), `${prefix}.getLog`, {
                limits: opts.limits?.getLog
              })

              break
            }
            case 33: {
              yield * Revoke.codec().stream(reader, reader.uint32(), `${prefix}.revoke`, {
                limits: opts.limits?.revoke
              })

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

  export interface RequestVersionFieldEvent {
    field: '$.version'
    value: number
  }

  export interface RequestIdFieldEvent {
    field: '$.id'
    value: Uint8Array
  }

  export interface RequestVaultFieldEvent {
    field: '$.vault'
    value: Uint8Array
  }

  export interface RequestIssuedMsFieldEvent {
    field: '$.issuedMs'
    value: number
  }

  export interface RequestExpiresMsFieldEvent {
    field: '$.expiresMs'
    value: number
  }

  export interface RequestFromFieldEvent {
    field: '$.from'
    value: Uint8Array
  }

  export interface RequestToFieldEvent {
    field: '$.to'
    value: Uint8Array
  }

  export interface RequestSignerFieldEvent {
    field: '$.signer'
    value: Uint8Array
  }

  export interface RequestDelegationFieldEvent {
    field: '$.delegation'
    value: Uint8Array
  }

  export interface RequestOfferBytesFieldEvent {
    field: '$.offer.bytes'
    value: number
  }

  export interface RequestOfferExpiresMsFieldEvent {
    field: '$.offer.expiresMs'
    value: number
  }

  export interface RequestPutPayloadFieldEvent {
    field: '$.put.payload'
    value: Uint8Array
  }

  export interface RequestPutOffsetFieldEvent {
    field: '$.put.offset'
    value: number
  }

  export interface RequestPutBytesFieldEvent {
    field: '$.put.bytes'
    value: number
  }

  export interface RequestPutDataFieldEvent {
    field: '$.put.data'
    value: Uint8Array
  }

  export interface RequestGetPayloadFieldEvent {
    field: '$.get.payload'
    value: Uint8Array
  }

  export interface RequestGetOffsetFieldEvent {
    field: '$.get.offset'
    value: number
  }

  export interface RequestPrepareSeqFieldEvent {
    field: '$.prepare.seq'
    value: number
  }

  export interface RequestPrepareBallotRoundFieldEvent {
    field: '$.prepare.ballot.round'
    value: number
  }

  export interface RequestPrepareBallotProposerFieldEvent {
    field: '$.prepare.ballot.proposer'
    value: Uint8Array
  }

  export interface RequestContributeProposalVaultFieldEvent {
    field: '$.contribute.proposal.vault'
    value: Uint8Array
  }

  export interface RequestContributeProposalSeqFieldEvent {
    field: '$.contribute.proposal.seq'
    value: number
  }

  export interface RequestContributeProposalPrevFieldEvent {
    field: '$.contribute.proposal.prev'
    value: Uint8Array
  }

  export interface RequestContributeProposalThresholdFieldEvent {
    field: '$.contribute.proposal.threshold'
    value: number
  }

  export interface RequestContributeProposalHoldersIndexFieldEvent {
    field: '$.contribute.proposal.holders[].index'
    value: number
    index: number
  }

  export interface RequestContributeProposalHoldersPeerFieldEvent {
    field: '$.contribute.proposal.holders[].peer'
    value: Uint8Array
    index: number
  }

  export interface RequestContributeProposalHoldersVerificationFieldEvent {
    field: '$.contribute.proposal.holders[].verification'
    value: Uint8Array
    index: number
  }

  export interface RequestContributeProposalHoldersKemKeyFieldEvent {
    field: '$.contribute.proposal.holders[].kemKey'
    value: Uint8Array
    index: number
  }

  export interface RequestContributeProposalChangeFieldEvent {
    field: '$.contribute.proposal.change'
    value: Change
  }

  export interface RequestContributeKemsContentFieldEvent {
    field: '$.contribute.kems[].content'
    value: Uint8Array
    index: number
  }

  export interface RequestContributeKemsSignatureFieldEvent {
    field: '$.contribute.kems[].signature'
    value: Uint8Array
    index: number
  }

  export interface RequestProposeBallotRoundFieldEvent {
    field: '$.propose.ballot.round'
    value: number
  }

  export interface RequestProposeBallotProposerFieldEvent {
    field: '$.propose.ballot.proposer'
    value: Uint8Array
  }

  export interface RequestProposeManifestManifestFieldEvent {
    field: '$.propose.manifest.manifest'
    value: Uint8Array
  }

  export interface RequestProposeManifestOwnerSignatureFieldEvent {
    field: '$.propose.manifest.ownerSignature'
    value: Uint8Array
  }

  export interface RequestProposeManifestAcceptsContentFieldEvent {
    field: '$.propose.manifest.accepts[].content'
    value: Uint8Array
    index: number
  }

  export interface RequestProposeManifestAcceptsSignatureFieldEvent {
    field: '$.propose.manifest.accepts[].signature'
    value: Uint8Array
    index: number
  }

  export interface RequestProposeTranscriptProposalVaultFieldEvent {
    field: '$.propose.transcript.proposal.vault'
    value: Uint8Array
  }

  export interface RequestProposeTranscriptProposalSeqFieldEvent {
    field: '$.propose.transcript.proposal.seq'
    value: number
  }

  export interface RequestProposeTranscriptProposalPrevFieldEvent {
    field: '$.propose.transcript.proposal.prev'
    value: Uint8Array
  }

  export interface RequestProposeTranscriptProposalThresholdFieldEvent {
    field: '$.propose.transcript.proposal.threshold'
    value: number
  }

  export interface RequestProposeTranscriptProposalHoldersIndexFieldEvent {
    field: '$.propose.transcript.proposal.holders[].index'
    value: number
    index: number
  }

  export interface RequestProposeTranscriptProposalHoldersPeerFieldEvent {
    field: '$.propose.transcript.proposal.holders[].peer'
    value: Uint8Array
    index: number
  }

  export interface RequestProposeTranscriptProposalHoldersVerificationFieldEvent {
    field: '$.propose.transcript.proposal.holders[].verification'
    value: Uint8Array
    index: number
  }

  export interface RequestProposeTranscriptProposalHoldersKemKeyFieldEvent {
    field: '$.propose.transcript.proposal.holders[].kemKey'
    value: Uint8Array
    index: number
  }

  export interface RequestProposeTranscriptProposalChangeFieldEvent {
    field: '$.propose.transcript.proposal.change'
    value: Change
  }

  export interface RequestProposeTranscriptContributionsContentFieldEvent {
    field: '$.propose.transcript.contributions[].content'
    value: Uint8Array
    index: number
  }

  export interface RequestProposeTranscriptContributionsSignatureFieldEvent {
    field: '$.propose.transcript.contributions[].signature'
    value: Uint8Array
    index: number
  }

  export interface RequestProposePromisesContentFieldEvent {
    field: '$.propose.promises[].content'
    value: Uint8Array
    index: number
  }

  export interface RequestProposePromisesSignatureFieldEvent {
    field: '$.propose.promises[].signature'
    value: Uint8Array
    index: number
  }

  export interface RequestProposeChainManifestFieldEvent {
    field: '$.propose.chain[].manifest'
    value: Uint8Array
    index: number
  }

  export interface RequestProposeChainOwnerSignatureFieldEvent {
    field: '$.propose.chain[].ownerSignature'
    value: Uint8Array
    index: number
  }

  export interface RequestProposeChainAcceptsContentFieldEvent {
    field: '$.propose.chain[].accepts[].content'
    value: Uint8Array
    index: number
  }

  export interface RequestProposeChainAcceptsSignatureFieldEvent {
    field: '$.propose.chain[].accepts[].signature'
    value: Uint8Array
    index: number
  }

  export interface RequestProposeTrialFieldEvent {
    field: '$.propose.trial'
    value: boolean
  }

  export interface RequestCommitManifestManifestFieldEvent {
    field: '$.commit.manifest.manifest'
    value: Uint8Array
  }

  export interface RequestCommitManifestOwnerSignatureFieldEvent {
    field: '$.commit.manifest.ownerSignature'
    value: Uint8Array
  }

  export interface RequestCommitManifestAcceptsContentFieldEvent {
    field: '$.commit.manifest.accepts[].content'
    value: Uint8Array
    index: number
  }

  export interface RequestCommitManifestAcceptsSignatureFieldEvent {
    field: '$.commit.manifest.accepts[].signature'
    value: Uint8Array
    index: number
  }

  export interface RequestGetStateFromFieldEvent {
    field: '$.getState.from'
    value: number
  }

  export interface RequestGetStateAcceptedFieldEvent {
    field: '$.getState.accepted'
    value: boolean
  }

  export interface RequestOpenEpochFieldEvent {
    field: '$.open.epoch'
    value: number
  }

  export interface RequestOpenEncapsulationFieldEvent {
    field: '$.open.encapsulation'
    value: Uint8Array
  }

  export interface RequestExportEpochFieldEvent {
    field: '$.export.epoch'
    value: number
  }

  export interface RequestAuditEpochFieldEvent {
    field: '$.audit.epoch'
    value: number
  }

  export interface RequestAuditNonceFieldEvent {
    field: '$.audit.nonce'
    value: Uint8Array
  }

  export interface RequestGetLogFromFieldEvent {
    field: '$.getLog.from'
    value: number
  }

  export interface RequestRevokeSeqFieldEvent {
    field: '$.revoke.seq'
    value: number
  }

  export function encode (obj: Partial<Request>): Uint8Array {
    return encodeMessage(obj, Request.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<Request>): Request {
    return decodeMessage(buf, Request.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<Request>): Generator<RequestVersionFieldEvent | RequestIdFieldEvent | RequestVaultFieldEvent | RequestIssuedMsFieldEvent | RequestExpiresMsFieldEvent | RequestFromFieldEvent | RequestToFieldEvent | RequestSignerFieldEvent | RequestDelegationFieldEvent | RequestOfferBytesFieldEvent | RequestOfferExpiresMsFieldEvent | RequestPutPayloadFieldEvent | RequestPutOffsetFieldEvent | RequestPutBytesFieldEvent | RequestPutDataFieldEvent | RequestGetPayloadFieldEvent | RequestGetOffsetFieldEvent | RequestPrepareSeqFieldEvent | RequestPrepareBallotRoundFieldEvent | RequestPrepareBallotProposerFieldEvent | RequestContributeProposalVaultFieldEvent | RequestContributeProposalSeqFieldEvent | RequestContributeProposalPrevFieldEvent | RequestContributeProposalThresholdFieldEvent | RequestContributeProposalHoldersIndexFieldEvent | RequestContributeProposalHoldersPeerFieldEvent | RequestContributeProposalHoldersVerificationFieldEvent | RequestContributeProposalHoldersKemKeyFieldEvent | RequestContributeProposalChangeFieldEvent | RequestContributeKemsContentFieldEvent | RequestContributeKemsSignatureFieldEvent | RequestProposeBallotRoundFieldEvent | RequestProposeBallotProposerFieldEvent | RequestProposeManifestManifestFieldEvent | RequestProposeManifestOwnerSignatureFieldEvent | RequestProposeManifestAcceptsContentFieldEvent | RequestProposeManifestAcceptsSignatureFieldEvent | RequestProposeTranscriptProposalVaultFieldEvent | RequestProposeTranscriptProposalSeqFieldEvent | RequestProposeTranscriptProposalPrevFieldEvent | RequestProposeTranscriptProposalThresholdFieldEvent | RequestProposeTranscriptProposalHoldersIndexFieldEvent | RequestProposeTranscriptProposalHoldersPeerFieldEvent | RequestProposeTranscriptProposalHoldersVerificationFieldEvent | RequestProposeTranscriptProposalHoldersKemKeyFieldEvent | RequestProposeTranscriptProposalChangeFieldEvent | RequestProposeTranscriptContributionsContentFieldEvent | RequestProposeTranscriptContributionsSignatureFieldEvent | RequestProposePromisesContentFieldEvent | RequestProposePromisesSignatureFieldEvent | RequestProposeChainManifestFieldEvent | RequestProposeChainOwnerSignatureFieldEvent | RequestProposeChainAcceptsContentFieldEvent | RequestProposeChainAcceptsSignatureFieldEvent | RequestProposeTrialFieldEvent | RequestCommitManifestManifestFieldEvent | RequestCommitManifestOwnerSignatureFieldEvent | RequestCommitManifestAcceptsContentFieldEvent | RequestCommitManifestAcceptsSignatureFieldEvent | RequestGetStateFromFieldEvent | RequestGetStateAcceptedFieldEvent | RequestOpenEpochFieldEvent | RequestOpenEncapsulationFieldEvent | RequestExportEpochFieldEvent | RequestAuditEpochFieldEvent | RequestAuditNonceFieldEvent | RequestGetLogFromFieldEvent | RequestRevokeSeqFieldEvent> {
    return streamMessage(buf, Request.codec(), opts)
  }
}

export interface Answer {
  request: Uint8Array
  failure?: Failure
  offered?: Offered
  done?: Done
  data?: Data
  promise?: Promise
  contribution?: Signed
  accept?: Accept
  state?: VaultState
  partial?: PartialDecapsulation
  share?: Share
  proof?: AuditProof
  vaults?: Vaults
  log?: Log
  deleted?: Deleted
}

export namespace Answer {
  let _codec: Codec<Answer>

  export const codec = (): Codec<Answer> => {
    if (_codec == null) {
      _codec = message<Answer>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        obj = { ...obj }

        if (obj.deleted != null) {
          obj.log = undefined
          obj.vaults = undefined
          obj.proof = undefined
          obj.share = undefined
          obj.partial = undefined
          obj.state = undefined
          obj.accept = undefined
          obj.contribution = undefined
          obj.promise = undefined
          obj.data = undefined
          obj.done = undefined
          obj.offered = undefined
          obj.failure = undefined
        }

        if (obj.log != null) {
          obj.deleted = undefined
          obj.vaults = undefined
          obj.proof = undefined
          obj.share = undefined
          obj.partial = undefined
          obj.state = undefined
          obj.accept = undefined
          obj.contribution = undefined
          obj.promise = undefined
          obj.data = undefined
          obj.done = undefined
          obj.offered = undefined
          obj.failure = undefined
        }

        if (obj.vaults != null) {
          obj.deleted = undefined
          obj.log = undefined
          obj.proof = undefined
          obj.share = undefined
          obj.partial = undefined
          obj.state = undefined
          obj.accept = undefined
          obj.contribution = undefined
          obj.promise = undefined
          obj.data = undefined
          obj.done = undefined
          obj.offered = undefined
          obj.failure = undefined
        }

        if (obj.proof != null) {
          obj.deleted = undefined
          obj.log = undefined
          obj.vaults = undefined
          obj.share = undefined
          obj.partial = undefined
          obj.state = undefined
          obj.accept = undefined
          obj.contribution = undefined
          obj.promise = undefined
          obj.data = undefined
          obj.done = undefined
          obj.offered = undefined
          obj.failure = undefined
        }

        if (obj.share != null) {
          obj.deleted = undefined
          obj.log = undefined
          obj.vaults = undefined
          obj.proof = undefined
          obj.partial = undefined
          obj.state = undefined
          obj.accept = undefined
          obj.contribution = undefined
          obj.promise = undefined
          obj.data = undefined
          obj.done = undefined
          obj.offered = undefined
          obj.failure = undefined
        }

        if (obj.partial != null) {
          obj.deleted = undefined
          obj.log = undefined
          obj.vaults = undefined
          obj.proof = undefined
          obj.share = undefined
          obj.state = undefined
          obj.accept = undefined
          obj.contribution = undefined
          obj.promise = undefined
          obj.data = undefined
          obj.done = undefined
          obj.offered = undefined
          obj.failure = undefined
        }

        if (obj.state != null) {
          obj.deleted = undefined
          obj.log = undefined
          obj.vaults = undefined
          obj.proof = undefined
          obj.share = undefined
          obj.partial = undefined
          obj.accept = undefined
          obj.contribution = undefined
          obj.promise = undefined
          obj.data = undefined
          obj.done = undefined
          obj.offered = undefined
          obj.failure = undefined
        }

        if (obj.accept != null) {
          obj.deleted = undefined
          obj.log = undefined
          obj.vaults = undefined
          obj.proof = undefined
          obj.share = undefined
          obj.partial = undefined
          obj.state = undefined
          obj.contribution = undefined
          obj.promise = undefined
          obj.data = undefined
          obj.done = undefined
          obj.offered = undefined
          obj.failure = undefined
        }

        if (obj.contribution != null) {
          obj.deleted = undefined
          obj.log = undefined
          obj.vaults = undefined
          obj.proof = undefined
          obj.share = undefined
          obj.partial = undefined
          obj.state = undefined
          obj.accept = undefined
          obj.promise = undefined
          obj.data = undefined
          obj.done = undefined
          obj.offered = undefined
          obj.failure = undefined
        }

        if (obj.promise != null) {
          obj.deleted = undefined
          obj.log = undefined
          obj.vaults = undefined
          obj.proof = undefined
          obj.share = undefined
          obj.partial = undefined
          obj.state = undefined
          obj.accept = undefined
          obj.contribution = undefined
          obj.data = undefined
          obj.done = undefined
          obj.offered = undefined
          obj.failure = undefined
        }

        if (obj.data != null) {
          obj.deleted = undefined
          obj.log = undefined
          obj.vaults = undefined
          obj.proof = undefined
          obj.share = undefined
          obj.partial = undefined
          obj.state = undefined
          obj.accept = undefined
          obj.contribution = undefined
          obj.promise = undefined
          obj.done = undefined
          obj.offered = undefined
          obj.failure = undefined
        }

        if (obj.done != null) {
          obj.deleted = undefined
          obj.log = undefined
          obj.vaults = undefined
          obj.proof = undefined
          obj.share = undefined
          obj.partial = undefined
          obj.state = undefined
          obj.accept = undefined
          obj.contribution = undefined
          obj.promise = undefined
          obj.data = undefined
          obj.offered = undefined
          obj.failure = undefined
        }

        if (obj.offered != null) {
          obj.deleted = undefined
          obj.log = undefined
          obj.vaults = undefined
          obj.proof = undefined
          obj.share = undefined
          obj.partial = undefined
          obj.state = undefined
          obj.accept = undefined
          obj.contribution = undefined
          obj.promise = undefined
          obj.data = undefined
          obj.done = undefined
          obj.failure = undefined
        }

        if (obj.failure != null) {
          obj.deleted = undefined
          obj.log = undefined
          obj.vaults = undefined
          obj.proof = undefined
          obj.share = undefined
          obj.partial = undefined
          obj.state = undefined
          obj.accept = undefined
          obj.contribution = undefined
          obj.promise = undefined
          obj.data = undefined
          obj.done = undefined
          obj.offered = undefined
        }

        if ((obj.request != null && obj.request.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.request)
        }

        if (obj.failure != null) {
          w.uint32(82)
          Failure.codec().encode(obj.failure, w)
        }

        if (obj.offered != null) {
          w.uint32(90)
          Offered.codec().encode(obj.offered, w)
        }

        if (obj.done != null) {
          w.uint32(98)
          Done.codec().encode(obj.done, w)
        }

        if (obj.data != null) {
          w.uint32(106)
          Data.codec().encode(obj.data, w)
        }

        if (obj.promise != null) {
          w.uint32(114)
          Promise.codec().encode(obj.promise, w)
        }

        if (obj.contribution != null) {
          w.uint32(122)
          Signed.codec().encode(obj.contribution, w)
        }

        if (obj.accept != null) {
          w.uint32(130)
          Accept.codec().encode(obj.accept, w)
        }

        if (obj.state != null) {
          w.uint32(138)
          VaultState.codec().encode(obj.state, w)
        }

        if (obj.partial != null) {
          w.uint32(146)
          PartialDecapsulation.codec().encode(obj.partial, w)
        }

        if (obj.share != null) {
          w.uint32(154)
          Share.codec().encode(obj.share, w)
        }

        if (obj.proof != null) {
          w.uint32(162)
          AuditProof.codec().encode(obj.proof, w)
        }

        if (obj.vaults != null) {
          w.uint32(170)
          Vaults.codec().encode(obj.vaults, w)
        }

        if (obj.log != null) {
          w.uint32(178)
          Log.codec().encode(obj.log, w)
        }

        if (obj.deleted != null) {
          w.uint32(186)
          Deleted.codec().encode(obj.deleted, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          request: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.request = reader.bytes()
              break
            }
            case 10: {
              obj.failure = Failure.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.failure
              })
              break
            }
            case 11: {
              obj.offered = Offered.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.offered
              })
              break
            }
            case 12: {
              obj.done = Done.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.done
              })
              break
            }
            case 13: {
              obj.data = Data.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.data
              })
              break
            }
            case 14: {
              obj.promise = Promise.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.promise
              })
              break
            }
            case 15: {
              obj.contribution = Signed.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.contribution
              })
              break
            }
            case 16: {
              obj.accept = Accept.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.accept
              })
              break
            }
            case 17: {
              obj.state = VaultState.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.state
              })
              break
            }
            case 18: {
              obj.partial = PartialDecapsulation.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.partial
              })
              break
            }
            case 19: {
              obj.share = Share.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.share
              })
              break
            }
            case 20: {
              obj.proof = AuditProof.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.proof
              })
              break
            }
            case 21: {
              obj.vaults = Vaults.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.vaults
              })
              break
            }
            case 22: {
              obj.log = Log.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.log
              })
              break
            }
            case 23: {
              obj.deleted = Deleted.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.deleted
              })
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        if (obj.deleted != null) {
          delete obj.log
          delete obj.vaults
          delete obj.proof
          delete obj.share
          delete obj.partial
          delete obj.state
          delete obj.accept
          delete obj.contribution
          delete obj.promise
          delete obj.data
          delete obj.done
          delete obj.offered
          delete obj.failure
        }

        if (obj.log != null) {
          delete obj.deleted
          delete obj.vaults
          delete obj.proof
          delete obj.share
          delete obj.partial
          delete obj.state
          delete obj.accept
          delete obj.contribution
          delete obj.promise
          delete obj.data
          delete obj.done
          delete obj.offered
          delete obj.failure
        }

        if (obj.vaults != null) {
          delete obj.deleted
          delete obj.log
          delete obj.proof
          delete obj.share
          delete obj.partial
          delete obj.state
          delete obj.accept
          delete obj.contribution
          delete obj.promise
          delete obj.data
          delete obj.done
          delete obj.offered
          delete obj.failure
        }

        if (obj.proof != null) {
          delete obj.deleted
          delete obj.log
          delete obj.vaults
          delete obj.share
          delete obj.partial
          delete obj.state
          delete obj.accept
          delete obj.contribution
          delete obj.promise
          delete obj.data
          delete obj.done
          delete obj.offered
          delete obj.failure
        }

        if (obj.share != null) {
          delete obj.deleted
          delete obj.log
          delete obj.vaults
          delete obj.proof
          delete obj.partial
          delete obj.state
          delete obj.accept
          delete obj.contribution
          delete obj.promise
          delete obj.data
          delete obj.done
          delete obj.offered
          delete obj.failure
        }

        if (obj.partial != null) {
          delete obj.deleted
          delete obj.log
          delete obj.vaults
          delete obj.proof
          delete obj.share
          delete obj.state
          delete obj.accept
          delete obj.contribution
          delete obj.promise
          delete obj.data
          delete obj.done
          delete obj.offered
          delete obj.failure
        }

        if (obj.state != null) {
          delete obj.deleted
          delete obj.log
          delete obj.vaults
          delete obj.proof
          delete obj.share
          delete obj.partial
          delete obj.accept
          delete obj.contribution
          delete obj.promise
          delete obj.data
          delete obj.done
          delete obj.offered
          delete obj.failure
        }

        if (obj.accept != null) {
          delete obj.deleted
          delete obj.log
          delete obj.vaults
          delete obj.proof
          delete obj.share
          delete obj.partial
          delete obj.state
          delete obj.contribution
          delete obj.promise
          delete obj.data
          delete obj.done
          delete obj.offered
          delete obj.failure
        }

        if (obj.contribution != null) {
          delete obj.deleted
          delete obj.log
          delete obj.vaults
          delete obj.proof
          delete obj.share
          delete obj.partial
          delete obj.state
          delete obj.accept
          delete obj.promise
          delete obj.data
          delete obj.done
          delete obj.offered
          delete obj.failure
        }

        if (obj.promise != null) {
          delete obj.deleted
          delete obj.log
          delete obj.vaults
          delete obj.proof
          delete obj.share
          delete obj.partial
          delete obj.state
          delete obj.accept
          delete obj.contribution
          delete obj.data
          delete obj.done
          delete obj.offered
          delete obj.failure
        }

        if (obj.data != null) {
          delete obj.deleted
          delete obj.log
          delete obj.vaults
          delete obj.proof
          delete obj.share
          delete obj.partial
          delete obj.state
          delete obj.accept
          delete obj.contribution
          delete obj.promise
          delete obj.done
          delete obj.offered
          delete obj.failure
        }

        if (obj.done != null) {
          delete obj.deleted
          delete obj.log
          delete obj.vaults
          delete obj.proof
          delete obj.share
          delete obj.partial
          delete obj.state
          delete obj.accept
          delete obj.contribution
          delete obj.promise
          delete obj.data
          delete obj.offered
          delete obj.failure
        }

        if (obj.offered != null) {
          delete obj.deleted
          delete obj.log
          delete obj.vaults
          delete obj.proof
          delete obj.share
          delete obj.partial
          delete obj.state
          delete obj.accept
          delete obj.contribution
          delete obj.promise
          delete obj.data
          delete obj.done
          delete obj.failure
        }

        if (obj.failure != null) {
          delete obj.deleted
          delete obj.log
          delete obj.vaults
          delete obj.proof
          delete obj.share
          delete obj.partial
          delete obj.state
          delete obj.accept
          delete obj.contribution
          delete obj.promise
          delete obj.data
          delete obj.done
          delete obj.offered
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.request`,
                value: reader.bytes()
              }
              break
            }
            case 10: {
              yield * Failure.codec().stream(reader, reader.uint32(), `${prefix}.failure`, {
                limits: opts.limits?.failure
              })

              break
            }
            case 11: {
              yield * Offered.codec().stream(reader, reader.uint32(), `${prefix}.offered`, {
                limits: opts.limits?.offered
              })

              break
            }
            case 12: {
              yield * Done.codec().stream(reader, reader.uint32(), `${prefix}.done`, {
                limits: opts.limits?.done
              })

              break
            }
            case 13: {
              yield * Data.codec().stream(reader, reader.uint32(), `${prefix}.data`, {
                limits: opts.limits?.data
              })

              break
            }
            case 14: {
              yield * Promise.codec().stream(reader, reader.uint32(), `${prefix}.promise`, {
                limits: opts.limits?.promise
              })

              break
            }
            case 15: {
              yield * Signed.codec().stream(reader, reader.uint32(), `${prefix}.contribution`, {
                limits: opts.limits?.contribution
              })

              break
            }
            case 16: {
              yield * Accept.codec().stream(reader, reader.uint32(), `${prefix}.accept`, {
                limits: opts.limits?.accept
              })

              break
            }
            case 17: {
              yield * VaultState.codec().stream(reader, reader.uint32(), `${prefix}.state`, {
                limits: opts.limits?.state
              })

              break
            }
            case 18: {
              yield * PartialDecapsulation.codec().stream(reader, reader.uint32(), `${prefix}.partial`, {
                limits: opts.limits?.partial
              })

              break
            }
            case 19: {
              yield * Share.codec().stream(reader, reader.uint32(), `${prefix}.share`, {
                limits: opts.limits?.share
              })

              break
            }
            case 20: {
              yield * AuditProof.codec().stream(reader, reader.uint32(), `${prefix}.proof`, {
                limits: opts.limits?.proof
              })

              break
            }
            case 21: {
              yield * Vaults.codec().stream(reader, reader.uint32(), `${prefix}.vaults`, {
                limits: opts.limits?.vaults
              })

              break
            }
            case 22: {
              yield * Log.codec().stream(reader, reader.uint32(), `${prefix}.log`, {
                limits: opts.limits?.log
              })

              break
            }
            case 23: {
              yield * Deleted.codec().stream(reader, reader.uint32(), `${prefix}.deleted`, {
                limits: opts.limits?.deleted
              })

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

  export interface AnswerRequestFieldEvent {
    field: '$.request'
    value: Uint8Array
  }

  export interface AnswerFailureCodeFieldEvent {
    field: '$.failure.code'
    value: string
  }

  export interface AnswerFailureMessageFieldEvent {
    field: '$.failure.message'
    value: string
  }

  export interface AnswerFailureRetryAfterMsFieldEvent {
    field: '$.failure.retryAfterMs'
    value: number
  }

  export interface AnswerFailureIndexFieldEvent {
    field: '$.failure.index'
    value: number
  }

  export interface AnswerFailureNewerManifestFieldEvent {
    field: '$.failure.newer.manifest'
    value: Uint8Array
  }

  export interface AnswerFailureNewerOwnerSignatureFieldEvent {
    field: '$.failure.newer.ownerSignature'
    value: Uint8Array
  }

  export interface AnswerFailureNewerAcceptsContentFieldEvent {
    field: '$.failure.newer.accepts[].content'
    value: Uint8Array
    index: number
  }

  export interface AnswerFailureNewerAcceptsSignatureFieldEvent {
    field: '$.failure.newer.accepts[].signature'
    value: Uint8Array
    index: number
  }

  export interface AnswerFailureBallotRoundFieldEvent {
    field: '$.failure.ballot.round'
    value: number
  }

  export interface AnswerFailureBallotProposerFieldEvent {
    field: '$.failure.ballot.proposer'
    value: Uint8Array
  }

  export interface AnswerOfferedKemContentFieldEvent {
    field: '$.offered.kem.content'
    value: Uint8Array
  }

  export interface AnswerOfferedKemSignatureFieldEvent {
    field: '$.offered.kem.signature'
    value: Uint8Array
  }

  export interface AnswerOfferedFreeBytesFieldEvent {
    field: '$.offered.freeBytes'
    value: number
  }

  export interface AnswerOfferedDomainsFieldEvent {
    field: '$.offered.domains[]'
    index: number
    value: string
  }

  export interface AnswerDataDataFieldEvent {
    field: '$.data.data'
    value: Uint8Array
  }

  export interface AnswerPromiseVaultFieldEvent {
    field: '$.promise.vault'
    value: Uint8Array
  }

  export interface AnswerPromiseSeqFieldEvent {
    field: '$.promise.seq'
    value: number
  }

  export interface AnswerPromiseBallotRoundFieldEvent {
    field: '$.promise.ballot.round'
    value: number
  }

  export interface AnswerPromiseBallotProposerFieldEvent {
    field: '$.promise.ballot.proposer'
    value: Uint8Array
  }

  export interface AnswerPromiseAcceptedBallotRoundFieldEvent {
    field: '$.promise.acceptedBallot.round'
    value: number
  }

  export interface AnswerPromiseAcceptedBallotProposerFieldEvent {
    field: '$.promise.acceptedBallot.proposer'
    value: Uint8Array
  }

  export interface AnswerPromiseAcceptedFieldEvent {
    field: '$.promise.accepted'
    value: Uint8Array
  }

  export interface AnswerPromiseKemContentFieldEvent {
    field: '$.promise.kem.content'
    value: Uint8Array
  }

  export interface AnswerPromiseKemSignatureFieldEvent {
    field: '$.promise.kem.signature'
    value: Uint8Array
  }

  export interface AnswerPromiseHasShareFieldEvent {
    field: '$.promise.hasShare'
    value: boolean
  }

  export interface AnswerContributionContentFieldEvent {
    field: '$.contribution.content'
    value: Uint8Array
  }

  export interface AnswerContributionSignatureFieldEvent {
    field: '$.contribution.signature'
    value: Uint8Array
  }

  export interface AnswerAcceptVaultFieldEvent {
    field: '$.accept.vault'
    value: Uint8Array
  }

  export interface AnswerAcceptSeqFieldEvent {
    field: '$.accept.seq'
    value: number
  }

  export interface AnswerAcceptBallotRoundFieldEvent {
    field: '$.accept.ballot.round'
    value: number
  }

  export interface AnswerAcceptBallotProposerFieldEvent {
    field: '$.accept.ballot.proposer'
    value: Uint8Array
  }

  export interface AnswerAcceptManifestFieldEvent {
    field: '$.accept.manifest'
    value: Uint8Array
  }

  export interface AnswerAcceptEpochFieldEvent {
    field: '$.accept.epoch'
    value: number
  }

  export interface AnswerAcceptIndexFieldEvent {
    field: '$.accept.index'
    value: number
  }

  export interface AnswerAcceptVerificationFieldEvent {
    field: '$.accept.verification'
    value: Uint8Array
  }

  export interface AnswerAcceptPeerFieldEvent {
    field: '$.accept.peer'
    value: Uint8Array
  }

  export interface AnswerAcceptTranscriptFieldEvent {
    field: '$.accept.transcript'
    value: Uint8Array
  }

  export interface AnswerStateManifestsManifestFieldEvent {
    field: '$.state.manifests[].manifest'
    value: Uint8Array
    index: number
  }

  export interface AnswerStateManifestsOwnerSignatureFieldEvent {
    field: '$.state.manifests[].ownerSignature'
    value: Uint8Array
    index: number
  }

  export interface AnswerStateManifestsAcceptsContentFieldEvent {
    field: '$.state.manifests[].accepts[].content'
    value: Uint8Array
    index: number
  }

  export interface AnswerStateManifestsAcceptsSignatureFieldEvent {
    field: '$.state.manifests[].accepts[].signature'
    value: Uint8Array
    index: number
  }

  export interface AnswerStateSeqFieldEvent {
    field: '$.state.seq'
    value: number
  }

  export interface AnswerStateHasShareFieldEvent {
    field: '$.state.hasShare'
    value: boolean
  }

  export interface AnswerStateHasPayloadFieldEvent {
    field: '$.state.hasPayload'
    value: boolean
  }

  export interface AnswerStateKemContentFieldEvent {
    field: '$.state.kem.content'
    value: Uint8Array
  }

  export interface AnswerStateKemSignatureFieldEvent {
    field: '$.state.kem.signature'
    value: Uint8Array
  }

  export interface AnswerStateAcceptedBallotRoundFieldEvent {
    field: '$.state.accepted.ballot.round'
    value: number
  }

  export interface AnswerStateAcceptedBallotProposerFieldEvent {
    field: '$.state.accepted.ballot.proposer'
    value: Uint8Array
  }

  export interface AnswerStateAcceptedManifestManifestFieldEvent {
    field: '$.state.accepted.manifest.manifest'
    value: Uint8Array
  }

  export interface AnswerStateAcceptedManifestOwnerSignatureFieldEvent {
    field: '$.state.accepted.manifest.ownerSignature'
    value: Uint8Array
  }

  export interface AnswerStateAcceptedManifestAcceptsContentFieldEvent {
    field: '$.state.accepted.manifest.accepts[].content'
    value: Uint8Array
    index: number
  }

  export interface AnswerStateAcceptedManifestAcceptsSignatureFieldEvent {
    field: '$.state.accepted.manifest.accepts[].signature'
    value: Uint8Array
    index: number
  }

  export interface AnswerStateAcceptedTranscriptProposalVaultFieldEvent {
    field: '$.state.accepted.transcript.proposal.vault'
    value: Uint8Array
  }

  export interface AnswerStateAcceptedTranscriptProposalSeqFieldEvent {
    field: '$.state.accepted.transcript.proposal.seq'
    value: number
  }

  export interface AnswerStateAcceptedTranscriptProposalPrevFieldEvent {
    field: '$.state.accepted.transcript.proposal.prev'
    value: Uint8Array
  }

  export interface AnswerStateAcceptedTranscriptProposalThresholdFieldEvent {
    field: '$.state.accepted.transcript.proposal.threshold'
    value: number
  }

  export interface AnswerStateAcceptedTranscriptProposalHoldersIndexFieldEvent {
    field: '$.state.accepted.transcript.proposal.holders[].index'
    value: number
    index: number
  }

  export interface AnswerStateAcceptedTranscriptProposalHoldersPeerFieldEvent {
    field: '$.state.accepted.transcript.proposal.holders[].peer'
    value: Uint8Array
    index: number
  }

  export interface AnswerStateAcceptedTranscriptProposalHoldersVerificationFieldEvent {
    field: '$.state.accepted.transcript.proposal.holders[].verification'
    value: Uint8Array
    index: number
  }

  export interface AnswerStateAcceptedTranscriptProposalHoldersKemKeyFieldEvent {
    field: '$.state.accepted.transcript.proposal.holders[].kemKey'
    value: Uint8Array
    index: number
  }

  export interface AnswerStateAcceptedTranscriptProposalChangeFieldEvent {
    field: '$.state.accepted.transcript.proposal.change'
    value: Change
  }

  export interface AnswerStateAcceptedTranscriptContributionsContentFieldEvent {
    field: '$.state.accepted.transcript.contributions[].content'
    value: Uint8Array
    index: number
  }

  export interface AnswerStateAcceptedTranscriptContributionsSignatureFieldEvent {
    field: '$.state.accepted.transcript.contributions[].signature'
    value: Uint8Array
    index: number
  }

  export interface AnswerStateAcceptedPromisesContentFieldEvent {
    field: '$.state.accepted.promises[].content'
    value: Uint8Array
    index: number
  }

  export interface AnswerStateAcceptedPromisesSignatureFieldEvent {
    field: '$.state.accepted.promises[].signature'
    value: Uint8Array
    index: number
  }

  export interface AnswerStateAcceptedChainManifestFieldEvent {
    field: '$.state.accepted.chain[].manifest'
    value: Uint8Array
    index: number
  }

  export interface AnswerStateAcceptedChainOwnerSignatureFieldEvent {
    field: '$.state.accepted.chain[].ownerSignature'
    value: Uint8Array
    index: number
  }

  export interface AnswerStateAcceptedChainAcceptsContentFieldEvent {
    field: '$.state.accepted.chain[].accepts[].content'
    value: Uint8Array
    index: number
  }

  export interface AnswerStateAcceptedChainAcceptsSignatureFieldEvent {
    field: '$.state.accepted.chain[].accepts[].signature'
    value: Uint8Array
    index: number
  }

  export interface AnswerStateAcceptedTrialFieldEvent {
    field: '$.state.accepted.trial'
    value: boolean
  }

  export interface AnswerPartialEpochFieldEvent {
    field: '$.partial.epoch'
    value: number
  }

  export interface AnswerPartialIndexFieldEvent {
    field: '$.partial.index'
    value: number
  }

  export interface AnswerPartialPointFieldEvent {
    field: '$.partial.point'
    value: Uint8Array
  }

  export interface AnswerPartialProofFieldEvent {
    field: '$.partial.proof'
    value: Uint8Array
  }

  export interface AnswerPartialTranscriptFieldEvent {
    field: '$.partial.transcript'
    value: Uint8Array
  }

  export interface AnswerShareEpochFieldEvent {
    field: '$.share.epoch'
    value: number
  }

  export interface AnswerShareIndexFieldEvent {
    field: '$.share.index'
    value: number
  }

  export interface AnswerShareScalarFieldEvent {
    field: '$.share.scalar'
    value: Uint8Array
  }

  export interface AnswerProofEpochFieldEvent {
    field: '$.proof.epoch'
    value: number
  }

  export interface AnswerProofIndexFieldEvent {
    field: '$.proof.index'
    value: number
  }

  export interface AnswerProofProofFieldEvent {
    field: '$.proof.proof'
    value: Uint8Array
  }

  export interface AnswerProofPayloadFieldEvent {
    field: '$.proof.payload'
    value: Uint8Array
  }

  export interface AnswerProofSeqFieldEvent {
    field: '$.proof.seq'
    value: number
  }

  export interface AnswerProofTranscriptFieldEvent {
    field: '$.proof.transcript'
    value: Uint8Array
  }

  export interface AnswerVaultsVaultsFieldEvent {
    field: '$.vaults.vaults[]'
    index: number
    value: Uint8Array
  }

  export interface AnswerLogEntriesFieldEvent {
    field: '$.log.entries[]'
    index: number
    value: Uint8Array
  }

  export interface AnswerLogNextFieldEvent {
    field: '$.log.next'
    value: number
  }

  export interface AnswerDeletedVaultFieldEvent {
    field: '$.deleted.vault'
    value: Uint8Array
  }

  export interface AnswerDeletedTimeMsFieldEvent {
    field: '$.deleted.timeMs'
    value: number
  }

  export function encode (obj: Partial<Answer>): Uint8Array {
    return encodeMessage(obj, Answer.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<Answer>): Answer {
    return decodeMessage(buf, Answer.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<Answer>): Generator<AnswerRequestFieldEvent | AnswerFailureCodeFieldEvent | AnswerFailureMessageFieldEvent | AnswerFailureRetryAfterMsFieldEvent | AnswerFailureIndexFieldEvent | AnswerFailureNewerManifestFieldEvent | AnswerFailureNewerOwnerSignatureFieldEvent | AnswerFailureNewerAcceptsContentFieldEvent | AnswerFailureNewerAcceptsSignatureFieldEvent | AnswerFailureBallotRoundFieldEvent | AnswerFailureBallotProposerFieldEvent | AnswerOfferedKemContentFieldEvent | AnswerOfferedKemSignatureFieldEvent | AnswerOfferedFreeBytesFieldEvent | AnswerOfferedDomainsFieldEvent | AnswerDataDataFieldEvent | AnswerPromiseVaultFieldEvent | AnswerPromiseSeqFieldEvent | AnswerPromiseBallotRoundFieldEvent | AnswerPromiseBallotProposerFieldEvent | AnswerPromiseAcceptedBallotRoundFieldEvent | AnswerPromiseAcceptedBallotProposerFieldEvent | AnswerPromiseAcceptedFieldEvent | AnswerPromiseKemContentFieldEvent | AnswerPromiseKemSignatureFieldEvent | AnswerPromiseHasShareFieldEvent | AnswerContributionContentFieldEvent | AnswerContributionSignatureFieldEvent | AnswerAcceptVaultFieldEvent | AnswerAcceptSeqFieldEvent | AnswerAcceptBallotRoundFieldEvent | AnswerAcceptBallotProposerFieldEvent | AnswerAcceptManifestFieldEvent | AnswerAcceptEpochFieldEvent | AnswerAcceptIndexFieldEvent | AnswerAcceptVerificationFieldEvent | AnswerAcceptPeerFieldEvent | AnswerAcceptTranscriptFieldEvent | AnswerStateManifestsManifestFieldEvent | AnswerStateManifestsOwnerSignatureFieldEvent | AnswerStateManifestsAcceptsContentFieldEvent | AnswerStateManifestsAcceptsSignatureFieldEvent | AnswerStateSeqFieldEvent | AnswerStateHasShareFieldEvent | AnswerStateHasPayloadFieldEvent | AnswerStateKemContentFieldEvent | AnswerStateKemSignatureFieldEvent | AnswerStateAcceptedBallotRoundFieldEvent | AnswerStateAcceptedBallotProposerFieldEvent | AnswerStateAcceptedManifestManifestFieldEvent | AnswerStateAcceptedManifestOwnerSignatureFieldEvent | AnswerStateAcceptedManifestAcceptsContentFieldEvent | AnswerStateAcceptedManifestAcceptsSignatureFieldEvent | AnswerStateAcceptedTranscriptProposalVaultFieldEvent | AnswerStateAcceptedTranscriptProposalSeqFieldEvent | AnswerStateAcceptedTranscriptProposalPrevFieldEvent | AnswerStateAcceptedTranscriptProposalThresholdFieldEvent | AnswerStateAcceptedTranscriptProposalHoldersIndexFieldEvent | AnswerStateAcceptedTranscriptProposalHoldersPeerFieldEvent | AnswerStateAcceptedTranscriptProposalHoldersVerificationFieldEvent | AnswerStateAcceptedTranscriptProposalHoldersKemKeyFieldEvent | AnswerStateAcceptedTranscriptProposalChangeFieldEvent | AnswerStateAcceptedTranscriptContributionsContentFieldEvent | AnswerStateAcceptedTranscriptContributionsSignatureFieldEvent | AnswerStateAcceptedPromisesContentFieldEvent | AnswerStateAcceptedPromisesSignatureFieldEvent | AnswerStateAcceptedChainManifestFieldEvent | AnswerStateAcceptedChainOwnerSignatureFieldEvent | AnswerStateAcceptedChainAcceptsContentFieldEvent | AnswerStateAcceptedChainAcceptsSignatureFieldEvent | AnswerStateAcceptedTrialFieldEvent | AnswerPartialEpochFieldEvent | AnswerPartialIndexFieldEvent | AnswerPartialPointFieldEvent | AnswerPartialProofFieldEvent | AnswerPartialTranscriptFieldEvent | AnswerShareEpochFieldEvent | AnswerShareIndexFieldEvent | AnswerShareScalarFieldEvent | AnswerProofEpochFieldEvent | AnswerProofIndexFieldEvent | AnswerProofProofFieldEvent | AnswerProofPayloadFieldEvent | AnswerProofSeqFieldEvent | AnswerProofTranscriptFieldEvent | AnswerVaultsVaultsFieldEvent | AnswerLogEntriesFieldEvent | AnswerLogNextFieldEvent | AnswerDeletedVaultFieldEvent | AnswerDeletedTimeMsFieldEvent> {
    return streamMessage(buf, Answer.codec(), opts)
  }
}

export interface Failure {
  code: string
  message: string
  retryAfterMs: number
  index: number
  newer?: SignedManifest
  ballot?: Ballot
}

export namespace Failure {
  let _codec: Codec<Failure>

  export const codec = (): Codec<Failure> => {
    if (_codec == null) {
      _codec = message<Failure>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.code != null && obj.code !== '')) {
          w.uint32(10)
          w.string(obj.code)
        }

        if ((obj.message != null && obj.message !== '')) {
          w.uint32(18)
          w.string(obj.message)
        }

        if ((obj.retryAfterMs != null && obj.retryAfterMs !== 0)) {
          w.uint32(24)
          w.uint64Number(obj.retryAfterMs)
        }

        if ((obj.index != null && obj.index !== 0)) {
          w.uint32(32)
          w.uint32(obj.index)
        }

        if (obj.newer != null) {
          w.uint32(42)
          SignedManifest.codec().encode(obj.newer, w)
        }

        if (obj.ballot != null) {
          w.uint32(50)
          Ballot.codec().encode(obj.ballot, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          code: '',
          message: '',
          retryAfterMs: 0,
          index: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.code = reader.string()
              break
            }
            case 2: {
              obj.message = reader.string()
              break
            }
            case 3: {
              obj.retryAfterMs = reader.uint64Number()
              break
            }
            case 4: {
              obj.index = reader.uint32()
              break
            }
            case 5: {
              obj.newer = SignedManifest.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.newer
              })
              break
            }
            case 6: {
              obj.ballot = Ballot.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.ballot
              })
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
                field: `${prefix}.code`,
                value: reader.string()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.message`,
                value: reader.string()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.retryAfterMs`,
                value: reader.uint64Number()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.index`,
                value: reader.uint32()
              }
              break
            }
            case 5: {
              yield * SignedManifest.codec().stream(reader, reader.uint32(), `${prefix}.newer`, {
                limits: opts.limits?.newer
              })

              break
            }
            case 6: {
              yield * Ballot.codec().stream(reader, reader.uint32(), `${prefix}.ballot`, {
                limits: opts.limits?.ballot
              })

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

  export interface FailureCodeFieldEvent {
    field: '$.code'
    value: string
  }

  export interface FailureMessageFieldEvent {
    field: '$.message'
    value: string
  }

  export interface FailureRetryAfterMsFieldEvent {
    field: '$.retryAfterMs'
    value: number
  }

  export interface FailureIndexFieldEvent {
    field: '$.index'
    value: number
  }

  export interface FailureNewerManifestFieldEvent {
    field: '$.newer.manifest'
    value: Uint8Array
  }

  export interface FailureNewerOwnerSignatureFieldEvent {
    field: '$.newer.ownerSignature'
    value: Uint8Array
  }

  export interface FailureNewerAcceptsContentFieldEvent {
    field: '$.newer.accepts[].content'
    value: Uint8Array
    index: number
  }

  export interface FailureNewerAcceptsSignatureFieldEvent {
    field: '$.newer.accepts[].signature'
    value: Uint8Array
    index: number
  }

  export interface FailureBallotRoundFieldEvent {
    field: '$.ballot.round'
    value: number
  }

  export interface FailureBallotProposerFieldEvent {
    field: '$.ballot.proposer'
    value: Uint8Array
  }

  export function encode (obj: Partial<Failure>): Uint8Array {
    return encodeMessage(obj, Failure.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<Failure>): Failure {
    return decodeMessage(buf, Failure.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<Failure>): Generator<FailureCodeFieldEvent | FailureMessageFieldEvent | FailureRetryAfterMsFieldEvent | FailureIndexFieldEvent | FailureNewerManifestFieldEvent | FailureNewerOwnerSignatureFieldEvent | FailureNewerAcceptsContentFieldEvent | FailureNewerAcceptsSignatureFieldEvent | FailureBallotRoundFieldEvent | FailureBallotProposerFieldEvent> {
    return streamMessage(buf, Failure.codec(), opts)
  }
}

export interface Done {}

export namespace Done {
  let _codec: Codec<Done>

  export const codec = (): Codec<Done> => {
    if (_codec == null) {
      _codec = message<Done>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {}

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
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

  export function encode (obj: Partial<Done>): Uint8Array {
    return encodeMessage(obj, Done.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<Done>): Done {
    return decodeMessage(buf, Done.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<Done>): Generator<{}> {
    return streamMessage(buf, Done.codec(), opts)
  }
}

export interface Offer {
  bytes: number
  expiresMs: number
}

export namespace Offer {
  let _codec: Codec<Offer>

  export const codec = (): Codec<Offer> => {
    if (_codec == null) {
      _codec = message<Offer>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.bytes != null && obj.bytes !== 0)) {
          w.uint32(8)
          w.uint64Number(obj.bytes)
        }

        if ((obj.expiresMs != null && obj.expiresMs !== 0)) {
          w.uint32(16)
          w.uint64Number(obj.expiresMs)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          bytes: 0,
          expiresMs: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.bytes = reader.uint64Number()
              break
            }
            case 2: {
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
                field: `${prefix}.bytes`,
                value: reader.uint64Number()
              }
              break
            }
            case 2: {
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

  export interface OfferBytesFieldEvent {
    field: '$.bytes'
    value: number
  }

  export interface OfferExpiresMsFieldEvent {
    field: '$.expiresMs'
    value: number
  }

  export function encode (obj: Partial<Offer>): Uint8Array {
    return encodeMessage(obj, Offer.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<Offer>): Offer {
    return decodeMessage(buf, Offer.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<Offer>): Generator<OfferBytesFieldEvent | OfferExpiresMsFieldEvent> {
    return streamMessage(buf, Offer.codec(), opts)
  }
}

export interface Offered {
  kem?: Signed
  freeBytes: number
  domains: string[]
}

export namespace Offered {
  let _codec: Codec<Offered>

  export const codec = (): Codec<Offered> => {
    if (_codec == null) {
      _codec = message<Offered>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.kem != null) {
          w.uint32(10)
          Signed.codec().encode(obj.kem, w)
        }

        if ((obj.freeBytes != null && obj.freeBytes !== 0)) {
          w.uint32(16)
          w.uint64Number(obj.freeBytes)
        }

        if (obj.domains != null && obj.domains.length > 0) {
          for (const value of obj.domains) {
            w.uint32(26)
            w.string(value)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          freeBytes: 0,
          domains: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.kem = Signed.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.kem
              })
              break
            }
            case 2: {
              obj.freeBytes = reader.uint64Number()
              break
            }
            case 3: {
              if (opts.limits?.domains != null && obj.domains.length === opts.limits.domains) {
                throw new MaxLengthError('Decode error - repeated field "domains" had too many elements')
              }

              obj.domains.push(reader.string())
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
          domains: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield * Signed.codec().stream(reader, reader.uint32(), `${prefix}.kem`, {
                limits: opts.limits?.kem
              })

              break
            }
            case 2: {
              yield {
                field: `${prefix}.freeBytes`,
                value: reader.uint64Number()
              }
              break
            }
            case 3: {
              if (opts.limits?.domains != null && obj.domains === opts.limits.domains) {
                throw new MaxLengthError('Streaming decode error - repeated field "domains" had too many elements')
              }

              yield {
                field: `${prefix}.domains[]`,
                index: obj.domains,
                value: reader.string()
              }

              obj.domains++

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

  export interface OfferedKemContentFieldEvent {
    field: '$.kem.content'
    value: Uint8Array
  }

  export interface OfferedKemSignatureFieldEvent {
    field: '$.kem.signature'
    value: Uint8Array
  }

  export interface OfferedFreeBytesFieldEvent {
    field: '$.freeBytes'
    value: number
  }

  export interface OfferedDomainsFieldEvent {
    field: '$.domains[]'
    index: number
    value: string
  }

  export function encode (obj: Partial<Offered>): Uint8Array {
    return encodeMessage(obj, Offered.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<Offered>): Offered {
    return decodeMessage(buf, Offered.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<Offered>): Generator<OfferedKemContentFieldEvent | OfferedKemSignatureFieldEvent | OfferedFreeBytesFieldEvent | OfferedDomainsFieldEvent> {
    return streamMessage(buf, Offered.codec(), opts)
  }
}

export interface Put {
  payload: Uint8Array
  offset: number
  bytes: number
  data: Uint8Array
}

export namespace Put {
  let _codec: Codec<Put>

  export const codec = (): Codec<Put> => {
    if (_codec == null) {
      _codec = message<Put>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.payload != null && obj.payload.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.payload)
        }

        if ((obj.offset != null && obj.offset !== 0)) {
          w.uint32(16)
          w.uint64Number(obj.offset)
        }

        if ((obj.bytes != null && obj.bytes !== 0)) {
          w.uint32(24)
          w.uint64Number(obj.bytes)
        }

        if ((obj.data != null && obj.data.byteLength > 0)) {
          w.uint32(34)
          w.bytes(obj.data)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          payload: uint8ArrayAlloc(0),
          offset: 0,
          bytes: 0,
          data: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.payload = reader.bytes()
              break
            }
            case 2: {
              obj.offset = reader.uint64Number()
              break
            }
            case 3: {
              obj.bytes = reader.uint64Number()
              break
            }
            case 4: {
              obj.data = reader.bytes()
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
                field: `${prefix}.payload`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.offset`,
                value: reader.uint64Number()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.bytes`,
                value: reader.uint64Number()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.data`,
                value: reader.bytes()
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

  export interface PutPayloadFieldEvent {
    field: '$.payload'
    value: Uint8Array
  }

  export interface PutOffsetFieldEvent {
    field: '$.offset'
    value: number
  }

  export interface PutBytesFieldEvent {
    field: '$.bytes'
    value: number
  }

  export interface PutDataFieldEvent {
    field: '$.data'
    value: Uint8Array
  }

  export function encode (obj: Partial<Put>): Uint8Array {
    return encodeMessage(obj, Put.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<Put>): Put {
    return decodeMessage(buf, Put.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<Put>): Generator<PutPayloadFieldEvent | PutOffsetFieldEvent | PutBytesFieldEvent | PutDataFieldEvent> {
    return streamMessage(buf, Put.codec(), opts)
  }
}

export interface Get {
  payload: Uint8Array
  offset: number
}

export namespace Get {
  let _codec: Codec<Get>

  export const codec = (): Codec<Get> => {
    if (_codec == null) {
      _codec = message<Get>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.payload != null && obj.payload.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.payload)
        }

        if ((obj.offset != null && obj.offset !== 0)) {
          w.uint32(16)
          w.uint64Number(obj.offset)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          payload: uint8ArrayAlloc(0),
          offset: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.payload = reader.bytes()
              break
            }
            case 2: {
              obj.offset = reader.uint64Number()
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
                field: `${prefix}.payload`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.offset`,
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

  export interface GetPayloadFieldEvent {
    field: '$.payload'
    value: Uint8Array
  }

  export interface GetOffsetFieldEvent {
    field: '$.offset'
    value: number
  }

  export function encode (obj: Partial<Get>): Uint8Array {
    return encodeMessage(obj, Get.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<Get>): Get {
    return decodeMessage(buf, Get.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<Get>): Generator<GetPayloadFieldEvent | GetOffsetFieldEvent> {
    return streamMessage(buf, Get.codec(), opts)
  }
}

export interface Data {
  data: Uint8Array
}

export namespace Data {
  let _codec: Codec<Data>

  export const codec = (): Codec<Data> => {
    if (_codec == null) {
      _codec = message<Data>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.data != null && obj.data.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.data)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          data: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.data = reader.bytes()
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
                field: `${prefix}.data`,
                value: reader.bytes()
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

  export interface DataDataFieldEvent {
    field: '$.data'
    value: Uint8Array
  }

  export function encode (obj: Partial<Data>): Uint8Array {
    return encodeMessage(obj, Data.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<Data>): Data {
    return decodeMessage(buf, Data.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<Data>): Generator<DataDataFieldEvent> {
    return streamMessage(buf, Data.codec(), opts)
  }
}

export interface Ballot {
  round: number
  proposer: Uint8Array
}

export namespace Ballot {
  let _codec: Codec<Ballot>

  export const codec = (): Codec<Ballot> => {
    if (_codec == null) {
      _codec = message<Ballot>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.round != null && obj.round !== 0)) {
          w.uint32(8)
          w.uint32(obj.round)
        }

        if ((obj.proposer != null && obj.proposer.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.proposer)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          round: 0,
          proposer: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.round = reader.uint32()
              break
            }
            case 2: {
              obj.proposer = reader.bytes()
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
                field: `${prefix}.round`,
                value: reader.uint32()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.proposer`,
                value: reader.bytes()
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

  export interface BallotRoundFieldEvent {
    field: '$.round'
    value: number
  }

  export interface BallotProposerFieldEvent {
    field: '$.proposer'
    value: Uint8Array
  }

  export function encode (obj: Partial<Ballot>): Uint8Array {
    return encodeMessage(obj, Ballot.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<Ballot>): Ballot {
    return decodeMessage(buf, Ballot.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<Ballot>): Generator<BallotRoundFieldEvent | BallotProposerFieldEvent> {
    return streamMessage(buf, Ballot.codec(), opts)
  }
}

export interface Prepare {
  seq: number
  ballot?: Ballot
}

export namespace Prepare {
  let _codec: Codec<Prepare>

  export const codec = (): Codec<Prepare> => {
    if (_codec == null) {
      _codec = message<Prepare>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.seq != null && obj.seq !== 0)) {
          w.uint32(8)
          w.uint64Number(obj.seq)
        }

        if (obj.ballot != null) {
          w.uint32(18)
          Ballot.codec().encode(obj.ballot, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          seq: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.seq = reader.uint64Number()
              break
            }
            case 2: {
              obj.ballot = Ballot.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.ballot
              })
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
                field: `${prefix}.seq`,
                value: reader.uint64Number()
              }
              break
            }
            case 2: {
              yield * Ballot.codec().stream(reader, reader.uint32(), `${prefix}.ballot`, {
                limits: opts.limits?.ballot
              })

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

  export interface PrepareSeqFieldEvent {
    field: '$.seq'
    value: number
  }

  export interface PrepareBallotRoundFieldEvent {
    field: '$.ballot.round'
    value: number
  }

  export interface PrepareBallotProposerFieldEvent {
    field: '$.ballot.proposer'
    value: Uint8Array
  }

  export function encode (obj: Partial<Prepare>): Uint8Array {
    return encodeMessage(obj, Prepare.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<Prepare>): Prepare {
    return decodeMessage(buf, Prepare.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<Prepare>): Generator<PrepareSeqFieldEvent | PrepareBallotRoundFieldEvent | PrepareBallotProposerFieldEvent> {
    return streamMessage(buf, Prepare.codec(), opts)
  }
}

export interface Promise {
  vault: Uint8Array
  seq: number
  ballot?: Ballot
  acceptedBallot?: Ballot
  accepted: Uint8Array
  kem?: Signed
  hasShare: boolean
}

export namespace Promise {
  let _codec: Codec<Promise>

  export const codec = (): Codec<Promise> => {
    if (_codec == null) {
      _codec = message<Promise>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.vault != null && obj.vault.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.vault)
        }

        if ((obj.seq != null && obj.seq !== 0)) {
          w.uint32(16)
          w.uint64Number(obj.seq)
        }

        if (obj.ballot != null) {
          w.uint32(26)
          Ballot.codec().encode(obj.ballot, w)
        }

        if (obj.acceptedBallot != null) {
          w.uint32(34)
          Ballot.codec().encode(obj.acceptedBallot, w)
        }

        if ((obj.accepted != null && obj.accepted.byteLength > 0)) {
          w.uint32(42)
          w.bytes(obj.accepted)
        }

        if (obj.kem != null) {
          w.uint32(50)
          Signed.codec().encode(obj.kem, w)
        }

        if ((obj.hasShare != null && obj.hasShare !== false)) {
          w.uint32(56)
          w.bool(obj.hasShare)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          vault: uint8ArrayAlloc(0),
          seq: 0,
          accepted: uint8ArrayAlloc(0),
          hasShare: false
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.vault = reader.bytes()
              break
            }
            case 2: {
              obj.seq = reader.uint64Number()
              break
            }
            case 3: {
              obj.ballot = Ballot.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.ballot
              })
              break
            }
            case 4: {
              obj.acceptedBallot = Ballot.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.acceptedBallot
              })
              break
            }
            case 5: {
              obj.accepted = reader.bytes()
              break
            }
            case 6: {
              obj.kem = Signed.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.kem
              })
              break
            }
            case 7: {
              obj.hasShare = reader.bool()
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
                field: `${prefix}.vault`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.seq`,
                value: reader.uint64Number()
              }
              break
            }
            case 3: {
              yield * Ballot.codec().stream(reader, reader.uint32(), `${prefix}.ballot`, {
                limits: opts.limits?.ballot
              })

              break
            }
            case 4: {
              yield * Ballot.codec().stream(reader, reader.uint32(), `${prefix}.acceptedBallot`, {
                limits: opts.limits?.acceptedBallot
              })

              break
            }
            case 5: {
              yield {
                field: `${prefix}.accepted`,
                value: reader.bytes()
              }
              break
            }
            case 6: {
              yield * Signed.codec().stream(reader, reader.uint32(), `${prefix}.kem`, {
                limits: opts.limits?.kem
              })

              break
            }
            case 7: {
              yield {
                field: `${prefix}.hasShare`,
                value: reader.bool()
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

  export interface PromiseVaultFieldEvent {
    field: '$.vault'
    value: Uint8Array
  }

  export interface PromiseSeqFieldEvent {
    field: '$.seq'
    value: number
  }

  export interface PromiseBallotRoundFieldEvent {
    field: '$.ballot.round'
    value: number
  }

  export interface PromiseBallotProposerFieldEvent {
    field: '$.ballot.proposer'
    value: Uint8Array
  }

  export interface PromiseAcceptedBallotRoundFieldEvent {
    field: '$.acceptedBallot.round'
    value: number
  }

  export interface PromiseAcceptedBallotProposerFieldEvent {
    field: '$.acceptedBallot.proposer'
    value: Uint8Array
  }

  export interface PromiseAcceptedFieldEvent {
    field: '$.accepted'
    value: Uint8Array
  }

  export interface PromiseKemContentFieldEvent {
    field: '$.kem.content'
    value: Uint8Array
  }

  export interface PromiseKemSignatureFieldEvent {
    field: '$.kem.signature'
    value: Uint8Array
  }

  export interface PromiseHasShareFieldEvent {
    field: '$.hasShare'
    value: boolean
  }

  export function encode (obj: Partial<Promise>): Uint8Array {
    return encodeMessage(obj, Promise.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<Promise>): Promise {
    return decodeMessage(buf, Promise.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<Promise>): Generator<PromiseVaultFieldEvent | PromiseSeqFieldEvent | PromiseBallotRoundFieldEvent | PromiseBallotProposerFieldEvent | PromiseAcceptedBallotRoundFieldEvent | PromiseAcceptedBallotProposerFieldEvent | PromiseAcceptedFieldEvent | PromiseKemContentFieldEvent | PromiseKemSignatureFieldEvent | PromiseHasShareFieldEvent> {
    return streamMessage(buf, Promise.codec(), opts)
  }
}

export interface Contribute {
  proposal?: Proposal
  kems: Signed[]
}

export namespace Contribute {
  let _codec: Codec<Contribute>

  export const codec = (): Codec<Contribute> => {
    if (_codec == null) {
      _codec = message<Contribute>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.proposal != null) {
          w.uint32(10)
          Proposal.codec().encode(obj.proposal, w)
        }

        if (obj.kems != null && obj.kems.length > 0) {
          for (const value of obj.kems) {
            w.uint32(18)
            Signed.codec().encode(value, w)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          kems: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.proposal = Proposal.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.proposal
              })
              break
            }
            case 2: {
              if (opts.limits?.kems != null && obj.kems.length === opts.limits.kems) {
                throw new MaxLengthError('Decode error - repeated field "kems" had too many elements')
              }

              obj.kems.push(Signed.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.kems$
              }))
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
          kems: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield * Proposal.codec().stream(reader, reader.uint32(), `${prefix}.proposal`, {
                limits: opts.limits?.proposal
              })

              break
            }
            case 2: {
              if (opts.limits?.kems != null && obj.kems === opts.limits.kems) {
                throw new MaxLengthError('Streaming decode error - repeated field "kems" had too many elements')
              }

              for (const evt of Signed.codec().stream(reader, reader.uint32(), `${prefix}.kems[]`, {
                limits: opts.limits?.kems$
              })) {
                yield {
                  ...evt,
                  index: obj.kems
                }
              }

              obj.kems++

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

  export interface ContributeProposalVaultFieldEvent {
    field: '$.proposal.vault'
    value: Uint8Array
  }

  export interface ContributeProposalSeqFieldEvent {
    field: '$.proposal.seq'
    value: number
  }

  export interface ContributeProposalPrevFieldEvent {
    field: '$.proposal.prev'
    value: Uint8Array
  }

  export interface ContributeProposalThresholdFieldEvent {
    field: '$.proposal.threshold'
    value: number
  }

  export interface ContributeProposalHoldersIndexFieldEvent {
    field: '$.proposal.holders[].index'
    value: number
    index: number
  }

  export interface ContributeProposalHoldersPeerFieldEvent {
    field: '$.proposal.holders[].peer'
    value: Uint8Array
    index: number
  }

  export interface ContributeProposalHoldersVerificationFieldEvent {
    field: '$.proposal.holders[].verification'
    value: Uint8Array
    index: number
  }

  export interface ContributeProposalHoldersKemKeyFieldEvent {
    field: '$.proposal.holders[].kemKey'
    value: Uint8Array
    index: number
  }

  export interface ContributeProposalChangeFieldEvent {
    field: '$.proposal.change'
    value: Change
  }

  export interface ContributeKemsContentFieldEvent {
    field: '$.kems[].content'
    value: Uint8Array
    index: number
  }

  export interface ContributeKemsSignatureFieldEvent {
    field: '$.kems[].signature'
    value: Uint8Array
    index: number
  }

  export function encode (obj: Partial<Contribute>): Uint8Array {
    return encodeMessage(obj, Contribute.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<Contribute>): Contribute {
    return decodeMessage(buf, Contribute.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<Contribute>): Generator<ContributeProposalVaultFieldEvent | ContributeProposalSeqFieldEvent | ContributeProposalPrevFieldEvent | ContributeProposalThresholdFieldEvent | ContributeProposalHoldersIndexFieldEvent | ContributeProposalHoldersPeerFieldEvent | ContributeProposalHoldersVerificationFieldEvent | ContributeProposalHoldersKemKeyFieldEvent | ContributeProposalChangeFieldEvent | ContributeKemsContentFieldEvent | ContributeKemsSignatureFieldEvent> {
    return streamMessage(buf, Contribute.codec(), opts)
  }
}

export interface Propose {
  ballot?: Ballot
  manifest?: SignedManifest
  transcript?: Transcript
  promises: Signed[]
  chain: SignedManifest[]
  trial?: boolean
}

export namespace Propose {
  let _codec: Codec<Propose>

  export const codec = (): Codec<Propose> => {
    if (_codec == null) {
      _codec = message<Propose>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.ballot != null) {
          w.uint32(10)
          Ballot.codec().encode(obj.ballot, w)
        }

        if (obj.manifest != null) {
          w.uint32(18)
          SignedManifest.codec().encode(obj.manifest, w)
        }

        if (obj.transcript != null) {
          w.uint32(26)
          Transcript.codec().encode(obj.transcript, w)
        }

        if (obj.promises != null && obj.promises.length > 0) {
          for (const value of obj.promises) {
            w.uint32(34)
            Signed.codec().encode(value, w)
          }
        }

        if (obj.chain != null && obj.chain.length > 0) {
          for (const value of obj.chain) {
            w.uint32(42)
            SignedManifest.codec().encode(value, w)
          }
        }

        if (obj.trial != null) {
          w.uint32(48)
          w.bool(obj.trial)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          promises: [],
          chain: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.ballot = Ballot.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.ballot
              })
              break
            }
            case 2: {
              obj.manifest = SignedManifest.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.manifest
              })
              break
            }
            case 3: {
              obj.transcript = Transcript.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.transcript
              })
              break
            }
            case 4: {
              if (opts.limits?.promises != null && obj.promises.length === opts.limits.promises) {
                throw new MaxLengthError('Decode error - repeated field "promises" had too many elements')
              }

              obj.promises.push(Signed.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.promises$
              }))
              break
            }
            case 5: {
              if (opts.limits?.chain != null && obj.chain.length === opts.limits.chain) {
                throw new MaxLengthError('Decode error - repeated field "chain" had too many elements')
              }

              obj.chain.push(SignedManifest.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.chain$
              }))
              break
            }
            case 6: {
              obj.trial = reader.bool()
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
          promises: 0,
          chain: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield * Ballot.codec().stream(reader, reader.uint32(), `${prefix}.ballot`, {
                limits: opts.limits?.ballot
              })

              break
            }
            case 2: {
              yield * SignedManifest.codec().stream(reader, reader.uint32(), `${prefix}.manifest`, {
                limits: opts.limits?.manifest
              })

              break
            }
            case 3: {
              yield * Transcript.codec().stream(reader, reader.uint32(), `${prefix}.transcript`, {
                limits: opts.limits?.transcript
              })

              break
            }
            case 4: {
              if (opts.limits?.promises != null && obj.promises === opts.limits.promises) {
                throw new MaxLengthError('Streaming decode error - repeated field "promises" had too many elements')
              }

              for (const evt of Signed.codec().stream(reader, reader.uint32(), `${prefix}.promises[]`, {
                limits: opts.limits?.promises$
              })) {
                yield {
                  ...evt,
                  index: obj.promises
                }
              }

              obj.promises++

              break
            }
            case 5: {
              if (opts.limits?.chain != null && obj.chain === opts.limits.chain) {
                throw new MaxLengthError('Streaming decode error - repeated field "chain" had too many elements')
              }

              for (const evt of SignedManifest.codec().stream(reader, reader.uint32(), `${prefix}.chain[]`, {
                limits: opts.limits?.chain$
              })) {
                yield {
                  ...evt,
                  index: obj.chain
                }
              }

              obj.chain++

              break
            }
            case 6: {
              yield {
                field: `${prefix}.trial`,
                value: reader.bool()
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

  export interface ProposeBallotRoundFieldEvent {
    field: '$.ballot.round'
    value: number
  }

  export interface ProposeBallotProposerFieldEvent {
    field: '$.ballot.proposer'
    value: Uint8Array
  }

  export interface ProposeManifestManifestFieldEvent {
    field: '$.manifest.manifest'
    value: Uint8Array
  }

  export interface ProposeManifestOwnerSignatureFieldEvent {
    field: '$.manifest.ownerSignature'
    value: Uint8Array
  }

  export interface ProposeManifestAcceptsContentFieldEvent {
    field: '$.manifest.accepts[].content'
    value: Uint8Array
    index: number
  }

  export interface ProposeManifestAcceptsSignatureFieldEvent {
    field: '$.manifest.accepts[].signature'
    value: Uint8Array
    index: number
  }

  export interface ProposeTranscriptProposalVaultFieldEvent {
    field: '$.transcript.proposal.vault'
    value: Uint8Array
  }

  export interface ProposeTranscriptProposalSeqFieldEvent {
    field: '$.transcript.proposal.seq'
    value: number
  }

  export interface ProposeTranscriptProposalPrevFieldEvent {
    field: '$.transcript.proposal.prev'
    value: Uint8Array
  }

  export interface ProposeTranscriptProposalThresholdFieldEvent {
    field: '$.transcript.proposal.threshold'
    value: number
  }

  export interface ProposeTranscriptProposalHoldersIndexFieldEvent {
    field: '$.transcript.proposal.holders[].index'
    value: number
    index: number
  }

  export interface ProposeTranscriptProposalHoldersPeerFieldEvent {
    field: '$.transcript.proposal.holders[].peer'
    value: Uint8Array
    index: number
  }

  export interface ProposeTranscriptProposalHoldersVerificationFieldEvent {
    field: '$.transcript.proposal.holders[].verification'
    value: Uint8Array
    index: number
  }

  export interface ProposeTranscriptProposalHoldersKemKeyFieldEvent {
    field: '$.transcript.proposal.holders[].kemKey'
    value: Uint8Array
    index: number
  }

  export interface ProposeTranscriptProposalChangeFieldEvent {
    field: '$.transcript.proposal.change'
    value: Change
  }

  export interface ProposeTranscriptContributionsContentFieldEvent {
    field: '$.transcript.contributions[].content'
    value: Uint8Array
    index: number
  }

  export interface ProposeTranscriptContributionsSignatureFieldEvent {
    field: '$.transcript.contributions[].signature'
    value: Uint8Array
    index: number
  }

  export interface ProposePromisesContentFieldEvent {
    field: '$.promises[].content'
    value: Uint8Array
    index: number
  }

  export interface ProposePromisesSignatureFieldEvent {
    field: '$.promises[].signature'
    value: Uint8Array
    index: number
  }

  export interface ProposeChainManifestFieldEvent {
    field: '$.chain[].manifest'
    value: Uint8Array
    index: number
  }

  export interface ProposeChainOwnerSignatureFieldEvent {
    field: '$.chain[].ownerSignature'
    value: Uint8Array
    index: number
  }

  export interface ProposeChainAcceptsContentFieldEvent {
    field: '$.chain[].accepts[].content'
    value: Uint8Array
    index: number
  }

  export interface ProposeChainAcceptsSignatureFieldEvent {
    field: '$.chain[].accepts[].signature'
    value: Uint8Array
    index: number
  }

  export interface ProposeTrialFieldEvent {
    field: '$.trial'
    value: boolean
  }

  export function encode (obj: Partial<Propose>): Uint8Array {
    return encodeMessage(obj, Propose.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<Propose>): Propose {
    return decodeMessage(buf, Propose.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<Propose>): Generator<ProposeBallotRoundFieldEvent | ProposeBallotProposerFieldEvent | ProposeManifestManifestFieldEvent | ProposeManifestOwnerSignatureFieldEvent | ProposeManifestAcceptsContentFieldEvent | ProposeManifestAcceptsSignatureFieldEvent | ProposeTranscriptProposalVaultFieldEvent | ProposeTranscriptProposalSeqFieldEvent | ProposeTranscriptProposalPrevFieldEvent | ProposeTranscriptProposalThresholdFieldEvent | ProposeTranscriptProposalHoldersIndexFieldEvent | ProposeTranscriptProposalHoldersPeerFieldEvent | ProposeTranscriptProposalHoldersVerificationFieldEvent | ProposeTranscriptProposalHoldersKemKeyFieldEvent | ProposeTranscriptProposalChangeFieldEvent | ProposeTranscriptContributionsContentFieldEvent | ProposeTranscriptContributionsSignatureFieldEvent | ProposePromisesContentFieldEvent | ProposePromisesSignatureFieldEvent | ProposeChainManifestFieldEvent | ProposeChainOwnerSignatureFieldEvent | ProposeChainAcceptsContentFieldEvent | ProposeChainAcceptsSignatureFieldEvent | ProposeTrialFieldEvent> {
    return streamMessage(buf, Propose.codec(), opts)
  }
}

export interface Accept {
  vault: Uint8Array
  seq: number
  ballot?: Ballot
  manifest: Uint8Array
  epoch: number
  index: number
  verification: Uint8Array
  peer: Uint8Array
  transcript: Uint8Array
}

export namespace Accept {
  let _codec: Codec<Accept>

  export const codec = (): Codec<Accept> => {
    if (_codec == null) {
      _codec = message<Accept>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.vault != null && obj.vault.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.vault)
        }

        if ((obj.seq != null && obj.seq !== 0)) {
          w.uint32(16)
          w.uint64Number(obj.seq)
        }

        if (obj.ballot != null) {
          w.uint32(26)
          Ballot.codec().encode(obj.ballot, w)
        }

        if ((obj.manifest != null && obj.manifest.byteLength > 0)) {
          w.uint32(34)
          w.bytes(obj.manifest)
        }

        if ((obj.epoch != null && obj.epoch !== 0)) {
          w.uint32(40)
          w.uint32(obj.epoch)
        }

        if ((obj.index != null && obj.index !== 0)) {
          w.uint32(48)
          w.uint32(obj.index)
        }

        if ((obj.verification != null && obj.verification.byteLength > 0)) {
          w.uint32(58)
          w.bytes(obj.verification)
        }

        if ((obj.peer != null && obj.peer.byteLength > 0)) {
          w.uint32(66)
          w.bytes(obj.peer)
        }

        if ((obj.transcript != null && obj.transcript.byteLength > 0)) {
          w.uint32(74)
          w.bytes(obj.transcript)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          vault: uint8ArrayAlloc(0),
          seq: 0,
          manifest: uint8ArrayAlloc(0),
          epoch: 0,
          index: 0,
          verification: uint8ArrayAlloc(0),
          peer: uint8ArrayAlloc(0),
          transcript: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.vault = reader.bytes()
              break
            }
            case 2: {
              obj.seq = reader.uint64Number()
              break
            }
            case 3: {
              obj.ballot = Ballot.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.ballot
              })
              break
            }
            case 4: {
              obj.manifest = reader.bytes()
              break
            }
            case 5: {
              obj.epoch = reader.uint32()
              break
            }
            case 6: {
              obj.index = reader.uint32()
              break
            }
            case 7: {
              obj.verification = reader.bytes()
              break
            }
            case 8: {
              obj.peer = reader.bytes()
              break
            }
            case 9: {
              obj.transcript = reader.bytes()
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
                field: `${prefix}.vault`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.seq`,
                value: reader.uint64Number()
              }
              break
            }
            case 3: {
              yield * Ballot.codec().stream(reader, reader.uint32(), `${prefix}.ballot`, {
                limits: opts.limits?.ballot
              })

              break
            }
            case 4: {
              yield {
                field: `${prefix}.manifest`,
                value: reader.bytes()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.epoch`,
                value: reader.uint32()
              }
              break
            }
            case 6: {
              yield {
                field: `${prefix}.index`,
                value: reader.uint32()
              }
              break
            }
            case 7: {
              yield {
                field: `${prefix}.verification`,
                value: reader.bytes()
              }
              break
            }
            case 8: {
              yield {
                field: `${prefix}.peer`,
                value: reader.bytes()
              }
              break
            }
            case 9: {
              yield {
                field: `${prefix}.transcript`,
                value: reader.bytes()
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

  export interface AcceptVaultFieldEvent {
    field: '$.vault'
    value: Uint8Array
  }

  export interface AcceptSeqFieldEvent {
    field: '$.seq'
    value: number
  }

  export interface AcceptBallotRoundFieldEvent {
    field: '$.ballot.round'
    value: number
  }

  export interface AcceptBallotProposerFieldEvent {
    field: '$.ballot.proposer'
    value: Uint8Array
  }

  export interface AcceptManifestFieldEvent {
    field: '$.manifest'
    value: Uint8Array
  }

  export interface AcceptEpochFieldEvent {
    field: '$.epoch'
    value: number
  }

  export interface AcceptIndexFieldEvent {
    field: '$.index'
    value: number
  }

  export interface AcceptVerificationFieldEvent {
    field: '$.verification'
    value: Uint8Array
  }

  export interface AcceptPeerFieldEvent {
    field: '$.peer'
    value: Uint8Array
  }

  export interface AcceptTranscriptFieldEvent {
    field: '$.transcript'
    value: Uint8Array
  }

  export function encode (obj: Partial<Accept>): Uint8Array {
    return encodeMessage(obj, Accept.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<Accept>): Accept {
    return decodeMessage(buf, Accept.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<Accept>): Generator<AcceptVaultFieldEvent | AcceptSeqFieldEvent | AcceptBallotRoundFieldEvent | AcceptBallotProposerFieldEvent | AcceptManifestFieldEvent | AcceptEpochFieldEvent | AcceptIndexFieldEvent | AcceptVerificationFieldEvent | AcceptPeerFieldEvent | AcceptTranscriptFieldEvent> {
    return streamMessage(buf, Accept.codec(), opts)
  }
}

export interface Commit {
  manifest?: SignedManifest
}

export namespace Commit {
  let _codec: Codec<Commit>

  export const codec = (): Codec<Commit> => {
    if (_codec == null) {
      _codec = message<Commit>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.manifest != null) {
          w.uint32(10)
          SignedManifest.codec().encode(obj.manifest, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {}

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.manifest = SignedManifest.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.manifest
              })
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
              yield * SignedManifest.codec().stream(reader, reader.uint32(), `${prefix}.manifest`, {
                limits: opts.limits?.manifest
              })

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

  export interface CommitManifestManifestFieldEvent {
    field: '$.manifest.manifest'
    value: Uint8Array
  }

  export interface CommitManifestOwnerSignatureFieldEvent {
    field: '$.manifest.ownerSignature'
    value: Uint8Array
  }

  export interface CommitManifestAcceptsContentFieldEvent {
    field: '$.manifest.accepts[].content'
    value: Uint8Array
    index: number
  }

  export interface CommitManifestAcceptsSignatureFieldEvent {
    field: '$.manifest.accepts[].signature'
    value: Uint8Array
    index: number
  }

  export function encode (obj: Partial<Commit>): Uint8Array {
    return encodeMessage(obj, Commit.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<Commit>): Commit {
    return decodeMessage(buf, Commit.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<Commit>): Generator<CommitManifestManifestFieldEvent | CommitManifestOwnerSignatureFieldEvent | CommitManifestAcceptsContentFieldEvent | CommitManifestAcceptsSignatureFieldEvent> {
    return streamMessage(buf, Commit.codec(), opts)
  }
}

export interface GetState {
  from: number
  accepted?: boolean
}

export namespace GetState {
  let _codec: Codec<GetState>

  export const codec = (): Codec<GetState> => {
    if (_codec == null) {
      _codec = message<GetState>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.from != null && obj.from !== 0)) {
          w.uint32(8)
          w.uint64Number(obj.from)
        }

        if (obj.accepted != null) {
          w.uint32(16)
          w.bool(obj.accepted)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          from: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.from = reader.uint64Number()
              break
            }
            case 2: {
              obj.accepted = reader.bool()
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
                field: `${prefix}.from`,
                value: reader.uint64Number()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.accepted`,
                value: reader.bool()
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

  export interface GetStateFromFieldEvent {
    field: '$.from'
    value: number
  }

  export interface GetStateAcceptedFieldEvent {
    field: '$.accepted'
    value: boolean
  }

  export function encode (obj: Partial<GetState>): Uint8Array {
    return encodeMessage(obj, GetState.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<GetState>): GetState {
    return decodeMessage(buf, GetState.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<GetState>): Generator<GetStateFromFieldEvent | GetStateAcceptedFieldEvent> {
    return streamMessage(buf, GetState.codec(), opts)
  }
}

export interface VaultState {
  manifests: SignedManifest[]
  seq: number
  hasShare: boolean
  hasPayload: boolean
  kem?: Signed
  accepted?: Propose
}

export namespace VaultState {
  let _codec: Codec<VaultState>

  export const codec = (): Codec<VaultState> => {
    if (_codec == null) {
      _codec = message<VaultState>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.manifests != null && obj.manifests.length > 0) {
          for (const value of obj.manifests) {
            w.uint32(10)
            SignedManifest.codec().encode(value, w)
          }
        }

        if ((obj.seq != null && obj.seq !== 0)) {
          w.uint32(16)
          w.uint64Number(obj.seq)
        }

        if ((obj.hasShare != null && obj.hasShare !== false)) {
          w.uint32(24)
          w.bool(obj.hasShare)
        }

        if ((obj.hasPayload != null && obj.hasPayload !== false)) {
          w.uint32(32)
          w.bool(obj.hasPayload)
        }

        if (obj.kem != null) {
          w.uint32(42)
          Signed.codec().encode(obj.kem, w)
        }

        if (obj.accepted != null) {
          w.uint32(50)
          Propose.codec().encode(obj.accepted, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          manifests: [],
          seq: 0,
          hasShare: false,
          hasPayload: false
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.manifests != null && obj.manifests.length === opts.limits.manifests) {
                throw new MaxLengthError('Decode error - repeated field "manifests" had too many elements')
              }

              obj.manifests.push(SignedManifest.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.manifests$
              }))
              break
            }
            case 2: {
              obj.seq = reader.uint64Number()
              break
            }
            case 3: {
              obj.hasShare = reader.bool()
              break
            }
            case 4: {
              obj.hasPayload = reader.bool()
              break
            }
            case 5: {
              obj.kem = Signed.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.kem
              })
              break
            }
            case 6: {
              obj.accepted = Propose.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.accepted
              })
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
          manifests: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.manifests != null && obj.manifests === opts.limits.manifests) {
                throw new MaxLengthError('Streaming decode error - repeated field "manifests" had too many elements')
              }

              for (const evt of SignedManifest.codec().stream(reader, reader.uint32(), `${prefix}.manifests[]`, {
                limits: opts.limits?.manifests$
              })) {
                yield {
                  ...evt,
                  index: obj.manifests
                }
              }

              obj.manifests++

              break
            }
            case 2: {
              yield {
                field: `${prefix}.seq`,
                value: reader.uint64Number()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.hasShare`,
                value: reader.bool()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.hasPayload`,
                value: reader.bool()
              }
              break
            }
            case 5: {
              yield * Signed.codec().stream(reader, reader.uint32(), `${prefix}.kem`, {
                limits: opts.limits?.kem
              })

              break
            }
            case 6: {
              yield * Propose.codec().stream(reader, reader.uint32(), `${prefix}.accepted`, {
                limits: opts.limits?.accepted
              })

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

  export interface VaultStateManifestsManifestFieldEvent {
    field: '$.manifests[].manifest'
    value: Uint8Array
    index: number
  }

  export interface VaultStateManifestsOwnerSignatureFieldEvent {
    field: '$.manifests[].ownerSignature'
    value: Uint8Array
    index: number
  }

  export interface VaultStateManifestsAcceptsContentFieldEvent {
    field: '$.manifests[].accepts[].content'
    value: Uint8Array
    index: number
  }

  export interface VaultStateManifestsAcceptsSignatureFieldEvent {
    field: '$.manifests[].accepts[].signature'
    value: Uint8Array
    index: number
  }

  export interface VaultStateSeqFieldEvent {
    field: '$.seq'
    value: number
  }

  export interface VaultStateHasShareFieldEvent {
    field: '$.hasShare'
    value: boolean
  }

  export interface VaultStateHasPayloadFieldEvent {
    field: '$.hasPayload'
    value: boolean
  }

  export interface VaultStateKemContentFieldEvent {
    field: '$.kem.content'
    value: Uint8Array
  }

  export interface VaultStateKemSignatureFieldEvent {
    field: '$.kem.signature'
    value: Uint8Array
  }

  export interface VaultStateAcceptedBallotRoundFieldEvent {
    field: '$.accepted.ballot.round'
    value: number
  }

  export interface VaultStateAcceptedBallotProposerFieldEvent {
    field: '$.accepted.ballot.proposer'
    value: Uint8Array
  }

  export interface VaultStateAcceptedManifestManifestFieldEvent {
    field: '$.accepted.manifest.manifest'
    value: Uint8Array
  }

  export interface VaultStateAcceptedManifestOwnerSignatureFieldEvent {
    field: '$.accepted.manifest.ownerSignature'
    value: Uint8Array
  }

  export interface VaultStateAcceptedManifestAcceptsContentFieldEvent {
    field: '$.accepted.manifest.accepts[].content'
    value: Uint8Array
    index: number
  }

  export interface VaultStateAcceptedManifestAcceptsSignatureFieldEvent {
    field: '$.accepted.manifest.accepts[].signature'
    value: Uint8Array
    index: number
  }

  export interface VaultStateAcceptedTranscriptProposalVaultFieldEvent {
    field: '$.accepted.transcript.proposal.vault'
    value: Uint8Array
  }

  export interface VaultStateAcceptedTranscriptProposalSeqFieldEvent {
    field: '$.accepted.transcript.proposal.seq'
    value: number
  }

  export interface VaultStateAcceptedTranscriptProposalPrevFieldEvent {
    field: '$.accepted.transcript.proposal.prev'
    value: Uint8Array
  }

  export interface VaultStateAcceptedTranscriptProposalThresholdFieldEvent {
    field: '$.accepted.transcript.proposal.threshold'
    value: number
  }

  export interface VaultStateAcceptedTranscriptProposalHoldersIndexFieldEvent {
    field: '$.accepted.transcript.proposal.holders[].index'
    value: number
    index: number
  }

  export interface VaultStateAcceptedTranscriptProposalHoldersPeerFieldEvent {
    field: '$.accepted.transcript.proposal.holders[].peer'
    value: Uint8Array
    index: number
  }

  export interface VaultStateAcceptedTranscriptProposalHoldersVerificationFieldEvent {
    field: '$.accepted.transcript.proposal.holders[].verification'
    value: Uint8Array
    index: number
  }

  export interface VaultStateAcceptedTranscriptProposalHoldersKemKeyFieldEvent {
    field: '$.accepted.transcript.proposal.holders[].kemKey'
    value: Uint8Array
    index: number
  }

  export interface VaultStateAcceptedTranscriptProposalChangeFieldEvent {
    field: '$.accepted.transcript.proposal.change'
    value: Change
  }

  export interface VaultStateAcceptedTranscriptContributionsContentFieldEvent {
    field: '$.accepted.transcript.contributions[].content'
    value: Uint8Array
    index: number
  }

  export interface VaultStateAcceptedTranscriptContributionsSignatureFieldEvent {
    field: '$.accepted.transcript.contributions[].signature'
    value: Uint8Array
    index: number
  }

  export interface VaultStateAcceptedPromisesContentFieldEvent {
    field: '$.accepted.promises[].content'
    value: Uint8Array
    index: number
  }

  export interface VaultStateAcceptedPromisesSignatureFieldEvent {
    field: '$.accepted.promises[].signature'
    value: Uint8Array
    index: number
  }

  export interface VaultStateAcceptedChainManifestFieldEvent {
    field: '$.accepted.chain[].manifest'
    value: Uint8Array
    index: number
  }

  export interface VaultStateAcceptedChainOwnerSignatureFieldEvent {
    field: '$.accepted.chain[].ownerSignature'
    value: Uint8Array
    index: number
  }

  export interface VaultStateAcceptedChainAcceptsContentFieldEvent {
    field: '$.accepted.chain[].accepts[].content'
    value: Uint8Array
    index: number
  }

  export interface VaultStateAcceptedChainAcceptsSignatureFieldEvent {
    field: '$.accepted.chain[].accepts[].signature'
    value: Uint8Array
    index: number
  }

  export interface VaultStateAcceptedTrialFieldEvent {
    field: '$.accepted.trial'
    value: boolean
  }

  export function encode (obj: Partial<VaultState>): Uint8Array {
    return encodeMessage(obj, VaultState.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<VaultState>): VaultState {
    return decodeMessage(buf, VaultState.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<VaultState>): Generator<VaultStateManifestsManifestFieldEvent | VaultStateManifestsOwnerSignatureFieldEvent | VaultStateManifestsAcceptsContentFieldEvent | VaultStateManifestsAcceptsSignatureFieldEvent | VaultStateSeqFieldEvent | VaultStateHasShareFieldEvent | VaultStateHasPayloadFieldEvent | VaultStateKemContentFieldEvent | VaultStateKemSignatureFieldEvent | VaultStateAcceptedBallotRoundFieldEvent | VaultStateAcceptedBallotProposerFieldEvent | VaultStateAcceptedManifestManifestFieldEvent | VaultStateAcceptedManifestOwnerSignatureFieldEvent | VaultStateAcceptedManifestAcceptsContentFieldEvent | VaultStateAcceptedManifestAcceptsSignatureFieldEvent | VaultStateAcceptedTranscriptProposalVaultFieldEvent | VaultStateAcceptedTranscriptProposalSeqFieldEvent | VaultStateAcceptedTranscriptProposalPrevFieldEvent | VaultStateAcceptedTranscriptProposalThresholdFieldEvent | VaultStateAcceptedTranscriptProposalHoldersIndexFieldEvent | VaultStateAcceptedTranscriptProposalHoldersPeerFieldEvent | VaultStateAcceptedTranscriptProposalHoldersVerificationFieldEvent | VaultStateAcceptedTranscriptProposalHoldersKemKeyFieldEvent | VaultStateAcceptedTranscriptProposalChangeFieldEvent | VaultStateAcceptedTranscriptContributionsContentFieldEvent | VaultStateAcceptedTranscriptContributionsSignatureFieldEvent | VaultStateAcceptedPromisesContentFieldEvent | VaultStateAcceptedPromisesSignatureFieldEvent | VaultStateAcceptedChainManifestFieldEvent | VaultStateAcceptedChainOwnerSignatureFieldEvent | VaultStateAcceptedChainAcceptsContentFieldEvent | VaultStateAcceptedChainAcceptsSignatureFieldEvent | VaultStateAcceptedTrialFieldEvent> {
    return streamMessage(buf, VaultState.codec(), opts)
  }
}

export interface Open {
  epoch: number
  encapsulation: Uint8Array
}

export namespace Open {
  let _codec: Codec<Open>

  export const codec = (): Codec<Open> => {
    if (_codec == null) {
      _codec = message<Open>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.epoch != null && obj.epoch !== 0)) {
          w.uint32(8)
          w.uint32(obj.epoch)
        }

        if ((obj.encapsulation != null && obj.encapsulation.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.encapsulation)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          epoch: 0,
          encapsulation: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.epoch = reader.uint32()
              break
            }
            case 2: {
              obj.encapsulation = reader.bytes()
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
                field: `${prefix}.epoch`,
                value: reader.uint32()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.encapsulation`,
                value: reader.bytes()
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

  export interface OpenEpochFieldEvent {
    field: '$.epoch'
    value: number
  }

  export interface OpenEncapsulationFieldEvent {
    field: '$.encapsulation'
    value: Uint8Array
  }

  export function encode (obj: Partial<Open>): Uint8Array {
    return encodeMessage(obj, Open.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<Open>): Open {
    return decodeMessage(buf, Open.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<Open>): Generator<OpenEpochFieldEvent | OpenEncapsulationFieldEvent> {
    return streamMessage(buf, Open.codec(), opts)
  }
}

export interface PartialDecapsulation {
  epoch: number
  index: number
  point: Uint8Array
  proof: Uint8Array
  transcript: Uint8Array
}

export namespace PartialDecapsulation {
  let _codec: Codec<PartialDecapsulation>

  export const codec = (): Codec<PartialDecapsulation> => {
    if (_codec == null) {
      _codec = message<PartialDecapsulation>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.epoch != null && obj.epoch !== 0)) {
          w.uint32(8)
          w.uint32(obj.epoch)
        }

        if ((obj.index != null && obj.index !== 0)) {
          w.uint32(16)
          w.uint32(obj.index)
        }

        if ((obj.point != null && obj.point.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.point)
        }

        if ((obj.proof != null && obj.proof.byteLength > 0)) {
          w.uint32(34)
          w.bytes(obj.proof)
        }

        if ((obj.transcript != null && obj.transcript.byteLength > 0)) {
          w.uint32(42)
          w.bytes(obj.transcript)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          epoch: 0,
          index: 0,
          point: uint8ArrayAlloc(0),
          proof: uint8ArrayAlloc(0),
          transcript: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.epoch = reader.uint32()
              break
            }
            case 2: {
              obj.index = reader.uint32()
              break
            }
            case 3: {
              obj.point = reader.bytes()
              break
            }
            case 4: {
              obj.proof = reader.bytes()
              break
            }
            case 5: {
              obj.transcript = reader.bytes()
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
                field: `${prefix}.epoch`,
                value: reader.uint32()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.index`,
                value: reader.uint32()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.point`,
                value: reader.bytes()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.proof`,
                value: reader.bytes()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.transcript`,
                value: reader.bytes()
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

  export interface PartialDecapsulationEpochFieldEvent {
    field: '$.epoch'
    value: number
  }

  export interface PartialDecapsulationIndexFieldEvent {
    field: '$.index'
    value: number
  }

  export interface PartialDecapsulationPointFieldEvent {
    field: '$.point'
    value: Uint8Array
  }

  export interface PartialDecapsulationProofFieldEvent {
    field: '$.proof'
    value: Uint8Array
  }

  export interface PartialDecapsulationTranscriptFieldEvent {
    field: '$.transcript'
    value: Uint8Array
  }

  export function encode (obj: Partial<PartialDecapsulation>): Uint8Array {
    return encodeMessage(obj, PartialDecapsulation.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<PartialDecapsulation>): PartialDecapsulation {
    return decodeMessage(buf, PartialDecapsulation.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<PartialDecapsulation>): Generator<PartialDecapsulationEpochFieldEvent | PartialDecapsulationIndexFieldEvent | PartialDecapsulationPointFieldEvent | PartialDecapsulationProofFieldEvent | PartialDecapsulationTranscriptFieldEvent> {
    return streamMessage(buf, PartialDecapsulation.codec(), opts)
  }
}

export interface Export {
  epoch: number
}

export namespace Export {
  let _codec: Codec<Export>

  export const codec = (): Codec<Export> => {
    if (_codec == null) {
      _codec = message<Export>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.epoch != null && obj.epoch !== 0)) {
          w.uint32(8)
          w.uint32(obj.epoch)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          epoch: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.epoch = reader.uint32()
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
                field: `${prefix}.epoch`,
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

  export interface ExportEpochFieldEvent {
    field: '$.epoch'
    value: number
  }

  export function encode (obj: Partial<Export>): Uint8Array {
    return encodeMessage(obj, Export.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<Export>): Export {
    return decodeMessage(buf, Export.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<Export>): Generator<ExportEpochFieldEvent> {
    return streamMessage(buf, Export.codec(), opts)
  }
}

export interface Share {
  epoch: number
  index: number
  scalar: Uint8Array
}

export namespace Share {
  let _codec: Codec<Share>

  export const codec = (): Codec<Share> => {
    if (_codec == null) {
      _codec = message<Share>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.epoch != null && obj.epoch !== 0)) {
          w.uint32(8)
          w.uint32(obj.epoch)
        }

        if ((obj.index != null && obj.index !== 0)) {
          w.uint32(16)
          w.uint32(obj.index)
        }

        if ((obj.scalar != null && obj.scalar.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.scalar)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          epoch: 0,
          index: 0,
          scalar: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.epoch = reader.uint32()
              break
            }
            case 2: {
              obj.index = reader.uint32()
              break
            }
            case 3: {
              obj.scalar = reader.bytes()
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
                field: `${prefix}.epoch`,
                value: reader.uint32()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.index`,
                value: reader.uint32()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.scalar`,
                value: reader.bytes()
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

  export interface ShareEpochFieldEvent {
    field: '$.epoch'
    value: number
  }

  export interface ShareIndexFieldEvent {
    field: '$.index'
    value: number
  }

  export interface ShareScalarFieldEvent {
    field: '$.scalar'
    value: Uint8Array
  }

  export function encode (obj: Partial<Share>): Uint8Array {
    return encodeMessage(obj, Share.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<Share>): Share {
    return decodeMessage(buf, Share.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<Share>): Generator<ShareEpochFieldEvent | ShareIndexFieldEvent | ShareScalarFieldEvent> {
    return streamMessage(buf, Share.codec(), opts)
  }
}

export interface Audit {
  epoch: number
  nonce: Uint8Array
}

export namespace Audit {
  let _codec: Codec<Audit>

  export const codec = (): Codec<Audit> => {
    if (_codec == null) {
      _codec = message<Audit>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.epoch != null && obj.epoch !== 0)) {
          w.uint32(8)
          w.uint32(obj.epoch)
        }

        if ((obj.nonce != null && obj.nonce.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.nonce)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          epoch: 0,
          nonce: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.epoch = reader.uint32()
              break
            }
            case 2: {
              obj.nonce = reader.bytes()
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
                field: `${prefix}.epoch`,
                value: reader.uint32()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.nonce`,
                value: reader.bytes()
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

  export interface AuditEpochFieldEvent {
    field: '$.epoch'
    value: number
  }

  export interface AuditNonceFieldEvent {
    field: '$.nonce'
    value: Uint8Array
  }

  export function encode (obj: Partial<Audit>): Uint8Array {
    return encodeMessage(obj, Audit.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<Audit>): Audit {
    return decodeMessage(buf, Audit.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<Audit>): Generator<AuditEpochFieldEvent | AuditNonceFieldEvent> {
    return streamMessage(buf, Audit.codec(), opts)
  }
}

export interface AuditProof {
  epoch: number
  index: number
  proof: Uint8Array
  payload: Uint8Array
  seq: number
  transcript: Uint8Array
}

export namespace AuditProof {
  let _codec: Codec<AuditProof>

  export const codec = (): Codec<AuditProof> => {
    if (_codec == null) {
      _codec = message<AuditProof>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.epoch != null && obj.epoch !== 0)) {
          w.uint32(8)
          w.uint32(obj.epoch)
        }

        if ((obj.index != null && obj.index !== 0)) {
          w.uint32(16)
          w.uint32(obj.index)
        }

        if ((obj.proof != null && obj.proof.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.proof)
        }

        if ((obj.payload != null && obj.payload.byteLength > 0)) {
          w.uint32(34)
          w.bytes(obj.payload)
        }

        if ((obj.seq != null && obj.seq !== 0)) {
          w.uint32(40)
          w.uint64Number(obj.seq)
        }

        if ((obj.transcript != null && obj.transcript.byteLength > 0)) {
          w.uint32(50)
          w.bytes(obj.transcript)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          epoch: 0,
          index: 0,
          proof: uint8ArrayAlloc(0),
          payload: uint8ArrayAlloc(0),
          seq: 0,
          transcript: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.epoch = reader.uint32()
              break
            }
            case 2: {
              obj.index = reader.uint32()
              break
            }
            case 3: {
              obj.proof = reader.bytes()
              break
            }
            case 4: {
              obj.payload = reader.bytes()
              break
            }
            case 5: {
              obj.seq = reader.uint64Number()
              break
            }
            case 6: {
              obj.transcript = reader.bytes()
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
                field: `${prefix}.epoch`,
                value: reader.uint32()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.index`,
                value: reader.uint32()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.proof`,
                value: reader.bytes()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.payload`,
                value: reader.bytes()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.seq`,
                value: reader.uint64Number()
              }
              break
            }
            case 6: {
              yield {
                field: `${prefix}.transcript`,
                value: reader.bytes()
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

  export interface AuditProofEpochFieldEvent {
    field: '$.epoch'
    value: number
  }

  export interface AuditProofIndexFieldEvent {
    field: '$.index'
    value: number
  }

  export interface AuditProofProofFieldEvent {
    field: '$.proof'
    value: Uint8Array
  }

  export interface AuditProofPayloadFieldEvent {
    field: '$.payload'
    value: Uint8Array
  }

  export interface AuditProofSeqFieldEvent {
    field: '$.seq'
    value: number
  }

  export interface AuditProofTranscriptFieldEvent {
    field: '$.transcript'
    value: Uint8Array
  }

  export function encode (obj: Partial<AuditProof>): Uint8Array {
    return encodeMessage(obj, AuditProof.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<AuditProof>): AuditProof {
    return decodeMessage(buf, AuditProof.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<AuditProof>): Generator<AuditProofEpochFieldEvent | AuditProofIndexFieldEvent | AuditProofProofFieldEvent | AuditProofPayloadFieldEvent | AuditProofSeqFieldEvent | AuditProofTranscriptFieldEvent> {
    return streamMessage(buf, AuditProof.codec(), opts)
  }
}

export interface List {}

export namespace List {
  let _codec: Codec<List>

  export const codec = (): Codec<List> => {
    if (_codec == null) {
      _codec = message<List>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {}

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
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

  export function encode (obj: Partial<List>): Uint8Array {
    return encodeMessage(obj, List.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<List>): List {
    return decodeMessage(buf, List.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<List>): Generator<{}> {
    return streamMessage(buf, List.codec(), opts)
  }
}

export interface Vaults {
  vaults: Uint8Array[]
}

export namespace Vaults {
  let _codec: Codec<Vaults>

  export const codec = (): Codec<Vaults> => {
    if (_codec == null) {
      _codec = message<Vaults>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.vaults != null && obj.vaults.length > 0) {
          for (const value of obj.vaults) {
            w.uint32(10)
            w.bytes(value)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          vaults: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.vaults != null && obj.vaults.length === opts.limits.vaults) {
                throw new MaxLengthError('Decode error - repeated field "vaults" had too many elements')
              }

              obj.vaults.push(reader.bytes())
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
          vaults: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.vaults != null && obj.vaults === opts.limits.vaults) {
                throw new MaxLengthError('Streaming decode error - repeated field "vaults" had too many elements')
              }

              yield {
                field: `${prefix}.vaults[]`,
                index: obj.vaults,
                value: reader.bytes()
              }

              obj.vaults++

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

  export interface VaultsVaultsFieldEvent {
    field: '$.vaults[]'
    index: number
    value: Uint8Array
  }

  export function encode (obj: Partial<Vaults>): Uint8Array {
    return encodeMessage(obj, Vaults.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<Vaults>): Vaults {
    return decodeMessage(buf, Vaults.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<Vaults>): Generator<VaultsVaultsFieldEvent> {
    return streamMessage(buf, Vaults.codec(), opts)
  }
}

export interface GetLog {
  from: number
}

export namespace GetLog {
  let _codec: Codec<GetLog>

  export const codec = (): Codec<GetLog> => {
    if (_codec == null) {
      _codec = message<GetLog>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.from != null && obj.from !== 0)) {
          w.uint32(8)
          w.uint64Number(obj.from)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          from: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.from = reader.uint64Number()
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
                field: `${prefix}.from`,
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

  export interface GetLogFromFieldEvent {
    field: '$.from'
    value: number
  }

  export function encode (obj: Partial<GetLog>): Uint8Array {
    return encodeMessage(obj, GetLog.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<GetLog>): GetLog {
    return decodeMessage(buf, GetLog.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<GetLog>): Generator<GetLogFromFieldEvent> {
    return streamMessage(buf, GetLog.codec(), opts)
  }
}

export interface Log {
  entries: Uint8Array[]
  next: number
}

export namespace Log {
  let _codec: Codec<Log>

  export const codec = (): Codec<Log> => {
    if (_codec == null) {
      _codec = message<Log>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.entries != null && obj.entries.length > 0) {
          for (const value of obj.entries) {
            w.uint32(10)
            w.bytes(value)
          }
        }

        if ((obj.next != null && obj.next !== 0)) {
          w.uint32(16)
          w.uint64Number(obj.next)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          entries: [],
          next: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.entries != null && obj.entries.length === opts.limits.entries) {
                throw new MaxLengthError('Decode error - repeated field "entries" had too many elements')
              }

              obj.entries.push(reader.bytes())
              break
            }
            case 2: {
              obj.next = reader.uint64Number()
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
          entries: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.entries != null && obj.entries === opts.limits.entries) {
                throw new MaxLengthError('Streaming decode error - repeated field "entries" had too many elements')
              }

              yield {
                field: `${prefix}.entries[]`,
                index: obj.entries,
                value: reader.bytes()
              }

              obj.entries++

              break
            }
            case 2: {
              yield {
                field: `${prefix}.next`,
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

  export interface LogEntriesFieldEvent {
    field: '$.entries[]'
    index: number
    value: Uint8Array
  }

  export interface LogNextFieldEvent {
    field: '$.next'
    value: number
  }

  export function encode (obj: Partial<Log>): Uint8Array {
    return encodeMessage(obj, Log.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<Log>): Log {
    return decodeMessage(buf, Log.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<Log>): Generator<LogEntriesFieldEvent | LogNextFieldEvent> {
    return streamMessage(buf, Log.codec(), opts)
  }
}

export interface LogEntry {
  seq: number
  prev: Uint8Array
  timeMs: number
  what: string
  signer: Uint8Array
  from: Uint8Array
  decision: string
  request: Uint8Array
}

export namespace LogEntry {
  let _codec: Codec<LogEntry>

  export const codec = (): Codec<LogEntry> => {
    if (_codec == null) {
      _codec = message<LogEntry>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.seq != null && obj.seq !== 0)) {
          w.uint32(8)
          w.uint64Number(obj.seq)
        }

        if ((obj.prev != null && obj.prev.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.prev)
        }

        if ((obj.timeMs != null && obj.timeMs !== 0)) {
          w.uint32(24)
          w.uint64Number(obj.timeMs)
        }

        if ((obj.what != null && obj.what !== '')) {
          w.uint32(34)
          w.string(obj.what)
        }

        if ((obj.signer != null && obj.signer.byteLength > 0)) {
          w.uint32(42)
          w.bytes(obj.signer)
        }

        if ((obj.from != null && obj.from.byteLength > 0)) {
          w.uint32(50)
          w.bytes(obj.from)
        }

        if ((obj.decision != null && obj.decision !== '')) {
          w.uint32(58)
          w.string(obj.decision)
        }

        if ((obj.request != null && obj.request.byteLength > 0)) {
          w.uint32(66)
          w.bytes(obj.request)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          seq: 0,
          prev: uint8ArrayAlloc(0),
          timeMs: 0,
          what: '',
          signer: uint8ArrayAlloc(0),
          from: uint8ArrayAlloc(0),
          decision: '',
          request: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.seq = reader.uint64Number()
              break
            }
            case 2: {
              obj.prev = reader.bytes()
              break
            }
            case 3: {
              obj.timeMs = reader.uint64Number()
              break
            }
            case 4: {
              obj.what = reader.string()
              break
            }
            case 5: {
              obj.signer = reader.bytes()
              break
            }
            case 6: {
              obj.from = reader.bytes()
              break
            }
            case 7: {
              obj.decision = reader.string()
              break
            }
            case 8: {
              obj.request = reader.bytes()
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
                field: `${prefix}.seq`,
                value: reader.uint64Number()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.prev`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.timeMs`,
                value: reader.uint64Number()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.what`,
                value: reader.string()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.signer`,
                value: reader.bytes()
              }
              break
            }
            case 6: {
              yield {
                field: `${prefix}.from`,
                value: reader.bytes()
              }
              break
            }
            case 7: {
              yield {
                field: `${prefix}.decision`,
                value: reader.string()
              }
              break
            }
            case 8: {
              yield {
                field: `${prefix}.request`,
                value: reader.bytes()
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

  export interface LogEntrySeqFieldEvent {
    field: '$.seq'
    value: number
  }

  export interface LogEntryPrevFieldEvent {
    field: '$.prev'
    value: Uint8Array
  }

  export interface LogEntryTimeMsFieldEvent {
    field: '$.timeMs'
    value: number
  }

  export interface LogEntryWhatFieldEvent {
    field: '$.what'
    value: string
  }

  export interface LogEntrySignerFieldEvent {
    field: '$.signer'
    value: Uint8Array
  }

  export interface LogEntryFromFieldEvent {
    field: '$.from'
    value: Uint8Array
  }

  export interface LogEntryDecisionFieldEvent {
    field: '$.decision'
    value: string
  }

  export interface LogEntryRequestFieldEvent {
    field: '$.request'
    value: Uint8Array
  }

  export function encode (obj: Partial<LogEntry>): Uint8Array {
    return encodeMessage(obj, LogEntry.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<LogEntry>): LogEntry {
    return decodeMessage(buf, LogEntry.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<LogEntry>): Generator<LogEntrySeqFieldEvent | LogEntryPrevFieldEvent | LogEntryTimeMsFieldEvent | LogEntryWhatFieldEvent | LogEntrySignerFieldEvent | LogEntryFromFieldEvent | LogEntryDecisionFieldEvent | LogEntryRequestFieldEvent> {
    return streamMessage(buf, LogEntry.codec(), opts)
  }
}

export interface Revoke {
  seq: number
}

export namespace Revoke {
  let _codec: Codec<Revoke>

  export const codec = (): Codec<Revoke> => {
    if (_codec == null) {
      _codec = message<Revoke>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.seq != null && obj.seq !== 0)) {
          w.uint32(8)
          w.uint64Number(obj.seq)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          seq: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.seq = reader.uint64Number()
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
                field: `${prefix}.seq`,
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

  export interface RevokeSeqFieldEvent {
    field: '$.seq'
    value: number
  }

  export function encode (obj: Partial<Revoke>): Uint8Array {
    return encodeMessage(obj, Revoke.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<Revoke>): Revoke {
    return decodeMessage(buf, Revoke.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<Revoke>): Generator<RevokeSeqFieldEvent> {
    return streamMessage(buf, Revoke.codec(), opts)
  }
}

export interface Deleted {
  vault: Uint8Array
  timeMs: number
}

export namespace Deleted {
  let _codec: Codec<Deleted>

  export const codec = (): Codec<Deleted> => {
    if (_codec == null) {
      _codec = message<Deleted>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.vault != null && obj.vault.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.vault)
        }

        if ((obj.timeMs != null && obj.timeMs !== 0)) {
          w.uint32(16)
          w.uint64Number(obj.timeMs)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          vault: uint8ArrayAlloc(0),
          timeMs: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.vault = reader.bytes()
              break
            }
            case 2: {
              obj.timeMs = reader.uint64Number()
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
                field: `${prefix}.vault`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.timeMs`,
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

  export interface DeletedVaultFieldEvent {
    field: '$.vault'
    value: Uint8Array
  }

  export interface DeletedTimeMsFieldEvent {
    field: '$.timeMs'
    value: number
  }

  export function encode (obj: Partial<Deleted>): Uint8Array {
    return encodeMessage(obj, Deleted.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<Deleted>): Deleted {
    return decodeMessage(buf, Deleted.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<Deleted>): Generator<DeletedVaultFieldEvent | DeletedTimeMsFieldEvent> {
    return streamMessage(buf, Deleted.codec(), opts)
  }
}

export interface Evidence {
  kind: string
  accept?: Signed
  request: Uint8Array
  answer?: Signed
  other?: Signed
}

export namespace Evidence {
  let _codec: Codec<Evidence>

  export const codec = (): Codec<Evidence> => {
    if (_codec == null) {
      _codec = message<Evidence>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.kind != null && obj.kind !== '')) {
          w.uint32(10)
          w.string(obj.kind)
        }

        if (obj.accept != null) {
          w.uint32(18)
          Signed.codec().encode(obj.accept, w)
        }

        if ((obj.request != null && obj.request.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.request)
        }

        if (obj.answer != null) {
          w.uint32(34)
          Signed.codec().encode(obj.answer, w)
        }

        if (obj.other != null) {
          w.uint32(42)
          Signed.codec().encode(obj.other, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          kind: '',
          request: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.kind = reader.string()
              break
            }
            case 2: {
              obj.accept = Signed.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.accept
              })
              break
            }
            case 3: {
              obj.request = reader.bytes()
              break
            }
            case 4: {
              obj.answer = Signed.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.answer
              })
              break
            }
            case 5: {
              obj.other = Signed.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.other
              })
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
                field: `${prefix}.kind`,
                value: reader.string()
              }
              break
            }
            case 2: {
              yield * Signed.codec().stream(reader, reader.uint32(), `${prefix}.accept`, {
                limits: opts.limits?.accept
              })

              break
            }
            case 3: {
              yield {
                field: `${prefix}.request`,
                value: reader.bytes()
              }
              break
            }
            case 4: {
              yield * Signed.codec().stream(reader, reader.uint32(), `${prefix}.answer`, {
                limits: opts.limits?.answer
              })

              break
            }
            case 5: {
              yield * Signed.codec().stream(reader, reader.uint32(), `${prefix}.other`, {
                limits: opts.limits?.other
              })

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

  export interface EvidenceKindFieldEvent {
    field: '$.kind'
    value: string
  }

  export interface EvidenceAcceptContentFieldEvent {
    field: '$.accept.content'
    value: Uint8Array
  }

  export interface EvidenceAcceptSignatureFieldEvent {
    field: '$.accept.signature'
    value: Uint8Array
  }

  export interface EvidenceRequestFieldEvent {
    field: '$.request'
    value: Uint8Array
  }

  export interface EvidenceAnswerContentFieldEvent {
    field: '$.answer.content'
    value: Uint8Array
  }

  export interface EvidenceAnswerSignatureFieldEvent {
    field: '$.answer.signature'
    value: Uint8Array
  }

  export interface EvidenceOtherContentFieldEvent {
    field: '$.other.content'
    value: Uint8Array
  }

  export interface EvidenceOtherSignatureFieldEvent {
    field: '$.other.signature'
    value: Uint8Array
  }

  export function encode (obj: Partial<Evidence>): Uint8Array {
    return encodeMessage(obj, Evidence.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<Evidence>): Evidence {
    return decodeMessage(buf, Evidence.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<Evidence>): Generator<EvidenceKindFieldEvent | EvidenceAcceptContentFieldEvent | EvidenceAcceptSignatureFieldEvent | EvidenceRequestFieldEvent | EvidenceAnswerContentFieldEvent | EvidenceAnswerSignatureFieldEvent | EvidenceOtherContentFieldEvent | EvidenceOtherSignatureFieldEvent> {
    return streamMessage(buf, Evidence.codec(), opts)
  }
}
