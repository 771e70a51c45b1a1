import { expect } from 'chai'
import { bytes, bytesPerSecond, count, duration, latency, score, short } from '../../../src/http/dashboard/components/format.ts'

describe('http: dashboard: format', () => {
  const cases: Record<string, [said: string, wanted: string]> = {
    'few bytes': [bytes(999), '999 B'],
    'kibibytes': [bytes(1_536), '1.5 KiB'],
    'many kibibytes': [bytes(200 * 1_024), '200 KiB'],
    'a rate': [bytesPerSecond(3 * 1_024 * 1_024), '3.0 MiB/s'],
    'more than there are units for': [bytes(5_000 * 1_024 ** 4), '5000 TiB'],
    'a count': [count(1_234_567), '1,234,567'],
    'less than a second': [duration(180.4), '180 ms'],
    'a clock that was set back': [duration(-20), '0 ms'],
    'seconds': [duration(12_900), '12 s'],
    'two units': [duration(3 * 86_400_000 + 4 * 3_600_000 + 59_000), '3 d 4 h'],
    'a unit of which there is none': [duration(2 * 3_600_000 + 5_000), '2 h'],
    'a quick round trip': [latency(0.84), '0.8 ms'],
    'a slow round trip': [latency(1_500), '1 s'],
    'a bad score': [score(-12.34), '−12.3'],
    'a score of nearly nothing': [score(-0.04), '0'],
    'a good score': [score(20), '20'],
    'a peer id': [short('12D3KooWRBy97UB99e3J6hiPesre1MZeuNQvfan4gBziswrRJsNK'), '12D3Ko…swrRJsNK'],
    'what is short already': [short('192.0.2.0/24'), '192.0.2.0/24']
  }
  for (const [name, [said, wanted]] of Object.entries(cases)) {
    it(name, () => { expect(said).to.equal(wanted) })
  }
})
