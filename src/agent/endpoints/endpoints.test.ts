import { beforeEach, describe, expect, it } from 'vitest';
import { ApiError } from '#wire/client';
import type { PayloadTask } from '#wire/link';
import { payloadContainer, payloadTask } from '../testing.ts';
import { SimulatedHost } from '../testing-host.ts';
import {
  endpointDeps,
  roleCredentials,
  SimulatedEndpoints,
  SimulatedFaultCommands,
  SimulatedTaskApi,
} from './testing.ts';

let host: SimulatedHost;
let endpoints: SimulatedEndpoints;
let api: SimulatedTaskApi;
let faults: SimulatedFaultCommands;

beforeEach(async () => {
  host = new SimulatedHost();
  endpoints = new SimulatedEndpoints();
  api = new SimulatedTaskApi();
  faults = new SimulatedFaultCommands();
  host.endpoints = endpointDeps(endpoints, api, faults);
  await host.start();
});

const eni = {
  attachmentArn: 'a',
  ec2Id: 'eni-0123456789abcdef0',
  macAddress: '0a:00:00:00:00:01',
  index: 0,
  interfaceAssociationProtocol: 'default',
  ipv4Addresses: [{ privateAddress: '172.31.17.10', primary: true }],
  subnetGatewayIpv4Address: '172.31.16.1/20',
  privateDnsName: 'ip-172-31-17-10.ec2.internal',
};
const vpc = { networkMode: 'awsvpc' as const, elasticNetworkInterfaces: [eni] };
const role = roleCredentials('0d8f6a4e-9c5b-4a55-8c2e-0a3a1b9c7d10');

async function run(over: Partial<PayloadTask> = {}, container: object = {}): Promise<PayloadTask> {
  const task = payloadTask(host.ids, container, { roleCredentials: role, ...over });
  host.controlPlane.assign(task);
  await host.pass(5000);
  expect(host.controlPlane.lastReport(task.arn)?.status).toBe('RUNNING');
  return task;
}

/** What the container's processes find in their environment. */
function environmentOf(part = '-app-'): Record<string, string> {
  const entries = host.runtime.bodyOf(part)['Env'] as string[];
  return Object.fromEntries(
    entries.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
  );
}

describe('the environment', () => {
  it('says where the endpoints are, and of credentials only with a role', async () => {
    await run();
    const { ECS_CONTAINER_METADATA_URI_V4: fourth = '', ...environment } = environmentOf();
    const id = fourth.slice('http://169.254.170.2/v4/'.length);
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(environment).toEqual({
      AWS_REGION: 'us-east-1',
      AWS_DEFAULT_REGION: 'us-east-1',
      ECS_CONTAINER_METADATA_URI: `http://169.254.170.2/v3/${id}`,
      ECS_AGENT_URI: `http://169.254.170.2/api/${id}`,
      AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: `/v2/credentials/${role.credentialsId}`,
      AWS_ENDPOINT_URL: 'http://169.254.170.2',
    });
  });

  it('has no credentials without a role, and no endpoint for who brings keys or an endpoint', async () => {
    const { roleCredentials: _, ...plain } = payloadTask(host.ids);
    host.controlPlane.assign(plain);
    await host.pass(5000);
    expect(Object.keys(environmentOf())).not.toContain('AWS_CONTAINER_CREDENTIALS_RELATIVE_URI');
    expect(Object.keys(environmentOf())).not.toContain('AWS_ENDPOINT_URL');
    await run({ family: 'own' }, { environment: { AWS_ENDPOINT_URL: 'https://example.com' } });
    expect(environmentOf('ecs-own-')['AWS_ENDPOINT_URL']).toBe('https://example.com');
    await run({ family: 'keys' }, { environment: { AWS_ACCESS_KEY_ID: 'AKIA' } });
    expect(environmentOf('ecs-keys-')['AWS_ENDPOINT_URL']).toBeUndefined();
  });

  it('says nothing where the host cannot serve them, and the host does not say it could', async () => {
    host = new SimulatedHost();
    endpoints.problems = ['no iptables'];
    host.endpoints = endpointDeps(endpoints, api, faults);
    await host.start();
    await run();
    expect(Object.keys(environmentOf()).filter((name) => /ECS|CREDENTIALS/.test(name))).toEqual([]);
    const names = host.controlPlane.registrations[0]?.attributes.map(({ name }) => name);
    expect(names?.filter((name) => /iam-role|fault/.test(name))).toEqual([]);
  });
});

it('the host announces what it serves', () => {
  const names = host.controlPlane.registrations[0]?.attributes.map(({ name }) => name);
  expect(names).toEqual(
    expect.arrayContaining([
      'com.amazonaws.ecs.capability.task-iam-role',
      'com.amazonaws.ecs.capability.task-iam-role-network-host',
      'ecs.capability.fault-injection',
    ]),
  );
});

describe('credentials', () => {
  const path = `/v2/credentials/${role.credentialsId}`;

  it('are given to who knows their id, refreshed ones too', async () => {
    const task = await run();
    const shown = {
      RoleArn: role.roleArn,
      AccessKeyId: role.accessKeyId,
      SecretAccessKey: role.secretAccessKey,
      Token: role.sessionToken,
      Expiration: role.expiration,
    };
    expect(await endpoints.ask(path)).toEqual({ status: 200, body: shown });
    expect(await endpoints.ask(`/v1/credentials?id=${role.credentialsId}`)).toEqual({ status: 200, body: shown });
    const fresh = { ...role, accessKeyId: 'ASIAFRESH', expiration: '2026-10-10T00:00:00Z' };
    const message = { messageId: 'c-1', taskArn: task.arn, roleType: 'TaskApplication', roleCredentials: fresh };
    host.controlPlane.send('IAMRoleCredentialsMessage', message);
    await host.pass(10);
    expect((await endpoints.ask(path)).body).toMatchObject({ AccessKeyId: 'ASIAFRESH' });
  });

  it('are refused in ECS’s words', async () => {
    await run();
    expect(await endpoints.ask('/v2/credentials/')).toMatchObject({ status: 400, body: { code: 'NoIdInRequest' } });
    expect(await endpoints.ask('/v2/credentials/nonsense')).toEqual({
      status: 400,
      body: {
        code: 'InvalidIdInRequest',
        message: 'CredentialsV2Request: Credentials not found',
        HTTPErrorCode: 400,
      },
    });
    expect((await endpoints.ask(path, { method: 'POST' })).status).toBe(405);
  });

  it('are uninitialised after a restart until they are sent again, and never on disk', async () => {
    const task = await run({ executionRoleCredentials: roleCredentials('exec') });
    expect(JSON.stringify(await host.state.load())).not.toMatch(/secret of|token of/);
    await host.crash();
    await host.start();
    expect(await endpoints.ask(path)).toMatchObject({ status: 503, body: { code: 'CredentialsUninitialized' } });
    expect((await endpoints.ask('/v2/credentials/exec')).status).toBe(503);
    const message = { messageId: 'c-2', taskArn: task.arn, roleType: 'TaskApplication', roleCredentials: role };
    host.controlPlane.send('IAMRoleCredentialsMessage', message);
    await host.pass(10);
    expect((await endpoints.ask(path)).status).toBe(200);
  });
});

describe('metadata', () => {
  it('of an awsvpc task shows its interface, and its namespace holder', async () => {
    const task = await run(
      { ...vpc, cpu: 0.25, memory: 512, serviceName: 'shop', enableFaultInjection: true },
      {
        portMappings: [{ containerPort: 80, hostPort: 80, protocol: 'tcp' }],
        restartPolicy: { enabled: true },
      },
    );
    const { ECS_CONTAINER_METADATA_URI_V4: uri = '' } = environmentOf();
    const shown = (await endpoints.ask(`${uri}/task`)).body;
    expect(shown).toMatchObject({
      Cluster: 'default',
      TaskARN: task.arn,
      Family: 'web',
      Revision: '1',
      ServiceName: 'shop',
      DesiredStatus: 'RUNNING',
      KnownStatus: 'RUNNING',
      Limits: { CPU: 0.25, Memory: 512 },
      LaunchType: 'EC2',
      FaultInjectionEnabled: true,
      PullStartedAt: expect.stringMatching(/Z$/),
    });
    const [pause, app] = shown.Containers;
    expect(pause).toMatchObject({ Type: 'CNI_PAUSE', KnownStatus: 'RESOURCES_PROVISIONED' });
    expect(app).toMatchObject({
      Name: 'app',
      Ports: [{ ContainerPort: 80, Protocol: 'tcp', HostPort: 80 }],
      RestartCount: 0,
      Networks: [
        {
          NetworkMode: 'awsvpc',
          IPv4Addresses: ['172.31.17.10'],
          AttachmentIndex: 0,
          MACAddress: '0a:00:00:00:00:01',
          IPv4SubnetCIDRBlock: '172.31.16.0/20',
          PrivateDNSName: 'ip-172-31-17-10.ec2.internal',
          SubnetGatewayIpv4Address: '172.31.16.1/20',
        },
      ],
    });
    expect((await endpoints.ask(uri)).body).toEqual(app);
  });

  it('of the older generations shows less', async () => {
    const task = await run(vpc);
    const uri = environmentOf()['ECS_CONTAINER_METADATA_URI'] ?? '';
    const third = (await endpoints.ask(`${uri}/task`)).body;
    const second = (await endpoints.ask('/v2/metadata/', { from: '172.31.17.10' })).body;
    expect(second).toEqual(third);
    expect(Object.keys(third)).not.toContain('LaunchType');
    const { Networks, LogDriver, ContainerARN, DockerId } = third.Containers[1];
    expect(Networks).toEqual([{ NetworkMode: 'awsvpc', IPv4Addresses: ['172.31.17.10'] }]);
    expect([LogDriver, ContainerARN]).toEqual([undefined, undefined]);
    const one = await endpoints.ask(`/v2/metadata/${DockerId}`, { from: '172.31.17.10' });
    expect(one.body).toEqual(third.Containers[1]);
    expect((await endpoints.ask('/v2/metadata', { from: '172.31.17.11' })).status).toBe(400);
    host.controlPlane.stop(task);
    await host.pass(60_000);
    expect((await endpoints.ask('/v2/metadata', { from: '172.31.17.10' })).status).toBe(400);
  });

  it('of a Fargate task is as there: its own ids, no namespace holder, the cluster’s ARN', async () => {
    const task = await run({ ...vpc, launchType: 'FARGATE', ephemeralStorageGiB: 30 });
    const uri = environmentOf()['ECS_CONTAINER_METADATA_URI_V4'] ?? '';
    const shown = (await endpoints.ask(`${uri}/task`)).body;
    expect(shown.Cluster).toBe(task.taskClusterArn);
    expect(shown.EphemeralStorageMetrics).toEqual({ Utilized: 1, Reserved: 30_720 });
    const [container, ...others] = shown.Containers;
    expect(others).toEqual([]);
    expect(container.DockerId).toMatch(new RegExp(`^${task.arn.split('/').at(-1)}-\\d+$`));
    expect(container).toMatchObject({
      DockerName: 'app',
      Labels: { 'com.amazonaws.ecs.cluster': task.taskClusterArn },
    });
    expect(Object.keys((await endpoints.ask(`${uri}/task/stats`)).body)).toEqual([container.DockerId]);
  });

  it('shows ports of the host, health, and an end', async () => {
    await run(
      {
        containers: [
          payloadContainer({ portMappings: [{ containerPort: 80, hostPort: 0, protocol: 'tcp' }] }),
          payloadContainer({ name: 'job', essential: false }),
        ],
      },
      {},
    );
    const uri = environmentOf()['ECS_CONTAINER_METADATA_URI_V4'] ?? '';
    const [port] = (await endpoints.ask(uri)).body.Ports;
    expect(port).toMatchObject({ ContainerPort: 80, Protocol: 'tcp' });
    expect(port.HostPort).toBeGreaterThanOrEqual(40_000);
    host.runtime.endContainer('-job-', 3);
    await host.pass(2000);
    const shown = (await endpoints.ask(`${uri}/task`)).body;
    expect(shown.KnownStatus).toBe('RUNNING');
    expect(shown.Containers[1]).toMatchObject({ Name: 'job', KnownStatus: 'STOPPED', ExitCode: 3 });
    expect(shown.Containers[1].FinishedAt).toMatch(/Z$/);
  });

  it('with tags asks the control plane, as the agent or on Fargate as the task', async () => {
    const task = await run();
    const uri = environmentOf()['ECS_CONTAINER_METADATA_URI_V4'] ?? '';
    const instance = host.controlPlane.containerInstanceArn;
    api.tags = { [task.arn]: [{ key: 'team', value: 'core' }], [instance]: [{ key: 'rack', value: '7' }] };
    expect((await endpoints.ask(`${uri}/taskWithTags`)).body).toMatchObject({
      TaskTags: { team: 'core' },
      ContainerInstanceTags: { rack: '7' },
    });
    expect(api.calls.map(({ as }) => [as.region, as.credentials])).toEqual([
      ['us-east-1', undefined],
      ['us-east-1', undefined],
    ]);
    api.failure = new ApiError('AccessDeniedException', 'no', { status: 400, requestId: 'r-1' });
    expect((await endpoints.ask(`${uri}/taskWithTags`)).body.Errors).toEqual(
      [
        ['TaskTags', task.arn],
        ['ContainerInstanceTags', instance],
      ].map(([ErrorField, ResourceARN]) => ({
        ErrorField,
        ErrorCode: 'AccessDeniedException',
        ErrorMessage: 'no',
        StatusCode: 400,
        RequestId: 'r-1',
        ResourceARN,
      })),
    );
    api.calls.length = 0;
    await run({ ...vpc, family: 'fargate', launchType: 'FARGATE' });
    await endpoints.ask(`${environmentOf('ecs-fargate-1-app')['ECS_CONTAINER_METADATA_URI_V4']}/taskWithTags`);
    expect(api.calls.map(({ as }) => as.credentials?.accessKeyId)).toEqual([role.accessKeyId]);
  });

  it('says what it does not know', async () => {
    await run();
    const uri = environmentOf()['ECS_CONTAINER_METADATA_URI_V4'] ?? '';
    expect(await endpoints.ask('/v4/none')).toEqual({
      status: 404,
      body: 'V4 container metadata handler: unable to get container ID from request: unable to get docker ID from v3 endpoint ID: none',
    });
    expect((await endpoints.ask('/v3/none/task')).status).toBe(400);
    expect((await endpoints.ask(`${uri}/nonsense`)).status).toBe(404);
    expect((await endpoints.ask('/')).status).toBe(404);
    expect((await endpoints.ask('/v2/stats')).status).toBe(400);
  });
});

describe('task protection', () => {
  const state = (): string => `${environmentOf()['ECS_AGENT_URI']}/task-protection/v1/state`;

  it('is asked and changed as the task’s own role', async () => {
    const task = await run();
    api.protection = {
      protectedTasks: [{ taskArn: task.arn, protectionEnabled: true, expirationDate: 1_760_000_000 }],
    };
    const protection = { ExpirationDate: '2025-10-09T08:53:20Z', ProtectionEnabled: true, TaskArn: task.arn };
    const body = JSON.stringify({ ProtectionEnabled: true, ExpiresInMinutes: 60 });
    expect(await endpoints.ask(state(), { method: 'PUT', body })).toEqual({ status: 200, body: { protection } });
    expect(await endpoints.ask(state())).toEqual({ status: 200, body: { protection } });
    const question = { cluster: task.taskClusterArn, tasks: [task.arn] };
    expect(api.calls).toMatchObject([
      { operation: 'UpdateTaskProtection', input: { ...question, protectionEnabled: true, expiresInMinutes: 60 } },
      { operation: 'GetTaskProtection', input: question },
    ]);
    for (const { as } of api.calls) expect(as.credentials).toMatchObject({ accessKeyId: role.accessKeyId });
  });

  it.each([
    ['', /not JSON/],
    ['[]', /no JSON object/],
    ['{}', /does not contain 'ProtectionEnabled'/],
    ['{"ProtectionEnabled":"yes"}', /no boolean/],
    ['{"ProtectionEnabled":true,"ExpiresInMinutes":1.5}', /no integer/],
    ['{"ProtectionEnabled":true,"expires":1}', /unknown field "expires"/],
  ])('refuses %s', async (body, message) => {
    await run();
    const answer = await endpoints.ask(state(), { method: 'PUT', body });
    expect(answer).toMatchObject({ status: 400, body: { error: { Code: 'InvalidParameterException' } } });
    expect(answer.body.error.Message).toMatch(message);
    expect(api.calls).toEqual([]);
  });

  it('hands failures and refusals of the API on, and does not wait for ever', async () => {
    const task = await run();
    api.protection = { failures: [{ arn: task.arn, reason: 'TASK_NOT_VALID' }] };
    expect(await endpoints.ask(state())).toEqual({
      status: 200,
      body: { failure: { Arn: task.arn, Detail: null, Reason: 'TASK_NOT_VALID' } },
    });
    api.failure = new ApiError('AccessDeniedException', 'no', { status: 400, requestId: 'r-1' });
    expect(await endpoints.ask(state())).toEqual({
      status: 400,
      body: { requestID: 'r-1', error: { Arn: task.arn, Code: 'AccessDeniedException', Message: 'no' } },
    });
    api.failure = undefined;
    api.hangs = true;
    const asked = endpoints.ask(state());
    await host.pass(4000);
    expect(await asked).toMatchObject({ status: 504, body: { error: { Code: 'RequestCanceled' } } });
  });

  it('needs a role', async () => {
    const plain = payloadTask(host.ids);
    host.controlPlane.assign(plain);
    await host.pass(5000);
    expect((await endpoints.ask(state())).status).toBe(403);
    expect((await endpoints.ask('/api/none/task-protection/v1/state')).status).toBe(404);
  });
});
