import type { MessageStream, StreamMuxer, StreamMuxerFactory } from '@libp2p/interface'

/** A factory whose muxers are changed before anything is said over them. */
export function wrappedMuxer<C> (factory: (components: C) => StreamMuxerFactory, change: (muxer: StreamMuxer) => StreamMuxer): (components: C) => StreamMuxerFactory {
  return components => {
    const muxers = factory(components)
    const createStreamMuxer = muxers.createStreamMuxer.bind(muxers)
    return Object.assign(muxers, { createStreamMuxer: (connection: MessageStream) => change(createStreamMuxer(connection)) })
  }
}
