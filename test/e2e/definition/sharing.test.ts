import { createSocket } from 'node:dgram';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Answer } from '../../support/installation.ts';
import { DefinitionWorld, shell, told } from './world.ts';

let world: DefinitionWorld;
/** What a shared volume is called: it outlives its tasks, so that the test removes it. */
const sharedName = `roadstead-shared-${process.pid}`;
beforeAll(async () => {
  world = await DefinitionWorld.start();
});
afterAll(async () => {
  await world?.[Symbol.asyncDispose]();
  shell(`docker volume rm -f ${sharedName}`);
});

const sh = (script: string): { command: string[] } => ({ command: ['sh', '-c', script] });
const mount = (sourceVolume: string, containerPath: string, readOnly = false): object => ({
  sourceVolume,
  containerPath,
  readOnly,
});
const mounted = (path: string): string => `grep ' ${path} ' /proc/mounts`;

describe('volumes', () => {
  test('host: a folder of the instance, read-only where the mount point says so', async () => {
    mkdirSync(`${world.folder}/hold`);
    writeFileSync(`${world.folder}/hold/cargo`, 'tea');
    const script = told({ read: 'cat /in/cargo', refused: 'touch /in/x', write: 'echo coffee > /out/made' });
    const volumes = [{ name: 'hold', host: { sourcePath: `${world.folder}/hold` } }];
    const mountPoints = [mount('hold', '/in', true), mount('hold', '/out')];
    const taskArn = await world.run({ volumes }, [{ name: 'app', ...sh(script), mountPoints }]);
    const facts = await world.facts(taskArn, 'app');
    expect(facts).toMatchObject({ read: 'tea', refused: expect.stringContaining('Read-only file system') });
    expect(readFileSync(`${world.folder}/hold/made`, 'utf8')).toBe('coffee\n');
    await world.stop(taskArn);
    expect(existsSync(`${world.folder}/hold/made`)).toBe(true);
  });

  test('without a host path, and docker with scope task: shared by the containers, gone with the task', async () => {
    const driverOpts = { type: 'tmpfs', device: 'tmpfs', o: 'size=3m' };
    const volumes = [
      { name: 'plain' },
      {
        name: 'own',
        dockerVolumeConfiguration: { scope: 'task', driver: 'local', driverOpts, labels: { deck: 'two' } },
      },
    ];
    const mountPoints = [mount('plain', '/plain'), mount('own', '/own')];
    const reads = 'until [ -f /plain/x ]; do sleep 0.1; done; cat /plain/x; touch /plain/y';
    const taskArn = await world.run({ volumes }, [
      { name: 'app', ...sh(told({ made: 'echo mine > /plain/x', own: mounted('/own') })), mountPoints },
      { name: 'other', ...sh(told({ seen: reads })), mountPoints: [mount('plain', '/plain', true)] },
      {
        name: 'heir',
        ...sh(told({ own: mounted('/own') })),
        volumesFrom: [{ sourceContainer: 'app', readOnly: true }],
      },
    ]);
    expect((await world.facts(taskArn, 'app'))['own']).toMatch(/^tmpfs \/own tmpfs rw\S*size=3072k/);
    expect((await world.facts(taskArn, 'other'))['seen']).toMatch(/^mine\n.*Read-only file system/s);
    expect((await world.facts(taskArn, 'heir'))['own']).toMatch(/^tmpfs \/own tmpfs ro/);
    const names = shell(`docker volume ls -q --filter label=com.amazonaws.ecs.task-arn=${taskArn}`).split('\n');
    expect(names.map((name) => name.replace(/-[0-9a-f]{20}$/, '')).toSorted()).toEqual([
      expect.stringMatching(/^ecs-facts-\d+-1-own$/),
      expect.stringMatching(/^ecs-facts-\d+-1-plain$/),
    ]);
    expect(shell('docker volume ls -q --filter label=deck=two')).toBe(names.find((name) => name.includes('-own-')));
  });

  test('docker with scope shared: made when autoprovision says so, kept for the next task, which must not make it', async () => {
    const shared = (autoprovision: boolean): object => ({
      volumes: [
        { name: sharedName, dockerVolumeConfiguration: { scope: 'shared', autoprovision, labels: { hull: 'one' } } },
      ],
    });
    const mountPoints = [mount(sharedName, '/kept')];
    const missing = await world.run(shared(false), [{ name: 'app', ...sh('true'), mountPoints }]);
    expect(await world.reaches(missing, 'STOPPED')).toMatchObject({
      stopCode: 'TaskFailedToStart',
      stoppedReason: `CannotInspectVolumeError: no such volume: ${sharedName}`,
    });
    const writes = await world.run(shared(true), [{ name: 'app', ...sh('echo kept > /kept/x'), mountPoints }]);
    await world.reaches(writes, 'STOPPED');
    const reads = await world.run(shared(false), [{ name: 'app', ...sh(told({ x: 'cat /kept/x' })), mountPoints }]);
    expect((await world.facts(reads, 'app'))['x']).toBe('kept');
    expect(shell('docker volume ls -q --filter label=hull=one')).toBe(sharedName);
  });
});

describe('networks', () => {
  const echo = 'while :; do echo ahoy | nc -l -p 9000; done & httpd -f -p 80 -h /etc';

  test('portMappings: static, dynamic, UDP and a range, each answering where the task says', async () => {
    const first = 9300;
    const portMappings = [
      { containerPort: 80, hostPort: 38_080 },
      { containerPort: 9000, hostPort: 0 },
      { containerPort: 9100, protocol: 'udp' },
      { containerPortRange: `${first}-${first + 2}` },
    ];
    const listens = `${echo} & for port in 0 1 2; do (while :; do echo $port | nc -l -p 930$port; done) & done; sleep 3600`;
    const taskArn = await world.run({}, [{ name: 'app', ...sh(listens), portMappings }]);
    const { containers } = await world.reaches(taskArn, 'RUNNING');
    const bindings: Answer[] = containers[0].networkBindings;
    const of = (member: object): Answer =>
      bindings.find((each) => Object.entries(member).every(([key, value]) => each[key] === value));
    expect(of({ containerPort: 80 })).toMatchObject({ hostPort: 38_080, protocol: 'tcp', bindIP: '0.0.0.0' });
    const dynamic = of({ containerPort: 9000 }).hostPort;
    const { hostPortRange } = of({ containerPortRange: `${first}-${first + 2}` });
    const [firstHost, lastHost] = hostPortRange.split('-').map(Number);
    expect(lastHost - firstHost).toBe(2);
    expect(await stream(dynamic)).toBe('ahoy');
    for (const port of [0, 1, 2]) expect(await stream(firstHost + port)).toBe(String(port));
    const page = await fetch('http://127.0.0.1:38080/hostname');
    expect(page.status).toBe(200);
    // No applet listens to UDP: the kernel counts what came to a port that nobody has.
    const id = await world.runtimeId(taskArn, 'app');
    const unclaimed = (): number => Number(shell(`docker exec ${id} grep '^Udp: [0-9]' /proc/net/snmp`).split(' ')[2]);
    const before = unclaimed();
    await world.installation.until('the datagram is there', async () => {
      await datagram(of({ containerPort: 9100 }).hostPort, 'overboard');
      return unclaimed() > before;
    });
  });

  test('links: a name of another container, and its alias', async () => {
    const taskArn = await world.run({}, [
      {
        name: 'app',
        ...sh(told({ hosts: 'cat /etc/hosts', ping: 'ping -c 1 -W 2 database' })),
        links: ['db:database'],
      },
      { name: 'db', ...sh('sleep 3600') },
    ]);
    const facts = await world.facts(taskArn, 'app');
    expect(facts['ping']).toContain('1 packets received');
    expect(facts['hosts']).toMatch(/^[\d.]+\s+database \S+ ecs-facts-\d+-1-db-[0-9a-f]{20}$/m);
  });

  test('awsvpc: one interface for all containers, and the kernel parameters of its network', async () => {
    const systemControls = [{ namespace: 'net.ipv4.ip_default_ttl', value: '77' }];
    const { subnets } = await world.installation.call('DescribeNetwork', {}, 'roadstead');
    const awsvpcConfiguration = { subnets: [subnets[0].subnetId] };
    const taskArn = await world.run(
      { networkMode: 'awsvpc' },
      [
        {
          name: 'app',
          ...sh(`httpd -p 8080 -h /etc; ${told({ ttl: 'cat /proc/sys/net/ipv4/ip_default_ttl' })}`),
          systemControls,
        },
        {
          name: 'side',
          ...sh(told({ answer: 'until wget -q -O - 2> /dev/null http://127.0.0.1:8080/hostname; do sleep 0.1; done' })),
        },
      ],
      { networkConfiguration: { awsvpcConfiguration } },
    );
    expect((await world.facts(taskArn, 'app'))['ttl']).toBe('77');
    const { attachments } = await world.task(taskArn);
    const detail = (wanted: string): string => attachments[0].details.find(({ name }: Answer) => name === wanted).value;
    expect((await world.facts(taskArn, 'side'))['answer']).toBe(detail('privateDnsName'));
    await world.stop(taskArn);
  });
});

/** What a TCP server says of itself. */
async function stream(port: number): Promise<string> {
  return await world.installation.until(`an answer of ${port}`, async () => {
    let text = '';
    for await (const chunk of connect(port, '127.0.0.1')) text += String(chunk);
    return text === '' ? undefined : text.trim();
  });
}

async function datagram(port: number, text: string): Promise<void> {
  const socket = createSocket('udp4');
  await new Promise((resolve) => socket.send(text, port, '127.0.0.1', resolve));
  socket.close();
}

test('cpu and memory of the task as a whole', async () => {
  const script = told({ groups: 'cat /proc/self/cgroup' });
  const taskArn = await world.run({ cpu: '512', memory: '96' }, [{ name: 'app', memory: 64, ...sh(script) }]);
  const { groups = '' } = await world.facts(taskArn, 'app');
  const group = `ecs/${taskArn.split('/').at(-1)}`;
  for (const controller of ['cpu', 'memory']) {
    expect(groups).toMatch(new RegExp(`:[^:]*\\b${controller}\\b[^:]*:/${group}/[0-9a-f]{64}$`, 'm'));
  }
  expect(shell(`cat /sys/fs/cgroup/cpu/${group}/cpu.cfs_quota_us`)).toBe('50000');
  expect(shell(`cat /sys/fs/cgroup/memory/${group}/memory.limit_in_bytes`)).toBe(String(96 * 1024 ** 2));
});
