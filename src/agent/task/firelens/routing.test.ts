import { expect, test } from 'vitest';
import { silentLogger } from '#base';
import { shortId } from '#model';
import type { PayloadContainer, PayloadTask } from '#wire/link';
import { cleanHost } from '../../clean.ts';
import { payloadContainer, payloadTask } from '../../testing.ts';
import { SimulatedHost, startedHost } from '../../testing-host.ts';

const logDrivers = ['json-file', 'fluentd'];

async function host(): Promise<SimulatedHost> {
  const made = new SimulatedHost({ logDrivers });
  await made.start();
  return made;
}

function taskWithRouter(
  { ids }: SimulatedHost,
  options: Record<string, string>,
  over: Partial<PayloadContainer> = {},
): PayloadTask {
  const hostConfig = JSON.stringify({ LogConfig: { Type: 'awsfirelens', Config: options } });
  const containers = [
    payloadContainer({ dockerConfig: { version: '1.24', config: '{}', hostConfig } }),
    payloadContainer({ name: 'router', firelensConfiguration: { type: 'fluentbit', options: {} }, ...over }),
  ];
  return payloadTask(ids, {}, { containers });
}

const attributes = ({ controlPlane }: SimulatedHost): string[] =>
  (controlPlane.registrations[0]?.attributes ?? []).map(({ name }) => name);

test('a host offers routers when its engine can hand output to them, and files from S3 when it can read there', async () => {
  const router = 'ecs.capability.firelens.fluentbit';
  const s3 = 'ecs.capability.firelens.options.config.s3';
  expect(attributes(await host())).toContain(router);
  expect(attributes(await host())).not.toContain(s3);
  const without = new SimulatedHost({ logDrivers: ['json-file'] });
  await without.start();
  expect(attributes(without).filter((name) => /firelens/.test(name))).toEqual([]);
  const reading = new SimulatedHost({ logDrivers });
  reading.readObject = async () => new Uint8Array();
  await reading.start();
  expect(attributes(reading)).toContain(s3);
});

test('a container starts after its router and is stopped before it, and the files go with the task', async () => {
  const one = await host();
  const task = taskWithRouter(one, { Name: 'stdout' });
  await one.run(task);
  expect(one.task(task.arn)?.reached).toBe('RUNNING');
  expect(one.routers.files.get(shortId(task.arn))?.configuration).toContain('Match app-firelens*');
  one.controlPlane.stop(task);
  await one.pass(60_000);
  const happened = one.runtime.journal
    .map((line) => /^(start|stop) ecs-web-1-(\w+)-/.exec(line))
    .flatMap((match) => (match === null ? [] : [`${match[1]} ${match[2]}`]));
  expect(happened).toEqual(['start router', 'start app', 'stop app', 'stop router']);
  expect(one.routers.files.size).toBe(1);
  await one.pass(600_000);
  expect(one.task(task.arn)).toBeUndefined();
  expect(one.routers.files.size).toBe(0);
});

test('in bridge mode a container is told the address that its router got', async () => {
  const one = await host();
  const task = taskWithRouter(one, { Name: 'stdout' });
  await one.run(task);
  const created = await one.runtime.describeContainer(one.container(task.arn, 'router')?.runtimeId ?? '');
  const [address] = created?.addresses.ipv4 ?? [];
  expect(address).toMatch(/^172\.17\./);
  expect(one.runtime.bodyOf('ecs-web-1-app-')['Env']).toContain(`FLUENT_HOST=${address}`);
});

test('a task with a router that comes to a host without them stops there', async () => {
  const one = await startedHost();
  const task = taskWithRouter(one, { Name: 'stdout' });
  await one.run(task);
  await one.pass(5000);
  expect(one.controlPlane.lastReport(task.arn)?.reason).toContain('this host cannot run log routers');
});

test('options without an output stop the task, and it says why', async () => {
  const one = await host();
  const task = taskWithRouter(one, { Host: 'logs.example' });
  await one.run(task);
  await one.pass(5000);
  const report = one.controlPlane.lastReport(task.arn);
  expect(report?.status).toBe('STOPPED');
  expect(report?.reason).toContain('Unable to generate firelens config file: ');
  expect(report?.reason).toContain('missing output key Name');
  expect(await one.running()).toEqual([]);
});

test('files of a task that is forgotten are removed at the next start', async () => {
  const one = await host();
  const task = taskWithRouter(one, { Name: 'stdout' });
  await one.run(task);
  await one.crash();
  await one.routers.write('0'.repeat(32), { configuration: 'of a task that never was' });
  await one.start();
  expect([...one.routers.files.keys()]).toEqual([shortId(task.arn)]);
});

test('nothing of routers is left on a host that is cleaned', async () => {
  const one = await host();
  await one.run(taskWithRouter(one, { Name: 'stdout' }));
  await one.crash();
  const cleaning = cleanHost(
    { stopTimeoutMs: 1000 },
    { runtime: one.runtime, log: silentLogger, routers: one.routers },
  );
  await one.pass(5000);
  expect(await cleaning).toEqual({ containers: 2 });
  expect(one.routers.files.size).toBe(0);
});

const fromS3 = { 'config-file-type': 's3', 'config-file-value': 'arn:aws:s3:::shop/extra.conf' };
const credentials = {
  credentialsId: 'c1',
  roleArn: 'arn:aws:iam::000000000000:role/execution',
  accessKeyId: 'a',
  secretAccessKey: 'b',
  sessionToken: 'c',
  expiration: '2030-01-01T00:00:00Z',
};

test('a file from S3 is read as the execution role', async () => {
  const one = new SimulatedHost({ logDrivers });
  const asked: string[] = [];
  one.readObject = async (arn, { roleArn }) => {
    asked.push(`${arn} as ${roleArn}`);
    return new TextEncoder().encode('[SERVICE]\n');
  };
  await one.start();
  const firelensConfiguration = { type: 'fluentbit', options: fromS3 };
  const task = taskWithRouter(one, { Name: 'stdout' }, { firelensConfiguration });
  await one.run({ ...task, executionRoleCredentials: credentials });
  expect(asked).toEqual([`arn:aws:s3:::shop/extra.conf as ${credentials.roleArn}`]);
  expect(new TextDecoder().decode(one.routers.files.get(shortId(task.arn))?.external)).toBe('[SERVICE]\n');
});

test.each([
  ['NoSuchKey: The specified key does not exist.', true, 'NoSuchKey: The specified key does not exist.'],
  ['', false, 'unable to get execution role credentials'],
])('a file from S3 that cannot be had stops the task: %s', async (failure, withRole, why) => {
  const one = new SimulatedHost({ logDrivers });
  one.readObject = async () => {
    throw new Error(failure);
  };
  await one.start();
  const task = taskWithRouter(one, {}, { firelensConfiguration: { type: 'fluentd', options: fromS3 } });
  await one.run(withRole ? { ...task, executionRoleCredentials: credentials } : task);
  await one.pass(5000);
  expect(one.controlPlane.lastReport(task.arn)).toMatchObject({
    status: 'STOPPED',
    reason: `Unable to download firelens s3 config file: ${why}`,
  });
});
