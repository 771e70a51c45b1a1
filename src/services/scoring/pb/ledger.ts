// Generated from src/services/scoring/pb/ledger.proto by scripts/generate-protocols.mjs: change that, not this.
// @ts-nocheck: protons declares parameters that it does not use
import { decodeMessage, encodeMessage, MaxLengthError, message, streamMessage } from 'protons-runtime'
import type { Codec, DecodeOptions } from 'protons-runtime'

export interface StoredSample {
  timeMs: number
  score: number
}

export namespace StoredSample {
  let _codec: Codec<StoredSample>

  export const codec = (): Codec<StoredSample> => {
    if (_codec == null) {
      _codec = message<StoredSample>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.timeMs != null && obj.timeMs !== 0)) {
          w.uint32(8)
          w.uint64Number(obj.timeMs)
        }

        if ((obj.score != null && obj.score !== 0)) {
          w.uint32(17)
          w.double(obj.score)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          timeMs: 0,
          score: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.timeMs = reader.uint64Number()
              break
            }
            case 2: {
              obj.score = reader.double()
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
                field: `${prefix}.timeMs`,
                value: reader.uint64Number()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.score`,
                value: reader.double()
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

  export interface StoredSampleTimeMsFieldEvent {
    field: '$.timeMs'
    value: number
  }

  export interface StoredSampleScoreFieldEvent {
    field: '$.score'
    value: number
  }

  export function encode (obj: Partial<StoredSample>): Uint8Array {
    return encodeMessage(obj, StoredSample.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<StoredSample>): StoredSample {
    return decodeMessage(buf, StoredSample.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<StoredSample>): Generator<StoredSampleTimeMsFieldEvent | StoredSampleScoreFieldEvent> {
    return streamMessage(buf, StoredSample.codec(), opts)
  }
}

export interface StoredLedger {
  savedMs: number
  misbehaviour: number
  deliveries: number
  answers: number
  uptime: number
  unreliability: number
  banned: boolean
  strikeAgesMs: number[]
  coolDownMs: number
  kept: number
  failed: number
  marks: number
  marked: number
  valid: number
  invalid: number
  host?: string
  history: StoredSample[]
}

export namespace StoredLedger {
  let _codec: Codec<StoredLedger>

  export const codec = (): Codec<StoredLedger> => {
    if (_codec == null) {
      _codec = message<StoredLedger>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.savedMs != null && obj.savedMs !== 0)) {
          w.uint32(8)
          w.uint64Number(obj.savedMs)
        }

        if ((obj.misbehaviour != null && obj.misbehaviour !== 0)) {
          w.uint32(17)
          w.double(obj.misbehaviour)
        }

        if ((obj.deliveries != null && obj.deliveries !== 0)) {
          w.uint32(25)
          w.double(obj.deliveries)
        }

        if ((obj.answers != null && obj.answers !== 0)) {
          w.uint32(33)
          w.double(obj.answers)
        }

        if ((obj.uptime != null && obj.uptime !== 0)) {
          w.uint32(41)
          w.double(obj.uptime)
        }

        if ((obj.unreliability != null && obj.unreliability !== 0)) {
          w.uint32(49)
          w.double(obj.unreliability)
        }

        if ((obj.banned != null && obj.banned !== false)) {
          w.uint32(56)
          w.bool(obj.banned)
        }

        if (obj.strikeAgesMs != null && obj.strikeAgesMs.length > 0) {
          for (const value of obj.strikeAgesMs) {
            w.uint32(64)
            w.uint64Number(value)
          }
        }

        if ((obj.coolDownMs != null && obj.coolDownMs !== 0)) {
          w.uint32(72)
          w.uint64Number(obj.coolDownMs)
        }

        if ((obj.kept != null && obj.kept !== 0)) {
          w.uint32(81)
          w.double(obj.kept)
        }

        if ((obj.failed != null && obj.failed !== 0)) {
          w.uint32(89)
          w.double(obj.failed)
        }

        if ((obj.marks != null && obj.marks !== 0)) {
          w.uint32(97)
          w.double(obj.marks)
        }

        if ((obj.marked != null && obj.marked !== 0)) {
          w.uint32(105)
          w.double(obj.marked)
        }

        if ((obj.valid != null && obj.valid !== 0)) {
          w.uint32(113)
          w.double(obj.valid)
        }

        if ((obj.invalid != null && obj.invalid !== 0)) {
          w.uint32(121)
          w.double(obj.invalid)
        }

        if (obj.host != null) {
          w.uint32(130)
          w.string(obj.host)
        }

        if (obj.history != null && obj.history.length > 0) {
          for (const value of obj.history) {
            w.uint32(138)
            StoredSample.codec().encode(value, w)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          savedMs: 0,
          misbehaviour: 0,
          deliveries: 0,
          answers: 0,
          uptime: 0,
          unreliability: 0,
          banned: false,
          strikeAgesMs: [],
          coolDownMs: 0,
          kept: 0,
          failed: 0,
          marks: 0,
          marked: 0,
          valid: 0,
          invalid: 0,
          history: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.savedMs = reader.uint64Number()
              break
            }
            case 2: {
              obj.misbehaviour = reader.double()
              break
            }
            case 3: {
              obj.deliveries = reader.double()
              break
            }
            case 4: {
              obj.answers = reader.double()
              break
            }
            case 5: {
              obj.uptime = reader.double()
              break
            }
            case 6: {
              obj.unreliability = reader.double()
              break
            }
            case 7: {
              obj.banned = reader.bool()
              break
            }
            case 8: {
              if (opts.limits?.strikeAgesMs != null && obj.strikeAgesMs.length === opts.limits.strikeAgesMs) {
                throw new MaxLengthError('Decode error - repeated field "strikeAgesMs" had too many elements')
              }

              if (obj.strikeAgesMs.length === 16) {
                throw new MaxLengthError('Decode error - repeated field "strikeAgesMs" had too many elements')
              }

              obj.strikeAgesMs.push(reader.uint64Number())
              break
            }
            case 9: {
              obj.coolDownMs = reader.uint64Number()
              break
            }
            case 10: {
              obj.kept = reader.double()
              break
            }
            case 11: {
              obj.failed = reader.double()
              break
            }
            case 12: {
              obj.marks = reader.double()
              break
            }
            case 13: {
              obj.marked = reader.double()
              break
            }
            case 14: {
              obj.valid = reader.double()
              break
            }
            case 15: {
              obj.invalid = reader.double()
              break
            }
            case 16: {
              obj.host = reader.string()
              break
            }
            case 17: {
              if (opts.limits?.history != null && obj.history.length === opts.limits.history) {
                throw new MaxLengthError('Decode error - repeated field "history" had too many elements')
              }

              if (obj.history.length === 32) {
                throw new MaxLengthError('Decode error - repeated field "history" had too many elements')
              }

              obj.history.push(StoredSample.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.history$
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
          strikeAgesMs: 16,
          history: 32
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.savedMs`,
                value: reader.uint64Number()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.misbehaviour`,
                value: reader.double()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.deliveries`,
                value: reader.double()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.answers`,
                value: reader.double()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.uptime`,
                value: reader.double()
              }
              break
            }
            case 6: {
              yield {
                field: `${prefix}.unreliability`,
                value: reader.double()
              }
              break
            }
            case 7: {
              yield {
                field: `${prefix}.banned`,
                value: reader.bool()
              }
              break
            }
            case 8: {
              if (opts.limits?.strikeAgesMs != null && obj.strikeAgesMs === opts.limits.strikeAgesMs) {
                throw new MaxLengthError('Streaming decode error - repeated field "strikeAgesMs" had too many elements')
              }

              if (obj.strikeAgesMs === 16) {
                throw new MaxLengthError('Streaming decode error - repeated field "strikeAgesMs" had too many elements')
              }

              yield {
                field: `${prefix}.strikeAgesMs[]`,
                index: obj.strikeAgesMs,
                value: reader.uint64Number()
              }

              obj.strikeAgesMs++

              break
            }
            case 9: {
              yield {
                field: `${prefix}.coolDownMs`,
                value: reader.uint64Number()
              }
              break
            }
            case 10: {
              yield {
                field: `${prefix}.kept`,
                value: reader.double()
              }
              break
            }
            case 11: {
              yield {
                field: `${prefix}.failed`,
                value: reader.double()
              }
              break
            }
            case 12: {
              yield {
                field: `${prefix}.marks`,
                value: reader.double()
              }
              break
            }
            case 13: {
              yield {
                field: `${prefix}.marked`,
                value: reader.double()
              }
              break
            }
            case 14: {
              yield {
                field: `${prefix}.valid`,
                value: reader.double()
              }
              break
            }
            case 15: {
              yield {
                field: `${prefix}.invalid`,
                value: reader.double()
              }
              break
            }
            case 16: {
              yield {
                field: `${prefix}.host`,
                value: reader.string()
              }
              break
            }
            case 17: {
              if (opts.limits?.history != null && obj.history === opts.limits.history) {
                throw new MaxLengthError('Streaming decode error - repeated field "history" had too many elements')
              }

              if (obj.history === 32) {
                throw new MaxLengthError('Streaming decode error - repeated field "history" had too many elements')
              }

              for (const evt of StoredSample.codec().stream(reader, reader.uint32(), `${prefix}.history[]`, {
                limits: opts.limits?.history$
              })) {
                yield {
                  ...evt,
                  index: obj.history
                }
              }

              obj.history++

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

  export interface StoredLedgerSavedMsFieldEvent {
    field: '$.savedMs'
    value: number
  }

  export interface StoredLedgerMisbehaviourFieldEvent {
    field: '$.misbehaviour'
    value: number
  }

  export interface StoredLedgerDeliveriesFieldEvent {
    field: '$.deliveries'
    value: number
  }

  export interface StoredLedgerAnswersFieldEvent {
    field: '$.answers'
    value: number
  }

  export interface StoredLedgerUptimeFieldEvent {
    field: '$.uptime'
    value: number
  }

  export interface StoredLedgerUnreliabilityFieldEvent {
    field: '$.unreliability'
    value: number
  }

  export interface StoredLedgerBannedFieldEvent {
    field: '$.banned'
    value: boolean
  }

  export interface StoredLedgerStrikeAgesMsFieldEvent {
    field: '$.strikeAgesMs[]'
    index: number
    value: number
  }

  export interface StoredLedgerCoolDownMsFieldEvent {
    field: '$.coolDownMs'
    value: number
  }

  export interface StoredLedgerKeptFieldEvent {
    field: '$.kept'
    value: number
  }

  export interface StoredLedgerFailedFieldEvent {
    field: '$.failed'
    value: number
  }

  export interface StoredLedgerMarksFieldEvent {
    field: '$.marks'
    value: number
  }

  export interface StoredLedgerMarkedFieldEvent {
    field: '$.marked'
    value: number
  }

  export interface StoredLedgerValidFieldEvent {
    field: '$.valid'
    value: number
  }

  export interface StoredLedgerInvalidFieldEvent {
    field: '$.invalid'
    value: number
  }

  export interface StoredLedgerHostFieldEvent {
    field: '$.host'
    value: string
  }

  export interface StoredLedgerHistoryTimeMsFieldEvent {
    field: '$.history[].timeMs'
    value: number
    index: number
  }

  export interface StoredLedgerHistoryScoreFieldEvent {
    field: '$.history[].score'
    value: number
    index: number
  }

  export function encode (obj: Partial<StoredLedger>): Uint8Array {
    return encodeMessage(obj, StoredLedger.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<StoredLedger>): StoredLedger {
    return decodeMessage(buf, StoredLedger.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<StoredLedger>): Generator<StoredLedgerSavedMsFieldEvent | StoredLedgerMisbehaviourFieldEvent | StoredLedgerDeliveriesFieldEvent | StoredLedgerAnswersFieldEvent | StoredLedgerUptimeFieldEvent | StoredLedgerUnreliabilityFieldEvent | StoredLedgerBannedFieldEvent | StoredLedgerStrikeAgesMsFieldEvent | StoredLedgerCoolDownMsFieldEvent | StoredLedgerKeptFieldEvent | StoredLedgerFailedFieldEvent | StoredLedgerMarksFieldEvent | StoredLedgerMarkedFieldEvent | StoredLedgerValidFieldEvent | StoredLedgerInvalidFieldEvent | StoredLedgerHostFieldEvent | StoredLedgerHistoryTimeMsFieldEvent | StoredLedgerHistoryScoreFieldEvent> {
    return streamMessage(buf, StoredLedger.codec(), opts)
  }
}
