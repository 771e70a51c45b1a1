import { expect } from 'chai'
import * as fc from 'fast-check'
import { KeyedHeap } from '../../../src/services/bans/keyed-heap.ts'
import { PrefixMap } from '../../../src/services/bans/prefix-map.ts'
import { bitsOfIp, parseTarget } from '../../../src/services/bans/target.ts'

describe('bans: structures', () => {
  it('the heap has the first on top, whatever is put in and taken out', () => {
    const steps = fc.array(fc.record({ key: fc.nat(40).map(String), value: fc.option(fc.nat(20)) }), { maxLength: 200 })
    fc.assert(fc.property(steps, steps => {
      const heap = new KeyedHeap<number>((a, b) => a - b)
      const model = new Map<string, number>()
      for (const { key, value } of steps) {
        if (value == null) {
          expect(heap.delete(key)).to.equal(model.delete(key))
        } else {
          heap.set(key, value)
          model.set(key, value)
        }
        expect(heap.size).to.equal(model.size)
        expect(heap.peek()).to.equal(model.size === 0 ? undefined : Math.min(...model.values()))
      }
    }))
  })

  it('the prefix map finds what a scan finds, the widest first', () => {
    const bits = fc.tuple(fc.constantFrom('4', '6'), fc.string({ unit: fc.constantFrom('0', '1'), minLength: 1, maxLength: 6 })).map(parts => parts.join(''))
    fc.assert(fc.property(fc.array(fc.tuple(bits, fc.boolean()), { maxLength: 60 }), bits, (steps, asked) => {
      const map = new PrefixMap<string>()
      const model = new Set<string>()
      for (const [key, isThere] of steps) {
        if (isThere) {
          map.set(key, key)
          model.add(key)
        } else {
          expect(map.delete(key)).to.equal(model.delete(key))
        }
      }
      expect(map.size).to.equal(model.size)
      const covering = [...model].filter(key => asked.startsWith(key)).sort((a, b) => a.length - b.length)
      expect(map.find(asked)).to.equal(covering[0])
      expect(map.get(asked)).to.equal(model.has(asked) ? asked : undefined)
    }))
  })

  it('IPv4 and IPv6 do not cover each other', () => {
    const map = new PrefixMap<number>()
    map.set(parseTarget('128.0.0.0/1').bits!, 1)
    expect(map.find(bitsOfIp('200.1.1.1')!)).to.equal(1)
    expect(map.find(bitsOfIp('8000::1')!)).to.equal(undefined)
    expect(map.find(bitsOfIp('::ffff:200.1.1.1')!)).to.equal(1)
  })
})
