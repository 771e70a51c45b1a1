import { evidenceOf, WireOversizeError, WireTimeoutError } from '../errors.ts'
import type { Clock, Timer } from '../../util/clock.ts'
import type { Stream } from '@libp2p/interface'

export interface StreamMeterInit {
  clock: Clock
  /** Aborts a stream on which nothing arrives for so long. */
  idleMs: number
  /** Aborts a stream that brings more. */
  maxBytes: number
  onOversize: (evidence: Uint8Array) => void
}


/** Watches what arrives on a stream that somebody else reads, and ends it when that is too much, or nothing. */
export function meterStream (stream: Stream, { clock, idleMs, maxBytes, onOversize }: StreamMeterInit): void {
  let bytes = 0
  let lastMs = clock.monotonic()
  let timer: Timer | undefined
  const watch = (ms: number): void => {
    timer = clock.after(ms, () => {
      const idle = clock.monotonic() - lastMs
      if (idle >= idleMs) stream.abort(new WireTimeoutError(`nothing arrived within ${idleMs} ms`))
      else watch(idleMs - idle)
    })
  }
  // a listener of our own would take what comes before the reader is there
  const dispatch = stream.dispatchEvent.bind(stream)
  stream.dispatchEvent = event => {
    if (event.type !== 'message') return dispatch(event)
    const { data } = event as Event & { data: Uint8Array }
    lastMs = clock.monotonic()
    bytes += data.byteLength
    if (bytes <= maxBytes) return dispatch(event)
    // once: what was under way may still come
    if (stream.status === 'open') {
      const evidence = evidenceOf(data)
      stream.abort(new WireOversizeError(`more than ${maxBytes} bytes arrived`, { fault: 'oversize', evidence }))
      onOversize(evidence)
    }
    return true
  }
  if (stream.status === 'closed' || stream.status === 'aborted' || stream.status === 'reset') return
  watch(idleMs)
  stream.addEventListener('close', () => { timer?.cancel() }, { once: true })
}
