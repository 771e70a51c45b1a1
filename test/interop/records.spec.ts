import { expect } from 'chai'
import { connect, peerkeep } from './support/peerkeep.ts'
import { inForeign } from './support/suites.ts'
import { go } from './support/toolchain.ts'

inForeign('signed records', (foreign) => {
  it('of both sides are taken by the other, over peer exchange', async () => {
    await using node = await peerkeep()
    await connect(node, foreign(), 'tcp', 'the foreign node')
    const told = await foreign().order('introduce', { peer: node.peerId.toString(), network: 'main' })
    expect(told).to.deep.include({ status: 1, network: 'main', peer: node.peerId.toString() })
    expect(told.addrs.map(addr => `${addr}/p2p/${node.peerId.toString()}`)).to.have.members(node.getMultiaddrs().map(String))

    const known = node.services.addressBook.get(foreign().peerId)
    expect(known?.record, 'its record').to.be.an.instanceOf(Uint8Array)
    expect(known?.multiaddrs.map(String)).to.include(foreign().address('ws').toString().replace(/\/p2p\/.*/, ''))
    expect(node.services.scoring.standing(foreign().peerId)).to.equal('good')
  })
}, [go])
