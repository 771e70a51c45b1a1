import { expect } from 'chai'
import { PlayedMuxer, turn } from '../support/muxer-play.ts'
import { FLAG, frame, framesOf, TYPE } from '../support/yamux-frames.ts'

const WINDOW = 256 * 1024
const MIB = 1_048_576
const NONE = new Uint8Array(0)

describe('platform/strict-muxer', () => {
  it('does not wait for a frame that is longer than the window of its stream', async () => {
    using played = new PlayedMuxer('ours')
    played.connection.receive(frame(TYPE.window, FLAG.syn, 1, 0))
    played.connection.receive(frame(TYPE.data, 0, 1, new Uint8Array(100), WINDOW))
    expect(played.connection.status).to.equal('open')
    played.connection.receive(new Uint8Array(WINDOW - 100))
    expect(played.streams[0]?.status).to.equal('open')
    await turn()
    played.connection.receive(frame(TYPE.data, 0, 1, NONE, 16 * MIB + 1))
    await turn()
    expect(played.connection.status).to.equal('aborted')
    expect(framesOf(played.connection.written).at(-1)).to.include({ type: TYPE.goAway, length: 1 })
  })

  it('nor for one of a stream that is not there, but what was on its way to one that has ended', async () => {
    using played = new PlayedMuxer('ours')
    // one that was refused, or has ended, before
    played.connection.receive(Buffer.concat([frame(TYPE.window, FLAG.syn, 7, 0), frame(TYPE.window, FLAG.rst, 7, 0)]))
    played.connection.receive(frame(TYPE.data, 0, 5, NONE, 16 * MIB))
    for (let i = 0; i < 15; i++) played.connection.receive(new Uint8Array(MIB))
    expect(played.connection.status).to.equal('open')
    played.connection.receive(new Uint8Array(MIB))
    expect(played.awaitedBytes).to.equal(0)
    played.connection.receive(frame(TYPE.data, 0, 5, NONE, 16 * MIB + 1))
    expect(played.connection.status).to.equal('aborted')
  })

  it('waits for one of a stream that was never there no longer than for the first of a stream', async () => {
    for (const [flags, id] of [[0, 0], [0, 3], [0, 4], [FLAG.syn, 3], [FLAG.syn, 1]] as const) {
      for (const [length, status] of [[WINDOW, 'open'], [WINDOW + 1, 'aborted']] as const) {
        using played = new PlayedMuxer('ours')
        played.connection.receive(Buffer.concat([frame(TYPE.window, FLAG.syn, 1, 0), frame(TYPE.window, FLAG.rst, 1, 0)]))
        await played.open()
        played.connection.receive(frame(TYPE.data, flags, id, NONE, length))
        expect(played.connection.status, `${flags} ${id} ${length}`).to.equal(status)
      }
    }
  })

  it('lets come what was on its way to a stream of its own that has ended', async () => {
    using played = new PlayedMuxer('ours')
    const stream = await played.open()
    stream.abort(new Error('enough'))
    played.connection.receive(frame(TYPE.data, 0, Number(stream.id), NONE, 16 * MIB))
    expect(played.connection.status).to.equal('open')
  })

  it('reads a frame in very many pieces as fast as in one', async () => {
    using played = new PlayedMuxer('ours')
    const count = 50_000
    played.connection.receive(Buffer.concat([frame(TYPE.window, FLAG.syn, 1, 0), frame(TYPE.data, 0, 1, NONE, count)]))
    for (let i = 1; i < count; i++) played.connection.receive(Uint8Array.of(i))
    expect(played.pieces).to.be.at.most(2 + count / 4096)
    expect(played.seen().streams[0]?.received).to.equal('')
    played.connection.receive(Uint8Array.of(count))
    expect(played.seen().streams[0]?.received).to.equal(Buffer.from(Array.from({ length: count }, (_, i) => i + 1)).toString('hex'))
  })

  it('looks at a length when it is there, however it is cut', () => {
    const bytes = frame(TYPE.data, 0, 1, NONE, 0xffff_ffff)
    for (let at = 1; at < bytes.length; at++) {
      using played = new PlayedMuxer('ours')
      played.connection.receive(bytes.subarray(0, at))
      expect(played.connection.status, String(at)).to.equal('open')
      played.connection.receive(bytes.subarray(at))
      expect(played.connection.status, String(at)).to.equal('aborted')
    }
  })

  it('answers pings only as long as somebody reads the answers', async () => {
    using played = new PlayedMuxer('ours')
    await turn()
    played.connection.isTaking = false
    const pings = Buffer.concat(Array.from({ length: 5_000 }, (_, i) => frame(TYPE.ping, FLAG.syn, 0, i)))
    let asked = 0
    while (played.connection.status === 'open' && asked < 8 * MIB) {
      played.connection.receive(pings)
      asked += pings.length
      await turn()
    }
    expect(played.connection.status).to.equal('aborted')
    expect(asked).to.be.below(2 * MIB)
  })

  it('answers who reads, while much is written in large pieces', async () => {
    using played = new PlayedMuxer('ours')
    played.connection.receive(Buffer.concat([frame(TYPE.window, FLAG.syn, 1, 0), frame(TYPE.window, 0, 1, 0x7000_0000)]))
    await turn()
    const pings = Buffer.concat(Array.from({ length: 3_000 }, (_, i) => frame(TYPE.ping, FLAG.syn, 0, i)))
    for (let i = 0; i < 30; i++) {
      // its room is taken again before the answers come
      played.connection.isTaking = false
      played.streams[0]?.send(new Uint8Array(WINDOW))
      await turn()
      played.connection.receive(pings)
      await turn()
      played.connection.drain()
    }
    expect(played.connection.status).to.equal('open')
  })

  it('answers as many as are asked when they are read', async () => {
    using played = new PlayedMuxer('ours')
    await turn()
    const pings = Buffer.concat(Array.from({ length: 5_000 }, (_, i) => frame(TYPE.ping, FLAG.syn, 0, i)))
    for (let i = 0; i < 18; i++) {
      played.connection.isTaking = false
      // the first find that there is no room, the second wait
      for (let times = 0; times < 2; times++) {
        played.connection.receive(pings)
        await turn()
      }
      played.connection.drain()
      await turn()
    }
    expect(played.connection.status).to.equal('open')
    expect(framesOf(played.connection.written).filter(({ type, flags }) => type === TYPE.ping && flags === FLAG.ack)).to.have.length(180_000)
  })
})
