// Generated from protocols/messaging/mailbox.proto by scripts/generate-protocols.mjs: change that, not this.
// @ts-nocheck: protons declares parameters that it does not use
/* eslint-disable require-yield */

import { decodeMessage, encodeMessage, MaxLengthError, message, streamMessage } from 'protons-runtime'
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc'
import type { Codec, DecodeOptions } from 'protons-runtime'

export interface Card {
  seq: number
  expiresMs: number
  prekeys: Prekey[]
  mailboxes: MailboxPlace[]
}

export namespace Card {
  let _codec: Codec<Card>

  export const codec = (): Codec<Card> => {
    if (_codec == null) {
      _codec = message<Card>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.seq != null && obj.seq !== 0)) {
          w.uint32(8)
          w.uint64Number(obj.seq)
        }

        if ((obj.expiresMs != null && obj.expiresMs !== 0)) {
          w.uint32(16)
          w.uint64Number(obj.expiresMs)
        }

        if (obj.prekeys != null && obj.prekeys.length > 0) {
          for (const value of obj.prekeys) {
            w.uint32(26)
            Prekey.codec().encode(value, w)
          }
        }

        if (obj.mailboxes != null && obj.mailboxes.length > 0) {
          for (const value of obj.mailboxes) {
            w.uint32(34)
            MailboxPlace.codec().encode(value, w)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          seq: 0,
          expiresMs: 0,
          prekeys: [],
          mailboxes: []
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
              obj.expiresMs = reader.uint64Number()
              break
            }
            case 3: {
              if (opts.limits?.prekeys != null && obj.prekeys.length === opts.limits.prekeys) {
                throw new MaxLengthError('Decode error - repeated field "prekeys" had too many elements')
              }

              obj.prekeys.push(Prekey.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.prekeys$
              }))
              break
            }
            case 4: {
              if (opts.limits?.mailboxes != null && obj.mailboxes.length === opts.limits.mailboxes) {
                throw new MaxLengthError('Decode error - repeated field "mailboxes" had too many elements')
              }

              obj.mailboxes.push(MailboxPlace.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.mailboxes$
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
          prekeys: 0,
          mailboxes: 0
        }

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
                field: `${prefix}.expiresMs`,
                value: reader.uint64Number()
              }
              break
            }
            case 3: {
              if (opts.limits?.prekeys != null && obj.prekeys === opts.limits.prekeys) {
                throw new MaxLengthError('Streaming decode error - repeated field "prekeys" had too many elements')
              }

              for (const evt of Prekey.codec().stream(reader, reader.uint32(), `${prefix}.prekeys[]`, {
                limits: opts.limits?.prekeys$
              })) {
                yield {
                  ...evt,
                  index: obj.prekeys
                }
              }

              obj.prekeys++

              break
            }
            case 4: {
              if (opts.limits?.mailboxes != null && obj.mailboxes === opts.limits.mailboxes) {
                throw new MaxLengthError('Streaming decode error - repeated field "mailboxes" had too many elements')
              }

              for (const evt of MailboxPlace.codec().stream(reader, reader.uint32(), `${prefix}.mailboxes[]`, {
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

  export interface CardSeqFieldEvent {
    field: '$.seq'
    value: number
  }

  export interface CardExpiresMsFieldEvent {
    field: '$.expiresMs'
    value: number
  }

  export interface CardPrekeysSuiteFieldEvent {
    field: '$.prekeys[].suite'
    value: number
    index: number
  }

  export interface CardPrekeysPublicKeyFieldEvent {
    field: '$.prekeys[].publicKey'
    value: Uint8Array
    index: number
  }

  export interface CardPrekeysNotAfterMsFieldEvent {
    field: '$.prekeys[].notAfterMs'
    value: number
    index: number
  }

  export interface CardMailboxesPeerFieldEvent {
    field: '$.mailboxes[].peer'
    value: Uint8Array
    index: number
  }

  export interface CardMailboxesAddressesFieldEvent {
    field: '$.mailboxes[].addresses[]'
    index: number
    value: Uint8Array
  }

  export function encode (obj: Partial<Card>): Uint8Array {
    return encodeMessage(obj, Card.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<Card>): Card {
    return decodeMessage(buf, Card.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<Card>): Generator<CardSeqFieldEvent | CardExpiresMsFieldEvent | CardPrekeysSuiteFieldEvent | CardPrekeysPublicKeyFieldEvent | CardPrekeysNotAfterMsFieldEvent | CardMailboxesPeerFieldEvent | CardMailboxesAddressesFieldEvent> {
    return streamMessage(buf, Card.codec(), opts)
  }
}

export interface Prekey {
  suite: number
  publicKey: Uint8Array
  notAfterMs: number
}

export namespace Prekey {
  let _codec: Codec<Prekey>

  export const codec = (): Codec<Prekey> => {
    if (_codec == null) {
      _codec = message<Prekey>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.suite != null && obj.suite !== 0)) {
          w.uint32(8)
          w.uint32(obj.suite)
        }

        if ((obj.publicKey != null && obj.publicKey.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.publicKey)
        }

        if ((obj.notAfterMs != null && obj.notAfterMs !== 0)) {
          w.uint32(24)
          w.uint64Number(obj.notAfterMs)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          suite: 0,
          publicKey: uint8ArrayAlloc(0),
          notAfterMs: 0
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
              obj.publicKey = reader.bytes()
              break
            }
            case 3: {
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
                field: `${prefix}.suite`,
                value: reader.uint32()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.publicKey`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
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

  export interface PrekeySuiteFieldEvent {
    field: '$.suite'
    value: number
  }

  export interface PrekeyPublicKeyFieldEvent {
    field: '$.publicKey'
    value: Uint8Array
  }

  export interface PrekeyNotAfterMsFieldEvent {
    field: '$.notAfterMs'
    value: number
  }

  export function encode (obj: Partial<Prekey>): Uint8Array {
    return encodeMessage(obj, Prekey.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<Prekey>): Prekey {
    return decodeMessage(buf, Prekey.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<Prekey>): Generator<PrekeySuiteFieldEvent | PrekeyPublicKeyFieldEvent | PrekeyNotAfterMsFieldEvent> {
    return streamMessage(buf, Prekey.codec(), opts)
  }
}

export interface MailboxPlace {
  peer: Uint8Array
  addresses: Uint8Array[]
}

export namespace MailboxPlace {
  let _codec: Codec<MailboxPlace>

  export const codec = (): Codec<MailboxPlace> => {
    if (_codec == null) {
      _codec = message<MailboxPlace>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.peer != null && obj.peer.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.peer)
        }

        if (obj.addresses != null && obj.addresses.length > 0) {
          for (const value of obj.addresses) {
            w.uint32(18)
            w.bytes(value)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          peer: uint8ArrayAlloc(0),
          addresses: []
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
              if (opts.limits?.addresses != null && obj.addresses.length === opts.limits.addresses) {
                throw new MaxLengthError('Decode error - repeated field "addresses" had too many elements')
              }

              obj.addresses.push(reader.bytes())
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
                value: reader.bytes()
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
                value: reader.bytes()
              }

              obj.addresses++

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

  export interface MailboxPlacePeerFieldEvent {
    field: '$.peer'
    value: Uint8Array
  }

  export interface MailboxPlaceAddressesFieldEvent {
    field: '$.addresses[]'
    index: number
    value: Uint8Array
  }

  export function encode (obj: Partial<MailboxPlace>): Uint8Array {
    return encodeMessage(obj, MailboxPlace.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<MailboxPlace>): MailboxPlace {
    return decodeMessage(buf, MailboxPlace.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<MailboxPlace>): Generator<MailboxPlacePeerFieldEvent | MailboxPlaceAddressesFieldEvent> {
    return streamMessage(buf, MailboxPlace.codec(), opts)
  }
}

export interface Sealed {
  suite: number
  recipient: Uint8Array
  keyId: Uint8Array
  enc: Uint8Array
  ciphertext: Uint8Array
  expiresMs: number
  id: Uint8Array
}

export namespace Sealed {
  let _codec: Codec<Sealed>

  export const codec = (): Codec<Sealed> => {
    if (_codec == null) {
      _codec = message<Sealed>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.suite != null && obj.suite !== 0)) {
          w.uint32(8)
          w.uint32(obj.suite)
        }

        if ((obj.recipient != null && obj.recipient.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.recipient)
        }

        if ((obj.keyId != null && obj.keyId.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.keyId)
        }

        if ((obj.enc != null && obj.enc.byteLength > 0)) {
          w.uint32(34)
          w.bytes(obj.enc)
        }

        if ((obj.ciphertext != null && obj.ciphertext.byteLength > 0)) {
          w.uint32(42)
          w.bytes(obj.ciphertext)
        }

        if ((obj.expiresMs != null && obj.expiresMs !== 0)) {
          w.uint32(48)
          w.uint64Number(obj.expiresMs)
        }

        if ((obj.id != null && obj.id.byteLength > 0)) {
          w.uint32(58)
          w.bytes(obj.id)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          suite: 0,
          recipient: uint8ArrayAlloc(0),
          keyId: uint8ArrayAlloc(0),
          enc: uint8ArrayAlloc(0),
          ciphertext: uint8ArrayAlloc(0),
          expiresMs: 0,
          id: uint8ArrayAlloc(0)
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
              obj.recipient = reader.bytes()
              break
            }
            case 3: {
              obj.keyId = reader.bytes()
              break
            }
            case 4: {
              obj.enc = reader.bytes()
              break
            }
            case 5: {
              obj.ciphertext = reader.bytes()
              break
            }
            case 6: {
              obj.expiresMs = reader.uint64Number()
              break
            }
            case 7: {
              obj.id = reader.bytes()
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
                field: `${prefix}.suite`,
                value: reader.uint32()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.recipient`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.keyId`,
                value: reader.bytes()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.enc`,
                value: reader.bytes()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.ciphertext`,
                value: reader.bytes()
              }
              break
            }
            case 6: {
              yield {
                field: `${prefix}.expiresMs`,
                value: reader.uint64Number()
              }
              break
            }
            case 7: {
              yield {
                field: `${prefix}.id`,
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

  export interface SealedSuiteFieldEvent {
    field: '$.suite'
    value: number
  }

  export interface SealedRecipientFieldEvent {
    field: '$.recipient'
    value: Uint8Array
  }

  export interface SealedKeyIdFieldEvent {
    field: '$.keyId'
    value: Uint8Array
  }

  export interface SealedEncFieldEvent {
    field: '$.enc'
    value: Uint8Array
  }

  export interface SealedCiphertextFieldEvent {
    field: '$.ciphertext'
    value: Uint8Array
  }

  export interface SealedExpiresMsFieldEvent {
    field: '$.expiresMs'
    value: number
  }

  export interface SealedIdFieldEvent {
    field: '$.id'
    value: Uint8Array
  }

  export function encode (obj: Partial<Sealed>): Uint8Array {
    return encodeMessage(obj, Sealed.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<Sealed>): Sealed {
    return decodeMessage(buf, Sealed.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<Sealed>): Generator<SealedSuiteFieldEvent | SealedRecipientFieldEvent | SealedKeyIdFieldEvent | SealedEncFieldEvent | SealedCiphertextFieldEvent | SealedExpiresMsFieldEvent | SealedIdFieldEvent> {
    return streamMessage(buf, Sealed.codec(), opts)
  }
}

export interface CardRequest {
  peer: Uint8Array
}

export namespace CardRequest {
  let _codec: Codec<CardRequest>

  export const codec = (): Codec<CardRequest> => {
    if (_codec == null) {
      _codec = message<CardRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.peer != null && obj.peer.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.peer)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          peer: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.peer = reader.bytes()
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

  export interface CardRequestPeerFieldEvent {
    field: '$.peer'
    value: Uint8Array
  }

  export function encode (obj: Partial<CardRequest>): Uint8Array {
    return encodeMessage(obj, CardRequest.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<CardRequest>): CardRequest {
    return decodeMessage(buf, CardRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<CardRequest>): Generator<CardRequestPeerFieldEvent> {
    return streamMessage(buf, CardRequest.codec(), opts)
  }
}

export interface CardResponse {
  card: Uint8Array
}

export namespace CardResponse {
  let _codec: Codec<CardResponse>

  export const codec = (): Codec<CardResponse> => {
    if (_codec == null) {
      _codec = message<CardResponse>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.card != null && obj.card.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.card)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          card: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.card = reader.bytes()
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

  export interface CardResponseCardFieldEvent {
    field: '$.card'
    value: Uint8Array
  }

  export function encode (obj: Partial<CardResponse>): Uint8Array {
    return encodeMessage(obj, CardResponse.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<CardResponse>): CardResponse {
    return decodeMessage(buf, CardResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<CardResponse>): Generator<CardResponseCardFieldEvent> {
    return streamMessage(buf, CardResponse.codec(), opts)
  }
}

export interface CardPush {
  card: Uint8Array
}

export namespace CardPush {
  let _codec: Codec<CardPush>

  export const codec = (): Codec<CardPush> => {
    if (_codec == null) {
      _codec = message<CardPush>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.card != null && obj.card.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.card)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          card: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.card = reader.bytes()
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

  export interface CardPushCardFieldEvent {
    field: '$.card'
    value: Uint8Array
  }

  export function encode (obj: Partial<CardPush>): Uint8Array {
    return encodeMessage(obj, CardPush.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<CardPush>): CardPush {
    return decodeMessage(buf, CardPush.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<CardPush>): Generator<CardPushCardFieldEvent> {
    return streamMessage(buf, CardPush.codec(), opts)
  }
}

export interface RegisterRequest {
  card: Uint8Array
}

export namespace RegisterRequest {
  let _codec: Codec<RegisterRequest>

  export const codec = (): Codec<RegisterRequest> => {
    if (_codec == null) {
      _codec = message<RegisterRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.card != null && obj.card.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.card)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          card: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.card = reader.bytes()
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

  export interface RegisterRequestCardFieldEvent {
    field: '$.card'
    value: Uint8Array
  }

  export function encode (obj: Partial<RegisterRequest>): Uint8Array {
    return encodeMessage(obj, RegisterRequest.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<RegisterRequest>): RegisterRequest {
    return decodeMessage(buf, RegisterRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<RegisterRequest>): Generator<RegisterRequestCardFieldEvent> {
    return streamMessage(buf, RegisterRequest.codec(), opts)
  }
}

export interface RegisterResponse {
  status: number
  maxAgeMs: number
  maxBytes: number
}

export namespace RegisterResponse {
  let _codec: Codec<RegisterResponse>

  export const codec = (): Codec<RegisterResponse> => {
    if (_codec == null) {
      _codec = message<RegisterResponse>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.status != null && obj.status !== 0)) {
          w.uint32(8)
          w.uint32(obj.status)
        }

        if ((obj.maxAgeMs != null && obj.maxAgeMs !== 0)) {
          w.uint32(16)
          w.uint64Number(obj.maxAgeMs)
        }

        if ((obj.maxBytes != null && obj.maxBytes !== 0)) {
          w.uint32(24)
          w.uint64Number(obj.maxBytes)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          status: 0,
          maxAgeMs: 0,
          maxBytes: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.status = reader.uint32()
              break
            }
            case 2: {
              obj.maxAgeMs = reader.uint64Number()
              break
            }
            case 3: {
              obj.maxBytes = reader.uint64Number()
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
                field: `${prefix}.status`,
                value: reader.uint32()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.maxAgeMs`,
                value: reader.uint64Number()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.maxBytes`,
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

  export interface RegisterResponseStatusFieldEvent {
    field: '$.status'
    value: number
  }

  export interface RegisterResponseMaxAgeMsFieldEvent {
    field: '$.maxAgeMs'
    value: number
  }

  export interface RegisterResponseMaxBytesFieldEvent {
    field: '$.maxBytes'
    value: number
  }

  export function encode (obj: Partial<RegisterResponse>): Uint8Array {
    return encodeMessage(obj, RegisterResponse.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<RegisterResponse>): RegisterResponse {
    return decodeMessage(buf, RegisterResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<RegisterResponse>): Generator<RegisterResponseStatusFieldEvent | RegisterResponseMaxAgeMsFieldEvent | RegisterResponseMaxBytesFieldEvent> {
    return streamMessage(buf, RegisterResponse.codec(), opts)
  }
}

export interface DepositRequest {
  sealed: Uint8Array[]
}

export namespace DepositRequest {
  let _codec: Codec<DepositRequest>

  export const codec = (): Codec<DepositRequest> => {
    if (_codec == null) {
      _codec = message<DepositRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.sealed != null && obj.sealed.length > 0) {
          for (const value of obj.sealed) {
            w.uint32(10)
            w.bytes(value)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          sealed: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.sealed != null && obj.sealed.length === opts.limits.sealed) {
                throw new MaxLengthError('Decode error - repeated field "sealed" had too many elements')
              }

              obj.sealed.push(reader.bytes())
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
          sealed: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
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

  export interface DepositRequestSealedFieldEvent {
    field: '$.sealed[]'
    index: number
    value: Uint8Array
  }

  export function encode (obj: Partial<DepositRequest>): Uint8Array {
    return encodeMessage(obj, DepositRequest.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<DepositRequest>): DepositRequest {
    return decodeMessage(buf, DepositRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<DepositRequest>): Generator<DepositRequestSealedFieldEvent> {
    return streamMessage(buf, DepositRequest.codec(), opts)
  }
}

export interface DepositResponse {
  statuses: Uint8Array
}

export namespace DepositResponse {
  let _codec: Codec<DepositResponse>

  export const codec = (): Codec<DepositResponse> => {
    if (_codec == null) {
      _codec = message<DepositResponse>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.statuses != null && obj.statuses.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.statuses)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          statuses: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.statuses = reader.bytes()
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
                field: `${prefix}.statuses`,
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

  export interface DepositResponseStatusesFieldEvent {
    field: '$.statuses'
    value: Uint8Array
  }

  export function encode (obj: Partial<DepositResponse>): Uint8Array {
    return encodeMessage(obj, DepositResponse.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<DepositResponse>): DepositResponse {
    return decodeMessage(buf, DepositResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<DepositResponse>): Generator<DepositResponseStatusesFieldEvent> {
    return streamMessage(buf, DepositResponse.codec(), opts)
  }
}

export interface FetchRequest {
  after: Uint8Array
  maxBytes: number
}

export namespace FetchRequest {
  let _codec: Codec<FetchRequest>

  export const codec = (): Codec<FetchRequest> => {
    if (_codec == null) {
      _codec = message<FetchRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.after != null && obj.after.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.after)
        }

        if ((obj.maxBytes != null && obj.maxBytes !== 0)) {
          w.uint32(16)
          w.uint32(obj.maxBytes)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          after: uint8ArrayAlloc(0),
          maxBytes: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.after = reader.bytes()
              break
            }
            case 2: {
              obj.maxBytes = reader.uint32()
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
                field: `${prefix}.after`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.maxBytes`,
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

  export interface FetchRequestAfterFieldEvent {
    field: '$.after'
    value: Uint8Array
  }

  export interface FetchRequestMaxBytesFieldEvent {
    field: '$.maxBytes'
    value: number
  }

  export function encode (obj: Partial<FetchRequest>): Uint8Array {
    return encodeMessage(obj, FetchRequest.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<FetchRequest>): FetchRequest {
    return decodeMessage(buf, FetchRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<FetchRequest>): Generator<FetchRequestAfterFieldEvent | FetchRequestMaxBytesFieldEvent> {
    return streamMessage(buf, FetchRequest.codec(), opts)
  }
}

export interface FetchResponse {
  status: number
  kept: Kept[]
  more: boolean
}

export namespace FetchResponse {
  let _codec: Codec<FetchResponse>

  export const codec = (): Codec<FetchResponse> => {
    if (_codec == null) {
      _codec = message<FetchResponse>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.status != null && obj.status !== 0)) {
          w.uint32(8)
          w.uint32(obj.status)
        }

        if (obj.kept != null && obj.kept.length > 0) {
          for (const value of obj.kept) {
            w.uint32(18)
            Kept.codec().encode(value, w)
          }
        }

        if ((obj.more != null && obj.more !== false)) {
          w.uint32(24)
          w.bool(obj.more)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          status: 0,
          kept: [],
          more: false
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.status = reader.uint32()
              break
            }
            case 2: {
              if (opts.limits?.kept != null && obj.kept.length === opts.limits.kept) {
                throw new MaxLengthError('Decode error - repeated field "kept" had too many elements')
              }

              obj.kept.push(Kept.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.kept$
              }))
              break
            }
            case 3: {
              obj.more = reader.bool()
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
          kept: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.status`,
                value: reader.uint32()
              }
              break
            }
            case 2: {
              if (opts.limits?.kept != null && obj.kept === opts.limits.kept) {
                throw new MaxLengthError('Streaming decode error - repeated field "kept" had too many elements')
              }

              for (const evt of Kept.codec().stream(reader, reader.uint32(), `${prefix}.kept[]`, {
                limits: opts.limits?.kept$
              })) {
                yield {
                  ...evt,
                  index: obj.kept
                }
              }

              obj.kept++

              break
            }
            case 3: {
              yield {
                field: `${prefix}.more`,
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

  export interface FetchResponseStatusFieldEvent {
    field: '$.status'
    value: number
  }

  export interface FetchResponseKeptTokenFieldEvent {
    field: '$.kept[].token'
    value: Uint8Array
    index: number
  }

  export interface FetchResponseKeptSealedFieldEvent {
    field: '$.kept[].sealed'
    value: Uint8Array
    index: number
  }

  export interface FetchResponseMoreFieldEvent {
    field: '$.more'
    value: boolean
  }

  export function encode (obj: Partial<FetchResponse>): Uint8Array {
    return encodeMessage(obj, FetchResponse.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<FetchResponse>): FetchResponse {
    return decodeMessage(buf, FetchResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<FetchResponse>): Generator<FetchResponseStatusFieldEvent | FetchResponseKeptTokenFieldEvent | FetchResponseKeptSealedFieldEvent | FetchResponseMoreFieldEvent> {
    return streamMessage(buf, FetchResponse.codec(), opts)
  }
}

export interface Kept {
  token: Uint8Array
  sealed: Uint8Array
}

export namespace Kept {
  let _codec: Codec<Kept>

  export const codec = (): Codec<Kept> => {
    if (_codec == null) {
      _codec = message<Kept>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.token != null && obj.token.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.token)
        }

        if ((obj.sealed != null && obj.sealed.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.sealed)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          token: uint8ArrayAlloc(0),
          sealed: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.token = reader.bytes()
              break
            }
            case 2: {
              obj.sealed = reader.bytes()
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
                field: `${prefix}.token`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.sealed`,
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

  export interface KeptTokenFieldEvent {
    field: '$.token'
    value: Uint8Array
  }

  export interface KeptSealedFieldEvent {
    field: '$.sealed'
    value: Uint8Array
  }

  export function encode (obj: Partial<Kept>): Uint8Array {
    return encodeMessage(obj, Kept.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<Kept>): Kept {
    return decodeMessage(buf, Kept.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<Kept>): Generator<KeptTokenFieldEvent | KeptSealedFieldEvent> {
    return streamMessage(buf, Kept.codec(), opts)
  }
}

export interface DeleteRequest {
  tokens: Uint8Array[]
}

export namespace DeleteRequest {
  let _codec: Codec<DeleteRequest>

  export const codec = (): Codec<DeleteRequest> => {
    if (_codec == null) {
      _codec = message<DeleteRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.tokens != null && obj.tokens.length > 0) {
          for (const value of obj.tokens) {
            w.uint32(10)
            w.bytes(value)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          tokens: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.tokens != null && obj.tokens.length === opts.limits.tokens) {
                throw new MaxLengthError('Decode error - repeated field "tokens" had too many elements')
              }

              obj.tokens.push(reader.bytes())
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
          tokens: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.tokens != null && obj.tokens === opts.limits.tokens) {
                throw new MaxLengthError('Streaming decode error - repeated field "tokens" had too many elements')
              }

              yield {
                field: `${prefix}.tokens[]`,
                index: obj.tokens,
                value: reader.bytes()
              }

              obj.tokens++

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

  export interface DeleteRequestTokensFieldEvent {
    field: '$.tokens[]'
    index: number
    value: Uint8Array
  }

  export function encode (obj: Partial<DeleteRequest>): Uint8Array {
    return encodeMessage(obj, DeleteRequest.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<DeleteRequest>): DeleteRequest {
    return decodeMessage(buf, DeleteRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<DeleteRequest>): Generator<DeleteRequestTokensFieldEvent> {
    return streamMessage(buf, DeleteRequest.codec(), opts)
  }
}

export interface DeleteResponse {
  status: number
}

export namespace DeleteResponse {
  let _codec: Codec<DeleteResponse>

  export const codec = (): Codec<DeleteResponse> => {
    if (_codec == null) {
      _codec = message<DeleteResponse>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.status != null && obj.status !== 0)) {
          w.uint32(8)
          w.uint32(obj.status)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          status: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.status = reader.uint32()
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
                field: `${prefix}.status`,
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

  export interface DeleteResponseStatusFieldEvent {
    field: '$.status'
    value: number
  }

  export function encode (obj: Partial<DeleteResponse>): Uint8Array {
    return encodeMessage(obj, DeleteResponse.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<DeleteResponse>): DeleteResponse {
    return decodeMessage(buf, DeleteResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<DeleteResponse>): Generator<DeleteResponseStatusFieldEvent> {
    return streamMessage(buf, DeleteResponse.codec(), opts)
  }
}

export interface Arrived {}

export namespace Arrived {
  let _codec: Codec<Arrived>

  export const codec = (): Codec<Arrived> => {
    if (_codec == null) {
      _codec = message<Arrived>((obj, w, opts = {}) => {
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

  export function encode (obj: Partial<Arrived>): Uint8Array {
    return encodeMessage(obj, Arrived.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<Arrived>): Arrived {
    return decodeMessage(buf, Arrived.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<Arrived>): Generator<{}> {
    return streamMessage(buf, Arrived.codec(), opts)
  }
}
