import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, endProcess, ensureTestImage } from '../support/installation.ts';
import { hasMoto, Moto } from '../support/moto.ts';
import { ValueServices } from '../support/value-services.ts';
import {
  ask,
  commandLines,
  connected,
  describeTask,
  docker,
  environment,
  everything,
  expected,
  fill,
  opened,
  reaches,
  run,
  runtimeId,
  secretArn,
  values,
  type World,
  written,
} from './value-world.ts';

let services: ValueServices;
let world: World;

beforeAll(async () => {
  await ensureTestImage();
  services = await ValueServices.start();
  fill(services);
  world = await opened(services.environment);
});

afterAll(async () => {
  await world?.installation[Symbol.asyncDispose]();
  await services?.[Symbol.asyncDispose]();
});

describe.each(['EC2', 'FARGATE'])('a task of %s', (launchType) => {
  it('has its secrets, parameters and files in its environment, and nobody else has them', async () => {
    services.calls.length = 0;
    const taskArn = await run(world, launchType, [everything]);
    const task = await reaches(world, taskArn, 'RUNNING');
    expect(await environment(world, task)).toMatchObject(expected);
    expect(services.calls.length).toBeGreaterThan(4);
    for (const { accessKeyId, sessionToken, region } of services.calls) {
      expect(accessKeyId).toMatch(/^ASIA/);
      expect(sessionToken).toBeTruthy();
      expect(region).toBe('us-east-1');
    }
    const { Config } = JSON.parse(docker('inspect', runtimeId(task)))[0];
    const [files, processes] = [written(world.installation), commandLines()];
    // Both are looked at in earnest.
    expect([files.includes(taskArn), processes.includes(world.installation.dataDir)]).toEqual([true, true]);
    const elsewhere = [files, processes, JSON.stringify([Config.Labels, task])].join('\n');
    for (const value of [values.password, values.previous, values.parameter, values.file]) {
      expect(elsewhere.includes(value)).toBe(false);
    }
    await world.installation.call('StopTask', { cluster: 'yard', task: taskArn });
    await reaches(world, taskArn, 'STOPPED');
  });
});

/** What stops a task of each launch type, and whom a look at the task tells. */
const failures: readonly [string, object, RegExp, RegExp][] = [
  [
    'a parameter that is not there',
    { secrets: [{ name: 'A', valueFrom: '/shop/none' }] },
    /^Fetching secret data from SSM Parameter Store in us-east-1: invalid parameters: \/shop\/none$/,
    /^ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secrets from ssm: service call has been retried 1 time\(s\): invalid ssm parameters: \/shop\/none$/,
  ],
  [
    'a secret that is not there',
    { secrets: [{ name: 'A', valueFrom: `${secretArn}none` }] },
    /^ResourceNotFoundException: The task can't retrieve the secret with ARN '.*AbCdEfnone' from AWS Secrets Manager\. Check whether the secret exists in the specified Region: /,
    /unable to retrieve secret from asm: service call has been retried 1 time\(s\): failed to fetch secret .*AbCdEfnone from secrets manager: ResourceNotFoundException: Secrets Manager can't find the specified secret\. status code: 400, request id: R1$/,
  ],
  [
    'a key that the secret has not',
    { secrets: [{ name: 'A', valueFrom: `${secretArn}:none::` }] },
    /^Retrieved secret from Secrets Manager did not contain json key none: /,
    /unable to retrieve secret from asm: .*: retrieved secret from Secrets Manager did not contain json key none: /,
  ],
  [
    'a file that is not there',
    { environmentFiles: [{ type: 's3', value: 'arn:aws:s3:::shop/none.env' }] },
    /^Unable to download env file with key none\.env from bucket shop, error: operation error S3: GetObject, https response error StatusCode: 404, RequestID: R1, HostID: H1, NoSuchKey: /,
    /^ResourceInitializationError: failed to download env files: file download command: non empty error stream: failed to download file none\.env: failed to write to a temporary file: NoSuchKey: .* status code: 404, request id: R1, host id: H1$/,
  ],
];

describe('a value that cannot be had stops the task with the reason of ECS', () => {
  it.each(failures)('%s', async (_, container, onInstance, onFargate) => {
    const taskArns = [await run(world, 'EC2', [container]), await run(world, 'FARGATE', [container])];
    const [instance, fargate] = await Promise.all(taskArns.map((taskArn) => reaches(world, taskArn, 'STOPPED')));
    expect(instance).toMatchObject({ stopCode: 'TaskFailedToStart', stoppedReason: expect.stringMatching(onInstance) });
    expect(fargate).toMatchObject({ stopCode: 'TaskFailedToStart', stoppedReason: expect.stringMatching(onFargate) });
    for (const task of [instance, fargate]) expect(runtimeId(task)).toBe(undefined);
  });

  it('what the role may not read', async () => {
    const container = {
      secrets: [{ name: 'A', valueFrom: '/shop/key' }],
      environmentFiles: everything.environmentFiles,
    };
    services.denied.add('AmazonSSM.GetParameters');
    try {
      const { stoppedReason } = await reaches(world, await run(world, 'FARGATE', [container]), 'STOPPED');
      expect(stoppedReason).toMatch(
        /unable to retrieve secrets from ssm: service call has been retried 1 time\(s\): AccessDeniedException: User: test is not authorized to perform: ssm:GetParameters status code: 400, request id: R1$/,
      );
    } finally {
      services.denied.clear();
    }
  });

  it('a service in trouble is asked again, and the task runs', async () => {
    services.troubles.push(503, 503);
    const task = await reaches(
      world,
      await run(world, 'EC2', [{ secrets: everything.secrets.slice(3, 4) }]),
      'RUNNING',
    );
    expect(services.troubles).toEqual([]);
    expect(await environment(world, task)).toMatchObject({ KEY: values.parameter });
  });
});

it('secretOptions reach the log driver: splunk is written to with the token', async () => {
  const tokens = new Set<string | undefined>();
  const collector = createServer((request, response) => {
    // The driver first looks, without a token, whether anybody is there.
    if (request.method === 'POST') tokens.add(request.headers.authorization);
    request.resume();
    request.on('end', () => response.end('{"text":"Success","code":0}'));
  });
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = collector.address() as AddressInfo;
    const logConfiguration = {
      logDriver: 'splunk',
      options: { 'splunk-url': `http://127.0.0.1:${port}` },
      secretOptions: [{ name: 'splunk-token', valueFrom: `${secretArn}token` }],
    };
    const task = await reaches(world, await run(world, 'EC2', [{ logConfiguration }]), 'RUNNING');
    await world.installation.until('something was logged', async () => tokens.size > 0);
    expect([...tokens]).toEqual([`Splunk ${values.token}`]);
    expect(written(world.installation).includes(values.token)).toBe(false);
    expect(commandLines().includes(values.token)).toBe(false);
    await world.installation.call('StopTask', { cluster: 'yard', task: task.taskArn });
    await reaches(world, task.taskArn, 'STOPPED');
  } finally {
    collector.closeAllConnections();
    collector.close();
  }
});

it('a log router gets its file from S3, and the secret options of those that log to it', async () => {
  services.objects.set('shop/conf/router.conf', '[FILTER]\n  Name of the file in S3\n');
  const router = {
    name: 'router',
    firelensConfiguration: {
      type: 'fluentbit',
      options: { 'config-file-type': 's3', 'config-file-value': 'arn:aws:s3:::shop/conf/router.conf' },
    },
    command: ['sh', '-c', 'cat /fluent-bit/etc/*; env; echo "## done"; sleep 3600'],
  };
  const options = { Name: 'http', Host: '127.0.0.1' };
  const secretOptions = [{ name: 'Http_Passwd', valueFrom: `${secretArn}token` }];
  const app = { logConfiguration: { logDriver: 'awsfirelens', options, secretOptions } };
  const task = await reaches(world, await run(world, 'EC2', [router, app]), 'RUNNING');
  const told = await world.installation.until('the router has told', async () => {
    const printed = docker('logs', runtimeId(task, 'router'));
    return printed.includes('## done') && printed;
  });
  expect(told).toContain('Name of the file in S3');
  const variable = /Http_Passwd \$\{(\w+)\}/.exec(told)?.[1];
  expect(told).toContain(`${variable}=${values.token}`);
  expect(docker('inspect', runtimeId(task)).includes(values.token)).toBe(false);
  expect(written(world.installation).includes(values.token)).toBe(false);
  await world.installation.call('StopTask', { cluster: 'yard', task: task.taskArn });
  await reaches(world, task.taskArn, 'STOPPED');
});

it('an agent that was started anew asks again for a container that is still to be made', async () => {
  const first = { name: 'first', essential: false, command: ['sh', '-c', 'until [ -e /tmp/go ]; do sleep 0.1; done'] };
  const dependsOn = [{ containerName: 'first', condition: 'SUCCESS' }];
  const taskArn = await run(world, 'EC2', [first, { dependsOn, secrets: [{ name: 'KEY', valueFrom: '/shop/key' }] }]);
  const firstId = await world.installation.until('the first container runs', async () => {
    const { containers } = await describeTask(world, taskArn);
    const found = containers.find(({ name }: Answer) => name === 'first');
    return found.lastStatus === 'RUNNING' && found.runtimeId;
  });
  await endProcess(world.agent, 'SIGKILL');
  services.parameters.set('/shop/key', 'another value meanwhile');
  try {
    world.agent = await world.installation.startAgent('yard');
    await connected(world.installation);
    docker('exec', firstId, 'touch', '/tmp/go');
    const task = await reaches(world, taskArn, 'RUNNING');
    expect(await environment(world, task)).toMatchObject({ KEY: 'another value meanwhile' });
  } finally {
    services.parameters.set('/shop/key', values.parameter);
  }
});

describe.skipIf(!hasMoto)("somebody else's services", () => {
  it('give their values too, and refuse as they do', async () => {
    await using moto = await Moto.start();
    const arn = await moto.createSecret('shop/db', JSON.stringify({ password: 'before' }));
    await moto.putSecret(arn, JSON.stringify({ password: 'now' }));
    await moto.putParameter('/shop/key', 'of a parameter');
    await moto.putParameter('flat', 'of another');
    await moto.putObject('shop', 'conf/prod.env', 'FILE=of a file\n');
    const settings = { ...services.environment };
    for (const name of Object.keys(settings)) settings[name] = moto.url;
    const agent = await world.installation.startAgent('yard', 'moto', {
      ...settings,
      ECS_INSTANCE_ATTRIBUTES: '{"services":"moto"}',
    });
    const placementConstraints = [{ type: 'memberOf', expression: 'attribute:services == moto' }];
    const container = {
      environmentFiles: [{ type: 's3', value: 'arn:aws:s3:::shop/conf/prod.env' }],
      secrets: [
        { name: 'NOW', valueFrom: `${arn}:password::` },
        { name: 'BEFORE', valueFrom: `${arn}:password:AWSPREVIOUS:` },
        // By name: moto's GetParameters knows no ARNs.
        { name: 'KEY', valueFrom: '/shop/key' },
        { name: 'FLAT', valueFrom: 'flat' },
      ],
    };
    await connected(world.installation, 2);
    const good = await reaches(world, await run(world, 'EC2', [container], { placementConstraints }), 'RUNNING');
    expect(await environment(world, good)).toMatchObject({
      FILE: 'of a file',
      NOW: 'now',
      BEFORE: 'before',
      KEY: 'of a parameter',
      FLAT: 'of another',
    });
    const reasons: readonly [object, RegExp][] = [
      [{ secrets: [{ name: 'A', valueFrom: '/shop/none' }] }, /invalid parameters: \/shop\/none$/],
      [{ secrets: [{ name: 'A', valueFrom: `${arn}none` }] }, /^ResourceNotFoundException: The task can't retrieve/],
      [
        { environmentFiles: [{ type: 's3', value: 'arn:aws:s3:::shop/none.env' }] },
        /StatusCode: 404, .*NoSuchKey: The specified key does not exist\.$/,
      ],
      [
        { environmentFiles: [{ type: 's3', value: 'arn:aws:s3:::nobodys/none.env' }] },
        /StatusCode: 404, .*NoSuchBucket: The specified bucket does not exist$/,
      ],
    ];
    for (const [wrong, reason] of reasons) {
      const task = await reaches(world, await run(world, 'EC2', [wrong], { placementConstraints }), 'STOPPED');
      expect(task.stoppedReason).toMatch(reason);
    }
    await world.installation.call('StopTask', { cluster: 'yard', task: good.taskArn });
    await reaches(world, good.taskArn, 'STOPPED');
    await endProcess(agent);
  });
});

describe('where nothing says where the services are', () => {
  it('an instance is not given such a task, and a Fargate task stops and says what to do', async () => {
    const without = await opened({});
    try {
      const { tasks, failures: refused } = await ask(without, 'EC2', [{ secrets: everything.secrets.slice(3, 4) }]);
      expect(tasks).toEqual([]);
      expect(refused).toMatchObject([{ reason: 'ATTRIBUTE' }]);
      const { stoppedReason } = await reaches(
        without,
        await run(without, 'FARGATE', [{ secrets: everything.secrets.slice(0, 1) }]),
        'STOPPED',
      );
      expect(stoppedReason).toMatch(
        /^ResourceInitializationError: unable to pull secrets or registry auth: .*Secrets Manager is not part of this Roadstead yet: set AWS_ENDPOINT_URL_SECRETS_MANAGER /,
      );
    } finally {
      await without.installation[Symbol.asyncDispose]();
    }
  });
});
