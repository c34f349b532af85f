import { describe, expect, it } from 'vitest';
import { Ids, SeededRandom } from '#base';
import type { ContainerDefinition, TaskSpec } from '#model';
import { compileTask } from './compile-task.ts';
import { compiled, container, executionRoleCredentials } from './test-support/compiled.ts';
import { definition, placedTask } from './test-support/records.ts';

it.each([
  ['nginx:1', 'nginx@sha256:aa'],
  ['nginx', 'nginx@sha256:aa'],
  ['localhost:5000/team/app:1.2', 'localhost:5000/team/app@sha256:aa'],
  ['localhost:5000/app', 'localhost:5000/app@sha256:aa'],
  ['nginx@sha256:bb', 'nginx@sha256:aa'],
])('a task whose image is settled runs that one: %s', (image, expected) => {
  const full = definition({ containerDefinitions: [{ name: 'app', image }] });
  const task = placedTask(full, new Ids(new SeededRandom(1)));
  const [container] = task.containers;
  const pinned = { ...task, containers: [{ ...container!, pinnedDigest: 'sha256:aa' }] };
  const payload = compileTask(pinned, full, { order: 'RUNNING', logDriverMode: 'blocking' });
  expect(payload.containers[0]!.image).toBe(expected);
  const plain = compileTask(task, full, { order: 'RUNNING', logDriverMode: 'blocking' });
  expect(plain.containers[0]!.image).toBe(image);
});

describe('a compiled container', () => {
  it('has every override merged', () => {
    const { first, hostConfig } = container(
      {
        command: ['serve'],
        entryPoint: ['/init'],
        cpu: 10,
        memory: 100,
        memoryReservation: 50,
        environment: [
          { name: 'A', value: '1' },
          { name: 'B', value: '2' },
        ],
      },
      {
        overrides: {
          containerOverrides: [
            {
              name: 'app',
              command: ['migrate'],
              cpu: 20,
              memory: 200,
              memoryReservation: 64,
              environment: [{ name: 'B', value: '3' }],
              environmentFiles: [{ type: 's3', value: 'arn:aws:s3:::b/f.env' }],
            },
          ],
        },
      },
    );
    expect(first).toMatchObject({ command: ['migrate'], entryPoint: ['/init'], cpu: 20, memory: 200 });
    expect(first.environment).toEqual({ AWS_EXECUTION_ENV: 'AWS_ECS_EC2', A: '1', B: '3' });
    expect(first.environmentFiles).toEqual([{ type: 's3', value: 'arn:aws:s3:::b/f.env' }]);
    expect(hostConfig['MemoryReservation']).toBe(64 * 1024 * 1024);
  });

  it('is told where it runs', () => {
    const environment = (launchType: TaskSpec['launchType'], given: ContainerDefinition = {}) =>
      container(given, { launchType }).first.environment;
    expect(environment('EXTERNAL')).toEqual({ AWS_EXECUTION_ENV: 'AWS_ECS_EXTERNAL' });
    expect(environment('FARGATE')).toEqual({
      AWS_EXECUTION_ENV: 'AWS_ECS_FARGATE',
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_REGION: 'us-east-1',
    });
    const own = { environment: [{ name: 'AWS_REGION', value: 'eu-west-1' }] };
    expect(environment('FARGATE', own)['AWS_REGION']).toBe('eu-west-1');
  });

  it.each([
    ['bridge', [{ containerPort: 80, hostPort: 0, protocol: 'tcp' }]],
    ['host', [{ containerPort: 80, hostPort: 80, protocol: 'tcp' }]],
    ['awsvpc', [{ containerPort: 80, hostPort: 80, protocol: 'tcp' }]],
  ] as const)('maps ports in %s mode', (networkMode, expected) => {
    const { first, hostConfig } = container({ portMappings: [{ containerPort: 80 }] }, {}, { networkMode });
    expect(first.portMappings).toEqual(expected);
    expect(hostConfig['NetworkMode']).toBe(networkMode === 'awsvpc' ? undefined : networkMode);
  });

  it('maps fixed ports and ranges', () => {
    const portMappings = [
      { containerPort: 53, hostPort: 5353, protocol: 'udp' as const },
      { containerPortRange: '9000-9010', protocol: 'tcp' as const },
    ];
    expect(container({ portMappings }).first.portMappings).toEqual([
      { containerPort: 53, hostPort: 5353, protocol: 'udp' },
      { containerPortRange: '9000-9010', protocol: 'tcp' },
    ]);
  });

  it('has its order, mounts, links and restart policy', () => {
    const { first } = container({
      dependsOn: [{ containerName: 'db', condition: 'HEALTHY' }],
      startTimeout: 60,
      stopTimeout: 5,
      restartPolicy: { enabled: true, ignoredExitCodes: [0] },
      mountPoints: [{ sourceVolume: 'v', containerPath: '/v', readOnly: true }],
      volumesFrom: [{ sourceContainer: 'db' }],
      links: ['db:database'],
    });
    expect(first).toMatchObject({
      dependsOn: [{ containerName: 'db', condition: 'HEALTHY' }],
      startTimeout: 60,
      stopTimeout: 5,
      restartPolicy: { enabled: true, ignoredExitCodes: [0] },
      mountPoints: [{ sourceVolume: 'v', containerPath: '/v', readOnly: true }],
      volumesFrom: [{ sourceContainer: 'db', readOnly: false }],
      links: ['db:database'],
    });
  });

  it('has a health check in nanoseconds', () => {
    const plain = container({ healthCheck: { command: ['CMD-SHELL', 'true'] } });
    expect(plain.first.healthCheckType).toBe('docker');
    expect(plain.config['Healthcheck']).toEqual({
      Test: ['CMD-SHELL', 'true'],
      Interval: 30e9,
      Timeout: 5e9,
      Retries: 3,
    });
    const full = container({
      healthCheck: { command: ['CMD', 'x'], interval: 10, timeout: 2, retries: 5, startPeriod: 15 },
    });
    expect([full.version, full.config['Healthcheck']]).toEqual([
      '1.29',
      { Test: ['CMD', 'x'], Interval: 10e9, Timeout: 2e9, Retries: 5, StartPeriod: 15e9 },
    ]);
    const none = container({ healthCheck: { command: ['NONE'] } });
    expect([none.first.healthCheckType, none.config['Healthcheck']]).toEqual([undefined, { Test: ['NONE'] }]);
  });

  it("has Docker's own settings as Docker's JSON", () => {
    const { config, hostConfig, version } = container({
      memory: 512,
      user: '1000',
      workingDirectory: '/srv',
      hostname: 'h',
      pseudoTerminal: true,
      interactive: false,
      dockerLabels: { a: 'b' },
      disableNetworking: false,
      privileged: true,
      readonlyRootFilesystem: true,
      dnsServers: ['10.0.0.2'],
      dnsSearchDomains: ['internal'],
      extraHosts: [{ hostname: 'legacy', ipAddress: '10.0.0.9' }],
      dockerSecurityOptions: ['no-new-privileges', 'label:type:svirt_apache_t', 'apparmor:harbour'],
      systemControls: [{ namespace: 'net.core.somaxconn', value: '1024' }],
      ulimits: [{ name: 'nofile', softLimit: 1, hardLimit: 2 }],
      linuxParameters: {
        capabilities: { add: ['NET_ADMIN'], drop: [] },
        devices: [{ hostPath: '/dev/fuse', permissions: ['read', 'write'] }],
        initProcessEnabled: true,
        sharedMemorySize: 64,
        tmpfs: [{ containerPath: '/run', size: 16, mountOptions: ['noexec'] }],
        maxSwap: 256,
        swappiness: 10,
      },
    });
    expect(version).toBe('1.25');
    expect(config).toEqual({
      User: '1000',
      WorkingDir: '/srv',
      Hostname: 'h',
      Tty: true,
      OpenStdin: false,
      Labels: { a: 'b' },
      NetworkDisabled: false,
    });
    expect(hostConfig).toEqual({
      NetworkMode: 'bridge',
      Privileged: true,
      ReadonlyRootfs: true,
      Dns: ['10.0.0.2'],
      DnsSearch: ['internal'],
      ExtraHosts: ['legacy:10.0.0.9'],
      SecurityOpt: ['no-new-privileges', 'label=type:svirt_apache_t', 'apparmor=harbour'],
      Sysctls: { 'net.core.somaxconn': '1024' },
      Ulimits: [{ Name: 'nofile', Soft: 1, Hard: 2 }],
      CapAdd: ['NET_ADMIN'],
      Devices: [{ PathOnHost: '/dev/fuse', PathInContainer: '/dev/fuse', CgroupPermissions: 'rw' }],
      Init: true,
      ShmSize: 64 * 1024 * 1024,
      Tmpfs: { '/run': 'size=16m,noexec' },
      MemorySwap: 768 * 1024 * 1024,
      MemorySwappiness: 10,
    });
  });

  it('never has what would replace the arrays of the agent', () => {
    const { config, hostConfig } = container({
      command: ['a'],
      entryPoint: ['b'],
      environment: [{ name: 'A', value: '1' }],
      links: ['db'],
      mountPoints: [{ sourceVolume: 'v', containerPath: '/v' }],
      volumesFrom: [{ sourceContainer: 'db' }],
    });
    const replaced = ['Env', 'Cmd', 'Entrypoint', 'Binds', 'Links', 'VolumesFrom', 'GroupAdd', 'PortBindings'];
    expect(Object.keys({ ...config, ...hostConfig }).filter((key) => replaced.includes(key))).toEqual([]);
  });

  it('limits files on Fargate only as the definition says', () => {
    const limits = (of: ContainerDefinition) => container(of, { launchType: 'FARGATE' }).hostConfig['Ulimits'];
    expect(limits({})).toBeUndefined();
    const given = limits({ ulimits: [{ name: 'nofile', softLimit: 10, hardLimit: 20 }] });
    expect(given).toEqual([{ Name: 'nofile', Soft: 10, Hard: 20 }]);
  });

  it('logs where ECS would', () => {
    const options = { 'awslogs-group': '/shop', 'awslogs-stream-prefix': 'web' };
    const { hostConfig } = container({ logConfiguration: { logDriver: 'awslogs', options } });
    expect(hostConfig['LogConfig']).toEqual({
      Type: 'awslogs',
      Config: {
        'awslogs-group': '/shop',
        'awslogs-region': 'us-east-1',
        mode: 'blocking',
        'awslogs-stream': expect.stringMatching(/^web\/app\/[0-9a-f]{32}$/) as string,
      },
    });
    const awslogsEndpointOf = (own: Record<string, string>): unknown => {
      const logConfiguration = { logDriver: 'awslogs' as const, options: { ...options, ...own } };
      const of = { containerDefinitions: [{ name: 'app', image: 'a', logConfiguration }] };
      const [first] = compiled(of, {}, { logsEndpoint: 'http://10.0.0.5:4566' }).containers;
      return JSON.parse(first?.dockerConfig.hostConfig ?? '').LogConfig.Config['awslogs-endpoint'];
    };
    expect(awslogsEndpointOf({})).toBe('http://10.0.0.5:4566');
    expect(awslogsEndpointOf({ 'awslogs-endpoint': 'https://logs.example' })).toBe('https://logs.example');
    const json = container({ logConfiguration: { logDriver: 'json-file', options: { 'max-size': '1m' } } });
    expect(json.hostConfig['LogConfig']).toEqual({
      Type: 'json-file',
      Config: { 'max-size': '1m', mode: 'blocking' },
    });
  });

  it('gives a log driver the account’s mode unless the definition has one, and a buffer with it', () => {
    const logged = (logDriver: 'json-file' | 'awsfirelens', options: Record<string, string>): unknown => {
      const of = { containerDefinitions: [{ name: 'app', image: 'a', logConfiguration: { logDriver, options } }] };
      const [first] = compiled(of, {}, { logDriverMode: 'non-blocking' }).containers;
      return (JSON.parse(first?.dockerConfig.hostConfig ?? '') as { LogConfig: { Config: unknown } }).LogConfig.Config;
    };
    expect(logged('json-file', {})).toEqual({ mode: 'non-blocking', 'max-buffer-size': '10m' });
    expect(logged('json-file', { 'max-buffer-size': '1m' })).toEqual({
      mode: 'non-blocking',
      'max-buffer-size': '1m',
    });
    expect(logged('json-file', { mode: 'blocking' })).toEqual({ mode: 'blocking' });
    expect(logged('awsfirelens', { Name: 'http' })).toEqual({ Name: 'http' });
  });

  it('leaves secrets, private registries and log routing to the agent', () => {
    const secretArn = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf';
    const [first] = compiled(
      {
        containerDefinitions: [
          {
            name: 'app',
            image: 'private/app',
            repositoryCredentials: { credentialsParameter: secretArn },
            secrets: [
              { name: 'PASSWORD', valueFrom: `${secretArn}:password::` },
              { name: 'KEY', valueFrom: '/shop/key' },
            ],
            logConfiguration: { logDriver: 'awslogs', secretOptions: [{ name: 'token', valueFrom: '/t' }] },
            firelensConfiguration: { type: 'fluentbit', options: { a: 'b' } },
          },
        ],
      },
      {},
      { executionRoleCredentials },
    ).containers;
    const common = { type: 'ENVIRONMENT_VARIABLE', target: 'CONTAINER' };
    expect(first).toMatchObject({
      registryAuthentication: { type: 'asm', asmAuthData: { credentialsParameter: secretArn, region: 'eu-west-1' } },
      logsAuthStrategy: 'ExecutionRole',
      firelensConfiguration: { type: 'fluentbit', options: { a: 'b' } },
      secrets: [
        { ...common, name: 'PASSWORD', valueFrom: `${secretArn}:password::`, region: 'eu-west-1', provider: 'asm' },
        { ...common, name: 'KEY', valueFrom: '/shop/key', region: 'us-east-1', provider: 'ssm' },
        {
          name: 'token',
          valueFrom: '/t',
          region: 'us-east-1',
          provider: 'ssm',
          type: 'BOOTSTRAP',
          target: 'LOG_DRIVER',
        },
      ],
    });
  });
});
