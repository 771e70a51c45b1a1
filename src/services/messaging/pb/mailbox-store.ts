// Generated from src/services/messaging/pb/mailbox-store.proto by scripts/generate-protocols.mjs: change that, not this.
// @ts-nocheck: protons declares parameters that it does not use
import { decodeMessage, encodeMessage, MaxLengthError, message, streamMessage } from 'protons-runtime'
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc'
import type { Codec, DecodeOptions } from 'protons-runtime'

export interface StoredPrekey {
  publicKey: Uint8Array
  lockedPrivateKey: Uint8Array
  createdMs: number
  notAfterMs: number
}

export namespace StoredPrekey {
  let _codec: Codec<StoredPrekey>

  export const codec = (): Codec<StoredPrekey> => {
    if (_codec == null) {
      _codec = message<StoredPrekey>((obj, w, opts = {}) => {
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

        if ((obj.notAfterMs != null && obj.notAfterMs !== 0)) {
          w.uint32(32)
          w.uint64Number(obj.notAfterMs)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          publicKey: uint8ArrayAlloc(0),
          lockedPrivateKey: uint8ArrayAlloc(0),
          createdMs: 0,
          notAfterMs: 0
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
            case 4: {
              obj.notAfterMs = reader.uint64Number()
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
            case 4: {
              yield {
                field: `${prefix}.notAfterMs`,
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

  export interface StoredPrekeyPublicKeyFieldEvent {
    field: '$.publicKey'
    value: Uint8Array
  }

  export interface StoredPrekeyLockedPrivateKeyFieldEvent {
    field: '$.lockedPrivateKey'
    value: Uint8Array
  }

  export interface StoredPrekeyCreatedMsFieldEvent {
    field: '$.createdMs'
    value: number
  }

  export interface StoredPrekeyNotAfterMsFieldEvent {
    field: '$.notAfterMs'
    value: number
  }

  export function encode (obj: Partial<StoredPrekey>): Uint8Array {
    return encodeMessage(obj, StoredPrekey.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<StoredPrekey>): StoredPrekey {
    return decodeMessage(buf, StoredPrekey.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<StoredPrekey>): Generator<StoredPrekeyPublicKeyFieldEvent | StoredPrekeyLockedPrivateKeyFieldEvent | StoredPrekeyCreatedMsFieldEvent | StoredPrekeyNotAfterMsFieldEvent> {
    return streamMessage(buf, StoredPrekey.codec(), opts)
  }
}

export interface StoredCard {
  card: Uint8Array
  reach: number
}

export namespace StoredCard {
  let _codec: Codec<StoredCard>

  export const codec = (): Codec<StoredCard> => {
    if (_codec == null) {
      _codec = message<StoredCard>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.card != null && obj.card.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.card)
        }

        if ((obj.reach != null && obj.reach !== 0)) {
          w.uint32(16)
          w.uint32(obj.reach)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          card: uint8ArrayAlloc(0),
          reach: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.card = reader.bytes()
              break
            }
            case 2: {
              obj.reach = reader.uint32()
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
                field: `${prefix}.card`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.reach`,
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

  export interface StoredCardCardFieldEvent {
    field: '$.card'
    value: Uint8Array
  }

  export interface StoredCardReachFieldEvent {
    field: '$.reach'
    value: number
  }

  export function encode (obj: Partial<StoredCard>): Uint8Array {
    return encodeMessage(obj, StoredCard.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<StoredCard>): StoredCard {
    return decodeMessage(buf, StoredCard.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<StoredCard>): Generator<StoredCardCardFieldEvent | StoredCardReachFieldEvent> {
    return streamMessage(buf, StoredCard.codec(), opts)
  }
}

export interface StoredMailbox {
  peer: string
  addresses: string[]
  cardSeq: number
  untilMs?: number
}

export namespace StoredMailbox {
  let _codec: Codec<StoredMailbox>

  export const codec = (): Codec<StoredMailbox> => {
    if (_codec == null) {
      _codec = message<StoredMailbox>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.peer != null && obj.peer !== '')) {
          w.uint32(10)
          w.string(obj.peer)
        }

        if (obj.addresses != null && obj.addresses.length > 0) {
          for (const value of obj.addresses) {
            w.uint32(18)
            w.string(value)
          }
        }

        if ((obj.cardSeq != null && obj.cardSeq !== 0)) {
          w.uint32(24)
          w.uint64Number(obj.cardSeq)
        }

        if (obj.untilMs != null) {
          w.uint32(32)
          w.uint64Number(obj.untilMs)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          peer: '',
          addresses: [],
          cardSeq: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.peer = reader.string()
              break
            }
            case 2: {
              if (opts.limits?.addresses != null && obj.addresses.length === opts.limits.addresses) {
                throw new MaxLengthError('Decode error - repeated field "addresses" had too many elements')
              }

              obj.addresses.push(reader.string())
              break
            }
            case 3: {
              obj.cardSeq = reader.uint64Number()
              break
            }
            case 4: {
              obj.untilMs = reader.uint64Number()
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
          addresses: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.peer`,
                value: reader.string()
              }
              break
            }
            case 2: {
              if (opts.limits?.addresses != null && obj.addresses === opts.limits.addresses) {
                throw new MaxLengthError('Streaming decode error - repeated field "addresses" had too many elements')
              }

              yield {
                field: `${prefix}.addresses[]`,
                index: obj.addresses,
                value: reader.string()
              }

              obj.addresses++

              break
            }
            case 3: {
              yield {
                field: `${prefix}.cardSeq`,
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

  export interface StoredMailboxPeerFieldEvent {
    field: '$.peer'
    value: string
  }

  export interface StoredMailboxAddressesFieldEvent {
    field: '$.addresses[]'
    index: number
    value: string
  }

  export interface StoredMailboxCardSeqFieldEvent {
    field: '$.cardSeq'
    value: number
  }

  export interface StoredMailboxUntilMsFieldEvent {
    field: '$.untilMs'
    value: number
  }

  export function encode (obj: Partial<StoredMailbox>): Uint8Array {
    return encodeMessage(obj, StoredMailbox.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<StoredMailbox>): StoredMailbox {
    return decodeMessage(buf, StoredMailbox.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<StoredMailbox>): Generator<StoredMailboxPeerFieldEvent | StoredMailboxAddressesFieldEvent | StoredMailboxCardSeqFieldEvent | StoredMailboxUntilMsFieldEvent> {
    return streamMessage(buf, StoredMailbox.codec(), opts)
  }
}

export interface StoredMailboxes {
  mailboxes: StoredMailbox[]
  cardSeq: number
}

export namespace StoredMailboxes {
  let _codec: Codec<StoredMailboxes>

  export const codec = (): Codec<StoredMailboxes> => {
    if (_codec == null) {
      _codec = message<StoredMailboxes>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.mailboxes != null && obj.mailboxes.length > 0) {
          for (const value of obj.mailboxes) {
            w.uint32(10)
            StoredMailbox.codec().encode(value, w)
          }
        }

        if ((obj.cardSeq != null && obj.cardSeq !== 0)) {
          w.uint32(16)
          w.uint64Number(obj.cardSeq)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          mailboxes: [],
          cardSeq: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.mailboxes != null && obj.mailboxes.length === opts.limits.mailboxes) {
                throw new MaxLengthError('Decode error - repeated field "mailboxes" had too many elements')
              }

              obj.mailboxes.push(StoredMailbox.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.mailboxes$
              }))
              break
            }
            case 2: {
              obj.cardSeq = reader.uint64Number()
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
              if (opts.limits?.mailboxes != null && obj.mailboxes === opts.limits.mailboxes) {
                throw new MaxLengthError('Streaming decode error - repeated field "mailboxes" had too many elements')
              }

              for (const evt of StoredMailbox.codec().stream(reader, reader.uint32(), `${prefix}.mailboxes[]`, {
                limits: opts.limits?.mailboxes$
              })) {
                yield {
                  ...evt,
                  index: obj.mailboxes
                }
              }

              obj.mailboxes++

              break
            }
            case 2: {
              yield {
                field: `${prefix}.cardSeq`,
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

  export interface StoredMailboxesMailboxesPeerFieldEvent {
    field: '$.mailboxes[].peer'
    value: string
    index: number
  }

  export interface StoredMailboxesMailboxesAddressesFieldEvent {
    field: '$.mailboxes[].addresses[]'
    index: number
    value: string
  }

  export interface StoredMailboxesMailboxesCardSeqFieldEvent {
    field: '$.mailboxes[].cardSeq'
    value: number
    index: number
  }

  export interface StoredMailboxesMailboxesUntilMsFieldEvent {
    field: '$.mailboxes[].untilMs'
    value: number
    index: number
  }

  export interface StoredMailboxesCardSeqFieldEvent {
    field: '$.cardSeq'
    value: number
  }

  export function encode (obj: Partial<StoredMailboxes>): Uint8Array {
    return encodeMessage(obj, StoredMailboxes.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<StoredMailboxes>): StoredMailboxes {
    return decodeMessage(buf, StoredMailboxes.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<StoredMailboxes>): Generator<StoredMailboxesMailboxesPeerFieldEvent | StoredMailboxesMailboxesAddressesFieldEvent | StoredMailboxesMailboxesCardSeqFieldEvent | StoredMailboxesMailboxesUntilMsFieldEvent | StoredMailboxesCardSeqFieldEvent> {
    return streamMessage(buf, StoredMailboxes.codec(), opts)
  }
}

export interface StoredOwner {
  card: Uint8Array
  contactMs: number
  host: string
}

export namespace StoredOwner {
  let _codec: Codec<StoredOwner>

  export const codec = (): Codec<StoredOwner> => {
    if (_codec == null) {
      _codec = message<StoredOwner>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.card != null && obj.card.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.card)
        }

        if ((obj.contactMs != null && obj.contactMs !== 0)) {
          w.uint32(16)
          w.uint64Number(obj.contactMs)
        }

        if ((obj.host != null && obj.host !== '')) {
          w.uint32(26)
          w.string(obj.host)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          card: uint8ArrayAlloc(0),
          contactMs: 0,
          host: ''
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.card = reader.bytes()
              break
            }
            case 2: {
              obj.contactMs = reader.uint64Number()
              break
            }
            case 3: {
              obj.host = reader.string()
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
                field: `${prefix}.card`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.contactMs`,
                value: reader.uint64Number()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.host`,
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

  export interface StoredOwnerCardFieldEvent {
    field: '$.card'
    value: Uint8Array
  }

  export interface StoredOwnerContactMsFieldEvent {
    field: '$.contactMs'
    value: number
  }

  export interface StoredOwnerHostFieldEvent {
    field: '$.host'
    value: string
  }

  export function encode (obj: Partial<StoredOwner>): Uint8Array {
    return encodeMessage(obj, StoredOwner.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<StoredOwner>): StoredOwner {
    return decodeMessage(buf, StoredOwner.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<StoredOwner>): Generator<StoredOwnerCardFieldEvent | StoredOwnerContactMsFieldEvent | StoredOwnerHostFieldEvent> {
    return streamMessage(buf, StoredOwner.codec(), opts)
  }
}

export interface StoredDeposit {
  sender: string
  host: string
  untilMs: number
  bytes: number
  id: string
}

export namespace StoredDeposit {
  let _codec: Codec<StoredDeposit>

  export const codec = (): Codec<StoredDeposit> => {
    if (_codec == null) {
      _codec = message<StoredDeposit>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.sender != null && obj.sender !== '')) {
          w.uint32(10)
          w.string(obj.sender)
        }

        if ((obj.host != null && obj.host !== '')) {
          w.uint32(18)
          w.string(obj.host)
        }

        if ((obj.untilMs != null && obj.untilMs !== 0)) {
          w.uint32(24)
          w.uint64Number(obj.untilMs)
        }

        if ((obj.bytes != null && obj.bytes !== 0)) {
          w.uint32(32)
          w.uint32(obj.bytes)
        }

        if ((obj.id != null && obj.id !== '')) {
          w.uint32(42)
          w.string(obj.id)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          sender: '',
          host: '',
          untilMs: 0,
          bytes: 0,
          id: ''
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.sender = reader.string()
              break
            }
            case 2: {
              obj.host = reader.string()
              break
            }
            case 3: {
              obj.untilMs = reader.uint64Number()
              break
            }
            case 4: {
              obj.bytes = reader.uint32()
              break
            }
            case 5: {
              obj.id = reader.string()
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
                field: `${prefix}.sender`,
                value: reader.string()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.host`,
                value: reader.string()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.untilMs`,
                value: reader.uint64Number()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.bytes`,
                value: reader.uint32()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.id`,
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

  export interface StoredDepositSenderFieldEvent {
    field: '$.sender'
    value: string
  }

  export interface StoredDepositHostFieldEvent {
    field: '$.host'
    value: string
  }

  export interface StoredDepositUntilMsFieldEvent {
    field: '$.untilMs'
    value: number
  }

  export interface StoredDepositBytesFieldEvent {
    field: '$.bytes'
    value: number
  }

  export interface StoredDepositIdFieldEvent {
    field: '$.id'
    value: string
  }

  export function encode (obj: Partial<StoredDeposit>): Uint8Array {
    return encodeMessage(obj, StoredDeposit.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<StoredDeposit>): StoredDeposit {
    return decodeMessage(buf, StoredDeposit.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<StoredDeposit>): Generator<StoredDepositSenderFieldEvent | StoredDepositHostFieldEvent | StoredDepositUntilMsFieldEvent | StoredDepositBytesFieldEvent | StoredDepositIdFieldEvent> {
    return streamMessage(buf, StoredDeposit.codec(), opts)
  }
}
