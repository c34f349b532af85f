import { describe, expect, test } from 'vitest';
import { Fault } from '#base';
import { payloadContainer } from '../testing.ts';
import { asm, environmentOf, file, parameterArn, secretArn, ssm, valueWorld } from './testing-host.ts';

describe('the values of a task', () => {
  test('files below the definition, the first before the second; secrets above all', async () => {
    const { host, secrets, task } = await valueWorld();
    const wanted = task({
      environment: { GIVEN: 'definition' },
      environmentFiles: [file('a.env'), file('b.env')],
      secrets: [
        asm('PASSWORD', `${secretArn}:password::`),
        asm('OLD', `${secretArn}:password:AWSPREVIOUS:`),
        asm('PORT', `${secretArn}:port::`),
        asm('WHOLE'),
        ssm('KEY', '/shop/key'),
        ssm('PLAIN', 'plain'),
        ssm('BY_ARN', parameterArn, 'eu-west-1'),
      ],
    });
    await host.run(wanted);
    expect(host.controlPlane.lastReport(wanted.arn)?.status).toBe('RUNNING');
    expect(environmentOf(host)).toEqual({
      A: 'first',
      B: '"quoted"',
      C: 'c',
      GIVEN: 'definition',
      PASSWORD: 'hunter2',
      OLD: 'hunter1',
      PORT: '5432',
      WHOLE: '{"user":"mate","password":"hunter2","port":5432}',
      KEY: 'parameter-value',
      PLAIN: 'plain-value',
      BY_ARN: 'parameter-value',
      AWS_REGION: 'us-east-1',
      AWS_DEFAULT_REGION: 'us-east-1',
    });
    expect(new Set(secrets.calls.map(({ as }) => as.credentials.accessKeyId))).toEqual(new Set(['ASIA1']));
    expect(secrets.calls.map(({ asked, as }) => `${asked} ${as.region}`).toSorted()).toEqual(
      [
        'object shop/a.env us-east-1',
        'object shop/b.env us-east-1',
        'parameters /shop/key plain us-east-1',
        `parameters ${parameterArn} eu-west-1`,
        `secret ${secretArn} AWSPREVIOUS  eu-west-1`,
        `secret ${secretArn} eu-west-1`,
        `secret ${secretArn} eu-west-1`,
        `secret ${secretArn} eu-west-1`,
      ].toSorted(),
    );
  });

  test('are nowhere but in the request for the container', async () => {
    const { host, task } = await valueWorld();
    const wanted = task({
      environmentFiles: [file('b.env')],
      secrets: [asm('PASSWORD', `${secretArn}:password::`), ssm('KEY', '/shop/key')],
    });
    await host.run(wanted);
    const { tasks } = await host.state.load();
    const kept = JSON.stringify([tasks, host.controlPlane.reports, [...(host.agent?.tasks ?? [])]]);
    for (const value of ['hunter2', 'parameter-value', 'C=c', 'ASIA1']) expect(kept).not.toContain(value);
    const { Env, ...rest } = host.runtime.bodyOf('ecs-web-1-app') ?? {};
    expect(JSON.stringify(Env)).toContain('hunter2');
    expect(JSON.stringify(rest)).not.toContain('hunter2');
  });

  test("a file's region stands, and so does a secret's endpoint", async () => {
    const { host, secrets, task } = await valueWorld();
    secrets.objects.set('shop/region.env', 'AWS_REGION=eu-north-1');
    await host.run(task({ environmentFiles: [file('region.env')] }));
    expect(environmentOf(host)).toEqual({ AWS_REGION: 'eu-north-1' });
  });

  test('secret options are options of the log driver', async () => {
    const { host, task } = await valueWorld();
    const LogConfig = { Type: 'splunk', Config: { 'splunk-url': 'https://splunk' } };
    const dockerConfig = { version: '1.24', config: '{}', hostConfig: JSON.stringify({ LogConfig }) };
    await host.run(task({ dockerConfig, secrets: [asm('splunk-token', `${secretArn}:password::`, 'LOG_DRIVER')] }));
    expect(host.runtime.bodyOf('ecs-web-1-app')?.['HostConfig']).toMatchObject({
      LogConfig: { Type: 'splunk', Config: { 'splunk-url': 'https://splunk', 'splunk-token': 'hunter2' } },
    });
    expect(environmentOf(host)).not.toHaveProperty('splunk-token');
  });

  test('parameters are asked for ten at a time, each once', async () => {
    const { host, secrets, task } = await valueWorld();
    const names = Array.from({ length: 23 }, (_, index) => `p${index}`);
    for (const name of names) secrets.known.set(name, `value of ${name}`);
    const all = [...names, ...names].map((name, index) => ssm(`V${index}`, name));
    await host.run(task({ secrets: all }));
    expect(secrets.calls.map(({ asked }) => asked.split(' ').length - 1)).toEqual([10, 10, 3]);
    expect(environmentOf(host)).toMatchObject({ V0: 'value of p0', V22: 'value of p22', V45: 'value of p22' });
  });

  test('are fetched beside the images; containers that need none do not wait', async () => {
    const { host, secrets, task } = await valueWorld({ pullMs: 2000 });
    let answer: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const holding = async (): Promise<never> => {
      await held;
      throw new Fault('Unreachable', 'asked too early', { retryable: true });
    };
    secrets.failures.push(holding);
    const needy = payloadContainer({ name: 'needy', secrets: [ssm('KEY', '/shop/key')] });
    const wanted = task({}, { containers: [payloadContainer(), needy] });
    await host.run(wanted);
    expect(secrets.calls).toHaveLength(1);
    await host.pass(3000);
    expect(await host.running()).toEqual(['ecs-web-1-app']);
    answer();
    await host.pass(2000);
    expect(await host.running()).toEqual(['ecs-web-1-app', 'ecs-web-1-needy']);
  });

  test('an agent that was started anew fetches again, once it has credentials', async () => {
    const { host, secrets, task } = await valueWorld({ pullMs: 5000 });
    const wanted = task({ secrets: [ssm('KEY', '/shop/key')] });
    await host.run(wanted);
    expect(secrets.calls).toHaveLength(1);
    await host.crash();
    await host.start();
    await host.pass(60_000);
    expect(secrets.calls).toHaveLength(1);
    expect(await host.running()).toEqual([]);
    host.controlPlane.send('IAMRoleCredentialsMessage', {
      messageId: 'c-1',
      taskArn: wanted.arn,
      taskClusterArn: wanted.taskClusterArn,
      roleType: 'TaskExecution',
      roleCredentials: { ...wanted.executionRoleCredentials, accessKeyId: 'ASIA2' },
    });
    await host.pass(1000);
    expect(environmentOf(host)).toMatchObject({ KEY: 'parameter-value' });
    expect(secrets.calls.at(-1)?.as.credentials.accessKeyId).toBe('ASIA2');
  });

  test('a container that was made is started by the next agent as it is', async () => {
    const { host, secrets, task } = await valueWorld({ startMs: 10_000 });
    const wanted = task({ secrets: [ssm('KEY', '/shop/key')] });
    await host.run(wanted);
    await host.crash();
    await host.start();
    await host.pass(20_000);
    expect(secrets.calls).toHaveLength(1);
    expect(await host.running()).toEqual(['ecs-web-1-app']);
  });
});

test('a task that is told to stop does not wait for a service', async () => {
  const { host, secrets, task } = await valueWorld();
  secrets.failures.push(() => new Promise<never>(() => {}));
  const wanted = task({ secrets: [asm('A')] });
  await host.run(wanted);
  host.controlPlane.stop(wanted);
  await host.pass(100);
  expect(host.controlPlane.statusesOf(wanted.arn)).toEqual(['PENDING', 'STOPPED']);
  expect(host.runtime.journal).toEqual(['pull app:1']);
});

test("the engine's own words of a failure are rid of values", async () => {
  const { host, task } = await valueWorld({
    behaviour: () => ({ startError: 'cannot reach https://x?token=hunter2' }),
  });
  const wanted = task({ secrets: [asm('PASSWORD', `${secretArn}:password::`)] });
  await host.run(wanted);
  const { containers } = host.controlPlane.lastReport(wanted.arn) ?? { containers: [] };
  expect(containers[0]?.reason).toBe(
    'CannotStartContainerError: Error response from daemon: cannot reach https://x?token=***',
  );
});
