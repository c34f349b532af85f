import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Answer } from '../../support/installation.ts';
import { DefinitionWorld } from '../definition/world.ts';
import { anyProgram, Outputs, printedRecords, programs, sendsByPort } from './routers.ts';

let world: DefinitionWorld;
beforeAll(async () => {
  world = await DefinitionWorld.start({ ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION: '1s' });
});
afterAll(async () => {
  await world?.[Symbol.asyncDispose]();
});

const sh = (script: string): { command: string[] } => ({ command: ['sh', '-c', script] });
const forever = 'while true; do sleep 1; done';
const routed = (options: Record<string, string>): object => ({ logDriver: 'awsfirelens', options });
const toFile = (file: string, more: Record<string, string> = {}): object =>
  routed({ Name: 'file', Path: '/outputs', File: file, ...more });

const idOf = (taskArn: string): string => taskArn.slice(taskArn.lastIndexOf('/') + 1);
const folders = (): readonly string[] => readdirSync(`${world.installation.dataDir}-ec2/agent/firelens`);

async function subnet(): Promise<object> {
  const { subnets } = await world.installation.call('DescribeNetwork', {}, 'roadstead');
  return { networkConfiguration: { awsvpcConfiguration: { subnets: [subnets[0].subnetId] } } };
}

async function instance(containerInstanceArn: string): Promise<Answer> {
  const input = { cluster: 'yard', containerInstances: [containerInstanceArn] };
  return (await world.installation.call('DescribeContainerInstances', input)).containerInstances[0];
}

describe.each(programs.fluentbit)('a router of the type fluentbit: $name', (program) => {
  const { name, there } = program;

  test.skipIf(!there)(
    'gets every line of its containers by tag, filtered, with what ECS knows of the task',
    async () => {
      const outputs = new Outputs(world, `lines ${name}`);
      const { volumes, container } = outputs.router('fluentbit', program);
      const prints = 'echo order 1; echo DEBUG order 0 >&2; echo nothing; echo order 2 >&2';
      const taskArn = await world.run({ volumes }, [
        {
          name: 'web',
          ...sh(`${prints}; ${sendsByPort('order 3 by port')}; trap 'echo order 4, the last; exit' TERM; ${forever}`),
          logConfiguration: toFile('web', { 'include-pattern': '^(DEBUG )?order', 'exclude-pattern': '^DEBUG' }),
        },
        { name: 'cache', ...sh(`echo from the cache; ${forever}`), logConfiguration: toFile('cache') },
        container,
      ]);
      await world.reaches(taskArn, 'RUNNING');
      expect([...(await outputs.lines('web', 3))].sort()).toEqual(['order 1', 'order 2', 'order 3 by port']);
      expect(await outputs.lines('cache', 1)).toEqual(['from the cache']);

      const { containers, containerInstanceArn } = await world.task(taskArn);
      const web = containers.find((each: Answer) => each.name === 'web');
      const [byDriver] = outputs.records('web').filter(({ record }) => record.log === 'order 2');
      const ecs = {
        ecs_cluster: 'yard',
        ecs_task_arn: taskArn,
        ecs_task_definition: expect.stringMatching(/^facts-\d+:1$/),
        ec2_instance_id: (await instance(containerInstanceArn)).ec2InstanceId,
      };
      expect(byDriver?.tag).toBe(`web-firelens-${idOf(taskArn)}`);
      expect(byDriver?.time).toBeGreaterThan(1_700_000_000);
      expect(byDriver?.record).toMatchObject({ ...ecs, source: 'stderr', container_id: web.runtimeId });
      expect(byDriver?.record.container_name).toMatch(/^\/ecs-facts-\d+-1-web-/);
      const [byPort] = outputs.records('web').filter(({ record }) => record.log === 'order 3 by port');
      expect(byPort).toMatchObject({ tag: 'web-firelens-own', record: ecs });
      // The engine keeps a copy.
      expect(await world.printed(taskArn, 'web')).toContain('order 1');

      // It is stopped after those that log to it: their last words arrive.
      await world.stop(taskArn);
      expect([...(await outputs.lines('web', 4))].sort().at(-1)).toBe('order 4, the last');
      await world.installation.until('its folder is gone', async () => !folders().includes(idOf(taskArn)));
    },
  );

  test.skipIf(!there)('is healthy when something answers where ECS’s health check asks', async () => {
    const outputs = new Outputs(world, `health ${name}`);
    const command = ['CMD-SHELL', 'echo \'{"health": "check"}\' | nc 127.0.0.1 8877 || exit 1'];
    const { volumes, container } = outputs.router('fluentbit', program, { healthCheck: { command, interval: 5 } });
    const taskArn = await world.run({ volumes }, [container]);
    await world.installation.until('it is healthy', async () => {
      const { containers } = await world.task(taskArn);
      return containers[0].healthStatus === 'HEALTHY';
    });
    await world.stop(taskArn);
  });

  test.skipIf(!there)(
    'includes a file of its own, which routes a container without options; it may be any user',
    async () => {
      const outputs = new Outputs(world, `included ${name}`);
      mkdirSync(`${outputs.path}/settings`);
      writeFileSync(
        `${outputs.path}/settings/extra.conf`,
        '[FILTER]\n    Name record_modifier\n    Match web-firelens*\n    Record berth three\n' +
          '[OUTPUT]\n    Name file\n    Match web-firelens*\n    Path /outputs\n    File extra\n',
      );
      const options = {
        'enable-ecs-log-metadata': 'false',
        'config-file-type': 'file',
        'config-file-value': '/outputs/settings/extra.conf',
      };
      const { volumes, container } = outputs.router('fluentbit', program, { options, user: '1001' });
      const web = { name: 'web', ...sh(`echo one; ${sendsByPort('two')}; ${forever}`), logConfiguration: routed({}) };
      const taskArn = await world.run({ networkMode: 'awsvpc', volumes }, [web, container], await subnet());
      await world.reaches(taskArn, 'RUNNING');
      expect([...(await outputs.lines('extra', 2))].sort()).toEqual(['one', 'two']);
      const { tag, record } = outputs.records('extra').find(({ record: { log } }) => log === 'one') ?? {};
      expect(tag).toBe(`web-firelens-${idOf(taskArn)}`);
      expect(record).toMatchObject({ berth: 'three', source: 'stdout' });
      expect(Object.keys(record).filter((member) => member.startsWith('ec'))).toEqual([]);
      expect((await world.inspected(taskArn, 'web')).Config.Env).toContain('FLUENT_HOST=127.0.0.1');
      await world.stop(taskArn);
    },
  );
});

describe.each(programs.fluentd)('a router of the type fluentd: $name', (program) => {
  test.skipIf(!program.there)('is told the same in its own words', async () => {
    const outputs = new Outputs(world, `fluentd ${program.name}`);
    writeFileSync(`${outputs.path}/extra.conf`, '<match cache-firelens**>\n  @type stdout\n</match>\n');
    const options = { 'config-file-type': 'file', 'config-file-value': '/outputs/extra.conf' };
    const { volumes, container } = outputs.router('fluentd', program, { options });
    const prints = 'echo order 1; echo order 2 cancelled; echo nothing; echo order 3';
    const taskArn = await world.run({ volumes }, [
      {
        name: 'web',
        ...sh(`${prints}; ${sendsByPort('order 4 by port')}; ${forever}`),
        logConfiguration: routed({ '@type': 'stdout', 'include-pattern': '^order', 'exclude-pattern': 'cancelled' }),
      },
      { name: 'cache', ...sh(`echo from the cache; ${forever}`), logConfiguration: routed({}) },
      container,
    ]);
    await world.reaches(taskArn, 'RUNNING');
    const found = await world.installation.until('all came', async () => {
      const records = printedRecords(await world.printed(taskArn, 'log_router'));
      return records.length >= 4 && records;
    });
    const driver = (of: string): string => `${of}-firelens-${idOf(taskArn)}`;
    expect(found.map(({ tag, record }) => `${tag} ${record.log}`).sort()).toEqual(
      [
        `${driver('cache')} from the cache`,
        `${driver('web')} order 1`,
        `${driver('web')} order 3`,
        'web-firelens-own order 4 by port',
      ].sort(),
    );
    for (const { record } of found) expect(record).toMatchObject({ ecs_cluster: 'yard', ecs_task_arn: taskArn });
    await world.stop(taskArn);
  });
});

test('fluentd runs as the user that may write its socket', async () => {
  const outputs = new Outputs(world, 'user');
  const { volumes, container } = outputs.router('fluentd', anyProgram);
  const taskArn = await world.run({ volumes }, [container]);
  await world.reaches(taskArn, 'RUNNING');
  expect((await world.inspected(taskArn, 'log_router')).Config.Env).toContain('FLUENT_UID=0');
  await world.stop(taskArn);
});

test('the engine is told how much it may hold, and where the router is', async () => {
  const outputs = new Outputs(world, 'driver');
  const { volumes, container } = outputs.router('fluentbit', anyProgram);
  const logConfiguration = toFile('web', { 'log-driver-buffer-limit': '2097152' });
  const taskArn = await world.run({ volumes }, [{ name: 'web', ...sh(forever), logConfiguration }, container]);
  await world.reaches(taskArn, 'RUNNING');
  const { LogConfig } = (await world.inspected(taskArn, 'web')).HostConfig;
  expect(LogConfig).toEqual({
    Type: 'fluentd',
    Config: {
      tag: `web-firelens-${idOf(taskArn)}`,
      'fluentd-address': expect.stringMatching(new RegExp(`^unix:///.*/firelens/${idOf(taskArn)}/socket/fluent.sock$`)),
      'fluentd-async': 'true',
      'fluentd-sub-second-precision': 'true',
      'fluentd-buffer-limit': '2097152',
    },
  });
  await world.stop(taskArn);
});

test('a router that ends takes its task with it, whatever of its output has not gone out', async () => {
  const outputs = new Outputs(world, 'ended');
  const { volumes, container } = outputs.router('fluentbit', { ...anyProgram, ...sh('sleep 1; exit 3') });
  const talks = 'while true; do echo a line that nobody takes; done';
  const web = { name: 'web', ...sh(talks), logConfiguration: toFile('web') };
  const taskArn = await world.run({ volumes }, [web, container]);
  const { containers } = await world.reaches(taskArn, 'STOPPED', 30_000);
  const codes = containers.map(({ name, exitCode }: Answer) => [name, exitCode]);
  expect(Object.fromEntries(codes)).toMatchObject({ log_router: 3, web: 137 });
});

test('what a router cannot be told stops the task with ECS’s reason', async () => {
  const outputs = new Outputs(world, 'refused');
  const { volumes, container } = outputs.router('fluentbit', anyProgram);
  const web = { name: 'web', ...sh(forever), logConfiguration: routed({ Host: 'logs.example' }) };
  const taskArn = await world.run({ volumes }, [web, container]);
  const { stoppedReason } = await world.reaches(taskArn, 'STOPPED');
  expect(stoppedReason).toContain(
    'Unable to generate firelens config file: unable to generate firelens config: unable to apply log options of container web to firelens config: missing output key Name which is required for firelens configuration of type fluentbit',
  );
});

test('a file from S3 is offered by no instance here: such a task is not placed', async () => {
  const outputs = new Outputs(world, 's3');
  const options = { 'config-file-type': 's3', 'config-file-value': 'arn:aws:s3:::shop/extra.conf' };
  const { volumes, container } = outputs.router('fluentbit', anyProgram, { options });
  const given = { volumes, executionRoleArn: 'arn:aws:iam::000000000000:role/execution' };
  await expect(world.run(given, [container])).rejects.toThrow(/ATTRIBUTE/);
});
