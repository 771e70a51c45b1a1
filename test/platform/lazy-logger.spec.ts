import { disable, enable } from '@libp2p/logger'
import { expect } from 'chai'
import { lazyLogger } from '../../src/platform/lazy-logger.ts'

/** What is said on stderr meanwhile. */
function said (act: () => void): string {
  const { write } = process.stderr
  let text = ''
  process.stderr.write = (chunk: string | Uint8Array): boolean => {
    text += String(chunk)
    return true
  }
  try {
    act()
  } finally {
    process.stderr.write = write
  }
  return text
}

describe('platform/lazy-logger', () => {
  before(disable)
  after(() => { enable(process.env.DEBUG ?? '') })

  it('says nothing until it is asked to, then what libp2p\'s logger says', () => {
    const log = lazyLogger().forComponent('test:lazy').newScope('scope')
    // whoever has much to say asks first
    const asked = ({ newScope } = log): unknown[] => {
      const scope = newScope('inner')
      return [scope, scope.error, scope.trace].map(line => (line as { enabled?: unknown }).enabled)
    }
    expect(said(() => {
      log('quiet %d', 1)
      log.error('quiet %d', 2)
      log.trace('quiet %d', 3)
    })).to.equal('')
    expect(asked()).to.deep.equal([false, false, false])

    enable('test:lazy:*,test:lazy:*:trace')
    expect(asked()).to.deep.equal([true, true, true])
    const text = said(() => {
      log('loud %d', 1)
      log.error('loud %d', 2)
      log.trace('loud %d', 3)
    })
    expect(text).to.match(/test:lazy:scope.* loud 1/).and.to.match(/test:lazy:scope:error.* loud 2/).and.to.match(/test:lazy:scope:trace.* loud 3/)

    disable()
    expect(said(() => { log('quiet') })).to.equal('')
  })
})
