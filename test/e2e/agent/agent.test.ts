import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TaskStateReport } from '#agent';
import type { PayloadTask } from '#wire/link';
import { payloadContainer, payloadTask } from '../../../src/agent/testing.ts';
import { ids, makeTestImage, removeTestImage, shell, TestHost, testImage, until } from './harness.ts';

/**
 * What this test could leave behind: other agents may be at work on the same machine at the same time, so only what is
 * this test's by address, owner or image counts; and the host-wide rules, when nobody else has a device.
 */
function machineState(): string {
  const others = shell('docker ps -aq --filter label=roadstead.container-instance-arn; pgrep -f "[c]li.ts" || true');
  const alone = others === '';
  return [
    shell('ip -4 route | grep 10.253. || true'),
    shell('ip -j -d link show type veth | grep -o roadstead-agent- || true'),
    shell(`docker ps -aq --filter ancestor=${testImage}`),
    shell('docker ps -a --format "{{.Names}}" | grep ecs-web-1- || true'),
    shell('docker volume ls -q | grep ecs-web-1- || true'),
    alone ? shell('iptables-save | grep -i roadstead || true') : '',
    alone ? shell('docker images -q roadstead/pause') : '',
  ].join('\n');
}

let before = '';
beforeAll(() => {
  makeTestImage();
  before = machineState();
});
afterAll(() => {
  removeTestImage();
});

const server = ['httpd', '-f', '-p', '80', '-h', '/www'];
const web = { image: testImage, command: server, portMappings: [{ containerPort: 80, protocol: 'tcp' as const }] };
/** Runs until it is told to end. */
const patient = ['sh', '-c', 'trap "exit 0" TERM; while :; do sleep 0.1; done'];

let nextAddress = 10;
function vpcTask(container: object, over: Partial<PayloadTask> = {}): PayloadTask {
  const last = nextAddress++;
  const eni = {
    attachmentArn: 'arn:aws:ecs:us-east-1:000000000000:attachment/default/1',
    ec2Id: `eni-${ids.hex(17)}`,
    macAddress: `0a:52:00:00:00:${last.toString(16).padStart(2, '0')}`,
    index: 0,
    interfaceAssociationProtocol: 'default',
    ipv4Addresses: [{ privateAddress: `10.253.16.${last}`, primary: true }],
    subnetGatewayIpv4Address: '10.253.16.1/20',
    privateDnsName: `ip-10-253-16-${last}.ec2.internal`,
  };
  return payloadTask(ids, container, { networkMode: 'awsvpc', elasticNetworkInterfaces: [eni], ...over });
}

async function reported(host: TestHost, task: PayloadTask, status: string): Promise<TaskStateReport> {
  return until(`${status} of ${task.arn}`, () => {
    const report = host.controlPlane.lastReport(task.arn);
    if (report?.status === 'STOPPED' && status !== 'STOPPED') throw new Error(`stopped: ${JSON.stringify(report)}`);
    return report?.status === status ? report : undefined;
  });
}

async function run(host: TestHost, task: PayloadTask): Promise<string> {
  host.controlPlane.assign(task);
  return (await reported(host, task, 'RUNNING')).containers[0]?.runtimeId ?? '';
}

function addressOf(task: PayloadTask): string {
  return task.elasticNetworkInterfaces![0]!.ipv4Addresses[0]!.privateAddress;
}

/** What a web server answers, once it listens. */
async function answerOf(address: string): Promise<string> {
  const response = await until(`an answer of ${address}`, () =>
    fetch(`http://${address}/`, { signal: AbortSignal.timeout(1000) }).catch(() => undefined),
  );
  return response.text();
}

describe('tasks on Docker Engine', () => {
  test('bridge mode: a dynamic host port answers', async () => {
    await using host = new TestHost();
    await host.start();
    const task = payloadTask(ids, web);
    await run(host, task);
    const [binding] = host.controlPlane.lastReport(task.arn)?.containers[0]?.networkBindings ?? [];
    expect(await answerOf(`127.0.0.1:${binding?.hostPort}`)).toBe('hello\n');
  });

  test('environment, links, volumes and user labels reach the container', async () => {
    await using host = new TestHost();
    await host.start();
    const config = JSON.stringify({ Labels: { mine: 'yes' }, WorkingDir: '/tmp' });
    const task = payloadTask(
      ids,
      {},
      {
        volumes: [{ name: 'shared', type: 'host', host: {} }],
        containers: [
          payloadContainer({
            image: testImage,
            command: ['sh', '-c', 'echo "$GREETING" > /data/word; sleep 1000'],
            environment: { GREETING: 'ahoy = there' },
            links: ['db:database'],
            mountPoints: [{ sourceVolume: 'shared', containerPath: '/data', readOnly: false }],
            dockerConfig: { version: '1.24', config, hostConfig: '{}' },
            cpu: 256,
            memory: 32,
          }),
          payloadContainer({
            name: 'db',
            image: testImage,
            command: ['sleep', '1000'],
            mountPoints: [{ sourceVolume: 'shared', containerPath: '/seen', readOnly: true }],
          }),
        ],
      },
    );
    const id = await run(host, task);
    await until('the word', () => shell(`docker exec ${id} cat /data/word 2>/dev/null || true`) === 'ahoy = there');
    const db = host.controlPlane.lastReport(task.arn)?.containers[1]?.runtimeId;
    expect(shell(`docker exec ${db} cat /seen/word`)).toBe('ahoy = there');
    expect(() => shell(`docker exec ${db} touch /seen/no 2>/dev/null`)).toThrow();
    expect(shell(`docker exec ${id} ping -c 1 -W 2 database`)).toContain('1 packets received');
    expect(
      shell(`docker exec ${id} sh -c 'echo $AWS_REGION $AWS_DEFAULT_REGION; hostname > /dev/null; echo $PWD'`),
    ).toBe('us-east-1 us-east-1\n/tmp');
    const inspected = JSON.parse(shell(`docker inspect ${id}`))[0];
    expect(inspected.Name).toMatch(/^\/ecs-web-1-app-[0-9a-f]{20}$/);
    expect(inspected.Config.Labels).toMatchObject({ mine: 'yes', 'com.amazonaws.ecs.task-arn': task.arn });
    expect(inspected.HostConfig).toMatchObject({ CpuShares: 256, Memory: 32 * 1024 ** 2 });
  });

  test('the limits of a task as a whole hold', async () => {
    await using host = new TestHost();
    await host.start();
    const task = payloadTask(ids, { image: testImage, command: ['sleep', '1000'] }, { cpu: 0.25, memory: 96 });
    const id = await run(host, task);
    const group = `/ecs/${task.arn.split('/').at(-1)}`;
    const pid = shell(`docker inspect -f '{{.State.Pid}}' ${id}`);
    expect(shell(`grep -E ':(cpu|memory|pids):' /proc/${pid}/cgroup | cut -d: -f3`).split('\n')).toEqual(
      Array.from({ length: 3 }, () => `${group}/${id}`),
    );
    expect(shell(`cat /sys/fs/cgroup/cpu${group}/cpu.cfs_quota_us`)).toBe('25000');
    expect(shell(`cat /sys/fs/cgroup/memory${group}/memory.limit_in_bytes`)).toBe(String(96 * 1024 ** 2));
    host.controlPlane.stop(task);
    await reported(host, task, 'STOPPED');
    expect(shell(`ls -d /sys/fs/cgroup/*${group} 2>/dev/null || true`)).toBe('');
  });

  test('exit codes, a missing command, a missing image and a lack of memory are told apart', async () => {
    await using host = new TestHost();
    await host.start();
    const base = { image: testImage };
    const seven = payloadTask(ids, { ...base, command: ['sh', '-c', 'exit 7'] });
    const nothing = payloadTask(ids, { ...base, command: ['/no/such/program'] });
    const absent = payloadTask(ids, { image: '127.0.0.1:1/absent:1' });
    const hungry = payloadTask(ids, { ...base, command: ['sh', '-c', 'tail /dev/zero'], memory: 16 });
    host.controlPlane.assign(seven, nothing, absent, hungry);
    expect((await reported(host, seven, 'STOPPED')).containers[0]).toMatchObject({ exitCode: 7 });
    const unstarted = (await reported(host, nothing, 'STOPPED')).containers[0];
    expect(unstarted?.reason).toMatch(/^CannotStartContainerError: Error response from daemon: .*no such file/s);
    expect(unstarted).not.toHaveProperty('exitCode');
    expect((await reported(host, hungry, 'STOPPED')).containers[0]).toMatchObject({
      exitCode: 137,
      reason: 'OutOfMemoryError: Container killed due to memory usage',
    });
    const unpulled = await reported(host, absent, 'STOPPED');
    expect(unpulled.containers[0]?.reason).toMatch(/^CannotPullContainerError: Error response from daemon: /);
    expect(unpulled.pullStartedAt).toBeGreaterThan(0);
  });

  test('a container killed from outside is noticed at once', async () => {
    await using host = new TestHost();
    await host.start();
    const task = payloadTask(ids, { image: testImage, command: ['sleep', '1000'] });
    const id = await run(host, task);
    const pid = Number(shell(`docker inspect -f '{{.State.Pid}}' ${id}`));
    process.kill(pid, 'SIGKILL');
    expect((await reported(host, task, 'STOPPED')).containers[0]).toMatchObject({ exitCode: 137 });
  });

  test('the stop signal comes first, SIGKILL after the timeout', async () => {
    await using host = new TestHost();
    await host.start();
    const polite = payloadTask(ids, { image: testImage, command: patient, stopTimeout: 20 });
    const deaf = payloadTask(ids, {
      image: testImage,
      command: ['sh', '-c', 'trap "" TERM; while :; do sleep 0.1; done'],
      stopTimeout: 1,
    });
    await run(host, polite);
    await run(host, deaf);
    const began = Date.now();
    host.controlPlane.stop(polite);
    host.controlPlane.stop(deaf);
    expect((await reported(host, polite, 'STOPPED')).containers[0]).toMatchObject({ exitCode: 0 });
    expect((await reported(host, deaf, 'STOPPED')).containers[0]).toMatchObject({ exitCode: 137 });
    expect(Date.now() - began).toBeLessThan(15_000);
  });

  test('a restart policy starts the same container again, until it ends with a code it ignores', async () => {
    await using host = new TestHost();
    await host.start();
    const script = 'echo run >> /runs; sleep 1.2; [ $(busybox wc -l < /runs) -lt 3 ] && exit 6; exit 7';
    const restartPolicy = { enabled: true, ignoredExitCodes: [7], restartAttemptPeriod: 1 };
    const task = payloadTask(ids, { image: testImage, command: ['sh', '-c', script], restartPolicy });
    const id = await run(host, task);
    expect((await reported(host, task, 'STOPPED')).containers[0]).toMatchObject({ exitCode: 7, runtimeId: id });
    expect(shell(`docker cp ${id}:/runs - | tar -xO`).split('\n')).toHaveLength(3);
    const said = host.controlPlane.statusesOf(task.arn);
    // A slow host says PENDING again once the container has an id.
    const once = said.filter((status, index) => index === 0 || status !== 'PENDING');
    expect(once).toEqual(['PENDING', 'RUNNING', 'STOPPED']);
  });

  test('health comes from the container itself', async () => {
    await using host = new TestHost();
    await host.start();
    const Healthcheck = { Test: ['CMD', 'ls', '/tmp/well'], Interval: 200_000_000, Timeout: 5e9, Retries: 1 };
    const dockerConfig = { version: '1.24', config: JSON.stringify({ Healthcheck }), hostConfig: '{}' };
    const app = { image: testImage, healthCheckType: 'docker' as const, dockerConfig };
    const task = payloadTask(ids, { ...app, command: ['sh', '-c', 'touch /tmp/well; sleep 1000'] });
    const id = await run(host, task);
    const health = (): unknown =>
      JSON.stringify(
        host.controlPlane.telemetryFrames.findLast(({ type }) => type === 'PublishHealthRequest')?.message,
      );
    await until('HEALTHY', () => String(health()).includes('"HEALTHY"'));
    shell(`docker exec ${id} sh -c 'busybox rm /tmp/well' || docker exec ${id} busybox rm /tmp/well`);
    await until('UNHEALTHY', () => String(health()).includes('"UNHEALTHY"'));
  });
});

describe('awsvpc on this machine', () => {
  test('a task answers on its own address, from the host and from another task; its names are its own', async () => {
    await using host = new TestHost();
    await host.start();
    const [a, b] = [vpcTask(web, { cpu: 0.5, memory: 128 }), vpcTask(web)];
    const [idA, idB] = await Promise.all([run(host, a), run(host, b)]);
    expect(await answerOf(addressOf(a))).toBe('hello\n');
    expect(shell(`docker exec ${idB} wget -q -O - http://${addressOf(a)}/`)).toBe('hello');
    expect(shell(`docker exec ${idA} wget -q -O - http://${addressOf(b)}/`)).toBe('hello');
    const [eni] = a.elasticNetworkInterfaces!;
    expect(shell(`docker exec ${idA} hostname`)).toBe(eni!.privateDnsName);
    expect(shell(`docker exec ${idA} cat /etc/hosts`)).toMatch(new RegExp(`${addressOf(a)}\\s+${eni!.privateDnsName}`));
    expect(shell(`docker exec ${idA} ip link show eth0`)).toContain(eni!.macAddress);
    // The host is reached, and answers to the task's own address.
    const hostAddress = shell("ip -4 -br addr show docker0 | awk '{print $3}'").split('/')[0];
    expect(shell(`docker exec ${idA} ping -c 1 -W 2 ${hostAddress}`)).toContain('1 packets received');
  });

  test('what is sent to an address without a task never leaves, nor does what pretends to another address', async () => {
    await using host = new TestHost();
    await host.start();
    const [a, b] = [vpcTask(web), vpcTask(web)];
    const [idA] = await Promise.all([run(host, a), run(host, b)]);
    expect(shell('ip route get 10.253.16.250 2>&1 || true')).toMatch(/unreachable|No route|Network is/i);
    const pid = shell(`docker inspect -f '{{.State.Pid}}' ${idA}`);
    const inA = `nsenter --net=/proc/${pid}/ns/net`;
    shell(`${inA} ip addr add 10.253.16.251/32 dev eth0`);
    expect(shell(`${inA} busybox ping -c 1 -W 1 ${addressOf(b)}`)).toContain('1 packets received');
    expect(shell(`${inA} busybox ping -c 1 -W 1 -I 10.253.16.251 ${addressOf(b)} || true`)).toContain(
      '0 packets received',
    );
  });

  test('a stopped task gives its address up before it is said to be stopped', async () => {
    await using host = new TestHost();
    await host.start();
    const task = vpcTask(web);
    await run(host, task);
    host.controlPlane.stop(task);
    await reported(host, task, 'STOPPED');
    expect(shell(`ip route show ${addressOf(task)}`)).toBe('');
    const again = vpcTask(web, { elasticNetworkInterfaces: task.elasticNetworkInterfaces! });
    await run(host, again);
    expect(await answerOf(addressOf(task))).toBe('hello\n');
  });
});

describe('a full disk', () => {
  test('no task is begun that a restart would forget; what runs goes on, and tasks run again once there is room', async () => {
    await using host = new TestHost();
    shell(`mount -t tmpfs -o size=256k tmpfs ${host.directory}`);
    try {
      await host.start();
      const [running, refused, next] = [1, 2, 3].map(() => payloadTask(ids, { image: testImage, command: patient }));
      const id = await run(host, running!);
      shell(`cat /dev/zero > ${host.directory}/ballast 2>/dev/null || true`);
      host.controlPlane.assign(refused!);
      expect((await reported(host, refused!, 'STOPPED')).reason).toMatch(
        /^ResourceInitializationError: the host cannot keep the task on its disk: ENOSPC: no space left on device/,
      );
      expect(shell(`docker inspect -f '{{.State.Running}}' ${id}`)).toBe('true');
      shell(`rm ${host.directory}/ballast`);
      await run(host, next!);
    } finally {
      await host.stop();
      shell(`umount ${host.directory}`);
    }
  });
});

describe('an agent that ends and comes back', () => {
  test('restarts nothing, mends what broke meanwhile, and reports what ended', async () => {
    await using host = new TestHost();
    await host.start();
    const [vpc, bridge, doomed] = [vpcTask(web), payloadTask(ids, web), payloadTask(ids, web)];
    const [idVpc, idBridge, idDoomed] = [await run(host, vpc), await run(host, bridge), await run(host, doomed)];
    const started = (id: string): string => shell(`docker inspect -f '{{.State.StartedAt}} {{.State.Pid}}' ${id}`);
    const [vpcBefore, bridgeBefore] = [started(idVpc), started(idBridge)];
    await host.stop();
    const saidBefore = host.controlPlane.statusesOf(vpc.arn);
    expect(shell(`docker inspect -f '{{.State.Running}}' ${idVpc}`)).toBe('true');
    shell(`docker kill ${idDoomed}`);
    shell(`ip route del ${addressOf(vpc)}`);
    shell('iptables -D DOCKER-USER -i rs+ -m comment --comment roadstead -j ACCEPT');
    await host.start();
    expect((await reported(host, doomed, 'STOPPED')).containers[0]).toMatchObject({ exitCode: 137 });
    expect(await answerOf(addressOf(vpc))).toBe('hello\n');
    expect(shell('iptables -S DOCKER-USER')).toContain('-i rs+');
    expect([started(idVpc), started(idBridge)]).toEqual([vpcBefore, bridgeBefore]);
    expect(host.controlPlane.statusesOf(vpc.arn)).toEqual(saidBefore);
    host.controlPlane.stop(vpc);
    await reported(host, vpc, 'STOPPED');
  });

  test('two agents on one engine leave each other alone', async () => {
    await using one = new TestHost();
    await using two = new TestHost();
    await one.start();
    await two.start();
    const [a, b] = [vpcTask(web), vpcTask(web)];
    await run(one, a);
    const idB = await run(two, b);
    await one.stop();
    await one.start();
    await one.stop();
    await one.clean();
    expect(shell(`docker inspect -f '{{.State.Running}}' ${idB}`)).toBe('true');
    expect(await answerOf(addressOf(b))).toBe('hello\n');
  });
});

test('nothing of all this is left on the machine', () => {
  expect(machineState()).toBe(before);
});
