import { readFile } from 'node:fs/promises'
import { eventually } from '../../support/eventually.ts'
import { freePorts } from '../../support/free-ports.ts'
import { isOneNetwork, stateOf, timed } from '../../support/figure.ts'
import { Swarm } from '../../support/swarm.ts'
import { AdminClient } from './admin-client.ts'
import { inChromium } from './chromium.ts'
import type { Browser } from 'playwright-core'
import type { Vault } from '../../../src/http/schemas/shards.ts'
import type { Resident } from '../../support/swarm.ts'

const NODES = 7
const FORM_LIMIT_MS = 60_000

/** A node with an admin API. */
export class Watched {
  readonly resident: Resident
  readonly #port: number
  readonly #bootstrap: string
  #client: AdminClient | undefined

  constructor (resident: Resident, port: number, bootstrap: string) {
    this.resident = resident
    this.#port = port
    this.#bootstrap = bootstrap
  }

  get api (): AdminClient {
    if (this.#client == null) throw new Error('not started')
    return this.#client
  }

  get peerId (): string {
    return this.resident.peerId
  }

  /** Also a second time: at the same place, as the same. */
  async start (): Promise<void> {
    const program = this.resident.start(['--bootstrap', this.#bootstrap, '--api-listen', `127.0.0.1:${this.#port}`])
    await this.resident.ready()
    const { url, tokenFile } = await program.waitFor('api:listening', () => true, FORM_LIMIT_MS)
    this.#client = new AdminClient(url, (await readFile(tokenFile, 'utf8')).trim())
  }
}

/** Programs as they are shipped, which found each other from one address; `await using` ends them. */
export class Network implements AsyncDisposable {
  /** The one whose dashboard is looked at. */
  readonly watched: Watched
  /** Has an admin API too: shows what arrives there. */
  readonly friend: Watched
  /** All others. */
  readonly others: readonly Resident[]
  readonly #swarm: Swarm

  private constructor (swarm: Swarm, watched: Watched, friend: Watched, others: readonly Resident[]) {
    this.#swarm = swarm
    this.watched = watched
    this.friend = friend
    this.others = others
  }

  static async start (): Promise<Network> {
    const swarm = new Swarm()
    try {
      const [first, second, third, ...others] = await swarm.settle(NODES) as [Resident, Resident, Resident, ...Resident[]]
      first.start(['--no-api'])
      const address = await first.ready()
      for (const resident of others) resident.start(['--bootstrap', address, '--no-api'])
      const port = await freePorts(2)
      const [watched, friend] = [new Watched(second, port, address), new Watched(third, port + 1, address)]
      await Promise.all([watched.start(), friend.start(), ...others.map(async resident => await resident.ready())])
      const { residents } = swarm
      await timed('all of them are connected to the one that is watched', FORM_LIMIT_MS, () => isOneNetwork(residents) && second.links.size === NODES - 1, () => stateOf(residents))
      await holdOnce(watched.api)
      return new Network(swarm, watched, friend, [first, ...others])
    } catch (err) {
      await swarm[Symbol.asyncDispose]()
      throw err
    }
  }

  async [Symbol.asyncDispose] (): Promise<void> {
    await this.#swarm[Symbol.asyncDispose]()
  }
}

/** All others have held a share: the first that comes makes a node load what it needs for that, which takes long on a slow machine. */
async function holdOnce (api: AdminClient): Promise<void> {
  const { id } = await eventually('all others hold a share', async () => await api.post<Vault>('/v1/shards', { text: 'first', threshold: 2, holders: NODES - 1 }).catch(() => undefined), FORM_LIMIT_MS) as Vault
  await api.delete(`/v1/shards/${id}`)
}

/** A suite with a browser and a network of its own. */
export function inNetwork (title: string, suite: (browser: () => Browser, network: () => Network) => void): void {
  inChromium(title, browser => {
    let network: Network | undefined

    before(async () => { network = await Network.start() })

    after(async () => { await network?.[Symbol.asyncDispose]() })

    suite(browser, () => {
      if (network == null) throw new Error('the network is not started before the tests')
      return network
    })
  })
}
