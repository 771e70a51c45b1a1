import { multiaddr } from '@multiformats/multiaddr'
import { WebSocketsSecure } from '@multiformats/multiaddr-matcher'
import { flagOf } from './options.ts'
import { ConfigError } from './merge.ts'
import type { MergedOf, Origin } from './merge.ts'
import type { Config, Key, OPTIONS } from './options.ts'

type Merged = MergedOf<typeof OPTIONS>

type NumberKey = { [K in Key]: Config[K] extends number ? K : never }[Key]

/** Each may be at most the other; what follows from two of them stands here too, so that one look at each pair is enough. */
const PAIRS: ReadonlyArray<readonly [low: NumberKey, high: NumberKey]> = [
  ['maxOutbound', 'maxPeers'], ['maxInbound', 'maxPeers'], ['minPeers', 'maxPeers'], ['minOutbound', 'maxOutbound'], ['minOutbound', 'maxPeers'],
  ['maxPerIp', 'maxPerSubnet'], ['minRetry', 'maxRetry']
]

/**
 * Settles values that contradict each other: one that nobody chose gives way (`--max-peers 5` alone makes `minPeers` 5
 * too), two that somebody chose are refused. A profile counts as defaults.
 *
 * @throws ConfigError
 */
export function reconcile ({ config, origins }: Merged): Merged {
  const numbers = Object.fromEntries(PAIRS.flat().map(key => [key, config[key]])) as Record<NumberKey, number>
  const settled: Record<Key, Origin> = { ...origins }
  const isChosen = (key: Key): boolean => origins[key].layer !== 'default' && origins[key].layer !== 'profile'
  for (const [low, high] of PAIRS) {
    if (!isChosen(low) || numbers[low] <= numbers[high]) continue
    if (isChosen(high)) throw new ConfigError(`${naming(low)} must not be more than ${naming(high)}`, `lower ${flagOf(low)} or raise ${flagOf(high)}`)
    fit(high, low)
  }
  for (const [low, high] of PAIRS) {
    if (!isChosen(low) && numbers[low] > numbers[high]) fit(low, high)
  }
  checkCompanions()
  return { config: { ...config, ...numbers }, origins: settled }

  function fit (key: NumberKey, to: NumberKey): void {
    numbers[key] = numbers[to]
    settled[key] = { layer: origins[key].layer, where: `${origins[key].where}, changed to fit ${settled[to].where}` }
  }

  function checkCompanions (): void {
    if ((config.tlsCert == null) !== (config.tlsKey == null)) {
      const [given, missing] = config.tlsKey == null ? ['tlsCert', 'tlsKey'] as const : ['tlsKey', 'tlsCert'] as const
      throw new ConfigError(`${naming(given)} needs ${flagOf(missing)} too`, 'give both files, or none')
    }
    if (config.profile === 'private' && config.pskFile == null) {
      throw new ConfigError('the profile private needs --psk-file: without the key everybody could connect', 'make one key for all of your nodes: printf "/key/swarm/psk/1.0.0/\\n/base16/\\n%s\\n" "$(openssl rand -hex 32)" > swarm.key')
    }
    const secure = config.listen.find(address => WebSocketsSecure.exactMatch(multiaddr(address)))
    if (secure != null && config.tlsCert == null) {
      throw new ConfigError(`${naming('listen')}: ${secure} needs a certificate`, 'give --tls-cert and --tls-key, or listen on /ws')
    }
    if (config.passphrase != null && config.passphraseFile != null) {
      throw new ConfigError(`${naming('passphraseFile')} and ${naming('passphrase')} both give a passphrase`, 'give only one of them')
    }
    if (config.pskFile != null && config.quic) {
      throw new ConfigError(`${naming('pskFile')} and ${naming('quic')} exclude each other: the key does not protect QUIC connections`, 'give --no-quic')
    }
  }

  function naming (key: Key): string {
    const { layer, where } = origins[key]
    const name = layer === 'file' || layer === 'profile' ? `"${key}" in ${where}` : where
    const value = config[key]
    return typeof value === 'number' ? `${name} (${value})` : name
  }
}
