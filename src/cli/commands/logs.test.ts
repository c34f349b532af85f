import { describe, expect, test } from 'vitest';
import { type Clock, instantFromMs, ManualClock } from '#base';
import {
  AwsJsonServer,
  awsJsonError,
  type CommandResult,
  scriptedEngine,
  TestInstallation,
} from '../../../test/support/command-line.ts';
import { SystemClock } from '../../main/system-clock.ts';
import { Interrupted } from '../failure.ts';
import type { CommandLineDeps } from '../ports.ts';

const arn = (path: string) => `arn:aws:ecs:us-east-1:000000000000:${path}`;
const [one, two, three] = ['1', '2', '3'].map((digit) => arn(`task/default/${digit.repeat(32)}`)) as [
  string,
  string,
  string,
];
const startMs = 1_800_000_000_000;

interface Written {
  readonly timestamp: number;
  readonly message: string;
}

/** Clusters, services, tasks and streams that a test may change while the command runs. */
class World {
  readonly tasks = new Map<string, { readonly definition: string; status: string; containers: object[] }>();
  readonly definitions = new Map<string, object[]>();
  readonly streams = new Map<string, Written[]>();
  engine = scriptedEngine({});
  stoppedAt: number | undefined;
  away = false;

  add(taskArn: string, definition: string, status = 'RUNNING', runtimeId?: string): void {
    const containers = (this.definitions.get(definition) ?? []).map((each) => ({
      name: (each as { name: string }).name,
      ...(runtimeId === undefined ? {} : { runtimeId }),
    }));
    this.tasks.set(taskArn, { definition, status, containers });
  }

  write(stream: string, ...lines: readonly (readonly [afterMs: number, message: string])[]): void {
    const events = this.streams.get(stream) ?? [];
    events.push(...lines.map(([afterMs, message]) => ({ timestamp: startMs + afterMs, message })));
    this.streams.set(stream, events);
  }

  readonly handlers = {
    DescribeServices: ({ services }: { services?: readonly string[] }) => ({
      services: services?.[0] === 'web' ? [{ serviceName: 'web', status: 'ACTIVE' }] : [],
    }),
    ListTasks: ({ desiredStatus }: { desiredStatus?: string }) => ({
      taskArns: [...this.tasks]
        .filter(([, { status }]) => (status === 'STOPPED') === (desiredStatus === 'STOPPED'))
        .map(([each]) => each),
    }),
    DescribeTasks: ({ tasks }: { tasks?: readonly string[] }) => ({
      tasks: (tasks ?? []).flatMap((named) => {
        const [taskArn, task] = [...this.tasks].find(([each]) => each.endsWith(named)) ?? [];
        if (task === undefined) return [];
        const { definition, status, containers } = task;
        const { stoppedAt } = this;
        return [{ taskArn, taskDefinitionArn: definition, lastStatus: status, stoppedAt, containers }];
      }),
    }),
    DescribeTaskDefinition: ({ taskDefinition }: { taskDefinition?: string }) => ({
      taskDefinition: { containerDefinitions: this.definitions.get(taskDefinition ?? '') ?? [] },
    }),
    GetLogEvents: (input: {
      logStreamName?: string;
      startTime?: number;
      nextToken?: string;
      limit?: number;
      startFromHead?: boolean;
    }) => {
      if (this.away) throw awsJsonError(503, 'ServiceUnavailableException', 'Away.');
      const all = this.streams.get(input.logStreamName ?? '');
      if (all === undefined)
        throw awsJsonError(400, 'ResourceNotFoundException', 'The specified log stream does not exist.');
      const begun = all.filter(({ timestamp }) => timestamp >= (input.startTime ?? 0));
      const limit = input.limit ?? 10_000;
      const from = Number(
        input.nextToken ??
          (input.startFromHead === true
            ? all.length - begun.length
            : Math.max(all.length - begun.length, all.length - limit)),
      );
      const events = all.slice(from, from + limit);
      return { events, nextForwardToken: String(from + events.length), nextBackwardToken: '0' };
    },
  };
}

const real = new SystemClock();
/** Waits are fifty times shorter. */
const hurried: Clock = {
  now: () => real.now(),
  monotonicMs: () => real.monotonicMs(),
  setTimer: (delayMs, fire) => real.setTimer(delayMs / 50, fire),
};

async function run(
  world: World,
  argv: readonly string[],
  overrides: Partial<CommandLineDeps> = {},
): Promise<CommandResult & { readonly calls: AwsJsonServer['calls'] }> {
  await using server = await AwsJsonServer.start(world.handlers);
  await using installation = await TestInstallation.create();
  await installation.pretendRunning(server.url);
  const ran = await installation.run(['logs', ...argv], { engine: world.engine, clock: hurried, ...overrides });
  return { ...ran, calls: server.calls };
}

const awslogs = (name: string, options: object = {}) => ({
  name,
  logConfiguration: {
    logDriver: 'awslogs',
    options: { 'awslogs-group': '/web', 'awslogs-region': 'eu-west-1', 'awslogs-stream-prefix': 'p', ...options },
  },
});

function shop(): World {
  const world = new World();
  world.definitions.set('web:1', [awslogs('app'), awslogs('side')]);
  world.add(one, 'web:1');
  world.add(two, 'web:1', 'STOPPED');
  const id = (digit: string): string => digit.repeat(32);
  world.write(`p/app/${id('1')}`, [10, 'one a'], [30, 'one b']);
  world.write(`p/side/${id('1')}`, [20, 'one side']);
  world.write(`p/app/${id('2')}`, [5, 'two a'], [25, 'two b']);
  return world;
}

describe('logs of a service', () => {
  test('interleaves all its tasks by time, stopped ones too, with a prefix each and no colour in a pipe', async () => {
    const { stdout, stderr, exitCode, calls } = await run(shop(), ['web']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toBe(
      [
        '22222222/app two a',
        '11111111/app one a',
        '11111111/side one side',
        '22222222/app  two b',
        '11111111/app  one b',
        '',
      ].join('\n'),
    );
    const read = calls.find(({ operation }) => operation === 'GetLogEvents');
    expect(read?.authorization).toMatch(/\/eu-west-1\/logs\/aws4_request/);
    const coloured = await run(shop(), ['web', '--color', 'always']);
    expect(coloured.stdout).toContain('\u001b[36m22222222/app');
  });

  test('--tail, --since and --container choose; -o wide shows times, -q only what was written', async () => {
    expect((await run(shop(), ['web', '--tail', '2', '-q'])).stdout).toBe('two b\none b\n');
    expect((await run(shop(), ['web', '--container', 'side', '-q'])).stdout).toBe('one side\n');
    const since = new Date(startMs + 20).toISOString();
    const { stdout } = await run(shop(), ['web', '--since', since, '-o', 'wide']);
    expect(stdout).toBe(
      [
        `11111111/side ${since} one side`,
        `22222222/app  ${new Date(startMs + 25).toISOString()} two b`,
        `11111111/app  ${new Date(startMs + 30).toISOString()} one b`,
        '',
      ].join('\n'),
    );
    const clock = new ManualClock(instantFromMs(startMs + 10 * 60_000 + 25));
    expect((await run(shop(), ['web', '--since', '10m', '-q'], { clock })).stdout).toBe('two b\none b\n');
  });

  test('answers --json as one document and -o jsonl line by line', async () => {
    const { stdout } = await run(shop(), ['web', '--tail', '1', '--json']);
    const timestamp = new Date(startMs + 30).toISOString();
    const line = { timestamp, taskArn: one, container: 'app', message: 'one b' };
    expect(JSON.parse(stdout)).toEqual({ events: [line] });
    expect(JSON.parse((await run(shop(), ['web', '--tail', '1', '-o', 'jsonl'])).stdout)).toEqual(line);
  });

  test('waits while the control plane is away, and goes on where it was', async () => {
    const world = shop();
    const controller = new AbortController();
    const said = { out: '', error: '' };
    const { exitCode } = await run(world, ['web', '-f', '--tail', '1', '-q'], {
      signal: controller.signal,
      terminal: {
        writeOut: (text) => {
          said.out += text;
          world.away = said.out === 'one b\n';
          if (said.out.endsWith('one d\n')) controller.abort(new Interrupted('SIGINT'));
        },
        writeError: (text) => {
          said.error += text;
          if (!text.includes('waiting for it')) return;
          world.write(`p/app/${'1'.repeat(32)}`, [40, 'one c'], [41, 'one d']);
          world.away = false;
        },
        outIsTerminal: false,
        errorIsTerminal: false,
        readInput: () => Promise.resolve(''),
      },
    });
    expect({ exitCode, ...said }).toEqual({
      exitCode: 0,
      out: 'one b\none c\none d\n',
      error: expect.stringMatching(/^the control plane does not answer; waiting for it\n/) as string,
    });
  });

  test('follows what is written, also by tasks that come later, without loss or repeats', async () => {
    const world = shop();
    const controller = new AbortController();
    let stdout = '';
    let step = 0;
    const ended = run(world, ['web', '-f', '--tail', '1', '-q'], {
      signal: controller.signal,
      terminal: {
        writeOut: (text) => {
          stdout += text;
          if (step === 0 && stdout.includes('one b')) {
            step = 1;
            world.write(`p/app/${'1'.repeat(32)}`, [40, 'one c'], [41, 'one d']);
          } else if (step === 1 && stdout.includes('one d')) {
            step = 2;
            world.add(three, 'web:1');
            world.write(`p/app/${'3'.repeat(32)}`, [50, 'three a']);
          } else if (step === 2 && stdout.includes('three a')) {
            controller.abort(new Interrupted('SIGINT'));
          }
        },
        writeError: () => {},
        outIsTerminal: false,
        errorIsTerminal: false,
        readInput: () => Promise.resolve(''),
      },
    });
    expect((await ended).exitCode).toBe(0);
    expect(stdout).toBe('one b\none c\none d\nthree a\n');
  });
});

describe('logs of a task', () => {
  test('by its id or ARN', async () => {
    for (const name of [two, '2'.repeat(32)]) {
      expect((await run(shop(), [name, '-q'])).stdout).toBe('two a\ntwo b\n');
    }
  });

  test('followed, end some time after the task did', async () => {
    const world = shop();
    world.stoppedAt = 1;
    const { exitCode, stdout } = await run(world, [two, '-f', '-q']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: 'two a\ntwo b\n' });
  });

  test('without a stream prefix are in the stream of the container’s id', async () => {
    const world = new World();
    const { 'awslogs-stream-prefix': _, ...options } = awslogs('app').logConfiguration.options;
    world.definitions.set('job:1', [{ name: 'app', logConfiguration: { logDriver: 'awslogs', options } }]);
    world.add(one, 'job:1', 'RUNNING', 'c0ffee');
    world.write('c0ffee', [1, 'hello']);
    expect((await run(world, [one, '-q'])).stdout).toBe('hello\n');
  });

  test('on this machine’s engine are read there', async () => {
    const world = new World();
    world.definitions.set('job:1', [{ name: 'app' }]);
    world.add(one, 'job:1', 'STOPPED', 'c0ffee');
    const line = (text: string): Buffer => {
      const head = Buffer.alloc(8);
      head.writeUInt8(1, 0);
      head.writeUInt32BE(Buffer.byteLength(text), 4);
      return Buffer.concat([head, Buffer.from(text)]);
    };
    const at = '2027-01-15T08:00:00.123456789Z';
    const asked: string[] = [];
    world.engine = {
      address: 'unix:///engine',
      send: (method, path) => {
        asked.push(`${method} ${path}`);
        const body = path.endsWith('/json')
          ? Buffer.from('{"Config":{"Tty":false}}')
          : Buffer.concat([line(`${at} first\n`), line(`2027-01-15T08:00:01Z second\n`)]);
        return Promise.resolve({ status: 200, headers: {}, body });
      },
    };
    const { stdout } = await run(world, [one, '--since', '2027-01-15T08:00:00Z', '-t']);
    expect(stdout).toBe('11111111/app 2027-01-15T08:00:00.123Z first\n11111111/app 2027-01-15T08:00:01.000Z second\n');
    expect(asked.at(-1)).toBe('GET /containers/c0ffee/logs?stdout=1&stderr=1&timestamps=1&since=1800000000.000000000');
  });
});

describe('logs that are not here', () => {
  test('of a service or a task that is none: exit code 3', async () => {
    const service = await run(shop(), ['wbe']);
    expect(service).toMatchObject({ exitCode: 3, stdout: '' });
    expect(service.stderr).toContain('there is no service wbe in the cluster default');
    expect((await run(shop(), ['9'.repeat(32)])).stderr).toContain('stopped tasks are forgotten after a while');
  });

  test('say where they are', async () => {
    const world = new World();
    world.definitions.set('web:1', [{ name: 'app', logConfiguration: { logDriver: 'splunk' } }, { name: 'side' }]);
    world.add(one, 'web:1', 'RUNNING', 'c0ffee');
    const { exitCode, stderr } = await run(world, ['web']);
    expect(exitCode).toBe(3);
    expect(stderr).toContain('11111111/app logs with splunk on another machine, or is removed already');
    expect(stderr).toContain('11111111/side logs with its engine on another machine');
    expect(stderr).toContain('next: run it on the machine of the task, or give the container the log driver awslogs');
    const away = new World();
    away.definitions.set('web:1', [awslogs('app', { 'awslogs-endpoint': 'https://logs.example' }), awslogs('side')]);
    away.add(one, 'web:1');
    const some = await run(away, ['web']);
    expect(some.exitCode).toBe(0);
    expect(some.stderr).toBe('11111111/app logs to https://logs.example, log group /web\n');
  });

  test('of a container that the tasks have not, and of a service without tasks', async () => {
    expect((await run(shop(), ['web', '--container', 'db'])).stderr).toContain('its tasks have no container db');
    expect((await run(new World(), ['web'])).stderr).toContain('it has no task now; -f waits for one');
  });

  test('with a time that is none: exit code 2', async () => {
    expect((await run(shop(), ['web', '--since', 'yesterday'])).exitCode).toBe(2);
  });
});
