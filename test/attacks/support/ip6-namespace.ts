import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href

/** Every address of the prefix is this machine's, and may be dialled from. */
function setup (prefix: string): string {
  return `ip link set lo up && ip -6 route add local ${prefix} dev lo && sysctl -q -w net.ipv6.ip_nonlocal_bind=1`
}

/** Why this machine cannot have a network of its own with any IPv6 address, undefined when it can. */
export function obstacle (prefix: string): string | undefined {
  const { status, error, stderr } = spawnSync('unshare', ['--net', 'sh', '-c', setup(prefix)], { encoding: 'utf8' })
  return status === 0 ? undefined : `no network namespace with IPv6 can be made here: ${error?.message ?? stderr.trim()}`
}

/** Runs a module in such a network, which ends with it, and resolves to the JSON that its last line is. */
export async function runWithin<T> (prefix: string, module: string): Promise<T> {
  const child = spawn('unshare', ['--net', 'sh', '-c', `${setup(prefix)} && exec "$0" --import "$1" "$2"`, process.execPath, TSX, module], { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  let complaints = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => { said += text })
  child.stderr.setEncoding('utf8').on('data', (text: string) => { complaints += text })
  const [code] = await once(child, 'close') as [number | null]
  const last = said.trim().split('\n').at(-1) ?? ''
  if (code !== 0 || !last.startsWith('{')) throw new Error(`${module} ended with ${code}: ${said}${complaints}`)
  return JSON.parse(last) as T
}
