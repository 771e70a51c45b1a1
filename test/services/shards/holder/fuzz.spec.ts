import { expect } from 'chai'
import * as fc from 'fast-check'
import { makeRequest } from '../../../../src/services/shards/model/request.ts'
import { sign } from '../../../../src/services/shards/model/signed.ts'
import { Answer, Request, Signed } from '../../../../src/services/shards/pb/shards.ts'
import { Drill, PAYLOAD } from './support/drill.ts'
import { sha256 } from '@noble/hashes/sha2.js'
import type { RequestBody } from '../../../../src/services/shards/parts.ts'

const AB = ['a', 'b']
const NO_FAULT = /^(granted|UNKNOWN_VAULT|NOT_HOLDER|FORBIDDEN|STALE|RATE_LIMITED|QUOTA|NO_SPACE|EXPIRED|CONFLICT|INVALID|BAD_SUB_SHARE|NO_SHARE|NO_PAYLOAD|BUSY|UNAVAILABLE)$/

describe('shards holder: whatever comes', () => {
  let drill: Drill
  let bodies: RequestBody[]
  before(async () => {
    drill = await Drill.of(AB)
    const { manifest, signed } = await drill.store(AB)
    const propose = await drill.draft()
    const { encapsulation } = manifest.item!
    bodies = [
      { offer: { bytes: 5, expiresMs: 0 } }, { put: { payload: sha256(PAYLOAD), offset: 0, bytes: 10, data: Uint8Array.of(1) } },
      { get: { payload: manifest.item!.payload, offset: 3 } }, { prepare: { seq: 2, ballot: propose.ballot! } }, { contribute: { proposal: propose.transcript!.proposal, kems: [] } },
      { propose }, { propose: { ...propose, trial: true } }, { commit: { manifest: signed } }, { getState: { from: 0, accepted: true } }, { open: { epoch: 1, encapsulation } },
      { export: { epoch: 1 } }, { audit: { epoch: 1, nonce: new Uint8Array(32) } }, { list: {} }, { getLog: { from: 1 } }
    ]
  })
  after(async () => { await drill[Symbol.asyncDispose]() })

  /** Answered with a code of the contract, or refused as no request at all. */
  async function receive (frame: Uint8Array): Promise<string> {
    const { holder } = drill.at('a')
    try {
      const answer = Answer.decode(Signed.decode(await holder.receive(drill.at('b').peerId, frame)).content)
      const said = answer.failure?.code ?? 'granted'
      expect(said).to.match(NO_FAULT)
      return said
    } catch (err) {
      expect(err).to.have.property('code', 'SHARDS_INVALID')
      return 'rejected'
    }
  }

  async function frameOf (body: RequestBody): Promise<Uint8Array> {
    const vault = body.list == null ? drill.vault : new Uint8Array(0)
    return (await makeRequest({ vault, body, from: drill.at('b').peerId, to: drill.at('a').peerId, signer: drill.owner, nowMs: drill.clock.now(), rng: drill.rng })).frame
  }

  it('bytes of no meaning are rejected', async () => {
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async bytes => await receive(bytes) === 'rejected'), { seed: 1, numRuns: 300 })
  })

  it('frames that were changed on their way are rejected', async () => {
    const frames = await Promise.all(bodies.map(frameOf))
    await fc.assert(fc.asyncProperty(fc.nat(frames.length - 1), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), fc.integer({ min: 1, max: 255 }), async (i, at, xor) => {
      const frame = frames[i]!.slice()
      frame[Math.floor(at * frame.byteLength)]! ^= xor
      const said = await receive(frame)
      return said === 'rejected' || said === 'EXPIRED' || said === 'UNAVAILABLE'
    }), { seed: 2, numRuns: 300 })
  })

  it('requests of those who may ask, with anything inside, are answered and leave no fault', async () => {
    const { holder, errors } = drill.at('a')
    const contents = await Promise.all(bodies.map(async body => Signed.decode(await frameOf(body)).content))
    const counts: Record<string, number> = {}
    await fc.assert(fc.asyncProperty(fc.nat(contents.length - 1), fc.array(fc.tuple(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), fc.nat(255)), { minLength: 1, maxLength: 3 }), async (i, edits) => {
      const bytes = contents[i]!.slice()
      // what comes before the body says who asks whom, and is left as it is
      const { version, id, vault, issuedMs, expiresMs, from, to, signer } = Request.decode(bytes)
      const start = Request.encode({ version, id, vault, issuedMs, expiresMs, from, to, signer }).byteLength
      for (const [at, value] of edits) bytes[start + Math.floor(at * (bytes.byteLength - start))] = value
      const said = await receive(Signed.encode(await sign('request', bytes, drill.owner)))
      counts[said] = (counts[said] ?? 0) + 1
    }), { seed: 3, numRuns: 600 })
    expect(errors).to.deep.equal([])
    expect(counts.UNAVAILABLE ?? 0).to.be.lessThan(30)
    expect(Object.keys(counts).length, JSON.stringify(counts)).to.be.greaterThan(3)
    // it still does what it is there for
    drill.clock.advance(3_600_000)
    const { epoch, item } = drill.vouched!.manifest
    expect((await drill.ask('a', { open: { epoch, encapsulation: item!.encapsulation } })).partial!.index).to.equal(1)
    const { gauges } = holder
    expect(gauges.answers).to.be.at.most(4_096)
    expect(gauges.waiting).to.equal(0)
    expect(gauges.vaults).to.equal(1)
  })
})
