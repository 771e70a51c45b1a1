import { execFile } from 'node:child_process'
import { readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { expect } from 'chai'
import { AppNodes } from './support/app-nodes.ts'
import { bundleForBrowser, firstLoad } from './support/browser-bundle.ts'
import { makeTempDir } from './support/temp-dir.ts'
import type { Bundle } from './support/browser-bundle.ts'

const ROOT = join(import.meta.dirname, '..')
const PAGE = join(import.meta.dirname, 'support/bundle-page.mjs')
const run = promisify(execFile)

describe('browser bundle', function () {
  this.timeout(60_000)
  let bundle: Bundle

  before(async () => { bundle = await bundleForBrowser(join(ROOT, 'src/browser.ts')) })

  it('has nothing of Node', () => {
    expect(bundle.builtins).to.deep.equal([])
    expect(bundle.code).to.not.match(/["']node:/)
  })

  it('has the browser twins, and no file that has one', () => {
    const platform = bundle.inputs.filter(path => path.startsWith('src/platform/'))
    expect(platform.filter(path => path.endsWith('.browser.ts'))).to.not.be.empty
    expect(platform.filter(path => platform.includes(path.replace('.ts', '.browser.ts')))).to.deep.equal([])
    for (const library of ['classic-level', '@libp2p/tcp', '@libp2p/mdns', '@libp2p/upnp-nat', '@chainsafe/libp2p-quic']) {
      expect(bundle.inputs.filter(path => path.includes(`node_modules/${library}/`)), library).to.deep.equal([])
    }
  })

  it('has nothing of Node in the threshold library either, as package.json gives it to bundlers', async () => {
    const { exports } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { exports: Record<string, { browser: string }> }
    const { builtins, code } = await bundleForBrowser(join(ROOT, exports['./threshold']!.browser))
    expect(builtins).to.deep.equal([])
    expect(code).to.not.match(/["']node:/)
  })

  it('would be found out if it had', async () => {
    const { builtins } = await bundleForBrowser(join(ROOT, 'src/platform/data-dir.ts'))
    expect(builtins).to.include('node:fs/promises')
  })

  it('runs, and talks to a node', async () => {
    await using dir = await makeTempDir()
    await using nodes = new AppNodes()
    const file = join(dir.path, 'bundle.mjs')
    await writeFile(file, bundle.code)
    const server = await nodes.create({ listen: ['/ip4/127.0.0.1/tcp/0/ws'] })
    const { stdout } = await run(process.execPath, [PAGE, pathToFileURL(file).href, String(server.getMultiaddrs()[0])], { timeout: 30_000 })
    expect(JSON.parse(stdout)).to.deep.equal({ refusal: 'DATA_DIR_UNSUPPORTED', peer: server.peerId.toString() })
  })

  it('is of a size that a page can load', async () => {
    const files = await firstLoad(join(ROOT, 'src/browser.ts'))
    const bytes = files.reduce((sum, file) => sum + gzipSync(file).length, 0)
    process.stdout.write(`      ${Math.round(bytes / 1024)} KiB compressed before it runs, in ${files.length} files\n`)
    expect(bytes).to.be.within(100 * 1024, 490 * 1024)
  })

  it('is what package.json gives to bundlers', async () => {
    const { browser = {} } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { browser?: Record<string, string> }
    const twins = (await readdir(join(ROOT, 'src/platform'))).filter(name => name.endsWith('.browser.ts')).map(name => name.replace('.browser.ts', ''))
    expect(browser).to.deep.equal(Object.fromEntries(twins.map(name => [`./dist/platform/${name}.js`, `./dist/platform/${name}.browser.js`])))
  })
})
