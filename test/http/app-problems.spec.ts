import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { AppError } from '../../src/errors.ts'
import { ApiError, problemOf, statusOf } from '../../src/http/problem.ts'

const SRC = join(import.meta.dirname, '../../src')

/** This machine failed, or this program: nothing that who asked could do differently. */
const OWN_FAULTS = /_(?:WRITE_FAILED|LOAD_FAILED|RECORD_DAMAGED|ENTRY_DAMAGED|KEY_FILE|KEY_PERMISSIONS|KEY_LEFTOVER|KEY_NOT_ENCRYPTED|SOURCE_FAILED|SEEDS_FAILED|UNEXPECTED)$/

/** Codes that stand in the sources of what the routes call, but for those that only other nodes are told. */
async function codesIn (...folders: string[]): Promise<Set<string>> {
  const codes = new Set<string>()
  for (const folder of folders) {
    const entries = await readdir(join(SRC, folder), { recursive: true, withFileTypes: true })
    for (const { parentPath, name } of entries.filter(entry => entry.isFile() && entry.name.endsWith('.ts'))) {
      const text = await readFile(join(parentPath, name), 'utf8')
      for (const [, code] of text.matchAll(/(?<!Refused)Error\('([A-Z]+(?:_[A-Z]+)+)'/g)) codes.add(code as string)
    }
  }
  return codes
}

describe('admin API: problems', () => {
  it('have a status for every code there is', async () => {
    const codes = await codesIn('services/address-book', 'services/bans', 'services/discovery', 'services/messaging', 'services/pex', 'services/pool', 'services/protocols', 'services/scoring', 'services/shards', 'http/routes', 'http/inbox', 'http/security', 'http/views')
    expect(codes.size).to.be.above(60)
    expect([...codes].filter(code => statusOf(code) === 500 && !OWN_FAULTS.test(code))).to.deep.equal([])
  })

  const statuses: Array<[status: number, ...codes: string[]]> = [
    [400, 'BANS_TARGET_INVALID', 'MESSAGING_PEER_INVALID', 'SHARDS_INVALID', 'API_REQUEST_INVALID'],
    [401, 'API_TOKEN_MISSING', 'API_TOKEN_WRONG'],
    [403, 'API_HOST_REFUSED', 'API_ORIGIN_REFUSED', 'SHARDS_FORBIDDEN', 'BANS_DENIED'],
    [404, 'API_NOT_FOUND', 'SHARDS_UNKNOWN_VAULT', 'POOL_ADDRESS_UNKNOWN', 'OUTBOX_UNKNOWN', 'TOPIC_UNKNOWN'],
    [409, 'BANS_ALLOWED', 'BANS_SELF', 'SHARDS_CONFLICT', 'MESSAGING_EVENT_TAKEN', 'INBOX_TOPICS_FULL'],
    [413, 'API_BODY_TOO_LARGE', 'MESSAGING_TOO_LARGE', 'SHARDS_TOO_LARGE'],
    [429, 'API_RATE_LIMITED'],
    [500, 'BANS_WRITE_FAILED', 'SOMETHING_NEW'],
    [502, 'PROTOCOL_UNREACHABLE', 'SHARDS_UNREACHABLE', 'SHARDS_REFUSED', 'SHARDS_CORRUPT', 'MESSAGING_FILE_DECLINED', 'PROTOCOL_RATE_LIMITED'],
    [503, 'SHARDS_TOO_FEW_PEERS', 'SHARDS_TOO_FEW_SHARES', 'SHARDS_NOT_STORED', 'MESSAGING_STOPPED', 'TOO_MANY_SUBSCRIBERS'],
    [504, 'PROTOCOL_TIMEOUT', 'API_TIMEOUT'],
    [507, 'MESSAGING_OUTBOX_FULL']
  ]
  for (const [status, ...codes] of statuses) {
    it(`${status} for ${codes[0]} and its like`, () => {
      for (const code of codes) expect(statusOf(code), code).to.equal(status)
    })
  }

  it('tell what was wrong and what to do', () => {
    expect(problemOf(new ApiError('BANS_TARGET_INVALID', '"x" is no target', { details: { fix: 'give a peer id', more: 'not told' }, cause: new Error('not told') }))).to.deep.equal({
      type: '/problems/bans_target_invalid', title: 'Bans: target invalid', status: 400, code: 'BANS_TARGET_INVALID', detail: '"x" is no target', fix: 'give a peer id'
    })
  })

  it('tell nothing of what is no error of this program', () => {
    for (const failure of [new TypeError('x is not a function at /home/somebody'), 'a text', null, undefined, { code: 'ENOSPC', path: '/home/somebody' }, Object.assign(new Error('/home/somebody'), { statusCode: 503 })]) {
      const told = problemOf(failure)
      expect(told).to.include({ status: 500, code: 'API_UNEXPECTED' })
      expect(JSON.stringify(told)).to.not.include('somebody')
    }
    expect(problemOf(Object.assign(new Error('/home/somebody'), { statusCode: 400 }))).to.include({ status: 400, code: 'API_REQUEST_INVALID' }).and.to.satisfy((told: object) => !JSON.stringify(told).includes('somebody'))
  })

  it('call a time that ran out by its name', () => {
    expect(problemOf(new DOMException('timed out', 'TimeoutError'))).to.include({ status: 504, code: 'API_TIMEOUT' })
    expect(problemOf(new AppError('PROTOCOL_TIMEOUT', 'no answer within 5 s'))).to.include({ status: 504, detail: 'no answer within 5 s' })
  })
})
