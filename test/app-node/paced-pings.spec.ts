import { expect } from 'chai'
import { pacePings } from '../../src/app-node/paced-pings.ts'
import { ModuleError } from '../../src/platform/module-internals.ts'
import { AppNodes } from '../support/app-nodes.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { eventually } from '../support/eventually.ts'

const PING = '/ipfs/ping/1.0.0'
const INTERVAL_MS = 12_000
const TURNS = 48

interface Monitor {
  pingIntervalMs: number
  components: { connectionManager: { getConnections (): string[] } }
}

/** A node with connections that have a name each. */
function setUp (pingIntervalMs = INTERVAL_MS) {
  const connections = new Map<string, object[]>()
  const connectionMonitor = { pingIntervalMs, components: { connectionManager: { getConnectionsMap: () => connections } } } as unknown as Monitor
  const clock = new ManualClock()
  pacePings({ components: { connectionMonitor } }, clock)
  const open = (name: string): void => { connections.set(name, [...connections.get(name) ?? [], { name }]) }
  /** Who is pinged when libp2p's timer comes, so much later than it should. */
  const pinged = (lateMs = 0): string[] => {
    clock.advance(connectionMonitor.pingIntervalMs + lateMs)
    return (connectionMonitor.components.connectionManager.getConnections() as unknown as Array<{ name: string }>).map(({ name }) => name)
  }
  return { connectionMonitor, connections, open, pinged }
}

const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `peer ${i}`)

describe('app-node/paced-pings', () => {
  it('ping everybody once in an interval, and only a few at a time', () => {
    const { connectionMonitor, open, pinged } = setUp()
    expect(connectionMonitor.pingIntervalMs * TURNS).to.equal(INTERVAL_MS)
    names(1_000).forEach(open)
    for (let interval = 0; interval < 3; interval++) {
      const turns = Array.from({ length: TURNS }, () => pinged())
      expect(turns.flat().sort()).to.deep.equal(names(1_000).sort())
      expect(Math.max(...turns.map(({ length }) => length))).to.equal(Math.ceil(1_000 / TURNS))
    }
  })

  it('ping who comes within an interval, each connection of one peer, and nobody who has left', () => {
    const { connections, open, pinged } = setUp()
    for (const name of names(TURNS + 5)) {
      open(name)
      expect(Array.from({ length: TURNS }, () => pinged()).flat()).to.include(name)
    }
    open('peer 1')
    connections.delete('peer 2')
    const next = Array.from({ length: TURNS }, () => pinged()).flat()
    expect(next.filter(name => name === 'peer 1')).to.have.length(2)
    expect(next).to.have.length(TURNS + 5).and.not.include('peer 2')
  })

  it('make up for a timer that is late, and ping nobody twice for it', () => {
    const { open, pinged } = setUp()
    names(1_000).forEach(open)
    // as many turns as an interval has, in half as many calls
    const late = [pinged(), ...Array.from({ length: TURNS / 2 - 1 }, () => pinged(INTERVAL_MS / TURNS)), pinged()]
    expect(late.flat().sort()).to.deep.equal(names(1_000).sort())
    expect(pinged(10 * INTERVAL_MS).sort()).to.deep.equal(names(1_000).sort())
    expect(pinged().length).to.be.within(1, 21)
  })

  it('keep an interval that is shorter than a turn', () => {
    const { connectionMonitor, open, pinged } = setUp(100)
    names(3).forEach(open)
    expect(connectionMonitor.pingIntervalMs).to.equal(100)
    expect(pinged()).to.deep.equal(names(3))
  })

  it('refuse a libp2p that is made in another way', () => {
    expect(() => { pacePings({ components: { connectionMonitor: { components: {} } } }) }).to.throw(ModuleError, 'pingIntervalMs')
  })

  it('are what a node does', async () => {
    await using nodes = new AppNodes()
    const node = await nodes.create({ connectionMonitor: { pingInterval: 1_000 } })
    for (let i = 0; i < 4; i++) await node.dial((await nodes.create({ connectionMonitor: { enabled: false } })).getMultiaddrs())
    /** How often it began to ping, and how many in each moment. */
    let [begun, now] = [0, 0]
    const together: number[] = []
    const connections = node.getConnections()
    for (const connection of connections) {
      const { newStream } = connection
      connection.newStream = async (protocols, options) => {
        if (protocols === PING) {
          begun++
          if (++now === 1) {
            setImmediate(() => {
              together.push(now)
              now = 0
            })
          }
        }
        return await newStream.call(connection, protocols, options)
      }
    }
    await eventually('all were pinged, and again', () => begun >= 2 * connections.length)
    expect(connections.map(({ rtt }) => typeof rtt)).to.deep.equal(connections.map(() => 'number'))
    // late turns are made up for together
    expect(Math.min(...together)).to.be.lessThan(connections.length)
  })
})
