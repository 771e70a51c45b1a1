import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmod, mkdir, readFile, readdir, stat, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { generateKeyPair, privateKeyFromProtobuf } from '@libp2p/crypto/keys'
import { expect } from 'chai'
import { describeError } from '../../src/errors.ts'
import { createOwnerKeyFile, ownerKeyFile, readOwnerKeyFile } from '../../src/platform/owner-key-file.ts'
import * as inBrowsers from '../../src/platform/owner-key-file.browser.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { rejection } from '../support/rejection.ts'
import { makeTempDir } from '../support/temp-dir.ts'
import type { PrivateKey } from '@libp2p/interface'
import type { AppError } from '../../src/errors.ts'
import type { OwnerKeyWarning } from '../../src/platform/owner-key-file.ts'

interface KeyJson {
  publicKey: string
  privateKey: string | Record<string, unknown>
  [field: string]: unknown
}

const json = async (path: string): Promise<KeyJson> => JSON.parse(await readFile(path, 'utf8')) as KeyJson

/** As whoever makes a file by hand would: with a checksum that fits. */
async function forge (path: string, file: KeyJson): Promise<void> {
  const { kind, version, createdAt, publicKey, privateKey } = file
  const key = typeof privateKey === 'string' ? privateKey : ['kdf', 'memoryKiB', 'passes', 'lanes', 'salt', 'cipher', 'nonce', 'ciphertext'].map(name => privateKey[name])
  const checksum = createHash('sha256').update(JSON.stringify([kind, version, createdAt, publicKey, key])).digest('base64')
  await writeFile(path, JSON.stringify({ ...file, checksum }), { mode: 0o600 })
}

function same (a: PrivateKey | undefined, b: PrivateKey): boolean {
  return a != null && a.equals(b)
}

describe('platform/owner-key-file', function () {
  this.timeout(60_000)

  it('keeps an Ed25519 key, in a folder of its own, for its owner only', async () => {
    await using dir = await makeTempDir()
    const path = join(dir.path, 'a/b/owner-key.json')
    const key = await createOwnerKeyFile(path, { clock: new ManualClock(Date.UTC(2030, 0, 2)) })
    expect(key.type).to.equal('Ed25519')
    expect(same(await readOwnerKeyFile(path), key)).to.equal(true)
    expect(await json(path)).to.include({ kind: 'peerkeep-owner-key', version: 1, createdAt: '2030-01-02T00:00:00.000Z' })
    expect(privateKeyFromProtobuf(Buffer.from((await json(path)).privateKey as string, 'base64')).equals(key)).to.equal(true)
    expect(await readdir(join(dir.path, 'a/b'))).to.deep.equal(['owner-key.json'])
    if (process.platform === 'win32') return
    expect((await stat(path)).mode & 0o777).to.equal(0o600)
    expect((await stat(join(dir.path, 'a'))).mode & 0o077).to.equal(0)
  })

  it('keeps a key that is given, and no other type', async () => {
    await using dir = await makeTempDir()
    const given = await generateKeyPair('Ed25519')
    await createOwnerKeyFile(join(dir.path, 'given'), { privateKey: given })
    expect(same(await readOwnerKeyFile(join(dir.path, 'given')), given)).to.equal(true)
    const other = await rejection(createOwnerKeyFile(join(dir.path, 'other'), { privateKey: await generateKeyPair('secp256k1') }))
    expect(other.code).to.equal('SHARDS_INVALID')
    expect(await readdir(dir.path)).to.deep.equal(['given'])
  })

  it('encrypts with a passphrase, however it is typed', async () => {
    await using dir = await makeTempDir()
    const path = join(dir.path, 'key')
    const key = await createOwnerKeyFile(path, { passphrase: 'corr\u00e9ct horse' })
    const text = await readFile(path, 'utf8')
    expect((await json(path)).privateKey).to.include({ kdf: 'argon2id', memoryKiB: 65_536, passes: 3, lanes: 4, cipher: 'aes-256-gcm' })
    for (const part of [key.raw, key.raw.subarray(0, 32)]) {
      for (const encoding of ['base64', 'hex'] as const) expect(text).to.not.include(Buffer.from(part).toString(encoding).replaceAll('=', ''))
    }
    expect(same(await readOwnerKeyFile(path, 'corre\u0301ct horse'), key)).to.equal(true)
    for (const wrong of ['wrong', 'correct horse', undefined, '']) {
      const err = await rejection(readOwnerKeyFile(path, wrong))
      expect(err.code, wrong).to.equal('SHARDS_PASSPHRASE')
      expect(err.details.path).to.equal(path)
    }
    expect(await readFile(path, 'utf8')).to.equal(text)
  })

  it('never encrypts the same twice', async () => {
    await using dir = await makeTempDir()
    const privateKey = await generateKeyPair('Ed25519')
    const [a, b] = [join(dir.path, 'a'), join(dir.path, 'b')]
    for (const path of [a, b]) await createOwnerKeyFile(path, { passphrase: 'secret', privateKey })
    for (const field of ['salt', 'nonce', 'ciphertext']) {
      expect(((await json(a)).privateKey as Record<string, unknown>)[field], field).to.not.equal(((await json(b)).privateKey as Record<string, unknown>)[field])
    }
  })

  it('makes no file over another, nor with an empty passphrase, nor where it may not', async () => {
    await using dir = await makeTempDir()
    const path = join(dir.path, 'key')
    const key = await createOwnerKeyFile(path)
    const again = await rejection(createOwnerKeyFile(path))
    expect([again.code, again.details]).to.deep.equal(['SHARDS_KEY_FILE', { path, exists: true }])
    expect(same(await readOwnerKeyFile(path), key)).to.equal(true)
    expect((await rejection(createOwnerKeyFile(join(dir.path, 'empty'), { passphrase: '' }))).code).to.equal('SHARDS_PASSPHRASE')
    const under = await rejection(createOwnerKeyFile(join(path, 'under')))
    expect(under.code).to.equal('SHARDS_KEY_FILE')
    expect(under.message).to.include(join(path, 'under'))
    expect(await readdir(dir.path)).to.deep.equal(['key'])
  })

  it('says that a passphrase was not needed', async () => {
    await using dir = await makeTempDir()
    const path = join(dir.path, 'key')
    const key = await createOwnerKeyFile(path)
    const warnings: OwnerKeyWarning[] = []
    expect(same(await readOwnerKeyFile(path, 'secret', { onWarning: warning => warnings.push(warning) }), key)).to.equal(true)
    expect(warnings.map(({ code }) => code)).to.deep.equal(['SHARDS_KEY_NOT_ENCRYPTED'])
  })

  it('takes it away from others, and says so', async function () {
    if (process.platform === 'win32') this.skip()
    await using dir = await makeTempDir()
    const path = join(dir.path, 'key')
    await createOwnerKeyFile(path)
    await chmod(path, 0o640)
    const warnings: OwnerKeyWarning[] = []
    const onWarning = (warning: OwnerKeyWarning): void => { warnings.push(warning) }
    await readOwnerKeyFile(path, undefined, { onWarning })
    await readOwnerKeyFile(path, undefined, { onWarning })
    expect(warnings.map(({ code, details }) => [code, details.was])).to.deep.equal([['SHARDS_KEY_PERMISSIONS', '0640']])
    expect((await stat(path)).mode & 0o777).to.equal(0o600)
  })

  describe('damaged', () => {
    async function refused (path: string, name: string, passphrase?: string): Promise<AppError> {
      const before = await readFile(path)
      const err = await rejection(readOwnerKeyFile(path, passphrase))
      expect(err.code, name).to.equal('SHARDS_KEY_FILE')
      expect(err.message, name).to.include(path)
      expect(await readFile(path), name).to.deep.equal(before)
      return err
    }

    it('is refused and left as it is, and no error has a part of the key', async () => {
      await using dir = await makeTempDir()
      const [path, foreign] = [join(dir.path, 'key'), join(dir.path, 'foreign')]
      const key = await createOwnerKeyFile(path)
      await createOwnerKeyFile(foreign)
      const [good, parsed, other] = [await readFile(path, 'utf8'), await json(path), await json(foreign)]
      const secret = parsed.privateKey as string
      const at = good.indexOf(secret)
      const cases: Record<string, string> = {
        empty: '',
        truncated: good.slice(0, at + 40),
        'a quote in the key': `${good.slice(0, at + 20)}"${good.slice(at + 20)}`,
        'a lost quote': good.slice(0, at - 1) + good.slice(at),
        'a list': '[]',
        null: 'null',
        'an identity file': JSON.stringify({ version: 1, peerId: 'x', privateKey: secret }),
        'another version': JSON.stringify({ ...parsed, version: 2 }),
        'no public key': JSON.stringify({ ...parsed, publicKey: undefined }),
        'no key': JSON.stringify({ ...parsed, privateKey: undefined }),
        'half a key': JSON.stringify({ ...parsed, privateKey: secret.slice(0, 40) }),
        'another key': JSON.stringify({ ...parsed, privateKey: other.privateKey }),
        'another public key': JSON.stringify({ ...parsed, publicKey: other.publicKey }),
        'no checksum': JSON.stringify({ ...parsed, checksum: undefined })
      }
      for (const [name, text] of Object.entries(cases)) {
        await writeFile(path, text)
        const err = await refused(path, name)
        const said = describeError(err) + inspect(err, { depth: 9 })
        for (let i = 0; i + 6 <= secret.length; i++) expect(said, name).to.not.include(secret.slice(i, i + 6))
        expect(said, name).to.not.include(Buffer.from(key.raw).toString('hex').slice(0, 16))
      }
      // with a checksum that fits
      await forge(path, { ...parsed, privateKey: other.privateKey })
      await refused(path, 'forged')
      await forge(path, { ...parsed, privateKey: Buffer.from('no key').toString('base64') })
      await refused(path, 'no key at all')
    })

    it('under a passphrase is told from a wrong one, whatever was changed', async () => {
      await using dir = await makeTempDir()
      const path = join(dir.path, 'key')
      await createOwnerKeyFile(path, { passphrase: 'secret' })
      const file = await json(path)
      const sealed = file.privateKey as Record<string, unknown>
      for (const change of [{ ciphertext: 'AAAA' }, { salt: Buffer.alloc(16).toString('base64') }, { nonce: 'AAAA' }, { cipher: 'rot13' }, { kdf: 'md5' }, { passes: 4 }]) {
        await writeFile(path, JSON.stringify({ ...file, privateKey: { ...sealed, ...change } }))
        await refused(path, JSON.stringify(change), 'secret')
      }
    })

    it('by somebody who can make checksums opens nothing, and costs little', async () => {
      await using dir = await makeTempDir()
      const [path, foreign] = [join(dir.path, 'key'), join(dir.path, 'foreign')]
      await createOwnerKeyFile(path, { passphrase: 'secret' })
      await createOwnerKeyFile(foreign)
      const file = await json(path)
      const sealed = file.privateKey as Record<string, unknown>
      const startMs = performance.now()
      const hostile = [
        { memoryKiB: 2 ** 22 }, { memoryKiB: 2 ** 31 }, { memoryKiB: 0 }, { memoryKiB: -1 }, { memoryKiB: 31 }, { memoryKiB: 1.5 }, { memoryKiB: '65536' },
        { passes: 0 }, { passes: 2 ** 31 }, { passes: 17 }, { lanes: 0 }, { lanes: 2 ** 24 }, { lanes: 17 },
        { salt: '' }, { salt: 'A'.repeat(5_000) }, { nonce: '' }, { ciphertext: '' }, { ciphertext: 'AAAA' }
      ]
      for (const change of hostile) {
        await forge(path, { ...file, privateKey: { ...sealed, ...change } })
        await refused(path, JSON.stringify(change), 'secret')
      }
      expect(performance.now() - startMs).to.be.lessThan(10_000)

      // cheaper parameters, another public key: the tag covers it
      for (const forged of [{ ...file, privateKey: { ...sealed, passes: 1 } }, { ...file, publicKey: (await json(foreign)).publicKey }]) {
        await forge(path, forged)
        expect((await rejection(readOwnerKeyFile(path, 'secret'))).code).to.equal('SHARDS_PASSPHRASE')
      }
    })
  })

  it('is no file: a folder, a device, a pipe that nobody writes to, a huge one', async function () {
    if (process.platform === 'win32') this.skip()
    await using dir = await makeTempDir()
    const [folder, device, pipe, huge] = ['folder', 'device', 'pipe', 'huge'].map(name => join(dir.path, name)) as [string, string, string, string]
    await mkdir(folder)
    execFileSync('mkfifo', [pipe])
    await symlink('/dev/zero', device)
    await writeFile(huge, '')
    await truncate(huge, 2 ** 31)
    for (const path of [folder, device, pipe, huge]) {
      const err = await rejection(readOwnerKeyFile(path))
      expect(err.code, path).to.equal('SHARDS_KEY_FILE')
      expect(err.message).to.include(path)
    }
  })

  describe('as a source', () => {
    it('has none, makes one, and has it', async () => {
      await using dir = await makeTempDir()
      const source = ownerKeyFile(join(dir.path, 'key'), 'secret')
      expect(await source.load()).to.equal(undefined)
      const key = await source.create()
      expect(same(await source.load(), key)).to.equal(true)
      expect((await rejection(ownerKeyFile(join(dir.path, 'key'), 'other').create())).code).to.equal('SHARDS_PASSPHRASE')
    })

    it('makes one, however many ask at once', async () => {
      await using dir = await makeTempDir()
      const path = join(dir.path, 'key')
      const keys = await Promise.all(Array.from({ length: 8 }, async () => await ownerKeyFile(path).create()))
      for (const key of keys) expect(same(keys[0], key)).to.equal(true)
      expect(await readdir(dir.path)).to.deep.equal(['key'])
    })

    it('says in browsers what to do instead', async () => {
      const source = inBrowsers.ownerKeyFile('key')
      for (const attempt of [source.load(), source.create(), inBrowsers.createOwnerKeyFile('key'), inBrowsers.readOwnerKeyFile('key')]) {
        const err = await rejection(attempt)
        expect(err.code).to.equal('SHARDS_KEY_FILE')
        expect(err.message).to.include('ownerKey')
      }
    })
  })
})
