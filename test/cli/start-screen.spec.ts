import { expect } from 'chai'
import { palette } from '../../src/cli/screen.ts'
import { bestAddress, joinCommand, startScreen } from '../../src/cli/start-screen.ts'
import { merge } from '../../src/config/index.ts'

const PEER = '12D3KooWRBhwfeP2Y4TCx1SM6s9rUoHhR5STiGwxBhgFRcw3UERE'
const plain = palette(false)
const config = { ...merge([]).config, dataDir: '/srv/node data' }
const at = (address: string): string => `${address}/p2p/${PEER}`

describe('start screen', () => {
  it('says who, where, with what, and how the next one joins', () => {
    const text = startScreen({ config, peerId: PEER, addresses: [at('/ip4/127.0.0.1/tcp/4701')], version: '1.2.3', newIdentity: '/srv/identity.json', readyMs: 345.6 }, plain)
    for (const part of [PEER, '1.2.3', '346 ms', '/srv/node data', 'a new identity, written to /srv/identity.json', `npm start -- --data-dir '/srv/node data-2' --bootstrap ${at('/ip4/127.0.0.1/tcp/4701')}`]) {
      expect(text).to.include(part)
    }
    expect(text).not.to.include('\u001B')
  })

  it('has no command to join a node that nobody can dial', () => {
    expect(startScreen({ config, peerId: PEER, addresses: [], version: '1', newIdentity: undefined, readyMs: 1 }, plain)).to.include('nowhere').and.not.include('npm start')
  })

  it('prefers the address that most can reach', () => {
    const addresses = ['/ip4/127.0.0.1/tcp/1', '/ip4/192.168.1.2/tcp/1/ws', '/ip6/fd00::1/tcp/1', '/ip4/192.168.1.2/tcp/1', '/ip4/8.8.8.8/tcp/1/ws'].map(at)
    expect(bestAddress(addresses)).to.equal(addresses[4])
    expect(bestAddress(addresses.slice(0, 4))).to.equal(addresses[3])
    expect(bestAddress([])).to.equal(undefined)
  })

  it('passes on what the next node must share', () => {
    expect(joinCommand({ ...config, dataDir: '/d', network: 'lab', profile: 'dev', pskFile: '/k' }, '/a')).to.equal('npm start -- --data-dir /d-2 --network lab --profile dev --psk-file /k --bootstrap /a')
  })
})
