/** One protocol of each shape, as an application has them, and some that are easily abused. */
import * as z from 'zod'
import { bytes, defineProtocol, json } from '../../../src/services/protocols/index.ts'

const Item = z.object({ item: z.string(), count: z.number().int().min(0).max(100) })
const RATE = { perSecond: 100, burst: 200 }

export const quote = defineProtocol({ id: '/fuzz/quote/1.0.0', request: json(Item), response: json(z.object({ price: z.number() })), rate: RATE })
export const note = defineProtocol({ id: '/fuzz/note/1.0.0', shape: 'notify', request: json(Item), rate: RATE })
export const feed = defineProtocol({ id: '/fuzz/feed/1.0.0', shape: 'stream', request: json(Item), response: json(Item), rate: RATE })
export const chat = defineProtocol({ id: '/fuzz/chat/1.0.0', shape: 'duplex', request: json(Item), response: json(Item), rate: RATE })
/** Never answers, unless the caller leaves. */
export const slow = defineProtocol({ id: '/fuzz/slow/1.0.0', request: bytes, response: bytes, maxMessageBytes: 1_048_576, timeoutMs: 5_000, rate: { perSecond: 10_000, burst: 20_000 } })
/** Answers with as many bytes as it is asked for. */
export const blob = defineProtocol({ id: '/fuzz/blob/1.0.0', request: bytes, response: bytes, maxMessageBytes: 1_048_576, timeoutMs: 5_000, rate: { perSecond: 10_000, burst: 20_000 } })
/** Items of 16 KiB without end. */
export const endless = defineProtocol({ id: '/fuzz/endless/1.0.0', shape: 'stream', request: bytes, response: bytes, timeoutMs: 5_000, rate: { perSecond: 10_000, burst: 20_000 } })

export const ITEM = new TextEncoder().encode(JSON.stringify({ item: 'tea', count: 2 }))
