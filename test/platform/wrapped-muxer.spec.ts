import { expect } from 'chai'
import { wrappedMuxer } from '../../src/platform/wrapped-muxer.ts'
import type { MessageStream, StreamMuxer, StreamMuxerFactory } from '@libp2p/interface'

describe('platform/wrapped-muxer', () => {
  it('changes each muxer that the factory makes, of its components and the connection, and nothing else of the factory', () => {
    class Muxers {
      readonly protocol = '/a muxer'
      readonly name: string
      constructor (name: string) { this.name = name }
      createStreamMuxer (connection: MessageStream): StreamMuxer { return { made: [this.name, connection] } as unknown as StreamMuxer }
    }
    const factory = (name: string): StreamMuxerFactory => new Muxers(name)
    const muxers = wrappedMuxer(factory, muxer => ({ changed: muxer }) as unknown as StreamMuxer)('components')
    const connection = {} as MessageStream
    expect(muxers.protocol).to.equal('/a muxer')
    expect(muxers.createStreamMuxer(connection)).to.deep.equal({ changed: { made: ['components', connection] } })
  })
})
