import { expect, test } from 'vitest';
import { Fault, silentLogger } from '#base';
import { shortId } from '#model';
import type { PayloadContainer, PayloadTask } from '#wire/link';
import { cleanHost } from '../../clean.ts';
import { MemorySecrets } from '../../secrets/testing.ts';
import { execution } from '../../secrets/testing-host.ts';
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
  reading.secrets = new MemorySecrets();
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

test('a file from S3 is read as the execution role', async () => {
  const one = new SimulatedHost({ logDrivers });
  const secrets = new MemorySecrets();
  secrets.objects.set('shop/extra.conf', '[SERVICE]\n');
  one.secrets = secrets;
  await one.start();
  const firelensConfiguration = { type: 'fluentbit', options: fromS3 };
  const task = taskWithRouter(one, { Name: 'stdout' }, { firelensConfiguration });
  await one.run({ ...task, executionRoleCredentials: execution });
  expect(secrets.calls.map(({ asked, as }) => [asked, as.credentials.roleArn, as.region])).toEqual([
    ['object shop/extra.conf', execution.roleArn, 'us-east-1'],
  ]);
  expect(new TextDecoder().decode(one.routers.files.get(shortId(task.arn))?.external)).toBe('[SERVICE]\n');
});

test('a file from S3 is asked for again while S3 has trouble of its own', async () => {
  const one = new SimulatedHost({ logDrivers });
  const secrets = new MemorySecrets();
  secrets.objects.set('shop/extra.conf', '[SERVICE]\n');
  secrets.failures.push(new Fault('Unreachable', 'nobody answers', { retryable: true }));
  one.secrets = secrets;
  await one.start();
  const firelensConfiguration = { type: 'fluentbit', options: fromS3 };
  const task = taskWithRouter(one, { Name: 'stdout' }, { firelensConfiguration });
  await one.run({ ...task, executionRoleCredentials: execution });
  await one.pass(5000);
  expect(secrets.calls).toHaveLength(2);
  expect(one.task(task.arn)?.reached).toBe('RUNNING');
});

const notThere = 'The specified key does not exist.';

test.each<[string, Partial<{ withRole: boolean; value: string; withSource: boolean }>, string]>([
  ['no such object', {}, notThere],
  ['no role', { withRole: false }, 'unable to get execution role credentials'],
  ['not an object', { value: 'extra.conf' }, 'extra.conf is not the ARN of an object in S3'],
  ['no S3', { withSource: false }, 's3 is not here'],
])('a file from S3 that cannot be had stops the task: %s', async (_, given, why) => {
  const { withRole = true, value = fromS3['config-file-value'], withSource = true } = given;
  const one = new SimulatedHost({ logDrivers });
  const secrets = new MemorySecrets();
  if (!withSource) secrets.absent.add('s3');
  one.secrets = secrets;
  await one.start();
  const options = { ...fromS3, 'config-file-value': value };
  const task = taskWithRouter(one, {}, { firelensConfiguration: { type: 'fluentd', options } });
  await one.run(withRole ? { ...task, executionRoleCredentials: execution } : task);
  await one.pass(5000);
  expect(one.controlPlane.lastReport(task.arn)).toMatchObject({
    status: 'STOPPED',
    reason: `Unable to download firelens s3 config file: ${why}`,
  });
});
