import { CODE_P2P } from '@multiformats/multiaddr'
import { reachOfPeer } from '../../util/reach.ts'
import { sealRecord } from '../../wire/signed-record.ts'
import { RENEW_MS } from './constants.ts'
import type { Clock } from '../../util/clock.ts'
import type { SignedRecord } from '../../wire/signed-record.ts'
import type { PrivateKey } from '@libp2p/interface'
import type { AddressManager } from '@libp2p/interface-internal'
import type { Multiaddr } from '@multiformats/multiaddr'

/** This node's own signed record, signed anew whenever its addresses change, and once a day. */
export class OwnRecord {
  readonly #components: { privateKey: PrivateKey, addressManager: AddressManager }
  readonly #clock: Clock
  #sealed?: { addresses: string, atMs: number, record: Promise<SignedRecord> }
  #seq = 0n
  /** The addresses that neighbours have been told. */
  #told?: string

  constructor (components: { privateKey: PrivateKey, addressManager: AddressManager }, clock: Clock) {
    this.#components = components
    this.#clock = clock
  }

  /** True once after the addresses have changed, if anybody may have been told the old ones. */
  hasMoved (): boolean {
    const addresses = this.#addresses().join()
    if (this.#told == null || this.#told === addresses) return false
    this.#told = addresses
    return true
  }

  async get (): Promise<SignedRecord> {
    const multiaddrs = this.#addresses()
    const addresses = multiaddrs.join()
    this.#told ??= addresses
    const atMs = this.#clock.monotonic()
    if (this.#sealed?.addresses !== addresses || atMs - this.#sealed.atMs >= RENEW_MS) {
      // grows over restarts, too, and when the clock was set back meanwhile
      const now = BigInt(Math.floor(this.#clock.now()))
      this.#seq = now > this.#seq ? now : this.#seq + 1n
      this.#sealed = { addresses, atMs, record: sealRecord(this.#components.privateKey, multiaddrs, this.#seq) }
    }
    return this.#sealed.record
  }

  /** Without `/p2p`, the most widely usable first, in case not all fit. */
  #addresses (): Multiaddr[] {
    return this.#components.addressManager.getAddresses()
      .map(address => address.getComponents().at(-1)?.code === CODE_P2P ? address.decapsulateCode(CODE_P2P) : address)
      .sort((a, b) => reachOfPeer(b) - reachOfPeer(a))
  }
}
