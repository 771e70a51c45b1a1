import { untilSignal } from '../signals.ts'
import type { Output } from './output.ts'

const INTERRUPTED = new Error('interrupted')

/** For work that goes on until Ctrl-C, until nobody reads its output any more (`| head`), or until it calls `end`: all end it well, by the signal it is given. Until then the process stays. */
export async function untilInterrupted ({ terminal: { stdout } }: Output, work: (signal: AbortSignal, end: () => void) => Promise<void>): Promise<void> {
  const controller = new AbortController()
  const end = (): void => { controller.abort(INTERRUPTED) }
  stdout.once('error', end)
  untilSignal().then(end, (err: unknown) => { controller.abort(err) })
  try {
    await work(controller.signal, end)
  } catch (err) {
    if (err !== INTERRUPTED) throw err
  } finally {
    stdout.off('error', end)
  }
}
