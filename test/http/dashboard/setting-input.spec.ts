import { expect } from 'chai'
import { OPTIONS } from '../../../src/config/options.ts'
import { complaintOf, inputOf, shownValue, valueOf } from '../../../src/http/dashboard/views/settings/setting-input.ts'
import type { Key } from '../../../src/config/options.ts'
import type { Setting } from '../../../src/http/dashboard/views/settings/setting-input.ts'

describe('dashboard: settings', () => {
  const setting = (name: Key, value: unknown): Setting => ({ name, value, from: 'default', help: OPTIONS[name].help, changeable: true, allowed: OPTIONS[name].type.allowed })

  it('are put in as what they are', () => {
    expect(inputOf(setting('minPeers', 8))).to.deep.equal({ kind: 'number', min: 0, max: 10_000 })
    expect(inputOf(setting('gossipRate', 400))).to.deep.equal({ kind: 'number', min: 1, max: 1_000_000 })
    expect(inputOf(setting('autoBan', true))).to.deep.equal({ kind: 'switch' })
    expect(inputOf(setting('logLevel', 'warn'))).to.deep.equal({ kind: 'choice', choices: ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] })
  })

  it('are checked before they are sent', () => {
    for (const good of ['1', '60', '10000', ' 7 ']) expect(complaintOf(setting('maxPeers', 60), good), good).to.equal(undefined)
    for (const bad of ['', '0', '10001', '-1', '1.5', '1e3', 'many']) expect(complaintOf(setting('maxPeers', 60), bad), bad).to.equal('Must be a whole number from 1 to 10000')
  })

  it('are sent as the node takes them', () => {
    expect(valueOf(setting('maxPeers', 60), ' 61 ')).to.equal(61)
    expect(valueOf(setting('autoBan', true), 'false')).to.equal(false)
    expect(valueOf(setting('logLevel', 'warn'), 'info')).to.equal('info')
  })

  it('are shown in a way that can be read', () => {
    expect([null, true, [], ['a', 'b'], 0, '10s'].map(shownValue)).to.deep.equal(['–', 'on', 'none', 'a\nb', '0', '10s'])
  })
})
