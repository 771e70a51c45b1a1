import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { identify } from '@libp2p/identify'
import { expect } from 'chai'
import { createLibp2p } from 'libp2p'
import * as browser from '../src/browser.ts'
import * as peerkeep from '../src/index.ts'
import { examplesIn, typeErrors } from './support/doc-examples.ts'

const ROOT = join(import.meta.dirname, '..')

describe('the public API', function () {
  this.timeout(150_000)

  it('has a factory for every service', async () => {
    const folders = await readdir(join(ROOT, 'src/services'), { withFileTypes: true })
    const factories = folders.filter(entry => entry.isDirectory()).map(({ name }) => name.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase()))
    expect(factories).to.include('pool')
    for (const factory of factories) expect(peerkeep, factory).to.have.property(factory).that.is.a('function')
  })

  it('is the same in browsers', () => {
    expect(peerkeep).to.include.keys(Object.keys(browser))
    expect(peerkeep.createAppNode).to.be.a('function')
  })

  it('has services that go into anybody\'s libp2p node', async () => {
    const node = await createLibp2p({ services: { identify: identify(), addressBook: peerkeep.addressBook(), pool: peerkeep.pool() } })
    expect(node.services.pool.state).to.be.a('string')
    await node.stop()
  })

  it('knows its version', async () => {
    const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { version: string }
    expect(peerkeep.version).to.equal(version)
  })

  describe('examples', () => {
    it('type-check, in the entry and in every service', async () => {
      const services = (await readdir(join(ROOT, 'src/services'), { withFileTypes: true })).filter(entry => entry.isDirectory()).map(({ name }) => `services/${name}/index.ts`)
      const examples = new Map<string, string>()
      for (const path of ['index.ts', 'http/index.ts', ...services]) {
        const found = examplesIn(await readFile(join(ROOT, 'src', path), 'utf8'))
        expect(found, `examples in src/${path}`).to.not.be.empty
        found.forEach((text, i) => examples.set(`${path} ${i}`, text))
      }
      expect(await typeErrors(examples)).to.deep.equal([])
    })

    it('would be found out if they did not', async () => {
      const source = [
        '/**',
        ' * @example',
        ' *',
        ' * ```ts',
        " * import { createAppNode } from 'peerkeep'",
        " * const node = await createAppNode({ network: 5 })",
        ' * await node.services.nothing()',
        ' * ```',
        ' */'
      ].join('\n')
      const [example = ''] = examplesIn(source)
      expect(example).to.match(/^import .*\nconst .*\nawait .*\n$/)
      const errors = await typeErrors(new Map([['bad', example]]))
      expect(errors.map(line => Number(/\((\d+),/.exec(line)?.[1]))).to.deep.equal([2, 3])
    })
  })
})
