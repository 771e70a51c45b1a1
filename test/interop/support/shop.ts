import * as z from 'zod'
import { codec, defineProtocol, json } from '../../../src/index.ts'
import { Duration, Timestamp } from './pb/clock.ts'

/** What the nodes of all languages serve and call. */

const Wanted = z.object({ item: z.string().min(1), afterMs: z.number().optional(), padding: z.string().optional() })
const Quote = z.object({ item: z.string(), price: z.number() })

export const quote = defineProtocol({ id: '/interop/quote/1.0.0', request: json(Wanted), response: json(Quote) })

/** The Go node serves this one in both ways: one call a stream, and many. */
export const shelf = defineProtocol({ id: '/interop/shelf/1.0.0', request: json(Wanted), response: json(Quote) })

/** The foreign node is asked for what it would not take; nothing here objects. */
export const anyQuote = defineProtocol({ id: '/interop/quote/1.0.0', request: json(z.unknown()), response: json(z.unknown()) })

export const nothing = defineProtocol({ id: '/interop/nothing/1.0.0', request: json(z.unknown()), response: json(z.unknown()) })

export const when = defineProtocol({ id: '/interop/when/1.0.0', request: codec<Duration>(Duration), response: codec<Timestamp>(Timestamp) })

export const ticks = defineProtocol({
  id: '/interop/ticks/1.0.0',
  shape: 'stream',
  request: json(z.object({ count: z.number(), failAfter: z.number().optional() })),
  response: json(z.object({ n: z.number() }))
})

/** From which `when` counts, in seconds since 1970. */
export const START_SECONDS = 1_700_000_000
