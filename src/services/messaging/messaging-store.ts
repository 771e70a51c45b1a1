import { describeError } from '../../errors.ts'
import { WriteBehind } from '../../util/write-behind.ts'
import { MessagingError } from './messaging-error.ts'
import type { Logger } from '@libp2p/interface'
import type { Datastore } from 'interface-datastore'
import type { Clock } from '../../util/clock.ts'
import type { WriteBehindInit } from '../../util/write-behind.ts'

/** State of messaging in the datastore. Its errors are `MESSAGING_LOAD_FAILED` and `MESSAGING_WRITE_FAILED`; writes that are tried again are logged. */
export function messagingStore ({ datastore, clock, log }: { datastore: Datastore, clock: Clock, log: Logger }, init: Omit<WriteBehindInit, 'datastore' | 'clock' | 'error' | 'onFailed'>): WriteBehind {
  return new WriteBehind({
    ...init,
    datastore,
    clock,
    error: (kind, message, cause) => new MessagingError(`MESSAGING_${kind}`, message, { cause }),
    onFailed: error => { log.error('%s', describeError(error)) }
  })
}
