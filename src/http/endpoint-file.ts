import { readFile, rename, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../errors.ts'
import { systemRng } from '../util/rng.ts'

/** Where the admin API of the node on a data directory listens, for the commands of this program. */
export interface Endpoint {
  url: string
  pid: number
  /** PEM, where it speaks TLS: by it the node is known here, under whatever name the certificate is. */
  certificate?: string
}

/** `API_ENDPOINT_INVALID` */
export class EndpointError extends AppError {}

function fileOf (dataDir: string): string {
  return join(dataDir, 'api.json')
}

/** Replaces what a killed node left. The caller holds the lock of the folder. */
export async function writeEndpoint (dataDir: string, { url, pid, certificate }: Endpoint): Promise<void> {
  const temporary = `${fileOf(dataDir)}.${process.pid}-${Buffer.from(systemRng.bytes(6)).toString('hex')}.tmp`
  try {
    await writeFile(temporary, `${JSON.stringify({ url, pid, certificate })}\n`, { mode: 0o600, flag: 'wx' })
    await rename(temporary, fileOf(dataDir))
  } catch (err) {
    await unlink(temporary).catch(ignoreMissing)
    throw err
  }
}

export async function removeEndpoint (dataDir: string): Promise<void> {
  await unlink(fileOf(dataDir)).catch(ignoreMissing)
}

/** Undefined when no node has written one. It may be of a node that was killed. */
export async function readEndpoint (dataDir: string): Promise<Endpoint | undefined> {
  const path = fileOf(dataDir)
  const text = await readFile(path, 'utf8').catch(ignoreMissing)
  if (text == null) return undefined
  const endpoint = parse(text)
  if (endpoint != null) return endpoint
  throw new EndpointError('API_ENDPOINT_INVALID', `${path} does not say where the admin API listens`, { details: { path, fix: 'delete it and start the node again' } })
}

function parse (text: string): Endpoint | undefined {
  try {
    const { url, pid, certificate } = JSON.parse(text) as Partial<Endpoint>
    if (typeof url !== 'string' || !URL.canParse(url) || !Number.isSafeInteger(pid)) return undefined
    return { url, pid: pid as number, ...(typeof certificate === 'string' ? { certificate } : {}) }
  } catch {
    return undefined
  }
}

function ignoreMissing (err: NodeJS.ErrnoException): undefined {
  if (err.code !== 'ENOENT') throw err
}
