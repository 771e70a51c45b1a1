import { expect } from 'chai'
import { mochaGlobalSetup as buildDist } from './stories/built.ts'
import { Program, killPrograms, runtime } from './support/program.ts'

const PEER_ID = '12D3Koo\\w+'
const ADDRESS = `/ip4/127\\.0\\.0\\.1/tcp/\\d+/p2p/${PEER_ID}`

function example (name: string, ...args: string[]): Program {
  return new Program({ command: [runtime, `examples/${name}.ts`], args, json: false, stdin: true })
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
      for (const [args, answer] of [[['Ada'], 'hello Ada'], [[], 'hello stranger']] as const) {
        const asker = example('greeting', address, ...args)
        expect(await asker.exited).to.deep.equal({ code: 0, signal: null })
        expect(asker.lines).to.deep.equal([answer])
      }
      // more than the limit: that stream is ended, the server goes on
      expect((await example('greeting', address, 'x'.repeat(2_000)).exited).code).to.equal(1)
      const next = example('greeting', address, 'Grace')
      await next.exited
      expect(next.lines).to.deep.equal(['hello Grace'])
      expect(await server.stop('SIGINT')).to.deep.equal({ code: 0, signal: null })
      expect(server.stderr).to.equal('')
    })
  })
})
