import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { RefusedError } from '../../../../src/services/shards/model/failure.ts'
import { hashOf } from '../../../../src/services/shards/model/canonical.ts'
import { makeAnswer, makeRequest, MAX_LIFE_MS, MAX_SKEW_MS, readAnswer, readRequest, REQUEST_KINDS } from '../../../../src/services/shards/model/request.ts'
import { sign } from '../../../../src/services/shards/model/signed.ts'
import { Answer, Request, Signed } from '../../../../src/services/shards/pb/shards.ts'
import { seededRng } from '../../../../src/util/rng.ts'
import { rejection } from '../../../support/rejection.ts'
import { nodeOf, NOW } from './sample-vault.ts'
import type { PrivateKey } from '@libp2p/interface'
import type { RequestBody } from '../../../../src/services/shards/parts.ts'
import type { Node } from './sample-vault.ts'

const rng = seededRng(3)
const vault = new Uint8Array(32).fill(4)
const body: RequestBody = { open: { epoch: 3, encapsulation: new Uint8Array(32).fill(5) } }

describe('shards: requests and answers', () => {
  let asking: Node
  let asked: Node
  let owner: PrivateKey
  before(async () => {
    [asking, asked] = [await nodeOf('asking'), await nodeOf('asked')]
    owner = (await nodeOf('owner')).key
  })

  const made = async (options: Partial<Parameters<typeof makeRequest>[0]> = {}): ReturnType<typeof makeRequest> =>
    await makeRequest({ vault, body, from: asking.peerId, to: asked.peerId, signer: owner, nowMs: NOW, rng, ...options })
  const read = async (frame: Uint8Array, nowMs = NOW): ReturnType<typeof readRequest> => await readRequest(frame, { from: asking.peerId, to: asked.peerId, nowMs })
  /** Signed, whatever it says. */
  const signedAs = async (edit: (request: Request) => void, key = owner): Promise<Uint8Array> => {
    const request = Request.decode((await made()).bytes)
    edit(request)
    return Signed.encode(await sign('request', Request.encode(request), key))
  }

  it('arrive as they were made, and say whose key signed', async () => {
    for (const signer of [owner, asking.key]) {
      const request = await made({ signer, delegation: Uint8Array.of(1, 2) })
      const got = await read(request.frame)
      expect(got).to.deep.include({ kind: 'open', byPeer: signer === asking.key, bytes: request.bytes, hash: request.hash })
      expect(got.hash).to.deep.equal(hashOf(request.bytes))
      expect(got.request).to.deep.include({ vault, ...body, issuedMs: NOW, expiresMs: NOW + MAX_LIFE_MS, delegation: Uint8Array.of(1, 2) })
    }
  })

  it('can be any of those there are', async () => {
    const bodies: RequestBody[] = REQUEST_KINDS.map(kind => ({ [kind]: kind === 'open' ? { epoch: 1, encapsulation: new Uint8Array(0) } : {} }))
    for (const [i, body] of bodies.entries()) {
      const kind = REQUEST_KINDS[i]!
      expect((await read((await made({ body, vault: kind === 'list' ? new Uint8Array(0) : vault })).frame)).kind).to.equal(kind)
    }
  })

  it('are made by peers with any key, for whom another signs', async () => {
    const rsa = peerIdFromPrivateKey(await generateKeyPair('secp256k1'))
    const { frame } = await made({ from: rsa })
    expect(await readRequest(frame, { from: rsa, to: asked.peerId, nowMs: NOW })).to.have.property('byPeer', false)
    expect(await rejection(made({ signer: await generateKeyPair('secp256k1') }))).to.have.property('code', 'SHARDS_INVALID')
  })

  it('are taken around their time only', async () => {
    const { frame } = await made({ lifeMs: 10_000 })
    for (const nowMs of [NOW - MAX_SKEW_MS, NOW + 10_000 + MAX_SKEW_MS]) expect((await read(frame, nowMs)).kind).to.equal('open')
    for (const nowMs of [NOW - MAX_SKEW_MS - 1, NOW + 10_000 + MAX_SKEW_MS + 1]) {
      const error = await rejection(read(frame, nowMs))
      expect(error).to.be.instanceOf(RefusedError)
      expect((error as RefusedError).failure.code).to.equal('EXPIRED')
    }
  })

  describe('are refused, at their sender\'s cost,', () => {
    const cases: Record<string, () => Promise<Uint8Array>> = {
      'from another peer': async () => (await made({ from: asked.peerId })).frame,
      'to another peer': async () => (await made({ to: asking.peerId })).frame,
      'signed by another key than they name': async () => await signedAs(() => {}, asking.key),
      'that ask nothing': async () => await signedAs(request => { request.open = undefined }),
      'that live too long': async () => (await made({ lifeMs: MAX_LIFE_MS + 1 })).frame,
      'that are over before they begin': async () => (await made({ lifeMs: 0 })).frame,
      'without an id': async () => await signedAs(request => { request.id = new Uint8Array(0) }),
      'of no vault': async () => (await made({ vault: new Uint8Array(0) })).frame,
      'that list one vault': async () => (await made({ body: { list: {} } })).frame,
      'without a version': async () => await signedAs(request => { request.version = 0 }),
      'with a key that is none': async () => await signedAs(request => { request.signer = new Uint8Array(36) }),
      'that ask two things': async () => {
        const { bytes } = await made()
        return Signed.encode(await sign('request', Uint8Array.of(...bytes, 0xf2, 0x01, 0), owner))
      },
      'signed as something else': async () => Signed.encode(await sign('answer', (await made()).bytes, owner))
    }
    for (const [name, make] of Object.entries(cases)) {
      it(name, async () => {
        const error = await rejection(read(await make()))
        expect(error).to.have.property('code', 'SHARDS_INVALID')
        expect(error).to.not.be.instanceOf(RefusedError)
      })
    }

    it('with any byte changed', async () => {
      const { frame } = await made()
      for (let at = 0; at < frame.byteLength; at++) {
        const error = await rejection(read(frame.with(at, frame[at]! ^ (1 << (at % 8)))))
        expect(error.code, `byte ${at}`).to.be.oneOf(['SHARDS_INVALID', 'SHARDS_REFUSED'])
      }
    })

    it('whatever they are', async () => {
      await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async bytes => {
        expect(await rejection(read(bytes))).to.have.property('code', 'SHARDS_INVALID')
        expect((await rejection(read(Signed.encode(await sign('request', bytes, owner))))).code).to.be.oneOf(['SHARDS_INVALID', 'SHARDS_REFUSED'])
      }))
    })
  })

  it('of a later version are refused, and cost nothing', async () => {
    const error = await rejection(read(await signedAs(request => { request.version = 2 })))
    expect((error as RefusedError).failure).to.have.property('code', 'UNAVAILABLE')
  })

  describe('answers', () => {
    const hash = new Uint8Array(32).fill(6)
    const readFrom = async (frame: Uint8Array): ReturnType<typeof readAnswer> => await readAnswer(frame, { requestHash: hash, peer: asked.peerId })

    it('are what the peer said to that request', async () => {
      const { frame, signed } = await makeAnswer(hash, { done: {} }, asked.key)
      expect(await readFrom(frame)).to.deep.equal({ signed, answer: { request: hash, done: {} } })
    })

    it('of others, to others, or of nothing are none', async () => {
      const frames = [
        (await makeAnswer(hash, { done: {} }, asking.key)).frame,
        (await makeAnswer(hash.with(0, 1), { done: {} }, asked.key)).frame,
        (await makeAnswer(hash, {}, asked.key)).frame,
        Signed.encode(await sign('request', Answer.encode({ request: hash, done: {} }), asked.key)),
        new Uint8Array(0)
      ]
      for (const frame of frames) expect(await rejection(readFrom(frame))).to.have.property('code', 'SHARDS_ANSWER_INVALID')
      const rsa = peerIdFromPrivateKey(await generateKeyPair('secp256k1'))
      expect(await rejection(readAnswer(frames[0]!, { requestHash: hash, peer: rsa }))).to.have.property('code', 'SHARDS_REFUSED')
    })

    it('that any byte was changed of are none', async () => {
      const { frame } = await makeAnswer(hash, { data: { data: Uint8Array.of(1, 2, 3) } }, asked.key)
      for (let at = 0; at < frame.byteLength; at++) {
        expect(await rejection(readFrom(frame.with(at, frame[at]! ^ (1 << (at % 8)))))).to.have.property('code', 'SHARDS_ANSWER_INVALID')
      }
    })

    it('that refuse are errors, of codes that this version knows, with harmless text', async () => {
      const failure = { code: 'STALE', message: 'a newer\u001b[31m\n\u202e one', retryAfterMs: 7, index: 3 }
      const error = await rejection(readFrom((await makeAnswer(hash, { failure }, asked.key)).frame)) as RefusedError
      expect(error).to.be.instanceOf(RefusedError)
      expect(error.code).to.equal('SHARDS_REFUSED')
      expect(error.failure).to.deep.include({ code: 'STALE', retryAfterMs: 7, index: 3 })
      // eslint-disable-next-line no-control-regex
      expect(error.message).to.match(/STALE: a newer/).and.not.match(/[\u0000-\u001f\u202e]/)
      const later = await rejection(readFrom((await makeAnswer(hash, { failure: { ...failure, code: 'toString', message: 'x'.repeat(10_000) } }, asked.key)).frame)) as RefusedError
      expect(later.failure.code).to.equal('UNAVAILABLE')
      expect(later.message.length).to.be.below(500)
    })
  })
})
