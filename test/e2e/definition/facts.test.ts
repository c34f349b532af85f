import { readFileSync, readlinkSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DefinitionWorld, shell, told } from './world.ts';

let world: DefinitionWorld;
beforeAll(async () => {
  world = await DefinitionWorld.start();
});
afterAll(async () => {
  await world?.[Symbol.asyncDispose]();
});

const mebibyte = 1024 ** 2;
const status = (member: string): string => `sed -n 's/^${member}:[[:space:]]*//p' /proc/self/status`;
const group = (controller: string, file: string): string => `cat /sys/fs/cgroup/${controller}/${file}`;

/** One container that asks for everything that goes together, and what it says of itself. */
const everything = (device: string) => ({
  name: 'app',
  entryPoint: ['/bin/sh', '-c'],
  command: [
    told({
      user: 'id -u; id -g',
      directory: 'pwd',
      greeting: 'echo "$GREETING"',
      hostname: 'hostname',
      resolv: 'cat /etc/resolv.conf',
      hosts: 'cat /etc/hosts',
      newPrivileges: status('NoNewPrivs'),
      capabilities: status('CapBnd'),
      root: 'touch /tmp/x',
      files: "grep 'open files' /proc/self/limits",
      processes: "grep 'Max processes' /proc/self/limits",
      somaxconn: 'cat /proc/sys/net/core/somaxconn',
      messages: 'cat /proc/sys/kernel/msgmax',
      init: 'cat /proc/1/comm',
      scratch: "grep ' /scratch ' /proc/mounts",
      shm: "df -k /dev/shm | awk 'NR==2 { print $2 }'",
      deviceRead: "sh -c ': < /dev/galley' && echo read",
      deviceWrite: "sh -c ': > /dev/galley' && echo written",
      shares: group('cpu', 'cpu.shares'),
      memory: group('memory', 'memory.limit_in_bytes'),
      reservation: group('memory', 'memory.soft_limit_in_bytes'),
      swap: group('memory', 'memory.memsw.limit_in_bytes'),
      swappiness: group('memory', 'memory.swappiness'),
      terminal: 'tty',
      input: 'readlink /proc/self/fd/0',
    }),
  ],
  environment: [{ name: 'GREETING', value: 'two words = one' }],
  workingDirectory: '/tmp',
  user: '1234:2345',
  hostname: 'galley',
  dnsServers: ['192.0.2.53'],
  dnsSearchDomains: ['ship.example'],
  extraHosts: [{ hostname: 'harbour', ipAddress: '192.0.2.7' }],
  dockerLabels: { berth: 'three' },
  logConfiguration: { logDriver: 'json-file', options: { 'max-size': '1m' } },
  dockerSecurityOptions: ['no-new-privileges'],
  readonlyRootFilesystem: true,
  ulimits: [
    { name: 'nofile', softLimit: 1000, hardLimit: 2000 },
    { name: 'nproc', softLimit: 300, hardLimit: 400 },
  ],
  systemControls: [
    { namespace: 'net.core.somaxconn', value: '333' },
    { namespace: 'kernel.msgmax', value: '9000' },
  ],
  linuxParameters: {
    capabilities: { add: ['NET_ADMIN'], drop: ['MKNOD'] },
    devices: [{ hostPath: device, containerPath: '/dev/galley', permissions: ['read'] }],
    initProcessEnabled: true,
    sharedMemorySize: 32,
    tmpfs: [{ containerPath: '/scratch', size: 16, mountOptions: ['noexec'] }],
    maxSwap: 64,
    swappiness: 10,
  },
  cpu: 300,
  memory: 64,
  memoryReservation: 48,
});

describe('what a container asks for, seen from inside', () => {
  let facts: Record<string, string>;
  let taskArn: string;
  beforeAll(async () => {
    // Nothing that the engine lets every container use anyway: /dev/fuse, for everybody.
    const device = `${world.folder}/device`;
    shell(`mknod -m 666 ${device} c 10 229`);
    taskArn = await world.run({}, [everything(device)]);
    facts = await world.facts(taskArn, 'app');
  });

  test('command, entryPoint, environment, workingDirectory, user', () => {
    expect(facts).toMatchObject({ user: '1234\n2345', directory: '/tmp', greeting: 'two words = one' });
  });

  test('hostname, dnsServers, dnsSearchDomains, extraHosts', () => {
    expect(facts['hostname']).toBe('galley');
    expect(facts['resolv']).toMatch(/^nameserver 192\.0\.2\.53$/m);
    expect(facts['resolv']).toMatch(/^search ship\.example$/m);
    expect(facts['hosts']).toMatch(/^192\.0\.2\.7\s+harbour$/m);
  });

  test('dockerLabels beside those of ECS', async () => {
    const { Labels } = (await world.inspected(taskArn, 'app')).Config;
    expect(Labels).toMatchObject({ berth: 'three', 'com.amazonaws.ecs.task-arn': taskArn });
  });

  test('logConfiguration of a driver that needs no credentials', async () => {
    const { LogConfig } = (await world.inspected(taskArn, 'app')).HostConfig;
    expect(LogConfig).toMatchObject({ Type: 'json-file', Config: { 'max-size': '1m' } });
  });

  test('dockerSecurityOptions', () => {
    expect(facts['newPrivileges']).toBe('1');
  });

  test('readonlyRootFilesystem', () => {
    expect(facts['root']).toContain('Read-only file system');
  });

  test('ulimits', () => {
    expect(facts['files']).toMatch(/\s1000\s+2000\s/);
    expect(facts['processes']).toMatch(/\s300\s+400\s/);
  });

  test('systemControls of network and IPC', () => {
    expect(facts).toMatchObject({ somaxconn: '333', messages: '9000' });
  });

  test('linuxParameters: capabilities', () => {
    const bounding = BigInt(`0x${facts['capabilities']}`);
    const has = (bit: number): boolean => (bounding >> BigInt(bit)) % 2n === 1n;
    expect({ netAdmin: has(12), mknod: has(27), chown: has(0) }).toEqual({ netAdmin: true, mknod: false, chown: true });
  });

  test('linuxParameters: devices', () => {
    expect(facts).toMatchObject({ deviceRead: 'read', deviceWrite: expect.stringContaining('not permitted') });
  });

  test('linuxParameters: initProcessEnabled', () => {
    expect(facts['init']).toBe('docker-init');
  });

  test('linuxParameters: sharedMemorySize and tmpfs', () => {
    expect(facts['shm']).toBe(String(32 * 1024));
    expect(facts['scratch']).toMatch(/^tmpfs \/scratch tmpfs \S*noexec\S*size=16384k/);
  });

  test('linuxParameters: maxSwap and swappiness', () => {
    expect(facts).toMatchObject({ swap: String(128 * mebibyte), swappiness: '10' });
  });

  test('cpu, memory and memoryReservation', () => {
    const expected = { shares: '300', memory: String(64 * mebibyte), reservation: String(48 * mebibyte) };
    expect(facts).toMatchObject(expected);
  });

  test('no terminal and no open input unless asked for', () => {
    expect(facts).toMatchObject({ terminal: 'not a tty', input: '/dev/null' });
  });
});

describe('what a container may do, seen from inside', () => {
  const mine = readFileSync('/proc/self/status', 'utf8').match(/^CapBnd:\s*(\w+)/m)?.[1] ?? '';
  const every = 2n ** BigInt(Number(readFileSync('/proc/sys/kernel/cap_last_cap', 'utf8')) + 1) - 1n;

  // A machine that was itself denied a capability cannot grant it.
  test.skipIf(BigInt(`0x${mine}`) !== every)('privileged: every capability and device', async () => {
    const script = told({ capabilities: status('CapEff'), devices: 'ls /dev' });
    const taskArn = await world.run({}, [{ name: 'app', command: ['sh', '-c', script], privileged: true }]);
    const facts = await world.facts(taskArn, 'app');
    expect(BigInt(`0x${facts['capabilities']}`)).toBe(every);
    expect(facts['devices']).toContain('loop-control');
  });

  test('pseudoTerminal and interactive: a terminal that can be written to', async () => {
    const command = ['sh', '-c', told({ terminal: 'tty', input: 'readlink /proc/self/fd/0' })];
    const taskArn = await world.run({}, [{ name: 'app', command, pseudoTerminal: true, interactive: true }]);
    expect(await world.facts(taskArn, 'app')).toMatchObject({ terminal: '/dev/pts/0', input: '/dev/pts/0' });
  });

  test('interactive alone: its input stays open', async () => {
    const command = ['sh', '-c', told({ input: 'readlink /proc/self/fd/0' })];
    const taskArn = await world.run({}, [{ name: 'app', command, interactive: true }]);
    expect((await world.facts(taskArn, 'app'))['input']).toMatch(/^pipe:/);
  });
});

const namespaces = (...kinds: string[]): string =>
  told({
    ...Object.fromEntries(kinds.map((kind) => [kind, `readlink /proc/self/ns/${kind}`])),
    own: 'ls -d /proc/[0-9]*',
  });
const ofHost = (kind: string): string => readlinkSync(`/proc/self/ns/${kind}`);

describe('where a task may run', () => {
  const app = { name: 'app', command: ['true'] };
  const platform = (cpuArchitecture: string): object => ({
    runtimePlatform: { cpuArchitecture, operatingSystemFamily: 'LINUX' },
  });

  test('runtimePlatform: on an instance of its kind alone', async () => {
    const [mine, other] = process.arch === 'arm64' ? ['ARM64', 'X86_64'] : ['X86_64', 'ARM64'];
    await world.reaches(await world.run(platform(mine), [app]), 'STOPPED');
    await expect(world.run(platform(other), [app])).rejects.toThrow(/not placed: .*"ATTRIBUTE"/);
  });

  test('placementConstraints: on an instance that its expression describes', async () => {
    const constrained = (expression: string): object => ({ placementConstraints: [{ type: 'memberOf', expression }] });
    await world.reaches(await world.run(constrained('attribute:ecs.os-type == linux'), [app]), 'STOPPED');
    await expect(world.run(constrained('attribute:ecs.os-type == plan9'), [app])).rejects.toThrow(/not placed: /);
  });
});

describe('namespaces', () => {
  const script = namespaces('pid', 'ipc', 'net', 'uts');

  test("networkMode, pidMode and ipcMode host are the host's, and no others", async () => {
    const modes = { networkMode: 'host', pidMode: 'host', ipcMode: 'host' };
    const shared = await world.run(modes, [{ name: 'app', command: ['sh', '-c', script] }]);
    const own = await world.run({}, [{ name: 'app', command: ['sh', '-c', script] }]);
    const ofShared = await world.facts(shared, 'app');
    const ofOwn = await world.facts(own, 'app');
    for (const kind of ['pid', 'ipc', 'net']) {
      expect(ofShared[kind]).toBe(ofHost(kind));
      expect(ofOwn[kind]).not.toBe(ofHost(kind));
    }
  });

  test('pidMode and ipcMode task: the containers of the task share them, and orphans do not stay', async () => {
    const orphan = '(sleep 0.2 & exec true); sleep 1; ps -o stat,comm | grep -c ^Z';
    const first = told({ pid: 'readlink /proc/self/ns/pid', ipc: 'readlink /proc/self/ns/ipc', zombies: orphan });
    const second = namespaces('pid', 'ipc');
    const limits = { sharedMemorySize: 24 };
    const taskArn = await world.run({ pidMode: 'task', ipcMode: 'task' }, [
      { name: 'first', command: ['sh', '-c', first], linuxParameters: limits },
      { name: 'second', command: ['sh', '-c', second], dependsOn: [{ containerName: 'first', condition: 'START' }] },
    ]);
    const [one, two] = [await world.facts(taskArn, 'first'), await world.facts(taskArn, 'second')];
    expect(one['zombies']).toBe('0');
    for (const kind of ['pid', 'ipc']) {
      expect(two[kind]).toBe(one[kind]);
      expect(two[kind]).not.toBe(ofHost(kind));
    }
    // The holder is process 1; the other container's shell is there as well.
    expect(shell(`docker exec ${await world.runtimeId(taskArn, 'second')} ps -o comm`).split('\n')).toContain('pause');
    expect(two['own']?.split('\n').length).toBeGreaterThanOrEqual(3);
    expect((await world.task(taskArn)).containers).toHaveLength(2);
    const stopped = await world.stop(taskArn);
    expect(stopped.containers.map(({ lastStatus }: { lastStatus: string }) => lastStatus)).toEqual([
      'STOPPED',
      'STOPPED',
    ]);
  });

  test('ipcMode none: there is no shared memory', async () => {
    const command = ['sh', '-c', told({ shm: 'grep -c /dev/shm /proc/mounts' })];
    const taskArn = await world.run({ ipcMode: 'none' }, [{ name: 'app', command }]);
    expect((await world.facts(taskArn, 'app'))['shm']).toBe('0');
  });

  test('networkMode none and disableNetworking: the loopback and nothing else', async () => {
    const app = { name: 'app', command: ['sh', '-c', told({ devices: 'ls /sys/class/net' })] };
    const none = await world.run({ networkMode: 'none' }, [app]);
    const disabled = await world.run({}, [{ ...app, disableNetworking: true }]);
    for (const taskArn of [none, disabled]) expect((await world.facts(taskArn, 'app'))['devices']).toBe('lo');
  });
});
