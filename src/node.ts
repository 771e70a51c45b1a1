#!/usr/bin/env node
// The program. Runs on any Node of the last years so far as to find the one it needs: nothing else is imported statically.
import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs'
import nodeModule from 'node:module'
import { dirname, isAbsolute, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** libp2p 3 needs `Promise.withResolvers`; 22.12 is the first Node with everything else used here. */
const REQUIRED = [22, 12] as const
/** Tells the child that it is one. Removed from its environment at once. */
const CHILD_MARK = 'PEERKEEP_CHILD_OF'
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

if (isMain()) await start()

function isMain (): boolean {
  return process.argv[1] != null && existsSync(process.argv[1]) && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)
}

async function start (): Promise<void> {
  const isChild = process.env[CHILD_MARK] != null
  delete process.env[CHILD_MARK]
  if (isChild) endWithParent()
  if (isOld(process.versions.node)) {
    const runtime = isChild ? undefined : findRuntime()
    if (runtime != null) return await runOn(runtime)
    process.stderr.write(`error: Peerkeep needs Node.js ${REQUIRED.join('.')} or newer, and this is ${process.versions.node}: install it, or the npm package "node" next to Peerkeep\n`)
    process.exit(1)
  }
  keepCompiled()
  const { main } = await import('./cli/index.ts')
  process.exit(await main(process.argv.slice(2)))
}

/** The second start is twice as fast (`kept-script.ts` keeps the most of it there); `NODE_COMPILE_CACHE` names another folder. */
function keepCompiled (): void {
  // beside the packages; where none can be made, with what else is cached for this user
  for (const folder of [fileURLToPath(new URL('../node_modules/.cache', import.meta.url)), ...ownCache()]) {
    const { status } = nodeModule.enableCompileCache(join(folder, 'peerkeep'))
    if (status !== nodeModule.constants.compileCacheStatus.FAILED) return
  }
}

/** What is kept is run: never of another user, whose home this may be with `sudo`. */
function ownCache (): string[] {
  const { XDG_CACHE_HOME: cache = '', HOME: home = '' } = process.env
  const base = isAbsolute(cache) ? cache : home
  if (!isAbsolute(base) || !existsSync(base) || statSync(base).uid !== process.geteuid?.()) return []
  return [base === cache ? cache : join(home, '.cache')]
}

function isOld (version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major < REQUIRED[0] || (major === REQUIRED[0] && minor < REQUIRED[1])
}

/** The runtime that the npm package `node` brings along. */
function findRuntime (): string | undefined {
  let path: string
  try {
    path = nodeModule.createRequire(import.meta.url).resolve('node/package.json')
  } catch (err) {
    if ((err as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return undefined
    throw err
  }
  const { bin, version } = JSON.parse(readFileSync(path, 'utf8')) as { bin?: { node?: string }, version: string }
  const runtime = join(dirname(path), bin?.node ?? 'bin/node')
  return !isOld(version) && existsSync(runtime) ? runtime : undefined
}

/** The same program on another runtime: passes signals on, ends as it ends. */
async function runOn (runtime: string): Promise<void> {
  const { spawn } = await import('node:child_process')
  const child = spawn(runtime, [...process.execArgv, ...process.argv.slice(1)], {
    // the channel says nothing; that it closes tells the child that this process is gone, even by SIGKILL
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, [CHILD_MARK]: String(process.pid) }
  })
  const passOn = (signal: NodeJS.Signals): void => { child.kill(signal) }
  for (const signal of SIGNALS) process.on(signal, passOn)
  child.on('error', (err) => {
    process.stderr.write(`error: cannot run ${runtime}: ${err.message}\n`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => {
    for (const name of SIGNALS) process.off(name, passOn)
    if (signal == null) process.exit(code ?? 1)
    // a signal that is blocked or ignored here must not leave this process behind
    process.exitCode = 1
    process.kill(process.pid, signal)
  })
}

function endWithParent (): void {
  process.on('disconnect', () => { process.kill(process.pid, 'SIGTERM') })
  // the channel alone is no reason to stay
  process.channel?.unref()
}
