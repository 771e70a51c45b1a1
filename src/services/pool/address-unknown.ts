import { AppError } from '../../errors.ts'
import type { PeerId } from '@libp2p/interface'

/** `POOL_ADDRESS_UNKNOWN`: a peer is to be dialled by its id, and nobody who was asked in time knows where it is. */
export class PoolAddressUnknownError extends AppError {
  constructor (peerId: PeerId) {
    super('POOL_ADDRESS_UNKNOWN', `no address of ${peerId.toString()} is known: dial it by one, or try again when more peers are connected`, { details: { peerId: peerId.toString() } })
  }
}
