import { AppError } from '../../errors.ts'
import type { Connection } from '@libp2p/interface'

/** Who ended a connection; `failed` when nobody meant to. */
export type ConnectionEnd = 'closed-here' | 'closed-there' | 'failed'

/**
 * Tells once how a connection ended. Its last event says the same of a close by either side, so `close` is watched; what
 * aborts a connection on purpose does so with an error of this program.
 */
export function onEnd (connection: Connection, ended: (how: ConnectionEnd) => void): void {
  const close = connection.close
  let here = false
  connection.close = async options => {
    here = true
    await close.call(connection, options)
  }
  connection.addEventListener('close', ({ error }) => {
    if (here || error instanceof AppError) ended('closed-here')
    else ended(error == null ? 'closed-there' : 'failed')
  }, { once: true })
}
