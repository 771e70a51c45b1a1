import { generateKey } from '@libp2p/pnet'
import { expect } from 'chai'
import * as z from 'zod'
import { networkId } from '../../../src/util/network-id.ts'
import { AppNodes } from '../../support/app-nodes.ts'
import { eventually, passes } from '../../support/eventually.ts'
import { identified } from '../../support/identified.ts'
import { rejection } from '../../support/rejection.ts'
import type { AppNode, AppNodeInit } from '../../../src/index.ts'

const EVENT = 'note'

interface Member {
  node: AppNode
  charges: string[]
  heard: Array<[how: string, text: string]>
}

describe('messaging: networks apart', function () {
  this.timeout(30_000)
  let nodes: AppNodes

  beforeEach(() => { nodes = new AppNodes() })
  afterEach(async () => { await nodes[Symbol.asyncDispose]() })

  async function member (network: string, init: AppNodeInit = {}): Promise<Member> {
    const node = await nodes.create({ network, messaging: { minRetryMs: 50, maxRetryMs: 200 }, ...init })
    const heard: Member['heard'] = []
    const charges: string[] = []
    node.services.scoring.addEventListener('peer:misbehaviour', ({ detail: { offence, cause } }) => { charges.push(`${offence} ${cause}`) })
    node.services.messaging.on(EVENT, z.string(), (text, { how }) => { heard.push([how, text]) })
    return { node, heard, charges }
  }

  /** Pex as another program would have it: none, so that the connection stays. */
  const silent: AppNodeInit = {
    presence: false,
    services: {
      pex: () => ({ ask: async () => 0, ownRecord: async () => new Uint8Array(0), snapshot: () => ({ asked: 0, answered: 0, pushed: 0, accepted: 0, refused: {}, gauges: {} }) })
    }
  }

  it('are told, and disconnected, at nobody\'s cost', async () => {
    const [a, b] = [await member('one'), await member('two')]
    const reasons: string[] = []
    for (const { node } of [a, b]) node.services.pool.addEventListener('peer:disconnected', ({ detail: { reason } }) => { reasons.push(reason) })
    await a.node.dial(b.node.getMultiaddrs())
    await eventually('both know why', () => reasons.length === 2)
    expect(reasons).to.deep.equal(['wrong-network', 'wrong-network'])
    for (const [{ node }, other] of [[a, b.node.peerId], [b, a.node.peerId]] as const) {
      expect(node.getConnections()).to.deep.equal([])
      // an answer counts for it, and that it was there for a moment only, against it: that is no offence, and fades
      expect(node.services.scoring.score(other)).to.be.within(-1, 0.2)
      expect(node.services.scoring.standing(other)).to.equal('good')
      expect(node.services.bans.isDenied({ peerId: other })).to.equal(false)
      await passes(() => { expect(node.services.addressBook.get(other)).to.equal(undefined) })
    }
    expect([a.charges, b.charges]).to.deep.equal([[], []])
  })

  it('hear nothing of each other, in the moment before they are told either', async () => {
    const [a, b] = [await member('one'), await member('two')]
    const { messaging } = a.node.services
    await a.node.dial(b.node.getMultiaddrs())
    const sent = await messaging.send(b.node.peerId, EVENT, 'direct')
    sent.delivered.catch(() => {})
    await messaging.broadcast(EVENT, 'to all', { allowNobody: true })
    let partings = 0
    a.node.addEventListener('peer:disconnect', () => { partings++ })
    // the outbox dials again, as nobody has told it not to
    await eventually('they have met more often than goodbyes are taken', () => partings >= 6)
    expect(b.heard).to.deep.equal([])
    expect(sent.state).to.not.equal('delivered')
    expect(b.node.services.messaging.snapshot()).to.include({ received: 0, unknown: 0 })
    expect([a.charges, b.charges]).to.deep.equal([[], []])
  })

  it('hear nothing of each other when nobody tells them, while their own do', async () => {
    const [a, own, stranger] = [await member('one', silent), await member('one', silent), await member('two', silent)]
    await a.node.dial(own.node.getMultiaddrs())
    await a.node.dial(stranger.node.getMultiaddrs())
    const { messaging } = a.node.services
    const toStranger = await messaging.send(stranger.node.peerId, EVENT, 'direct')
    toStranger.delivered.catch(() => {})
    const sent = await messaging.send(own.node.peerId, EVENT, 'direct')
    await sent.delivered
    await passes(async () => { expect(await messaging.broadcast(EVENT, 'to all')).to.include({ peers: 1 }) })
    await eventually('its own has heard', () => own.heard.length >= 2)
    expect(own.heard).to.deep.include.members([['direct', 'direct'], ['broadcast', 'to all']])
    expect(a.node.getConnections(stranger.node.peerId)).to.have.length(1)
    expect(stranger.heard).to.deep.equal([])
    expect(toStranger.state).to.not.equal('delivered')
    await identified(a.node, stranger.node.peerId)
    const { protocols: ids } = await a.node.peerStore.get(stranger.node.peerId)
    const ours = a.node.getProtocols().filter(id => id.includes('messaging'))
    expect(ours).to.not.deep.equal([])
    expect(ids.filter(id => ours.includes(id)), 'ids in common').to.deep.equal([])
    expect([a, own, stranger].map(({ charges }) => charges)).to.deep.equal([[], [], []])
  })

  it('have ids of their own, and `main` those of the contract', () => {
    expect(networkId('main', '/peerkeep/messaging/direct/1.0.0')).to.equal('/peerkeep/messaging/direct/1.0.0')
    expect(networkId('test', '/peerkeep/messaging/direct/1.0.0')).to.equal('/peerkeep/test/messaging/direct/1.0.0')
    expect(networkId('test', '/shop/quote/1.0.0')).to.equal('/shop/quote/1.0.0')
  })

  it('keep those without the key of a private network out, and let its own in', async () => {
    const key = (): Uint8Array => {
      const bytes = new Uint8Array(95)
      generateKey(bytes)
      return bytes
    }
    const preSharedKey = key()
    const [a, friend, otherKey, noKey] = [await member('one', { preSharedKey }), await member('one', { preSharedKey }), await member('one', { preSharedKey: key() }), await member('one')]
    for (const { node } of [otherKey, noKey]) {
      const error = await node.dial(a.node.getMultiaddrs()).catch((err: unknown) => err)
      expect(error).to.be.instanceOf(Error)
      if (node === otherKey.node) expect((error as Error).message).to.contain('pre-shared key')
      expect(a.node.getConnections(node.peerId)).to.deep.equal([])
      expect((await rejection(node.services.messaging.broadcast(EVENT, 'let me in'))).code).to.equal('MESSAGING_NOBODY')
    }
    await friend.node.dial(a.node.getMultiaddrs())
    const sent = await friend.node.services.messaging.send(a.node.peerId, EVENT, 'direct')
    await sent.delivered
    expect(a.heard).to.deep.equal([['direct', 'direct']])
    expect(a.node.services.bans.snapshot().gauges).to.include({ peers: 0, hosts: 0 })
  })
})
