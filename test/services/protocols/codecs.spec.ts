import { expect } from 'chai'
import * as v from 'valibot'
import * as z from 'zod'
import { bytes, codec, json } from '../../../src/services/protocols/index.ts'
import { Failure } from '../../../src/wire/pb/failure.ts'
import type { AppError } from '../../../src/errors.ts'

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)
const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

function codeOf (fn: () => unknown): string {
  try {
    fn()
  } catch (err) {
    return (err as AppError).code ?? (err as Error).name
  }
  return 'nothing'
}

describe('protocols: codecs', () => {
  const Order = z.object({ item: z.string().trim(), count: z.number().int().default(1), when: z.coerce.date().optional() })

  it('json: sends and gives what the schema makes of a value', () => {
    const orders = json(Order)
    const sent = orders.encode({ item: ' tea ', count: 2, secret: 'not to be told' } as never)
    expect(decode(sent)).to.equal('{"item":"tea","count":2}')
    expect(orders.decode(encode('{"item":"tea","more":1}'))).to.deep.equal({ item: 'tea', count: 1 })
    const when = new Date(0)
    expect(orders.decode(orders.encode({ item: 'tea', count: 1, when }))).to.deep.equal({ item: 'tea', count: 1, when })
  })

  it('json: takes any Standard Schema', () => {
    const greeting = json(v.object({ name: v.pipe(v.string(), v.minLength(1)) }))
    expect(greeting.decode(greeting.encode({ name: 'Zoë 🫖' }))).to.deep.equal({ name: 'Zoë 🫖' })
    expect(codeOf(() => greeting.encode({ name: '' }))).to.equal('WIRE_INVALID')
  })

  it('json: says where a value does not fit', () => {
    expect(() => json(Order).encode({ item: 1 as never, count: 2.5 })).to.throw(/item: .*; count: /)
    expect(() => json(z.string()).decode(encode('7'))).to.throw(/string/)
  })

  it('json: tells what does not fit from what cannot be read', () => {
    const orders = json(Order)
    expect(codeOf(() => orders.decode(encode('{"item":7}')))).to.equal('WIRE_INVALID')
    expect(codeOf(() => orders.decode(encode('{"item"')))).to.equal('SyntaxError')
    expect(codeOf(() => orders.decode(encode('')))).to.equal('SyntaxError')
    // half a character, and then a whole message: nothing is left over from the first
    expect(codeOf(() => orders.decode(Uint8Array.of(0x22, 0xe2, 0x82)))).to.equal('ERR_ENCODING_INVALID_ENCODED_DATA')
    expect(orders.decode(encode('{"item":"tea"}'))).to.deep.equal({ item: 'tea', count: 1 })
  })

  it('json: refuses what JSON has no word for', () => {
    expect(codeOf(() => json(z.any()).encode(undefined))).to.equal('WIRE_INVALID')
    expect(codeOf(() => json(z.any()).encode(10n))).to.equal('WIRE_INVALID')
    const circle: Record<string, unknown> = {}
    circle.self = circle
    expect(codeOf(() => json(z.any()).encode(circle))).to.equal('WIRE_INVALID')
  })

  it('json: refuses schemas that wait, and what is none', () => {
    const later = json(z.string().refine(async () => true))
    expect(() => later.encode('tea')).to.throw(/asynchronously/)
    expect(codeOf(() => json(z.string().refine(async () => { throw new Error('nobody hears this') })).decode(encode('"tea"')))).to.equal('WIRE_SCHEMA_UNUSABLE')
    expect(codeOf(() => json({} as never))).to.equal('WIRE_SCHEMA_UNUSABLE')
    expect(codeOf(() => json(undefined as never))).to.equal('WIRE_SCHEMA_UNUSABLE')
  })

  it('codec: protobuf by protons', () => {
    const failures = codec(Failure)
    const value = { code: 'busy', message: 'later' }
    expect(failures.decode(failures.encode(value))).to.deep.equal(value)
    expect(codeOf(() => failures.decode(Uint8Array.of(0x0a, 0xff)))).not.to.equal('nothing')
  })

  it('bytes: as they are, and nothing else', () => {
    const value = Uint8Array.of(1, 2, 3)
    expect(bytes.decode(bytes.encode(value))).to.equal(value)
    expect(codeOf(() => bytes.encode('text' as never))).to.equal('TypeError')
  })
})
