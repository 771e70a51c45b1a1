// Runs before `npm start` and `npm test`: installs the packages and builds `dist`, each only when something has changed.
// Plain JavaScript without dependencies, for any Node from 18 on.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const LOCK_POLL_MS = 200
/** The holder touches its lock this often; one not touched for `STALE_MS` was left by a process that is gone. */
const TOUCH_MS = 1_000
const STALE_MS = 15_000

/** Without one of these it was not built, or somebody has deleted a part. */
const BUILT = ['node.js', 'index.js', 'bundle/index.js', 'bundle/program.js', 'dashboard/index.html', '.stamp']

/** What is to be done, in order: how to see that it is done, what npm is told otherwise. */
function stepsOf (root) {
  const stamp = join(root, 'dist', '.stamp')
  return [
    {
      doing: 'installing packages (npm ci)',
      args: ['ci', '--no-audit', '--no-fund'],
      isDone: () => isInstalled(root)
    },
    {
      doing: 'building (npm run build)',
      args: ['run', '--silent', 'build'],
      isDone: () => BUILT.every(name => existsSync(join(root, 'dist', name))) && readFileSync(stamp, 'utf8') === sourcesOf(root),
      // as they were before: what somebody changes meanwhile is built the next time
      begin: () => {
        rmSync(stamp, { force: true })
        const built = sourcesOf(root)
        return () => { writeFileSync(stamp, built) }
      }
    }
  ]
}

/** Does what is not done yet. Throws `StepError` when npm fails. */
export async function setUp (root, say = (line) => { process.stderr.write(`${line}\n`) }) {
  const steps = stepsOf(root)
  if (steps.every(step => step.isDone())) return
  await withLock(join(root, '.setup.lock'), say, async () => {
    for (const { doing, args, isDone, begin } of steps) {
      if (isDone()) continue
      say(`peerkeep: ${doing} ...`)
      const started = Date.now()
      const end = begin?.()
      await npm(root, args)
      end?.()
      if (!isDone() && end == null) throw new StepError(`after npm ${args.join(' ')} something is still missing`, 1)
      say(`peerkeep: done in ${((Date.now() - started) / 1000).toFixed(1)} s`)
    }
  })
}

export class StepError extends Error {
  constructor (message, exitCode) {
    super(message)
    this.exitCode = exitCode
  }
}

/** Whether every package of `package-lock.json` was installed just so; npm notes what it installed when it is through. */
function isInstalled (root) {
  const installed = join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(installed)) return false
  const { packages: wanted } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
  const { packages: found } = JSON.parse(readFileSync(installed, 'utf8'))
  return Object.entries(wanted).every(([path, { version, integrity, optional, devOptional }]) => {
    // '' is this package; optional ones may be for other systems
    if (path === '') return true
    if (found[path] == null) return optional === true || devOptional === true
    return found[path].version === version && found[path].integrity === integrity
  })
}

/** What `dist` is made from, the packages in the bundle too: path, size and time of every file, hashed. */
function sourcesOf (root) {
  const hash = createHash('sha256')
  for (const path of ['src', 'scripts', 'tsconfig.json', 'tsconfig.build.json', 'package.json', 'package-lock.json'].flatMap(name => filesBelow(join(root, name)))) {
    const { size, mtimeMs } = statSync(path)
    hash.update(`${relative(root, path)} ${size} ${mtimeMs}\n`)
  }
  return hash.digest('hex')
}

function filesBelow (path) {
  if (!existsSync(path)) return []
  if (!statSync(path).isDirectory()) return [path]
  return readdirSync(path).sort().flatMap(name => filesBelow(join(path, name)))
}

/** npm tells its scripts where it is itself; without that, the one on the path. */
function npm (root, args) {
  const own = process.env.npm_execpath
  const [command, first] = own != null && /npm-cli\.c?js$/.test(own) && existsSync(own) ? [nodeOutside(root), [own]] : ['npm', []]
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...first, ...args], {
      cwd: root,
      // stdout may be read by a program that wants the node's events
      stdio: ['ignore', process.stderr, process.stderr],
      shell: process.platform === 'win32' && command === 'npm'
    })
    child.on('error', (err) => { reject(new StepError(`cannot run ${command}: ${err.message}`, 1)) })
    child.on('exit', (code, signal) => {
      if (code === 0) resolve()
      else reject(new StepError(`npm ${args.join(' ')} failed (${signal ?? `exit code ${code}`})`, code ?? 1))
    })
  })
}

/** npm scripts find the runtime in `node_modules` first, which `npm ci` deletes: that one cannot run it. */
function nodeOutside (root) {
  const modules = join(root, 'node_modules')
  if (!process.execPath.startsWith(modules)) return process.execPath
  const name = process.platform === 'win32' ? 'node.exe' : 'node'
  const folders = (process.env.PATH ?? '').split(delimiter).filter(folder => folder !== '' && !folder.includes('node_modules'))
  return folders.map(folder => join(folder, name)).find(path => existsSync(path)) ?? process.execPath
}

/** Making a folder succeeds for one process only. */
async function withLock (lock, say, work) {
  let waiting = false
  while (!take(lock)) {
    if (!waiting) say('peerkeep: another set-up is running, waiting for it ...')
    waiting = true
    await new Promise(resolve => setTimeout(resolve, LOCK_POLL_MS))
  }
  const touch = setInterval(() => { utimesSync(lock, Date.now() / 1000, Date.now() / 1000) }, TOUCH_MS)
  const release = () => { rmSync(lock, { recursive: true, force: true }) }
  process.once('exit', release)
  try {
    await work()
  } finally {
    clearInterval(touch)
    process.off('exit', release)
    release()
  }
}

function take (lock) {
  try {
    mkdirSync(lock)
    return true
  } catch (err) {
    if (err.code !== 'EEXIST') throw err
  }
  try {
    const { mtimeMs, ino } = statSync(lock)
    if (Date.now() - mtimeMs > STALE_MS) breakLock(lock, ino)
  } catch (err) {
    // its holder has just removed it
    if (err.code !== 'ENOENT') throw err
  }
  return false
}

/** Another process may break it too, and take it: what is moved away must be the stale one, else it goes back. */
function breakLock (lock, ino) {
  const aside = `${lock}.${process.pid}`
  renameSync(lock, aside)
  if (statSync(aside).ino === ino) rmSync(aside, { recursive: true, force: true })
  else renameSync(aside, lock)
}

if (process.argv[1] != null && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1))
  try {
    await setUp(dirname(dirname(fileURLToPath(import.meta.url))))
  } catch (err) {
    if (!(err instanceof StepError)) throw err
    process.stderr.write(`error: ${err.message}; what npm said is above\n`)
    process.exitCode = err.exitCode
  }
}
