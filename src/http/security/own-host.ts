import type { IncomingHttpHeaders } from 'node:http'

/** The end of a connection that is this program's. */
export interface LocalEnd {
  address?: string
  port?: number
}

const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(\d{1,5}))?$/
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/
const USUAL_PORTS = new Set([80, 443])

/**
 * Whether a `Host` header names this API: this machine by a loopback name, the address that was connected to, or a name
 * that the operator gave, at the right port. Any other is that of a web page whose name somebody points here (DNS rebinding).
 *
 * @param names `name` or `name:port`, in lower case; without a port both the usual ones and the one listened on will do
 */
export function isOwnHost (host: string | undefined, { address, port }: LocalEnd, names: ReadonlySet<string>): boolean {
  const [, name, portText] = HOST.exec(host?.toLowerCase() ?? '') ?? []
  if (name == null) return false
  const asked = portText == null ? undefined : Number(portText)
  if (names.has(asked == null ? name : `${name}:${asked}`)) return true
  const isPort = port == null || asked === port || asked == null && USUAL_PORTS.has(port)
  if (names.has(name)) return isPort || asked == null || USUAL_PORTS.has(asked)
  return isPort && (LOOPBACK.test(name) || name === bracketed(address))
}

/** As it stands in a URL. */
export function bracketed (address: string | undefined): string | undefined {
  // an IPv4 address on a socket for both
  const plain = address?.replace(/^::ffff:(?=\d+\.)/i, '').toLowerCase()
  return plain?.includes(':') === true ? `[${plain}]` : plain
}

/**
 * Whether a request may come from where a browser says it does. Other programs than browsers say nothing.
 *
 * @param page what is asked for is a page, to which a link from elsewhere may lead
 */
export function isOwnPage ({ host, origin, 'sec-fetch-site': site, 'sec-fetch-mode': mode }: IncomingHttpHeaders, page: boolean): boolean {
  // a proxy before this API may add TLS
  if (origin != null && origin !== `http://${host}` && origin !== `https://${host}`) return false
  return site == null || site === 'same-origin' || site === 'none' || page && mode === 'navigate'
}
