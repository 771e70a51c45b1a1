import { generateKeyPair } from '@libp2p/crypto/keys'
import { expect } from 'chai'
import { EventHub } from '../../../src/http/index.ts'
import { TOKEN, startAdminApi } from '../../support/admin-api.ts'
import { AppNodes } from '../../support/app-nodes.ts'
import { eventually } from '../../support/eventually.ts'
import type { AppNode, AppNodeInit } from '../../../src/index.ts'
import type { Answer, TestApi } from '../../support/admin-api.ts'

const SECRET = 'correct horse\u0000\ufeff\n"battery" 😀'
const UNKNOWN = 'ab'.repeat(32)

describe('http: shards', function () {
  this.timeout(60_000)
  let nodes: AppNodes
  let holders: AppNode[]
  let owner: AppNode
  let events: EventHub
  /** Of the owner, and of a holder without an owner key. */
  let api: TestApi
  let keyless: TestApi

  const node = async (init: AppNodeInit): Promise<AppNode> => await nodes.create({ presence: false, dht: { mode: 'off' }, ...init })

  before(async () => {
    nodes = new AppNodes()
    const first = await node({ shards: { hold: true } })
    const bootstrap = first.getMultiaddrs().map(String)
    holders = [first, ...await Promise.all([2, 3, 4].map(async () => await node({ shards: { hold: true }, bootstrap })))]
    owner = await node({ shards: { hold: false, ownerKey: await generateKeyPair('Ed25519') } })
    await Promise.all(holders.map(async holder => { await owner.dial(holder.getMultiaddrs()) }))
    await eventually('holders know each other', () => holders.every(holder => holder.getPeers().length === 4), 30_000)
    events = new EventHub();
    [api, keyless] = await Promise.all([startAdminApi({ node: owner, events }), startAdminApi({ node: first })])
  })
  after(async () => {
    await Promise.all([api, keyless].map(async api => { await api[Symbol.asyncDispose]() }))
    await nodes[Symbol.asyncDispose]()
  })

  async function ask (method: string, path: string, body?: unknown, at = api): Promise<any> {
    const { status, headers, body: answer } = await at.request(method, `/v1/shards${path}`, body)
    expect(status, `${method} ${path}: ${JSON.stringify(answer)}`).to.be.within(200, 299)
    expect(headers['cache-control']).to.equal('no-store')
    return answer
  }

  const refusal = ({ status, body }: Answer): [number, string] => [status, (body as { code: string }).code]

  it('are stored, opened, looked after, changed and revoked', async () => {
    const progress: Array<{ call: string, step: string, peer?: string }> = []
    const subscription = events.subscribe({ types: new Set(['vault:progress']) }, ({ id, json }) => {
      expect(id, 'not kept').to.equal(undefined)
      progress.push(JSON.parse(json) as typeof progress[number])
    })
    const vault = await ask('POST', '', { text: SECRET, threshold: 2, holders: 3, label: 'wallet', policy: { opensPerHour: 100 }, call: 'c1' })
    expect(vault).to.include({ label: 'wallet', threshold: 2, epoch: 1, exposed: false })
    expect(vault.policy).to.include({ opensPerHour: 100, exportable: true }).and.to.have.all.keys('auditEveryMs', 'refreshEveryMs', 'lostAfterMs', 'holdersMayReshare', 'exportable', 'opensPerHour')
    expect(vault.holders).to.have.length(3)
    expect(progress.map(({ call }) => call)).to.deep.equal(progress.map(() => 'c1'))
    expect(progress.map(({ step }) => step)).to.include.members(['choosing', 'dealing', 'accepted'])
    expect(progress.find(({ peer }) => peer != null)?.peer).to.be.oneOf(vault.holders)
    subscription.end()
    const at = `/${vault.id}`

    expect((await ask('GET', '')).own).to.deep.equal([vault])
    expect((await ask('GET', '?search=true&timeoutMs=10000')).own.map(({ id }: { id: string }) => id)).to.deep.equal([vault.id])
    const atHolder = await ask('GET', '', undefined, keyless)
    expect(atHolder).to.include({ holding: true }).and.to.have.property('own').that.deep.equals([])
    expect(atHolder.held.map(({ id }: { id: string }) => id)).to.deep.equal(vault.holders.includes(holders[0]!.peerId.toString()) ? [vault.id] : [])

    expect(await ask('POST', `${at}/open`)).to.deep.equal({ base64: Buffer.from(SECRET).toString('base64'), text: SECRET })
    for (const status of [await ask('GET', at), await ask('POST', `${at}/audit`, { timeoutMs: 20_000 })]) {
      expect(status).to.include({ id: vault.id, healthy: 3, openable: true })
      expect(status.holders.map(({ peerId, health }: { peerId: string, health: string }) => [peerId, health])).to.deep.equal(vault.holders.map((peer: string) => [peer, 'healthy']))
    }

    const bytes = Buffer.from([0xff, 0xfe, 0]).toString('base64')
    expect(await ask('POST', `${at}/update`, { base64: bytes })).to.include({ version: vault.version + 1 })
    expect(await ask('POST', `${at}/open`, {}), 'no text').to.deep.equal({ base64: bytes })
    expect((await ask('POST', `${at}/refresh`)).epoch).to.equal(2)
    expect(await ask('POST', `${at}/repair`)).to.include({ epoch: 2 })
    const expiresAt = Date.now() + 3_600_000
    expect(await ask('PATCH', at, { label: 'purse', policy: { opensPerHour: 50 }, expiresAt })).to.include({ label: 'purse', expiresMs: expiresAt }).and.to.have.nested.property('policy.opensPerHour', 50)
    expect(await ask('PATCH', at, { expiresAt: null })).to.include({ label: 'purse' }).and.to.not.have.property('expiresMs')
    const others = holders.map(({ peerId }) => peerId.toString())
    expect(await ask('POST', `${at}/reshare`, { threshold: 3, holders: others })).to.include({ threshold: 3 }).and.to.have.property('holders').that.has.members(others)
    expect(await ask('POST', `${at}/rotate`)).to.include({ exposed: false })
    const exported = await ask('POST', `${at}/export`)
    expect(exported).to.have.all.keys('base64')
    expect(Buffer.from(exported.base64, 'base64')).to.have.length(32)
    expect(await ask('GET', at)).to.include({ exposed: true })
    const { entries } = await ask('GET', `${at}/log`)
    expect(entries.map(({ what }: { what: string }) => what)).to.include.members(['open', 'audit'])
    expect(entries[0]).to.have.all.keys('holder', 'seq', 'timeMs', 'what', 'signer', 'from', 'decision')

    expect((await ask('DELETE', at)).deletedBy).to.have.members(others)
    expect(refusal(await api.request('POST', `/v1/shards${at}/open`))[0]).to.be.oneOf([404, 410])
  })

  it('are refused when what is asked for is none, with what is wrong', async () => {
    for (const [method, path, body, status, code] of [
      ['POST', '', {}, 400, 'API_SECRET_INVALID'],
      ['POST', '', { text: 'a', base64: 'YQ==' }, 400, 'API_SECRET_INVALID'],
      ['POST', '', { text: 'a\ud800' }, 400, 'API_SECRET_INVALID'],
      ['POST', '', { base64: 'YWE' }, 400, 'API_REQUEST_INVALID'],
      ['POST', '', { base64: 'YWFhY' }, 400, 'API_SECRET_INVALID'],
      ['POST', '', { base64: 'YR==' }, 400, 'API_SECRET_INVALID'],
      ['POST', '', { base64: 'Y-__' }, 400, 'API_REQUEST_INVALID'],
      ['POST', '', { text: '' }, 400, 'API_REQUEST_INVALID'],
      ['POST', '', { text: 'a', threshold: 1 }, 400, 'API_REQUEST_INVALID'],
      ['POST', '', { text: 'a', threshold: 3, holders: 2 }, 400, 'SHARDS_INVALID'],
      ['POST', '', { text: 'a', holders: ['x', 'y'] }, 400, 'API_PEER_INVALID'],
      ['POST', '', { text: 'a', threshold: 2, holders: Array.from({ length: 2 }, () => owner.peerId.toString()) }, 400, 'SHARDS_INVALID'],
      ['POST', '', { text: 'a', threshold: 60, holders: 64 }, 503, 'SHARDS_TOO_FEW_PEERS'],
      ['POST', '', { text: 'a', label: '😀'.repeat(200) }, 400, 'SHARDS_INVALID'],
      ['POST', '', { text: 'a', expiresAt: 1 }, 400, 'SHARDS_INVALID'],
      ['POST', '', { text: 'a', policy: { opensPerHour: 0 } }, 400, 'SHARDS_INVALID'],
      ['POST', '', { text: 'a', policy: { typo: 1 } }, 400, 'API_REQUEST_INVALID'],
      ['POST', '', { text: 'a', timeoutMs: 1 }, 400, 'API_REQUEST_INVALID'],
      ['POST', '', { text: 'x'.repeat(5_000_000) }, 413, 'API_BODY_TOO_LARGE'],
      ['GET', '/xyz', undefined, 400, 'API_REQUEST_INVALID'],
      ['GET', `/${UNKNOWN.toUpperCase()}`, undefined, 400, 'API_REQUEST_INVALID'],
      ['GET', `/${UNKNOWN}?timeoutMs=x`, undefined, 400, 'API_REQUEST_INVALID'],
      ['POST', `/${UNKNOWN}/open`, undefined, 404, 'SHARDS_UNKNOWN_VAULT'],
      ['POST', `/${UNKNOWN}/update`, {}, 400, 'API_SECRET_INVALID']
    ] as const) {
      const answer = await api.request(method, `/v1/shards${path}`, body)
      expect(refusal(answer), `${method} ${path} ${JSON.stringify(body)?.slice(0, 80)}`).to.deep.equal([status, code])
      expect(answer.text).to.not.include(SECRET)
    }
    expect(refusal(await keyless.request('POST', '/v1/shards', { text: 'a', threshold: 2, holders: 3 }))).to.deep.equal([403, 'SHARDS_NO_OWNER_KEY'])
    expect(refusal(await keyless.request('GET', '/v1/shards?search=true'))).to.deep.equal([403, 'SHARDS_NO_OWNER_KEY'])
  })

  it('are not waited for when who asked has gone', async () => {
    const { shards } = owner.services
    const { open } = shards
    const asked = Promise.withResolvers<AbortSignal>()
    try {
      shards.open = async (_id, { signal } = {}) => {
        asked.resolve(signal!)
        return await new Promise((_resolve, reject) => { signal?.addEventListener('abort', () => { reject(signal.reason as Error) }) })
      }
      const socket = await api.raw()
      socket.write(`POST /v1/shards/${UNKNOWN}/open HTTP/1.1\r\nHost: 127.0.0.1:${api.port}\r\nAuthorization: Bearer ${TOKEN}\r\nContent-Length: 0\r\n\r\n`)
      const signal = await Promise.race([asked.promise, socket.closed().then(text => { throw new Error(text) })])
      expect(signal.aborted).to.equal(false)
      socket.destroy()
      await eventually('it is given up', () => signal.aborted)
    } finally {
      shards.open = open
    }
  })
})
