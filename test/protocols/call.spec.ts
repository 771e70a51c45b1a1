import { readFile } from 'node:fs/promises'
import { expect } from 'chai'
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { ProtocolFailure } from '../../src/services/protocols/index.ts'
import { WireRemoteError } from '../../src/wire/errors.ts'
import { encodeFailure } from '../../src/wire/failure.ts'
import { FrameReader, writeFrame } from '../../src/wire/mux/frame.ts'
import { FAILURE_MARK, MessageSplitter, prefixOf } from '../../src/wire/plain/message-splitter.ts'
import { eventually } from '../support/eventually.ts'
import { protocolPair } from '../support/protocol-nodes.ts'
import { feed, haggle, note, quote } from '../support/quote-protocols.ts'
import type { WireError } from '../../src/wire/errors.ts'
import type { Kind } from '../../src/wire/mux/frame.ts'
import type { ProtocolPair } from '../support/protocol-nodes.ts'

interface Vector { name: string, hex: string }

interface Vectors {
  frames: Array<Vector & { message: string }>
  failures: Array<Vector & { code: string, message: string, encoded?: string }>
  refused: Array<Vector & { maxBytes: number, failures: boolean, fault: string }>
  exchanges: Array<{ name: string, id: string, caller: string, callee: string }>
  muxFrames: Array<Vector & { callId: number, kind: Kind, payload: string }>
  muxRefused: Array<Vector & { fault: string }>
}

const FOLDER = new URL('../../protocols/call/', import.meta.url)
const bytesOf = (hex: string): Uint8Array => fromString(hex, 'base16')
const hexOf = (...parts: Uint8Array[]): string => parts.map(part => toString(part, 'base16')).join('')
const vectors = JSON.parse(await readFile(new URL('vectors.json', FOLDER), 'utf8')) as Vectors

function thrown (read: () => unknown): unknown {
  try {
    read()
  } catch (err) {
    return err
  }
  return undefined
}

describe('protocols: calls', () => {
  for (const { name, hex, message } of vectors.frames) {
    it(`a frame: ${name}`, () => {
      const splitter = new MessageSplitter(1_000, true)
      splitter.push(bytesOf(hex))
      expect(hexOf(splitter.next()!)).to.equal(message)
      expect(hexOf(prefixOf(message.length / 2), bytesOf(message))).to.equal(hex)
    })
  }

  for (const { name, hex, code, message, encoded = hex } of vectors.failures) {
    it(`a failure: ${name}`, () => {
      const splitter = new MessageSplitter(1_000, true)
      splitter.push(bytesOf(hex))
      const error = thrown(() => splitter.next()) as WireRemoteError
      expect(error).to.be.instanceOf(WireRemoteError)
      expect(error.remoteCode).to.equal(code)
      expect(error.message).to.contain(message)
      const failure = encodeFailure(code, message)
      expect(hexOf(FAILURE_MARK, prefixOf(failure.byteLength), failure)).to.equal(encoded)
    })
  }

  for (const { name, hex, maxBytes, failures, fault } of vectors.refused) {
    it(`refused: ${name}`, () => {
      const splitter = new MessageSplitter(maxBytes, failures)
      splitter.push(bytesOf(hex))
      expect((thrown(() => splitter.next()) as WireError | undefined)?.fault).to.equal(fault)
    })
  }

  for (const { name, hex, callId, kind, payload } of vectors.muxFrames) {
    it(`a frame of many calls: ${name}`, () => {
      const reader = new FrameReader()
      reader.push(bytesOf(hex))
      expect(reader.next()).to.equal(true)
      expect([reader.id, reader.kind, hexOf(reader.payload)]).to.deep.equal([callId, kind, payload])
      const target = new Uint8Array(100)
      const bytes = bytesOf(payload)
      expect(hexOf(target.subarray(0, writeFrame(target, 0, callId, kind, bytes, 0, bytes.byteLength)))).to.equal(hex)
    })
  }

  for (const { name, hex, fault } of vectors.muxRefused) {
    it(`refused among many calls: ${name}`, () => {
      const reader = new FrameReader()
      reader.push(bytesOf(hex))
      expect((thrown(() => reader.next()) as WireError | undefined)?.fault).to.equal(fault)
    })
  }

  describe('on streams of a node', () => {
    let pair: ProtocolPair
    before(async () => {
      pair = await protocolPair()
      const { protocols } = pair.server.services
      await protocols.handle(quote, ({ item }) => {
        if (item === 'broken') throw new Error('the shelf fell down')
        if (item === '') throw new ProtocolFailure('not-sold', 'there is nothing without a name here')
        return { price: item.length }
      })
      await protocols.handle(note, () => {})
      await protocols.handle(feed, async function * (count) {
        for (let i = 0; i < Math.abs(count); i++) yield i
        if (count < 0) throw new Error('the shelf fell down')
      })
      await protocols.handle(haggle, async function * (offers) { for await (const offer of offers) yield offer + 1 })
    })
    after(async () => { await pair.stop() })

    for (const { name, id, caller, callee } of vectors.exchanges) {
      it(name, async () => {
        const stream = await pair.connection.newStream(id)
        const heard: Uint8Array[] = []
        stream.addEventListener('message', ({ data }) => { heard.push(data.slice()) })
        stream.send(bytesOf(caller))
        await stream.close()
        await eventually('the node has closed', () => stream.status === 'closed' || stream.status === 'reset')
        expect(stream.status).to.equal('closed')
        expect(hexOf(...heard)).to.equal(callee)
      })
    }
  })

  describe('README', () => {
    let readme: string
    before(async () => { readme = await readFile(new URL('README.md', FOLDER), 'utf8') })

    it('has examples whose bytes are in the vectors', () => {
      const known = new Set(vectors.exchanges.flatMap(({ caller, callee }) => [caller, callee]).concat(vectors.failures.map(({ hex }) => hex)))
      const examples = [...readme.matchAll(/```hex\n([0-9a-f\s]+)```/g)].map(match => match[1]!.replaceAll(/\s/g, ''))
      expect(examples).to.have.length.of.at.least(3)
      for (const example of examples) expect(known, example).to.include(example)
    })

    it('states the defaults that the program has', () => {
      const { maxRequestBytes, timeoutMs, maxConcurrent } = quote
      for (const text of [`${maxRequestBytes / 1024} KiB`, `${timeoutMs / 1000} s`, String(maxConcurrent), String(feed.maxConcurrent)]) expect(readme).to.contain(text)
    })
  })
})
