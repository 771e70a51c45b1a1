import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { directProtocol, messageCodec, receiptCodec, receiptsCodec } from '../../src/services/messaging/direct/message.ts'
import { Message, Receipt, Receipts } from '../../src/services/messaging/pb/messaging.ts'
import { WireOversizeError } from '../../src/wire/errors.ts'
import type { Codec } from '../../src/wire/protocol.ts'

interface Vector { protocol?: string, message: string, name: string, hex: string, value?: object, fault?: string }

const types: Record<string, { raw: Codec<any>, codec: Codec<any> }> = {
  Message: { raw: Message, codec: messageCodec },
  Receipt: { raw: Receipt, codec: receiptCodec },
  Receipts: { raw: Receipts, codec: receiptsCodec }
}

const read = async (path: string): Promise<string> => await readFile(fileURLToPath(new URL(`../../protocols/messaging/${path}`, import.meta.url)), 'utf8')
const bytesOf = (hex: string): Uint8Array => fromString(hex, 'base16')
/** Byte fields as hex, as in the vectors. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value, (_, field: unknown) => field instanceof Uint8Array ? toString(field, 'base16') : field))

function faultOf (codec: Codec<unknown>, hex: string): string {
  try {
    codec.decode(bytesOf(hex))
    return 'none'
  } catch (err) {
    return err instanceof WireOversizeError ? 'oversize' : 'undecodable'
  }
}

describe('protocols: direct messages', () => {
  it('are the bytes that the vectors say', async () => {
    const { messages, invalid, future } = JSON.parse(await read('vectors.json')) as Record<'messages' | 'invalid' | 'future', Vector[]>
    for (const { protocol, message, name, hex, value } of messages) {
      const { raw, codec } = types[message]!
      expect(protocol).to.equal(directProtocol.ids[0])
      expect(plain(raw.decode(bytesOf(hex))), name).to.deep.equal(value)
      expect(toString(codec.encode(codec.decode(bytesOf(hex))), 'base16'), name).to.equal(hex)
    }
    for (const { message, name, hex, fault } of invalid) expect(faultOf(types[message]!.codec, hex), name).to.equal(fault)
    expect(future.map(({ message, hex }) => types[message]!.codec.decode(bytesOf(hex)) as object).map(value => 'encoding' in value ? value.encoding : value))
      .to.deep.equal(['other', 'json', { status: 'later', retryAfterMs: 0 }])
  })

  it('are documented with examples that decode, and with the limits that the program has', async () => {
    const text = await read('README.md')
    const examples = [...text.matchAll(/```hex (\w+)\n([0-9a-f\s]+)```/g)]
    expect(examples).to.have.length(2)
    for (const [, type, hex] of examples) expect(faultOf(types[type!]!.codec, hex!.trim())).to.equal('none')
    const { ids: [id], maxRequestBytes, maxResponseBytes, timeoutMs, maxConcurrent, rate, runOnLimitedConnection } = directProtocol
    const number = (value: number): string => value.toLocaleString('en')
    expect(text).to.contain(`| \`${id}\` | ${number(maxRequestBytes)} bytes | ${maxResponseBytes} bytes | ${timeoutMs / 1000} s | ${maxConcurrent} | ${number(rate.perSecond)}/s, burst ${number(rate.burst)} | ${runOnLimitedConnection ? 'yes' : 'no'} |`)
  })
})
