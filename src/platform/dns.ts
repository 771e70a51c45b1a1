import { lookup, Resolver } from 'node:dns/promises'
import { dns, RecordType } from '@multiformats/dns'
import { AppError, describeError } from '../errors.ts'
import { systemClock, timeoutSignal } from '../util/clock.ts'
import type { DNS, DNSResponse, QueryOptions } from '@multiformats/dns'
import type { Clock } from '../util/clock.ts'

/** `DNS_SERVER_INVALID`, `DNS_FAILED` or `DNS_TIMEOUT` */
export class DnsError extends AppError {}

export interface DnsInit {
  /** `1.2.3.4`, `1.2.3.4:5353`, `[::1]:5353`. @default the system's */
  servers?: string[]
  /** For one question, in milliseconds. @default 5_000 */
  timeoutMs?: number
  clock?: Clock
}

/** Questions reject with `DnsError`, or with the signal's reason. A name that has no such records gives an empty list. */
export interface DnsResolver {
  /** TXT records, the pieces of each joined. */
  txt (name: string, options?: { signal?: AbortSignal }): Promise<string[]>
  /** IP addresses, from A and AAAA records. */
  addresses (name: string, options?: { signal?: AbortSignal }): Promise<string[]>
}

const TIMEOUT_MS = 5_000
// a node has a handful of seeds: what does not fit is not an answer but an attack
const MAX_ANSWERS = 256

/** Throws `DNS_SERVER_INVALID`. */
export function createResolver ({ servers = [], timeoutMs = TIMEOUT_MS, clock = systemClock }: DnsInit = {}): DnsResolver {
  newResolver(servers, timeoutMs)

  const ask = async <T> (name: string, signal: AbortSignal | undefined, question: (resolver: Resolver) => Promise<T[]>): Promise<T[]> => {
    signal?.throwIfAborted()
    // one each: cancelling a resolver cancels all that it was asked
    const resolver = newResolver(servers, timeoutMs)
    const timeout = timeoutSignal(clock, timeoutMs, signal)
    try {
      return (await raced(question(resolver), timeout.signal)).slice(0, MAX_ANSWERS)
    } catch (cause) {
      signal?.throwIfAborted()
      if ((cause as NodeJS.ErrnoException).code === 'ENODATA') return []
      throw failed(name, servers, timeoutMs, cause, timeout.signal.aborted)
    } finally {
      timeout.clear()
      resolver.cancel()
    }
  }

  return {
    txt: async (name, { signal } = {}) => (await ask(name, signal, async resolver => await resolver.resolveTxt(name))).map(pieces => pieces.join('')),
    addresses: async (name, { signal } = {}) => await ask(name, signal, async resolver => {
      // the system's way knows the hosts file too
      if (servers.length === 0) return (await lookup(name, { all: true })).map(({ address }) => address)
      return await bothFamilies(resolver, name)
    })
  }
}

/** What libp2p resolves `/dnsaddr` with, when it must ask other servers than the system's. Throws `DNS_SERVER_INVALID`. */
export function createDns ({ servers = [], ...init }: DnsInit = {}): DNS | undefined {
  if (servers.length === 0) return undefined
  const resolver = createResolver({ servers, ...init })
  return dns({
    resolvers: {
      '.': async (name: string, { signal, types = RecordType.A }: QueryOptions = {}): Promise<DNSResponse> => {
        const questions = [types].flat().map(type => ({ name, type }))
        const answers = await Promise.all(questions.map(async ({ type }) => {
          if (type === RecordType.CNAME) return []
          const found = type === RecordType.TXT ? await resolver.txt(name, { signal }) : await resolver.addresses(name, { signal })
          return found
            .filter(data => type === RecordType.TXT || data.includes(':') === (type === RecordType.AAAA))
            .map(data => ({ name, type, TTL: 60, data }))
        }))
        return { Status: 0, TC: false, RD: true, RA: true, AD: false, CD: false, Question: questions, Answer: answers.flat() }
      }
    }
  })
}

async function bothFamilies (resolver: Resolver, name: string): Promise<string[]> {
  const answers = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)])
  const found = answers.flatMap(answer => answer.status === 'fulfilled' ? answer.value : [])
  const [refusal] = answers.flatMap(answer => answer.status === 'rejected' ? [answer.reason as unknown] : [])
  if (found.length === 0 && refusal != null) throw refusal
  return found
}

/** Also for what cannot be cancelled, like the system's resolver. */
async function raced<T> (promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return await new Promise<T>((resolve, reject) => {
    const onAbort = (): void => { reject(signal.reason as Error) }
    signal.addEventListener('abort', onAbort, { once: true })
    promise.then(resolve, reject).finally(() => { signal.removeEventListener('abort', onAbort) })
  })
}

function newResolver (servers: string[], timeoutMs: number): Resolver {
  const resolver = new Resolver({ timeout: Math.ceil(timeoutMs / 2), tries: 2 })
  try {
    if (servers.length > 0) resolver.setServers(servers)
  } catch (cause) {
    throw new DnsError('DNS_SERVER_INVALID', `DNS servers ${servers.join(', ')}: ${describeError(cause)}. Each must be an IP address, with a port if it is not 53, as in 127.0.0.1:5353`, { cause, details: { servers } })
  }
  return resolver
}

function failed (name: string, servers: string[], timeoutMs: number, cause: unknown, timedOut: boolean): DnsError {
  const from = servers.length === 0 ? 'the system\'s DNS' : servers.join(', ')
  const details = { name, servers }
  if (timedOut) return new DnsError('DNS_TIMEOUT', `${from} did not answer about ${name} within ${timeoutMs} ms: check that it can be reached`, { cause, details })
  return new DnsError('DNS_FAILED', `${from} cannot answer about ${name}: ${describeError(cause)}. Check the name and the DNS server`, { cause, details })
}
