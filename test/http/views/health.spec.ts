import { expect } from 'chai'
import { healthOf } from '../../../src/http/views/health.ts'
import type { HealthFacts } from '../../../src/http/views/health.ts'

const WELL: HealthFacts = { state: 'connected', connected: 8, minPeers: 8, outage: false, sources: [] }
const SOURCE = { name: 'dns-seed', state: 'waiting', sightings: 0, failures: 3, lastSightingMs: 0, lastError: 'no such name' } as const

describe('http: health', () => {
  const table: Array<[title: string, facts: Partial<HealthFacts>, state: string, reasons: string[]]> = [
    ['enough peers', {}, 'healthy', []],
    ['nobody is wanted, one came', { connected: 1, minPeers: 0 }, 'healthy', []],
    ['fewer than wanted', { connected: 3 }, 'degraded', ['3 peers are connected, at least 8 are wanted']],
    ['one', { connected: 1, minPeers: 2 }, 'degraded', ['1 peer is connected, at least 2 are wanted']],
    ['nobody', { connected: 0, state: 'isolated' }, 'isolated', ['no peer is connected']],
    ['nobody, and nobody is wanted', { connected: 0, state: 'isolated', minPeers: 0 }, 'isolated', ['no peer is connected']],
    ['just started', { connected: 0, state: 'starting' }, 'isolated', ['no peer is connected yet: the node has just started']],
    ['an outage', { outage: true }, 'degraded', ['many connections failed together: the network link of this node may be down']],
    ['a source that fails', { sources: [SOURCE] }, 'degraded', ['looking for peers through dns-seed fails: no such name']],
    ['a source that has failed and runs again', { sources: [{ ...SOURCE, state: 'running' }] }, 'healthy', []],
    ['a source that waits for its turn', { sources: [{ ...SOURCE, lastError: undefined }] }, 'healthy', []],
    ['all at once', { connected: 0, state: 'isolated', outage: true, sources: [SOURCE] }, 'isolated', [
      'no peer is connected', 'many connections failed together: the network link of this node may be down', 'looking for peers through dns-seed fails: no such name'
    ]]
  ]
  for (const [title, facts, state, reasons] of table) {
    it(`${title}: ${state}`, () => {
      expect(healthOf({ ...WELL, ...facts })).to.deep.equal({ state, reasons })
    })
  }

  it('cuts what a source says', () => {
    expect(healthOf({ ...WELL, sources: [{ ...SOURCE, lastError: 'x'.repeat(10_000) }] }).reasons[0]).to.have.length.below(400)
  })
})
