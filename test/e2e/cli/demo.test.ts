import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Checkout, engine, filter, leftSince, type MachineState, machineState, runProgram } from './checkout.ts';

interface DemoResult {
  readonly endpoint: string;
  readonly loadBalancer: { readonly dnsName: string; readonly port: number; readonly url: string };
  readonly requests: { readonly sent: number; readonly byTask: readonly { readonly answered: number }[] };
  readonly rollout: {
    readonly fromVersion: number;
    readonly toVersion: number;
    readonly taskArns: readonly string[];
    readonly requests: number;
    readonly failed: number;
    readonly byVersion: Readonly<Record<string, number>>;
  };
  readonly tasks: readonly { readonly taskArn: string; readonly url: string; readonly body: string }[];
  readonly killedTaskArn: string;
  readonly replacement: { readonly taskArn: string; readonly url: string };
  readonly replacementMilliseconds: number;
}

interface StatusResult {
  readonly services: readonly { readonly serviceName: string; readonly runningCount: number }[];
  readonly hosts: readonly { readonly agentConnected: boolean }[];
  readonly counts: { readonly tasks: number };
}

let checkout: Checkout;
let before: MachineState;
let first: DemoResult;

beforeAll(async () => {
  before = await machineState();
  checkout = await Checkout.create();
});

afterAll(() => checkout[Symbol.asyncDispose]());

function environment(): Promise<Record<string, string>> {
  return checkout.json<Record<string, string>>('env');
}

/** The running containers of the sample and when each was started. */
async function containers(): Promise<string[]> {
  const names = ['task-definition-family=hello', 'container-name=web'];
  const label = names.map((name) => `com.amazonaws.ecs.${name}`);
  const listed = await engine<readonly { readonly Id: string }[]>(`/containers/json?filters=${filter({ label })}`);
  const inspected = listed.map(async ({ Id }) => {
    const { State } = await engine<{ readonly State: { readonly StartedAt: string } }>(`/containers/${Id}/json`);
    return `${Id} ${State.StartedAt}`;
  });
  return (await Promise.all(inspected)).sort();
}

describe('the demo', () => {
  test('starts everything, calls three tasks at their own addresses and by the load balancer, replaces a killed one', async () => {
    const started = await checkout.roadstead('demo', '--port', String(checkout.port), '--json');
    expect(started, started.stderr).toMatchObject({ exitCode: 0 });
    first = JSON.parse(started.stdout) as DemoResult;
    expect(first.endpoint).toBe(checkout.url);
    expect(new Set(first.tasks.map(({ url }) => url)).size).toBe(3);
    expect(new Set(first.tasks.map(({ body }) => body)).size).toBe(3);
    expect(first.tasks.map(({ taskArn }) => taskArn)).toContain(first.killedTaskArn);
    expect(first.tasks.map(({ taskArn }) => taskArn)).not.toContain(first.replacement.taskArn);
    expect(first.replacementMilliseconds).toBeGreaterThan(0);
    expect(first.requests.sent).toBe(100);
    expect(first.requests.byTask.map(({ answered }) => answered > 20)).toEqual([true, true, true]);
    expect(started.stderr).not.toContain('\u001b[');
  });

  test('rolls a new version out under load without a failed request', async () => {
    const { rollout, loadBalancer } = first;
    expect(rollout).toMatchObject({ fromVersion: 1, toVersion: 2, failed: 0 });
    expect(rollout.requests).toBe(Object.values(rollout.byVersion).reduce((sum, count) => sum + count, 0));
    expect(Object.keys(rollout.byVersion)).toEqual(['1', '2']);
    expect(loadBalancer.dnsName).toMatch(/^hello-demo-\d+\.us-east-1\.elb\.localhost$/);
    expect(await (await fetch(loadBalancer.url)).text()).toMatch(/^hello from .*, version 2$/m);
    const aws = await runAws(['describe-load-balancers', '--output', 'json'], await environment(), 'elbv2');
    expect(JSON.parse(aws.stdout), aws.stderr).toMatchObject({
      LoadBalancers: [{ DNSName: loadBalancer.dnsName, Type: 'application', State: { Code: 'active' } }],
    });
  });

  test('leaves the service up, as status and the aws CLI see it', async () => {
    const status = await checkout.json<StatusResult>('status');
    expect(status.services).toMatchObject([{ serviceName: 'hello', runningCount: 3 }]);
    expect(status.hosts).toMatchObject([{ agentConnected: true }]);
    const env = await environment();
    expect(env['ROADSTEAD_SUBNETS']).toMatch(/^subnet-[0-9a-f]+(,subnet-[0-9a-f]+)*$/);
    const aws = await runAws(['list-tasks', '--cluster', 'demo', '--output', 'json'], env);
    expect(aws, aws.stderr).toMatchObject({ exitCode: 0 });
    expect((JSON.parse(aws.stdout) as { readonly taskArns: readonly string[] }).taskArns).toHaveLength(3);
  });

  test('env can be evaluated by a shell', async () => {
    const command = `eval "$(./roadstead env --data-dir ${checkout.dataDir})" && printf %s "$AWS_ENDPOINT_URL $AWS_REGION"`;
    expect((await runProgram('sh', ['-c', command])).stdout).toBe(`${checkout.url} us-east-1`);
  });

  test('may be run again', async () => {
    const again = await checkout.json<DemoResult>('demo');
    expect(again.tasks).toHaveLength(3);
    expect(again.tasks.map(({ taskArn }) => taskArn).toSorted()).toEqual(first.rollout.taskArns.toSorted());
    expect(again.loadBalancer).toEqual(first.loadBalancer);
    expect(again.rollout).toMatchObject({ fromVersion: 2, toVersion: 3, failed: 0 });
  });

  test('up changes nothing where it runs, and refuses other settings', async () => {
    // Tasks of the version before may still be stopping.
    await expect.poll(async () => (await containers()).length, { timeout: 30_000 }).toBe(3);
    const running = await containers();
    expect(await checkout.json('up')).toMatchObject({ alreadyRunning: true, endpoint: checkout.url });
    expect((await checkout.roadstead('up', '--port', String(checkout.port + 1))).exitCode).toBe(9);
    expect((await checkout.roadstead('server', '--port', String(checkout.port + 1))).exitCode).toBe(9);
    expect(await containers()).toEqual(running);
  });

  test('down leaves the tasks running, and up takes them over without a restart', async () => {
    const running = await containers();
    expect(running).toHaveLength(3);
    expect(await checkout.json('down')).toMatchObject({ tasksLeftRunning: 3 });
    expect((await checkout.roadstead('status')).exitCode).toBe(69);
    expect(await containers()).toEqual(running);
    await checkout.json('up', '--port', String(checkout.port));
    await expect
      .poll(async () => (await checkout.json<StatusResult>('status')).services[0]?.runningCount, { timeout: 30_000 })
      .toBe(3);
    expect(await containers()).toEqual(running);
  });

  test('accounts are walled off from each other', async () => {
    const account = await checkout.json<{ accountId: string; accessKeyId: string; secretAccessKey: string }>(
      'account',
      'create',
      'team-a',
    );
    const env = {
      AWS_ENDPOINT_URL: checkout.url,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: account.accessKeyId,
      AWS_SECRET_ACCESS_KEY: account.secretAccessKey,
      AWS_DEFAULT_REGION: 'us-east-1',
    };
    const clusters = await runAws(['list-clusters', '--output', 'json'], env);
    expect(JSON.parse(clusters.stdout), clusters.stderr).toEqual({ clusterArns: [] });
  });

  test('--clean leaves nothing of it on the machine', async () => {
    const cleaned = await checkout.roadstead('demo', '--clean');
    expect(cleaned, cleaned.stderr).toMatchObject({ exitCode: 0 });
    expect(await leftSince(before)).toEqual({});
    expect((await checkout.roadstead('demo', '--clean')).exitCode).toBe(0);
    expect(await leftSince(before)).toEqual({});
  });

  test('down --tasks leaves nothing either, and what is on record comes back with up', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(8080, '127.0.0.1', resolve));
    const again = await checkout.json<DemoResult>('demo', '--port', String(checkout.port));
    await new Promise((resolve) => other.close(resolve));
    expect(again.tasks).toHaveLength(3);
    // Somebody else had the first port.
    expect(again.loadBalancer.port).toBeGreaterThan(8080);
    expect(await (await fetch(again.loadBalancer.url)).text()).toMatch(/^hello from /);
    await checkout.json('down', '--tasks');
    expect(await leftSince(before)).toEqual({});
    expect(existsSync(`${checkout.dataDir}/store`)).toBe(true);
    await checkout.json('demo', '--port', String(checkout.port));
    const { services } = await checkout.json<StatusResult>('status');
    expect(services).toMatchObject([{ serviceName: 'hello', runningCount: 3 }]);
    await checkout.json('demo', '--clean');
    expect(await leftSince(before)).toEqual({});
  });

  test('--clean leaves Roadstead running where something else runs on it', async () => {
    await checkout.json('demo', '--port', String(checkout.port));
    const env = await checkout.json<Record<string, string>>('env');
    const aws = async (...args: string[]): Promise<string> => {
      const ran = await runAws([...args, '--output', 'text'], env);
      expect(ran, ran.stderr).toMatchObject({ exitCode: 0 });
      return ran.stdout;
    };
    await aws('create-cluster', '--cluster-name', 'mine');
    const network = `awsvpcConfiguration={subnets=[${env['ROADSTEAD_SUBNETS']}]}`;
    const service = ['--service-name', 'mine', '--task-definition', 'hello', '--desired-count', '1'];
    await aws(
      'create-service',
      '--cluster',
      'mine',
      ...service,
      '--launch-type',
      'FARGATE',
      '--network-configuration',
      network,
    );
    await aws('wait', 'services-stable', '--cluster', 'mine', '--services', 'mine');
    expect(await checkout.json('demo', '--clean')).toMatchObject({ sampleRemoved: true, leftRunning: true });
    const { services } = await checkout.json<StatusResult>('status');
    expect(services).toMatchObject([{ serviceName: 'mine', runningCount: 1 }]);
    await checkout.json('down', '--tasks');
    expect(await leftSince(before)).toEqual({});
  });
});

/** The endpoint is an argument: Debian 12's CLI (2.9) does not read AWS_ENDPOINT_URL. */
function runAws(
  args: readonly string[],
  env: Record<string, string>,
  service: 'ecs' | 'elbv2' = 'ecs',
): ReturnType<typeof runProgram> {
  return runProgram('aws', [service, ...args, '--endpoint-url', checkout.url], env);
}
