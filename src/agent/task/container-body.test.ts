import { describe, expect, test } from 'vitest';
import { Ids, SeededRandom } from '#base';
import { payloadContainer, payloadTask } from '../testing.ts';
import { containerBody, overlay, pauseBody } from './container-body.ts';
import { parseTask } from './parse.ts';
import type { EngineTask } from './state.ts';

const ids = new Ids(new SeededRandom(1));
const context = { containerInstanceArn: 'arn:instance', cluster: 'default', region: 'eu-west-1' };

function parsed(...args: Parameters<typeof payloadTask>): EngineTask {
  const outcome = parseTask(payloadTask(...args), ids);
  if (!outcome.ok) throw new Error(outcome.reason);
  return outcome.task;
}

function bodyOf(
  task: EngineTask,
  bindings: Parameters<typeof containerBody>[3] = [],
  name = 'app',
): Record<string, unknown> {
  const container = task.containers.find((one) => one.name === name)!;
  const definition = task.payload.containers.find((one) => one.name === name)!;
  return containerBody(task, definition, container, bindings, context);
}

test('an overlay merges maps, replaces arrays and everything else, and leaves what is null', () => {
  expect(
    overlay(
      { Labels: { a: '1', b: '2' }, Env: ['x'], Memory: 1, User: 'u' },
      { Labels: { b: '3' }, Env: [], Memory: 2, User: null },
    ),
  ).toEqual({ Labels: { a: '1', b: '3' }, Env: [], Memory: 2, User: 'u' });
});

test('the ephemeral storage of a Fargate task is a limit where the engine has any', () => {
  const storageOf = (launchType: string, storageLimits: boolean): unknown => {
    const task = parsed(ids, {}, { launchType, ephemeralStorageGiB: 21 });
    const [container] = task.containers;
    const [definition] = task.payload.containers;
    const { HostConfig } = containerBody(task, definition!, container!, [], { ...context, storageLimits });
    return HostConfig['StorageOpt'];
  };
  expect(storageOf('FARGATE', true)).toEqual({ size: '21G' });
  expect(storageOf('FARGATE', false)).toBeUndefined();
  expect(storageOf('EC2', true)).toBeUndefined();
});

describe('the body of a container', () => {
  test("carries the definition, the payload's docker config over it, and the agent's labels over all", () => {
    const task = parsed(ids, {
      command: ['run'],
      entryPoint: ['/bin/x'],
      environment: { A: 'b=c' },
      cpu: 1,
      memory: 4,
      dockerConfig: {
        version: '1.24',
        config: JSON.stringify({ User: 'web', Labels: { mine: '1', 'com.amazonaws.ecs.task-arn': 'forged' } }),
        hostConfig: JSON.stringify({ MemoryReservation: 5, CapAdd: ['NET_ADMIN'], NetworkMode: 'bridge' }),
      },
    });
    expect(bodyOf(task)).toMatchObject({
      Image: 'app:1',
      Cmd: ['run'],
      Entrypoint: ['/bin/x'],
      Env: ['A=b=c', 'AWS_REGION=eu-west-1', 'AWS_DEFAULT_REGION=eu-west-1'],
      User: 'web',
      Labels: {
        mine: '1',
        'com.amazonaws.ecs.task-arn': task.taskArn,
        'roadstead.container-instance-arn': 'arn:instance',
      },
      HostConfig: {
        CpuShares: 2,
        Memory: 6 * 1024 ** 2,
        MemoryReservation: 5,
        CapAdd: ['NET_ADMIN'],
        NetworkMode: 'bridge',
      },
    });
  });

  test('a region of its own is left alone', () => {
    const task = parsed(ids, { environment: { AWS_REGION: 'mars-1' } });
    expect(bodyOf(task)['Env']).toEqual(['AWS_REGION=mars-1']);
  });

  test('ports are exposed and bound one by one', () => {
    const task = parsed(ids, {
      portMappings: [
        { containerPort: 80, protocol: 'tcp' },
        { containerPortRange: '90-91', protocol: 'udp' },
      ],
    });
    const body = bodyOf(task, [
      { containerPort: 80, hostPort: 4000, protocol: 'tcp' },
      { containerPortRange: '90-91', hostPortRange: '5000-5001', protocol: 'udp' },
    ]);
    expect(body['ExposedPorts']).toEqual({ '80/tcp': {}, '90/udp': {}, '91/udp': {} });
    expect((body['HostConfig'] as { PortBindings: unknown }).PortBindings).toEqual({
      '80/tcp': [{ HostPort: '4000' }],
      '90/udp': [{ HostPort: '5000' }],
      '91/udp': [{ HostPort: '5001' }],
    });
  });

  test('links, volumes and their sources are named as the engine knows them', () => {
    const task = parsed(
      ids,
      {},
      {
        volumes: [
          { name: 'host', type: 'host', host: { sourcePath: '/srv' } },
          { name: 'own', type: 'host', host: {} },
          { name: 'kept', type: 'docker' },
        ],
        containers: [
          payloadContainer({
            links: ['db:base'],
            volumesFrom: [{ sourceContainer: 'db', readOnly: true }],
            mountPoints: [
              { sourceVolume: 'host', containerPath: '/a', readOnly: true },
              { sourceVolume: 'own', containerPath: '/b', readOnly: false },
              { sourceVolume: 'kept', containerPath: '/c', readOnly: false },
            ],
          }),
          payloadContainer({ name: 'db' }),
        ],
      },
    );
    const [app, db] = task.containers;
    const made: EngineTask = {
      ...task,
      taskVolumes: { own: 'ecs-web-1-own-0' },
      containers: [app!, { ...db!, runtimeId: 'id-of-db' }],
    };
    expect(bodyOf(made)['HostConfig']).toMatchObject({
      Links: [`${db!.runtimeName}:base`],
      VolumesFrom: ['id-of-db:ro'],
      Binds: ['/srv:/a:ro', 'ecs-web-1-own-0:/b', 'kept:/c'],
    });
  });

  test('awsvpc: joins the namespace holder, which has the names of the interface', () => {
    const eni = {
      attachmentArn: 'a',
      ec2Id: 'eni-1',
      macAddress: '0a:00:00:00:00:01',
      index: 0,
      interfaceAssociationProtocol: 'default',
      ipv4Addresses: [{ privateAddress: '172.31.0.10', primary: true }],
      subnetGatewayIpv4Address: '172.31.0.1/20',
      privateDnsName: 'ip-172-31-0-10.ec2.internal',
      domainNameServers: ['172.31.0.2'],
    };
    const portMappings = [{ containerPort: 80, protocol: 'tcp' as const }];
    const task = parsed(ids, { portMappings }, { networkMode: 'awsvpc', elasticNetworkInterfaces: [eni] });
    const [pause, ...rest] = task.containers;
    const made = { ...task, containers: [{ ...pause!, runtimeId: 'holder' }, ...rest] };
    const body = bodyOf(made);
    expect(body).not.toHaveProperty('ExposedPorts');
    expect(body['HostConfig']).toMatchObject({ NetworkMode: 'container:holder' });
    expect(body['HostConfig']).not.toHaveProperty('PortBindings');
    expect(pauseBody(task, pause!, { ...context, cgroupParent: '/ecs/1' })).toMatchObject({
      Hostname: 'ip-172-31-0-10.ec2.internal',
      HostConfig: {
        NetworkMode: 'none',
        ExtraHosts: ['ip-172-31-0-10.ec2.internal:172.31.0.10'],
        Dns: ['172.31.0.2'],
        CgroupParent: '/ecs/1',
      },
    });
  });
});

describe('logs', () => {
  const options = { 'awslogs-group': '/shop', 'awslogs-region': 'us-east-1', 'awslogs-stream': 'web/app/1' };
  const execution = {
    credentialsId: 'id-of-execution',
    roleArn: 'arn:aws:iam::111111111111:role/execution',
    accessKeyId: 'ASIA',
    secretAccessKey: 'secret',
    sessionToken: 'token',
    expiration: '2027-01-01T00:00:00Z',
  };
  const logging = (LogConfig: object, extra: object = {}) => ({
    ...payloadTask(ids, {
      dockerConfig: { version: '1.24', config: '{}', hostConfig: JSON.stringify({ LogConfig }) },
      logsAuthStrategy: 'ExecutionRole',
    }),
    ...extra,
  });
  const logConfigFor = (raw: ReturnType<typeof logging>): unknown => {
    const outcome = parseTask(raw, ids);
    if (!outcome.ok) return outcome.reason;
    return (bodyOf(outcome.task)['HostConfig'] as { readonly LogConfig?: unknown }).LogConfig;
  };

  test('awslogs writes with the keys of the execution role', () => {
    const raw = logging({ Type: 'awslogs', Config: options }, { executionRoleCredentials: execution });
    expect(logConfigFor(raw)).toEqual({
      Type: 'awslogs',
      Config: { ...options, 'awslogs-credentials-endpoint': '/v2/credentials/id-of-execution' },
    });
  });

  test('other drivers stay as they are', () => {
    const journald = { Type: 'journald', Config: { tag: 'awslogs' } };
    expect(logConfigFor(logging(journald, { executionRoleCredentials: execution }))).toEqual(journald);
  });

  test('awslogs without an execution role is refused, with the reason', () => {
    expect(logConfigFor(logging({ Type: 'awslogs', Config: options }))).toContain(
      'UnrecogniedTaskError: Error loading task - container app logs with awslogs, which writes with the credentials of an',
    );
  });
});
