import { start, stop } from '@libp2p/interface'
import { defaultLogger } from '@libp2p/logger'
import { MemoryDatastore } from 'datastore-core'
import { addressBook } from '../../src/services/address-book/index.ts'
import { seededRng } from '../../src/util/rng.ts'
import { ManualClock } from './manual-clock.ts'
import { randomPeerId } from './random-peer.ts'
import type { ComponentLogger, PeerId } from '@libp2p/interface'
import type { Datastore } from 'interface-datastore'
import type { AddressBook, AddressBookInit } from '../../src/services/address-book/index.ts'

export interface OpenBook {
  book: AddressBook
  datastore: Datastore
  clock: ManualClock
  self: PeerId
  /** Stops this book and starts another one on the same datastore, as after a restart of the program. */
  reopen (): Promise<OpenBook>
  stop (): Promise<void>
}

export interface OpenBookInit extends AddressBookInit {
  clock?: ManualClock
  datastore?: Datastore
  self?: PeerId
  logger?: ComponentLogger
  /** Called before the book starts, to add listeners. */
  prepare? (book: AddressBook): void
}

/** 2026-01-01: far from 0, which means never. */
export const START_MS = Date.UTC(2026, 0, 1)

/** A started address book with a clock moved by hand, seeded chance and a datastore in memory. */
export async function openBook (init: OpenBookInit = {}): Promise<OpenBook> {
  const {
    clock = new ManualClock(START_MS), datastore = new MemoryDatastore(), self = randomPeerId(seededRng(0)), logger = defaultLogger(), prepare, ...rest
  } = init
  const book = addressBook({ rng: seededRng(1), ...rest, clock })({ peerId: self, datastore, logger })
  prepare?.(book)
  await start(book)
  const close = async (): Promise<void> => { await stop(book) }
  return {
    book,
    datastore,
    clock,
    self,
    stop: close,
    async reopen () {
      await close()
      return await openBook({ ...init, clock, datastore, self })
    }
  }
}
