import { expect } from 'chai'
import * as fc from 'fast-check'
import { seededRng } from '../../../src/util/rng.ts'
import { startAdminApi } from '../../support/admin-api.ts'
import { randomPeerId } from '../../support/random-peer.ts'
import type { TestApi } from '../../support/admin-api.ts'

const RUNS = { numRuns: 120, seed: 61 }
const PEER = randomPeerId(seededRng(1)).toString()

const text = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 140 }),
  fc.constantFrom(PEER, `${PEER}x`, '..', '%', '%2e%2e', '/', '\u0000', '192.0.2.7', '192.0.2.0/33', '::1%lo', '/p2p', `/p2p/${PEER}`, '/ip4/127.0.0.1/tcp/1/p2p-circuit', '/dns4//tcp/1', '__proto__', 'constructor')
)
const json = fc.oneof(fc.jsonValue(), text, fc.constantFrom(null, [], {}))

describe('http: strange requests about the node', () => {
  let api: TestApi

  before(async () => { api = await startAdminApi({ node: { listen: [], dht: { mode: 'off' } }, limits: { writesPerSecond: 1_000_000, readsPerSecond: 1_000_000 } }) })
  after(async () => { await api[Symbol.asyncDispose]() })

  /** Refused with a code, or taken. */
  async function isAnswered (method: string, path: string, body?: unknown): Promise<void> {
    const answer = await api.request(method, path, body)
    expect(answer.status, `${method} ${path} ${JSON.stringify(body)} ${answer.text}`).to.be.oneOf([200, 201, 204, 400, 404, 405, 409, 413, 415, 502])
    if (answer.status < 400) return
    expect(answer.headers['content-type']).to.match(/^application\/problem\+json/)
    expect(answer.body.code).to.match(/^[A-Z]+_[A-Z_]+$/)
    expect(answer.text.length).to.be.below(4_000)
  }

  it('as peer ids and targets of bans are refused or answered, never with 500', async () => {
    const routes: Array<[method: string, path: string]> = [
      ['GET', '/v1/peers/:'], ['POST', '/v1/peers/:/ping'], ['DELETE', '/v1/peers/:/connection'], ['GET', '/v1/bans/:'], ['DELETE', '/v1/bans/:']
    ]
    await fc.assert(fc.asyncProperty(text, fc.constantFrom(...routes), async (given, [method, path]) => {
      await isAnswered(method, path.replace(':', () => encodeURIComponent(given.toWellFormed())))
    }), RUNS)
  })

  it('as queries of lists are refused or answered, never with 500', async () => {
    const names = fc.constantFrom('limit', 'offset', 'sort', 'order', 'state', 'standing', 'search', 'kind', 'other')
    const values = fc.oneof(text, fc.integer().map(String), fc.constantFrom('1', '1e9', '-1', 'NaN', 'score', 'asc', 'connected', 'good', 'ip'))
    await fc.assert(fc.asyncProperty(fc.constantFrom('peers', 'bans'), fc.array(fc.tuple(names, values), { maxLength: 4 }), async (list, pairs) => {
      await isAnswered('GET', `/v1/${list}?${new URLSearchParams(pairs.map(([name, value]) => [name, value.toWellFormed()])).toString()}`)
    }), RUNS)
  })

  it('with strange bodies are refused or answered, never with 500', async () => {
    const bodies = fc.oneof(json, fc.record({ target: json, reason: json, duration: json }, { requiredKeys: [] }), fc.record({ minPeers: json, logLevel: json }, { requiredKeys: [] }))
    const routes = fc.constantFrom<[method: string, path: string]>(['POST', '/v1/peers/dial'], ['POST', '/v1/bans'], ['PATCH', '/v1/settings'])
    await fc.assert(fc.asyncProperty(routes, bodies, async ([method, path], body) => {
      // a dial of a peer that is looked for takes its time
      if (path.endsWith('dial') && JSON.stringify(body).includes(PEER)) return
      await isAnswered(method, path, typeof body === 'string' ? JSON.stringify(body) : body)
    }), RUNS)
  })
})
