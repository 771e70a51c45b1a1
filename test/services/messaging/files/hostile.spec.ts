import { expect } from 'chai'
import { chunkHash } from '../../../../src/services/messaging/files/chunk-hash.ts'
import { CHUNK_BYTES, WINDOW_CHUNKS } from '../../../../src/services/messaging/files/constants.ts'
import { fileProtocol } from '../../../../src/services/messaging/files/messages.ts'
import { eventually, passes } from '../../../support/eventually.ts'
import { rejection } from '../../../support/rejection.ts'
import { watchUnhandled } from '../../../support/unhandled.ts'
import { FileNodes, nothingLeft, someBytes } from './file-nodes.ts'
import { MemorySink } from './memory-sink.ts'
import type { FileOffer, FileTransfer } from '../../../../src/services/messaging/files/contract.ts'
import type { FromReceiver, FromSender } from '../../../../src/services/messaging/files/messages.ts'
import type { Duplex } from '../../../../src/services/protocols/index.ts'
import type { FileNode } from './file-nodes.ts'

const ID = new Uint8Array(16).fill(9)
const ROOT = new Uint8Array(32)
const offer: FromSender = { what: 'offer', id: ID, name: 'x', type: 'text/plain', size: 3 * CHUNK_BYTES }

async function chunk (index: number, data = new Uint8Array(CHUNK_BYTES).fill(index)): Promise<FromSender> {
  return { what: 'chunk', index, sha256: await chunkHash(data), data }
}

/** Says all of this, what comes after the offer once it is accepted, and hears what the receiver says until it has ended. */
async function say (duplex: Duplex<FromSender, FromReceiver>, [first, ...rest]: FromSender[]): Promise<FromReceiver[]> {
  const heard: FromReceiver[] = []
  const sayRest = async (): Promise<void> => {
    for (const message of rest) await duplex.send(message)
  }
  await duplex.send(first as FromSender)
  // how it ends does not matter, only what was said
  const ignored = (): void => {}
  try {
    for await (const message of duplex) {
      heard.push(message)
      if (message.what === 'accept') sayRest().catch(ignored)
    }
  } catch {
    ignored()
  }
  duplex.abort()
  return heard
}

describe('messaging: files, and peers that break the contract', () => {
  let unhandled: ReturnType<typeof watchUnhandled>
  beforeEach(() => { unhandled = watchUnhandled() })
  afterEach(async () => { await unhandled.stop() })

  async function receive (receiver: FileNode, sender: FileNode, messages: FromSender[], sink = new MemorySink()): Promise<{ heard: FromReceiver[], transfer?: FileTransfer }> {
    let transfer: FileTransfer | undefined
    const leave = receiver.files.onFile(offered => { transfer = offered.accept(sink) })
    const heard = await say(await sender.services.protocols.duplex(receiver.peerId, fileProtocol), messages)
    leave()
    return { heard, transfer }
  }

  const begin: FromSender = { what: 'begin', chunks: 0 }
  const violations: Record<string, () => Promise<FromSender[]>> = {
    'a chunk that is not what its hash says': async () => [offer, begin, await chunk(0), { ...await chunk(1), sha256: ROOT } as FromSender],
    'a chunk before the beginning': async () => [offer, await chunk(0)],
    'a beginning that was not agreed': async () => [offer, { what: 'begin', chunks: 2 }],
    'two beginnings': async () => [offer, begin, begin],
    'two offers': async () => [offer, offer],
    'a gap': async () => [offer, begin, await chunk(1)],
    'a chunk twice': async () => [offer, begin, await chunk(0), await chunk(0)],
    'a short chunk in the midst': async () => [offer, begin, await chunk(0, new Uint8Array(9)), await chunk(1)],
    'more than was offered': async () => [offer, begin, await chunk(0), await chunk(1), await chunk(2), await chunk(3)],
    'an end that does not fit': async () => [offer, begin, await chunk(0), { what: 'done', bytes: CHUNK_BYTES, root: ROOT }],
    'an end before the beginning': async () => [offer, { what: 'done', bytes: 0, root: ROOT }]
  }
  for (const [name, messages] of Object.entries(violations)) {
    it(`${name}: both are told, the sender is charged, and what was good is kept`, async () => {
      await using nodes = new FileNodes()
      const [sender, receiver] = await nodes.pair()
      const sink = new MemorySink()
      const { heard, transfer } = await receive(receiver, sender, await messages(), sink)
      expect(heard.at(-1)).to.include({ what: 'cancel', reason: 'corrupt' })
      expect((await rejection(transfer!.done)).code).to.equal('MESSAGING_FILE_CORRUPT')
      expect(receiver.opinion.offences.map(({ peer, offence, cause }) => ({ peer, offence, cause }))).to.deep.equal([{
        peer: sender.peerId.toString(), offence: 'severe', cause: name.includes('its hash') || name.includes('not fit') ? 'messaging:file-corrupt' : 'messaging:file-protocol'
      }])
      await passes(() => { expect(sink.aborted).to.be.an('error') })
      expect(sink.closed).to.equal(undefined)
      await nothingLeft(sender, receiver)
    })
  }

  it('more under way than the window: charged, and no more than that is held', async () => {
    await using nodes = new FileNodes()
    const [sender, receiver] = await nodes.pair()
    const sink = new MemorySink()
    sink.onWrite = async () => { await new Promise(() => {}) }
    const messages: FromSender[] = [{ ...offer, size: 100 * CHUNK_BYTES }, begin]
    for (let i = 0; i <= WINDOW_CHUNKS; i++) messages.push(await chunk(i))
    const { transfer } = await receive(receiver, sender, messages, sink)
    expect((await rejection(transfer!.done)).code).to.equal('MESSAGING_FILE_CORRUPT')
    expect(receiver.opinion.offences.map(({ cause }) => cause)).to.deep.equal(['messaging:file-protocol'])
  })

  it('a chunk without an offer', async () => {
    await using nodes = new FileNodes()
    const [sender, receiver] = await nodes.pair()
    await receive(receiver, sender, [await chunk(0)])
    expect(receiver.opinion.offences.map(({ cause }) => cause)).to.deep.equal(['messaging:file-protocol'])
    await nothingLeft(sender, receiver)
  })

  it('names and types that are none do no harm and cost nothing', async () => {
    await using nodes = new FileNodes()
    const [sender, receiver] = await nodes.pair()
    const offers: FileOffer[] = []
    receiver.files.onFile(offered => {
      offers.push(offered)
      offered.decline()
    })
    await say(await sender.services.protocols.duplex(receiver.peerId, fileProtocol), [{ what: 'offer', id: ID, name: '../../etc/passwd', type: 'text/html\r\nx: y' }])
    expect(offers[0]).to.include({ name: '.._.._etc_passwd', type: 'application/octet-stream' })
    expect(receiver.opinion.offences).to.deep.equal([])
  })

  it('messages of a later version are passed over', async () => {
    await using nodes = new FileNodes()
    const [sender, receiver] = await nodes.pair()
    const { transfer } = await receive(receiver, sender, [{ ...offer, size: 0 }, { what: 'unknown' }, begin, { what: 'alive' }, { what: 'cancel', reason: 'some-new-word', text: '' }])
    expect(await rejection(transfer!.done)).to.include({ code: 'MESSAGING_FILE_CANCELLED' })
    expect(receiver.opinion.offences).to.deep.equal([])
  })

  it('offers beyond four are told to come again; those whose sender has left make room', async () => {
    await using nodes = new FileNodes()
    const [sender, receiver] = await nodes.pair()
    const offers: FileOffer[] = []
    receiver.files.onFile(offered => { offers.push(offered) })
    const open = async (n: number): Promise<Duplex<FromSender, FromReceiver>> => {
      const duplex = await sender.services.protocols.duplex(receiver.peerId, fileProtocol)
      await duplex.send({ ...offer, id: new Uint8Array(16).fill(n) })
      return duplex
    }
    const four = await Promise.all([1, 2, 3, 4].map(open))
    await eventually('four are offered', () => offers.length === 4)
    const heard: FromReceiver[] = []
    for await (const message of await open(5)) heard.push(message)
    expect(heard).to.deep.equal([{ what: 'decline', reason: 'busy', text: '' }])
    four[0]!.abort()
    await passes(async () => {
      const sixth = await open(6)
      await eventually('it is offered', () => offers.length === 5, 300)
      sixth.abort()
    })
    expect(offers[0]!.signal.aborted).to.equal(true)
    expect(receiver.opinion.offences).to.deep.equal([])
    expect(receiver.files.gauges.incomingFiles).to.be.at.most(4)
  })

  describe('a receiver that', () => {
    const cases: Record<string, { answers: FromReceiver[], code: string, charged: boolean }> = {
      'acknowledges what was not sent': { answers: [{ what: 'accept', places: [], window: 4 }, { what: 'ack', chunks: 99 }], code: 'MESSAGING_FILE_CORRUPT', charged: true },
      'claims to have another file': { answers: [{ what: 'received', bytes: 3, root: ROOT }], code: 'MESSAGING_FILE_SOURCE_CHANGED', charged: false },
      'ends with another root': { answers: [{ what: 'accept', places: [], window: 4 }, { what: 'received', bytes: CHUNK_BYTES, root: ROOT }], code: 'MESSAGING_FILE_SOURCE_CHANGED', charged: false },
      'has a place that is far beyond the end': { answers: [{ what: 'accept', places: [{ chunks: 2 ** 52, root: ROOT }], window: 4 }, { what: 'cancel', reason: 'failed', text: '' }], code: 'MESSAGING_FILE_SINK_FAILED', charged: false },
      'declines with a word of a later version': { answers: [{ what: 'decline', reason: 'moon-phase', text: 'x'.repeat(300) }], code: 'MESSAGING_FILE_DECLINED', charged: false }
    }
    for (const [name, { answers, code, charged }] of Object.entries(cases)) {
      it(name, async () => {
        await using nodes = new FileNodes()
        const [sender, receiver] = await nodes.pair()
        await receiver.files.stop()
        await receiver.services.protocols.handle(fileProtocol, async function * (messages) {
          for await (const message of messages) {
            if (message.what === 'offer') yield answers[0] as FromReceiver
            else if (message.what === 'begin') yield * answers.slice(1)
          }
        })
        const err = await rejection(sender.files.sendFile(receiver.peerId, new Blob([someBytes(CHUNK_BYTES)]), { name: 'x' }).done)
        expect(err.code).to.equal(code)
        expect(sender.opinion.offences.map(({ cause }) => cause)).to.deep.equal(charged ? ['messaging:file-ack'] : [])
        await receiver.services.protocols.unhandle(fileProtocol)
        await receiver.files.start()
        await nothingLeft(sender)
      })
    }
  })
})
