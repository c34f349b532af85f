import { randomBytes } from 'node:crypto';
import { Ids } from '#base';
import { installationPaths, type ServerConfig, secretFileMode, writeCredentials, writeServerState } from '#cli';
import { AgentUpgrades, Answerer, listen } from '#endpoint';
import { SqliteJournal } from '#store';
import { createCodec, createRouter, loadModel } from '#wire/aws';
import { diskFiles, systemProcesses } from '../cli/adapters/index.ts';
import { superviseAgent } from './agent-supervisor.ts';
import { startControlPlane } from './control-plane.ts';
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
  const journal = new SqliteJournal({ directory: paths.store });
  const masterKey = await installationKey(`${config.dataDir}/master.key`);
  const options = { version, region: config.region, masterKey, controllers: config.controllers ?? {} };
  const controlPlane = stack.use(await startControlPlane(options, { journal, clock, random, logger }));
  const answerer = new Answerer({
    api: controlPlane.api,
    router: createRouter(loadModel()),
    codec: createCodec(),
    findIdentity: controlPlane.findIdentity,
    clock,
    ids,
    logger: logger.child({ part: 'endpoint' }),
    turns: controlPlane.turns,
  });
  let ready = false;
  const listener = stack.use(
    await listen(
      { host: config.host, port: config.port },
      {
        answerer,
        upgrades: new AgentUpgrades({ answerer, dispatcher: controlPlane.dispatcher }),
        health: () => ({ status: ready ? 'ready' : 'starting', version, pid: process.pid, region: config.region }),
        clock,
        logger,
      },
    ),
  );
  const { rootKeys } = controlPlane;
  await writeCredentials(files, paths, {
    endpointRegion: config.region,
    accounts: { default: rootKeys.default, platform: rootKeys.platform },
  });
  const startedAt = controlPlane.settings.startedAt;
  await writeServerState(files, paths, {
    pid: process.pid,
    url: listener.url,
    region: config.region,
    version,
    startedAt,
  });
  ready = true;
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

  /** The key that seals session tokens: made once, then the same for the life of the installation. */
  async function installationKey(path: string): Promise<Uint8Array> {
    const stored = await files.read(path);
    if (stored !== undefined) return Buffer.from(stored.trim(), 'base64');
    const fresh = randomBytes(32);
    await files.write(path, `${fresh.toString('base64')}\n`, secretFileMode);
    return fresh;
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
