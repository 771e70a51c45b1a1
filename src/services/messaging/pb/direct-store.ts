// Generated from src/services/messaging/pb/direct-store.proto by scripts/generate-protocols.mjs: change that, not this.
// @ts-nocheck: protons declares parameters that it does not use
import { decodeMessage, encodeMessage, MaxLengthError, message, streamMessage } from 'protons-runtime'
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc'
import type { Codec, DecodeOptions } from 'protons-runtime'

export interface StoredPlace {
  last: number
  gaps: StoredGap[]
  usedMs: number
  refused: StoredRefusal[]
}

export namespace StoredPlace {
  let _codec: Codec<StoredPlace>

  export const codec = (): Codec<StoredPlace> => {
    if (_codec == null) {
      _codec = message<StoredPlace>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.last != null && obj.last !== 0)) {
          w.uint32(8)
          w.uint64Number(obj.last)
        }

        if (obj.gaps != null && obj.gaps.length > 0) {
          for (const value of obj.gaps) {
            w.uint32(18)
            StoredGap.codec().encode(value, w)
          }
        }

        if ((obj.usedMs != null && obj.usedMs !== 0)) {
          w.uint32(24)
          w.uint64Number(obj.usedMs)
        }

        if (obj.refused != null && obj.refused.length > 0) {
          for (const value of obj.refused) {
            w.uint32(34)
            StoredRefusal.codec().encode(value, w)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          last: 0,
          gaps: [],
          usedMs: 0,
          refused: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.last = reader.uint64Number()
              break
            }
            case 2: {
              if (opts.limits?.gaps != null && obj.gaps.length === opts.limits.gaps) {
                throw new MaxLengthError('Decode error - repeated field "gaps" had too many elements')
              }

              obj.gaps.push(StoredGap.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.gaps$
              }))
              break
            }
            case 3: {
              obj.usedMs = reader.uint64Number()
              break
            }
            case 4: {
              if (opts.limits?.refused != null && obj.refused.length === opts.limits.refused) {
                throw new MaxLengthError('Decode error - repeated field "refused" had too many elements')
              }

              obj.refused.push(StoredRefusal.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.refused$
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
          gaps: 0,
          refused: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.last`,
                value: reader.uint64Number()
              }
              break
            }
            case 2: {
              if (opts.limits?.gaps != null && obj.gaps === opts.limits.gaps) {
                throw new MaxLengthError('Streaming decode error - repeated field "gaps" had too many elements')
              }

              for (const evt of StoredGap.codec().stream(reader, reader.uint32(), `${prefix}.gaps[]`, {
                limits: opts.limits?.gaps$
              })) {
                yield {
                  ...evt,
                  index: obj.gaps
                }
              }

              obj.gaps++

              break
            }
            case 3: {
              yield {
                field: `${prefix}.usedMs`,
                value: reader.uint64Number()
              }
              break
            }
            case 4: {
              if (opts.limits?.refused != null && obj.refused === opts.limits.refused) {
                throw new MaxLengthError('Streaming decode error - repeated field "refused" had too many elements')
              }

              for (const evt of StoredRefusal.codec().stream(reader, reader.uint32(), `${prefix}.refused[]`, {
                limits: opts.limits?.refused$
              })) {
                yield {
                  ...evt,
                  index: obj.refused
                }
              }

              obj.refused++

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

  export interface StoredPlaceLastFieldEvent {
    field: '$.last'
    value: number
  }

  export interface StoredPlaceGapsFromFieldEvent {
    field: '$.gaps[].from'
    value: number
    index: number
  }

  export interface StoredPlaceGapsToFieldEvent {
    field: '$.gaps[].to'
    value: number
    index: number
  }

  export interface StoredPlaceGapsSinceMsFieldEvent {
    field: '$.gaps[].sinceMs'
    value: number
    index: number
  }

  export interface StoredPlaceUsedMsFieldEvent {
    field: '$.usedMs'
    value: number
  }

  export interface StoredPlaceRefusedSeqFieldEvent {
    field: '$.refused[].seq'
    value: number
    index: number
  }

  export interface StoredPlaceRefusedReasonFieldEvent {
    field: '$.refused[].reason'
    value: string
    index: number
  }

  export function encode (obj: Partial<StoredPlace>): Uint8Array {
    return encodeMessage(obj, StoredPlace.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<StoredPlace>): StoredPlace {
    return decodeMessage(buf, StoredPlace.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<StoredPlace>): Generator<StoredPlaceLastFieldEvent | StoredPlaceGapsFromFieldEvent | StoredPlaceGapsToFieldEvent | StoredPlaceGapsSinceMsFieldEvent | StoredPlaceUsedMsFieldEvent | StoredPlaceRefusedSeqFieldEvent | StoredPlaceRefusedReasonFieldEvent> {
    return streamMessage(buf, StoredPlace.codec(), opts)
  }
}

export interface StoredRefusal {
  seq: number
  reason: string
}

export namespace StoredRefusal {
  let _codec: Codec<StoredRefusal>

  export const codec = (): Codec<StoredRefusal> => {
    if (_codec == null) {
      _codec = message<StoredRefusal>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.seq != null && obj.seq !== 0)) {
          w.uint32(8)
          w.uint64Number(obj.seq)
        }

        if ((obj.reason != null && obj.reason !== '')) {
          w.uint32(18)
          w.string(obj.reason)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          seq: 0,
          reason: ''
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
              obj.reason = reader.string()
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
                field: `${prefix}.reason`,
                value: reader.string()
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

  export interface StoredRefusalSeqFieldEvent {
    field: '$.seq'
    value: number
  }

  export interface StoredRefusalReasonFieldEvent {
    field: '$.reason'
    value: string
  }

  export function encode (obj: Partial<StoredRefusal>): Uint8Array {
    return encodeMessage(obj, StoredRefusal.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<StoredRefusal>): StoredRefusal {
    return decodeMessage(buf, StoredRefusal.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<StoredRefusal>): Generator<StoredRefusalSeqFieldEvent | StoredRefusalReasonFieldEvent> {
    return streamMessage(buf, StoredRefusal.codec(), opts)
  }
}

export interface StoredGap {
  from: number
  to: number
  sinceMs: number
}

export namespace StoredGap {
  let _codec: Codec<StoredGap>

  export const codec = (): Codec<StoredGap> => {
    if (_codec == null) {
      _codec = message<StoredGap>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.from != null && obj.from !== 0)) {
          w.uint32(8)
          w.uint64Number(obj.from)
        }

        if ((obj.to != null && obj.to !== 0)) {
          w.uint32(16)
          w.uint64Number(obj.to)
        }

        if ((obj.sinceMs != null && obj.sinceMs !== 0)) {
          w.uint32(24)
          w.uint64Number(obj.sinceMs)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          from: 0,
          to: 0,
          sinceMs: 0
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
              obj.to = reader.uint64Number()
              break
            }
            case 3: {
              obj.sinceMs = reader.uint64Number()
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
                field: `${prefix}.to`,
                value: reader.uint64Number()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.sinceMs`,
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

  export interface StoredGapFromFieldEvent {
    field: '$.from'
    value: number
  }

  export interface StoredGapToFieldEvent {
    field: '$.to'
    value: number
  }

  export interface StoredGapSinceMsFieldEvent {
    field: '$.sinceMs'
    value: number
  }

  export function encode (obj: Partial<StoredGap>): Uint8Array {
    return encodeMessage(obj, StoredGap.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<StoredGap>): StoredGap {
    return decodeMessage(buf, StoredGap.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<StoredGap>): Generator<StoredGapFromFieldEvent | StoredGapToFieldEvent | StoredGapSinceMsFieldEvent> {
    return streamMessage(buf, StoredGap.codec(), opts)
  }
}

export interface StoredMessage {
  peer: Uint8Array
  message: Uint8Array
  priority: number
}

export namespace StoredMessage {
  let _codec: Codec<StoredMessage>

  export const codec = (): Codec<StoredMessage> => {
    if (_codec == null) {
      _codec = message<StoredMessage>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.peer != null && obj.peer.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.peer)
        }

        if ((obj.message != null && obj.message.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.message)
        }

        if ((obj.priority != null && obj.priority !== 0)) {
          w.uint32(24)
          w.uint32(obj.priority)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          peer: uint8ArrayAlloc(0),
          message: uint8ArrayAlloc(0),
          priority: 0
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
              obj.message = reader.bytes()
              break
            }
            case 3: {
              obj.priority = reader.uint32()
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
                field: `${prefix}.message`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.priority`,
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

  export interface StoredMessagePeerFieldEvent {
    field: '$.peer'
    value: Uint8Array
  }

  export interface StoredMessageMessageFieldEvent {
    field: '$.message'
    value: Uint8Array
  }

  export interface StoredMessagePriorityFieldEvent {
    field: '$.priority'
    value: number
  }

  export function encode (obj: Partial<StoredMessage>): Uint8Array {
    return encodeMessage(obj, StoredMessage.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<StoredMessage>): StoredMessage {
    return decodeMessage(buf, StoredMessage.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<StoredMessage>): Generator<StoredMessagePeerFieldEvent | StoredMessageMessageFieldEvent | StoredMessagePriorityFieldEvent> {
    return streamMessage(buf, StoredMessage.codec(), opts)
  }
}

export interface StoredOwed {
  refusal: string
}

export namespace StoredOwed {
  let _codec: Codec<StoredOwed>

  export const codec = (): Codec<StoredOwed> => {
    if (_codec == null) {
      _codec = message<StoredOwed>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.refusal != null && obj.refusal !== '')) {
          w.uint32(10)
          w.string(obj.refusal)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          refusal: ''
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.refusal = reader.string()
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
                field: `${prefix}.refusal`,
                value: reader.string()
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

  export interface StoredOwedRefusalFieldEvent {
    field: '$.refusal'
    value: string
  }

  export function encode (obj: Partial<StoredOwed>): Uint8Array {
    return encodeMessage(obj, StoredOwed.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<StoredOwed>): StoredOwed {
    return decodeMessage(buf, StoredOwed.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<StoredOwed>): Generator<StoredOwedRefusalFieldEvent> {
    return streamMessage(buf, StoredOwed.codec(), opts)
  }
}

export interface StoredMailed {
  atMs: number
  mailboxes: string[]
}

export namespace StoredMailed {
  let _codec: Codec<StoredMailed>

  export const codec = (): Codec<StoredMailed> => {
    if (_codec == null) {
      _codec = message<StoredMailed>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.atMs != null && obj.atMs !== 0)) {
          w.uint32(8)
          w.uint64Number(obj.atMs)
        }

        if (obj.mailboxes != null && obj.mailboxes.length > 0) {
          for (const value of obj.mailboxes) {
            w.uint32(18)
            w.string(value)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          atMs: 0,
          mailboxes: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.atMs = reader.uint64Number()
              break
            }
            case 2: {
              if (opts.limits?.mailboxes != null && obj.mailboxes.length === opts.limits.mailboxes) {
                throw new MaxLengthError('Decode error - repeated field "mailboxes" had too many elements')
              }

              obj.mailboxes.push(reader.string())
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
          mailboxes: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.atMs`,
                value: reader.uint64Number()
              }
              break
            }
            case 2: {
              if (opts.limits?.mailboxes != null && obj.mailboxes === opts.limits.mailboxes) {
                throw new MaxLengthError('Streaming decode error - repeated field "mailboxes" had too many elements')
              }

              yield {
                field: `${prefix}.mailboxes[]`,
                index: obj.mailboxes,
                value: reader.string()
              }

              obj.mailboxes++

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

  export interface StoredMailedAtMsFieldEvent {
    field: '$.atMs'
    value: number
  }

  export interface StoredMailedMailboxesFieldEvent {
    field: '$.mailboxes[]'
    index: number
    value: string
  }

  export function encode (obj: Partial<StoredMailed>): Uint8Array {
    return encodeMessage(obj, StoredMailed.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<StoredMailed>): StoredMailed {
    return decodeMessage(buf, StoredMailed.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<StoredMailed>): Generator<StoredMailedAtMsFieldEvent | StoredMailedMailboxesFieldEvent> {
    return streamMessage(buf, StoredMailed.codec(), opts)
  }
}

export interface StoredLane {
  reserved: number
}

export namespace StoredLane {
  let _codec: Codec<StoredLane>

  export const codec = (): Codec<StoredLane> => {
    if (_codec == null) {
      _codec = message<StoredLane>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.reserved != null && obj.reserved !== 0)) {
          w.uint32(8)
          w.uint64Number(obj.reserved)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          reserved: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.reserved = reader.uint64Number()
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
                field: `${prefix}.reserved`,
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

  export interface StoredLaneReservedFieldEvent {
    field: '$.reserved'
    value: number
  }

  export function encode (obj: Partial<StoredLane>): Uint8Array {
    return encodeMessage(obj, StoredLane.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<StoredLane>): StoredLane {
    return decodeMessage(buf, StoredLane.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<StoredLane>): Generator<StoredLaneReservedFieldEvent> {
    return streamMessage(buf, StoredLane.codec(), opts)
  }
}
