import { expect } from 'chai'
import { Key } from 'interface-datastore'
import { SyncedLevelDatastore } from '../../src/platform/synced-level.ts'

describe('platform/synced-level', () => {
  const written: Array<{ keys: string[], sync: boolean }> = []
  const level = { batch: async (operations: Array<{ key: string }>, { sync }: { sync: boolean }) => { written.push({ keys: operations.map(({ key }) => key), sync }) } }
  const datastore = new SyncedLevelDatastore(level as never, ['/safe/'])

  beforeEach(() => { written.length = 0 })

  it('flushes a batch with a key that has to survive a power failure', async () => {
    const batch = datastore.batch()
    batch.put(new Key('/other/1'), Uint8Array.of(1))
    batch.delete(new Key('/safe/1'))
    await batch.commit()
    expect(written).to.deep.equal([{ keys: ['/other/1', '/safe/1'], sync: true }])
  })

  it('leaves others to the operating system', async () => {
    const batch = datastore.batch()
    batch.put(new Key('/safely/1'), Uint8Array.of(1))
    await batch.commit()
    await batch.commit()
    expect(written).to.deep.equal([{ keys: ['/safely/1'], sync: false }, { keys: [], sync: false }])
  })
})
