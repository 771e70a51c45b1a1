import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'chai'
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { pexProtocol, pexPushProtocol } from '../../src/services/pex/messages.ts'
import { Push, Request, Response } from '../../src/services/pex/pb/pex.ts'
import { goodbyeProtocol } from '../../src/services/pool/goodbye.ts'
import { Goodbye } from '../../src/services/pool/pb/goodbye.ts'
import { WireOversizeError } from '../../src/wire/errors.ts'
import { readRecord, sealRecord, verifyRecord } from '../../src/wire/signed-record.ts'
import { rejection } from '../support/rejection.ts'
import type { Codec, MessageProtocol } from '../../src/wire/protocol.ts'
import type { SignedRecord } from '../../src/wire/signed-record.ts'

interface Vector {
  name: string
  hex: string
}

interface MessageVector extends Vector {
  message: string
  protocol: string
  value: object
}

const protocols = fileURLToPath(new URL('../../protocols/', import.meta.url))

/** Each message type as generated, and as the program reads and writes it. */
const messages: Record<string, { id: string, raw: Codec<any>, codec: Codec<any> }> = {
  Request: { id: pexProtocol.id, raw: Request, codec: pexProtocol.request },
  Response: { id: pexProtocol.id, raw: Response, codec: pexProtocol.response! },
  Push: { id: pexPushProtocol.id, raw: Push, codec: pexPushProtocol.request },
  Goodbye: { id: goodbyeProtocol.id, raw: Goodbye, codec: goodbyeProtocol.request }
}

const read = async (path: string): Promise<string> => readFile(protocols + path, 'utf8')
const bytesOf = (hex: string): Uint8Array => fromString(hex, 'base16')
/** Byte fields as hex, as in the vectors. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value, (_, field: unknown) => field instanceof Uint8Array ? toString(field, 'base16') : field))

async function verified (hex: string): Promise<SignedRecord> {
  const record = readRecord(bytesOf(hex))
  await verifyRecord(record)
  return record
}

function expectRefused (codec: Codec<unknown>, { hex, fault, name }: Vector & { fault: string }): void {
  let error: unknown
  try {
    codec.decode(bytesOf(hex))
  } catch (err) {
    error = err
  }
  expect(error, name).to.be.instanceOf(Error)
  expect(error instanceof WireOversizeError ? 'oversize' : 'undecodable', name).to.equal(fault)
}

describe('protocols: vectors', () => {
  it('pex: messages', async () => {
    const vectors = JSON.parse(await read('pex/vectors.json')) as { messages: MessageVector[], invalid: Array<MessageVector & { fault: string }> }
    for (const { message, protocol, name, hex, value } of vectors.messages) {
      const { id, raw, codec } = messages[message]!
      expect(protocol).to.equal(id)
      expect(plain(raw.decode(bytesOf(hex))), name).to.deep.equal(value)
      expect(toString(codec.encode(codec.decode(bytesOf(hex))), 'base16'), name).to.equal(hex)
    }
    for (const vector of vectors.invalid) expectRefused(messages[vector.message]!.codec, vector)
  })

  it('record: from the seed to the signature, and what is read of others', async () => {
    const vectors = JSON.parse(await read('record/vectors.json')) as {
      records: Array<{ seed: string, peerId: string, seq: string, addresses: string[], hex: string }>
      partial: Array<Vector & { addresses: string[], reencoded: string }>
      invalid: Vector[]
      unsupported: Vector[]
    }
    for (const { seed, peerId, seq, addresses, hex } of vectors.records) {
      const sealed = await sealRecord(await generateKeyPairFromSeed('Ed25519', bytesOf(seed)), addresses.map(address => multiaddr(address)), BigInt(seq))
      expect(toString(sealed.bytes, 'base16')).to.equal(hex)
      const record = await verified(hex)
      expect([record.peerId.toString(), record.seq.toString(), record.multiaddrs.map(String)]).to.deep.equal([peerId, seq, addresses])
      expect(toString(record.bytes, 'base16')).to.equal(hex)
    }
    for (const { name, hex, addresses, reencoded } of vectors.partial) {
      const record = await verified(hex)
      expect([record.multiaddrs.map(String), toString(record.bytes, 'base16')], name).to.deep.equal([addresses, reencoded])
    }
    for (const { name, hex } of vectors.invalid) expect(await rejection(verified(hex)), name).to.have.property('code', 'RECORD_INVALID')
    for (const { name, hex } of vectors.unsupported) expect(await rejection(verified(hex)), name).to.have.property('code', 'RECORD_UNSUPPORTED')
  })

  it('pool: goodbye', async () => {
    const vectors = JSON.parse(await read('pool/vectors.json')) as { messages: Array<MessageVector & { reason: string }>, future: Array<Vector & { reason: string }>, invalid: Array<Vector & { fault: string }> }
    const { raw, codec } = messages.Goodbye!
    for (const { name, hex, value, reason } of vectors.messages) {
      expect(plain(raw.decode(bytesOf(hex))), name).to.deep.equal(value)
      expect(codec.decode(bytesOf(hex)), name).to.deep.equal({ ...value, reason })
      expect(toString(codec.encode(codec.decode(bytesOf(hex))), 'base16'), name).to.equal(hex)
    }
    for (const { hex, reason } of vectors.future) expect(codec.decode(bytesOf(hex))).to.deep.equal({ reason })
    for (const vector of vectors.invalid) expectRefused(codec, vector)
  })
})

describe('protocols: documents', () => {
  const known: Array<MessageProtocol<any, any>> = [pexProtocol, pexPushProtocol, goodbyeProtocol]

  it('has in every example a message that decodes', async () => {
    let examples = 0
    for (const folder of ['pex', 'pool']) {
      for (const [, type, hex] of (await read(`${folder}/README.md`)).matchAll(/```hex (\w+)\n([0-9a-f\s]+)```/g)) {
        const { codec } = messages[type!]!
        expect(toString(codec.encode(codec.decode(bytesOf(hex!.trim()))), 'base16')).to.equal(hex!.trim())
        examples++
      }
    }
    expect(examples).to.equal(3)
  })

  it('states the limits that the program has', async () => {
    const rows = new Map([...(await read('README.md')).split('## Limits')[1]!.matchAll(/^\| `(\S+)` \| (.*) \|$/gm)].map(([, id, rest]) => [id, rest]))
    for (const { id, response, maxRequestBytes, maxResponseBytes, timeoutMs, maxInboundStreams, rate, runOnLimitedConnection } of known) {
      expect(rows.get(id)).to.equal([
        `${maxRequestBytes / 1024} KiB`,
        response == null ? '-' : `${maxResponseBytes / 1024} KiB`,
        `${timeoutMs / 1000} s`,
        maxInboundStreams,
        `${rate.perSecond}/s, burst ${rate.burst}`,
        runOnLimitedConnection === true ? 'yes' : 'no'
      ].join(' | '))
    }
  })

  it('names every protocol folder', async () => {
    const folders = (await readdir(protocols, { withFileTypes: true })).filter(entry => entry.isDirectory()).map(({ name }) => name)
    const readme = await read('README.md')
    for (const folder of folders) expect(readme).to.contain(`(${folder}/README.md)`)
  })
})
