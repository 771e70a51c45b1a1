import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { identify } from '@libp2p/identify'
import { kadDHT, passthroughMapper } from '@libp2p/kad-dht'
import { memory } from '@libp2p/memory'
import { ping } from '@libp2p/ping'
import { lpStream } from '@libp2p/utils'
import { expect } from 'chai'
import { createLibp2p } from 'libp2p'
import { bytesField, numberField } from '../support/protobuf.ts'
import { stillAtFault } from '../support/upstream.ts'
import { stopAll } from '../support/stop-all.ts'
import type { Connection, Libp2p } from '@libp2p/interface'

const PROTOCOL = '/test/kad/1.0.0'
const PUT_VALUE = 0
const GET_VALUE = 1
const RECORDS = 200

/** Sends one message of the DHT to the other side and resolves to its answer. */
async function say (connection: Connection, ...fields: Uint8Array[]): Promise<Uint8Array> {
  const signal = AbortSignal.timeout(5_000)
  const stream = await connection.newStream(PROTOCOL, { signal })
  const lp = lpStream(stream)
  await lp.write(Buffer.concat(fields), { signal })
  const answer = await lp.read({ signal })
  await stream.close({ signal })
  return answer.subarray()
}

async function put (connection: Connection, key: string, value: string): Promise<void> {
  await say(connection, numberField(1, PUT_VALUE), bytesField(2, key), bytesField(3, bytesField(1, key), bytesField(2, value), bytesField(5, '2026-01-01T00:00:00.000Z')))
}

async function get (connection: Connection, key: string): Promise<string> {
  return Buffer.from(await say(connection, numberField(1, GET_VALUE), bytesField(2, key))).toString()
}

describe('upstream: kad-dht', () => {
  let server: Libp2p
  let client: Libp2p
  let connection: Connection
  const selections: number[] = []

  before(async () => {
    const common = {
      transports: [memory()], connectionEncrypters: [noise()], streamMuxers: [yamux()], connectionMonitor: { enabled: false }
    }
    server = await createLibp2p({
      ...common,
      addresses: { listen: ['/memory/upstream-kad'] },
      services: {
        identify: identify(),
        ping: ping(),
        dht: kadDHT({
          protocol: PROTOCOL,
          clientMode: false,
          peerInfoMapper: passthroughMapper,
          validators: { test: async () => {} },
          // the newest is the best: values are numbers
          selectors: {
            test: (_, records) => {
              selections.push(records.length)
              const numbers = records.map(record => Number(Buffer.from(record).toString()))
              return numbers.indexOf(Math.max(...numbers))
            }
          }
        })
      }
    })
    client = await createLibp2p({ ...common, services: { identify: identify() } })
    connection = await client.dial(server.getMultiaddrs())
  })

  after(async () => { await stopAll([server, client]) })

  it('E4: an older record, valid as it is, takes the place of a newer one', async () => {
    await put(connection, '/test/a', '222222')
    expect(await get(connection, '/test/a')).to.include('222222')
    await put(connection, '/test/a', '111111')
    const answer = await get(connection, '/test/a')
    stillAtFault(selections.length === 0 && answer.includes('111111'), 'src/app-node/services.ts (dhtInit: no validators, so no records)', `${selections.length} selections, the record is now ${JSON.stringify(answer)}`)
  })

  it('E4: one peer may leave any number of records', async () => {
    let refused = 0
    for (let i = 0; i < RECORDS; i++) await put(connection, `/test/quota-${i}`, '1').catch(() => { refused++ })
    stillAtFault(refused === 0, 'src/app-node/services.ts (dhtInit: no validators, so no records)', `${refused} of ${RECORDS} records refused`)
  })
})
