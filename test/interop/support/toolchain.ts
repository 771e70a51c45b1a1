import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { freePorts } from '../../support/free-ports.ts'

const run = promisify(execFile)
const HERE = fileURLToPath(new URL('..', import.meta.url))
// outside of what is committed, and kept from run to run
const CACHE = fileURLToPath(new URL('../../../node_modules/.cache/peerkeep-interop', import.meta.url))

/** What this machine lacks; its message says so. */
export class Missing extends Error {}

/** How a language's node is made ready to run. */
export interface Language {
  readonly name: 'go' | 'python'
  /** Builds, or installs, what is not there yet. Resolves to how a node is started; rejects with `Missing`. */
  prepare (): Promise<() => Promise<string[]>>
}

/** go-libp2p and go-libp2p-pubsub. */
export const go: Language = {
  name: 'go',
  async prepare () {
    const cwd = join(HERE, 'go')
    await answers('go', ['version'], 'no go')
    // go.mod names the version it needs, and go says when it has not got it
    await run('go', ['mod', 'download'], { cwd }).catch(lacking('the modules of test/interop/go cannot be had'))
    const program = join(CACHE, 'go-node')
    await run('go', ['build', '-buildvcs=false', '-o', program, '.'], { cwd })
    return async () => [program]
  }
}

/** py-libp2p. */
export const python: Language = {
  name: 'python',
  async prepare () {
    const requirements = join(HERE, 'python', 'requirements.txt')
    const version = await answers('python3', ['-c', 'import sys; assert sys.version_info >= (3, 11), sys.version; print(sys.version)'], 'no python3 of 3.11 or later')
    const folder = join(CACHE, 'python')
    const program = join(folder, 'bin', 'python')
    const stamp = join(folder, '.installed')
    const wanted = digest(version, await readFile(requirements, 'utf8'))
    if (await readFile(stamp, 'utf8').catch(() => '') !== wanted) {
      await rm(folder, { recursive: true, force: true })
      await mkdir(CACHE, { recursive: true })
      await run('python3', ['-m', 'venv', folder]).catch(lacking('no virtual environment can be made'))
      await run(program, ['-m', 'pip', 'install', '--quiet', '-r', requirements]).catch(lacking('py-libp2p cannot be had'))
      await writeFile(stamp, wanted)
    }
    return async () => {
      // given port 0 twice it listens on one for both, and then resets every other TCP connection
      const port = await freePorts(2)
      return [program, '-B', join(HERE, 'python', 'node.py'), String(port), String(port + 1)]
    }
  }
}

export const LANGUAGES: readonly Language[] = [go, python]

async function answers (file: string, args: string[], otherwise: string): Promise<string> {
  const { stdout } = await run(file, args).catch(lacking(otherwise))
  return stdout
}

/** The last lines of what was said, for a person. */
function lacking (what: string): (err: Error & { code?: unknown, stderr?: string }) => never {
  return (err) => {
    const said = err.code === 'ENOENT' ? '' : (err.stderr ?? '').trim().split('\n').slice(-3).join('; ')
    throw new Missing(said === '' ? what : `${what}: ${said}`, { cause: err })
  }
}

function digest (...parts: string[]): string {
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 12)
}
