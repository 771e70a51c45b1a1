import { readFile } from 'node:fs/promises'
import { expect } from 'chai'
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { broadcastTopic, encodeBroadcast, MAX_AHEAD_MS, MAX_LIFETIME_MS, MAX_PAYLOAD_BYTES, readBroadcast } from '../../src/services/messaging/broadcast/message.ts'
import { Broadcast } from '../../src/services/messaging/pb/broadcast.ts'

interface Vector {
  name: string
  hex: string
}

interface Vectors {
  nowMs: number
  messages: Array<Vector & { value: Record<string, unknown> }>
  verdicts: Array<Vector & { verdict: string }>
  invalid: Vector[]
}

const folder = new URL('../../protocols/messaging/', import.meta.url)
const bytesOf = (hex: string): Uint8Array => fromString(hex, 'base16')
const hexOf = (bytes: Uint8Array): string => toString(bytes, 'base16')

describe('protocols: broadcasts', () => {
  let vectors: Vectors
  let document: string

  before(async () => {
    vectors = JSON.parse(await readFile(new URL('broadcast-vectors.json', folder), 'utf8')) as Vectors
    document = await readFile(new URL('BROADCAST.md', folder), 'utf8')
  })

  const verdictOf = (hex: string): string => readBroadcast(bytesOf(hex), { nowMs: vectors.nowMs, sinceMs: 0 }).verdict

  it('are the bytes, and mean the values, of the vectors', () => {
    for (const { name, hex, value } of vectors.messages) {
      const { id, payload, ...rest } = Broadcast.decode(bytesOf(hex))
      expect({ ...rest, id: hexOf(id), payload: hexOf(payload) }, name).to.deep.equal(value)
      const reading = readBroadcast(bytesOf(hex), { nowMs: vectors.nowMs, sinceMs: 0 })
      if (reading.verdict !== 'accept') throw new Error(`${name}: ${reading.why}`)
      expect(hexOf(encodeBroadcast({ ...reading.message, id: bytesOf(reading.message.id) })), name).to.equal(hex)
    }
  })

  it('become what the vectors say', () => {
    for (const { name, hex, verdict } of vectors.verdicts) expect(verdictOf(hex), name).to.equal(verdict)
    for (const { name, hex } of vectors.invalid) expect(verdictOf(hex), name).to.equal('reject')
  })

  it('have the limits, the topic and the example of the document', () => {
    for (const number of [MAX_PAYLOAD_BYTES, MAX_PAYLOAD_BYTES + 4_096, MAX_LIFETIME_MS, MAX_AHEAD_MS]) expect(document).to.contain(number.toLocaleString('en'))
    expect(document).to.contain(`\`${broadcastTopic('<network>', '<event>')}\``)
    const [, hex] = /```hex Broadcast\n([0-9a-f]+)\n```/.exec(document)!
    expect(hex).to.equal(vectors.messages[0]!.hex)
  })
})
