import { crowd } from './programs.ts'
import { within } from './wait.ts'
import type { Fleet } from './fleet.ts'
import type { Member } from './member.ts'

const NODES_PER_PROCESS = 250
const CONNECTED_TIMEOUT_MS = 60_000

/** So many more light nodes dial the member; resolves when it has said that they are connected. */
export async function connect (fleet: Fleet, member: Member, count: number): Promise<void> {
  const expected = member.connected.size + count
  const program = await crowd()
  for (let left = count; left > 0; left -= NODES_PER_PROCESS) {
    await fleet.ready([fleet.start(program, ['--dial', tcpAddress(member), '--count', String(Math.min(left, NODES_PER_PROCESS))])])
  }
  try {
    await within(CONNECTED_TIMEOUT_MS, `${member.name} to have ${expected} connections`, member.until(() => member.connected.size >= expected))
  } catch (err) {
    throw new Error(`${member.name} has ${member.connected.size} of ${expected} connections`, { cause: err })
  }
}

function tcpAddress ({ name, addresses }: Member): string {
  const address = addresses.find(text => /\/127\.0\.0\.1\/tcp\/\d+\/p2p\//.test(text))
  if (address == null) throw new Error(`${name} listens on no TCP address: ${addresses.join(', ')}`)
  return address
}
