import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { ChildProcess } from 'node:child_process'

const EMULATOR = fileURLToPath(new URL('lossy-link.py', import.meta.url))
const IPS = ['10.78.0.1', '10.78.0.2'] as const
const DEVICES = ['link0', 'link1'] as const
/** Packets that tc keeps under way; its default of 1,000 would lose more than it is told to. */
const NETEM_LIMIT = 50_000

export interface LossyLinkInit {
  /** Each way, in milliseconds: a round trip is twice as long. @default 100 */
  delayMs?: number
  /** Of the packets of each direction, 0 to 1. @default 0.3 */
  loss?: number
  /** Which packets are lost; tc takes no seed. @default 1 */
  seed?: number
  /** TCP's, on both sides. @default as this machine has it */
  congestionControl?: string
}

/** One end: nothing but the other end can be reached from it. */
export interface LinkEnd {
  ip: string
  /** In front of a command that is to run there. */
  within: string[]
}

export interface Carried {
  packets: number
  bytes: number
  lost: number
  /** Lost because too many were under way. */
  overflowed: number
}

/** Two network namespaces and a bad link between them. They go away with the processes that hold them, and those with the block. */
export class LossyLink implements AsyncDisposable {
  /** `tc netem` where the kernel has it, else a program that copies packets between two TUN devices. */
  readonly made: 'netem' | 'tun'
  readonly ends: [LinkEnd, LinkEnd]
  /** Packets of each direction, when it is gone. With netem they are not counted. */
  readonly carried: Promise<Carried[]>
  readonly #holders: ChildProcess[]
  readonly #emulator: ChildProcess | undefined

  private constructor (made: 'netem' | 'tun', holders: ChildProcess[], emulator: ChildProcess | undefined) {
    this.made = made
    this.#holders = holders
    this.#emulator = emulator
    this.carried = emulator == null ? Promise.resolve([]) : lastLine(emulator)
    const [here, there] = holders.map(({ pid }) => ['nsenter', `--net=/proc/${pid}/ns/net`]) as [string[], string[]]
    this.ends = [{ ip: IPS[0], within: here }, { ip: IPS[1], within: there }]
  }

  /** Why this machine cannot have one, undefined when it can. */
  static obstacle (): string | undefined {
    const tried = run(['unshare', '--net', 'ip', 'link', 'set', 'lo', 'up'])
    if (tried != null) return `no network namespace can be made here: ${tried}`
    if (hasNetem()) return undefined
    const without = run(['unshare', '--net', 'ip', 'tuntap', 'add', 'link0', 'mode', 'tun']) ?? run(['python3', '--version'])
    return without == null ? undefined : `there is neither tc netem here, nor Python and a TUN device: ${without}`
  }

  static async make ({ delayMs = 100, loss = 0.3, seed = 1, congestionControl }: LossyLinkInit = {}): Promise<LossyLink> {
    const holders = await Promise.all([hold(), hold()])
    const [here, there] = holders.map(({ pid }) => String(pid)) as [string, string]
    const netem = hasNetem()
    const emulator = netem ? undefined : spawn('unshare', ['--net', 'python3', EMULATOR, here, there, String(delayMs), String(loss), String(seed)], { stdio: ['pipe', 'pipe', 'inherit'] })
    if (emulator == null) must(['nsenter', `--net=/proc/${here}/ns/net`, 'ip', 'link', 'add', 'link0', 'type', 'veth', 'peer', 'name', 'link1', 'netns', there])
    else await isUp(emulator)
    const link = new LossyLink(netem ? 'netem' : 'tun', holders, emulator)
    for (const [i, { ip, within }] of link.ends.entries()) {
      const name = DEVICES[i]!
      const inside = (...command: string[]): void => { must([...within, ...command]) }
      inside('ip', 'addr', 'add', ip, 'dev', name)
      // else whole buffers would be lost at once, instead of packets
      if (netem) inside('ip', 'link', 'set', name, 'gso_max_segs', '1')
      if (netem) inside('tc', 'qdisc', 'add', 'dev', name, 'root', 'netem', 'delay', `${delayMs}ms`, 'loss', `${loss * 100}%`, 'limit', String(NETEM_LIMIT))
      inside('ip', 'link', 'set', name, 'up')
      // of the route: the default of a namespace can only be what everybody may use
      inside('ip', 'route', 'add', IPS[1 - i]!, 'dev', name, ...congestionControl == null ? [] : ['congctl', congestionControl])
    }
    return link
  }

  async [Symbol.asyncDispose] (): Promise<void> {
    await end(this.#emulator)
    await Promise.all(this.#holders.map(end))
  }
}

/** What TCP on this machine can be told to use; empty when it does not say. */
export function congestionControls (): string[] {
  try {
    return readFileSync('/proc/sys/net/ipv4/tcp_available_congestion_control', 'utf8').trim().split(' ')
  } catch {
    return []
  }
}

function hasNetem (): boolean {
  return run(['unshare', '--net', 'tc', 'qdisc', 'add', 'dev', 'lo', 'root', 'netem', 'delay', '1ms']) == null
}

/** A namespace that ends with a process, and that when its input does. */
async function hold (): Promise<ChildProcess> {
  const holder = spawn('unshare', ['--net', 'sh', '-c', 'ip link set lo up && echo up && exec cat'], { stdio: ['pipe', 'pipe', 'inherit'] })
  await isUp(holder)
  return holder
}

async function isUp (child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit').then(([code]) => { throw new Error(`the bad link could not be set up: exit code ${code}`) })
  // a line may come in pieces
  for (let text = ''; text !== 'up\n';) text += String(await Promise.race([once(child.stdout!, 'data').then(([data]) => data as Buffer), ended]))
  ended.catch(() => { /* from here on it may end */ })
}

async function lastLine (child: ChildProcess): Promise<Carried[]> {
  let text = ''
  child.stdout?.setEncoding('utf8').on('data', (more: string) => { text += more })
  await once(child, 'close')
  return text === '' ? [] : JSON.parse(text) as Carried[]
}

async function end (child: ChildProcess | undefined): Promise<void> {
  if (child == null || child.exitCode != null || child.signalCode != null) return
  const ended = once(child, 'exit')
  child.stdin?.end()
  await ended
}

/** What it complained of, undefined when it ran. */
function run ([file = '', ...args]: string[]): string | undefined {
  const { status, error, stderr } = spawnSync(file, args, { encoding: 'utf8' })
  return status === 0 ? undefined : error?.message ?? stderr.trim()
}

function must (command: string[]): void {
  const complaint = run(command)
  if (complaint != null) throw new Error(`${command.join(' ')}: ${complaint}`)
}
