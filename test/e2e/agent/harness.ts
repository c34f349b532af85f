import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import {
  type Agent,
  type AgentDeps,
  type AgentOptions,
  cleanHost,
  createCgroups,
  DockerRuntime,
  engineAddress,
  StateFiles,
  startAgent,
  systemPortProbe,
} from '#agent';
import { Ids, type Logger, silentLogger } from '#base';
import { Fabric, SystemCommands } from '#dataplane/fabric';
import { ScriptedControlPlane } from '../../../src/agent/testing.ts';
import { createLogger, SystemRandom } from '../../../src/main/system.ts';
import { SystemClock } from '../../../src/main/system-clock.ts';

/** Made of this machine's static busybox, and removed afterwards. */
export const testImage = 'roadstead-test/agent-e2e:1';

export function makeTestImage(): void {
  const directory = mkdtempSync(`${tmpdir()}/roadstead-image-`);
  const script = `mkdir -p bin etc tmp www && cp /bin/busybox bin/busybox && for name in sh httpd sleep cat wget nc echo ls true false dd tail kill hostname ip ping touch trap; do ln -sf busybox bin/$name; done && echo hello > www/index.html && tar -c . | docker import -c 'ENV PATH=/bin' - ${testImage}`;
  execFileSync('sh', ['-c', script], { cwd: directory, stdio: 'ignore' });
  rmSync(directory, { recursive: true });
}

export function removeTestImage(): void {
  execFileSync('docker', ['rmi', '-f', testImage], { stdio: 'ignore' });
}

export const clock = new SystemClock();
export const random = new SystemRandom();
export const ids = new Ids(random);
const log: Logger =
  process.env['TEST_LOG'] === undefined ? silentLogger : createLogger({ level: 'debug', name: 'e2e' });

/** A host with its data directory, on this machine's Docker Engine, under a control plane in memory. */
export class TestHost implements AsyncDisposable {
  readonly directory = mkdtempSync(`${tmpdir()}/roadstead-agent-`);
  readonly controlPlane = new ScriptedControlPlane({ clock, ids });
  readonly runtime = new DockerRuntime({ address: engineAddress(process.env['DOCKER_HOST']) }, { clock });
  readonly network = new Fabric({ owner: this.directory }, { commands: new SystemCommands(), log });
  agent: Agent | undefined;

  async start(options: Partial<AgentOptions> = {}, deps: Partial<AgentDeps> = {}): Promise<void> {
    this.agent = await startAgent(
      {
        cluster: 'default',
        region: 'us-east-1',
        agentVersion: '0.0.0-test',
        reservedMemoryMiB: 0,
        reservedTcpPorts: [22],
        reservedUdpPorts: [],
        portRange: { first: 40_000, last: 49_999 },
        attributes: [],
        external: false,
        pullBehaviour: 'default',
        stopTimeoutMs: 2000,
        cleanupWaitMs: 3_600_000,
        ...options,
      },
      {
        runtime: this.runtime,
        state: new StateFiles({ directory: this.directory }),
        api: this.controlPlane,
        connect: this.controlPlane.connect,
        clock,
        random,
        log,
        portProbe: systemPortProbe,
        network: this.network,
        cgroups: ({ cgroupDriver, cgroupVersion }) =>
          cgroupDriver === 'none' ? undefined : createCgroups({ driver: cgroupDriver, version: cgroupVersion }),
        ...deps,
      },
    );
    await until('connected', () => this.controlPlane.connected);
  }

  /** Ends the agent; its containers run on. */
  async stop(): Promise<void> {
    await this.agent?.[Symbol.asyncDispose]();
    this.agent = undefined;
  }

  async clean(): Promise<void> {
    await cleanHost(
      { containerInstanceArn: this.controlPlane.containerInstanceArn, stopTimeoutMs: 1000 },
      {
        runtime: this.runtime,
        log,
        network: this.network,
        cgroups: ({ cgroupVersion }) => createCgroups({ driver: 'cgroupfs', version: cgroupVersion }),
      },
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await this.clean();
    this.runtime.close();
    rmSync(this.directory, { recursive: true });
  }
}

/** Waits for a condition of the world, for at most half a minute. */
export async function until<T>(
  what: string,
  condition: () => T | Promise<T>,
  patienceMs = 30_000,
): Promise<NonNullable<T>> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > deadline) throw new Error(`in vain waited for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export function shell(command: string): string {
  return execFileSync('sh', ['-c', command], { encoding: 'utf8' }).trim();
}
