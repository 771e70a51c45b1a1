import { defineProtocol, json } from 'peerkeep'
import { IDS, quoteSchema } from './quotes.ts'
import type { Quote } from './quotes.ts'

/** As an application would write it, but for its rate. */
export const quoteProtocol = defineProtocol({
  id: IDS.peerkeep,
  request: json<Quote>(quoteSchema),
  response: json<Quote>(quoteSchema),
  rate: { perSecond: 1e9, burst: 1e9 }
})
