import { readdir } from 'node:fs/promises'
import { expect } from 'chai'
import { Key } from 'interface-datastore'
import { openStorage as openInBrowser } from '../../src/platform/storage.browser.ts'
import { openStorage } from '../../src/platform/storage.ts'
import { rejection } from '../support/rejection.ts'
import { killDuringStorage } from '../support/storage-kills.ts'
import { makeTempDir } from '../support/temp-dir.ts'

describe('platform/storage', () => {
  it('is nothing without a directory', async () => {
    const storage = await openStorage({})
    expect(storage).to.not.have.any.keys('privateKey', 'datastore')
    await storage.close()
  })

  it('holds only what is asked of it', async () => {
    await using dir = await makeTempDir()
    const storage = await openStorage({ dataDir: dir.path, identity: false, datastore: false })
    expect((await readdir(dir.path)).sort()).to.deep.equal(['lock', 'node.pid'])
    await storage.close()
  })

  it('lets go of the directory when the identity is refused', async () => {
    await using dir = await makeTempDir()
    await (await openStorage({ dataDir: dir.path, passphrase: 'secret' })).close()
    expect((await rejection(openStorage({ dataDir: dir.path }))).code).to.equal('IDENTITY_PASSPHRASE_MISSING')
    await (await openStorage({ dataDir: dir.path, passphrase: 'secret' })).close()
  })

  it('can be closed and opened again', async () => {
    await using dir = await makeTempDir()
    const storage = await openStorage({ dataDir: dir.path })
    await storage.datastore?.put(new Key('/a'), Uint8Array.of(1))
    await storage.close()
    await storage.close()
    await storage.open()
    expect(await storage.datastore?.get(new Key('/a'))).to.deep.equal(Uint8Array.of(1))
    expect((await rejection(openStorage({ dataDir: dir.path }))).code).to.equal('DATA_DIR_IN_USE')
    await storage.close()
  })

  it('refuses a directory in a browser', async () => {
    expect((await rejection(openInBrowser({ dataDir: '/data' }))).code).to.equal('DATA_DIR_UNSUPPORTED')
    expect(await openInBrowser({})).to.not.have.any.keys('privateKey', 'datastore')
  })

  it('survives kill -9 at any moment: 40 times', async () => {
    await killDuringStorage(20)
  }).timeout(120_000)
})
