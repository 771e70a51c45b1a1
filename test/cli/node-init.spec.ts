import { expect } from 'chai'
import { nodeInit } from '../../src/cli/node-init.ts'
import { KEYS, merge, valuesFromFlags } from '../../src/config/index.ts'
import type { Key } from '../../src/config/index.ts'

/** Another value than the default for every option that the node is told of. */
const OTHERS: Partial<Record<Key, string>> = {
  dataDir: '/d', network: 'lab', bootstrap: '/ip4/127.0.0.1/tcp/1', peer: '/ip4/127.0.0.1/tcp/2', listen: '/ip4/127.0.0.1/tcp/3', announce: '/ip4/127.0.0.1/tcp/4',
  role: 'light', mdns: 'false', dnsSeed: 'seed.example.org', dnsServer: '127.0.0.1', probePorts: '5000-5011', presence: 'false',
  minPeers: '9', maxPeers: '61', maxInbound: '41', maxOutbound: '21', minOutbound: '7', maxPerIp: '5', maxPerSubnet: '11', localAsPublic: 'true',
  ban: '192.0.2.0/24', allow: '192.0.2.7', autoBan: 'false', gossipRate: '7', mailbox: 'true', shardsMib: '7', failureDomain: 'rack-1',
  dht: 'off', dhtLan: 'true', relayClient: 'false', relayServer: 'true', autonat: 'false', dcutr: 'false', upnp: 'true', quic: 'true',
  feelerInterval: '3m', dialTimeout: '11s', minRetry: '2s', maxRetry: '9m'
}
/** What is not the node's: which files are read, and how the program speaks. Their contents are told in `files`. */
const NOT_THE_NODES: Key[] = ['config', 'profile', 'tlsCert', 'tlsKey', 'pskFile', 'passphraseFile', 'passphrase', 'logLevel', 'json']

describe('what options mean for the node', () => {
  const plain = JSON.stringify(nodeInit(merge([]).config, {}))

  it('every option is one of the node\'s or one of the program\'s', () => {
    expect([...Object.keys(OTHERS), ...NOT_THE_NODES].toSorted()).to.deep.equal(KEYS.toSorted())
  })

  for (const [key, text] of Object.entries(OTHERS)) {
    it(`${key} reaches it`, () => {
      expect(JSON.stringify(nodeInit(merge([valuesFromFlags(new Map([[key as Key, [text]]]))]).config, {}))).not.to.equal(plain)
    })
  }

  it('passes on the contents of files', () => {
    const files = { passphrase: 'x', tls: { cert: 'c', key: 'k' }, preSharedKey: Uint8Array.of(1) }
    expect(nodeInit(merge([]).config, files)).to.include(files)
  })
})
