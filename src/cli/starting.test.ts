import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { type Clock, instantFromMs, msFromInstant } from '#base';
import { engineAnswers, scriptedEngine, TestInstallation } from '../../test/support/command-line.ts';
import { freePort } from '../../test/support/free-port.ts';
import { SystemClock } from '../main/system-clock.ts';
import { systemProcesses } from './adapters/index.ts';
import { installationPaths } from './installation.ts';
import type { AgentRequest, ServerConfig } from './ports.ts';
import { partArguments, partFrom } from './serving.ts';

/** A server as the command line sees one: it leaves its address, answers health and says which hosts there are. */
const fakeServer = `
import { createServer } from 'node:http';
import { writeFileSync } from 'node:fs';
const settings = JSON.parse(process.argv[3]);
const behaviour = BEHAVIOUR;
if (behaviour === 'dies') {
  console.error('the disk is on fire');
  process.exit(3);
}
const dir = settings.dataDir;
if (behaviour === 'stubborn') process.on('SIGTERM', () => {});
const key = (accountId) => ({ accountId, accessKeyId: 'AKIA' + accountId, secretAccessKey: 'secret' });
const host = { pool: 'fargate', agentConnected: behaviour !== 'alone', cpuUnits: 2048, memoryMiB: 4096, instanceId: 'i-1' };
createServer((request, response) => {
  const health = { status: 'ready', version: '0.1.0', pid: process.pid, region: settings.region };
  response.end(JSON.stringify(request.method === 'GET' ? health : { hosts: [host], subnets: [], securityGroups: [] }));
}).listen(Number(settings.port), settings.host, () => {
  const accounts = { default: key('000000000000'), platform: key('999999999999') };
  writeFileSync(dir + '/credentials.json', JSON.stringify({ endpointRegion: settings.region, accounts }));
  writeFileSync(dir + '/server.pid', String(process.pid));
  const url = 'http://' + settings.host + ':' + settings.port;
  const state = { pid: process.pid, url, region: settings.region, version: '0.1.0', startedAt: 1, healthyAfter: (settings.controllers.healthySettleMs ?? 5000) / 1000, quotas: settings.quotas, throttle: settings.throttle };
  writeFileSync(dir + '/server.json', JSON.stringify(state));
});
`;

const engine = scriptedEngine(engineAnswers);
const started: number[] = [];

afterEach(() => {
  for (const pid of started.splice(0)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended, as it should.
    }
  }
});

async function install(behaviour: 'good' | 'dies' | 'stubborn' | 'alone'): Promise<TestInstallation> {
  const installation = await TestInstallation.create({ engine });
  await mkdir(join(installation.folder, 'main'));
  const source = fakeServer.replace('BEHAVIOUR', JSON.stringify(behaviour));
  await writeFile(join(installation.folder, 'main', 'cli.ts'), source);
  return installation;
}

/** Time that passes fifty times as fast, for limits that are long. */
function fastClock(): Clock {
  const clock = new SystemClock();
  const startMs = msFromInstant(clock.now());
  return {
    now: () => instantFromMs(startMs + (msFromInstant(clock.now()) - startMs) * 50),
    monotonicMs: () => clock.monotonicMs(),
    setTimer: (delayMs, fire) => clock.setTimer(delayMs / 50, fire),
  };
}

async function pidOf(installation: TestInstallation): Promise<number> {
  const pid = Number(await readFile(installationPaths(installation.dataDir).serverPid, 'utf8'));
  started.push(pid);
  return pid;
}

const isAlive = (pid: number): boolean => systemProcesses().isAlive(pid);

describe('up and down', () => {
  test('start a server in the background and stop it; both may be repeated', async () => {
    await using installation = await install('good');
    const port = await freePort();
    const first = await installation.run(['up', '--port', String(port), '--region', 'eu-west-1', '--json']);
    expect(first.stderr).toContain('✓ node             this machine: 2 vCPU, 4.0 GiB, registered as i-1');
    expect(first.exitCode).toBe(0);
    const pid = await pidOf(installation);
    const endpoint = `http://127.0.0.1:${port}`;
    const expected = { endpoint, region: 'eu-west-1', accountId: '000000000000', pid, alreadyRunning: false };
    expect(JSON.parse(first.stdout)).toMatchObject(expected);

    for (const again of [['up'], ['up', '--port', String(port)], ['up', '--region', 'eu-west-1']]) {
      const second = await installation.run([...again, '--json']);
      expect(JSON.parse(second.stdout)).toMatchObject({ ...expected, alreadyRunning: true });
    }

    const down = await installation.run(['down', '--json']);
    expect(JSON.parse(down.stdout)).toMatchObject({ stopped: [{ process: 'server', pid, forced: false }] });
    expect(isAlive(pid)).toBe(false);
    const { serverPid, serverState, credentials } = installationPaths(installation.dataDir);
    expect([serverPid, serverState, credentials].map((path) => existsSync(path))).toEqual([false, false, true]);
    expect(await installation.run(['down'])).toMatchObject({ exitCode: 0, stdout: 'Roadstead was not running.\n' });
  });

  test('the region of an installation outlives the server', async () => {
    await using installation = await install('good');
    const port = String(await freePort());
    expect((await installation.run(['up', '--port', port, '--region', 'eu-west-1'])).stderr).not.toContain('error');
    await pidOf(installation);
    await installation.run(['down']);
    const second = await installation.run(['up', '--port', port, '--json']);
    expect(second.stderr).not.toContain('error');
    await pidOf(installation);
    expect(JSON.parse(second.stdout)).toMatchObject({ region: 'eu-west-1' });
    await installation.run(['down']);
  });

  test('a second up with other settings is refused with 9 and names them', async () => {
    await using installation = await install('good');
    const port = await freePort();
    await installation.run(['up', '--port', String(port)]);
    const pid = await pidOf(installation);
    const other = await installation.run(['up', '--port', '4999', '--region', 'eu-west-1']);
    expect(other.exitCode).toBe(9);
    expect(other.stderr).toContain(
      `process ${pid}: it listens on 127.0.0.1:${port}, not 127.0.0.1:4999; its region is us-east-1`,
    );
    expect(isAlive(pid)).toBe(true);
    expect((await installation.run(['up', '--healthy-after', '5'])).exitCode).toBe(0);
    const sooner = await installation.run(['up', '--healthy-after', '0']);
    expect(sooner.exitCode).toBe(9);
    expect(sooner.stderr).toContain(`process ${pid}: a task is healthy after 5 s, not 0 s`);
    await installation.run(['down']);
    await installation.run(['up', '--port', String(port), '--healthy-after', '0']);
    expect((await installation.run(['up', '--healthy-after', '0'])).exitCode).toBe(0);
    expect((await installation.run(['up', '--healthy-after', '5'])).exitCode).toBe(9);
    await installation.run(['down']);
    await installation.run(['up', '--port', String(port), '--quota', 'tagsPerResource=60']);
    expect((await installation.run(['up', '--quota', 'tagsPerResource=60', '--throttle', 'off'])).exitCode).toBe(0);
    const tight = await installation.run(['up', '--quota', 'tagsPerResource=70', '--throttle', 'on']);
    expect(tight.exitCode).toBe(9);
    expect(tight.stderr).toContain('requests are not throttled; its quota tagsPerResource is 60, not 70');
    await installation.run(['down']);
  });

  test('a server that does not hear SIGTERM is killed, and that is said', async () => {
    await using installation = await install('stubborn');
    await installation.run(['up', '--port', String(await freePort())]);
    const pid = await pidOf(installation);
    const down = await installation.run(['down', '--json'], { clock: fastClock() });
    expect(JSON.parse(down.stdout)).toMatchObject({ stopped: [{ pid, forced: true }] });
    expect(down.stderr).toContain(`did not end within 10 s and was killed (process ${pid})`);
    expect(isAlive(pid)).toBe(false);
  });

  test('a server that dies at once: its status and its last words', async () => {
    await using installation = await install('dies');
    const result = await installation.run(['up', '--port', String(await freePort())]);
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toContain(
      'error: the server did not start\n  it ended with status 3:\n  the disk is on fire\n',
    );
  });

  test('a port in use is refused with 9 before anything is started', async () => {
    await using installation = await install('good');
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };
    const result = await installation.run(['up', '--port', String(port)]);
    other.close();
    expect(result.exitCode).toBe(9);
    expect(result.stderr).toContain(`cannot listen on 127.0.0.1:${port}`);
    expect(existsSync(installation.dataDir)).toBe(false);
  });

  test('a host that does not join: exit code 5, and the control plane stays up', async () => {
    await using installation = await install('alone');
    const port = String(await freePort());
    await installation.run(['up', '--port', port, '--no-node']);
    const result = await installation.run(['up'], { clock: fastClock() });
    const pid = await pidOf(installation);
    expect(result.exitCode).toBe(5);
    expect(result.stderr).toContain('this machine did not join as a host');
    expect(isAlive(pid)).toBe(true);
    expect((await installation.run(['up', '--no-node'])).exitCode).toBe(0);
    await installation.run(['down']);
  });

  test('without an engine nothing is started, and the fix is named', async () => {
    await using installation = await TestInstallation.create();
    const result = await installation.run(['up', '--port', String(await freePort())]);
    expect(result.exitCode).toBe(69);
    expect(result.stderr).toContain(
      'next: start it (systemctl start docker), or let roadstead demo install and start one',
    );
    expect(existsSync(installation.dataDir)).toBe(false);
  });
});

describe('server and agent in the foreground', () => {
  test('run until told to stop, then leave nothing but their data', async () => {
    await using installation = await TestInstallation.create();
    const stop = new AbortController();
    const configs: ServerConfig[] = [];
    const { serverPid } = installationPaths(installation.dataDir);
    const runners = {
      ...installation.deps().runners,
      server: (config: ServerConfig, signal: AbortSignal) => {
        configs.push(config);
        expect(existsSync(serverPid)).toBe(true);
        return new Promise<void>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
      },
    };
    const running = installation.run(['server', '--port', '4601'], { runners, signal: stop.signal });
    await expect.poll(() => configs.length).toBe(1);
    const second = await installation.run(['server', '--port', '4602'], { runners });
    expect(second.exitCode).toBe(9);
    expect(second.stderr).toContain(`${installation.dataDir} is in use by process`);
    expect(configs).toEqual([
      {
        dataDir: installation.dataDir,
        host: '127.0.0.1',
        port: 4601,
        region: 'us-east-1',
        logLevel: 'info',
        joinFargatePool: false,
        controllers: {},
        metricsReaders: 'local',
        quotas: {},
        throttle: false,
      },
    ]);
    stop.abort(new Error('SIGTERM'));
    expect((await running).exitCode).toBe(0);
    expect(existsSync(serverPid)).toBe(false);
  });

  test('up --foreground joins the pool, --no-node does not', async () => {
    await using installation = await TestInstallation.create();
    const joins: boolean[] = [];
    const runners = {
      ...installation.deps().runners,
      server: (config: ServerConfig) => Promise.resolve(void joins.push(config.joinFargatePool)),
    };
    await installation.run(['up', '--foreground'], { runners });
    await installation.run(['up', '--foreground', '--no-node'], { runners });
    await installation.run(['server', '--join-fargate-pool'], { runners });
    expect(joins).toEqual([true, false, true]);
  });

  test('--healthy-after sets how long a task must run to be healthy', async () => {
    await using installation = await TestInstallation.create();
    const settles: (number | undefined)[] = [];
    const runners = {
      ...installation.deps().runners,
      server: (config: ServerConfig) => Promise.resolve(void settles.push(config.controllers.healthySettleMs)),
    };
    await installation.run(['server', '--healthy-after', '40'], { runners });
    await installation.run(['up', '--foreground', '--healthy-after', '0'], { runners });
    await installation.run(['server'], { runners });
    expect(settles).toEqual([40_000, 0, undefined]);
    expect((await installation.run(['server', '--healthy-after', 'soon'], { runners })).exitCode).toBe(2);
  });

  test('--throttle is off on loopback and on elsewhere, unless said', async () => {
    await using installation = await TestInstallation.create();
    const throttles: boolean[] = [];
    const runners = {
      ...installation.deps().runners,
      server: (config: ServerConfig) => Promise.resolve(void throttles.push(config.throttle)),
    };
    const options = [[], ['--host', '127.0.0.2'], ['--host', '0.0.0.0'], ['--throttle', 'on']];
    for (const each of options) await installation.run(['server', ...each], { runners });
    await installation.run(['server', '--host', '::', '--throttle', 'off'], { runners });
    expect(throttles).toEqual([false, false, true, true, false]);
  });

  test('--quota may be repeated, and wants a name and a count', async () => {
    await using installation = await TestInstallation.create();
    const quotas: unknown[] = [];
    const runners = {
      ...installation.deps().runners,
      server: (config: ServerConfig) => Promise.resolve(void quotas.push(config.quotas)),
    };
    await installation.run(['server', '--quota', 'tagsPerResource=60', '--quota', 'tasksPerRunTask=20'], { runners });
    expect(quotas).toEqual([{ tagsPerResource: 60, tasksPerRunTask: 20 }]);
    expect((await installation.run(['server', '--quota', 'tagsPerResource'], { runners })).exitCode).toBe(2);
  });

  test('a part with its settings ready is told from what a user types', () => {
    const settings = { dataDir: '/data', logLevel: 'info', pool: 'fargate' } as const;
    expect(partFrom(partArguments('agent', settings))).toEqual({ role: 'agent', settings });
    for (const typed of [[], ['server'], ['agent', '--pool', 'fargate'], ['up', '{}'], ['server', '{}', '--help']]) {
      expect(partFrom(typed)).toBeUndefined();
    }
  });

  test('a server that fails ends with 1', async () => {
    await using installation = await TestInstallation.create();
    const result = await installation.run(['server']);
    expect(result).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('no server in this test') as string });
    expect(existsSync(installationPaths(installation.dataDir).serverPid)).toBe(false);
  });

  test('an agent gets what was asked for; a pool and a cluster exclude each other', async () => {
    await using installation = await TestInstallation.create();
    const requests: AgentRequest[] = [];
    const { agentPid } = installationPaths(installation.dataDir);
    const runners = {
      ...installation.deps().runners,
      agent: (request: AgentRequest) => {
        expect(existsSync(agentPid)).toBe(true);
        return Promise.resolve(void requests.push(request));
      },
    };
    expect((await installation.run(['agent', '--pool', 'fargate'], { runners })).exitCode).toBe(0);
    await installation.run(['agent', '--cluster', 'web', '--endpoint', 'http://10.0.0.5:4566'], { runners });
    expect((await installation.run(['agent', '--pool', 'fargate', '--cluster', 'web'], { runners })).exitCode).toBe(2);
    const { dataDir } = installation;
    expect(requests).toEqual([
      { dataDir, logLevel: 'info', pool: 'fargate' },
      { dataDir, logLevel: 'info', cluster: 'web', endpoint: 'http://10.0.0.5:4566' },
    ]);
    expect(existsSync(agentPid)).toBe(false);
  });
});
