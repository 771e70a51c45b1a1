import { dns, RecordType } from '@multiformats/dns'
import { dnsJsonOverHttps } from '@multiformats/dns/resolvers'
import { AppError, describeError } from '../errors.ts'
import { systemClock, timeoutSignal } from '../util/clock.ts'
import type { DNS } from '@multiformats/dns'
import type { DnsInit, DnsResolver } from './dns.ts'

export type { DnsInit, DnsResolver } from './dns.ts'

/** `DNS_SERVER_INVALID`, `DNS_FAILED` or `DNS_TIMEOUT` */
export class DnsError extends AppError {}

const TIMEOUT_MS = 5_000
const MAX_ANSWERS = 256

/** Asks DNS-JSON-over-HTTPS servers (`https://example.org/dns-query`). Throws `DNS_SERVER_INVALID`. */
export function createResolver ({ servers = [], timeoutMs = TIMEOUT_MS, clock = systemClock }: DnsInit = {}): DnsResolver {
  const client = createDns({ servers }) ?? dns()

  const ask = async (name: string, types: RecordType[], outer?: AbortSignal): Promise<string[]> => {
    const { signal, clear } = timeoutSignal(clock, timeoutMs, outer)
    try {
      const { Answer } = await client.query(name, { types, signal })
      return Answer.filter(({ type }) => types.includes(type)).map(({ data }) => data).slice(0, MAX_ANSWERS)
    } catch (cause) {
      outer?.throwIfAborted()
      if (signal.aborted) throw new DnsError('DNS_TIMEOUT', `no DNS server answered about ${name} within ${timeoutMs} ms: check that they can be reached`, { cause, details: { name, servers } })
      throw new DnsError('DNS_FAILED', `no DNS server can answer about ${name}: ${describeError(cause)}. Check the name and the DNS servers`, { cause, details: { name, servers } })
    } finally {
      clear()
    }
  }

  return {
    txt: async (name, { signal } = {}) => await ask(name, [RecordType.TXT], signal),
    addresses: async (name, { signal } = {}) => await ask(name, [RecordType.A, RecordType.AAAA], signal)
  }
}

/** What libp2p resolves `/dnsaddr` with, when it must ask other servers than its own choice. Throws `DNS_SERVER_INVALID`. */
export function createDns ({ servers = [] }: DnsInit = {}): DNS | undefined {
  if (servers.length === 0) return undefined
  const bad = servers.find(server => URL.parse(server)?.protocol !== 'https:')
  if (bad != null) {
    throw new DnsError('DNS_SERVER_INVALID', `DNS server ${bad}: a browser can only ask DNS-JSON-over-HTTPS servers, as in https://example.org/dns-query`, { details: { servers } })
  }
  return dns({ resolvers: { '.': servers.map(server => dnsJsonOverHttps(server)) } })
}
