import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { webSockets } from '@libp2p/websockets'
import { expect } from 'chai'
import { createLibp2p } from 'libp2p'
import { eventually } from '../support/eventually.ts'
import { stillAtFault } from '../support/upstream.ts'
import type { Connection, Libp2p } from '@libp2p/interface'

const LONG_MS = 1_000

async function node (): Promise<Libp2p> {
  return createLibp2p({ addresses: { listen: ['/ip4/127.0.0.1/tcp/0/ws'] }, transports: [webSockets()], connectionEncrypters: [noise()], streamMuxers: [yamux()], connectionMonitor: { enabled: false } })
}

describe('upstream: WebSockets', () => {
  it('an aborted one is not closed: the other side never hears of it', async () => {
    const [listener, dialler] = [await node(), await node()]
    try {
      await dialler.dial(listener.getMultiaddrs())
      const [connection] = await eventually('the listener has it', () => listener.getConnections()[0] != null && listener.getConnections()) as [Connection]
      const gone = new Promise(resolve => { dialler.addEventListener('peer:disconnect', () => { resolve('gone') }, { once: true }) })
      connection.abort(new Error('enough'))
      const late = new Promise(resolve => { setTimeout(resolve, LONG_MS, 'late') })
      const seen = await Promise.race([gone, late])
      expect(listener.getConnections()).to.deep.equal([])
      stillAtFault(seen === 'late', 'src/platform/aborting-web-sockets.ts', `the dialler sees that it is ${String(seen)}`)
    } finally {
      await Promise.all([listener.stop(), dialler.stop()])
    }
  })
})
