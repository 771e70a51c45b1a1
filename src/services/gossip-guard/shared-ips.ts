import { multiaddr } from '@multiformats/multiaddr'
import ipaddr from 'ipaddr.js'
import { addressFacts } from '../../util/netgroup.ts'
import type { NetgroupOptions } from '../../util/netgroup.ts'

/**
 * Gossipsub's list of IPs that any number of peers may share without being punished for it: local ones, where many peers
 * are nothing unusual, and those added, like relays'. With `localAsPublic` only those added.
 */
export class SharedIps extends Set<string> {
  readonly #netgroup: NetgroupOptions

  constructor (netgroup: NetgroupOptions = {}) {
    super()
    this.#netgroup = netgroup
  }

  override has (ip: string): boolean {
    return super.has(ip) || this.#isLocal(ip)
  }

  #isLocal (ip: string): boolean {
    if (!ipaddr.isValid(ip)) return false
    return addressFacts(multiaddr(`/ip${ip.includes(':') ? 6 : 4}/${ip}`), this.#netgroup).scope !== 'public'
  }
}
