// Generated from protocols/messaging/files.proto by scripts/generate-protocols.mjs: change that, not this.
// @ts-nocheck: protons declares parameters that it does not use
/* eslint-disable require-yield */

import { decodeMessage, encodeMessage, MaxLengthError, message, streamMessage } from 'protons-runtime'
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc'
import type { Codec, DecodeOptions } from 'protons-runtime'

export interface FromSender {
  offer?: FileOffer
  begin?: FileBegin
  chunk?: FileChunk
  done?: FileDone
  cancel?: FileCancel
  alive?: FileAlive
}

export namespace FromSender {
  let _codec: Codec<FromSender>

  export const codec = (): Codec<FromSender> => {
    if (_codec == null) {
      _codec = message<FromSender>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        obj = { ...obj }

        if (obj.alive != null) {
          obj.cancel = undefined
          obj.done = undefined
          obj.chunk = undefined
          obj.begin = undefined
          obj.offer = undefined
        }

        if (obj.cancel != null) {
          obj.alive = undefined
          obj.done = undefined
          obj.chunk = undefined
          obj.begin = undefined
          obj.offer = undefined
        }

        if (obj.done != null) {
          obj.alive = undefined
          obj.cancel = undefined
          obj.chunk = undefined
          obj.begin = undefined
          obj.offer = undefined
        }

        if (obj.chunk != null) {
          obj.alive = undefined
          obj.cancel = undefined
          obj.done = undefined
          obj.begin = undefined
          obj.offer = undefined
        }

        if (obj.begin != null) {
          obj.alive = undefined
          obj.cancel = undefined
          obj.done = undefined
          obj.chunk = undefined
          obj.offer = undefined
        }

        if (obj.offer != null) {
          obj.alive = undefined
          obj.cancel = undefined
          obj.done = undefined
          obj.chunk = undefined
          obj.begin = undefined
        }

        if (obj.offer != null) {
          w.uint32(10)
          FileOffer.codec().encode(obj.offer, w)
        }

        if (obj.begin != null) {
          w.uint32(18)
          FileBegin.codec().encode(obj.begin, w)
        }

        if (obj.chunk != null) {
          w.uint32(26)
          FileChunk.codec().encode(obj.chunk, w)
        }

        if (obj.done != null) {
          w.uint32(34)
          FileDone.codec().encode(obj.done, w)
        }

        if (obj.cancel != null) {
          w.uint32(42)
          FileCancel.codec().encode(obj.cancel, w)
        }

        if (obj.alive != null) {
          w.uint32(50)
          FileAlive.codec().encode(obj.alive, w)
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
              obj.offer = FileOffer.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.offer
              })
              break
            }
            case 2: {
              obj.begin = FileBegin.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.begin
              })
              break
            }
            case 3: {
              obj.chunk = FileChunk.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.chunk
              })
              break
            }
            case 4: {
              obj.done = FileDone.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.done
              })
              break
            }
            case 5: {
              obj.cancel = FileCancel.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.cancel
              })
              break
            }
            case 6: {
              obj.alive = FileAlive.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.alive
              })
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        if (obj.alive != null) {
          delete obj.cancel
          delete obj.done
          delete obj.chunk
          delete obj.begin
          delete obj.offer
        }

        if (obj.cancel != null) {
          delete obj.alive
          delete obj.done
          delete obj.chunk
          delete obj.begin
          delete obj.offer
        }

        if (obj.done != null) {
          delete obj.alive
          delete obj.cancel
          delete obj.chunk
          delete obj.begin
          delete obj.offer
        }

        if (obj.chunk != null) {
          delete obj.alive
          delete obj.cancel
          delete obj.done
          delete obj.begin
          delete obj.offer
        }

        if (obj.begin != null) {
          delete obj.alive
          delete obj.cancel
          delete obj.done
          delete obj.chunk
          delete obj.offer
        }

        if (obj.offer != null) {
          delete obj.alive
          delete obj.cancel
          delete obj.done
          delete obj.chunk
          delete obj.begin
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield * FileOffer.codec().stream(reader, reader.uint32(), `${prefix}.offer`, {
                limits: opts.limits?.offer
              })

              break
            }
            case 2: {
              yield * FileBegin.codec().stream(reader, reader.uint32(), `${prefix}.begin`, {
                limits: opts.limits?.begin
              })

              break
            }
            case 3: {
              yield * FileChunk.codec().stream(reader, reader.uint32(), `${prefix}.chunk`, {
                limits: opts.limits?.chunk
              })

              break
            }
            case 4: {
              yield * FileDone.codec().stream(reader, reader.uint32(), `${prefix}.done`, {
                limits: opts.limits?.done
              })

              break
            }
            case 5: {
              yield * FileCancel.codec().stream(reader, reader.uint32(), `${prefix}.cancel`, {
                limits: opts.limits?.cancel
              })

              break
            }
            case 6: {
              yield * FileAlive.codec().stream(reader, reader.uint32(), `${prefix}.alive`, {
                limits: opts.limits?.alive
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

  export interface FromSenderOfferIdFieldEvent {
    field: '$.offer.id'
    value: Uint8Array
  }

  export interface FromSenderOfferNameFieldEvent {
    field: '$.offer.name'
    value: string
  }

  export interface FromSenderOfferTypeFieldEvent {
    field: '$.offer.type'
    value: string
  }

  export interface FromSenderOfferSizeFieldEvent {
    field: '$.offer.size'
    value: number
  }

  export interface FromSenderBeginChunksFieldEvent {
    field: '$.begin.chunks'
    value: number
  }

  export interface FromSenderChunkIndexFieldEvent {
    field: '$.chunk.index'
    value: number
  }

  export interface FromSenderChunkSha256FieldEvent {
    field: '$.chunk.sha256'
    value: Uint8Array
  }

  export interface FromSenderChunkDataFieldEvent {
    field: '$.chunk.data'
    value: Uint8Array
  }

  export interface FromSenderDoneBytesFieldEvent {
    field: '$.done.bytes'
    value: number
  }

  export interface FromSenderDoneRootFieldEvent {
    field: '$.done.root'
    value: Uint8Array
  }

  export interface FromSenderCancelReasonFieldEvent {
    field: '$.cancel.reason'
    value: string
  }

  export interface FromSenderCancelTextFieldEvent {
    field: '$.cancel.text'
    value: string
  }

  export function encode (obj: Partial<FromSender>): Uint8Array {
    return encodeMessage(obj, FromSender.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<FromSender>): FromSender {
    return decodeMessage(buf, FromSender.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<FromSender>): Generator<FromSenderOfferIdFieldEvent | FromSenderOfferNameFieldEvent | FromSenderOfferTypeFieldEvent | FromSenderOfferSizeFieldEvent | FromSenderBeginChunksFieldEvent | FromSenderChunkIndexFieldEvent | FromSenderChunkSha256FieldEvent | FromSenderChunkDataFieldEvent | FromSenderDoneBytesFieldEvent | FromSenderDoneRootFieldEvent | FromSenderCancelReasonFieldEvent | FromSenderCancelTextFieldEvent> {
    return streamMessage(buf, FromSender.codec(), opts)
  }
}

export interface FromReceiver {
  accept?: FileAccept
  decline?: FileDecline
  ack?: FileAck
  received?: FileReceived
  cancel?: FileCancel
  alive?: FileAlive
}

export namespace FromReceiver {
  let _codec: Codec<FromReceiver>

  export const codec = (): Codec<FromReceiver> => {
    if (_codec == null) {
      _codec = message<FromReceiver>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        obj = { ...obj }

        if (obj.alive != null) {
          obj.cancel = undefined
          obj.received = undefined
          obj.ack = undefined
          obj.decline = undefined
          obj.accept = undefined
        }

        if (obj.cancel != null) {
          obj.alive = undefined
          obj.received = undefined
          obj.ack = undefined
          obj.decline = undefined
          obj.accept = undefined
        }

        if (obj.received != null) {
          obj.alive = undefined
          obj.cancel = undefined
          obj.ack = undefined
          obj.decline = undefined
          obj.accept = undefined
        }

        if (obj.ack != null) {
          obj.alive = undefined
          obj.cancel = undefined
          obj.received = undefined
          obj.decline = undefined
          obj.accept = undefined
        }

        if (obj.decline != null) {
          obj.alive = undefined
          obj.cancel = undefined
          obj.received = undefined
          obj.ack = undefined
          obj.accept = undefined
        }

        if (obj.accept != null) {
          obj.alive = undefined
          obj.cancel = undefined
          obj.received = undefined
          obj.ack = undefined
          obj.decline = undefined
        }

        if (obj.accept != null) {
          w.uint32(10)
          FileAccept.codec().encode(obj.accept, w)
        }

        if (obj.decline != null) {
          w.uint32(18)
          FileDecline.codec().encode(obj.decline, w)
        }

        if (obj.ack != null) {
          w.uint32(26)
          FileAck.codec().encode(obj.ack, w)
        }

        if (obj.received != null) {
          w.uint32(34)
          FileReceived.codec().encode(obj.received, w)
        }

        if (obj.cancel != null) {
          w.uint32(42)
          FileCancel.codec().encode(obj.cancel, w)
        }

        if (obj.alive != null) {
          w.uint32(50)
          FileAlive.codec().encode(obj.alive, w)
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
              obj.accept = FileAccept.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.accept
              })
              break
            }
            case 2: {
              obj.decline = FileDecline.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.decline
              })
              break
            }
            case 3: {
              obj.ack = FileAck.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.ack
              })
              break
            }
            case 4: {
              obj.received = FileReceived.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.received
              })
              break
            }
            case 5: {
              obj.cancel = FileCancel.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.cancel
              })
              break
            }
            case 6: {
              obj.alive = FileAlive.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.alive
              })
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        if (obj.alive != null) {
          delete obj.cancel
          delete obj.received
          delete obj.ack
          delete obj.decline
          delete obj.accept
        }

        if (obj.cancel != null) {
          delete obj.alive
          delete obj.received
          delete obj.ack
          delete obj.decline
          delete obj.accept
        }

        if (obj.received != null) {
          delete obj.alive
          delete obj.cancel
          delete obj.ack
          delete obj.decline
          delete obj.accept
        }

        if (obj.ack != null) {
          delete obj.alive
          delete obj.cancel
          delete obj.received
          delete obj.decline
          delete obj.accept
        }

        if (obj.decline != null) {
          delete obj.alive
          delete obj.cancel
          delete obj.received
          delete obj.ack
          delete obj.accept
        }

        if (obj.accept != null) {
          delete obj.alive
          delete obj.cancel
          delete obj.received
          delete obj.ack
          delete obj.decline
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield * FileAccept.codec().stream(reader, reader.uint32(), `${prefix}.accept`, {
                limits: opts.limits?.accept
              })

              break
            }
            case 2: {
              yield * FileDecline.codec().stream(reader, reader.uint32(), `${prefix}.decline`, {
                limits: opts.limits?.decline
              })

              break
            }
            case 3: {
              yield * FileAck.codec().stream(reader, reader.uint32(), `${prefix}.ack`, {
                limits: opts.limits?.ack
              })

              break
            }
            case 4: {
              yield * FileReceived.codec().stream(reader, reader.uint32(), `${prefix}.received`, {
                limits: opts.limits?.received
              })

              break
            }
            case 5: {
              yield * FileCancel.codec().stream(reader, reader.uint32(), `${prefix}.cancel`, {
                limits: opts.limits?.cancel
              })

              break
            }
            case 6: {
              yield * FileAlive.codec().stream(reader, reader.uint32(), `${prefix}.alive`, {
                limits: opts.limits?.alive
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

  export interface FromReceiverAcceptPlacesChunksFieldEvent {
    field: '$.accept.places[].chunks'
    value: number
    index: number
  }

  export interface FromReceiverAcceptPlacesRootFieldEvent {
    field: '$.accept.places[].root'
    value: Uint8Array
    index: number
  }

  export interface FromReceiverAcceptWindowFieldEvent {
    field: '$.accept.window'
    value: number
  }

  export interface FromReceiverDeclineReasonFieldEvent {
    field: '$.decline.reason'
    value: string
  }

  export interface FromReceiverDeclineTextFieldEvent {
    field: '$.decline.text'
    value: string
  }

  export interface FromReceiverAckChunksFieldEvent {
    field: '$.ack.chunks'
    value: number
  }

  export interface FromReceiverReceivedBytesFieldEvent {
    field: '$.received.bytes'
    value: number
  }

  export interface FromReceiverReceivedRootFieldEvent {
    field: '$.received.root'
    value: Uint8Array
  }

  export interface FromReceiverCancelReasonFieldEvent {
    field: '$.cancel.reason'
    value: string
  }

  export interface FromReceiverCancelTextFieldEvent {
    field: '$.cancel.text'
    value: string
  }

  export function encode (obj: Partial<FromReceiver>): Uint8Array {
    return encodeMessage(obj, FromReceiver.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<FromReceiver>): FromReceiver {
    return decodeMessage(buf, FromReceiver.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<FromReceiver>): Generator<FromReceiverAcceptPlacesChunksFieldEvent | FromReceiverAcceptPlacesRootFieldEvent | FromReceiverAcceptWindowFieldEvent | FromReceiverDeclineReasonFieldEvent | FromReceiverDeclineTextFieldEvent | FromReceiverAckChunksFieldEvent | FromReceiverReceivedBytesFieldEvent | FromReceiverReceivedRootFieldEvent | FromReceiverCancelReasonFieldEvent | FromReceiverCancelTextFieldEvent> {
    return streamMessage(buf, FromReceiver.codec(), opts)
  }
}

export interface FileOffer {
  id: Uint8Array
  name: string
  type: string
  size?: number
}

export namespace FileOffer {
  let _codec: Codec<FileOffer>

  export const codec = (): Codec<FileOffer> => {
    if (_codec == null) {
      _codec = message<FileOffer>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.id != null && obj.id.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.id)
        }

        if ((obj.name != null && obj.name !== '')) {
          w.uint32(18)
          w.string(obj.name)
        }

        if ((obj.type != null && obj.type !== '')) {
          w.uint32(26)
          w.string(obj.type)
        }

        if (obj.size != null) {
          w.uint32(32)
          w.uint64Number(obj.size)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          id: uint8ArrayAlloc(0),
          name: '',
          type: ''
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
              obj.name = reader.string()
              break
            }
            case 3: {
              obj.type = reader.string()
              break
            }
            case 4: {
              obj.size = reader.uint64Number()
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
                field: `${prefix}.name`,
                value: reader.string()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.type`,
                value: reader.string()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.size`,
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

  export interface FileOfferIdFieldEvent {
    field: '$.id'
    value: Uint8Array
  }

  export interface FileOfferNameFieldEvent {
    field: '$.name'
    value: string
  }

  export interface FileOfferTypeFieldEvent {
    field: '$.type'
    value: string
  }

  export interface FileOfferSizeFieldEvent {
    field: '$.size'
    value: number
  }

  export function encode (obj: Partial<FileOffer>): Uint8Array {
    return encodeMessage(obj, FileOffer.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<FileOffer>): FileOffer {
    return decodeMessage(buf, FileOffer.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<FileOffer>): Generator<FileOfferIdFieldEvent | FileOfferNameFieldEvent | FileOfferTypeFieldEvent | FileOfferSizeFieldEvent> {
    return streamMessage(buf, FileOffer.codec(), opts)
  }
}

export interface FileAccept {
  places: FilePlace[]
  window: number
}

export namespace FileAccept {
  let _codec: Codec<FileAccept>

  export const codec = (): Codec<FileAccept> => {
    if (_codec == null) {
      _codec = message<FileAccept>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.places != null && obj.places.length > 0) {
          for (const value of obj.places) {
            w.uint32(10)
            FilePlace.codec().encode(value, w)
          }
        }

        if ((obj.window != null && obj.window !== 0)) {
          w.uint32(16)
          w.uint32(obj.window)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          places: [],
          window: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.places != null && obj.places.length === opts.limits.places) {
                throw new MaxLengthError('Decode error - repeated field "places" had too many elements')
              }

              obj.places.push(FilePlace.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.places$
              }))
              break
            }
            case 2: {
              obj.window = reader.uint32()
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
          places: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.places != null && obj.places === opts.limits.places) {
                throw new MaxLengthError('Streaming decode error - repeated field "places" had too many elements')
              }

              for (const evt of FilePlace.codec().stream(reader, reader.uint32(), `${prefix}.places[]`, {
                limits: opts.limits?.places$
              })) {
                yield {
                  ...evt,
                  index: obj.places
                }
              }

              obj.places++

              break
            }
            case 2: {
              yield {
                field: `${prefix}.window`,
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

  export interface FileAcceptPlacesChunksFieldEvent {
    field: '$.places[].chunks'
    value: number
    index: number
  }

  export interface FileAcceptPlacesRootFieldEvent {
    field: '$.places[].root'
    value: Uint8Array
    index: number
  }

  export interface FileAcceptWindowFieldEvent {
    field: '$.window'
    value: number
  }

  export function encode (obj: Partial<FileAccept>): Uint8Array {
    return encodeMessage(obj, FileAccept.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<FileAccept>): FileAccept {
    return decodeMessage(buf, FileAccept.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<FileAccept>): Generator<FileAcceptPlacesChunksFieldEvent | FileAcceptPlacesRootFieldEvent | FileAcceptWindowFieldEvent> {
    return streamMessage(buf, FileAccept.codec(), opts)
  }
}

export interface FilePlace {
  chunks: number
  root: Uint8Array
}

export namespace FilePlace {
  let _codec: Codec<FilePlace>

  export const codec = (): Codec<FilePlace> => {
    if (_codec == null) {
      _codec = message<FilePlace>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.chunks != null && obj.chunks !== 0)) {
          w.uint32(8)
          w.uint64Number(obj.chunks)
        }

        if ((obj.root != null && obj.root.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.root)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          chunks: 0,
          root: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.chunks = reader.uint64Number()
              break
            }
            case 2: {
              obj.root = reader.bytes()
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
                field: `${prefix}.chunks`,
                value: reader.uint64Number()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.root`,
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

  export interface FilePlaceChunksFieldEvent {
    field: '$.chunks'
    value: number
  }

  export interface FilePlaceRootFieldEvent {
    field: '$.root'
    value: Uint8Array
  }

  export function encode (obj: Partial<FilePlace>): Uint8Array {
    return encodeMessage(obj, FilePlace.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<FilePlace>): FilePlace {
    return decodeMessage(buf, FilePlace.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<FilePlace>): Generator<FilePlaceChunksFieldEvent | FilePlaceRootFieldEvent> {
    return streamMessage(buf, FilePlace.codec(), opts)
  }
}

export interface FileBegin {
  chunks: number
}

export namespace FileBegin {
  let _codec: Codec<FileBegin>

  export const codec = (): Codec<FileBegin> => {
    if (_codec == null) {
      _codec = message<FileBegin>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.chunks != null && obj.chunks !== 0)) {
          w.uint32(8)
          w.uint64Number(obj.chunks)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          chunks: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.chunks = reader.uint64Number()
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
                field: `${prefix}.chunks`,
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

  export interface FileBeginChunksFieldEvent {
    field: '$.chunks'
    value: number
  }

  export function encode (obj: Partial<FileBegin>): Uint8Array {
    return encodeMessage(obj, FileBegin.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<FileBegin>): FileBegin {
    return decodeMessage(buf, FileBegin.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<FileBegin>): Generator<FileBeginChunksFieldEvent> {
    return streamMessage(buf, FileBegin.codec(), opts)
  }
}

export interface FileChunk {
  index: number
  sha256: Uint8Array
  data: Uint8Array
}

export namespace FileChunk {
  let _codec: Codec<FileChunk>

  export const codec = (): Codec<FileChunk> => {
    if (_codec == null) {
      _codec = message<FileChunk>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.index != null && obj.index !== 0)) {
          w.uint32(8)
          w.uint64Number(obj.index)
        }

        if ((obj.sha256 != null && obj.sha256.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.sha256)
        }

        if ((obj.data != null && obj.data.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.data)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          index: 0,
          sha256: uint8ArrayAlloc(0),
          data: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.index = reader.uint64Number()
              break
            }
            case 2: {
              obj.sha256 = reader.bytes()
              break
            }
            case 3: {
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
                field: `${prefix}.index`,
                value: reader.uint64Number()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.sha256`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
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

  export interface FileChunkIndexFieldEvent {
    field: '$.index'
    value: number
  }

  export interface FileChunkSha256FieldEvent {
    field: '$.sha256'
    value: Uint8Array
  }

  export interface FileChunkDataFieldEvent {
    field: '$.data'
    value: Uint8Array
  }

  export function encode (obj: Partial<FileChunk>): Uint8Array {
    return encodeMessage(obj, FileChunk.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<FileChunk>): FileChunk {
    return decodeMessage(buf, FileChunk.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<FileChunk>): Generator<FileChunkIndexFieldEvent | FileChunkSha256FieldEvent | FileChunkDataFieldEvent> {
    return streamMessage(buf, FileChunk.codec(), opts)
  }
}

export interface FileDone {
  bytes: number
  root: Uint8Array
}

export namespace FileDone {
  let _codec: Codec<FileDone>

  export const codec = (): Codec<FileDone> => {
    if (_codec == null) {
      _codec = message<FileDone>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.bytes != null && obj.bytes !== 0)) {
          w.uint32(8)
          w.uint64Number(obj.bytes)
        }

        if ((obj.root != null && obj.root.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.root)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          bytes: 0,
          root: uint8ArrayAlloc(0)
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
              obj.root = reader.bytes()
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
                field: `${prefix}.root`,
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

  export interface FileDoneBytesFieldEvent {
    field: '$.bytes'
    value: number
  }

  export interface FileDoneRootFieldEvent {
    field: '$.root'
    value: Uint8Array
  }

  export function encode (obj: Partial<FileDone>): Uint8Array {
    return encodeMessage(obj, FileDone.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<FileDone>): FileDone {
    return decodeMessage(buf, FileDone.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<FileDone>): Generator<FileDoneBytesFieldEvent | FileDoneRootFieldEvent> {
    return streamMessage(buf, FileDone.codec(), opts)
  }
}

export interface FileAck {
  chunks: number
}

export namespace FileAck {
  let _codec: Codec<FileAck>

  export const codec = (): Codec<FileAck> => {
    if (_codec == null) {
      _codec = message<FileAck>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.chunks != null && obj.chunks !== 0)) {
          w.uint32(8)
          w.uint64Number(obj.chunks)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          chunks: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.chunks = reader.uint64Number()
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
                field: `${prefix}.chunks`,
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

  export interface FileAckChunksFieldEvent {
    field: '$.chunks'
    value: number
  }

  export function encode (obj: Partial<FileAck>): Uint8Array {
    return encodeMessage(obj, FileAck.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<FileAck>): FileAck {
    return decodeMessage(buf, FileAck.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<FileAck>): Generator<FileAckChunksFieldEvent> {
    return streamMessage(buf, FileAck.codec(), opts)
  }
}

export interface FileReceived {
  bytes: number
  root: Uint8Array
}

export namespace FileReceived {
  let _codec: Codec<FileReceived>

  export const codec = (): Codec<FileReceived> => {
    if (_codec == null) {
      _codec = message<FileReceived>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.bytes != null && obj.bytes !== 0)) {
          w.uint32(8)
          w.uint64Number(obj.bytes)
        }

        if ((obj.root != null && obj.root.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.root)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          bytes: 0,
          root: uint8ArrayAlloc(0)
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
              obj.root = reader.bytes()
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
                field: `${prefix}.root`,
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

  export interface FileReceivedBytesFieldEvent {
    field: '$.bytes'
    value: number
  }

  export interface FileReceivedRootFieldEvent {
    field: '$.root'
    value: Uint8Array
  }

  export function encode (obj: Partial<FileReceived>): Uint8Array {
    return encodeMessage(obj, FileReceived.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<FileReceived>): FileReceived {
    return decodeMessage(buf, FileReceived.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<FileReceived>): Generator<FileReceivedBytesFieldEvent | FileReceivedRootFieldEvent> {
    return streamMessage(buf, FileReceived.codec(), opts)
  }
}

export interface FileDecline {
  reason: string
  text: string
}

export namespace FileDecline {
  let _codec: Codec<FileDecline>

  export const codec = (): Codec<FileDecline> => {
    if (_codec == null) {
      _codec = message<FileDecline>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.reason != null && obj.reason !== '')) {
          w.uint32(10)
          w.string(obj.reason)
        }

        if ((obj.text != null && obj.text !== '')) {
          w.uint32(18)
          w.string(obj.text)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          reason: '',
          text: ''
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.reason = reader.string()
              break
            }
            case 2: {
              obj.text = reader.string()
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
                field: `${prefix}.reason`,
                value: reader.string()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.text`,
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

  export interface FileDeclineReasonFieldEvent {
    field: '$.reason'
    value: string
  }

  export interface FileDeclineTextFieldEvent {
    field: '$.text'
    value: string
  }

  export function encode (obj: Partial<FileDecline>): Uint8Array {
    return encodeMessage(obj, FileDecline.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<FileDecline>): FileDecline {
    return decodeMessage(buf, FileDecline.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<FileDecline>): Generator<FileDeclineReasonFieldEvent | FileDeclineTextFieldEvent> {
    return streamMessage(buf, FileDecline.codec(), opts)
  }
}

export interface FileCancel {
  reason: string
  text: string
}

export namespace FileCancel {
  let _codec: Codec<FileCancel>

  export const codec = (): Codec<FileCancel> => {
    if (_codec == null) {
      _codec = message<FileCancel>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.reason != null && obj.reason !== '')) {
          w.uint32(10)
          w.string(obj.reason)
        }

        if ((obj.text != null && obj.text !== '')) {
          w.uint32(18)
          w.string(obj.text)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          reason: '',
          text: ''
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.reason = reader.string()
              break
            }
            case 2: {
              obj.text = reader.string()
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
                field: `${prefix}.reason`,
                value: reader.string()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.text`,
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

  export interface FileCancelReasonFieldEvent {
    field: '$.reason'
    value: string
  }

  export interface FileCancelTextFieldEvent {
    field: '$.text'
    value: string
  }

  export function encode (obj: Partial<FileCancel>): Uint8Array {
    return encodeMessage(obj, FileCancel.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<FileCancel>): FileCancel {
    return decodeMessage(buf, FileCancel.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<FileCancel>): Generator<FileCancelReasonFieldEvent | FileCancelTextFieldEvent> {
    return streamMessage(buf, FileCancel.codec(), opts)
  }
}

export interface FileAlive {}

export namespace FileAlive {
  let _codec: Codec<FileAlive>

  export const codec = (): Codec<FileAlive> => {
    if (_codec == null) {
      _codec = message<FileAlive>((obj, w, opts = {}) => {
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

  export function encode (obj: Partial<FileAlive>): Uint8Array {
    return encodeMessage(obj, FileAlive.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<FileAlive>): FileAlive {
    return decodeMessage(buf, FileAlive.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<FileAlive>): Generator<{}> {
    return streamMessage(buf, FileAlive.codec(), opts)
  }
}
