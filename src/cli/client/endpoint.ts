import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { EndpointError, readEndpoint } from '../../http/endpoint-file.ts'
import { readToken } from '../../http/token-file.ts'
import type { Place } from '../../config/place-options.ts'

/** How a node is asked. */
export interface Endpoint {
  /** Without a slash at its end. */
  url: string
  token: string
  /** PEM: the node on this data directory is known by it, whatever name it is for. */
  certificate?: string
  /** Of the node that runs on the data directory; absent when a URL was given. */
  dataDir?: string
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/**
 * Finds the node that is meant.
 *
 * @throws EndpointError `API_NOT_RUNNING`, `API_ENDPOINT_INVALID`, `API_TOKEN_MISSING` or `API_URL_INSECURE`; TokenFileError, TokenError
 */
export async function findEndpoint ({ apiUrl, apiTokenFile, dataDir }: Place): Promise<Endpoint> {
  const tokenFile = apiTokenFile ?? join(dataDir, 'api-token')
  if (apiUrl != null) return { url: safeUrl(apiUrl), token: await tokenIn(tokenFile) }
  const found = await readEndpoint(dataDir)
  // what listens there now may be another program: it must not see the token
  if (found == null || !await runsNode(found.pid, dataDir)) throw notRunning(dataDir)
  return { url: found.url, token: await tokenIn(tokenFile), dataDir, ...(found.certificate == null ? {} : { certificate: found.certificate }) }
}

export function notRunning (dataDir: string, cause?: unknown): EndpointError {
  return new EndpointError('API_NOT_RUNNING', `no node with an admin API is running on ${dataDir}`, {
    cause, details: { dataDir, fix: `start one: npm start -- --data-dir ${dataDir}; or name another: --data-dir, --api-url` }
  })
}

/** Of a node on another machine the token must not be sent for others to read. */
function safeUrl (url: string): string {
  const { protocol, hostname, port } = new URL(url)
  if (protocol === 'https:' || LOOPBACK.test(hostname)) return url.replace(/\/+$/, '')
  throw new EndpointError('API_URL_INSECURE', `${url} would show the token of the admin API to others on the way`, {
    details: { url, fix: `use https, or a tunnel: ssh -L 4780:127.0.0.1:${port === '' ? 80 : port} ${hostname}, and --api-url http://127.0.0.1:4780` }
  })
}

async function tokenIn (path: string): Promise<string> {
  const token = await readToken(path)
  if (token != null) return token
  throw new EndpointError('API_TOKEN_MISSING', `there is no token of the admin API at ${path}`, { details: { path, fix: 'name its file: --api-token-file FILE' } })
}

/** Whether the process that said where its API listens still runs on the data directory, and is this user's: its id may have become another's. */
async function runsNode (pid: number, dataDir: string): Promise<boolean> {
  try {
    if (Number(await readFile(join(dataDir, 'node.pid'), 'utf8')) !== pid) return false
    process.kill(pid, 0)
    return true
  } catch (err) {
    if (['ENOENT', 'ESRCH', 'EPERM'].includes((err as NodeJS.ErrnoException).code ?? '')) return false
    throw err
  }
}
