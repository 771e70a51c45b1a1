import { createServer } from 'node:net'
import { multiaddr } from '@multiformats/multiaddr'
import { AppError } from '../errors.ts'
import type { Config } from '../config/index.ts'

/** `LISTEN_ADDRESS_IN_USE`, `LISTEN_ADDRESS_UNAVAILABLE` or `LISTEN_NOT_ALLOWED`. */
export class ListenError extends AppError {}

/** What binding to an address says: nothing, or the system's error code. */
export type Probe = (host: string, port: number) => Promise<string | undefined>

export interface ListenPlan {
  listen: string[]
  /** Ports that were taken; the system chooses others. */
  moved: number[]
}

/**
 * Finds out beforehand whether the addresses can be listened on: libp2p says it late, for some transports not at all.
 * Addresses that nobody chose give way: a taken port to one that the system chooses, a family the machine lacks to none.
 *
 * @param chosen somebody asked for just these addresses
 * @throws ListenError
 */
export async function planListen (addresses: readonly string[], chosen: boolean, probe: Probe = probeTcp): Promise<ListenPlan> {
  const checked = await Promise.all(addresses.map(async address => ({ address, ...hostAndPort(address), code: await check(address, probe) })))
  const moved = new Set<number>()
  const gone = new Set<string>()
  for (const { address, port, code } of checked) {
    if (code == null) continue
    if (chosen) throw listenError(address, code)
    if (code === 'EADDRINUSE') moved.add(port)
    else if (isAbsent(code)) gone.add(address)
    else throw listenError(address, code)
  }
  return {
    listen: checked.filter(({ address }) => !gone.has(address)).map(({ address, port }) => moved.has(port) ? onAnyPort(address) : address),
    moved: [...moved]
  }
}

/** What to listen on: addresses that nobody chose follow the other options. */
export function wantedListen ({ listen, quic, tlsCert }: Config, chosen: boolean): string[] {
  if (chosen) return [...listen]
  const secured = tlsCert == null ? listen : listen.map(address => address.replace(/\/ws$/, '/tls/ws'))
  return [...secured, ...(quic ? secured.filter(address => /\/tcp\/\d+$/.test(address)).map(address => `${address.replace('/tcp/', '/udp/')}/quic-v1`) : [])]
}

/** The same addresses on ports that the system chooses. */
export function onAnyPort (address: string): string {
  return address.replace(/\/(tcp|udp)\/\d+/, '/$1/0')
}

/** Whether a failed start failed because of a port that is taken. */
export function isAddressInUse (err: unknown): boolean {
  if (!(err instanceof Error)) return false
  return (err as NodeJS.ErrnoException).code === 'EADDRINUSE' || err.message.includes('EADDRINUSE') || isAddressInUse(err.cause)
}

export function listenError (address: string, code: string): ListenError {
  const { port } = hostAndPort(address)
  if (code === 'EADDRINUSE') {
    return new ListenError('LISTEN_ADDRESS_IN_USE', `cannot listen on ${address}: port ${port} is in use by another program`, {
      details: { address, fix: `stop that program, or choose another port: --listen ${onAnyPort(address)}` }
    })
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return new ListenError('LISTEN_NOT_ALLOWED', `cannot listen on ${address}: this user may not use port ${port}`, { details: { address, fix: 'choose a port above 1023' } })
  }
  return new ListenError('LISTEN_ADDRESS_UNAVAILABLE', `cannot listen on ${address}: this machine has no such address (${code})`, {
    details: { address, fix: 'listen on /ip4/0.0.0.0/tcp/4701, which is every address it has' }
  })
}

function isAbsent (code: string): boolean {
  return code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT' || code === 'EINVAL'
}

async function check (address: string, probe: Probe): Promise<string | undefined> {
  const { host, port, tcp } = hostAndPort(address)
  // a relay's address is dialled, not listened on; UDP ports are the transport's own affair
  return host == null || !tcp || address.includes('/p2p-circuit') ? undefined : await probe(host, port)
}

function hostAndPort (address: string): { host: string | undefined, port: number, tcp: boolean } {
  const components = multiaddr(address).getComponents()
  const host = components.find(({ name }) => name === 'ip4' || name === 'ip6')?.value
  const port = components.find(({ name }) => name === 'tcp' || name === 'udp')
  return { host, port: Number(port?.value ?? 0), tcp: port?.name === 'tcp' }
}

/** Binds and lets go at once. */
export const probeTcp: Probe = async (host, port) => await new Promise(resolve => {
  const server = createServer()
  server.once('error', (err: NodeJS.ErrnoException) => { resolve(err.code ?? err.message) })
  server.listen({ host, port, exclusive: true, ipv6Only: host.includes(':') }, () => { server.close(() => { resolve(undefined) }) })
})
