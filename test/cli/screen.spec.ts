import { expect } from 'chai'
import { bestAddress, describeEvent, joinCommand, palette, shortReason, shortTime, startScreen } from '../../src/cli/screen.ts'
import { merge } from '../../src/config/index.ts'

const PEER = '12D3KooWRBhwfeP2Y4TCx1SM6s9rUoHhR5STiGwxBhgFRcw3UERE'
const plain = palette(false)
const config = { ...merge([]).config, dataDir: '/srv/node data' }
const at = (address: string): string => `${address}/p2p/${PEER}`

describe('screen', () => {
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

  it('tells an unreachable peer in one line', () => {
    expect(describeEvent({ event: 'dial:failed', address: '/ip4/127.0.0.1/tcp/9', message: 'connection error: connect ECONNREFUSED 127.0.0.1:9', attempt: 3, retryInMs: 4_100 }, plain))
      .to.equal('cannot reach /ip4/127.0.0.1/tcp/9 (ECONNREFUSED), next try in 4 s')
  })

  it('lets no message move the cursor', () => {
    expect(shortReason('a\u001B[2Jb\nc')).to.equal('a?[2Jb c')
  })

  it('writes times in one figure', () => {
    expect([0, 999, 1_000, 89_999, 90_000, 7_200_000].map(shortTime)).to.deep.equal(['0 ms', '999 ms', '1 s', '90 s', '2 min', '2 h'])
  })

  it('colours when asked', () => {
    expect(palette(true).red('x')).to.equal('\u001B[31mx\u001B[39m')
  })
})
