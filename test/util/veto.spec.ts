import { expect } from 'chai'
import { addVeto, openToVetoes } from '../../src/util/veto.ts'

interface Gate {
  denies? (what: string): Promise<boolean> | boolean
  keeps? (what: string): Promise<boolean> | boolean
}

describe('util: veto', () => {
  it('lets everybody who has one refuse, and asks the method that was there last', async () => {
    const asked: string[] = []
    const gate: Gate = { denies: what => { asked.push('original'); return what === 'mud' } }
    addVeto(gate, 'denies', what => { asked.push('first'); return what === 'oil' })
    addVeto(gate, 'denies', what => { asked.push('second'); return what === 'tar' })
    const answers = []
    for (const what of ['oil', 'tar', 'mud', 'water']) answers.push(await gate.denies?.(what))
    expect(answers).to.deep.equal([true, true, true, false])
    expect(asked).to.deep.equal(['first', 'first', 'second', 'first', 'second', 'original', 'first', 'second', 'original'])
  })

  it('works where there was no method, with its object as `this`, and with one that answers later', async () => {
    const gate: Gate & { dirt: string } = { dirt: 'mud', async denies (what) { return what === this.dirt } }
    addVeto(gate, 'denies', () => false)
    expect(await gate.denies?.('mud')).to.equal(true)
    const empty: Gate = {}
    addVeto(empty, 'denies', what => what === 'mud')
    expect([await empty.denies?.('mud'), await empty.denies?.('water')]).to.deep.equal([true, false])
  })

  it('understands methods whose true means to keep', async () => {
    const gate: Gate = { keeps: what => what !== 'mud' }
    addVeto(gate, 'keeps', what => what === 'oil', 'keeps')
    expect([await gate.keeps?.('oil'), await gate.keeps?.('mud'), await gate.keeps?.('water')]).to.deep.equal([false, false, true])
    const empty: Gate = {}
    addVeto(empty, 'keeps', what => what === 'oil', 'keeps')
    expect([await empty.keeps?.('oil'), await empty.keeps?.('water')]).to.deep.equal([false, true])
  })

  it('puts the method back when the last has left, in whatever order', () => {
    const original = (): boolean => false
    const gate: Gate = { denies: original }
    const [leaveFirst, leaveSecond] = [addVeto(gate, 'denies', () => true), addVeto(gate, 'denies', () => true)]
    leaveFirst()
    expect(gate.denies).to.not.equal(original)
    leaveFirst()
    leaveSecond()
    expect(gate.denies).to.equal(original)
  })

  it('counts the same function twice when it came twice', async () => {
    const gate: Gate = {}
    const no = (): boolean => true
    const leave = addVeto(gate, 'denies', no)
    addVeto(gate, 'denies', no)
    leave()
    expect(await gate.denies?.('water')).to.equal(true)
  })

  it('leaves a method alone that somebody has put there meanwhile', () => {
    const gate: Gate = {}
    const leave = addVeto(gate, 'denies', () => true)
    const theirs = (): boolean => false
    gate.denies = theirs
    leave()
    expect(gate.denies).to.equal(theirs)
  })

  it('reaches those who have taken the method before anybody had a say', async () => {
    const gate: Gate = { keeps: what => what !== 'mud' }
    openToVetoes(gate, 'keeps', 'keeps')
    const taken = gate.keeps
    const leave = addVeto(gate, 'keeps', what => what === 'oil', 'keeps')
    expect([await taken?.('oil'), await taken?.('mud'), await taken?.('water')]).to.deep.equal([false, false, true])
    leave()
    expect([await taken?.('oil'), await taken?.('mud')]).to.deep.equal([true, false])
    addVeto(gate, 'keeps', what => what === 'tar', 'keeps')
    expect(await taken?.('tar')).to.equal(false)
  })
})
