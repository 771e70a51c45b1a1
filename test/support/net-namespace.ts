import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import type { ChildProcess } from 'node:child_process'

/** A LAN of one address: libp2p's mDNS speaks on the first interface that is not the loopback. */
export const LAN_IP = '10.77.0.1'
const SETUP = [
  'ip link set lo up',
  'ip link add lan0 type veth peer name lan1',
  `ip addr add ${LAN_IP}/24 dev lan0`,
  'ip link set lan0 up',
  'ip link set lan1 up',
  'ip route add 224.0.0.0/4 dev lan0',
  'echo up',
  // it ends with this process, and the namespace with it
  'exec cat'
].join(' && ')

/** A network that nothing else is on and that leads nowhere. It goes away with the process that holds it. */
export class NetNamespace implements AsyncDisposable {
  readonly #holder: ChildProcess

  private constructor (holder: ChildProcess) {
    this.#holder = holder
  }

  /** Why this machine cannot have one, undefined when it can. */
  static obstacle (): string | undefined {
    const { status, error, stderr } = spawnSync('unshare', ['--net', 'ip', 'link', 'add', 'lan0', 'type', 'veth', 'peer', 'name', 'lan1'], { encoding: 'utf8' })
    return status === 0 ? undefined : `no network namespace can be made here: ${error?.message ?? stderr.trim()}`
  }

  static async make (): Promise<NetNamespace> {
    const holder = spawn('unshare', ['--net', 'sh', '-c', SETUP], { stdio: ['pipe', 'pipe', 'inherit'] })
    const [said] = await Promise.race([once(holder.stdout, 'data'), once(holder, 'exit').then(([code]) => [`exit code ${code}`])]) as [Buffer | string]
    if (said.toString() !== 'up\n') throw new Error(`the network namespace could not be set up: ${said.toString()}`)
    return new NetNamespace(holder)
  }

  /** In front of a command that is to run in it. */
  get within (): string[] {
    return ['nsenter', `--net=/proc/${this.#holder.pid}/ns/net`]
  }

  async [Symbol.asyncDispose] (): Promise<void> {
    if (this.#holder.exitCode != null || this.#holder.signalCode != null) return
    const ended = once(this.#holder, 'exit')
    this.#holder.stdin?.end()
    await ended
  }
}
