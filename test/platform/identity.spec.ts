import { chmod, mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { expect } from 'chai'
import { describeError } from '../../src/errors.ts'
import { loadIdentity } from '../../src/platform/identity.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { rejection } from '../support/rejection.ts'
import { makeTempDir } from '../support/temp-dir.ts'
import type { Identity } from '../../src/platform/identity.ts'

const idOf = ({ privateKey }: Identity): string => privateKey.publicKey.toString()

describe('platform/identity', () => {
  it('makes an Ed25519 identity that stays', async () => {
    await using dir = await makeTempDir()
    const made = await loadIdentity(dir.path, { clock: new ManualClock(Date.UTC(2030, 0, 2)) })
    const again = await loadIdentity(dir.path)

    expect(made.created).to.be.true
    expect(made.privateKey.type).to.equal('Ed25519')
    expect(again.created).to.be.false
    expect(idOf(again)).to.equal(idOf(made))
    expect([...made.warnings, ...again.warnings]).to.be.empty

    const file = JSON.parse(await readFile(made.path, 'utf8')) as Record<string, unknown>
    expect(file).to.include({ version: 1, createdAt: '2030-01-02T00:00:00.000Z' })
    expect((await stat(made.path)).mode & 0o777).to.equal(0o600)
    expect(await readdir(dir.path)).to.deep.equal(['identity.json'])
  })

  it('reads a file that another program wrote', async () => {
    await using dir = await makeTempDir()
    // the key of RFC 8032, 7.1, test 1, in libp2p's protobuf form
    const [peerId, privateKey] = ['12D3KooWQK1wnefoLrcVHbbnf5tLzbopUd3K3bFAoJpA7YJgL5pV', 'CAESQJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=']
    await writeFile(join(dir.path, 'identity.json'), JSON.stringify({ version: 1, peerId, privateKey }), { mode: 0o600 })
    const { privateKey: key, created } = await loadIdentity(dir.path)
    expect(created).to.be.false
    expect(peerIdFromPrivateKey(key).toString()).to.equal(peerId)
  })

  it('encrypts with a passphrase', async () => {
    await using dir = await makeTempDir()
    const made = await loadIdentity(dir.path, { passphrase: 'corr\u00e9ct horse' })
    const text = await readFile(made.path, 'utf8')
    expect(text).to.include('aes-256-gcm').and.include('131072')
    expect(text).to.not.include(Buffer.from(made.privateKey.raw).toString('base64'))

    // the same words, typed with a combining accent
    expect(idOf(await loadIdentity(dir.path, { passphrase: 'corre\u0301ct horse' }))).to.equal(idOf(made))
    expect((await rejection(loadIdentity(dir.path, { passphrase: 'wrong' }))).code).to.equal('IDENTITY_PASSPHRASE_WRONG')
    const missing = await rejection(loadIdentity(dir.path))
    expect(missing.code).to.equal('IDENTITY_PASSPHRASE_MISSING')
    expect(missing.message).to.include(made.path)
    expect(await readFile(made.path, 'utf8')).to.equal(text)
  })

  it('refuses an empty passphrase and writes nothing', async () => {
    await using dir = await makeTempDir()
    expect((await rejection(loadIdentity(dir.path, { passphrase: '' }))).code).to.equal('IDENTITY_PASSPHRASE_MISSING')
    expect(await readdir(dir.path)).to.be.empty
  })

  it('says that a passphrase for a plain file was not used', async () => {
    await using dir = await makeTempDir()
    const made = await loadIdentity(dir.path)
    const again = await loadIdentity(dir.path, { passphrase: 'secret' })
    expect(idOf(again)).to.equal(idOf(made))
    expect(again.warnings.map(({ code }) => code)).to.deep.equal(['IDENTITY_NOT_ENCRYPTED'])
  })

  it('refuses a damaged file, leaves it as it is, and says how to go on', async () => {
    await using dir = await makeTempDir()
    await using other = await makeTempDir()
    const { path } = await loadIdentity(dir.path)
    const good = await readFile(path, 'utf8')
    const foreign = JSON.parse(await readFile((await loadIdentity(other.path)).path, 'utf8')) as { privateKey: string }
    const parsed = JSON.parse(good) as Record<string, unknown>
    const cases: Record<string, string> = {
      empty: '',
      truncated: good.slice(0, good.length / 2),
      'a lost quote': good.replace('"CAES', 'CAES'),
      'not an object': '[]',
      null: 'null',
      'another version': JSON.stringify({ ...parsed, version: 2 }),
      'no peer id': JSON.stringify({ ...parsed, peerId: undefined }),
      'no key': JSON.stringify({ ...parsed, privateKey: undefined }),
      'half a key': JSON.stringify({ ...parsed, privateKey: (parsed.privateKey as string).slice(0, 40) }),
      'another key': JSON.stringify({ ...parsed, privateKey: foreign.privateKey })
    }
    for (const [name, text] of Object.entries(cases)) {
      await writeFile(path, text)
      const err = await rejection(loadIdentity(dir.path))
      expect(err.code, name).to.equal('IDENTITY_DAMAGED')
      expect(err.message, name).to.include(path).and.include('move it away')
      expect(describeError(err), name).to.not.include((parsed.privateKey as string).slice(0, 6))
      expect(await readFile(path, 'utf8'), name).to.equal(text)
    }
  })

  it('tells damage of an encrypted file from a wrong passphrase', async () => {
    await using dir = await makeTempDir()
    const { path } = await loadIdentity(dir.path, { passphrase: 'secret' })
    const file = JSON.parse(await readFile(path, 'utf8')) as { privateKey: Record<string, unknown> }
    for (const privateKey of [{ ...file.privateKey, ciphertext: 'AAAA' }, { ...file.privateKey, n: 2 ** 30 }, { ...file.privateKey, cipher: 'rot13' }]) {
      await writeFile(path, JSON.stringify({ ...file, privateKey }))
      expect((await rejection(loadIdentity(dir.path, { passphrase: 'secret' }))).code).to.equal('IDENTITY_DAMAGED')
    }
  })

  it('tightens permissions that are too open, and says so', async function () {
    if (process.platform === 'win32') this.skip()
    await using dir = await makeTempDir()
    const { path } = await loadIdentity(dir.path)
    await chmod(path, 0o644)
    const { warnings } = await loadIdentity(dir.path)
    expect(warnings.map(({ code, details }) => [code, details.was])).to.deep.equal([['IDENTITY_PERMISSIONS', '0644']])
    expect((await stat(path)).mode & 0o777).to.equal(0o600)
    expect((await loadIdentity(dir.path)).warnings).to.be.empty
  })

  it('cleans up after a write that was killed', async () => {
    await using dir = await makeTempDir()
    await writeFile(join(dir.path, 'identity.json.123-abc.tmp'), '{"version":')
    await writeFile(join(dir.path, 'other.tmp'), '')
    expect((await loadIdentity(dir.path)).created).to.be.true
    expect((await readdir(dir.path)).sort()).to.deep.equal(['identity.json', 'other.tmp'])
  })

  it('names a file that cannot be read', async () => {
    await using dir = await makeTempDir()
    const path = join(dir.path, 'identity.json')
    await mkdir(path)
    const err = await rejection(loadIdentity(dir.path))
    expect(err.code).to.equal('IDENTITY_UNREADABLE')
    expect(err.message).to.include(path)
  })
})
