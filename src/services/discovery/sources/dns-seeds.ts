import { AppError, describeError } from '../../../errors.ts'
import { timeoutSignal } from '../../../util/clock.ts'
import { abortable } from '../wait.ts'
import { addressesAt, addressesIn, dnsaddrIn, parseSeed, sightingsOf } from './dns-records.ts'
import { repeat } from './repeat.ts'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { DiscoveryComponents, Sighting, Source, SourceContext } from '../index.ts'
import type { DnsSeed } from './dns-records.ts'

export { DEFAULT_PORT, DnsSeedInvalidError, parseSeed } from './dns-records.ts'

/** Who asks the DNS. Both reject when the name does not exist or nobody answers, and heed the signal. */
export interface DnsResolver {
  /** The TXT records of a name, the pieces of each joined. */
  txt (name: string, options: { signal: AbortSignal }): Promise<string[]>
  /** The IP addresses of a name, from its A and AAAA records. */
  addresses (name: string, options: { signal: AbortSignal }): Promise<string[]>
}

export interface DnsSeedsInit {
  /** `name` or `name:port`; the port, 4701 if none is given, is for A and AAAA records. */
  seeds: string[]
  resolver: DnsResolver
  /** First wait between two rounds of questions, in milliseconds; doubles up to 10 minutes. @default 10_000 */
  intervalMs?: number
}

/** No seed could be asked. `details.seeds` is `{ <seed>: <cause> }`. */
export class DnsSeedsError extends AppError {
  constructor (failures: ReadonlyArray<{ seed: string, error: Error }>) {
    const causes = failures.map(({ seed, error }) => ({ seed, cause: describeError(error) }))
    super('DISCOVERY_DNS_SEEDS_FAILED', `no DNS seed answered: check their names and this machine's DNS (${causes.map(({ seed, cause }) => `${seed}: ${cause}`).join('; ')})`, {
      cause: new AggregateError(failures.map(({ error }) => error), 'every seed failed'),
      details: { seeds: Object.fromEntries(causes.map(({ seed, cause }) => [seed, cause])) }
    })
  }
}

// soon again: a node often starts together with the one that its seed names
const INTERVAL_MS = 10_000
const MAX_INTERVAL_MS = 600_000
const QUESTION_TIMEOUT_MS = 5_000
/** A `/dnsaddr` inside a `/dnsaddr` ..., and how many in all for a seed. */
const MAX_DEPTH = 4
const MAX_NESTED = 16

/**
 * Peers from DNS names: TXT records `dnsaddr=<multiaddr>` of the name and of `_dnsaddr.<name>`, and its A and AAAA
 * records with the seed's port. Throws `DnsSeedInvalidError` at once; while it runs `DnsSeedsError` when no seed answers.
 */
export function dnsSeeds ({ seeds, resolver, intervalMs = INTERVAL_MS }: DnsSeedsInit): (components: Pick<DiscoveryComponents, 'addressBook'>) => Source {
  const parsed = seeds.map(parseSeed)
  const pace = { minMs: intervalMs, maxMs: Math.max(intervalMs, MAX_INTERVAL_MS) }
  return ({ addressBook }) => ({
    name: 'dns-seed',
    async * find (context) {
      if (parsed.length === 0) return
      yield * repeat(context, pace, async function * () {
        let fruitful = false
        for await (const sighting of ask(parsed, new Questions(resolver, context), context)) {
          if (sighting.peerId != null && addressBook.get(sighting.peerId) == null) fruitful = true
          yield sighting
        }
        return fruitful
      })
    }
  })
}

/** Asks all seeds at once; a slow one keeps nobody waiting. */
async function * ask (seeds: DnsSeed[], questions: Questions, { log, signal }: SourceContext): AsyncGenerator<Sighting, void, void> {
  const failures: Array<{ seed: string, error: Error }> = []
  for await (const { seed, outcome } of asCompleted(seeds.map(async seed => ({ seed, outcome: await questions.seed(seed) })))) {
    signal.throwIfAborted()
    if (Array.isArray(outcome)) {
      yield * sightingsOf(outcome)
    } else {
      log('DNS seed %s failed: %s', seed.name, describeError(outcome))
      failures.push({ seed: `${seed.name}:${seed.port}`, error: outcome })
    }
  }
  if (failures.length === seeds.length) throw new DnsSeedsError(failures)
}

async function * asCompleted<T> (tasks: Array<Promise<T>>): AsyncGenerator<T, void, void> {
  const pending = new Map(tasks.map((task, i) => [i, task.then(value => ({ i, value }))]))
  while (pending.size > 0) {
    const { i, value } = await Promise.race(pending.values())
    pending.delete(i)
    yield value
  }
}

/** One round of questions, each with a limit in time. */
class Questions {
  readonly #resolver: DnsResolver
  readonly #context: SourceContext

  constructor (resolver: DnsResolver, context: SourceContext) {
    this.#resolver = resolver
    this.#context = context
  }

  /** Never rejects: the addresses, or why none of the questions was answered. */
  async seed ({ name, port }: DnsSeed): Promise<Multiaddr[] | Error> {
    const budget = { nested: MAX_NESTED }
    const answers = await Promise.allSettled([
      this.#dnsaddr(name, '', budget),
      this.#dnsaddr(`_dnsaddr.${name}`, '', budget),
      this.#ask(options => this.#resolver.addresses(name, options)).then(ips => addressesAt(ips, port))
    ])
    const given = answers.filter(answer => answer.status === 'fulfilled')
    if (given.length > 0) return given.flatMap(({ value }) => value)
    return new AggregateError(answers.flatMap(answer => answer.status === 'rejected' ? [answer.reason as unknown] : []), `${name} has no record that could be read`)
  }

  /** The addresses in the TXT records of a name that end in `suffix`, those behind a nested `/dnsaddr` among them. */
  async #dnsaddr (name: string, suffix: string, budget: { nested: number }, depth = 1): Promise<Multiaddr[]> {
    const records = await this.#ask(options => this.#resolver.txt(name, options))
    const found = await Promise.all(addressesIn(records).map(async address => {
      const nested = dnsaddrIn(address)
      if (nested == null) return [address]
      if (depth >= MAX_DEPTH || budget.nested-- <= 0) return []
      try {
        return await this.#dnsaddr(`_dnsaddr.${nested.name}`, nested.suffix, budget, depth + 1)
      } catch (err) {
        this.#context.log('%a leads nowhere: %s', address, describeError(err))
        return []
      }
    }))
    return found.flat().filter(address => address.toString().endsWith(suffix))
  }

  async #ask<T> (question: (options: { signal: AbortSignal }) => Promise<T>): Promise<T> {
    const timeout = timeoutSignal(this.#context.clock, QUESTION_TIMEOUT_MS, this.#context.signal)
    try {
      return await abortable(question({ signal: timeout.signal }), timeout.signal)
    } finally {
      timeout.clear()
    }
  }
}
