import { flushCompileCache } from 'node:module'
import { join } from 'node:path'
import { watch } from '../app-node/events.ts'
import { closeOpened, openFor } from '../app-node/opened.ts'
import { ConfigError } from '../config/index.ts'
import { AppError, describeError } from '../errors.ts'
import { version } from '../platform/version.ts'
import { boundYoungGeneration } from '../platform/young-generation.ts'
import { sleep, systemClock } from '../util/clock.ts'
import { planApi } from './api-place.ts'
import { failureOf } from './failure.ts'
import { readConfiguredFiles } from './files.ts'
import { hasIdentity } from './id.ts'
import { ListenError, isAddressInUse, onAnyPort, planListen, wantedListen } from './listen.ts'
import { componentLogger, openLog } from './log.ts'
import { nodeInit, transportsInit } from './node-init.ts'
import { createReporter } from './reporter.ts'
import { untilSignal } from './signals.ts'
import { startScreen } from './start-screen.ts'
import type { AppNode, AppNodeInit } from '../app-node.ts'
import type { Config } from '../config/index.ts'
import type { Transports } from '../platform/transports.ts'
import type { Admin } from './admin.ts'
import type { ApiPlace } from './api-place.ts'
import type { CommandContext } from './command.ts'
import type { ConfiguredFiles } from './files.ts'
import type { Log } from './log.ts'
import type { Reporter } from './reporter.ts'

/** From the first signal to the exit, whatever hangs: the promise is 5 s. */
const STOP_LIMIT_MS = 4_500
const STOPPED = new Error('stopped by a signal')

/** When the node is to stop: `signal` where one must not go on. */
interface Stopping {
  signalled: Promise<void>
  signal: AbortSignal
}

/** The command `run`: starts a node and stays until a signal. */
export async function run (context: CommandContext): Promise<number> {
  const { merged: { config }, terminal } = context
  const reporter = createReporter(terminal, config.json)
  endOnCrash(reporter)
  const stop = new AbortController()
  const signalled = untilSignal().then(() => { stop.abort(STOPPED) })
  const forced = signalled.then(async () => {
    await sleep(systemClock, STOP_LIMIT_MS)
    return await Promise.reject(new AppError('STOP_TIMEOUT', `the node did not stop within ${STOP_LIMIT_MS / 1_000} s; what it had acknowledged is stored`))
  })
  try {
    await Promise.race([serve(context, reporter, { signalled, signal: stop.signal }), forced])
  } catch (err) {
    if (err !== STOPPED) {
      // this reporter knows what was to be said before
      const failure = failureOf(err)
      reporter.fail(failure)
      return failure.exitCode
    }
  }
  reporter.emit({ event: 'stopped' })
  return 0
}

async function serve (context: CommandContext, reporter: Reporter, { signalled, signal }: Stopping): Promise<void> {
  const { merged: { config }, terminal } = context
  const log = openLog(config.logLevel, terminal)
  const known = await hasIdentity(config.dataDir)
  const { node, admin, apiPlace } = await launch(context, reporter, signal, {
    logger: componentLogger(log),
    onWarning: ({ code, message }) => { reporter.emit({ event: 'warning', code, message }) }
  })
  const facts = {
    peerId: node.peerId.toString(),
    addresses: node.getMultiaddrs().map(String),
    dataDir: config.dataDir,
    version,
    // since the process began
    readyMs: Math.round(systemClock.monotonic())
  }
  reporter.ready({ event: 'ready', ...facts }, (p) => startScreen({
    ...facts, config, newIdentity: known ? undefined : join(config.dataDir, 'identity.json')
  }, p))
  let kept: Promise<void> | undefined
  try {
    if (admin != null && apiPlace != null) await Promise.race([openApi(admin, apiPlace, node, { version, log, signal }, reporter), signalled])
    // a node runs for weeks and may end by `kill -9`: what was compiled is worth keeping now
    if (!signal.aborted) {
      flushCompileCache()
      kept = context.keepCode().catch((err: unknown) => { log.write('debug', 'peerkeep:node', `the next start will compile again: ${describeError(err)}`) })
    }
    // not before: V8 takes no code that was compiled under other flags
    boundYoungGeneration()
    await signalled
    reporter.say('stopping; once more to exit at once')
  } finally {
    await stopAll(node, admin)
    await kept
  }
}

async function stopAll (node: AppNode, admin: Admin | undefined): Promise<void> {
  try {
    await admin?.close()
  } finally {
    await node.stop()
  }
}

/** After `ready`: the node does not wait for it. */
async function openApi (admin: Admin, place: ApiPlace, node: AppNode, about: { version: string, log: Log, signal: AbortSignal }, reporter: Reporter): Promise<void> {
  const { url, token, tokenFile } = await admin.listen(node, place, about)
  if (about.signal.aborted) return
  reporter.emit({ event: 'api:listening', url, tokenFile }, (p) => `Dashboard: ${p.green(`${url}/#token=${token}`)}`)
}

interface Launched {
  node: AppNode
  /** Absent with --no-api. */
  admin?: Admin
  apiPlace?: ApiPlace
}

/** Makes and starts the node, on other ports when the default ones were taken. */
async function launch (context: CommandContext, reporter: Reporter, signal: AbortSignal, extra: Pick<AppNodeInit, 'logger' | 'onWarning'>): Promise<Launched> {
  const { merged } = context
  const { config, origins } = merged
  const files = await readConfiguredFiles(merged)
  const transports = await makeTransports(config, files)
  // a profile that names other addresses than the default has chosen them
  const chosen = origins.listen.layer !== 'default'
  const { listen, moved } = await planListen(wantedListen(config, chosen), chosen)
  const apiPlace = config.api ? await planApi(merged, files) : undefined

  /** What is loaded while the disk is waited for. */
  const load = async () => Promise.all([
    import('../app-node.ts'),
    apiPlace == null ? undefined : import('./admin.ts').then(({ createAdmin }) => createAdmin(merged))
  ])
  const start = async (addresses: string[]): Promise<Launched> => {
    // nothing has been written yet
    signal.throwIfAborted()
    const init = { ...nodeInit(config, files, addresses), ...extra, transports, start: false }
    const opened = openFor(init)
    const [{ makeAppNode }, admin] = await load().catch(async (err: unknown) => {
      await closeOpened(opened)
      throw err
    })
    const node = await makeAppNode({ ...init, ...admin?.init }, opened)
    watch(node, (event) => {
      reporter.emit(event)
      admin?.publish(event)
    })
    try {
      admin?.attach(node)
      signal.throwIfAborted()
      await node.start()
      signal.throwIfAborted()
    } catch (err) {
      await stopAll(node, admin)
      throw err
    }
    return { node, admin, apiPlace }
  }
  const tellMoved = (ports: string, from = 'listening'): void => {
    reporter.emit({ event: 'warning', code: 'LISTEN_PORT_MOVED', message: `${ports} in use by another program: ${from} on a port that the system chose` })
  }
  if (moved.length > 0) tellMoved(moved.length === 1 ? `port ${moved[0]} is` : `ports ${moved.join(' and ')} are`)
  if (apiPlace?.movedFrom != null) tellMoved(`port ${apiPlace.movedFrom} is`, 'the admin API listens')
  if (apiPlace?.open === true) {
    reporter.emit({ event: 'warning', code: 'API_INSECURE', message: `the admin API on ${config.apiListen} is not encrypted: who can read along has its token` })
  }
  try {
    return await start(listen)
  } catch (err) {
    if (chosen || !isAddressInUse(err)) throw asListenError(err)
    // somebody took a port since it was tried
    tellMoved('a default port is')
    return await start(listen.map(onAnyPort))
  }
}

/** Made before the node: a bad certificate or a missing package is told before anything is written. Those that cannot fail come with libp2p. */
async function makeTransports (config: Config, files: ConfiguredFiles): Promise<Transports | undefined> {
  const init = transportsInit(config, files)
  if (init.quic !== true && init.tls == null) return undefined
  try {
    return await (await import('../app-node.ts')).createTransports(init)
  } catch (err) {
    if (!(err instanceof AppError) || err.code !== 'TLS_INVALID') throw err
    throw new ConfigError(`--tls-cert ${config.tlsCert} and --tls-key ${config.tlsKey} cannot be used: ${describeError(err.cause)}`, 'both must be PEM files, and the key must be the certificate\'s')
  }
}

/** What libp2p throws when it cannot listen, as ours. */
function asListenError (err: unknown): unknown {
  if (!(err instanceof Error) || err.name !== 'UnsupportedListenAddressesError') return err
  const code = isAddressInUse(err) ? 'LISTEN_ADDRESS_IN_USE' : 'LISTEN_FAILED'
  // its first line is advice about libp2p's own options
  const reasons = err.message.split('\n').slice(1).map(line => line.trim()).filter(line => line !== '')
  return new ListenError(code, `cannot listen on ${reasons.join('; ')}`, { cause: err, details: { fix: 'choose other addresses: --listen /ip4/0.0.0.0/tcp/0' } })
}

/** What nobody caught ends the program: going on would be in a state that nobody knows. */
function endOnCrash (reporter: Reporter): void {
  const end = (err: unknown): void => {
    const failure = failureOf(err)
    reporter.fail(failure)
    process.exit(1)
  }
  process.on('uncaughtException', end)
  process.on('unhandledRejection', end)
}
