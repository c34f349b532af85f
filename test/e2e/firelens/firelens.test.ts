import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hostNode, hostPrograms, projectFile } from '../../support/host-programs.ts';
import type { Answer } from '../../support/installation.ts';
import { DefinitionWorld } from '../definition/world.ts';

let world: DefinitionWorld;
beforeAll(async () => {
  world = await DefinitionWorld.start({ ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION: '1s' });
});
afterAll(async () => {
  await world?.[Symbol.asyncDispose]();
});

/** The real Fluent Bit, where this machine has one: `FLUENT_BIT` names it, or it is found by its name. */
const fluentBit = ((): string | undefined => {
  try {
    return realpathSync(
      process.env['FLUENT_BIT'] ?? execFileSync('which', ['fluent-bit'], { encoding: 'utf8' }).trim(),
    );
  } catch {
    return undefined;
  }
})();

const sh = (script: string): { command: string[] } => ({ command: ['sh', '-c', script] });
const forever = 'while true; do sleep 1; done';

/** A router of the test's own, in this machine's Node.js. */
const own = { programs: [] as string[], command: [hostNode, projectFile('test/e2e/firelens/router.ts')] };
/** As the images of Fluent Bit start it. */
const real = {
  programs: fluentBit === undefined ? [] : [fluentBit],
  command: [fluentBit ?? '', '-c', '/fluent-bit/etc/fluent-bit.conf'],
};

/** A folder of this machine that a router writes its outputs to, and what is in them. */
class Outputs {
  readonly path: string;
  readonly volume: object;

  constructor(name: string) {
    this.path = `${world.folder}/${name}`;
    mkdirSync(this.path);
    // A router may be any user.
    chmodSync(this.path, 0o777);
    this.volume = { name: 'outputs', host: { sourcePath: this.path } };
  }

  /** The records of one output, in the form of Fluent Bit's `file`: `tag: [time, {record}]`. */
  records(file: string): readonly { readonly tag: string; readonly time: number; readonly record: Answer }[] {
    if (!existsSync(`${this.path}/${file}`)) return [];
    const lines = readFileSync(`${this.path}/${file}`, 'utf8').split('\n').filter(Boolean);
    return lines.map((line) => {
      const [, tag = '', time = '', record = ''] = /^(\S+): \[([\d.]+), (\{.*\})\]$/.exec(line) ?? [];
      return { tag, time: Number(time), record: JSON.parse(record) };
    });
  }

  /** The `log` of each record, once there are as many. */
  async lines(file: string, count: number): Promise<readonly string[]> {
    const found = await world.installation.until(`${count} records of ${file}`, async () => {
      const records = this.records(file);
      return records.length >= count && records;
    });
    return found.map(({ record }) => record.log);
  }
}

function router(
  { programs, command }: { readonly programs: readonly string[]; readonly command: readonly string[] },
  firelensConfiguration: object,
  over: object = {},
): { readonly volumes: readonly object[]; readonly container: Answer } {
  const { volumes, mountPoints } = hostPrograms(...programs);
  const outputs = { sourceVolume: 'outputs', containerPath: '/outputs' };
  const container = { name: 'log_router', memory: 256, command, firelensConfiguration, ...over };
  return { volumes, container: { ...container, mountPoints: [...mountPoints, outputs] } };
}

const routed = (options: Record<string, string>): object => ({ logDriver: 'awsfirelens', options });
const toFile = (file: string, more: Record<string, string> = {}): object =>
  routed({ Name: 'file', Path: '/outputs', File: file, ...more });

/**
 * How a program of the task sends a message of the forward protocol, `[tag, time, {log}]`, to the router's port: again
 * until the router, which has only just been started, listens there.
 */
function sendsByPort(log: string): string {
  const octal = (bytes: Buffer): string => [...bytes].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
  const text = (value: string): Buffer => Buffer.concat([Buffer.from([0xd9, value.length]), Buffer.from(value)]);
  const time = Buffer.from([0xce, 0x68, 0, 0, 0]);
  const tag = text('web-firelens-own');
  const bytes = octal(Buffer.concat([Buffer.from([0x93]), tag, time, Buffer.from([0x81]), text('log'), text(log)]));
  return `until printf '${bytes}' | nc $FLUENT_HOST $FLUENT_PORT 2> /dev/null; do sleep 0.2; done`;
}

const subnets = async (): Promise<object> => {
  const { subnets: found } = await world.installation.call('DescribeNetwork', {}, 'roadstead');
  return { networkConfiguration: { awsvpcConfiguration: { subnets: [found[0].subnetId] } } };
};

const idOf = (taskArn: string): string => taskArn.slice(taskArn.lastIndexOf('/') + 1);
const folders = (): readonly string[] => readdirSync(`${world.installation.dataDir}-ec2/agent/firelens`);

describe.each([
  ['of this test', own, true],
  ['Fluent Bit', real, fluentBit !== undefined],
] as const)('a router: %s', (kind, program, there) => {
  const named = (name: string): string => `${name}-${kind.replaceAll(' ', '')}`;

  test.skipIf(!there)(
    'gets every line of its containers by tag, filtered, with what ECS knows of the task',
    async () => {
      const outputs = new Outputs(named('lines'));
      const { volumes, container } = router(program, { type: 'fluentbit' });
      const send = sendsByPort('order 3 by port');
      const prints = 'echo order 1; echo DEBUG order 0 >&2; echo nothing; echo order 2 >&2';
      const taskArn = await world.run({ volumes: [...volumes, outputs.volume] }, [
        {
          name: 'web',
          ...sh(`${prints}; ${send}; env > /dev/stderr; trap 'echo order 4, the last; exit' TERM; ${forever}`),
          logConfiguration: toFile('web', { 'include-pattern': '^(DEBUG )?order', 'exclude-pattern': '^DEBUG' }),
        },
        { name: 'cache', ...sh(`echo from the cache; ${forever}`), logConfiguration: toFile('cache') },
        container,
      ]);
      await world.reaches(taskArn, 'RUNNING');
      expect([...(await outputs.lines('web', 3))].sort()).toEqual(['order 1', 'order 2', 'order 3 by port']);
      expect(await outputs.lines('cache', 1)).toEqual(['from the cache']);

      const { containers, containerInstanceArn } = await world.task(taskArn);
      const { ec2InstanceId } = await instance(containerInstanceArn);
      const web = containers.find(({ name }: Answer) => name === 'web');
      const [ofDriver] = outputs.records('web').filter(({ record }) => record.log === 'order 2');
      expect(ofDriver?.tag).toBe(`web-firelens-${idOf(taskArn)}`);
      expect(ofDriver?.time).toBeGreaterThan(1_700_000_000);
      const ecs = {
        ecs_cluster: 'yard',
        ecs_task_arn: taskArn,
        ecs_task_definition: expect.stringMatching(/^facts-\d+:1$/),
        ec2_instance_id: ec2InstanceId,
      };
      expect(ofDriver?.record).toMatchObject({ ...ecs, source: 'stderr', container_id: web.runtimeId });
      expect(ofDriver?.record.container_name).toMatch(/^\/ecs-facts-\d+-1-web-/);
      const [byPort] = outputs.records('web').filter(({ record }) => record.log === 'order 3 by port');
      expect(byPort).toMatchObject({ tag: 'web-firelens-own', record: ecs });

      // It is stopped after those that log to it: their last words arrive.
      await world.stop(taskArn);
      expect([...(await outputs.lines('web', 4))].sort().at(-1)).toBe('order 4, the last');
      await world.installation.until('its folder is gone', async () => !folders().includes(idOf(taskArn)));
    },
  );

  test.skipIf(!there)('is healthy when something answers where ECS’s health check asks', async () => {
    const outputs = new Outputs(named('health'));
    const command = ['CMD-SHELL', 'echo \'{"health": "check"}\' | nc 127.0.0.1 8877 || exit 1'];
    const { volumes, container } = router(program, { type: 'fluentbit' }, { healthCheck: { command, interval: 5 } });
    const taskArn = await world.run({ volumes: [...volumes, outputs.volume] }, [container]);
    await world.installation.until('it is healthy', async () => {
      const { containers } = await world.task(taskArn);
      return containers[0].healthStatus === 'HEALTHY';
    });
    await world.stop(taskArn);
  });

  test.skipIf(!there)(
    'includes a file of its own, by which a container without options is routed; it may be any user',
    async () => {
      const outputs = new Outputs(named('included'));
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
      const { volumes, container } = router(program, { type: 'fluentbit', options }, { user: '1001' });
      const definition = { networkMode: 'awsvpc', volumes: [...volumes, outputs.volume] };
      const send = sendsByPort('two');
      const web = { name: 'web', ...sh(`echo one; ${send}; ${forever}`), logConfiguration: routed({}) };
      const taskArn = await world.run(definition, [web, container], await subnets());
      await world.reaches(taskArn, 'RUNNING');
      expect([...(await outputs.lines('extra', 2))].sort()).toEqual(['one', 'two']);
      const { tag, record } = outputs.records('extra').find(({ record: { log } }) => log === 'one') ?? {};
      expect(tag).toBe(`web-firelens-${idOf(taskArn)}`);
      expect(record).toMatchObject({ berth: 'three', source: 'stdout' });
      expect(Object.keys(record).filter((name) => name.startsWith('ec'))).toEqual([]);
      expect((await world.inspected(taskArn, 'web')).Config.Env).toContain('FLUENT_HOST=127.0.0.1');
      await world.stop(taskArn);
    },
  );
});

async function instance(containerInstanceArn: string): Promise<Answer> {
  const containerInstances = [containerInstanceArn];
  const described = await world.installation.call('DescribeContainerInstances', {
    cluster: 'yard',
    containerInstances,
  });
  return described.containerInstances[0];
}

test('fluentd is told the same in its own words', async () => {
  const outputs = new Outputs('fluentd');
  const { volumes, container } = router(own, { type: 'fluentd' });
  const options = { '@type': 'stdout', 'include-pattern': '/^order/', 'exclude-pattern': 'cancelled' };
  const prints = 'echo order 1; echo order 2 cancelled; echo nothing; echo order 3';
  const taskArn = await world.run({ volumes: [...volumes, outputs.volume] }, [
    {
      name: 'web',
      ...sh(`${prints}; ${forever}`),
      logConfiguration: routed({ ...options, 'include-pattern': '^order' }),
    },
    container,
  ]);
  await world.reaches(taskArn, 'RUNNING');
  const printed = await world.installation.until('both came', async () => {
    const text = await world.printed(taskArn, 'log_router');
    return /order 3/.test(text) && text;
  });
  const records = printed.split('\n').map((line) => /^\S+ \S+ \S+ (\S+): (\{.*\})$/.exec(line) ?? []);
  expect(records.map(([, tag, text = '{}']) => [tag, JSON.parse(text).log])).toEqual([
    [`web-firelens-${idOf(taskArn)}`, 'order 1'],
    [`web-firelens-${idOf(taskArn)}`, 'order 3'],
  ]);
  expect(JSON.parse(records[0]?.[2] ?? '{}')).toMatchObject({ ecs_cluster: 'yard', ecs_task_arn: taskArn });
  expect((await world.inspected(taskArn, 'log_router')).Config.Env).toContain('FLUENT_UID=0');
  await world.stop(taskArn);
});

test('the engine is told how much it may hold, and where the router is', async () => {
  const outputs = new Outputs('driver');
  const { volumes, container } = router(own, { type: 'fluentbit' });
  const logConfiguration = toFile('web', { 'log-driver-buffer-limit': '2097152' });
  const taskArn = await world.run({ volumes: [...volumes, outputs.volume] }, [
    { name: 'web', ...sh(forever), logConfiguration },
    container,
  ]);
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

test('what a router cannot be told stops the task with ECS’s reason', async () => {
  const outputs = new Outputs('refused');
  const { volumes, container } = router(own, { type: 'fluentbit' });
  const web = { name: 'web', ...sh(forever), logConfiguration: routed({ Host: 'logs.example' }) };
  const taskArn = await world.run({ volumes: [...volumes, outputs.volume] }, [web, container]);
  const { stoppedReason } = await world.reaches(taskArn, 'STOPPED');
  expect(stoppedReason).toContain(
    'Unable to generate firelens config file: unable to generate firelens config: unable to apply log options of container web to firelens config: missing output key Name which is required for firelens configuration of type fluentbit',
  );
});
