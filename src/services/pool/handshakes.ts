import { planAdmission } from './admission.ts'
import type { MultiaddrConnection } from '@libp2p/interface'
import type { AddressFacts } from '../../util/netgroup.ts'
import type { Handshake } from './admission.ts'

interface Pending extends Handshake {
  connection: MultiaddrConnection
  end (): void
}

/** The inbound connections between their first byte and the moment they are a connection of a known peer. */
export class Handshakes {
  readonly #pending = new Map<MultiaddrConnection, Pending>()

  get size (): number {
    return this.#pending.size
  }

  /** Of one public host, or one subnet. */
  from (key: 'host' | 'crowd', value: string): number {
    return [...this.#pending.values()].filter(handshake => !handshake.shared && handshake[key] === value).length
  }

  /** False: refuse it. True: it counts until `done`, or until it closes. */
  begin (connection: MultiaddrConnection, { host, subnet, scope, relayed }: AddressFacts, nowMs: number): boolean {
    const shared = relayed || scope !== 'public'
    const place = host ?? subnet
    const handshake: Handshake = { host: place, crowd: shared ? place : subnet, shared, sinceMs: nowMs }
    const admission = planAdmission([...this.#pending.values()], handshake)
    if (!admission.admitted) return false
    if (admission.instead != null) {
      admission.instead.end()
      admission.instead.connection.abort(new Error('the handshake took too long while others were waiting'))
    }
    const onClose = (): void => { this.done(connection) }
    const end = (): void => {
      this.#pending.delete(connection)
      connection.removeEventListener('close', onClose)
    }
    this.#pending.set(connection, { ...handshake, connection, end })
    connection.addEventListener('close', onClose)
    return true
  }

  done (connection: MultiaddrConnection): void {
    this.#pending.get(connection)?.end()
  }

  /** Forgets them all; they go on. */
  clear (): void {
    for (const { end } of this.#pending.values()) end()
  }
}
