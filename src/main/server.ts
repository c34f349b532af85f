import { randomBytes } from 'node:crypto';
import { Ids, Metrics } from '#base';
import { defaultControllerSettings } from '#controllers';
import { Answerer, createRequestMeter, listen, Upgrades } from '#endpoint';
import { FileLogDisk } from '#logs';
import { SqliteJournal } from '#store';
import { createCodec, createRouter, loadModel } from '#wire/aws';
import { diskFiles } from '../cli/adapters/files.ts';
import { systemProcesses } from '../cli/adapters/processes.ts';
import {
  type InstallationPaths,
  installationPaths,
  type ServerState,
  secretFileMode,
  writeCredentials,
  writeServerState,
} from '../cli/installation.ts';
import type { Files, ServerConfig } from '../cli/ports.ts';
import { superviseAgent } from './agent-supervisor.ts';
import { openAuditFile } from './audit-file.ts';
import { publicAddressesFrom } from './config/public-addresses.ts';
import { quotasFrom } from './config/quotas.ts';
import { type ControlPlaneOptions, startControlPlane } from './control-plane.ts';
import { dropForgottenGroups, keepLogRetention } from './log-retention.ts';
import { showControlPlane } from './metrics/control-plane.ts';
import { watchEventLoop } from './metrics/event-loop.ts';
import { measuredJournal } from './metrics/journal.ts';
import { measuredLogDisk } from './metrics/logs.ts';
import { watchProcess } from './metrics/process.ts';
import { dropStartupGarbage } from './startup-garbage.ts';
import { createLogger, SystemRandom } from './system.ts';
import { SystemClock } from './system-clock.ts';
import { roadsteadVersion } from './version.ts';

/**
 * `roadstead server`: the control plane on one port, until the signal. Ready when `server.json` stands in the data
 * directory and `/_roadstead/health` answers 200.
 */
export async function runServer(config: ServerConfig, signal: AbortSignal): Promise<void> {
  const clock = new SystemClock();
  const random = new SystemRandom();
  const ids = new Ids(random);
  const logger = createLogger({ level: config.logLevel, name: 'server' });
  const paths = installationPaths(config.dataDir);
  const files = diskFiles();
  const version = roadsteadVersion();

  await using stack = new AsyncDisposableStack();
  const metrics = new Metrics();
  stack.use(watchProcess(metrics, { version, startedAt: clock.now() }));
  const journal = measuredJournal(new SqliteJournal({ directory: paths.store }), metrics);
  const options = optionsOf(config, { version, ...(await secretsOf(files, paths)) });
  const logDisk = measuredLogDisk(new FileLogDisk({ directory: paths.logs }), metrics);
  const audit = stack.use(await openAuditFile(paths.audit, { clock }));
  const controlPlane = stack.use(await startControlPlane(options, { journal, logDisk, audit, clock, random, logger }));
  const { store, logs } = controlPlane;
  const logUpkeep = { store, logs, clock, logger: logger.child({ part: 'logs' }) };
  await dropForgottenGroups(logUpkeep);
  stack.use(keepLogRetention(logUpkeep));
  showControlPlane(metrics, controlPlane);
  const answerer = new Answerer({
    api: controlPlane.api,
    router: createRouter(loadModel()),
    codec: createCodec(),
    findIdentity: controlPlane.findIdentity,
    clock,
    ids,
    logger: logger.child({ part: 'endpoint' }),
    turns: controlPlane.turns,
    meter: createRequestMeter({ metrics, clock }),
  });
  let ready = false;
  const listener = stack.use(
    await listen(
      { host: config.host, port: config.port },
      {
        answerer,
        upgrades: new Upgrades({ ...controlPlane, answerer }),
        health: () => ({ status: ready ? 'ready' : 'starting', version, pid: process.pid, region: config.region }),
        metrics: { readers: config.metricsReaders, text: () => metrics.text() },
        clock,
        logger,
      },
    ),
  );
  await files.write(paths.authority, controlPlane.authority.certificate, secretFileMode);
  const { rootKeys } = controlPlane;
  await writeCredentials(files, paths, {
    endpointRegion: config.region,
    accounts: { default: rootKeys.default, platform: rootKeys.platform },
  });
  const startedAt = controlPlane.settings.startedAt;
  await writeServerState(files, paths, stateOf(config, { url: listener.url, version, startedAt }));
  dropStartupGarbage();
  ready = true;
  // From here on: what loading took is no stall, as nobody could call yet.
  stack.use(watchEventLoop(metrics));
  logger.info('ready', { url: listener.url, region: config.region, version });
  if (config.joinFargatePool) {
    const { dataDir, region, logLevel } = config;
    stack.use(
      superviseAgent(
        { dataDir, endpoint: listener.url, region, logLevel },
        { clock, random, logger: logger.child({ part: 'supervisor' }), files, processes: systemProcesses() },
      ),
    );
  }
  await aborted(signal);
  logger.info('stopping');
}

function optionsOf(
  { region, controllers, quotas, throttle, eventsKept, publicAddresses }: ServerConfig,
  known: Pick<ControlPlaneOptions, 'version' | 'masterKey' | 'authorityCertificate'>,
): ControlPlaneOptions {
  return {
    ...known,
    region,
    controllers,
    quotas: quotasFrom(quotas),
    throttle,
    ...(eventsKept === undefined ? {} : { eventsKept }),
    ...(publicAddresses === undefined ? {} : { publicAddresses: publicAddressesFrom(publicAddresses) }),
  };
}

/** What `server.json` says of this server. */
function stateOf(
  { region, controllers, quotas, throttle }: ServerConfig,
  started: Pick<ServerState, 'url' | 'version' | 'startedAt'>,
): ServerState {
  const { healthySettleMs } = { ...defaultControllerSettings, ...controllers };
  return { pid: process.pid, region, ...started, healthyAfter: healthySettleMs / 1000, quotas, throttle };
}

/** What an installation keeps for its life. */
async function secretsOf(
  files: Files,
  paths: InstallationPaths,
): Promise<Pick<ControlPlaneOptions, 'masterKey' | 'authorityCertificate'>> {
  const masterKey = await installationKey(files, paths.dataDir);
  const authorityCertificate = await files.read(paths.authority);
  return authorityCertificate === undefined ? { masterKey } : { masterKey, authorityCertificate };
}

/** The key that seals session tokens and private keys, and that of the authority follows from: made once, then the same for the life of the installation. */
async function installationKey(files: Files, dataDir: string): Promise<Uint8Array> {
  const path = `${dataDir}/master.key`;
  const stored = await files.read(path);
  if (stored !== undefined) return Buffer.from(stored.trim(), 'base64');
  const fresh = randomBytes(32);
  await files.write(path, `${fresh.toString('base64')}\n`, secretFileMode);
  return fresh;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
