// Generated from src/services/bans/pb/ban.proto by scripts/generate-protocols.mjs: change that, not this.
// @ts-nocheck: protons declares parameters that it does not use
import { decodeMessage, encodeMessage, MaxLengthError, message, streamMessage } from 'protons-runtime'
import type { Codec, DecodeOptions } from 'protons-runtime'

export interface StoredRecord {
  by: string
  reason: string
  sinceMs: number
  untilMs?: number
  strikes: number
  severity: number
  host?: string
  endedMs?: number
  end?: string
}

export namespace StoredRecord {
  let _codec: Codec<StoredRecord>

  export const codec = (): Codec<StoredRecord> => {
    if (_codec == null) {
      _codec = message<StoredRecord>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.by != null && obj.by !== '')) {
          w.uint32(10)
          w.string(obj.by)
        }

        if ((obj.reason != null && obj.reason !== '')) {
          w.uint32(18)
          w.string(obj.reason)
        }

        if ((obj.sinceMs != null && obj.sinceMs !== 0)) {
          w.uint32(24)
          w.uint64Number(obj.sinceMs)
        }

        if (obj.untilMs != null) {
          w.uint32(32)
          w.uint64Number(obj.untilMs)
        }

        if ((obj.strikes != null && obj.strikes !== 0)) {
          w.uint32(40)
          w.uint32(obj.strikes)
        }

        if ((obj.severity != null && obj.severity !== 0)) {
          w.uint32(49)
          w.double(obj.severity)
        }

        if (obj.host != null) {
          w.uint32(58)
          w.string(obj.host)
        }

        if (obj.endedMs != null) {
          w.uint32(64)
          w.uint64Number(obj.endedMs)
        }

        if (obj.end != null) {
          w.uint32(74)
          w.string(obj.end)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          by: '',
          reason: '',
          sinceMs: 0,
          strikes: 0,
          severity: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.by = reader.string()
              break
            }
            case 2: {
              obj.reason = reader.string()
              break
            }
            case 3: {
              obj.sinceMs = reader.uint64Number()
              break
            }
            case 4: {
              obj.untilMs = reader.uint64Number()
              break
            }
            case 5: {
              obj.strikes = reader.uint32()
              break
            }
            case 6: {
              obj.severity = reader.double()
              break
            }
            case 7: {
              obj.host = reader.string()
              break
            }
            case 8: {
              obj.endedMs = reader.uint64Number()
              break
            }
            case 9: {
              obj.end = reader.string()
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
                field: `${prefix}.by`,
                value: reader.string()
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
            case 3: {
              yield {
                field: `${prefix}.sinceMs`,
                value: reader.uint64Number()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.untilMs`,
                value: reader.uint64Number()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.strikes`,
                value: reader.uint32()
              }
              break
            }
            case 6: {
              yield {
                field: `${prefix}.severity`,
                value: reader.double()
              }
              break
            }
            case 7: {
              yield {
                field: `${prefix}.host`,
                value: reader.string()
              }
              break
            }
            case 8: {
              yield {
                field: `${prefix}.endedMs`,
                value: reader.uint64Number()
              }
              break
            }
            case 9: {
              yield {
                field: `${prefix}.end`,
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

  export interface StoredRecordByFieldEvent {
    field: '$.by'
    value: string
  }

  export interface StoredRecordReasonFieldEvent {
    field: '$.reason'
    value: string
  }

  export interface StoredRecordSinceMsFieldEvent {
    field: '$.sinceMs'
    value: number
  }

  export interface StoredRecordUntilMsFieldEvent {
    field: '$.untilMs'
    value: number
  }

  export interface StoredRecordStrikesFieldEvent {
    field: '$.strikes'
    value: number
  }

  export interface StoredRecordSeverityFieldEvent {
    field: '$.severity'
    value: number
  }

  export interface StoredRecordHostFieldEvent {
    field: '$.host'
    value: string
  }

  export interface StoredRecordEndedMsFieldEvent {
    field: '$.endedMs'
    value: number
  }

  export interface StoredRecordEndFieldEvent {
    field: '$.end'
    value: string
  }

  export function encode (obj: Partial<StoredRecord>): Uint8Array {
    return encodeMessage(obj, StoredRecord.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<StoredRecord>): StoredRecord {
    return decodeMessage(buf, StoredRecord.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<StoredRecord>): Generator<StoredRecordByFieldEvent | StoredRecordReasonFieldEvent | StoredRecordSinceMsFieldEvent | StoredRecordUntilMsFieldEvent | StoredRecordStrikesFieldEvent | StoredRecordSeverityFieldEvent | StoredRecordHostFieldEvent | StoredRecordEndedMsFieldEvent | StoredRecordEndFieldEvent> {
    return streamMessage(buf, StoredRecord.codec(), opts)
  }
}

export interface StoredHistory {
  records: StoredRecord[]
}

export namespace StoredHistory {
  let _codec: Codec<StoredHistory>

  export const codec = (): Codec<StoredHistory> => {
    if (_codec == null) {
      _codec = message<StoredHistory>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.records != null && obj.records.length > 0) {
          for (const value of obj.records) {
            w.uint32(10)
            StoredRecord.codec().encode(value, w)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          records: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.records != null && obj.records.length === opts.limits.records) {
                throw new MaxLengthError('Decode error - repeated field "records" had too many elements')
              }

              if (obj.records.length === 16) {
                throw new MaxLengthError('Decode error - repeated field "records" had too many elements')
              }

              obj.records.push(StoredRecord.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.records$
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
          records: 16
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.records != null && obj.records === opts.limits.records) {
                throw new MaxLengthError('Streaming decode error - repeated field "records" had too many elements')
              }

              if (obj.records === 16) {
                throw new MaxLengthError('Streaming decode error - repeated field "records" had too many elements')
              }

              for (const evt of StoredRecord.codec().stream(reader, reader.uint32(), `${prefix}.records[]`, {
                limits: opts.limits?.records$
              })) {
                yield {
                  ...evt,
                  index: obj.records
                }
              }

              obj.records++

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

  export interface StoredHistoryRecordsByFieldEvent {
    field: '$.records[].by'
    value: string
    index: number
  }

  export interface StoredHistoryRecordsReasonFieldEvent {
    field: '$.records[].reason'
    value: string
    index: number
  }

  export interface StoredHistoryRecordsSinceMsFieldEvent {
    field: '$.records[].sinceMs'
    value: number
    index: number
  }

  export interface StoredHistoryRecordsUntilMsFieldEvent {
    field: '$.records[].untilMs'
    value: number
    index: number
  }

  export interface StoredHistoryRecordsStrikesFieldEvent {
    field: '$.records[].strikes'
    value: number
    index: number
  }

  export interface StoredHistoryRecordsSeverityFieldEvent {
    field: '$.records[].severity'
    value: number
    index: number
  }

  export interface StoredHistoryRecordsHostFieldEvent {
    field: '$.records[].host'
    value: string
    index: number
  }

  export interface StoredHistoryRecordsEndedMsFieldEvent {
    field: '$.records[].endedMs'
    value: number
    index: number
  }

  export interface StoredHistoryRecordsEndFieldEvent {
    field: '$.records[].end'
    value: string
    index: number
  }

  export function encode (obj: Partial<StoredHistory>): Uint8Array {
    return encodeMessage(obj, StoredHistory.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<StoredHistory>): StoredHistory {
    return decodeMessage(buf, StoredHistory.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<StoredHistory>): Generator<StoredHistoryRecordsByFieldEvent | StoredHistoryRecordsReasonFieldEvent | StoredHistoryRecordsSinceMsFieldEvent | StoredHistoryRecordsUntilMsFieldEvent | StoredHistoryRecordsStrikesFieldEvent | StoredHistoryRecordsSeverityFieldEvent | StoredHistoryRecordsHostFieldEvent | StoredHistoryRecordsEndedMsFieldEvent | StoredHistoryRecordsEndFieldEvent> {
    return streamMessage(buf, StoredHistory.codec(), opts)
  }
}

export interface StoredCharge {
  timeMs: number
  offence: string
  cause: string
  sample?: Uint8Array
  hash?: Uint8Array
}

export namespace StoredCharge {
  let _codec: Codec<StoredCharge>

  export const codec = (): Codec<StoredCharge> => {
    if (_codec == null) {
      _codec = message<StoredCharge>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.timeMs != null && obj.timeMs !== 0)) {
          w.uint32(8)
          w.uint64Number(obj.timeMs)
        }

        if ((obj.offence != null && obj.offence !== '')) {
          w.uint32(18)
          w.string(obj.offence)
        }

        if ((obj.cause != null && obj.cause !== '')) {
          w.uint32(26)
          w.string(obj.cause)
        }

        if (obj.sample != null) {
          w.uint32(34)
          w.bytes(obj.sample)
        }

        if (obj.hash != null) {
          w.uint32(42)
          w.bytes(obj.hash)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          timeMs: 0,
          offence: '',
          cause: ''
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
              obj.offence = reader.string()
              break
            }
            case 3: {
              obj.cause = reader.string()
              break
            }
            case 4: {
              obj.sample = reader.bytes()
              break
            }
            case 5: {
              obj.hash = reader.bytes()
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
                field: `${prefix}.offence`,
                value: reader.string()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.cause`,
                value: reader.string()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.sample`,
                value: reader.bytes()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.hash`,
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

  export interface StoredChargeTimeMsFieldEvent {
    field: '$.timeMs'
    value: number
  }

  export interface StoredChargeOffenceFieldEvent {
    field: '$.offence'
    value: string
  }

  export interface StoredChargeCauseFieldEvent {
    field: '$.cause'
    value: string
  }

  export interface StoredChargeSampleFieldEvent {
    field: '$.sample'
    value: Uint8Array
  }

  export interface StoredChargeHashFieldEvent {
    field: '$.hash'
    value: Uint8Array
  }

  export function encode (obj: Partial<StoredCharge>): Uint8Array {
    return encodeMessage(obj, StoredCharge.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<StoredCharge>): StoredCharge {
    return decodeMessage(buf, StoredCharge.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<StoredCharge>): Generator<StoredChargeTimeMsFieldEvent | StoredChargeOffenceFieldEvent | StoredChargeCauseFieldEvent | StoredChargeSampleFieldEvent | StoredChargeHashFieldEvent> {
    return streamMessage(buf, StoredCharge.codec(), opts)
  }
}

export interface StoredEvidence {
  charges: StoredCharge[]
}

export namespace StoredEvidence {
  let _codec: Codec<StoredEvidence>

  export const codec = (): Codec<StoredEvidence> => {
    if (_codec == null) {
      _codec = message<StoredEvidence>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.charges != null && obj.charges.length > 0) {
          for (const value of obj.charges) {
            w.uint32(10)
            StoredCharge.codec().encode(value, w)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          charges: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.charges != null && obj.charges.length === opts.limits.charges) {
                throw new MaxLengthError('Decode error - repeated field "charges" had too many elements')
              }

              if (obj.charges.length === 16) {
                throw new MaxLengthError('Decode error - repeated field "charges" had too many elements')
              }

              obj.charges.push(StoredCharge.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.charges$
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
          charges: 16
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.charges != null && obj.charges === opts.limits.charges) {
                throw new MaxLengthError('Streaming decode error - repeated field "charges" had too many elements')
              }

              if (obj.charges === 16) {
                throw new MaxLengthError('Streaming decode error - repeated field "charges" had too many elements')
              }

              for (const evt of StoredCharge.codec().stream(reader, reader.uint32(), `${prefix}.charges[]`, {
                limits: opts.limits?.charges$
              })) {
                yield {
                  ...evt,
                  index: obj.charges
                }
              }

              obj.charges++

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

  export interface StoredEvidenceChargesTimeMsFieldEvent {
    field: '$.charges[].timeMs'
    value: number
    index: number
  }

  export interface StoredEvidenceChargesOffenceFieldEvent {
    field: '$.charges[].offence'
    value: string
    index: number
  }

  export interface StoredEvidenceChargesCauseFieldEvent {
    field: '$.charges[].cause'
    value: string
    index: number
  }

  export interface StoredEvidenceChargesSampleFieldEvent {
    field: '$.charges[].sample'
    value: Uint8Array
    index: number
  }

  export interface StoredEvidenceChargesHashFieldEvent {
    field: '$.charges[].hash'
    value: Uint8Array
    index: number
  }

  export function encode (obj: Partial<StoredEvidence>): Uint8Array {
    return encodeMessage(obj, StoredEvidence.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<StoredEvidence>): StoredEvidence {
    return decodeMessage(buf, StoredEvidence.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<StoredEvidence>): Generator<StoredEvidenceChargesTimeMsFieldEvent | StoredEvidenceChargesOffenceFieldEvent | StoredEvidenceChargesCauseFieldEvent | StoredEvidenceChargesSampleFieldEvent | StoredEvidenceChargesHashFieldEvent> {
    return streamMessage(buf, StoredEvidence.codec(), opts)
  }
}

export interface StoredAllowance {
  sinceMs: number
}

export namespace StoredAllowance {
  let _codec: Codec<StoredAllowance>

  export const codec = (): Codec<StoredAllowance> => {
    if (_codec == null) {
      _codec = message<StoredAllowance>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.sinceMs != null && obj.sinceMs !== 0)) {
          w.uint32(8)
          w.uint64Number(obj.sinceMs)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          sinceMs: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
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

  export interface StoredAllowanceSinceMsFieldEvent {
    field: '$.sinceMs'
    value: number
  }

  export function encode (obj: Partial<StoredAllowance>): Uint8Array {
    return encodeMessage(obj, StoredAllowance.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<StoredAllowance>): StoredAllowance {
    return decodeMessage(buf, StoredAllowance.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<StoredAllowance>): Generator<StoredAllowanceSinceMsFieldEvent> {
    return streamMessage(buf, StoredAllowance.codec(), opts)
  }
}
