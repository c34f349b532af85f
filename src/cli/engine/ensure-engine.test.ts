import { mkdir, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { Fault, instantFromMs, msFromInstant } from '#base';
import { absentEngine, engineAnswers, scriptedEngine, TestInstallation } from '../../../test/support/command-line.ts';
import { SystemClock } from '../../main/system-clock.ts';
import { diskFiles, systemProcesses } from '../adapters/index.ts';
import { installationPaths } from '../installation.ts';
import type { CommandLineDeps, Engine, Processes } from '../ports.ts';

/** A machine where only the named commands are, and where what is run is written down. */
class Machine {
  readonly ran: string[] = [];
  readonly commands: Set<string>;
  running = false;

  constructor(...commands: readonly string[]) {
    this.commands = new Set(commands);
  }

  readonly engine: Engine = {
    address: 'unix:///var/run/docker.sock',
    send: (method, path) => (this.running ? scriptedEngine(engineAnswers) : absentEngine).send(method, path),
  };

  readonly processes: Processes = {
    ...systemProcesses(),
    which: (name) => Promise.resolve(this.commands.has(name) ? `/usr/bin/${name}` : undefined),
    run: (command, args) => {
      this.ran.push([command, ...args].join(' '));
      if (command === 'apt-get' && args.includes('install'))
        for (const name of ['dockerd', 'ip', 'iptables', 'haproxy', 'nft', 'conntrack']) this.commands.add(name);
      if (command === 'systemctl') this.running = true;
      return Promise.resolve({ code: 0, stdout: '', stderr: '' });
    },
    startDetached: (command) => {
      this.ran.push(`${command} &`);
      this.running = true;
      return Promise.resolve({ pid: 4711, exitCode: () => undefined });
    },
  };
}

/** `demo` as far as it gets: the fake machine has no server, so it always ends there. */
async function demo(machine: Machine, overrides: Partial<CommandLineDeps> = {}, userId = 0) {
  const clock = new SystemClock();
  const startMs = msFromInstant(clock.now());
  const fast = {
    now: () => instantFromMs(startMs + (msFromInstant(clock.now()) - startMs) * 100),
    monotonicMs: () => clock.monotonicMs(),
    setTimer: (delayMs: number, fire: () => void) => clock.setTimer(delayMs / 100, fire),
  };
  await using installation = await TestInstallation.create({
    engine: machine.engine,
    processes: machine.processes,
    clock: fast,
  });
  const deps = installation.deps();
  const result = await installation.run(['demo', '--port', '1'], {
    machine: { ...deps.machine, userId },
    http: { send: () => Promise.reject(new Fault('Unreachable', 'no')), canListen: () => Promise.resolve(false) },
    ...overrides,
  });
  const enginePid = await diskFiles().read(installationPaths(installation.dataDir).enginePid);
  return { ...result, enginePid };
}

describe('an engine is made ready', () => {
  test('where there is none: packages and daemon, each announced, the daemon remembered as ours', async () => {
    const machine = new Machine('apt-get', 'nsenter');
    const { stderr, enginePid } = await demo(machine);
    expect(machine.ran).toEqual([
      'apt-get update -q',
      'apt-get -q install -y --no-install-recommends docker.io iproute2 iptables nftables haproxy conntrack',
      '/usr/bin/dockerd &',
    ]);
    expect(stderr).toContain(
      "installing Docker Engine from Debian's packages: docker.io iproute2 iptables nftables haproxy conntrack",
    );
    expect(stderr).toContain('✓ docker start');
    expect(stderr).toContain('✓ docker           Engine 20.10.24, API 1.41');
    expect(enginePid).toBe('4711\n');
  });

  test('where it runs nothing is installed or started', async () => {
    const machine = new Machine('ip', 'iptables', 'nsenter', 'haproxy', 'nft', 'conntrack');
    machine.running = true;
    await demo(machine);
    expect(machine.ran).toEqual([]);
  });

  test("where only the agent's tools are missing those are installed", async () => {
    const machine = new Machine('apt-get', 'nsenter');
    machine.running = true;
    await demo(machine);
    expect(machine.ran.at(-1)).toBe('apt-get -q install -y --no-install-recommends iproute2 iptables nftables');
  });

  test('what load balancers run on is installed too; without it the host carries none', async () => {
    const tools = ['ip', 'iptables', 'nft', 'nsenter'];
    const machine = new Machine('apt-get', ...tools);
    machine.running = true;
    await demo(machine);
    expect(machine.ran.at(-1)).toBe('apt-get -q install -y --no-install-recommends haproxy conntrack');
    const other = new Machine(...tools);
    other.running = true;
    const { stderr } = await demo(other);
    expect(stderr).toContain('what load balancers run on is missing (haproxy, conntrack)');
    expect(stderr).toContain('this host carries no load balancers');
  });
});

describe('refusals name the way out', () => {
  test('ROADSTEAD_NO_INSTALL', async () => {
    const machine = new Machine('apt-get', 'nsenter');
    const { exitCode, stderr } = await demo(machine, { env: { ROADSTEAD_NO_INSTALL: '1' } });
    expect(exitCode).toBe(1);
    expect(stderr).toContain(
      'Docker Engine is missing (docker.io, iproute2, iptables, nftables, haproxy, conntrack)\n  ROADSTEAD_NO_INSTALL is set',
    );
    expect(machine.ran).toEqual([]);
  });

  test('no apt-get', async () => {
    const { exitCode, stderr } = await demo(new Machine());
    expect(exitCode).toBe(1);
    expect(stderr).toContain('this machine has no apt-get');
  });

  test('not root', async () => {
    const machine = new Machine('apt-get');
    const { exitCode, stderr } = await demo(machine, {}, 1000);
    expect(exitCode).toBe(4);
    expect(stderr).toContain('next: sudo ./roadstead demo');
    expect(machine.ran).toEqual([]);
  });

  test('an engine that this user may not use', async () => {
    const engine: Engine = {
      address: 'unix:///var/run/docker.sock',
      send: () => Promise.reject(new Fault('EngineDenied', 'permission denied on unix:///var/run/docker.sock')),
    };
    const { exitCode, stderr } = await demo(new Machine(), { engine });
    expect(exitCode).toBe(4);
    expect(stderr).toContain('sudo usermod -aG docker "$USER"');
  });

  test('an engine elsewhere that does not answer is not replaced', async () => {
    const machine = new Machine('apt-get');
    const engine = { ...absentEngine, address: 'tcp://10.0.0.9:2375' };
    const { exitCode, stderr } = await demo(machine, { engine });
    expect(exitCode).toBe(69);
    expect(stderr).toContain('start the engine that DOCKER_HOST names (tcp://10.0.0.9:2375), or unset DOCKER_HOST');
    expect(machine.ran).toEqual([]);
  });
});

describe('down --tasks', () => {
  /** An installation that had started an engine, with these containers on it. */
  async function down(containers: readonly unknown[], commandLine: readonly string[]) {
    await using installation = await TestInstallation.create();
    const paths = installationPaths(installation.dataDir);
    await mkdir(paths.agent, { recursive: true });
    await writeFile(paths.agentState, JSON.stringify({ containerInstanceArn: 'ours' }));
    await writeFile(paths.enginePid, '4711\n');
    const signals: string[] = [];
    const processes: Processes = {
      ...systemProcesses(),
      commandLine: (pid) => Promise.resolve(pid === 4711 && signals.length === 0 ? commandLine : undefined),
      isAlive: () => signals.length === 0,
      signal: (pid, name) => signals.push(`${pid} ${name}`) > 0,
    };
    const engine = scriptedEngine({
      ...engineAnswers,
      'GET /_ping': 'OK',
      'GET /containers/json': containers,
      'GET /images/json': [],
      'DELETE /images/localhost/roadstead/hello:1': [],
    });
    const result = await installation.run(['down', '--tasks', '--json'], { processes, engine });
    return { ...(JSON.parse(result.stdout) as { readonly engineStopped: boolean }), signals, stderr: result.stderr };
  }

  const container = (Labels: Readonly<Record<string, string>>) => ({ Id: 'a', Names: ['/a'], State: 'exited', Labels });
  const own = container({ 'roadstead.container-instance-arn': 'ours' });

  test('stops the engine that this installation had started', async () => {
    expect(await down([own], ['/usr/sbin/dockerd'])).toMatchObject({ engineStopped: true, signals: ['4711 SIGTERM'] });
  });

  test.each([
    ["that are not Roadstead's", {}],
    ['of another installation', { 'roadstead.container-instance-arn': 'theirs' }],
  ])('leaves it to containers %s', async (_, labels) => {
    const result = await down([own, container(labels)], ['/usr/sbin/dockerd']);
    expect(result).toMatchObject({ engineStopped: false, signals: [] });
    expect(result.stderr).toContain('the Docker Engine stays up: 1 other container uses it');
  });

  test('leaves a process alone that only has its number', async () => {
    expect(await down([], ['/usr/bin/vim'])).toMatchObject({ engineStopped: false, signals: [] });
  });
});
