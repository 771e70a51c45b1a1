import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { usage } from './proc.ts'
import { pause, within } from './wait.ts'
import type { ChildProcess } from 'node:child_process'
import type { FilePeerCommand, FilePeerEvent, Way } from './file-peer-contract.ts'

const PEER = fileURLToPath(new URL('./file-peer.ts', import.meta.url))
const START_MS = 60_000
const SEND_MS = 900_000
const SETTLE_MS = 2_000
const SAMPLE_MS = 50

/** Two nodes in a process each, connected over loopback. `await using` ends them. */
export class FilePair implements AsyncDisposable {
  readonly #sender: ChildProcess
  readonly #receiver: ChildProcess

  private constructor (sender: ChildProcess, receiver: ChildProcess) {
    this.#sender = sender
    this.#receiver = receiver
  }

  static async start (folder: string): Promise<FilePair> {
    const [sender, receiver] = [start(folder), start(folder)]
    const [, { address }] = await Promise.all([told(sender, 'ready', START_MS), told(receiver, 'ready', START_MS)])
    command(sender, { do: 'dial', address })
    await told(sender, 'dialled', START_MS)
    return new FilePair(sender, receiver)
  }

  /** MiB a second, until the other side has all of it. */
  async send (way: Way, path: string, bytes: number): Promise<number> {
    command(this.#sender, { do: 'send', way, path, bytes })
    const { ms } = await told(this.#sender, 'sent', SEND_MS)
    return bytes / 2 ** 20 / (ms / 1_000)
  }

  /** The most memory of each while it sends, over what it had before, in MiB. */
  async growth (way: Way, path: string, bytes: number): Promise<{ sender: number, receiver: number }> {
    await pause(SETTLE_MS)
    const before = await this.#rss()
    const most = { ...before }
    const state = { sending: true }
    const sent = this.send(way, path, bytes).finally(() => { state.sending = false })
    while (state.sending) {
      await pause(SAMPLE_MS)
      const now = await this.#rss()
      most.sender = Math.max(most.sender, now.sender)
      most.receiver = Math.max(most.receiver, now.receiver)
    }
    await sent
    return { sender: (most.sender - before.sender) / 2 ** 20, receiver: (most.receiver - before.receiver) / 2 ** 20 }
  }

  async [Symbol.asyncDispose] (): Promise<void> {
    await Promise.all([this.#sender, this.#receiver].map(async child => {
      if (child.exitCode != null || child.signalCode != null) return
      const ended = new Promise(resolve => { child.once('exit', resolve) })
      child.kill('SIGKILL')
      await ended
    }))
  }

  async #rss (): Promise<{ sender: number, receiver: number }> {
    const [sender, receiver] = await Promise.all([usage(this.#sender.pid as number), usage(this.#receiver.pid as number)])
    return { sender: sender.rssBytes, receiver: receiver.rssBytes }
  }
}

function start (folder: string): ChildProcess {
  return fork(PEER, [folder], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], env: { ...process.env, NODE_ENV: 'production' } })
}

function command (child: ChildProcess, what: FilePeerCommand): void {
  child.send(what)
}

/** The next event, which must be this one. */
async function told<E extends FilePeerEvent['event']> (child: ChildProcess, name: E, ms: number): Promise<FilePeerEvent & { event: E }> {
  const waiting = new AbortController()
  const event = new Promise<FilePeerEvent & { event: E }>((resolve, reject) => {
    const onMessage = (event: FilePeerEvent): void => {
      if (event.event === name) resolve(event as FilePeerEvent & { event: E })
      else reject(new Error(event.event === 'failed' ? event.message : `a peer says "${event.event}" instead of "${name}"`))
    }
    const onExit = (code: number | null): void => { reject(new Error(`a peer ended with ${code}`)) }
    child.once('message', onMessage)
    child.once('exit', onExit)
    waiting.signal.addEventListener('abort', () => {
      child.off('message', onMessage)
      child.off('exit', onExit)
    })
  })
  try {
    return await within(ms, `"${name}" of a peer`, event)
  } finally {
    waiting.abort()
  }
}
