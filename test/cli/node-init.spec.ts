import { expect } from 'chai'
import { checkInit } from '../../src/app-node/checked.ts'
import { nodeInit, transportsInit } from '../../src/cli/node-init.ts'
import { KEYS, merge, valuesFromFlags } from '../../src/config/index.ts'
import type { ConfiguredFiles } from '../../src/cli/files.ts'
import type { Config, Key } from '../../src/config/index.ts'

/** Another value than the default for every option that the node is told of. */
const OTHERS: Partial<Record<Key, string>> = {
  dataDir: '/d', network: 'lab', bootstrap: '/ip4/127.0.0.1/tcp/1', peer: '/ip4/127.0.0.1/tcp/2', listen: '/ip4/127.0.0.1/tcp/3', announce: '/ip4/127.0.0.1/tcp/4',
  role: 'light', mdns: 'false', dnsSeed: 'seed.example.org', dnsServer: '127.0.0.1', probePorts: '5000-5011', presence: 'false',
  minPeers: '9', maxPeers: '61', maxInbound: '41', maxOutbound: '21', minOutbound: '7', maxPerIp: '5', maxPerSubnet: '11', localAsPublic: 'true',
  ban: '192.0.2.0/24', allow: '192.0.2.7', autoBan: 'false', gossipRate: '7', mailbox: 'true', shardsMib: '7', failureDomain: 'rack-1',
  dht: 'off', dhtLan: 'true', relayClient: 'false', relayServer: 'true', autonat: 'false', dcutr: 'false', upnp: 'true', quic: 'true',
  feelerInterval: '3m', dialTimeout: '11s', minRetry: '2s', maxRetry: '9m'
}
/** What is not the node's: which files are read, how the program speaks, and its admin API. Contents of files are told in `files`. */
const NOT_THE_NODES: Key[] = [
  'config', 'profile', 'tlsCert', 'tlsKey', 'pskFile', 'passphraseFile', 'passphrase', 'logLevel', 'json',
  'api', 'apiListen', 'apiHost', 'apiInsecure', 'apiTokenFile', 'apiUrl', 'filesDir', 'filesMib'
]

describe('what options mean for the node', () => {
  const meant = (config: Config, files: ConfiguredFiles = {}): object => ({ ...nodeInit(config, files), transports: transportsInit(config, files) })
  const plain = JSON.stringify(meant(merge([]).config))

  it('every option is one of the node\'s or one of the program\'s', () => {
    expect([...Object.keys(OTHERS), ...NOT_THE_NODES].toSorted()).to.deep.equal(KEYS.toSorted())
  })

  for (const [key, text] of Object.entries(OTHERS)) {
    it(`${key} reaches it`, () => {
      const { config } = merge([valuesFromFlags(new Map([[key as Key, [text]]]))])
      expect(JSON.stringify(meant(config))).not.to.equal(plain)
      expect(() => checkInit({ ...nodeInit(config, {}), transports: [] })).not.to.throw()
    })
  }

  it('passes on the contents of files', () => {
    const files = { passphrase: 'x', preSharedKey: Uint8Array.of(1) }
    const tls = { cert: 'c', key: 'k' }
    expect(nodeInit(merge([]).config, files)).to.include(files)
    expect(transportsInit(merge([]).config, { tls })).to.deep.include({ tls })
    expect(() => checkInit({ ...nodeInit(merge([]).config, { tls }), transports: [] })).not.to.throw()
  })
})
