import { AppError } from '../errors.ts'

/** Rejects with `MDNS_UNAVAILABLE`. */
export async function loadMdns (): Promise<never> {
  throw new AppError('MDNS_UNAVAILABLE', 'a browser cannot send multicast DNS: leave `mdns` off')
}

/** Rejects with `UPNP_UNAVAILABLE`. */
export async function loadUpnp (): Promise<never> {
  throw new AppError('UPNP_UNAVAILABLE', 'a browser has no ports to forward: leave `upnp` off')
}
