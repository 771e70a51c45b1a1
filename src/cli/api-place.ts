import { ConfigError } from '../config/index.ts'
import { probeTcp } from './listen.ts'
import type { Merged } from '../config/index.ts'
import type { ConfiguredFiles } from './files.ts'
import type { Probe } from './listen.ts'

/** Where the admin API is to listen. */
export interface ApiPlace {
  host: string
  port: number
  /** Only beyond this machine: nobody has a certificate for a loopback address. */
  tls?: { cert: string, key: string }
  /** Somebody asked for just this place. */
  chosen: boolean
  /** Others can read along. */
  open: boolean
  /** The default port, when that was taken: the system chooses another. */
  movedFrom?: number
}

const LOOPBACK = /^(?:127\.|::1$)/

/**
 * Finds out beforehand whether the admin API may and can listen there: nothing has been written yet.
 *
 * @throws ConfigError, ApiListenError
 */
export async function planApi ({ config, origins }: Merged, { tls }: ConfiguredFiles, probe: Probe = probeTcp): Promise<ApiPlace> {
  const { host, port } = endpointOf(config.apiListen)
  const { layer, where } = origins.apiListen
  const chosen = layer !== 'default'
  const local = LOOPBACK.test(host)
  if (!local && tls == null && !config.apiInsecure) {
    const name = layer === 'file' || layer === 'profile' ? `"apiListen" in ${where}` : where
    throw new ConfigError(`${name} (${config.apiListen}) would show the admin API, and its token, to others on the way`, 'give --tls-cert and --tls-key, or --api-insecure where something else protects it')
  }
  const code = await probe(host, port)
  const place = { host, port, chosen, open: !local && tls == null, ...(local || tls == null ? {} : { tls }) }
  if (code == null) return place
  if (code !== 'EADDRINUSE' || chosen) throw (await import('../http/listen.ts')).listenError({ host, port }, { code })
  return { ...place, port: 0, movedFrom: port }
}

function endpointOf (text: string): { host: string, port: number } {
  const cut = text.lastIndexOf(':')
  return { host: text.slice(0, cut).replace(/^\[(.*)\]$/, '$1'), port: Number(text.slice(cut + 1)) }
}
