// Generated from src/services/messaging/pb/file-store.proto by scripts/generate-protocols.mjs: change that, not this.
// @ts-nocheck: protons declares parameters that it does not use
import { decodeMessage, encodeMessage, message, streamMessage } from 'protons-runtime'
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc'
import type { Codec, DecodeOptions } from 'protons-runtime'

export interface StoredFile {
  chunks: number
  bytes: number
  peaks: Uint8Array
  finished: boolean
  updatedMs: number
}

export namespace StoredFile {
  let _codec: Codec<StoredFile>

  export const codec = (): Codec<StoredFile> => {
    if (_codec == null) {
      _codec = message<StoredFile>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.chunks != null && obj.chunks !== 0)) {
          w.uint32(8)
          w.uint64Number(obj.chunks)
        }

        if ((obj.bytes != null && obj.bytes !== 0)) {
          w.uint32(16)
          w.uint64Number(obj.bytes)
        }

        if ((obj.peaks != null && obj.peaks.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.peaks)
        }

        if ((obj.finished != null && obj.finished !== false)) {
          w.uint32(32)
          w.bool(obj.finished)
        }

        if ((obj.updatedMs != null && obj.updatedMs !== 0)) {
          w.uint32(40)
          w.uint64Number(obj.updatedMs)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          chunks: 0,
          bytes: 0,
          peaks: uint8ArrayAlloc(0),
          finished: false,
          updatedMs: 0
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
              obj.bytes = reader.uint64Number()
              break
            }
            case 3: {
              obj.peaks = reader.bytes()
              break
            }
            case 4: {
              obj.finished = reader.bool()
              break
            }
            case 5: {
              obj.updatedMs = reader.uint64Number()
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
                field: `${prefix}.bytes`,
                value: reader.uint64Number()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.peaks`,
                value: reader.bytes()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.finished`,
                value: reader.bool()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.updatedMs`,
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

  export interface StoredFileChunksFieldEvent {
    field: '$.chunks'
    value: number
  }

  export interface StoredFileBytesFieldEvent {
    field: '$.bytes'
    value: number
  }

  export interface StoredFilePeaksFieldEvent {
    field: '$.peaks'
    value: Uint8Array
  }

  export interface StoredFileFinishedFieldEvent {
    field: '$.finished'
    value: boolean
  }

  export interface StoredFileUpdatedMsFieldEvent {
    field: '$.updatedMs'
    value: number
  }

  export function encode (obj: Partial<StoredFile>): Uint8Array {
    return encodeMessage(obj, StoredFile.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<StoredFile>): StoredFile {
    return decodeMessage(buf, StoredFile.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<StoredFile>): Generator<StoredFileChunksFieldEvent | StoredFileBytesFieldEvent | StoredFilePeaksFieldEvent | StoredFileFinishedFieldEvent | StoredFileUpdatedMsFieldEvent> {
    return streamMessage(buf, StoredFile.codec(), opts)
  }
}
