import type { Sighting, SourceContext } from '../index.ts'

/** What a round found out: true when it brought somebody new. */
export type Round = () => AsyncGenerator<Sighting, boolean, void>

export interface Pace {
  /** Between the first two rounds, and after one that brought somebody new. Up to a tenth more, so that nodes do not march in step. */
  minMs: number
  /** The wait doubles up to this after rounds in vain. */
  maxMs: number
}

/** Round after round while peers are wanted. Ends only by an error: the signal's reason, or what a round throws. */
export async function * repeat (context: SourceContext, { minMs, maxMs }: Pace, round: Round): AsyncGenerator<Sighting, never, void> {
  const { clock, rng } = context
  let delayMs = minMs
  while (true) {
    const askedMs = clock.monotonic()
    await context.wanted()
    // nobody was wanted for a while: what was in vain then need not be now
    if (clock.monotonic() - askedMs >= minMs) delayMs = minMs
    if (yield * round()) delayMs = minMs
    await context.pause(delayMs * (1 + rng.float() / 10))
    delayMs = Math.min(delayMs * 2, maxMs)
  }
}
