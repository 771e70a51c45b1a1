import { expect } from 'chai'
import { PlayedMuxer, turn } from '../support/muxer-play.ts'
import { FLAG, frame, framesOf, TYPE } from '../support/yamux-frames.ts'
import type { Stream } from '@libp2p/interface'

const WINDOW = 256 * 1024
const SHARE = WINDOW / 8
const MANY_FRAMES = 10_000
const OPEN = frame(TYPE.window, FLAG.syn, 1, 0)

/** A muxer with one stream that the other side has opened, and whose reader takes all. */
function opened (): PlayedMuxer {
  const played = new PlayedMuxer('ours')
  played.connection.receive(OPEN)
  return played
}

const streamOf = ({ streams }: PlayedMuxer): Stream => streams[0]!

const receive = (played: PlayedMuxer, bytes: number): void => { played.connection.receive(frame(TYPE.data, 0, 1, new Uint8Array(bytes))) }

/** What the windows that were given back say, frame by frame. */
async function given (played: PlayedMuxer): Promise<Array<{ flags: number, length: number }>> {
  await turn()
  return framesOf(played.connection.written).filter(({ type }) => type === TYPE.window).map(({ flags, length }) => ({ flags, length }))
}

describe('platform/yamux-windows', () => {
  it('answers at once that a stream is open, then gives its window back by eighths', async () => {
    using played = opened()
    receive(played, 1)
    expect(await given(played)).to.deep.equal([{ flags: FLAG.ack, length: 1 }])
    receive(played, SHARE - 1)
    expect(await given(played)).to.have.length(1)
    receive(played, 1)
    expect((await given(played)).slice(1)).to.deep.equal([{ flags: 0, length: SHARE }])
  })

  it('gives nothing while the reader pauses, and all of it when he goes on', async () => {
    using played = opened()
    const stream = streamOf(played)
    receive(played, 1)
    stream.pause()
    for (let i = 0; i < 4; i++) receive(played, SHARE)
    expect(await given(played)).to.have.length(1)
    stream.resume()
    expect((await given(played)).slice(1)).to.deep.equal([{ flags: 0, length: 4 * SHARE }])
  })

  it('a window grows once the round trip is known, up to 16 MiB, also where that takes no time', async () => {
    using played = opened()
    let received = 0
    const grant = async (): Promise<number> => (await given(played)).reduce((sum, { length }) => sum + length, WINDOW) - received
    const read = async (frames: number, isEnough: (granted: number) => boolean): Promise<void> => {
      for (let i = 0; i < frames && !isEnough(await grant()); i++) {
        receive(played, SHARE)
        received += SHARE
      }
    }
    await read(20, () => false)
    expect(await grant(), 'before').to.be.at.most(WINDOW)
    // the muxer's own ping is its first frame
    played.connection.receive(frame(TYPE.ping, FLAG.ack, 0, 0))
    await turn()
    await read(MANY_FRAMES, granted => granted === 64 * WINDOW)
    await read(20, () => false)
    expect(await grant(), 'after').to.be.within(56 * WINDOW, 64 * WINDOW)
  })

  it('who writes waits for each drain, not only the first', async () => {
    using played = opened()
    const stream = streamOf(played)
    for (let n = 0; n < 3; n++) {
      played.connection.isTaking = false
      while (stream.send(new Uint8Array(1024))) await turn()
      let isDrained = false
      const draining = stream.onDrain().then(() => { isDrained = true })
      await turn()
      expect(isDrained, `${n}: waits`).to.equal(false)
      played.connection.receive(frame(TYPE.window, 0, 1, WINDOW))
      played.connection.drain()
      await draining
    }
  })

  it('who waits for a window is not told to write when the connection has room', async () => {
    using played = opened()
    const stream = streamOf(played)
    while (stream.send(new Uint8Array(WINDOW / 4))) await turn()
    let drains = 0
    stream.addEventListener('drain', () => { drains++ })
    played.connection.drain()
    await turn()
    expect(drains, 'room in the connection').to.equal(0)
    played.connection.receive(frame(TYPE.window, 0, 1, WINDOW))
    await turn()
    expect(drains, 'room in the window').to.be.above(0)
  })
})
