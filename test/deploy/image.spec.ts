import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { COMMAND_NAMES } from '../../src/cli/commands.ts'
import { merge, reconcile, valuesFromEnvironment } from '../../src/config/index.ts'

const ROOT = join(import.meta.dirname, '../..')
const DEPLOY = join(ROOT, 'config/deploy')

interface Instruction {
  what: string
  rest: string
}

interface Stage {
  image: string
  name?: string
  instructions: Instruction[]
}

/** The stages of a Dockerfile. */
function readStages (text: string): Stage[] {
  const stages: Stage[] = []
  for (const line of text.replaceAll(/^#.*\n/gm, '').replaceAll(/\\\n\s*/g, ' ').split('\n')) {
    const [, what = '', rest = ''] = /^([A-Z]+) (.+)$/.exec(line) ?? []
    if (what === 'FROM') {
      const [image = '', , name] = rest.split(' ')
      stages.push({ image, name, instructions: [] })
    } else if (what !== '') stages.at(-1)?.instructions.push({ what, rest })
    else expect(line).to.equal('')
  }
  return stages
}

function of (stage: Stage, what: string): string[] {
  return stage.instructions.filter(instruction => instruction.what === what).map(({ rest }) => rest)
}

describe('deploy: image', () => {
  let stages: Stage[]
  let last: Stage
  before(async () => {
    stages = readStages(await readFile(join(DEPLOY, 'Dockerfile'), 'utf8'))
    last = stages.at(-1) as Stage
  })

  it('runs on the Node.js that the tests run on', async () => {
    const { devDependencies } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { devDependencies: Record<string, string> }
    for (const { image } of stages) expect(image).to.equal(`node:${devDependencies['node']}-bookworm-slim`)
  })

  it('copies what there is, all of which is sent to the builder', async () => {
    const sent = new Set((await readFile(join(DEPLOY, 'Dockerfile.dockerignore'), 'utf8')).split('\n').filter(line => line.startsWith('!')).map(line => line.slice(1)))
    const copied = stages.flatMap(stage => of(stage, 'COPY')).filter(rest => !rest.startsWith('--from=')).flatMap(rest => rest.split(' ').slice(0, -1))
    expect([...sent]).to.have.members([...new Set(copied)])
    for (const path of copied) expect(existsSync(join(ROOT, path)), path).to.equal(true)
    const names = new Set(stages.map(({ name }) => name))
    for (const [, name] of of(last, 'COPY').join('\n').matchAll(/--from=(\w+)/g)) expect(names.has(name)).to.equal(true)
  })

  it('has production packages only, and what the package ships', async () => {
    const { files } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { files: string[] }
    const copies = of(last, 'COPY').join(' ').split(' ')
    // contracts are for people
    for (const path of files.filter(path => !['protocols', 'README.md'].includes(path))) expect(copies, path).to.include(path)
    const from = /--from=(\w+) \/app\/node_modules/.exec(of(last, 'COPY').join('\n'))?.[1]
    const packages = stages.find(({ name }) => name === from)
    expect(of(packages as Stage, 'RUN').join(' ')).to.match(/npm ci --omit=dev/)
  })

  it('is nobody\'s but a user of its own, whose data is in a volume', () => {
    expect(of(last, 'USER')).to.deep.equal(['10001:10001'])
    const after = last.instructions.slice(last.instructions.findIndex(({ what }) => what === 'USER'))
    expect(after.filter(({ what }) => ['COPY', 'RUN', 'ADD'].includes(what))).to.deep.equal([])
    expect(of(last, 'VOLUME')).to.deep.equal(['/data'])
    expect(of(last, 'RUN').join(' ')).to.match(/install -d -o 10001 -g 10001 -m 0700 \/data/)
  })

  it('starts the node itself, by options that there are, and asks it how it is', () => {
    expect(JSON.parse(of(last, 'ENTRYPOINT')[0] ?? '')).to.deep.equal(['node', 'dist/node.js'])
    expect(COMMAND_NAMES).to.include((JSON.parse(of(last, 'CMD')[0] ?? '') as string[])[0])
    const [, check = ''] = / CMD (\[.+\])$/.exec(of(last, 'HEALTHCHECK')[0] ?? '') ?? []
    const [node, file, command] = JSON.parse(check) as string[]
    expect([node, file]).to.deep.equal(['node', 'dist/node.js'])
    expect(COMMAND_NAMES).to.include(command)

    const variables = Object.fromEntries([...of(last, 'ENV').join(' ').matchAll(/(\w+)=(\S+)/g)].map(([, name = '', value = '']) => [name, value]))
    const { config } = reconcile(merge([valuesFromEnvironment(variables)]))
    expect(config.dataDir).to.equal('/data')
    expect(variables['NODE_COMPILE_CACHE'], 'the only folder it may write').to.match(/^\/data\//)
    const ports = [...config.listen.map(address => /\/tcp\/(\d+)/.exec(address)?.[1]), config.apiListen.split(':').at(-1)]
    expect(of(last, 'EXPOSE').join(' ').split(' ')).to.have.members([...new Set(ports)])
  })
})
