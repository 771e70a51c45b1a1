import { expect } from 'chai'
import * as fc from 'fast-check'
import { charged, misbehaviourAt } from '../../../src/services/scoring/ledger.ts'
import { PeerTable } from '../../../src/services/scoring/peer-table.ts'
import { Rotation } from '../../../src/services/scoring/rotation.ts'

const MINUTE = 60_000

function table (capacity: number): { peers: PeerTable, gone: string[], charge (id: string, points: number, nowMs?: number): boolean } {
  const gone: string[] = []
  const peers = new PeerTable(capacity, ({ id }) => gone.push(id))
  return {
    peers,
    gone,
    charge (id, points, nowMs = 0) {
      const record = peers.admit(id, points, nowMs)
      if (record == null) return false
      record.ledger = charged(record.ledger, { points, forfeits: false }, nowMs)
      peers.used(record, nowMs)
      return true
    }
  }
}

describe('scoring: table of peers', () => {
  it('forgets the one that was idle for longest', () => {
    const { peers, gone } = table(3)
    for (const id of ['a', 'b', 'c']) peers.admit(id, 0, 0)
    peers.used(peers.get('a')!, 0)
    for (const id of ['d', 'e']) peers.admit(id, 0, 0)
    expect(gone).to.deep.equal(['b', 'c'])
    expect(peers.size).to.equal(3)
  })

  it('forgets debtors only for others with more', () => {
    const { peers, gone, charge } = table(3)
    charge('a', 10)
    charge('b', 4)
    charge('c', 2)
    expect(peers.admit('stranger', 0, 0)).to.equal(undefined)
    expect(charge('lesser', 2)).to.equal(false)
    expect(charge('greater', 3)).to.equal(true)
    expect(gone).to.deep.equal(['c'])
    expect(charge('worst', 100)).to.equal(true)
    expect(gone).to.deep.equal(['c', 'greater'])
  })

  it('takes a debtor whose debts have decayed for one without', () => {
    const { peers, gone, charge } = table(2)
    charge('a', 100)
    charge('b', 2)
    expect(peers.admit('c', 0, 20 * MINUTE)?.id).to.equal('c')
    expect(gone).to.deep.equal(['b'])
  })

  it('never forgets who is connected, and goes back to its size when they leave', () => {
    const { peers, gone } = table(2)
    const records = ['a', 'b', 'c'].map(id => peers.connect(id, 0))
    expect(peers.admit('d', 1000, 0)).to.equal(undefined)
    expect([peers.size, gone.length]).to.deep.equal([3, 0])
    peers.disconnect(records[0]!, 0)
    expect(gone).to.deep.equal(['a'])
    peers.disconnect(records[1]!, 0)
    expect(peers.size).to.equal(2)
    peers.forget(records[2]!)
    expect(peers.get('c')).to.equal(records[2])
  })

  it('lets a connected one without debts push out nobody who has some', () => {
    const { peers, gone, charge } = table(2)
    charge('a', 5)
    charge('b', 5)
    const record = peers.connect('c', 0)
    expect(gone).to.deep.equal([])
    peers.disconnect(record, 0)
    expect(gone).to.deep.equal(['c'])
  })

  it('walks through all, again and again', () => {
    const { peers } = table(10)
    for (const id of 'abcde') peers.admit(id, 0, 0)
    const walk = (count: number): string => peers.next(count).map(({ id }) => id).join('')
    expect([walk(3), walk(3), walk(3), walk(99)]).to.deep.equal(['abc', 'dea', 'bcd', 'eabcd'])
  })

  it('whatever happens keeps its size, the connected, and the worst debtor', () => {
    const steps = fc.array(fc.tuple(fc.constantFrom('note', 'charge', 'connect', 'disconnect'), fc.nat(40), fc.integer({ min: 2, max: 100 }), fc.nat(5 * MINUTE)), { maxLength: 200 })
    fc.assert(fc.property(steps, steps => {
      const { peers, gone, charge } = table(8)
      const connected = new Set<string>()
      let nowMs = 0
      for (const [what, number, points, afterMs] of steps) {
        nowMs += afterMs
        const id = `p${number}`
        const worst = [...peers.values()].reduce((worst, record) => Math.max(worst, misbehaviourAt(record.ledger, nowMs)), 0)
        gone.length = 0
        if (what === 'note') peers.admit(id, 0, nowMs)
        else if (what === 'charge') charge(id, points, nowMs)
        else if (what === 'connect' && connected.size < 6) { peers.connect(id, nowMs); connected.add(id) }
        else if (what === 'disconnect' && connected.delete(id)) peers.disconnect(peers.get(id)!, nowMs)
        for (const id of connected) expect(peers.get(id)).to.not.equal(undefined)
        expect(peers.size).to.be.at.most(8 + connected.size)
        const left = [...peers.values()].reduce((worst, record) => Math.max(worst, misbehaviourAt(record.ledger, nowMs)), 0)
        if (worst >= 1) expect(left).to.be.at.least(worst - 1e-9)
      }
    }))
  })
})

describe('scoring: rotation', () => {
  it('goes round, whatever leaves and comes meanwhile', () => {
    const rotation = new Rotation<string>()
    expect(rotation.next()).to.equal(undefined)
    for (const item of 'abc') rotation.put(item)
    expect([rotation.next(), rotation.next()]).to.deep.equal(['a', 'b'])
    rotation.delete('c')
    rotation.put('d')
    rotation.put('a')
    expect([rotation.next(), rotation.next(), rotation.next()]).to.deep.equal(['d', 'a', 'b'])
    expect([...rotation]).to.deep.equal(['b', 'd', 'a'])
  })

  it('is as fast with holes as without', () => {
    const rotation = new Rotation<number>()
    for (let i = 0; i < 16_384; i++) rotation.put(i)
    const started = performance.now()
    for (let i = 16_384; i < 200_000; i++) {
      rotation.delete(rotation.next()!)
      rotation.put(i)
    }
    expect(performance.now() - started).to.be.lessThan(1_000)
    expect(rotation.size).to.equal(16_384)
  })
})
