import { once } from 'node:events'
import { createServer } from 'node:http'
import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { identify } from '@libp2p/identify'
import { tcp } from '@libp2p/tcp'
import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'chai'
import { createLibp2p } from 'libp2p'
import { inNetwork } from './support/network.ts'
import { Visit } from './support/visit.ts'
import type { AddressInfo } from 'node:net'
import type { Libp2p } from '@libp2p/interface'
import type { NodeInfo } from '../../src/http/schemas/node.ts'

const EVIL = '<img src=x onerror="globalThis.pwned=1"><script>globalThis.pwned=1</script></title><svg onload=globalThis.pwned=1>${globalThis.pwned=1}'

/** Any libp2p node may call itself what it likes. */
async function evilPeer (): Promise<Libp2p> {
  return await createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    nodeInfo: { name: 'evil', userAgent: EVIL },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionGater: { denyDialMultiaddr: () => false },
    services: { identify: identify() }
  })
}

inNetwork('dashboard: what others write', (browser, network) => {

  it('a peer with markup and script for a name, messages, topics, labels and reasons: all is shown as text, nothing runs', async () => {
    const { watched: { api, peerId }, friend } = network()
    const evil = await evilPeer()
    try {
      const { addresses } = await api.get<NodeInfo>('/v1/node')
      await evil.dial(multiaddr(addresses[0]))
      await friend.api.post('/v1/messages', { peerId, text: EVIL })
      await api.post('/v1/bans', { target: '192.0.2.66', reason: EVIL })
      await api.post('/v1/shards', { text: EVIL, label: EVIL, threshold: 2, holders: 3 })

      await using visit = await Visit.open(browser(), api.url, { token: api.token })
      const { page } = visit
      const shown = async (hash: string): Promise<void> => {
        await visit.go(hash)
        await page.getByText('<img src=x onerror="globalThis.pwned=1">').filter({ visible: true }).first().waitFor()
      }
      await shown(`/peers/${evil.peerId.toString()}`)
      await shown('/peers?search=onerror')
      await shown('/bans')
      await shown('/messages')
      await shown('/events')
      await shown('/secrets')
      await visit.go('/network')
      await visit.settled()
      expect(await page.evaluate(() => (globalThis as { pwned?: unknown }).pwned)).to.equal(undefined)
      expect(await page.locator('img[src="x"], main script').count()).to.equal(0)
      expect(visit.complaints).to.deep.equal([])
    } finally {
      await evil.stop()
      await api.delete('/v1/bans/192.0.2.66')
    }
  })

  it('what a fault of the page would let in does not run, and reaches nobody else: the policy forbids it', async () => {
    const { watched: { api } } = network()
    let heard = 0
    await using elsewhere = createServer((_, response) => {
      heard++
      response.end()
    }).listen(0, '127.0.0.1')
    await once(elsewhere, 'listening')
    await using visit = await Visit.open(browser(), api.url, { token: api.token })
    const { page } = visit
    await visit.settled()
    const done = await page.evaluate(async ([evil, elsewhere]) => {
      const tags: Record<string, [name: string, attributes: Record<string, string>, text?: string]> = {
        script: ['script', {}, 'globalThis.pwned = 2'],
        handler: ['img', { src: 'x', onerror: 'globalThis.pwned = 3' }],
        picture: ['img', { src: `${elsewhere}stolen.png` }],
        frame: ['iframe', { src: elsewhere }],
        base: ['base', { href: elsewhere }]
      }
      const ways: Record<string, () => unknown> = {
        markup: () => { document.body.insertAdjacentHTML('beforeend', evil) },
        // oxlint-disable-next-line no-eval -- it must not work
        eval: () => { globalThis.eval('globalThis.pwned = 4') },
        elsewhere: async () => await fetch(`${elsewhere}stolen`),
        ...Object.fromEntries(Object.entries(tags).map(([name, [tag, attributes, text = '']]) => [name, () => {
          const element = document.createElement(tag)
          for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value)
          element.textContent = text
          document.body.append(element)
        }]))
      }
      const failed: string[] = []
      for (const [name, way] of Object.entries(ways)) {
        // in a task of its own: the debugger, which runs this, may do more
        await new Promise<void>(resolve => {
          setTimeout(() => { Promise.try(way).catch(() => { failed.push(name) }).finally(resolve) })
        })
      }
      await new Promise(resolve => { requestAnimationFrame(() => { setTimeout(resolve) }) })
      return { failed, pwned: (globalThis as { pwned?: unknown }).pwned, base: document.baseURI }
    }, [EVIL, `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`] as const)
    expect(done.pwned).to.equal(undefined)
    expect(done.failed).to.include.members(['markup', 'eval', 'elsewhere'])
    expect(new URL(done.base).origin).to.equal(api.url)
    expect(visit.complaints.filter(complaint => complaint.includes('Content Security Policy')).length).to.be.at.least(4)
    expect(heard, 'requests to elsewhere').to.equal(0)
  })
})
