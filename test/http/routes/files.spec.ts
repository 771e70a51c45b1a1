import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFile, readdir } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect } from 'chai'
import { fileRoot } from '../../../src/services/messaging/index.ts'
import { TOKEN, startAdminApi } from '../../support/admin-api.ts'
import { eventually } from '../../support/eventually.ts'
import { rejection } from '../../support/rejection.ts'
import { makeTempDir } from '../../support/temp-dir.ts'
import { Programs } from '../inbox/inbox-nodes.ts'
import type { ClientRequest, IncomingMessage } from 'node:http'
import type { FileOffer } from '../../../src/services/messaging/index.ts'
import type { Program } from '../inbox/inbox-nodes.ts'
import type { TestApi } from '../../support/admin-api.ts'

const MIB = 1024 * 1024
const CONTENT = randomBytes(MIB + 7)

describe('http: files', () => {
  let programs: Programs
  let dir: Awaited<ReturnType<typeof makeTempDir>>
  let alice: Program
  let bob: Program
  let atAlice: TestApi

  before(async () => {
    programs = new Programs()
    dir = await makeTempDir();
    [alice, bob] = await Promise.all([programs.run(), programs.run({}, { dir: dir.path, maxBytes: 64 * MIB })])
    await alice.node.dial(bob.node.getMultiaddrs())
    atAlice = await startAdminApi({ node: alice.node, events: alice.hub, inbox: alice.inbox })
  })
  after(async () => {
    await atAlice[Symbol.asyncDispose]()
    await programs[Symbol.asyncDispose]()
    await dir[Symbol.asyncDispose]()
  })

  const path = (query: Record<string, string>): string => `/v1/files?${new URLSearchParams({ peerId: bob.node.peerId.toString(), ...query }).toString()}`

  /** A body that the test writes itself. */
  function upload (query: Record<string, string>, headers: Record<string, string> = {}): ClientRequest {
    return request({
      host: '127.0.0.1', port: atAlice.port, method: 'POST', path: path(query), agent: false,
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/octet-stream', ...headers }
    })
  }

  const progress = (id: string): Array<Record<string, unknown>> => alice.told.filter(event => event.event === 'file:progress' && event['id'] === id)

  it('go to a peer, and are there when that is said', async () => {
    const id = 'ab'.repeat(16)
    const { status, body } = await atAlice.request('POST', path({ name: 'a.bin', type: 'image/png', id }), CONTENT)
    expect(status).to.equal(200)
    expect(body).to.deep.equal({ id, bytes: CONTENT.byteLength, root: Buffer.from(await fileRoot(new Blob([CONTENT]))).toString('hex') })
    expect((await readFile(join(dir.path, 'a.bin'))).equals(CONTENT)).to.equal(true)
    expect(progress(id).at(-1)).to.include({ direction: 'out', state: 'done', bytes: CONTENT.byteLength, size: CONTENT.byteLength, name: 'a.bin', peerId: bob.node.peerId.toString() })
  })

  it('go in pieces whose number nobody knows, and empty ones too', async () => {
    const sent = upload({ name: 'chunked' })
    sent.write(CONTENT.subarray(0, 10))
    sent.end(CONTENT.subarray(10))
    const [answer] = await once(sent, 'response') as [IncomingMessage]
    expect(answer.statusCode).to.equal(200)
    answer.resume()
    expect(createHash('sha256').update(await readFile(join(dir.path, 'chunked'))).digest('hex')).to.equal(createHash('sha256').update(CONTENT).digest('hex'))
    for (const content of [undefined, new Uint8Array()]) {
      const empty = await atAlice.request('POST', path({ name: 'empty' }), content)
      expect([empty.status, empty.body.bytes]).to.deep.equal([200, 0])
    }
  })

  it('are not read before the peer takes them, and given up when who sends them goes away', async () => {
    const offers: FileOffer[] = []
    const carol = await programs.run()
    carol.node.services.messaging.onFile(offer => { offers.push(offer) })
    await alice.node.dial(carol.node.getMultiaddrs())
    const id = 'cd'.repeat(16)
    const sent = upload({ name: 'long', id, peerId: carol.node.peerId.toString() }, { 'content-length': `${64 * MIB}` })
    sent.on('error', () => {})
    sent.flushHeaders()
    await eventually('it is offered', () => offers.length === 1)
    let written = 0
    // as long as somebody takes it
    const fill = async (): Promise<void> => {
      while (written < 64 && sent.write(randomBytes(MIB))) written++
      written++
      await once(sent, 'drain').then(fill)
    }
    const filling = fill().catch(() => {})
    await eventually('it waits', () => sent.writableLength >= MIB)
    await new Promise(resolve => { setImmediate(resolve) })
    expect(written, 'MiB').to.be.lessThan(24)
    sent.destroy()
    await filling
    const received = offers[0]!.accept(new WritableStream()).done
    expect(await rejection(received)).to.have.property('code').that.matches(/^MESSAGING_FILE_(?:CANCELLED|SOURCE_FAILED)$/)
    await eventually('it is told', () => progress(id).at(-1)?.['state'] === 'failed')
    expect(alice.node.services.messaging.snapshot().files.sending).to.equal(0)
  })

  it('are refused with what is wrong', async () => {
    const before = await readdir(dir.path)
    for (const [query, content, status, code] of [
      [{ name: '../x' }, CONTENT, 400, 'MESSAGING_FILE_INVALID'],
      [{ name: '..' }, CONTENT, 400, 'MESSAGING_FILE_INVALID'],
      [{ name: 'a\u0000b' }, CONTENT, 400, 'MESSAGING_FILE_INVALID'],
      [{ name: '😀'.repeat(100) }, CONTENT, 400, 'MESSAGING_FILE_INVALID'],
      [{ name: '' }, CONTENT, 400, 'API_REQUEST_INVALID'],
      [{ name: 'a', id: 'x' }, CONTENT, 400, 'API_REQUEST_INVALID'],
      [{ name: 'a', type: 'no type' }, CONTENT, 400, 'MESSAGING_FILE_INVALID'],
      [{ name: 'a', peerId: 'nobody' }, CONTENT, 400, 'MESSAGING_PEER_INVALID'],
      [{ name: 'a' }, { json: true }, 415, 'API_BODY_TYPE']
    ] as const) {
      const answer = await atAlice.request('POST', path(query), content)
      expect([answer.status, answer.body.code], JSON.stringify(query)).to.deep.equal([status, code])
    }
    // answered before all of it is there
    const huge = upload({ name: 'huge' }, { 'content-length': `${65 * MIB}` })
    huge.on('error', () => {}).write(CONTENT)
    const [answer] = await once(huge, 'response') as [IncomingMessage]
    expect(answer.statusCode).to.equal(502)
    expect(await text(answer)).to.include('MESSAGING_FILE_DECLINED')
    huge.destroy()
    expect(await readdir(dir.path)).to.deep.equal(before)
    const elsewhere = await atAlice.request('POST', '/v1/messages', CONTENT.subarray(0, 100))
    expect(elsewhere.status, 'such a body is for this route only').to.equal(415)
  })
})
