import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'chai'
import { componentLogger, formatLine } from '../../src/cli/log.ts'
import type { LogLevel, LogSink } from '../../src/cli/log.ts'

const PEER = '12D3KooWRBhwfeP2Y4TCx1SM6s9rUoHhR5STiGwxBhgFRcw3UERE'

function sinkFrom (lowest: LogLevel): LogSink & { lines: string[] } {
  const levels: LogLevel[] = ['trace', 'debug', 'info', 'warn']
  const lines: string[] = []
  return { lines, isLevelEnabled: (level) => levels.indexOf(level) >= levels.indexOf(lowest), write: (level, component, message) => { lines.push(`${level} ${component} ${message}`) } }
}

describe('log', () => {
  it('writes what libp2p means', () => {
    expect(formatLine('%p at %a: %e', [peerIdFromString(PEER), multiaddr('/ip4/127.0.0.1/tcp/1'), new Error('no\n way')])).to.equal(`${PEER} at /ip4/127.0.0.1/tcp/1: no way`)
    expect(formatLine('%d of %s, %b, 100%%', [1, 'x', Uint8Array.of(1, 255)])).to.equal('1 of x, 01ff, 100%')
    expect(formatLine(new Error('broken'), [])).to.equal('broken')
    expect(formatLine('%p', [undefined])).to.equal('undefined')
  })

  it('has libp2p\'s failed dials below the warnings of Peerkeep, and scopes', () => {
    const sink = sinkFrom('warn')
    const logger = componentLogger(sink)
    logger.forComponent('libp2p:dialer').error('could not dial')
    logger.forComponent('peerkeep:pool').error('damaged %s', 'x')
    logger.forComponent('peerkeep:pool').newScope('gate')('not said')
    expect(sink.lines).to.deep.equal(['warn peerkeep:pool damaged x'])

    const all = sinkFrom('trace')
    const log = componentLogger(all).forComponent('libp2p:tcp')
    expect([log.enabled, sinkFrom('info').isLevelEnabled('debug')]).to.deep.equal([true, false])
    log('a')
    log.error('b')
    log.trace('c')
    log.newScope('d')('e')
    expect(all.lines).to.deep.equal(['debug libp2p:tcp a', 'info libp2p:tcp b', 'trace libp2p:tcp c', 'debug libp2p:tcp:d e'])
  })
})
