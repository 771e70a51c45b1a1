// Generated from src/services/shards/pb/holder-store.proto by scripts/generate-protocols.mjs: change that, not this.
// @ts-nocheck: protons declares parameters that it does not use
import { decodeMessage, encodeMessage, message, streamMessage } from 'protons-runtime'
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc'
import type { Codec, DecodeOptions } from 'protons-runtime'

export interface StoredShare {
  epoch: number
  index: number
  verification: Uint8Array
  locked: Uint8Array
}

export namespace StoredShare {
  let _codec: Codec<StoredShare>

  export const codec = (): Codec<StoredShare> => {
    if (_codec == null) {
      _codec = message<StoredShare>((obj, w, opts = {}) => {
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

        if ((obj.verification != null && obj.verification.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.verification)
        }

        if ((obj.locked != null && obj.locked.byteLength > 0)) {
          w.uint32(34)
          w.bytes(obj.locked)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          epoch: 0,
          index: 0,
          verification: uint8ArrayAlloc(0),
          locked: uint8ArrayAlloc(0)
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
              obj.verification = reader.bytes()
              break
            }
            case 4: {
              obj.locked = reader.bytes()
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
                field: `${prefix}.verification`,
                value: reader.bytes()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.locked`,
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

  export interface StoredShareEpochFieldEvent {
    field: '$.epoch'
    value: number
  }

  export interface StoredShareIndexFieldEvent {
    field: '$.index'
    value: number
  }

  export interface StoredShareVerificationFieldEvent {
    field: '$.verification'
    value: Uint8Array
  }

  export interface StoredShareLockedFieldEvent {
    field: '$.locked'
    value: Uint8Array
  }

  export function encode (obj: Partial<StoredShare>): Uint8Array {
    return encodeMessage(obj, StoredShare.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<StoredShare>): StoredShare {
    return decodeMessage(buf, StoredShare.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<StoredShare>): Generator<StoredShareEpochFieldEvent | StoredShareIndexFieldEvent | StoredShareVerificationFieldEvent | StoredShareLockedFieldEvent> {
    return streamMessage(buf, StoredShare.codec(), opts)
  }
}

export interface StoredBallot {
  round: number
  proposer: Uint8Array
}

export namespace StoredBallot {
  let _codec: Codec<StoredBallot>

  export const codec = (): Codec<StoredBallot> => {
    if (_codec == null) {
      _codec = message<StoredBallot>((obj, w, opts = {}) => {
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

  export interface StoredBallotRoundFieldEvent {
    field: '$.round'
    value: number
  }

  export interface StoredBallotProposerFieldEvent {
    field: '$.proposer'
    value: Uint8Array
  }

  export function encode (obj: Partial<StoredBallot>): Uint8Array {
    return encodeMessage(obj, StoredBallot.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<StoredBallot>): StoredBallot {
    return decodeMessage(buf, StoredBallot.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<StoredBallot>): Generator<StoredBallotRoundFieldEvent | StoredBallotProposerFieldEvent> {
    return streamMessage(buf, StoredBallot.codec(), opts)
  }
}

export interface StoredKemKey {
  publicKey: Uint8Array
  lockedPrivateKey: Uint8Array
  createdMs: number
}

export namespace StoredKemKey {
  let _codec: Codec<StoredKemKey>

  export const codec = (): Codec<StoredKemKey> => {
    if (_codec == null) {
      _codec = message<StoredKemKey>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.publicKey != null && obj.publicKey.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.publicKey)
        }

        if ((obj.lockedPrivateKey != null && obj.lockedPrivateKey.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.lockedPrivateKey)
        }

        if ((obj.createdMs != null && obj.createdMs !== 0)) {
          w.uint32(24)
          w.uint64Number(obj.createdMs)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          publicKey: uint8ArrayAlloc(0),
          lockedPrivateKey: uint8ArrayAlloc(0),
          createdMs: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.publicKey = reader.bytes()
              break
            }
            case 2: {
              obj.lockedPrivateKey = reader.bytes()
              break
            }
            case 3: {
              obj.createdMs = reader.uint64Number()
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
                field: `${prefix}.publicKey`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.lockedPrivateKey`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.createdMs`,
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

  export interface StoredKemKeyPublicKeyFieldEvent {
    field: '$.publicKey'
    value: Uint8Array
  }

  export interface StoredKemKeyLockedPrivateKeyFieldEvent {
    field: '$.lockedPrivateKey'
    value: Uint8Array
  }

  export interface StoredKemKeyCreatedMsFieldEvent {
    field: '$.createdMs'
    value: number
  }

  export function encode (obj: Partial<StoredKemKey>): Uint8Array {
    return encodeMessage(obj, StoredKemKey.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<StoredKemKey>): StoredKemKey {
    return decodeMessage(buf, StoredKemKey.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<StoredKemKey>): Generator<StoredKemKeyPublicKeyFieldEvent | StoredKemKeyLockedPrivateKeyFieldEvent | StoredKemKeyCreatedMsFieldEvent> {
    return streamMessage(buf, StoredKemKey.codec(), opts)
  }
}

export interface StoredVault {
  seq: number
  oldest: number
  share?: StoredShare
  prepared?: StoredShare
  promised?: StoredBallot
  acceptedBallot?: StoredBallot
  accepted: Uint8Array
  kem?: StoredKemKey
  acceptedMs: number
  chainBytes: number
}

export namespace StoredVault {
  let _codec: Codec<StoredVault>

  export const codec = (): Codec<StoredVault> => {
    if (_codec == null) {
      _codec = message<StoredVault>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.seq != null && obj.seq !== 0)) {
          w.uint32(8)
          w.uint64Number(obj.seq)
        }

        if ((obj.oldest != null && obj.oldest !== 0)) {
          w.uint32(16)
          w.uint64Number(obj.oldest)
        }

        if (obj.share != null) {
          w.uint32(26)
          StoredShare.codec().encode(obj.share, w)
        }

        if (obj.prepared != null) {
          w.uint32(34)
          StoredShare.codec().encode(obj.prepared, w)
        }

        if (obj.promised != null) {
          w.uint32(42)
          StoredBallot.codec().encode(obj.promised, w)
        }

        if (obj.acceptedBallot != null) {
          w.uint32(50)
          StoredBallot.codec().encode(obj.acceptedBallot, w)
        }

        if ((obj.accepted != null && obj.accepted.byteLength > 0)) {
          w.uint32(58)
          w.bytes(obj.accepted)
        }

        if (obj.kem != null) {
          w.uint32(66)
          StoredKemKey.codec().encode(obj.kem, w)
        }

        if ((obj.acceptedMs != null && obj.acceptedMs !== 0)) {
          w.uint32(72)
          w.uint64Number(obj.acceptedMs)
        }

        if ((obj.chainBytes != null && obj.chainBytes !== 0)) {
          w.uint32(80)
          w.uint64Number(obj.chainBytes)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          seq: 0,
          oldest: 0,
          accepted: uint8ArrayAlloc(0),
          acceptedMs: 0,
          chainBytes: 0
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
              obj.oldest = reader.uint64Number()
              break
            }
            case 3: {
              obj.share = StoredShare.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.share
              })
              break
            }
            case 4: {
              obj.prepared = StoredShare.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.prepared
              })
              break
            }
            case 5: {
              obj.promised = StoredBallot.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.promised
              })
              break
            }
            case 6: {
              obj.acceptedBallot = StoredBallot.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.acceptedBallot
              })
              break
            }
            case 7: {
              obj.accepted = reader.bytes()
              break
            }
            case 8: {
              obj.kem = StoredKemKey.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.kem
              })
              break
            }
            case 9: {
              obj.acceptedMs = reader.uint64Number()
              break
            }
            case 10: {
              obj.chainBytes = reader.uint64Number()
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
                field: `${prefix}.oldest`,
                value: reader.uint64Number()
              }
              break
            }
            case 3: {
              yield * StoredShare.codec().stream(reader, reader.uint32(), `${prefix}.share`, {
                limits: opts.limits?.share
              })

              break
            }
            case 4: {
              yield * StoredShare.codec().stream(reader, reader.uint32(), `${prefix}.prepared`, {
                limits: opts.limits?.prepared
              })

              break
            }
            case 5: {
              yield * StoredBallot.codec().stream(reader, reader.uint32(), `${prefix}.promised`, {
                limits: opts.limits?.promised
              })

              break
            }
            case 6: {
              yield * StoredBallot.codec().stream(reader, reader.uint32(), `${prefix}.acceptedBallot`, {
                limits: opts.limits?.acceptedBallot
              })

              break
            }
            case 7: {
              yield {
                field: `${prefix}.accepted`,
                value: reader.bytes()
              }
              break
            }
            case 8: {
              yield * StoredKemKey.codec().stream(reader, reader.uint32(), `${prefix}.kem`, {
                limits: opts.limits?.kem
              })

              break
            }
            case 9: {
              yield {
                field: `${prefix}.acceptedMs`,
                value: reader.uint64Number()
              }
              break
            }
            case 10: {
              yield {
                field: `${prefix}.chainBytes`,
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

  export interface StoredVaultSeqFieldEvent {
    field: '$.seq'
    value: number
  }

  export interface StoredVaultOldestFieldEvent {
    field: '$.oldest'
    value: number
  }

  export interface StoredVaultShareEpochFieldEvent {
    field: '$.share.epoch'
    value: number
  }

  export interface StoredVaultShareIndexFieldEvent {
    field: '$.share.index'
    value: number
  }

  export interface StoredVaultShareVerificationFieldEvent {
    field: '$.share.verification'
    value: Uint8Array
  }

  export interface StoredVaultShareLockedFieldEvent {
    field: '$.share.locked'
    value: Uint8Array
  }

  export interface StoredVaultPreparedEpochFieldEvent {
    field: '$.prepared.epoch'
    value: number
  }

  export interface StoredVaultPreparedIndexFieldEvent {
    field: '$.prepared.index'
    value: number
  }

  export interface StoredVaultPreparedVerificationFieldEvent {
    field: '$.prepared.verification'
    value: Uint8Array
  }

  export interface StoredVaultPreparedLockedFieldEvent {
    field: '$.prepared.locked'
    value: Uint8Array
  }

  export interface StoredVaultPromisedRoundFieldEvent {
    field: '$.promised.round'
    value: number
  }

  export interface StoredVaultPromisedProposerFieldEvent {
    field: '$.promised.proposer'
    value: Uint8Array
  }

  export interface StoredVaultAcceptedBallotRoundFieldEvent {
    field: '$.acceptedBallot.round'
    value: number
  }

  export interface StoredVaultAcceptedBallotProposerFieldEvent {
    field: '$.acceptedBallot.proposer'
    value: Uint8Array
  }

  export interface StoredVaultAcceptedFieldEvent {
    field: '$.accepted'
    value: Uint8Array
  }

  export interface StoredVaultKemPublicKeyFieldEvent {
    field: '$.kem.publicKey'
    value: Uint8Array
  }

  export interface StoredVaultKemLockedPrivateKeyFieldEvent {
    field: '$.kem.lockedPrivateKey'
    value: Uint8Array
  }

  export interface StoredVaultKemCreatedMsFieldEvent {
    field: '$.kem.createdMs'
    value: number
  }

  export interface StoredVaultAcceptedMsFieldEvent {
    field: '$.acceptedMs'
    value: number
  }

  export interface StoredVaultChainBytesFieldEvent {
    field: '$.chainBytes'
    value: number
  }

  export function encode (obj: Partial<StoredVault>): Uint8Array {
    return encodeMessage(obj, StoredVault.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<StoredVault>): StoredVault {
    return decodeMessage(buf, StoredVault.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<StoredVault>): Generator<StoredVaultSeqFieldEvent | StoredVaultOldestFieldEvent | StoredVaultShareEpochFieldEvent | StoredVaultShareIndexFieldEvent | StoredVaultShareVerificationFieldEvent | StoredVaultShareLockedFieldEvent | StoredVaultPreparedEpochFieldEvent | StoredVaultPreparedIndexFieldEvent | StoredVaultPreparedVerificationFieldEvent | StoredVaultPreparedLockedFieldEvent | StoredVaultPromisedRoundFieldEvent | StoredVaultPromisedProposerFieldEvent | StoredVaultAcceptedBallotRoundFieldEvent | StoredVaultAcceptedBallotProposerFieldEvent | StoredVaultAcceptedFieldEvent | StoredVaultKemPublicKeyFieldEvent | StoredVaultKemLockedPrivateKeyFieldEvent | StoredVaultKemCreatedMsFieldEvent | StoredVaultAcceptedMsFieldEvent | StoredVaultChainBytesFieldEvent> {
    return streamMessage(buf, StoredVault.codec(), opts)
  }
}

export interface StoredGone {
  why: string
  atMs: number
  seq: number
  promised?: StoredBallot
  acceptedBallot?: StoredBallot
  accepted: Uint8Array
}

export namespace StoredGone {
  let _codec: Codec<StoredGone>

  export const codec = (): Codec<StoredGone> => {
    if (_codec == null) {
      _codec = message<StoredGone>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.why != null && obj.why !== '')) {
          w.uint32(10)
          w.string(obj.why)
        }

        if ((obj.atMs != null && obj.atMs !== 0)) {
          w.uint32(16)
          w.uint64Number(obj.atMs)
        }

        if ((obj.seq != null && obj.seq !== 0)) {
          w.uint32(24)
          w.uint64Number(obj.seq)
        }

        if (obj.promised != null) {
          w.uint32(34)
          StoredBallot.codec().encode(obj.promised, w)
        }

        if (obj.acceptedBallot != null) {
          w.uint32(42)
          StoredBallot.codec().encode(obj.acceptedBallot, w)
        }

        if ((obj.accepted != null && obj.accepted.byteLength > 0)) {
          w.uint32(50)
          w.bytes(obj.accepted)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          why: '',
          atMs: 0,
          seq: 0,
          accepted: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.why = reader.string()
              break
            }
            case 2: {
              obj.atMs = reader.uint64Number()
              break
            }
            case 3: {
              obj.seq = reader.uint64Number()
              break
            }
            case 4: {
              obj.promised = StoredBallot.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.promised
              })
              break
            }
            case 5: {
              obj.acceptedBallot = StoredBallot.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.acceptedBallot
              })
              break
            }
            case 6: {
              obj.accepted = reader.bytes()
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
                field: `${prefix}.why`,
                value: reader.string()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.atMs`,
                value: reader.uint64Number()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.seq`,
                value: reader.uint64Number()
              }
              break
            }
            case 4: {
              yield * StoredBallot.codec().stream(reader, reader.uint32(), `${prefix}.promised`, {
                limits: opts.limits?.promised
              })

              break
            }
            case 5: {
              yield * StoredBallot.codec().stream(reader, reader.uint32(), `${prefix}.acceptedBallot`, {
                limits: opts.limits?.acceptedBallot
              })

              break
            }
            case 6: {
              yield {
                field: `${prefix}.accepted`,
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

  export interface StoredGoneWhyFieldEvent {
    field: '$.why'
    value: string
  }

  export interface StoredGoneAtMsFieldEvent {
    field: '$.atMs'
    value: number
  }

  export interface StoredGoneSeqFieldEvent {
    field: '$.seq'
    value: number
  }

  export interface StoredGonePromisedRoundFieldEvent {
    field: '$.promised.round'
    value: number
  }

  export interface StoredGonePromisedProposerFieldEvent {
    field: '$.promised.proposer'
    value: Uint8Array
  }

  export interface StoredGoneAcceptedBallotRoundFieldEvent {
    field: '$.acceptedBallot.round'
    value: number
  }

  export interface StoredGoneAcceptedBallotProposerFieldEvent {
    field: '$.acceptedBallot.proposer'
    value: Uint8Array
  }

  export interface StoredGoneAcceptedFieldEvent {
    field: '$.accepted'
    value: Uint8Array
  }

  export function encode (obj: Partial<StoredGone>): Uint8Array {
    return encodeMessage(obj, StoredGone.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<StoredGone>): StoredGone {
    return decodeMessage(buf, StoredGone.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<StoredGone>): Generator<StoredGoneWhyFieldEvent | StoredGoneAtMsFieldEvent | StoredGoneSeqFieldEvent | StoredGonePromisedRoundFieldEvent | StoredGonePromisedProposerFieldEvent | StoredGoneAcceptedBallotRoundFieldEvent | StoredGoneAcceptedBallotProposerFieldEvent | StoredGoneAcceptedFieldEvent> {
    return streamMessage(buf, StoredGone.codec(), opts)
  }
}

export interface StoredPayload {
  owner: Uint8Array
  vault: Uint8Array
  hash: Uint8Array
  bytes: number
  received: number
  createdMs: number
}

export namespace StoredPayload {
  let _codec: Codec<StoredPayload>

  export const codec = (): Codec<StoredPayload> => {
    if (_codec == null) {
      _codec = message<StoredPayload>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.owner != null && obj.owner.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.owner)
        }

        if ((obj.vault != null && obj.vault.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.vault)
        }

        if ((obj.hash != null && obj.hash.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.hash)
        }

        if ((obj.bytes != null && obj.bytes !== 0)) {
          w.uint32(32)
          w.uint64Number(obj.bytes)
        }

        if ((obj.received != null && obj.received !== 0)) {
          w.uint32(40)
          w.uint64Number(obj.received)
        }

        if ((obj.createdMs != null && obj.createdMs !== 0)) {
          w.uint32(48)
          w.uint64Number(obj.createdMs)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          owner: uint8ArrayAlloc(0),
          vault: uint8ArrayAlloc(0),
          hash: uint8ArrayAlloc(0),
          bytes: 0,
          received: 0,
          createdMs: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.owner = reader.bytes()
              break
            }
            case 2: {
              obj.vault = reader.bytes()
              break
            }
            case 3: {
              obj.hash = reader.bytes()
              break
            }
            case 4: {
              obj.bytes = reader.uint64Number()
              break
            }
            case 5: {
              obj.received = reader.uint64Number()
              break
            }
            case 6: {
              obj.createdMs = reader.uint64Number()
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
                field: `${prefix}.owner`,
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
                field: `${prefix}.hash`,
                value: reader.bytes()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.bytes`,
                value: reader.uint64Number()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.received`,
                value: reader.uint64Number()
              }
              break
            }
            case 6: {
              yield {
                field: `${prefix}.createdMs`,
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

  export interface StoredPayloadOwnerFieldEvent {
    field: '$.owner'
    value: Uint8Array
  }

  export interface StoredPayloadVaultFieldEvent {
    field: '$.vault'
    value: Uint8Array
  }

  export interface StoredPayloadHashFieldEvent {
    field: '$.hash'
    value: Uint8Array
  }

  export interface StoredPayloadBytesFieldEvent {
    field: '$.bytes'
    value: number
  }

  export interface StoredPayloadReceivedFieldEvent {
    field: '$.received'
    value: number
  }

  export interface StoredPayloadCreatedMsFieldEvent {
    field: '$.createdMs'
    value: number
  }

  export function encode (obj: Partial<StoredPayload>): Uint8Array {
    return encodeMessage(obj, StoredPayload.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<StoredPayload>): StoredPayload {
    return decodeMessage(buf, StoredPayload.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<StoredPayload>): Generator<StoredPayloadOwnerFieldEvent | StoredPayloadVaultFieldEvent | StoredPayloadHashFieldEvent | StoredPayloadBytesFieldEvent | StoredPayloadReceivedFieldEvent | StoredPayloadCreatedMsFieldEvent> {
    return streamMessage(buf, StoredPayload.codec(), opts)
  }
}
