import * as z from 'zod'
import { bytes, defineProtocol, json } from '../../src/services/protocols/index.ts'

export const ask = json(z.object({ item: z.string() }))
export const price = json(z.object({ price: z.number() }))
const often = { perSecond: 100_000, burst: 100_000 }

/** One of each shape, with room for tests to call as often as they like. */
export const quote = defineProtocol({ id: '/shop/quote/1.0.0', request: ask, response: price, rate: often })
export const note = defineProtocol({ id: '/shop/note/1.0.0', shape: 'notify', request: ask, rate: often })
export const feed = defineProtocol({ id: '/shop/feed/1.0.0', shape: 'stream', request: json(z.number()), response: json(z.number()), rate: often })
export const haggle = defineProtocol({ id: '/shop/haggle/1.0.0', shape: 'duplex', request: json(z.number()), response: json(z.number()), rate: often })
export const blob = defineProtocol({ id: '/shop/blob/1.0.0', shape: 'stream', request: bytes, response: bytes, maxMessageBytes: 1 << 20, rate: often })
