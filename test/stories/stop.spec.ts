import { request } from 'node:http'
import { join } from 'node:path'
import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { tcp } from '@libp2p/tcp'
import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'chai'
import { createLibp2p } from 'libp2p'
import { readFile } from 'node:fs/promises'
import { eventually } from '../support/eventually.ts'
import { tell } from '../support/figure.ts'
import { Program, killPrograms, quietly } from '../support/program.ts'
import { stopAll } from '../support/stop-all.ts'
import { makeTempDir } from '../support/temp-dir.ts'
import type { ClientRequest } from 'node:http'
import type { Libp2p } from '@libp2p/interface'

const PEERS = 100
/** Of these, so many leave the goodbye unanswered. */
const RUDE = 20
/** And so many must have heard it: who does not take the stream within 2 s is left without, and all are in this process. */
const TOLD = 95
const STOP_LIMIT_MS = 5_000
const GOODBYE = '/peerkeep/pool/goodbye/1.0.0'
const PING = '/ipfs/ping/1.0.0'
/** `Goodbye` with reason 4, shutdown, and its length. */
const SHUTDOWN = [2, 8, 4]
const NOBODY = '12D3KooWQsieSnxxdB4PPTg8ACcwN4mpfYhnEJdroFJXun358zMe'

/** libp2p and nothing else. */
class Visitor {
  readonly heard: number[][] = []
  readonly node: Libp2p

  private constructor (node: Libp2p) {
    this.node = node
  }

  static async make (rude: boolean): Promise<Visitor> {
    const visitor = new Visitor(await createLibp2p({
      transports: [tcp()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      connectionManager: { reconnectRetries: 0 },
      connectionMonitor: { enabled: false }
    }))
    await visitor.node.handle(GOODBYE, stream => {
      stream.addEventListener('message', ({ data }) => {
        visitor.heard.push([...data.subarray()])
        if (!rude) stream.close().catch(() => {})
      })
    })
    return visitor
  }

  /** Comes, and leaves a stream open. */
  async visit (address: string): Promise<void> {
    const connection = await this.node.dial(multiaddr(address), { signal: AbortSignal.timeout(30_000) })
    await connection.newStream(PING, { signal: AbortSignal.timeout(30_000) })
  }
}

/** A file that never comes to its end, for a peer that is not there: the admin API waits for it a while. */
async function endlessUpload (url: string, token: string): Promise<ClientRequest> {
  const upload = request(`${url}/v1/files?peerId=${NOBODY}&name=x`, { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/octet-stream' } })
  upload.on('error', () => {})
  await new Promise<void>(resolve => { upload.write('x', () => { resolve() }) })
  return upload
}

describe('story: stopping', function () {
  this.timeout(120_000)
  afterEach(killPrograms)

  it(`SIGTERM with ${PEERS} connections and open streams: all are told, and it ends with 0 within 5 s`, async () => {
    await using dir = await makeTempDir()
    const many = ['--max-peers', '300', '--max-inbound', '200']
    const program = new Program({ args: quietly(join(dir.path, 'a'), ...many, '--api-listen', '127.0.0.1:0') })
    const { addresses: [address = ''] } = await program.waitFor('ready')
    const { url, tokenFile } = await program.waitFor('api:listening')
    const visitors = await Promise.all(Array.from({ length: PEERS }, async (_, i) => await Visitor.make(i < RUDE)))
    try {
      for (const visitor of visitors) await visitor.visit(address)
      const headers = { authorization: `Bearer ${(await readFile(tokenFile, 'utf8')).trim()}` }
      await eventually('all are connected', async () => {
        const { counts } = await (await fetch(`${url}/v1/node`, { headers })).json() as { counts: { connected: number } }
        return counts.connected === PEERS
      })
      const events = await fetch(`${url}/v1/events`, { headers })

      const began = performance.now()
      expect(await program.stop('SIGTERM')).to.deep.equal({ code: 0, signal: null })
      const tookMs = performance.now() - began
      tell(`stopping with ${PEERS} connections, ${RUDE} of which do not answer the goodbye`, `${Math.round(tookMs)} ms`, `${STOP_LIMIT_MS} ms`)
      expect(tookMs).to.be.below(STOP_LIMIT_MS)
      expect(program.events.at(-1)?.event).to.equal('stopped')
      expect(program.stderr).to.equal('')
      await eventually('all know that it is gone', () => visitors.every(({ node }) => node.getPeers().length === 0))
      const told = visitors.filter(({ heard }) => heard.length > 0)
      tell('of these, those that heard a goodbye', String(told.length), String(TOLD))
      expect(told).to.have.length.at.least(TOLD)
      for (const { heard } of told) expect(heard).to.deep.equal([SHUTDOWN])
      await events.body?.cancel()
    } finally {
      await stopAll(visitors.map(({ node }) => node))
    }
  })

  for (const [signal, code] of [['SIGTERM', 143], ['SIGINT', 130]] as const) {
    it(`${signal} again while it is stopping: it ends at once with ${code}`, async () => {
      await using dir = await makeTempDir()
      const program = new Program({ args: quietly(join(dir.path, 'a'), '--api-listen', '127.0.0.1:0'), json: false })
      const url = await program.until(() => program.lines.map(line => /^Dashboard and admin API: (\S+)/.exec(line)?.[1]).find(found => found != null), 'its address')
      const upload = await endlessUpload(url, (await readFile(join(dir.path, 'a', 'api-token'), 'utf8')).trim())
      program.signal(signal)
      await program.until(() => program.lines.find(line => line.startsWith('stopping')), 'that it stops')
      const began = performance.now()
      // those that come together are one keypress
      await eventually('it has ended', () => !program.child.kill(signal) || program.child.exitCode != null)
      expect(await program.exited).to.deep.equal({ code, signal: null })
      expect(performance.now() - began).to.be.below(1_000)
      expect(program.lines).not.to.include('stopped')
      upload.destroy()
    })
  }
})
