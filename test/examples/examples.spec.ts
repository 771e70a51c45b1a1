import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { buildDist } from '../support/build-dist.ts'
import { freePorts } from '../support/free-ports.ts'
import { Program, killPrograms, runtime } from '../support/program.ts'
import { makeTempDir } from '../support/temp-dir.ts'

const PEER_ID = '12D3Koo\\w+'
const ADDRESS = `/ip4/127\\.0\\.0\\.1/tcp/\\d+/p2p/${PEER_ID}`

function example (name: string, ...given: Array<string | Record<string, string>>): Program {
  const args = given.filter(arg => typeof arg === 'string')
  const env = Object.assign({}, ...given.filter(arg => typeof arg !== 'string')) as Record<string, string>
  return new Program({ command: [runtime, `examples/${name}.ts`], args, env, json: false, stdin: true })
}

/** What the first line that fits has in its brackets. */
async function said (program: Program, pattern: RegExp): Promise<string> {
  const line = await program.until(() => program.lines.find(line => pattern.test(line)), String(pattern))
  return pattern.exec(line)?.[1] ?? line
}

describe('examples', function () {
  this.timeout(120_000)
  before(buildDist)
  afterEach(killPrograms)

  describe('chat', () => {
    const INVITATION = new RegExp(`^others join with: npm run example:chat -- <name> (${ADDRESS})$`)
    const BOTH_HERE = new RegExp(`^\\* ${PEER_ID} joined, others here: 2$`)

    it('what one types, both others read, and the one who stays is told who left', async () => {
      const alice = example('chat', 'alice')
      const address = await said(alice, INVITATION)
      const bob = example('chat', 'bob', address)
      const carol = example('chat', 'carol', address)
      const room = { alice, bob, carol }
      for (const program of Object.values(room)) await said(program, BOTH_HERE)

      for (const [name, speaker] of Object.entries(room)) {
        speaker.type(`this is ${name}`)
        for (const listener of Object.values(room)) if (listener !== speaker) await said(listener, new RegExp(`^${name}: this is ${name}$`))
      }
      for (const [name, { lines }] of Object.entries(room)) {
        expect(lines.filter(line => line.includes(': this is ')), name).to.have.length(2)
        expect(lines, name).not.to.include('* nobody else is here yet')
      }

      expect(await carol.stop('SIGINT')).to.deep.equal({ code: 0, signal: null })
      await said(bob, new RegExp(`^\\* ${PEER_ID} left: `))
      // the end of the input is a way to leave, too
      alice.child.stdin?.end()
      expect(await alice.exited).to.deep.equal({ code: 0, signal: null })
      expect(alice.stderr + bob.stderr + carol.stderr).to.equal('')
    })

    it('says so when nobody is there, and when the address does not answer', async () => {
      const alone = example('chat', 'alone', '/ip4/127.0.0.1/tcp/1')
      await said(alone, /^\* cannot reach \/ip4\/127\.0\.0\.1\/tcp\/1, trying again in \d+ s$/)
      alone.type('hello?')
      await said(alone, /^\* nobody else is here yet$/)
      expect((await alone.stop('SIGINT')).code).to.equal(0)
    })
  })

  describe('greeting', () => {
    const INVITATION = new RegExp(`^others ask with: npm run example:greeting -- (${ADDRESS}) <name>$`)

    it('one serves, others ask', async () => {
      const server = example('greeting')
      const address = await said(server, INVITATION)
      // more than the limit: that stream is ended, the server goes on
      expect((await example('greeting', address, 'x'.repeat(2_000)).exited).code).to.equal(1)
      await Promise.all(([[['Ada'], 'hello Ada'], [[], 'hello stranger']] as const).map(async ([args, answer]) => {
        const asker = example('greeting', address, ...args)
        expect(await asker.exited).to.deep.equal({ code: 0, signal: null })
        expect(asker.lines).to.deep.equal([answer])
      }))
      expect(await server.stop('SIGINT')).to.deep.equal({ code: 0, signal: null })
      expect(server.stderr).to.equal('')
    })
  })

  describe('quote', () => {
    const INVITATION = new RegExp(`^others ask with: npm run example:quote -- (${ADDRESS}) <item>$`)

    it('answers, says what it does not sell, and lets nothing through that does not fit', async () => {
      const shop = example('quote')
      const address = await said(shop, INVITATION)
      await Promise.all(([['coffee', 0, /^coffee costs 320 cents$/], ['gold', 1, /^PROTOCOL_FAILED: .*not-sold/], ['x'.repeat(60), 1, /^PROTOCOL_INVALID: /]] as const).map(async ([item, code, answer]) => {
        const customer = example('quote', address, item)
        expect(await customer.exited, customer.stderr).to.deep.equal({ code, signal: null })
        expect(customer.lines).to.have.length(1)
        expect(customer.lines[0]).to.match(answer)
      }))
      expect(await shop.stop('SIGINT')).to.deep.equal({ code: 0, signal: null })
      expect(shop.stderr).to.equal('')
    })
  })

  describe('post', () => {
    const INVITATION = new RegExp(`^others write with: npm run example:post -- write <folder> (${ADDRESS})$`)

    it('what is written while the inbox is closed arrives when both are there again', async () => {
      await using dir = await makeTempDir()
      const PORT = `${await freePorts(1)}`
      const inbox = (): Program => example('post', { PORT }, 'inbox', join(dir.path, 'inbox'))
      const writer = (address: string): Program => example('post', 'write', join(dir.path, 'writer'), address)
      const first = inbox()
      const address = await said(first, INVITATION)
      await first.stop('SIGINT')

      const writing = writer(address)
      await said(writing, /^\* waiting from last time: 0$/)
      for (const text of ['one', 'two', 'three']) writing.type(text)
      await writing.until(() => writing.lines.filter(line => line === '* nobody there: kept until they are').length === 3 || undefined, 'all three kept')
      expect(await writing.stop('SIGINT'), writing.stderr).to.deep.equal({ code: 0, signal: null })

      const again = inbox()
      await said(again, INVITATION)
      const back = writer(address)
      await said(back, /^\* waiting from last time: 3$/)
      await said(back, /^\* delivered, waiting: 0$/)
      expect(again.lines.filter(line => /^\d{4}-/.test(line)).map(line => line.split(' ')[1])).to.deep.equal(['one', 'two', 'three'])
      await Promise.all([again.stop('SIGINT'), back.stop('SIGINT')])
      expect(again.stderr + back.stderr).to.equal('')
    })
  })

  describe('vault', () => {
    const id = (what: string): RegExp => new RegExp(what.replace('<id>', `(${PEER_ID})`))

    it('is opened from another machine by four of seven, though two are gone and one lies, and leaves nothing', async () => {
      await using dir = await makeTempDir()
      const story = example('vault', { TMPDIR: dir.path })
      // its output is closed when all that it started have ended
      expect(await story.exited, story.stderr).to.deep.equal({ code: 0, signal: null })
      expect(story.stderr).to.equal('')
      const liar = await said(story, id('one that will not tell the truth: <id>$'))
      const gone = (await said(story, new RegExp(`^\\* two holders are gone: (${PEER_ID}, ${PEER_ID})$`))).split(', ')
      await said(story, id(`^a holder lied, and there is proof: ${liar} `))
      await said(story, /^stored in vault [0-9a-f]{64}: any 4 of 7 holders open it for its owner$/)
      const opened = story.lines.findIndex(line => /^opened vault [0-9a-f]{64}:$/.test(line))
      expect(story.lines.slice(opened + 1, opened + 4)).to.deep.equal(['mail: hunter2', 'bank: correct horse battery staple', 'phone: 0000'])
      const health = Object.fromEntries(story.lines.filter(line => line.includes(' is ')).map(line => line.split(' is ')).filter(([peer]) => new RegExp(`^${PEER_ID}$`).test(peer ?? '')))
      expect(Object.keys(health)).to.have.length(7)
      for (const [peer, is] of Object.entries(health)) expect(is, peer).to.equal(peer === liar ? 'lying' : gone.includes(peer) ? 'silent' : 'healthy')
      expect(await readdir(dir.path)).to.deep.equal([])
    }).timeout(300_000)
  })
})
