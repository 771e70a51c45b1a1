import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { parse, parseAllDocuments } from 'yaml'
import { COMMAND_NAMES } from '../../src/cli/commands.ts'
import { OPTIONS, merge, reconcile, valuesFromEnvironment } from '../../src/config/index.ts'
import { EXIT_CODES } from '../../src/cli/failure.ts'
import type { Config } from '../../src/config/index.ts'

const DEPLOY = join(import.meta.dirname, '../../config/deploy')
const API_PORT = OPTIONS.apiListen.default.split(':').at(-1)

/** What the node would run with; throws at a variable that is no option, or a value that is none. */
function configOf (variables: Record<string, string>): Config {
  return reconcile(merge([valuesFromEnvironment(variables)])).config
}

interface ComposeService {
  environment?: Record<string, string>
  healthcheck?: { test: string[] }
  volumes?: string[]
  ports?: string[]
  build?: { context: string, dockerfile: string }
  configs?: Array<{ source: string }>
  depends_on?: Record<string, unknown>
  profiles?: string[]
  read_only?: boolean
  image: string
  user?: string
}

interface Compose {
  services: Record<string, ComposeService>
  volumes: Record<string, unknown>
  configs: Record<string, { file?: string, content?: string }>
}

describe('deploy: compose.yaml', () => {
  let compose: Compose
  let nodes: Array<[string, ComposeService]>
  before(async () => {
    compose = parse(await readFile(join(DEPLOY, 'compose.yaml'), 'utf8'), { merge: true }) as Compose
    nodes = Object.entries(compose.services).filter(([name]) => name.startsWith('node-'))
  })

  it('has three nodes that find each other through the first', () => {
    expect(nodes).to.have.length(3)
    const configs = nodes.map(([, { environment = {} }]) => configOf(environment))
    expect(new Set(configs.map(({ network }) => network)).size).to.equal(1)
    expect(configs.map(({ bootstrap }) => bootstrap)).to.deep.equal([[], ['/dns4/node-1/tcp/4701'], ['/dns4/node-1/tcp/4701']])
  })

  it('shows each admin API on this machine only, by the names it is asked for', () => {
    for (const [name, { environment = {}, ports = [] }] of nodes) {
      const { apiHost, apiListen } = configOf(environment)
      const [, published, inside] = /^127\.0\.0\.1:(\d+):(\d+)$/.exec(ports[0] ?? '') ?? []
      expect([inside, apiListen.split(':').at(-1)]).to.deep.equal([API_PORT, API_PORT])
      expect(apiHost).to.have.members([`${name}:${API_PORT}`, `localhost:${published}`, `127.0.0.1:${published}`])
    }
    for (const { ports = [] } of Object.values(compose.services)) for (const port of ports) expect(port).to.match(/^127\.0\.0\.1:/)
  })

  it('refers to what is there', () => {
    const volumes = new Set(Object.keys(compose.volumes))
    for (const [name, { volumes: mounts = [], configs = [], depends_on = {}, build }] of Object.entries(compose.services)) {
      for (const mount of mounts) expect(volumes.has(mount.split(':')[0] ?? ''), `${name}: ${mount}`).to.equal(true)
      for (const { source } of configs) expect(compose.configs, name).to.have.property(source)
      for (const other of Object.keys(depends_on)) expect(compose.services, name).to.have.property(other)
      if (build != null) expect(existsSync(join(DEPLOY, build.context, build.dockerfile)), name).to.equal(true)
    }
    for (const { file, content } of Object.values(compose.configs)) expect(content != null || existsSync(join(DEPLOY, file ?? '')), file).to.equal(true)
  })

  it('locks the nodes down, and asks them how they are', () => {
    for (const [name, { read_only, healthcheck, image, volumes = [] }] of nodes) {
      expect(read_only, name).to.equal(true)
      expect(healthcheck?.test.slice(0, 3)).to.deep.equal(['CMD', 'node', 'dist/node.js'])
      expect(COMMAND_NAMES).to.include(healthcheck?.test[3])
      expect(image).to.equal('peerkeep')
      expect(volumes).to.include('token:/token')
    }
  })

  it('reads all nodes with their token, as the user who may', () => {
    const { scrape_configs: [job] } = parse(compose.configs['prometheus']?.content ?? '') as { scrape_configs: [{ job_name: string, authorization: { credentials_file: string }, static_configs: [{ targets: string[] }] }] }
    expect(job.job_name).to.equal('peerkeep')
    expect(job.static_configs[0].targets).to.have.members(nodes.map(([name]) => `${name}:${API_PORT}`))
    expect(job.authorization.credentials_file).to.equal(nodes[0]?.[1].environment?.['PEERKEEP_API_TOKEN_FILE'])
    expect(compose.services['prometheus']?.user).to.equal('10001:10001')
    expect(compose.services['prometheus']?.profiles).to.deep.equal(['monitoring'])
  })
})

interface Container {
  name: string
  image: string
  command?: string[]
  env?: Array<{ name: string, value: string }>
  ports?: Array<{ name: string, containerPort: number }>
  securityContext: { allowPrivilegeEscalation: boolean, readOnlyRootFilesystem: boolean, capabilities: { drop: string[] } }
  resources: { requests: object, limits: object }
  volumeMounts: Array<{ name: string, mountPath: string }>
  startupProbe?: Probe
  livenessProbe?: Probe
  readinessProbe?: Probe
}

interface Probe {
  httpGet: { path: string, port: string }
}

interface Pod {
  enableServiceLinks: boolean
  terminationGracePeriodSeconds: number
  securityContext: { runAsNonRoot: boolean, runAsUser: number, fsGroup: number }
  initContainers: Container[]
  containers: [Container]
  volumes: Array<{ name: string, secret?: { secretName: string } }>
}

/** What of the objects is looked at here. */
interface KubernetesObject {
  kind: string
  metadata: { name: string }
  spec: {
    clusterIP?: string
    publishNotReadyAddresses?: boolean
    selector?: { app?: string, matchLabels?: { app: string } }
    podSelector?: { matchLabels: { app: string } }
    ports?: Array<{ name: string, port: number, targetPort: string }>
    serviceName?: string
    replicas?: number
    template?: { metadata: { labels: { app: string } }, spec: Pod }
    volumeClaimTemplates?: Array<{ metadata: { name: string } }>
  }
}

describe('deploy: kubernetes.yaml', () => {
  let objects: Record<string, KubernetesObject>
  let pod: Pod
  let node: Container
  before(async () => {
    const documents = parseAllDocuments(await readFile(join(DEPLOY, 'kubernetes.yaml'), 'utf8'))
    objects = Object.fromEntries(documents.map(document => document.toJS() as KubernetesObject).map(object => [object.kind, object]))
    pod = objects['StatefulSet']?.spec.template?.spec as Pod
    node = pod.containers[0]
  })

  it('is a set of nodes that find each other by their names before they are ready', () => {
    expect(Object.keys(objects)).to.have.members(['Service', 'StatefulSet', 'PodDisruptionBudget', 'NetworkPolicy'])
    const { Service, StatefulSet } = objects
    expect(Service?.spec).to.include({ clusterIP: 'None', publishNotReadyAddresses: true })
    expect(StatefulSet?.spec.serviceName).to.equal(Service?.metadata.name)
    for (const { spec } of Object.values(objects)) {
      const selected = spec.selector?.app ?? spec.selector?.matchLabels?.app ?? spec.podSelector?.matchLabels.app
      expect(selected).to.equal(StatefulSet?.spec.template?.metadata.labels.app)
    }
    const { bootstrap } = configOf(variables())
    for (const address of bootstrap) expect(address).to.match(new RegExp(`^/dns4/${StatefulSet?.metadata.name}-[01]\\.${Service?.metadata.name}/tcp/4701$`))
  })

  it('has ports and probes where the node listens', () => {
    const { listen, apiListen } = configOf(variables())
    const byName = new Map(node.ports?.map(({ name, containerPort }) => [name, containerPort]))
    expect([...byName.values()].map(String)).to.have.members([...new Set(listen.map(address => /\/tcp\/(\d+)/.exec(address)?.[1])), apiListen.split(':').at(-1)])
    expect(apiListen).to.equal(`0.0.0.0:${API_PORT}`)
    for (const { port, targetPort } of objects['Service']?.spec.ports ?? []) expect(byName.get(targetPort)).to.equal(port)
    const paths = [node.startupProbe, node.livenessProbe, node.readinessProbe].map(probe => {
      expect(probe?.httpGet.port).to.equal('admin')
      return probe?.httpGet.path
    })
    expect(paths).to.deep.equal(['/healthz', '/healthz', '/readyz'])
  })

  it('may do nothing that it need not', () => {
    expect(pod.securityContext).to.deep.include({ runAsNonRoot: true, runAsUser: 10001, fsGroup: 10001 })
    // else variables that Kubernetes makes for a Service of this name would be taken for options
    expect(pod.enableServiceLinks).to.equal(false)
    expect(pod.terminationGracePeriodSeconds).to.be.above(5)
    for (const { name, securityContext, resources } of [...pod.initContainers, ...pod.containers]) {
      expect(securityContext, name).to.deep.equal({ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } })
      expect(resources, name).to.have.keys('requests', 'limits')
    }
  })

  it('keeps its data, and has its token from a secret', () => {
    const volumes = new Set([...pod.volumes, ...(objects['StatefulSet']?.spec.volumeClaimTemplates ?? []).map(({ metadata }) => metadata)].map(({ name }) => name))
    for (const { volumeMounts } of [...pod.initContainers, ...pod.containers]) for (const { name } of volumeMounts) expect(volumes.has(name), name).to.equal(true)
    expect(node.volumeMounts).to.deep.include({ name: 'data', mountPath: '/data' })
    const { apiTokenFile } = configOf(variables())
    expect(pod.initContainers[0]?.command).to.deep.equal(['install', '-m', '0400', '/secret/api-token', apiTokenFile])
  })

  function variables (): Record<string, string> {
    return Object.fromEntries((node.env ?? []).map(({ name, value }) => [name, value]))
  }
})

describe('deploy: peerkeep.service', () => {
  let unit: Map<string, string[]>
  before(async () => {
    unit = new Map()
    for (const [, name = '', value = ''] of (await readFile(join(DEPLOY, 'peerkeep.service'), 'utf8')).matchAll(/^(\w+)=(.*)$/gm)) unit.set(name, [...unit.get(name) ?? [], value])
  })

  it('runs the node as a user of its own, with options that there are', () => {
    expect(unit.get('ExecStart')?.[0]).to.match(/\/dist\/node\.js run$/)
    const variables = Object.fromEntries((unit.get('Environment')?.[0] ?? '').split(' ').map(pair => pair.split('=') as [string, string]))
    expect(configOf(variables).dataDir).to.equal('%S/peerkeep')
    expect([unit.get('DynamicUser'), unit.get('StateDirectory'), unit.get('ProtectSystem'), unit.get('NoNewPrivileges')]).to.deep.equal([['yes'], ['peerkeep'], ['strict'], ['yes']])
    expect([unit.get('CacheDirectory'), variables['NODE_COMPILE_CACHE']], 'the packages are read-only').to.deep.equal([['peerkeep'], '%C/peerkeep'])
    expect(unit.get('Type')).to.deep.equal(['simple'])
  })

  it('starts it again unless that is of no use, and gives it time to stop', () => {
    expect(unit.get('Restart')).to.deep.equal(['on-failure'])
    expect(unit.get('RestartPreventExitStatus')?.[0]?.split(' ').map(Number)).to.deep.equal([EXIT_CODES.usage, EXIT_CODES.data, EXIT_CODES.listen].map(([code]) => code))
    expect(Number(unit.get('TimeoutStopSec')?.[0])).to.be.above(5)
  })

  it('is what systemd understands', function () {
    const { error, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', join(DEPLOY, 'peerkeep.service')], { encoding: 'utf8' })
    if (error != null) {
      process.stderr.write('    skipped: no systemd-analyze\n')
      this.skip()
    }
    // what is said of other units is not about this one, and Node.js may be elsewhere here
    expect(stderr.split('\n').filter(line => /peerkeep\.service/.test(line) && !/not executable|No such file/.test(line))).to.deep.equal([])
  })
})
