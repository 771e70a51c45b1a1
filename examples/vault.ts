/**
 * A password vault without a server: any four of seven peers open it for its owner, and no three of them can. One process each:
 * seven holders, a laptop that stores passwords, and later another machine that has nothing but the key file and one address. By then
 * two holders are gone, and one lies.
 *
 *   npm run example:vault
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ChildProcess } from 'node:child_process'
import type { Ready } from './vault-ready.ts'

interface Holder extends Ready {
  child: ChildProcess
}

const HOLDERS = 7
const DEADLINE_MS = 90_000

const folder = await mkdtemp(join(tmpdir(), 'peerkeep-vault-'))
const children = new Set<ChildProcess>()

function run (program: string, ...args: string[]): ChildProcess {
  const child = fork(new URL(program, import.meta.url), args, { env: { ...process.env, VAULT_PASSPHRASE: 'not in any dictionary' } })
  children.add(child)
  child.once('exit', () => { children.delete(child) })
  return child
}

/** Resolves when it is ready. */
async function holder (program: string, name: string, ...known: string[]): Promise<Holder> {
  const child = run(program, join(folder, name), ...known)
  const [ready] = await Promise.race([
    once(child, 'message', { signal: AbortSignal.timeout(DEADLINE_MS) }) as Promise<[Ready]>,
    once(child, 'exit').then(([code]) => { throw new Error(`${program} ended with ${code}`) })
  ])
  return { child, ...ready }
}

async function finished (child: ChildProcess): Promise<void> {
  const [code] = await once(child, 'exit') as [number | null]
  if (code !== 0) throw new Error(`${child.spawnargs[1]} ended with ${code}`)
}

async function end (child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode != null || child.signalCode != null) return
  const ended = once(child, 'exit')
  child.kill(signal)
  await ended
}

async function clear (): Promise<void> {
  await Promise.all([...children].map(child => end(child, 'SIGKILL')))
  await rm(folder, { recursive: true, force: true })
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => { clear().then(() => process.exit(1), () => process.exit(1)) })

try {
  const first = await holder('vault-holder.ts', 'holder-0')
  const rest = Array.from({ length: HOLDERS - 2 }, (_, i) => holder('vault-holder.ts', `holder-${i + 1}`, first.address))
  const [liar, ...others] = await Promise.all([holder('vault-liar.ts', 'liar', first.address), ...rest])
  const honest = [first, ...others]
  console.log(`* ${honest.length} holders are running, and one that will not tell the truth: ${liar.peerId}`)

  const laptop = join(folder, 'laptop')
  const stick = join(folder, 'stick')
  await mkdir(stick)
  await finished(run('vault-owner.ts', 'store', laptop, first.address))
  await copyFile(join(laptop, 'owner-key.json'), join(stick, 'owner-key.json'))
  await rm(laptop, { recursive: true })
  console.log('* the laptop is gone; its key file, encrypted, is on a stick')

  const lost = honest.slice(0, 2)
  await Promise.all(lost.map(({ child }) => end(child, 'SIGKILL')))
  console.log(`* two holders are gone: ${lost.map(({ peerId }) => peerId).join(', ')}`)

  await finished(run('vault-owner.ts', 'open', join(stick, 'owner-key.json'), honest.at(-1)?.address ?? ''))
  await Promise.all([...children].map(child => end(child, 'SIGTERM')))
} finally {
  await clear()
  console.log('* everything is stopped, and deleted')
}
