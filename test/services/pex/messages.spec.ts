import { expect } from 'chai'
import * as fc from 'fast-check'
import { ROLES } from '../../../src/components.ts'
import { MAX_ENTRIES, MAX_FRAME_BYTES, MAX_REQUEST_BYTES } from '../../../src/services/pex/constants.ts'
import { pexProtocol, pexPushProtocol } from '../../../src/services/pex/messages.ts'
import { goodbyeProtocol } from '../../../src/services/pool/goodbye.ts'
import { seededRng } from '../../../src/util/rng.ts'
import { MAX_RECORD_BYTES } from '../../../src/wire/signed-record.ts'
import type { PexResponse } from '../../../src/services/pex/messages.ts'
import type { Codec } from '../../../src/wire/protocol.ts'
import type { Rng } from '../../../src/util/rng.ts'

const response = pexProtocol.response as Codec<PexResponse>

const roles = fc.subarray([...ROLES])
const record = fc.uint8Array({ minLength: 1, maxLength: 300 })
const network = fc.string({ minLength: 1, maxLength: 16, unit: 'grapheme' }).filter(text => new TextEncoder().encode(text).byteLength <= 64)
const entry = fc.record({ record, roles })
const introduction = { network, roles, record }

const messages = {
  request: fc.record({ ...introduction, limit: fc.nat(MAX_ENTRIES) }, { requiredKeys: ['network', 'roles', 'limit'] }),
  response: fc.record({ ...introduction, status: fc.constantFrom<PexResponse['status'][]>('ok', 'wrong-network', 'other'), entries: fc.array(entry, { maxLength: MAX_ENTRIES }) }, { requiredKeys: ['network', 'roles', 'status', 'entries'] }),
  push: fc.record({ entries: fc.array(entry, { minLength: 1, maxLength: MAX_ENTRIES }) }),
  goodbye: fc.record({
    reason: fc.constantFrom('evicted', 'duplicate', 'feeler', 'shutdown', 'requested', 'too-many-peers', 'banned', 'wrong-network', 'unresponsive', 'misbehaviour'),
    retryAfterMs: fc.nat()
  }, { requiredKeys: ['reason'] })
}

const codecs: Record<keyof typeof messages, Codec<any>> = {
  request: pexProtocol.request, response, push: pexPushProtocol.request, goodbye: goodbyeProtocol.request
}

describe('pex and goodbye: messages', () => {
  for (const [name, arbitrary] of Object.entries(messages)) {
    const codec = codecs[name as keyof typeof messages]

    it(`${name}: decoding undoes encoding`, () => {
      fc.assert(fc.property(arbitrary as fc.Arbitrary<unknown>, value => {
        expect(codec.decode(codec.encode(value))).to.deep.equal(value)
      }), { seed: 1, numRuns: 300 })
    })

    it(`${name}: 20,000 random and mutated frames are decoded within the limits, or refused`, function () {
      this.timeout(60_000)
      const rng = seededRng(7)
      const samples = fc.sample(arbitrary as fc.Arbitrary<unknown>, { seed: 2, numRuns: 50 }).map(value => codec.encode(value))
      let refused = 0
      for (let i = 0; i < 20_000; i++) {
        const frame = i % 2 === 0 ? rng.bytes(rng.int(200)) : mutated(samples[rng.int(samples.length)] as Uint8Array, rng)
        try {
          expectBounded(codec.decode(frame))
        } catch (err) {
          if (err instanceof Error && err.name === 'AssertionError') throw err
          expect(err).to.be.instanceOf(Error)
          refused++
        }
      }
      expect(refused).to.be.within(100, 19_999)
    })
  }

  const entries = (count: number, bytes = 1): Array<{ record: Uint8Array, roles: [] }> => Array.from({ length: count }, () => ({ record: new Uint8Array(bytes).fill(1), roles: [] }))
  const answer = (count: number, bytes?: number): PexResponse => ({ status: 'ok', network: 'main', roles: [], entries: entries(count, bytes) })

  it('has room for the largest messages within the limits', () => {
    const own = new Uint8Array(MAX_RECORD_BYTES).fill(1)
    const full = { ...answer(MAX_ENTRIES, MAX_RECORD_BYTES), network: 'x'.repeat(64), record: own }
    expect(response.encode(full).byteLength).to.be.at.most(MAX_FRAME_BYTES)
    expect(response.decode(response.encode(full))).to.deep.equal(full)
    expect(pexPushProtocol.request.encode({ entries: full.entries }).byteLength).to.be.at.most(MAX_FRAME_BYTES)
    expect(pexProtocol.request.encode({ network: full.network, roles: [], record: own, limit: 32 }).byteLength).to.be.at.most(MAX_REQUEST_BYTES)
  })

  const over: Array<[string, () => unknown]> = [
    ['33 entries', () => response.decode(response.encode(answer(33)))],
    ['33 pushed entries', () => pexPushProtocol.request.decode(pexPushProtocol.request.encode({ entries: entries(33) }))],
    ['an entry of 4,097 bytes', () => response.decode(response.encode(answer(1, 4_097)))],
    ['an own record of 4,097 bytes', () => pexProtocol.request.decode(pexProtocol.request.encode({ network: 'main', roles: [], record: new Uint8Array(4_097), limit: 0 }))],
    ['a network name of 65 bytes', () => pexProtocol.request.decode(pexProtocol.request.encode({ network: 'x'.repeat(65), roles: [], limit: 0 }))],
    ['a network name of 33 letters of two bytes', () => pexProtocol.request.decode(pexProtocol.request.encode({ network: 'é'.repeat(33), roles: [], limit: 0 }))]
  ]
  for (const [what, decode] of over) {
    it(`refuses ${what}`, () => {
      expect(decode).to.throw().with.property('code', 'WIRE_OVERSIZE')
    })
  }

  it('refuses what lacks a part', () => {
    for (const codec of [pexProtocol.request, response, pexPushProtocol.request]) expect(() => codec.decode(new Uint8Array(0))).to.throw()
    expect(() => response.decode(response.encode({ ...answer(1), entries: [{ record: new Uint8Array(0), roles: [] }] }))).to.throw('without a record')
  })

  it('understands what a later version may send', () => {
    // reason 99, status 9, role bit 17, an unknown field 15
    expect(goodbyeProtocol.request.decode(Uint8Array.of(0x08, 99))).to.deep.equal({ reason: 'requested' })
    expect(goodbyeProtocol.request.decode(new Uint8Array(0))).to.deep.equal({ reason: 'requested' })
    const later = Uint8Array.of(0x08, 9, 0x12, 1, 0x61, 0x18, 0x81, 0x80, 0x08, 0x7a, 1, 0)
    expect(response.decode(later)).to.deep.equal({ status: 'other', network: 'a', roles: ['full'], entries: [] })
  })
})

function mutated (bytes: Uint8Array, rng: Rng): Uint8Array {
  const out = [...bytes]
  for (let n = 1 + rng.int(4); n > 0; n--) {
    const at = rng.int(out.length + 1)
    const kind = rng.int(3)
    if (kind === 0) out[at] = rng.int(256)
    else out.splice(at, kind === 1 ? 1 + rng.int(4) : 0, ...(kind === 2 ? rng.bytes(1 + rng.int(4)) : []))
  }
  return Uint8Array.from(out)
}

function expectBounded (value: { entries?: unknown[], record?: Uint8Array, network?: string, limit?: number }): void {
  expect(value.entries?.length ?? 0).to.be.at.most(MAX_ENTRIES)
  expect(value.record?.byteLength ?? 0).to.be.at.most(MAX_RECORD_BYTES)
  expect(value.network?.length ?? 0).to.be.at.most(64)
  expect(value.limit ?? 0).to.be.at.most(MAX_ENTRIES)
}
