import { expect } from 'chai'
import { ApiClient } from '../../../src/cli/client/api-client.ts'
import { peerIdOf, targetOf, vaultIdOf } from '../../../src/cli/client/names.ts'
import { allPages } from '../../../src/cli/client/pages.ts'
import { stubApi } from '../../support/api-stub.ts'
import { rejection } from '../../support/rejection.ts'

const FIRST = '12D3KooWRBhwfeP2Y4TCx1SM6s9rUoHhR5STiGwxBhgFRcw3UERE'
const SECOND = '12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6UERE'
const VAULT = '3f9a01c2'.repeat(8)

describe('names', () => {
  it('of a peer are its id, its end, or what tables show of it', async () => {
    await using api = await stubApi((_, response) => { response.end(JSON.stringify({ peers: [{ peerId: FIRST }, { peerId: SECOND }] })) })
    const client = new ApiClient(api.place)
    expect(await peerIdOf(client, SECOND)).to.equal(SECOND)
    expect(api.requests).to.have.length(0)
    expect(await peerIdOf(client, '3UERE')).to.equal(FIRST)
    expect(await targetOf(client, `12D3KooW…${SECOND.slice(-8)}`)).to.equal(SECOND)
    expect(await rejection(peerIdOf(client, 'UERE'))).to.have.property('message').that.includes('several are meant')
    expect(await rejection(targetOf(client, 'zzzz'))).to.have.property('message').that.includes('no known peer')
  })

  it('leave an address and a prefix as they are', async () => {
    await using api = await stubApi((_, response) => { response.end() })
    for (const text of ['192.0.2.7', '2001:db8::1', '2001:db8::/32', '/ip4/127.0.0.1/tcp/1', FIRST]) expect(await targetOf(new ApiClient(api.place), text)).to.equal(text)
    expect(api.requests).to.have.length(0)
  })

  it('of a vault are its id or its beginning', async () => {
    await using api = await stubApi((_, response) => { response.end(JSON.stringify({ own: [{ id: VAULT }], held: [{ id: VAULT }] })) })
    expect(await vaultIdOf(new ApiClient(api.place), '3f9a')).to.equal(VAULT)
    expect(await rejection(vaultIdOf(new ApiClient(api.place), '0000'))).to.have.property('message').that.includes('no known vault')
  })
})

describe('a list in pages', () => {
  it('is told whole, also when it becomes shorter meanwhile', async () => {
    const rows = Array.from({ length: 2_500 }, (_, i) => i)
    const asked: number[] = []
    await using api = await stubApi(({ url }, response) => {
      const query = new URL(url ?? '', 'http://x').searchParams
      const offset = Number(query.get('offset'))
      asked.push(offset)
      response.end(JSON.stringify({ rows: rows.slice(offset, offset + Number(query.get('limit'))), total: rows.length, more: 'x' }))
    })
    const list = await allPages<{ rows: number[], total: number, more: string }>(new ApiClient(api.place), '/rows', 'rows')
    expect(list).to.deep.equal({ rows, total: 2_500, more: 'x' })
    expect(asked).to.deep.equal([0, 1_000, 2_000])

    await using shrinking = await stubApi((_, response) => { response.end(JSON.stringify({ rows: [], total: 5 })) })
    expect((await allPages<{ rows: number[], total: number }>(new ApiClient(shrinking.place), '/rows', 'rows')).rows).to.deep.equal([])
  })
})
