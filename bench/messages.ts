/**
 * What does a direct message cost? The time from `send` to the receipt of a message of 1 KiB on an open connection, beside a raw
 * stream echo of as many bytes on the same connection, one after the other in turns A B A B; and how many a second arrive when
 * many are sent at once. `node bench/messages.ts --help`
 */
import { lpStream } from '@libp2p/utils'
import { createAppNode } from 'peerkeep'
import { options } from './support/options.ts'
import { conclude, table } from './support/report.ts'
import { median, quantile, spread } from './support/stats.ts'
import type { Stream } from '@libp2p/interface'

const LIMITS = { ratio: 1.5 }
const ECHO = '/bench/echo/1.0.0'
const MESSAGE_BYTES = 1_024
const EVENT = 'bench'

const { rounds, messages, burst, smoke } = options({
  rounds: { full: 9, smoke: 2, help: 'measured rounds of each, after two that do not count' },
  messages: { full: 2_000, smoke: 100, help: 'one after the other in each round' },
  burst: { full: 5_000, smoke: 200, help: 'messages sent at once' }
})

type Call = () => Promise<unknown>

const init = { listen: ['/ip4/127.0.0.1/tcp/0'], presence: false, dht: { mode: 'off' as const } }
const [sender, receiver] = await Promise.all([createAppNode(init), createAppNode(init)])
let failures: string[] = []
try {
  let arrived = 0
  receiver.services.messaging.on(EVENT, { encode: (data: Uint8Array) => data, decode: bytes => bytes }, () => { arrived++ })
  await receiver.handle(ECHO, echo)
  await sender.dial(receiver.getMultiaddrs())
  const [connection] = sender.getConnections(receiver.peerId)
  if (connection == null) throw new Error('the nodes are not connected')
  const lp = lpStream(await connection.newStream(ECHO))
  const data = new Uint8Array(MESSAGE_BYTES).fill(7)
  const arms: Array<{ name: string, call: Call, p50: number[], p95: number[] }> = [
    { name: 'raw stream echo', call: async () => { await lp.write(data); await lp.read() }, p50: [], p95: [] },
    { name: 'direct message with receipt', call: async () => { await (await sender.services.messaging.send(receiver.peerId, EVENT, data)).delivered }, p50: [], p95: [] }
  ]
  for (let round = -2; round < rounds; round++) {
    for (const { call, p50, p95 } of round % 2 === 0 ? arms : arms.toReversed()) {
      const timesMs = await timed(call)
      if (round < 0) continue
      p50.push(quantile(timesMs, 0.5))
      p95.push(quantile(timesMs, 0.95))
    }
  }
  const expected = arrived + burst
  const startMs = performance.now()
  const sent = await Promise.all(Array.from({ length: burst }, async () => await sender.services.messaging.send(receiver.peerId, EVENT, data)))
  await Promise.all(sent.map(async ({ delivered }) => { await delivered }))
  const perSecond = burst * 1_000 / (performance.now() - startMs)
  if (arrived !== expected) failures = [`${arrived} messages arrived, not ${expected}`]

  const [raw, message] = arms as [typeof arms[0], typeof arms[0]]
  const ratios = message.p50.map((value, i) => value / raw.p50[i]!)
  const { min, max } = spread(ratios)
  console.log(`1 KiB there and the answer back, ${rounds} rounds of ${messages}, milliseconds\n`)
  console.log(table(['', 'p50', 'p95'], arms.map(({ name, p50, p95 }) => [name, median(p50), median(p95)])))
  console.log(`\nratio of the p50, median and range: ${median(ratios).toFixed(2)} (${min.toFixed(2)} to ${max.toFixed(2)}); ${burst} at once: ${perSecond.toFixed(0)} messages/s`)
  await conclude({
    bench: 'messages',
    options: { rounds, messages, burst },
    measurements: { arms: arms.map(({ name, p50, p95 }) => ({ name, p50, p95 })), ratios, perSecond },
    failures,
    targets: [{ what: 'times the p50 of a raw stream echo', value: median(ratios), atMost: LIMITS.ratio }],
    smoke
  })
} finally {
  await Promise.all([sender.stop(), receiver.stop()])
}

async function timed (call: Call): Promise<number[]> {
  const timesMs: number[] = []
  for (let i = 0; i < messages; i++) {
    const startMs = performance.now()
    await call()
    timesMs.push(performance.now() - startMs)
  }
  return timesMs
}

async function echo (stream: Stream): Promise<void> {
  const lp = lpStream(stream)
  try {
    for (;;) await lp.write(await lp.read())
  } catch {
    // whoever measures has closed it
    await stream.close()
  }
}
