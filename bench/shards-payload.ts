/**
 * How fast is a secret encrypted and decrypted, and does a large one stream in constant memory? Without peers. Beside AES-256-GCM of
 * node:crypto in one piece, in turns: what the chunks, the way through WebCrypto and the wrapped key cost. `node bench/shards-payload.ts --help`
 */
import { createCipheriv, randomBytes } from 'node:crypto'
import { openDataKey, sealItem } from '../dist/crypto/item/envelope.js'
import { payloadHash } from '../dist/crypto/item/payload-hash.js'
import { decryptPayload, DEFAULT_CHUNK_BYTES, encryptPayload } from '../dist/crypto/item/payload.js'
import { combinePartials, deal, loadFastGroup, partialOf } from '../dist/crypto/threshold/index.js'
import { systemRng } from '../dist/index.js'
import { options } from './support/options.ts'
import { conclude, table } from './support/report.ts'
import { median, spread } from './support/stats.ts'

const MIB = 2 ** 20
const LIMITS = { encryptMs: 5, growthMiB: 64 }
const WARM_UP = 20

const { mib, rounds, smoke } = options({
  mib: { full: 1_024, smoke: 64, help: 'MiB that are streamed' },
  rounds: { full: 200, smoke: 20, help: 'measured encryptions of 1 MiB' }
})

const context = { suite: 1, vault: randomBytes(32), version: 1 }
const { commitments, shares } = deal({ threshold: 2, indices: [1, 2] }, systemRng)
const publicKey = commitments[0]!
const failures: string[] = []

async function * source (bytes: number): AsyncGenerator<Uint8Array> {
  const part = new Uint8Array(64 * 1024)
  const numbers = new Uint32Array(part.buffer)
  for (let sent = 0; sent < bytes; sent += part.byteLength) {
    numbers[0] = sent / part.byteLength
    yield part
  }
}

/** Encrypts, hashes and decrypts, one after the other, chunk by chunk; memory beyond that at the beginning, in MiB. */
async function stream (bytes: number): Promise<{ growthMiB: number, seconds: number }> {
  const dataKey = randomBytes(32)
  const hash = payloadHash()
  async function * encrypted (): AsyncGenerator<Uint8Array> {
    for await (const chunk of encryptPayload(dataKey, context, DEFAULT_CHUNK_BYTES, source(bytes))) {
      hash.update(chunk)
      yield chunk
    }
  }
  const before = process.memoryUsage().rss
  const startMs = performance.now()
  let most = before
  let got = 0
  for await (const chunk of decryptPayload(dataKey, context, DEFAULT_CHUNK_BYTES, encrypted())) {
    const number = new DataView(chunk.buffer, chunk.byteOffset).getUint32(0, true)
    if (number !== got / (64 * 1024)) failures.push(`at byte ${got} there is part ${number}`)
    got += chunk.byteLength
    most = Math.max(most, process.memoryUsage().rss)
  }
  if (got !== bytes) failures.push(`${got} bytes came back of ${bytes}`)
  if (hash.digest().byteLength !== 32) failures.push('no hash')
  return { growthMiB: (most - before) / MIB, seconds: (performance.now() - startMs) / 1_000 }
}

async function timed (fn: () => unknown): Promise<number> {
  const startMs = performance.now()
  await fn()
  return performance.now() - startMs
}

async function collect (chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const list: Uint8Array[] = []
  for await (const chunk of chunks) list.push(chunk)
  return list
}

const secret = randomBytes(MIB)
const times: Record<'native' | 'wrapInJs' | 'wrap' | 'encrypt' | 'hash' | 'decrypt', number[]> = { native: [], wrapInJs: [], wrap: [], encrypt: [], hash: [], decrypt: [] }
for (let round = -WARM_UP; round < rounds; round++) {
  const ms = await timed(() => sealItem(publicKey, context, DEFAULT_CHUNK_BYTES, systemRng))
  if (round >= 0) times.wrapInJs.push(ms)
}
await loadFastGroup()
for (let round = -WARM_UP; round < rounds; round++) {
  const took = {
    native: await timed(() => {
      const cipher = createCipheriv('aes-256-gcm', randomBytes(32), randomBytes(12))
      return Buffer.concat([cipher.update(secret), cipher.final(), cipher.getAuthTag()])
    }),
    wrap: await timed(() => sealItem(publicKey, context, DEFAULT_CHUNK_BYTES, systemRng)),
    encrypt: 0, hash: 0, decrypt: 0
  }
  let chunks: Uint8Array[] = []
  let item: ReturnType<typeof sealItem>['item'] | undefined
  took.encrypt = await timed(async () => {
    const sealed = sealItem(publicKey, context, DEFAULT_CHUNK_BYTES, systemRng)
    item = sealed.item
    chunks = await collect(encryptPayload(sealed.dataKey, context, DEFAULT_CHUNK_BYTES, secret))
  })
  took.hash = await timed(() => {
    const hash = payloadHash()
    for (const chunk of chunks) hash.update(chunk)
    return hash.digest()
  })
  const shared = combinePartials(shares.map((share: { index: number, scalar: Uint8Array }) => ({ index: share.index, point: partialOf(share, item!.encapsulation, context.vault, systemRng).point })), 2)
  let opened: Uint8Array[] = []
  took.decrypt = await timed(async () => {
    opened = await collect(decryptPayload(openDataKey(shared, item!, context), context, DEFAULT_CHUNK_BYTES, Buffer.concat(chunks)))
  })
  if (!Buffer.concat(opened).equals(secret)) failures.push('what was decrypted is not what was encrypted')
  if (round >= 0) for (const [name, ms] of Object.entries(took)) times[name as keyof typeof took].push(ms)
}
// compiled by now: what grows is the payload
const streamed = await stream(mib * MIB)

const WHAT = { native: 'node:crypto AES-256-GCM, one piece', wrapInJs: 'wrapped key, in JavaScript', wrap: 'wrapped key, by libsodium', encrypt: 'wrapped key and payload', hash: 'SHA-256 of the payload', decrypt: 'data key and payload' }
console.log(`1 MiB, ${rounds} rounds; ${mib} MiB streamed through both in ${streamed.seconds.toFixed(1)} s\n`)
console.log(table(['1 MiB', 'ms', 'min', 'max'], Object.entries(WHAT).map(([name, what]) => {
  const { median, min, max } = spread(times[name as keyof typeof WHAT])
  return [what, median, min, max]
})))

await conclude({
  bench: 'shards-payload',
  options: { mib, rounds, chunkBytes: DEFAULT_CHUNK_BYTES },
  measurements: { times, streamed, ratios: times.encrypt.map((ms, i) => ms / times.native[i]!) },
  failures,
  targets: [
    { what: 'ms to wrap a key and encrypt 1 MiB', value: median(times.encrypt), atMost: LIMITS.encryptMs },
    { what: `MiB of memory more while ${mib} MiB are encrypted and decrypted`, value: streamed.growthMiB, atMost: LIMITS.growthMiB }
  ],
  smoke
})
