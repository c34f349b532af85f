import { describe, expect, it } from 'vitest';
import { Ids, SeededRandom } from '#base';
import type { ContainerDefinition, TaskSpec } from '#model';
import { compileTask } from './compile-task.ts';
import { compiled, executionRoleCredentials } from './test-support/compiled.ts';
import { cluster, definition, networkInterface, placedTask, withInterface } from './test-support/records.ts';

describe('a compiled task', () => {
  it('is complete, and as small as its definition', () => {
    expect(compiled()).toEqual({
      arn: placedTask(definition(), new Ids(new SeededRandom(1))).taskArn,
      taskClusterArn: cluster,
      family: 'web',
      version: '3',
      desiredStatus: 'RUNNING',
      networkMode: 'bridge',
      launchType: 'EC2',
      group: 'family:web',
      volumes: [],
      containers: [
        {
          name: 'app',
          containerArn: expect.stringMatching(/:container\/default\/[0-9a-f]{32}\/[0-9a-f-]{36}$/) as string,
          image: 'nginx:1',
          essential: true,
          cpu: 128,
          memory: 256,
          environment: { AWS_EXECUTION_ENV: 'AWS_ECS_EC2' },
          portMappings: [],
          mountPoints: [],
          volumesFrom: [],
          links: [],
          dockerConfig: { version: '1.24', config: '{}', hostConfig: '{"NetworkMode":"bridge"}' },
        },
      ],
    });
  });

  it('gives cpu as vCPU and memory as MiB, overrides first', () => {
    expect(compiled({ cpu: '512', memory: '1024' })).toMatchObject({ cpu: 0.5, memory: 1024 });
    const overrides = { containerOverrides: [], cpu: '2048', memory: '4096' };
    expect(compiled({ cpu: '512', memory: '1024' }, { overrides })).toMatchObject({ cpu: 2, memory: 4096 });
  });

  it('has the proxy of Service Connect as its first container, and an attachment that tells of it', () => {
    const endpoint = {
      discoveryName: 'web',
      discoveryArn: 'arn:web',
      portName: 'http',
      containerPort: 80,
      listenerPort: 80,
      protocol: 'http' as const,
      idleTimeoutSeconds: 300,
      perRequestTimeoutSeconds: 15,
      hostName: 'web',
      port: 80,
    };
    const call = { discoveryArn: 'arn:web', hostName: 'web', address: '127.255.0.1' };
    const connect = {
      namespaceArn: 'arn:ns',
      endpoints: [endpoint, { ...endpoint, portName: 'admin', containerPort: 81, listenerPort: 9000 }],
      callable: [
        { ...call, port: 80 },
        { ...call, port: 81 },
      ],
    };
    const options = { 'awslogs-group': 'proxies', 'awslogs-stream-prefix': 'sc' };
    const serviceConnectConfiguration = { enabled: true, logConfiguration: { logDriver: 'awslogs', options } };
    const facts = { connect: { connect, serviceConnectConfiguration } };
    const task = compiled({ networkMode: 'awsvpc' }, { serviceConnect: true }, facts);
    const [proxy, app] = task.containers;
    expect(proxy).toMatchObject({
      image: '',
      essential: true,
      environment: {},
      portMappings: [],
      healthCheckType: 'docker',
    });
    expect(proxy?.name).toMatch(/^ecs-service-connect-[A-Za-z0-9]{5}$/);
    expect(app?.name).toBe('app');
    const id = task.arn.split('/').at(-1);
    expect(JSON.parse(proxy?.dockerConfig.hostConfig ?? '')).toMatchObject({
      LogConfig: {
        Type: 'awslogs',
        Config: { 'awslogs-group': 'proxies', 'awslogs-stream': `sc/${proxy?.name}/${id}` },
      },
    });
    const [attachment] = task.attachments ?? [];
    expect(attachment?.attachmentType).toBe('serviceconnectdetail');
    const [name, config] = attachment?.attachmentProperties ?? [];
    expect(name).toEqual({ name: 'ContainerName', value: proxy?.name });
    expect(JSON.parse(config?.value ?? '')).toEqual({
      ingressConfig: [
        { listenerName: 'ingress-http', interceptPort: 80 },
        { listenerName: 'ingress-admin', listenerPort: 9000 },
      ],
      egressConfig: { listenerName: 'egress', vip: { ipv4Cidr: '127.255.0.0/16' } },
      dnsConfig: [{ hostName: 'web', address: '127.255.0.1' }],
    });
    const bridge = { containerName: 'app', hostPort: 8080 };
    const bridged = { connect: { ...connect, endpoints: [{ ...endpoint, listenerPort: 65_000, bridge }] } };
    const other = compiled({ networkMode: 'bridge' }, { serviceConnect: true }, { connect: bridged });
    expect(other.containers[0]?.portMappings).toEqual([{ containerPort: 65_000, hostPort: 8080, protocol: 'tcp' }]);
    expect(JSON.parse(other.attachments?.[0]?.attachmentProperties[1]?.value ?? '')).toMatchObject({
      ingressConfig: [{ listenerName: 'ingress-http', listenerPort: 65_000, hostPort: 8080 }],
      egressConfig: { vip: { ipv4Cidr: '169.254.176.0/20' } },
    });
  });

  it('has its managed EBS volume as an attachment, which the volume of that name is', () => {
    const roleArn = 'arn:aws:iam::111122223333:role/ebs';
    const disk = { name: 'disk', roleArn, sizeInGiB: 20, filesystemType: 'xfs', snapshotId: 'snap-1' } as const;
    const task = compiled({ volumes: [{ name: 'disk', configuredAtLaunch: true }] }, { volumeConfigurations: [disk] });
    expect(task.volumes).toEqual([{ name: 'disk', type: 'attachment' }]);
    const [attachment] = task.attachments ?? [];
    expect(attachment).toMatchObject({
      attachmentArn: expect.stringMatching(/:attachment\/default\/[0-9a-f-]{36}$/) as string,
      attachmentType: 'amazonebs',
    });
    const properties = new Map(attachment?.attachmentProperties.map(({ name, value }) => [name, value]));
    const volumeId = properties.get('volumeId');
    expect(volumeId).toMatch(/^vol-[0-9a-f]{17}$/);
    expect(Object.fromEntries(properties)).toEqual({
      volumeId,
      volumeSizeGib: '20',
      deviceName: '/dev/sdf',
      sourceVolumeHostPath: `${task.arn.split('/').at(-1)}_${volumeId}`,
      volumeName: 'disk',
      fileSystem: 'xfs',
      'roadstead.snapshotId': 'snap-1',
      'roadstead.deleteOnTermination': 'true',
    });
  });

  it('names its service, modes and proxy', () => {
    const serviceArn = 'arn:aws:ecs:us-east-1:111122223333:service/default/shop' as NonNullable<TaskSpec['serviceArn']>;
    const task = compiled(
      {
        pidMode: 'task',
        ipcMode: 'host',
        enableFaultInjection: true,
        proxyConfiguration: { containerName: 'envoy', properties: [{ name: 'AppPorts', value: '80' }] },
      },
      { serviceArn, group: 'service:shop' },
    );
    expect(task).toMatchObject({
      serviceName: 'shop',
      group: 'service:shop',
      pidMode: 'task',
      ipcMode: 'host',
      enableFaultInjection: true,
      proxyConfiguration: { type: 'APPMESH', containerName: 'envoy', properties: { AppPorts: '80' } },
    });
  });

  it('carries its interface and credentials', () => {
    const of = definition({ networkMode: 'awsvpc' });
    const task = withInterface(placedTask(of, new Ids(new SeededRandom(1))));
    const eni = networkInterface(task);
    const payload = compileTask(task, of, {
      order: 'STOPPED',
      logDriverMode: 'blocking',
      networkInterface: eni,
      executionRoleCredentials,
    });
    expect(payload).toMatchObject({ desiredStatus: 'STOPPED', networkMode: 'awsvpc', executionRoleCredentials });
    expect(payload.elasticNetworkInterfaces).toEqual([
      {
        attachmentArn: `arn:aws:ecs:us-east-1:111122223333:attachment/default/${task.attachment!.id}`,
        ec2Id: 'eni-0123456789abcdef0',
        macAddress: '02:42:ac:1f:00:05',
        index: 0,
        interfaceAssociationProtocol: 'default',
        ipv4Addresses: [{ privateAddress: '172.31.0.5', primary: true }],
        subnetGatewayIpv4Address: '172.31.0.1/20',
        privateDnsName: 'ip-172-31-0-5.ec2.internal',
      },
    ]);
    expect(payload.containers[0]?.dockerConfig.hostConfig).toBe('{}');
  });

  it('names the GPUs of each container', () => {
    const gpus = (value: string): ContainerDefinition => ({
      image: 'i',
      resourceRequirements: [{ type: 'GPU', value }],
    });
    const containerDefinitions = [
      { ...gpus('2'), name: 'a' },
      { image: 'i', name: 'b' },
      { ...gpus('1'), name: 'c' },
    ];
    const of = definition({ containerDefinitions });
    const task = placedTask(of, new Ids(new SeededRandom(1)), { gpuIds: ['g0', 'g1', 'g2'] });
    const none = { encoding: 'base64', value: '' };
    expect(compileTask(task, of, { order: 'RUNNING', logDriverMode: 'blocking' }).associations).toEqual([
      { name: 'g0', type: 'gpu', content: none, containers: ['a'] },
      { name: 'g1', type: 'gpu', content: none, containers: ['a'] },
      { name: 'g2', type: 'gpu', content: none, containers: ['c'] },
    ]);
  });

  it('knows every kind of volume', () => {
    const volumes = compiled({
      volumes: [
        { name: 'bind', host: { sourcePath: '/srv' } },
        { name: 'scratch', host: {} },
        { name: 'bare' },
        { name: 'own', dockerVolumeConfiguration: {} },
        { name: 'shared', dockerVolumeConfiguration: { scope: 'shared', autoprovision: true, labels: { a: 'b' } } },
        { name: 'efs', efsVolumeConfiguration: { fileSystemId: 'fs-1', authorizationConfig: { iam: 'ENABLED' } } },
      ],
    }).volumes;
    const docker = { scope: 'task', autoprovision: false, driver: 'local', driverOpts: {}, labels: {} };
    expect(volumes).toEqual([
      { name: 'bind', type: 'host', host: { sourcePath: '/srv' } },
      { name: 'scratch', type: 'host', host: {} },
      { name: 'bare', type: 'host', host: {} },
      { name: 'own', type: 'docker', dockerVolumeConfiguration: docker },
      {
        name: 'shared',
        type: 'docker',
        dockerVolumeConfiguration: { ...docker, scope: 'shared', autoprovision: true, labels: { a: 'b' } },
      },
      {
        name: 'efs',
        type: 'efs',
        efsVolumeConfiguration: { fileSystemId: 'fs-1', authorizationConfig: { iam: 'ENABLED' } },
      },
    ]);
  });
});
