import { expect } from 'chai'
import { wrappedTransport } from '../../src/platform/wrapped-transport.ts'
import type { Listener, MultiaddrConnection, Transport, Upgrader } from '@libp2p/interface'

const connection = { id: 'made' } as unknown as MultiaddrConnection
const changed = { id: 'changed' } as unknown as MultiaddrConnection

/** A transport that goes on with each connection as libp2p's do: by the upgrader that it is given. */
const transport = {
  dial: async (_: unknown, { upgrader }: { upgrader: Upgrader }) => upgrader.upgradeOutbound(connection, {} as never),
  createListener: ({ upgrader }: { upgrader: Upgrader }) => ({ accept: async () => { await upgrader.upgradeInbound(connection, {} as never) } })
} as unknown as Transport

describe('platform/wrapped-transport', () => {
  it('changes a connection before it is upgraded, dialled or accepted', async () => {
    const upgraded: unknown[] = []
    const upgrader = {
      upgradeOutbound: async (given: unknown) => { upgraded.push(given) },
      upgradeInbound: async (given: unknown) => { upgraded.push(given) },
      getStreamMuxers: () => 'those of the upgrader'
    } as unknown as Upgrader
    const wrapped = wrappedTransport(() => transport, given => given === connection ? changed : connection)({})
    await wrapped.dial({} as never, { upgrader } as never)
    const { accept } = wrapped.createListener({ upgrader }) as Listener & { accept (): Promise<void> }
    await accept()
    expect(upgraded).to.deep.equal([changed, changed])
  })

  it('lets the upgrader be what it is else, and fails as the change does', async () => {
    let seen: Upgrader | undefined
    const looking = { dial: async (_: unknown, { upgrader }: { upgrader: Upgrader }) => {
      seen = upgrader
      return upgrader.upgradeOutbound(connection, {} as never)
    }, createListener: () => {} } as unknown as Transport
    const upgrader = { getStreamMuxers: () => 'those of the upgrader' } as unknown as Upgrader
    const wrapped = wrappedTransport(() => looking, () => { throw new Error('cannot be changed') })({})
    expect(await wrapped.dial({} as never, { upgrader } as never).then(() => '', (err: Error) => err.message)).to.equal('cannot be changed')
    expect(seen?.getStreamMuxers()).to.equal('those of the upgrader')
  })
})
