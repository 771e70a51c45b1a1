import { expect } from 'chai'
import { Uint8ArrayList } from 'uint8arraylist'
import { gatheringMuxer } from '../../src/platform/gathering-muxer.ts'
import type { MessageStream, StreamMuxer, StreamMuxerFactory } from '@libp2p/interface'

const MESSAGE_BYTES = 65_519

/** A muxer that is asked to send; what it hands on, and what it tells its only stream. */
function made (options: { accepts?: boolean, isFull?: boolean } = {}) {
  const handed: number[][] = []
  const told: string[] = []
  const muxer = {
    maConn: Object.assign(new EventTarget(), { status: 'open', writableNeedsDrain: options.isFull ?? false, writeBufferLength: 0 }),
    streams: [{ onMuxerNeedsDrain: () => { told.push('wait') }, onMuxerDrain: () => { told.push('go on') } }],
    send: (data: Uint8ArrayList) => {
      handed.push(Array.from(data.subarray()))
      return options.accepts ?? true
    },
    close: async () => { muxer.send(new Uint8ArrayList(Uint8Array.of(255))) },
    abort: () => { muxer.send(new Uint8ArrayList(Uint8Array.of(254))) }
  }
  const factory = { createStreamMuxer: () => muxer as unknown as StreamMuxer } as unknown as StreamMuxerFactory
  gatheringMuxer(() => factory)({}).createStreamMuxer({} as MessageStream)
  return { muxer, handed, told }
}

const send = (muxer: object, data: Uint8Array): boolean => (muxer as { send (data: Uint8Array): boolean }).send(data)
const turn = async (): Promise<void> => { await new Promise(resolve => process.nextTick(resolve)) }

describe('platform/gathering-muxer', () => {
  it('hands on in one piece what was sent in one turn, in order', async () => {
    const { muxer, handed } = made()
    expect([1, 2, 3].map(n => send(muxer, Uint8Array.of(n)))).to.deep.equal([true, true, true])
    expect(handed).to.deep.equal([])
    await turn()
    send(muxer, Uint8Array.of(4))
    await turn()
    expect(handed).to.deep.equal([[1, 2, 3], [4]])
  })

  it('lets streams wait when much has gathered, until it is gone', async () => {
    const { muxer, told } = made()
    expect(send(muxer, new Uint8Array(256 * 1024))).to.equal(false)
    expect(told).to.deep.equal(['wait'])
    await turn()
    expect(told).to.deep.equal(['wait', 'go on'])
  })

  it('tells streams once to wait, however often they or others write meanwhile', async () => {
    const { muxer, told } = made({ isFull: true })
    expect([1, 2, 3].map(n => send(muxer, Uint8Array.of(n)))).to.deep.equal([false, false, false])
    expect(told).to.deep.equal(['wait'])
    await turn()
    expect(told).to.deep.equal(['wait', 'go on'])
    send(muxer, Uint8Array.of(4))
    expect(told).to.deep.equal(['wait', 'go on', 'wait'])
  })

  it('hands on whole messages while much is written, and the rest a turn later', async () => {
    const { muxer, handed } = made()
    const lengths = (): number[] => handed.map(({ length }) => length)
    send(muxer, new Uint8Array(5 * MESSAGE_BYTES + 7))
    await turn()
    expect(lengths()).to.deep.equal([5 * MESSAGE_BYTES])
    await turn()
    expect(lengths()).to.deep.equal([5 * MESSAGE_BYTES, 7])
    send(muxer, new Uint8Array(5 * MESSAGE_BYTES + 7))
    await turn()
    await muxer.close()
    expect(lengths().slice(2)).to.deep.equal([5 * MESSAGE_BYTES, 7 + 1])
  })

  it('lets streams wait while the connection is full: that tells them by itself', async () => {
    const { muxer, told } = made({ accepts: false, isFull: true })
    expect(send(muxer, Uint8Array.of(1))).to.equal(false)
    await turn()
    expect(told).to.deep.equal(['wait'])
  })

  it('what was sent goes before the end', async () => {
    const closed = made()
    send(closed.muxer, Uint8Array.of(1))
    await closed.muxer.close()
    expect(closed.handed).to.deep.equal([[1, 255]])
    const aborted = made()
    send(aborted.muxer, Uint8Array.of(1))
    aborted.muxer.abort()
    expect(aborted.handed).to.deep.equal([[1, 254]])
  })

  it('closes when the connection has passed on what it has, and sends nothing more', async () => {
    const { muxer, handed } = made({ isFull: true })
    let isClosed = false
    const closing = muxer.close().then(() => { isClosed = true })
    await turn()
    expect({ handed, isClosed }).to.deep.equal({ handed: [[255]], isClosed: false })
    send(muxer, Uint8Array.of(1))
    muxer.maConn.writableNeedsDrain = false
    muxer.maConn.dispatchEvent(new Event('drain'))
    await closing
    await turn()
    expect(handed).to.deep.equal([[255]])
  })

  it('gives up to close when it is told to', async () => {
    const { muxer } = made({ isFull: true })
    const close = muxer.close as (options: { signal: AbortSignal }) => Promise<void>
    expect(await close({ signal: AbortSignal.abort(new Error('enough')) }).then(() => 'closed', (err: Error) => err.message)).to.equal('enough')
  })
})
