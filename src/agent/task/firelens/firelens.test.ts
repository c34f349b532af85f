import { describe, expect, test } from 'vitest';
import { Ids, SeededRandom } from '#base';
import { shortId } from '#model';
import type { PayloadContainer, PayloadTask } from '#wire/link';
import { payloadContainer, payloadTask } from '../../testing.ts';
import { routerConfiguration } from './configuration.ts';
import { routingParts } from './container.ts';
import { routerFirst, routerOf, routerProblem, routerSecrets, routerVariables } from './router.ts';
import { configurationText } from './write.ts';

const ids = new Ids(new SeededRandom(1));

function docker(hostConfig: object, config: object = {}): PayloadContainer['dockerConfig'] {
  return { version: '1.24', config: JSON.stringify(config), hostConfig: JSON.stringify(hostConfig) };
}

function router(type: string, options: Record<string, string> = {}, over: Partial<PayloadContainer> = {}) {
  return payloadContainer({
    name: 'log_router',
    environment: { AWS_EXECUTION_ENV: 'AWS_ECS_EC2' },
    firelensConfiguration: { type, options },
    ...over,
  });
}

function routed(name: string, options: Record<string, string>, over: Partial<PayloadContainer> = {}) {
  return payloadContainer({
    name,
    dockerConfig: docker({ LogConfig: { Type: 'awsfirelens', Config: options } }),
    ...over,
  });
}

function task(containers: readonly PayloadContainer[], over: Partial<PayloadTask> = {}): PayloadTask {
  return payloadTask(ids, {}, { containers, ...over });
}

function textOf(payload: PayloadTask, instanceId?: string): string {
  const found = routerOf(payload);
  if (found === undefined) throw new Error('no router');
  const facts = instanceId === undefined ? {} : { instanceId };
  return configurationText(routerConfiguration(payload, found, facts), found.type);
}

const secret = {
  name: 'apikey',
  valueFrom: 'key',
  region: 'us-east-1',
  provider: 'ssm',
  type: 'BOOTSTRAP',
  target: 'LOG_DRIVER',
} as const;

describe("a Fluent Bit router's configuration", () => {
  test('has socket, port, health check, filters, what ECS knows, the file of its image, and an output for each container', () => {
    const payload = task([
      router('fluentbit', { 'config-file-type': 'file', 'config-file-value': '/extra.conf' }, { memory: 101 }),
      routed(
        'web',
        {
          Name: 'http',
          Host: 'logs.example',
          'exclude-pattern': '^DEBUG',
          'include-pattern': 'order [0-9]+',
          'log-driver-buffer-limit': '8388608',
        },
        { secrets: [secret] },
      ),
      routed('cache', { Name: 'stdout' }),
      routed('quiet', {}),
      payloadContainer({ name: 'other' }),
    ]);
    expect(textOf(payload, 'i-0123456789abcdef0')).toBe(`[INPUT]
    Name forward
    Mem_Buf_Limit 50MB
    unix_path /var/run/fluent.sock

[INPUT]
    Name forward
    Listen 0.0.0.0
    Port 24224

[INPUT]
    Name tcp
    Tag firelens-healthcheck
    Listen 127.0.0.1
    Port 8877

[FILTER]
    Name grep
    Match web-firelens*
    Regex log order [0-9]+

[FILTER]
    Name grep
    Match web-firelens*
    Exclude log ^DEBUG

[FILTER]
    Name record_modifier
    Match *
    Record ec2_instance_id i-0123456789abcdef0
    Record ecs_cluster default
    Record ecs_task_arn ${payload.arn}
    Record ecs_task_definition web:1

@INCLUDE /extra.conf

[OUTPUT]
    Name null
    Match firelens-healthcheck

[OUTPUT]
    Name http
    Match web-firelens*
    Host logs.example
    apikey \${apikey_1}

[OUTPUT]
    Name stdout
    Match cache-firelens*
`);
  });

  test('has a socket alone in the network of its host, and nothing of ECS when that is turned off', () => {
    const over = { memory: 0, dockerConfig: docker({}) };
    const payload = task([router('fluentbit', { 'enable-ecs-log-metadata': 'false' }, over)], { networkMode: 'host' });
    expect(textOf(payload, 'i-1')).toBe(
      '[INPUT]\n    Name forward\n    Mem_Buf_Limit 25MB\n    unix_path /var/run/fluent.sock\n',
    );
  });

  test('lets it hold half of the memory that is reserved for it, rather than of its limit', () => {
    const dockerConfig = docker({ MemoryReservation: 64 * 1024 ** 2 });
    expect(textOf(task([router('fluentbit', {}, { memory: 512, dockerConfig })]))).toContain('Mem_Buf_Limit 32MB');
  });

  test('includes what came from S3 from beside its own', () => {
    const options = { 'config-file-type': 's3', 'config-file-value': 'arn:aws:s3:::shop/extra.conf' };
    expect(textOf(task([router('fluentbit', options)]))).toContain('\n@INCLUDE /fluent-bit/etc/external.conf\n');
    expect(textOf(task([router('fluentd', options)]))).toContain('\n@include /fluentd/etc/external.conf\n');
  });

  test('names the instance only of tasks on instances', () => {
    const environment = { AWS_EXECUTION_ENV: 'AWS_ECS_FARGATE' };
    expect(textOf(task([router('fluentbit', {}, { environment })]), 'i-1')).not.toContain('ec2_instance_id');
    expect(textOf(task([router('fluentbit')]))).not.toContain('ec2_instance_id');
  });
});

test("a fluentd router's configuration says the same in fluentd's words", () => {
  const payload = task(
    [
      router('fluentd', { 'config-file-type': 'file', 'config-file-value': '/extra.conf' }),
      routed(
        'web',
        { '@type': 'file', path: '/logs', 'include-pattern': '/order/', 'exclude-pattern': 'DEBUG' },
        { secrets: [secret] },
      ),
    ],
    { networkMode: 'awsvpc' },
  );
  expect(textOf(payload)).toBe(`<source>
  @type unix
  path /var/run/fluent.sock
</source>

<source>
  @type forward
  bind 127.0.0.1
  port 24224
</source>

<filter web-firelens**>
  @type grep
  <regexp>
    key log
    pattern /order/
  </regexp>
</filter>

<filter web-firelens**>
  @type grep
  <exclude>
    key log
    pattern DEBUG
  </exclude>
</filter>

<filter **>
  @type record_transformer
  <record>
    ecs_cluster default
    ecs_task_arn ${payload.arn}
    ecs_task_definition web:1
  </record>
</filter>

@include /extra.conf

<match web-firelens**>
  @type file
  apikey "#{ENV['apikey_1']}"
  path /logs
</match>
`);
});

test('options without the name of an output are refused, in the words of ECS’s agent', () => {
  const what = (key: string, type: string) =>
    `Unable to generate firelens config file: unable to generate firelens config: unable to apply log options of container web to firelens config: missing output key ${key} which is required for firelens configuration of type ${type}`;
  expect(() => textOf(task([router('fluentbit'), routed('web', { Host: 'a' })]))).toThrow(what('Name', 'fluentbit'));
  expect(() => textOf(task([router('fluentd'), routed('web', { Name: 'a' })]))).toThrow(what('@type', 'fluentd'));
});

describe('the containers of a task with a router', () => {
  const order = (containers: readonly PayloadContainer[]) =>
    Object.fromEntries(routerFirst(containers).map(({ name, dependsOn }) => [name, dependsOn]));
  const start = (containerName: string) => ({ containerName, condition: 'START' as const });

  test('wait for its start when they log to it', () => {
    const own = { containerName: 'log_router', condition: 'HEALTHY' as const };
    expect(
      order([
        routed('web', { Name: 'stdout' }, { dependsOn: [start('cache')] }),
        routed('picky', {}, { dependsOn: [own] }),
        payloadContainer({ name: 'cache' }),
        router('fluentbit'),
      ]),
    ).toEqual({ web: [start('cache'), start('log_router')], picky: [own], cache: undefined, log_router: undefined });
  });

  test('do not wait for it when it waits for them, be it through others', () => {
    expect(
      order([
        router('fluentbit', {}, { dependsOn: [start('between')] }),
        payloadContainer({ name: 'between', links: ['web:w'] }),
        routed('web', {}),
        routed('late', {}),
      ]),
    ).toMatchObject({ web: undefined, late: [start('log_router')] });
  });

  test.each<[string, readonly PayloadContainer[]]>([
    ['container web logs with awsfirelens, and the task has no log router', [routed('web', {})]],
    ['task has more than one log router', [router('fluentbit'), router('fluentd')]],
    ['invalid firelens configuration type: vector', [router('vector')]],
    [
      'log router log_router logs with awsfirelens to itself',
      [router('fluentbit', {}, { dockerConfig: docker({ LogConfig: { Type: 'awsfirelens' } }) })],
    ],
    [
      'invalid value ftp is specified for option config-file-type',
      [router('fluentbit', { 'config-file-type': 'ftp' })],
    ],
    [
      'option config-file-type is specified but config-file-value is not specified',
      [router('fluentbit', { 'config-file-type': 's3' })],
    ],
  ])('are refused: %s', (problem, containers) => {
    expect(routerProblem(containers)).toBe(problem);
  });

  test('are taken when there is nothing to say against them', () => {
    expect(routerProblem([payloadContainer()])).toBeUndefined();
    expect(routerProblem([router('fluentd'), routed('web', {})])).toBeUndefined();
  });

  test('tell the router of their secret options by variables of its own', () => {
    const containers = [
      router('fluentbit'),
      routed('web', {}, { secrets: [secret] }),
      payloadContainer({ secrets: [secret] }),
    ];
    expect(routerSecrets(containers)).toEqual([{ container: 'web', option: 'apikey', variable: 'apikey_1', secret }]);
    expect(routerVariables(containers, (container, option) => `${option} of ${container}`)).toEqual({
      apikey_1: 'apikey of web',
    });
    expect(routerVariables(containers, () => undefined)).toEqual({});
  });
});

describe('what a container is given', () => {
  const paths = { configuration: '/d/c.conf', external: '/d/e.conf', sockets: '/d/s', socket: '/d/s/fluent.sock' };
  const context = { paths, async: true };

  test('the router: its files, and to fluentd the user that may write the socket', () => {
    const s3 = { 'config-file-type': 's3', 'config-file-value': 'arn:aws:s3:::a/b' };
    const bit = router('fluentbit', s3);
    expect(routingParts(task([bit]), bit, context)).toEqual({
      binds: ['/d/c.conf:/fluent-bit/etc/fluent-bit.conf', '/d/s:/var/run/', '/d/e.conf:/fluent-bit/etc/external.conf'],
      environment: {},
    });
    const d = router('fluentd');
    expect(routingParts(task([d]), d, context)).toEqual({
      binds: ['/d/c.conf:/fluentd/etc/fluent.conf', '/d/s:/var/run/'],
      environment: { FLUENT_UID: '0' },
    });
    const variables = { apikey_1: 'of web' };
    expect(routingParts(task([bit]), bit, { ...context, variables }).environment).toEqual(variables);
    const web = routed('web', {});
    expect(routingParts(task([bit, web]), web, { ...context, variables }).environment).not.toHaveProperty('apikey_1');
  });

  test.each([
    ['awsvpc', { FLUENT_HOST: '127.0.0.1', FLUENT_PORT: '24224' }],
    ['bridge', { FLUENT_HOST: '172.17.0.9', FLUENT_PORT: '24224' }],
  ] as const)('others: the socket as their log, and in mode %s the port', (networkMode, environment) => {
    const web = routed('web', { Name: 'stdout', 'log-driver-buffer-limit': '2097152' });
    const payload = task([router('fluentbit'), web], { networkMode });
    const routerAddress = networkMode === 'bridge' ? '172.17.0.9' : undefined;
    const given = routerAddress === undefined ? context : { ...context, routerAddress };
    expect(routingParts(payload, web, given)).toEqual({
      binds: [],
      environment,
      logConfig: {
        Type: 'fluentd',
        Config: {
          tag: `web-firelens-${shortId(payload.arn)}`,
          'fluentd-address': 'unix:///d/s/fluent.sock',
          'fluentd-async': 'true',
          'fluentd-sub-second-precision': 'true',
          'fluentd-buffer-limit': '2097152',
        },
      },
    });
  });

  test('others in the network of the host: no port; those that log elsewhere: nothing', () => {
    const [web, other] = [routed('web', {}), payloadContainer({ name: 'other' })];
    const payload = task([router('fluentbit'), web, other], { networkMode: 'host' });
    const parts = routingParts(payload, web, { paths, async: false });
    expect(parts).toMatchObject({ environment: {}, logConfig: { Config: { 'fluentd-async': 'false' } } });
    expect(routingParts(payload, other, context)).toEqual({ binds: [], environment: {} });
    expect(routingParts(task([other]), other, context)).toEqual({ binds: [], environment: {} });
  });
});
