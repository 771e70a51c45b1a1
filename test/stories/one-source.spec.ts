import { DnsServer } from '../support/dns-server.ts'
import { everybodyKnowsEverybody, isOneNetwork, stateOf, timed } from '../support/figure.ts'
import { LAN_IP, NetNamespace } from '../support/net-namespace.ts'
import { Swarm } from '../support/swarm.ts'
import type { Resident } from '../support/swarm.ts'

const PROGRAMS = 12
const LIMIT_MS = 30_000

/** From the last `ready` on. */
async function becomeOneNetwork (residents: readonly Resident[]): Promise<void> {
  await Promise.all(residents.map(async resident => await resident.ready()))
  const state = (): string => stateOf(residents)
  const sinceMs = performance.now()
  await timed('one network', LIMIT_MS, () => isOneNetwork(residents), state, sinceMs)
  await timed('everybody in everybody\'s address book', LIMIT_MS, () => everybodyKnowsEverybody(residents), state, sinceMs)
}

describe(`story: ${PROGRAMS} programs that are told no address`, function () {
  it('find each other by mDNS alone', async function () {
    const obstacle = NetNamespace.obstacle()
    if (obstacle != null) {
      process.stdout.write(`      skipped: ${obstacle}\n`)
      this.skip()
    }
    await using lan = await NetNamespace.make()
    await using swarm = new Swarm({ within: lan.within, ip: LAN_IP, args: [] })
    const residents = await swarm.settle(PROGRAMS)
    for (const resident of residents) resident.start()
    await becomeOneNetwork(residents)
  })

  it('find each other by the TXT records of a DNS seed alone', async () => {
    const name = 'seed.example.org'
    await using dns = await DnsServer.start({})
    await using swarm = new Swarm({ args: ['--no-mdns', '--dns-seed', name, '--dns-server', `127.0.0.1:${dns.port}`] })
    const residents = await swarm.settle(PROGRAMS)
    const [first, second, ...others] = residents as [Resident, Resident, ...Resident[]]
    first.start()
    second.start()
    // as an operator does: the addresses of two nodes that stay, written into the zone
    const addresses = [await first.ready(), await second.ready()]
    dns.zone[name] = { TXT: addresses.map(address => `dnsaddr=${address}`) }
    for (const resident of others) resident.start()
    await becomeOneNetwork(residents)
  })

  it('find each other by the A record of a DNS seed and a port alone', async () => {
    const name = 'seed.example.org'
    await using dns = await DnsServer.start({ [name]: { A: ['127.0.0.1'] } })
    await using swarm = new Swarm({ args: ['--no-mdns', '--dns-server', `127.0.0.1:${dns.port}`] })
    const residents = await swarm.settle(PROGRAMS)
    for (const resident of residents) resident.start(['--dns-seed', `${name}:${residents[0]!.port}`])
    await becomeOneNetwork(residents)
  })

  it('find each other by knocking at a range of local ports alone', async () => {
    await using swarm = new Swarm()
    const residents = await swarm.settle(PROGRAMS)
    const range = `${residents[0]!.port}-${residents.at(-1)!.port}`
    for (const resident of residents) resident.start(['--probe-ports', range])
    await becomeOneNetwork(residents)
  })
})
