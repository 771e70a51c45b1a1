import { existsSync, readFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { KEYS, flagOf } from '../src/config/index.ts'
import { shortId } from '../src/cli/screen.ts'
import { typeErrors } from './support/doc-examples.ts'
import { freePorts } from './support/free-ports.ts'
import { Program, killPrograms } from './support/program.ts'
import { ROOT, commands, flags, map, programs } from './support/readme.ts'
import { makeTempDir } from './support/temp-dir.ts'

/** A command of the README is run as it stands there, but for these texts. */
type Substitution = (command: string) => string

/** Typed into a terminal: npm and what it starts stay on this machine. */
function type (command: string, home: string, env: Record<string, string> = {}): Program {
  return new Program({
    command: ['sh', '-c', command],
    json: false,
    terminal: true,
    env: { HOME: home, PEERKEEP_MDNS: 'false', npm_config_update_notifier: 'false', ...env }
  })
}

async function output (command: string, home: string): Promise<string[]> {
  const program = type(command, home)
  expect(await program.exited, `${program.lines.join('\n')}\n${program.stderr}`).to.deep.equal({ code: 0, signal: null })
  return program.lines
}

const READY_MS = 60_000

/** The peer id on the start screen. */
async function ready (program: Program): Promise<string> {
  const [, peerId = ''] = await program.until(() => program.lines.map(line => /^I am +(\w+)$/.exec(line)).find(Boolean) ?? undefined, 'start screen', READY_MS)
  await program.until(() => program.lines.includes('Ctrl-C stops it'), 'whole start screen')
  return peerId
}

/** Whom it lists as connected by now, by what it wrote. */
function connected ({ lines }: Program): Set<string> {
  const peers = new Set<string>()
  for (const line of lines) {
    const [, sign, peer = ''] = /^([+-]) (\S+) (?:connected|left) /.exec(line) ?? []
    if (sign === '+') peers.add(peer)
    if (sign === '-') peers.delete(peer)
  }
  return peers
}

async function sees (program: Program, peerIds: readonly string[]): Promise<void> {
  const wanted = peerIds.map(shortId).toSorted().join()
  await program.until(() => [...connected(program)].toSorted().join() === wanted, `connection to just ${wanted}`, READY_MS)
}

/** npm and the shells die of the signal themselves, in their own time: the node's last word tells how it ended. */
async function ctrlC (program: Program): Promise<void> {
  await program.stop('SIGINT')
  expect(program.lines.at(-1), program.stderr).to.equal('stopped')
}

/** "From one node to three that talk", and what can be asked of the data directory then. Resolves to the commands that were run. */
async function fiveMinutes (): Promise<string[]> {
  await using dir = await makeTempDir()
  const first = await freePorts(3)
  const here: Substitution = (command) => command
    .replaceAll('/tmp/peerkeep/', `${dir.path}/`)
    .replaceAll(/\/tcp\/471([123])\b/g, (_, digit) => `/tcp/${first + Number(digit) - 1}`)
  const ran = commands.filter(command => command.startsWith('npm start -- '))
  const askId = commands.filter(command => command.startsWith('node dist/node.js id '))
  const askNode = commands.filter(command => /^node dist\/node\.js (?!id )\w+ --data-dir /.test(command))
  expect(ran, 'nodes').to.have.length(3)
  const [commandA, commandB, commandC] = ran.map(here) as [string, string, string]

  const a = type(commandA, dir.path)
  const idA = await ready(a)
  const b = type(commandB, dir.path)
  const c = type(commandC, dir.path)
  const [idB, idC] = [await ready(b), await ready(c)]
  await sees(a, [idB, idC])
  await sees(b, [idA, idC])
  await sees(c, [idA, idB])
  for (const command of askId) expect(await output(here(command), dir.path)).to.deep.equal([idA])
  const answers = Object.fromEntries(await Promise.all(askNode.map(async command => [command.split(' ')[2], (await output(here(command), dir.path)).join('\n')])))
  expect(answers['status']).to.include(idA)
  for (const id of [idB, idC]) expect(answers['peers']).to.include(id.slice(-8))
  expect(answers['dashboard']).to.match(/http:\/\/127\.0\.0\.1:\d+\/#token=/)

  // Ctrl-C; the others stay connected
  await ctrlC(a)
  await sees(b, [idC])
  await sees(c, [idB])
  expect([...b.lines, ...c.lines].filter(line => line.startsWith('- ')), 'only the first one left').to.have.length(2)

  // a fourth, by the command that the second one printed
  const invitation = b.lines.find(line => line.startsWith('  npm start -- '))?.trim() ?? ''
  expect(invitation).to.include(`/ip4/127.0.0.1/tcp/${first + 1}/p2p/${idB}`)
  const d = type(invitation, dir.path, { PEERKEEP_LISTEN: '/ip4/127.0.0.1/tcp/0' })
  const idD = await ready(d)
  await sees(d, [idB, idC])

  // the second again, by itself
  await ctrlC(b)
  const again = type(commandB.replace(/ --bootstrap \S+/, ''), dir.path)
  expect(await ready(again)).to.equal(idB)
  await sees(again, [idC, idD])

  // and one without npm
  const withoutNpm = commands.filter(command => command.startsWith('node dist/node.js --bootstrap '))
  for (const command of withoutNpm) {
    const e = type(command.replace('<multiaddr>', `/ip4/127.0.0.1/tcp/${first + 2}`), dir.path, { PEERKEEP_LISTEN: '/ip4/127.0.0.1/tcp/0' })
    await ready(e)
    await sees(e, [idB, idC, idD])
  }
  await killPrograms()
  return [...ran, ...askId, ...askNode, ...withoutNpm]
}

let story: Promise<string[]> | undefined
/** Run by the story; the first row of it waits until it is over. */
async function inStory (command: string): Promise<void> {
  story ??= fiveMinutes()
  expect(await story).to.include(command)
}

/** Run by `.ci/run`: by name, or for the benches one by one. */
function byCi (command: string): void {
  const ci = readFileSync(join(ROOT, '.ci/run'), 'utf8')
  const [, script = '', args] = /^npm (?:run )?([\w:]+)(?: -- (.*))?$/.exec(command) ?? []
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> }
  expect(scripts, 'scripts of package.json').to.have.property(script)
  if (script !== 'bench') expect(ci).to.match(new RegExp(`^(?:step|suite) .* ${command}$`, 'm'))
  else expect(ci).to.match(new RegExp(`^for bench in bench/\\*\\.ts; do[\\s\\S]*^ +step .* node "\\$bench" ${args}$`, 'm'))
}

/** Run by `npm run test:examples`, with the same arguments. */
function byExamples (command: string): void {
  const [, script = '', args = ''] = /^npm run example:(\w+) -- (.*)$/.exec(command) ?? []
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> }
  expect(scripts[`example:${script}`]).to.equal(`node examples/${script}.ts`)
  const call = `example('${script}', ${args.replace(/^\w+/, '\'$&\'').replace(/ <.*>$/, ', address')})`
  expect(readFileSync(join(import.meta.dirname, 'examples/examples.spec.ts'), 'utf8')).to.include(call)
}

/** Run here: its output must have all of these. */
function prints (...patterns: RegExp[]): (command: string) => Promise<void> {
  return async (command) => {
    await using dir = await makeTempDir()
    const text = (await output(command, dir.path)).join('\n')
    for (const pattern of patterns) expect(text).to.match(pattern)
  }
}

/** With the default data directory; only the addresses are others than a user's. */
async function startsAlone (command: string): Promise<void> {
  await using dir = await makeTempDir()
  const program = type(command, dir.path, { PEERKEEP_LISTEN: '/ip4/127.0.0.1/tcp/0' })
  const peerId = await ready(program)
  expect(program.lines.join('\n')).to.match(new RegExp(`I listen on +/ip4/127\\.0\\.0\\.1/tcp/\\d+/p2p/${peerId}\n`))
  expect(existsSync(join(dir.path, '.peerkeep/identity.json'))).to.equal(true)
  await ctrlC(program)
  expect(program.stderr).not.to.match(/warning:|error:/)
}

/** How each command is run. */
const ROWS: Record<string, (command: string) => void | Promise<void>> = {
  'npm start': startsAlone,
  'npm test': byCi,
  'npm start -- --data-dir /tmp/peerkeep/a --listen /ip4/127.0.0.1/tcp/4711': inStory,
  'npm start -- --data-dir /tmp/peerkeep/b --listen /ip4/127.0.0.1/tcp/4712 --bootstrap /ip4/127.0.0.1/tcp/4711': inStory,
  'npm start -- --data-dir /tmp/peerkeep/c --listen /ip4/127.0.0.1/tcp/4713 --bootstrap /ip4/127.0.0.1/tcp/4711': inStory,
  'npm run demo': byCi,
  'npm run example:chat -- alice': byExamples,
  'npm run example:chat -- bob <the address that alice printed>': byExamples,
  'npm run example:chat -- carol <the address that alice printed>': byExamples,
  'node dist/node.js --bootstrap <multiaddr>': inStory,
  'node dist/node.js --help': prints(/^Usage: /m, ...KEYS.map(flagOf).filter(flag => flag != null).map(flag => new RegExp(`${flag.replace('--', '--(?:\\[no-\\])?')}\\b`))),
  'node dist/node.js config': prints(/network/, /PEERKEEP_MDNS/),
  'node dist/node.js id --data-dir /tmp/peerkeep/a': inStory,
  'node dist/node.js status --data-dir /tmp/peerkeep/a': inStory,
  'node dist/node.js peers --data-dir /tmp/peerkeep/a': inStory,
  'node dist/node.js network --data-dir /tmp/peerkeep/a': inStory,
  'node dist/node.js bans --data-dir /tmp/peerkeep/a': inStory,
  'node dist/node.js dashboard --data-dir /tmp/peerkeep/a': inStory,
  'npm run lint': byCi,
  'npm run check': byCi,
  'npm run test:sim': byCi,
  'npm run test:stories': byCi,
  'npm run test:examples': byCi,
  'npm run test:browser': byCi,
  'npm run test:attacks': byCi,
  'npm run test:interop': byCi,
  'npm run bench -- --smoke': byCi
}

describe('README', function () {
  this.timeout(300_000)
  afterEach(killPrograms)

  it('has commands that are all run by a test', () => {
    expect(commands.filter(command => ROWS[command] == null), 'commands without a row here').to.deep.equal([])
    expect(Object.keys(ROWS).filter(command => !commands.includes(command)), 'rows without a command there').to.deep.equal([])
  })

  for (const [command, row] of Object.entries(ROWS)) it(command, async () => { await row(command) })

  it('names only flags that exist', () => {
    const options = KEYS.map(flagOf).filter(flag => flag != null)
    const known = new Set([...options, ...options.map(flag => flag.replace('--', '--no-')), '--help', '--smoke'])
    expect(flags.filter(flag => !known.has(flag))).to.deep.equal([])
    expect(flags).to.include('--data-dir')
  })

  it('has a program that type-checks', async () => {
    expect(programs).to.have.length.above(0)
    expect(await typeErrors(new Map(programs.map((text, i) => [`README ${i}`, text])))).to.deep.equal([])
  })

  it('has a map on which everything is, and nothing else', async () => {
    expect(map.filter(path => !existsSync(join(ROOT, path)))).to.deep.equal([])
    // what every project has
    const obvious = new Set(['src/', 'src/util/', 'node_modules/', 'dist/'])
    const folders = (await Promise.all(['', 'src/'].map(async parent =>
      (await readdir(join(ROOT, parent), { withFileTypes: true })).filter(entry => entry.isDirectory() && !entry.name.startsWith('.')).map(({ name }) => `${parent}${name}/`)))).flat()
    expect(folders.filter(folder => !obvious.has(folder) && !map.includes(folder)), 'folders that are not on it').to.deep.equal([])
  })
})
