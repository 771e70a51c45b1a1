import { signal } from '@preact/signals'
import { api } from '../../api/calls.ts'
import { asProblem } from '../../api/problem.ts'
import { randomId } from '../../api/random-id.ts'
import { onEvents } from '../../state/live.ts'
import type { FileProgress } from '../../../schemas/message.ts'

const MAX_KEPT = 50

export interface Transfer extends FileProgress {
  /** Ends it; for what this page sends. */
  cancel?: () => void
}

/** Files sent and received since the page was loaded, latest first; they go on while other views are looked at. */
export const transfers = signal<readonly Transfer[]>([])

onEvents(['file:progress'], batch => { for (const event of batch) take(event as unknown as FileProgress) })

/** Streams a file through the node to the peer. */
export function sendFile (peerId: string, file: File): void {
  const id = randomId()
  const abort = new AbortController()
  const transfer: Transfer = { id, peerId, name: file.name, direction: 'out', state: 'running', bytes: 0, size: file.size, cancel: () => { abort.abort() } }
  take(transfer)
  api.sendFile({ peerId, name: file.name, type: file.type, id }, file, { signal: abort.signal }).then(({ bytes }) => {
    take({ ...transfer, state: 'done', bytes })
  }, (error: unknown) => {
    take({ ...transfer, state: 'failed', bytes: transfers.value.find(other => other.id === id)?.bytes ?? 0, error: abort.signal.aborted ? 'cancelled' : asProblem(error).message })
  })
}

function take (next: Transfer): void {
  const before = transfers.value.find(({ id }) => id === next.id)
  // events of a transfer may come after its answer
  if (before != null && before.state !== 'running' && next.state === 'running') return
  const { cancel, ...rest } = { ...before, ...next }
  const merged: Transfer = rest.state === 'running' ? { ...rest, cancel } : rest
  transfers.value = before == null
    ? [merged, ...transfers.value].slice(0, MAX_KEPT)
    : transfers.value.map(other => other === before ? merged : other)
}
