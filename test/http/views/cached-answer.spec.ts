import { expect } from 'chai'
import { cachedAnswer, names } from '../../../src/http/views/cached-answer.ts'

describe('http: cached answer', () => {
  it('has the same tag for the same content only', () => {
    expect(cachedAnswer({ a: 1 }).etag).to.match(/^"[\w-]{22}"$/).and.equal(cachedAnswer({ a: 1 }).etag)
    expect(cachedAnswer({ a: 2 }).etag).not.to.equal(cachedAnswer({ a: 1 }).etag)
  })

  const table: Array<[header: string | undefined, named: boolean]> = [
    [undefined, false], ['', false], ['"x"', true], ['W/"x"', true], ['"y", "x"', true], ['"y","z"', false], ['*', true], ['x', false], ['"xx"', false]
  ]
  for (const [header, named] of table) {
    it(`If-None-Match ${header ?? 'absent'}: ${named ? 'named' : 'not named'}`, () => {
      expect(names(header, '"x"')).to.equal(named)
    })
  }
})
