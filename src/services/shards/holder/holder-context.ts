import type { Logger, PeerId, PrivateKey } from '@libp2p/interface'
import type { Clock } from '../../../util/clock.ts'
import type { Rng } from '../../../util/rng.ts'
import type { AnswerBody, ReadRequest } from '../model/request.ts'
import type { Budgets } from './budgets.ts'
import type { KemKeys } from './kem-keys.ts'
import type { NodeLock } from './node-lock.ts'
import type { Payloads } from './payloads.ts'
import type { VaultRecord } from './vault-record.ts'
import type { Vaults } from './vaults.ts'

/** What those that answer requests work with. */
export interface HolderContext {
  peerId: PeerId
  privateKey: PrivateKey
  clock: Clock
  rng: Rng
  log: Logger
  vaults: Vaults
  payloads: Payloads
  kemKeys: KemKeys
  lock: NodeLock
  budgets: Budgets
  domains: readonly string[]
  minIntervalMs: number
  isSilent: (vaultId: string, peer: PeerId) => boolean
}

/** A request that may be answered. */
export interface Call {
  from: PeerId
  read: ReadRequest
  /** Of the vault, in hexadecimal; empty where the request is about none. */
  id: string
  /** What is here of it. */
  record?: VaultRecord
}

/** Rejects with a `RefusedError` for whatever it does not do. */
export type Handle = (call: Call) => Promise<AnswerBody>
