import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { ConfigError, KEYS, OPTIONS, allowedInFiles, asJson, flagOf, isList, merge, reconcile, valuesFromEnvironment, valuesFromFile, valuesFromFlags, variableOf } from '../../src/config/index.ts'
import type { Config, Json, Key, Values } from '../../src/config/index.ts'

const CONFIG = join(import.meta.dirname, '../../config')
const PEER = '12D3KooWRBhwfeP2Y4TCx1SM6s9rUoHhR5STiGwxBhgFRcw3UERE'

function refusal (act: () => unknown): string {
  try {
    act()
  } catch (err) {
    expect(err).to.be.instanceOf(ConfigError)
    return (err as ConfigError).message
  }
  throw new Error('was not refused')
}

const flag = (key: Key, ...values: Array<string | null>): Values => valuesFromFlags(new Map([[key, values]]))
const settle = (...layers: Values[]): Config => reconcile(merge(layers)).config

/** Right values of every option, as text. */
const TEXTS: Record<string, fc.Arbitrary<string>> = {
  '<path>': fc.stringMatching(/^[a-z/.]{1,20}$/),
  '<name>': fc.stringMatching(/^[a-z]{1,10}$/),
  '<number>': fc.integer({ min: 1, max: 10_000 }).map(String),
  '<duration>': fc.integer({ min: 100, max: 300_000 }).map(ms => `${ms}ms`),
  '<role>': fc.constantFrom('full', 'relay', 'light', 'gateway'),
  '<mode>': fc.constantFrom('auto', 'server', 'client', 'off'),
  '<level>': fc.constantFrom('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'),
  '<ports>': fc.tuple(fc.integer({ min: 1, max: 60_000 }), fc.nat(1_000)).map(([from, more]) => more === 0 ? `${from}` : `${from}-${from + more}`),
  '<name[:port]>': fc.tuple(fc.domain(), fc.integer({ min: 1, max: 65_535 })).map(([name, port]) => `${name}:${port}`),
  '<ip[:port]>': fc.ipV4().map(ip => `${ip}:53`),
  '<ip:port>': fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 65_535 })).map(([ip, port]) => `${ip}:${port}`),
  '<url>': fc.domain().map(name => `https://${name}:4780`),
  '<multiaddr>': fc.tuple(fc.ipV4(), fc.integer({ min: 1, max: 65_535 })).map(([ip, port]) => `/ip4/${ip}/tcp/${port}`),
  '<peer|ip|prefix>': fc.oneof(fc.ipV4(), fc.ipV6(), fc.constant(PEER), fc.nat(255).map(byte => `192.0.${byte}.0/24`)),
  '<text>': fc.string({ minLength: 1 }),
  '': fc.constantFrom('true', 'false')
}

function textOf (key: Key): fc.Arbitrary<string> {
  return TEXTS[OPTIONS[key].type.placeholder] ?? fc.constant('')
}

describe('configuration', () => {
  it('reads what it writes: text -> value -> JSON -> the same value, for every option', () => {
    for (const key of KEYS.filter(allowedInFiles)) {
      fc.assert(fc.property(textOf(key), (text) => {
        const value = flag(key, text).get(key)?.value
        const json = { [key]: asJson(key, value) } as Json
        expect(valuesFromFile(json, 'file', 'x.json').get(key)?.value).to.deep.equal(value)
      }), { numRuns: 30 })
    }
  })

  it('lets the strongest layer win, and names it', () => {
    const layers = fc.record({ profile: fc.option(fc.nat(100)), file: fc.option(fc.nat(100)), environment: fc.option(fc.nat(100)), flag: fc.option(fc.nat(100)) })
    fc.assert(fc.property(layers, ({ profile, file, environment, flag: given }) => {
      const { config, origins } = merge([
        valuesFromFile({ minPeers: profile }, 'profile', 'p.json'),
        valuesFromFile({ minPeers: file }, 'file', 'f.json'),
        valuesFromEnvironment(environment == null ? {} : { PEERKEEP_MIN_PEERS: `${environment}` }),
        ...given == null ? [] : [flag('minPeers', `${given}`)]
      ])
      expect(config.minPeers).to.equal(given ?? environment ?? file ?? profile ?? 8)
      const layer = given != null ? 'flag' : environment != null ? 'environment' : file != null ? 'file' : profile != null ? 'profile' : 'default'
      expect(origins.minPeers.layer).to.equal(layer)
    }))
  })

  it('never ends with numbers that contradict each other', () => {
    const numbers = ['minPeers', 'maxPeers', 'maxInbound', 'maxOutbound', 'minOutbound', 'maxPerIp', 'maxPerSubnet'] as const
    const some = fc.dictionary(fc.constantFrom(...numbers), fc.integer({ min: 1, max: 100 }))
    fc.assert(fc.property(some, some, (profile, file) => {
      let config: Config
      try {
        config = settle(valuesFromFile(profile, 'profile', 'p.json'), valuesFromFile(file, 'file', 'f.json'))
      } catch (err) {
        // only what somebody chose may be refused
        expect(Object.keys(file).length).to.be.greaterThan(1)
        expect(err).to.be.instanceOf(ConfigError)
        return
      }
      for (const [low, high] of [['minPeers', 'maxPeers'], ['maxInbound', 'maxPeers'], ['maxOutbound', 'maxPeers'], ['minOutbound', 'maxOutbound'], ['maxPerIp', 'maxPerSubnet']] as const) {
        expect(config[low], `${low} and ${high}`).to.be.at.most(config[high])
      }
      for (const key of numbers) if (file[key] != null) expect(config[key]).to.equal(file[key])
    }), { numRuns: 500 })
  })

  describe('refuses', () => {
    const cases: Record<string, [act: () => unknown, message: RegExp]> = {
      'text for a number': [() => flag('maxPeers', 'many'), /^--max-peers must be a whole number from 1 to 10000, not "many"$/],
      'a number out of range': [() => valuesFromEnvironment({ PEERKEEP_MAX_PEERS: '0' }), /^PEERKEEP_MAX_PEERS must be a whole number from 1 to 10000, not "0"$/],
      'the wrong JSON type': [() => valuesFromFile({ maxPeers: '60' }, 'file', '/x/c.json'), /^"maxPeers" in \/x\/c\.json must be a whole number from 1 to 10000, not "60"$/],
      'text for a switch': [() => valuesFromFile({ mdns: 'yes' }, 'file', 'c.json'), /^"mdns" in c\.json must be true or false, not "yes"$/],
      'one value for a list': [() => valuesFromFile({ bootstrap: `/ip4/127.0.0.1/tcp/1/p2p/${PEER}` }, 'file', 'c.json'), /^"bootstrap" in c\.json must be an array/],
      'a time without a unit': [() => flag('dialTimeout', '30'), /^--dial-timeout must be a time from 100ms to 5m with a unit.*not "30"$/],
      'a time as a number': [() => valuesFromFile({ dialTimeout: 30 }, 'file', 'c.json'), /must be a time .* not 30$/],
      'half a multiaddr': [() => flag('bootstrap', '127.0.0.1:4701'), /^--bootstrap must be a multiaddr like \/ip4\/127\.0\.0\.1\/tcp\/4701\/p2p\/12D3\w+, not "127\.0\.0\.1:4701"/],
      'a multiaddr without a transport': [() => flag('peer', '/ip4/127.0.0.1'), /not "\/ip4\/127\.0\.0\.1": no transport of this node can dial it$/],
      'a port that nobody can dial': [() => flag('bootstrap', '/ip4/127.0.0.1/tcp/0'), /port 0 cannot be dialled/],
      'half a peer id': [() => flag('bootstrap', '/ip4/127.0.0.1/tcp/1/p2p/12D3KooW'), /"12D3KooW" is not a peer id/],
      'a peer id to listen on': [() => flag('listen', `/ip4/127.0.0.1/tcp/1/p2p/${PEER}`), /leave out \/p2p/],
      'a name to listen on': [() => flag('listen', '/dns4/example.org/tcp/1'), /begins with \/ip4\/ or \/ip6\//],
      'a port range that runs backwards': [() => flag('probePorts', '5011-5000'), /^--probe-ports: the port range "5011-5000" runs backwards: write it as in 5000-5011/],
      'an IP address for a DNS seed': [() => flag('dnsSeed', '127.0.0.1:53'), /^--dns-seed: the DNS seed "127\.0\.0\.1:53" is neither/],
      'a prefix that has more': [() => flag('ban', '198.51.100.7/24'), /^--ban: .* did you mean 198\.51\.100\.0\/24\?/],
      'a name for a DNS server': [() => flag('dnsServer', 'dns.example.org'), /^--dns-server must be an IP address/],
      'an unknown role': [() => flag('role', 'boss'), /^--role must be full, relay, light or gateway, not "boss"$/],
      'an unknown key': [() => valuesFromFile({ maxPeer: 3 }, 'file', 'c.json'), /^"maxPeer" in c\.json is not an option \(did you mean maxPeers\?\)$/],
      'a flag as a key': [() => valuesFromFile({ 'data-dir': 'x' }, 'file', 'c.json'), /did you mean dataDir\?/],
      'a passphrase in a file': [() => valuesFromFile({ passphrase: 'x' }, 'file', 'c.json'), /^"passphrase" cannot be set in c\.json$/],
      'a file that names a file': [() => valuesFromFile({ config: 'x' }, 'file', 'c.json'), /^"config" cannot be set in c\.json$/],
      'an array for a file': [() => valuesFromFile([], 'file', 'c.json'), /^c\.json must hold one JSON object$/],
      'an unknown variable': [() => valuesFromEnvironment({ PEERKEEP_MAXPEERS: '3' }), /^the environment variable PEERKEEP_MAXPEERS is unknown \(did you mean PEERKEEP_MAX_PEERS\?\)$/],
      'two choices that contradict each other': [() => settle(flag('maxPeers', '5'), valuesFromEnvironment({ PEERKEEP_MIN_OUTBOUND: '6' })), /^PEERKEEP_MIN_OUTBOUND \(6\) must not be more than --max-peers \(5\)$/],
      'retries that shrink': [() => settle(flag('minRetry', '1m'), valuesFromEnvironment({ PEERKEEP_MAX_RETRY: '1s' })), /^--min-retry \(60000\) must not be more than PEERKEEP_MAX_RETRY/],
      'a certificate without its key': [() => settle(flag('tlsCert', 'c.pem')), /^--tls-cert needs --tls-key too$/],
      'two passphrases': [() => settle(flag('passphraseFile', 'f'), valuesFromEnvironment({ PEERKEEP_PASSPHRASE: 'x' })), /both give a passphrase$/],
      'QUIC in a private network': [() => settle(flag('pskFile', 'k'), flag('quic', 'true')), /exclude each other/],
      'the private profile without a key': [() => settle(flag('profile', 'private')), /needs --psk-file/]
    }
    for (const [name, [act, message]] of Object.entries(cases)) {
      it(name, () => { expect(refusal(act)).to.match(message) })
    }
  })

  it('never shows a passphrase', () => {
    const { config } = merge([valuesFromEnvironment({ PEERKEEP_PASSPHRASE: ' open sesame ' })])
    expect(config.passphrase).to.equal(' open sesame ')
    expect(asJson('passphrase', config.passphrase)).to.equal(null)
  })

  it('takes lists from repeated flags, separated variables and arrays; --no-x and an empty variable empty them', () => {
    expect(settle(flag('peer', '/ip4/127.0.0.1/tcp/1', '/ip4/127.0.0.1/tcp/2')).peer).to.have.length(2)
    expect(settle(valuesFromEnvironment({ PEERKEEP_PEER: '/ip4/127.0.0.1/tcp/1, /ip4/127.0.0.1/tcp/2' })).peer).to.have.length(2)
    expect(settle(flag('listen', null)).listen).to.deep.equal([])
    expect(settle(valuesFromEnvironment({ PEERKEEP_LISTEN: '' })).listen).to.deep.equal([])
    expect(settle(flag('mdns', null)).mdns).to.equal(false)
  })

  it('lets what nobody chose give way', () => {
    expect(settle(flag('maxPeers', '5'))).to.include({ maxPeers: 5, minPeers: 5, maxInbound: 5, maxOutbound: 5, minOutbound: 5 })
    expect(settle(flag('minOutbound', '70'))).to.include({ minOutbound: 70, maxOutbound: 70, maxPeers: 70 })
  })

  it('config/default.json has every option with its default', async () => {
    const json = JSON.parse(await readFile(join(CONFIG, 'default.json'), 'utf8')) as Record<string, Json>
    const { description, ...options } = json
    expect(description).to.be.a('string')
    expect(options).to.deep.equal(Object.fromEntries(KEYS.filter(allowedInFiles).map(key => [key, asJson(key, OPTIONS[key].default)])))
  })

  it('every profile is valid, and says what it is for', async () => {
    const names = await readdir(join(CONFIG, 'profiles'))
    expect(names.toSorted()).to.deep.equal(['default.json', 'dev.json', 'light.json', 'private.json', 'relay.json'])
    for (const name of names) {
      const json = JSON.parse(await readFile(join(CONFIG, 'profiles', name), 'utf8')) as Record<string, Json>
      expect(json['description'], name).to.be.a('string')
      settle(valuesFromFile(json, 'profile', name))
    }
  })

  it('derives names that differ', () => {
    const names = KEYS.flatMap(key => [flagOf(key), variableOf(key), isList(key) ? flagOf(key)?.replace('--', '--no-') : undefined]).filter(name => name != null)
    expect(new Set(names).size).to.equal(names.length)
  })
})
