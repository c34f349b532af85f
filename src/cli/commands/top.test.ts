import { expect, test } from 'vitest';
import { AwsJsonServer, TestInstallation } from '../../../test/support/command-line.ts';

const arn = (digit: string) => `arn:aws:ecs:us-east-1:000000000000:task/default/${digit.repeat(32)}`;

function set(average: number, sampleCount: number) {
  return { minimum: average, maximum: average, average, sum: average * sampleCount, sampleCount };
}

const busy = {
  name: 'app',
  cpuUnits: set(512, 2),
  memoryMiB: set(61.25, 2),
  rxBytesPerSecond: set(1536, 2),
  txBytesPerSecond: set(12, 2),
  readBytes: set(0, 2),
  writeBytes: set(2_500_000, 2),
  restarts: 1,
};

async function installed(known: Readonly<Record<string, object>>): Promise<AsyncDisposableStack & { run: Run }> {
  const stack = new AsyncDisposableStack();
  const server = stack.use(
    await AwsJsonServer.start({
      DescribeServices: () => ({ services: [{ serviceName: 'web', status: 'ACTIVE' }] }),
      ListTasks: ({ serviceName, nextToken }: { serviceName?: string; nextToken?: string }) =>
        serviceName === 'web'
          ? { taskArns: [arn('1')] }
          : nextToken === undefined
            ? { taskArns: [arn('1')], nextToken: 'more' }
            : { taskArns: [arn('2')] },
      DescribeUsage: ({ tasks }: { tasks?: readonly string[] }) => ({
        tasks: (tasks ?? []).flatMap((task) => {
          const container = known[task];
          const { volumes, ...rest } = (container ?? {}) as { volumes?: readonly object[] };
          const held = volumes === undefined ? {} : { volumes };
          return container === undefined ? [] : [{ taskArn: task, at: 1, containers: [rest], minutes: [], ...held }];
        }),
      }),
    }),
  );
  const installation = stack.use(await TestInstallation.create());
  await installation.pretendRunning(server.url);
  return Object.assign(stack, { run: (args: readonly string[]) => installation.run(args) });
}

type Run = TestInstallation['run'];

test('shows what each container uses, in units people read', async () => {
  await using world = await installed({ [arn('1')]: busy, [arn('2')]: { name: 'side' } });
  const { stdout } = await world.run(['top']);
  const rows = stdout.split('\n').map((line) => line.split(/ {2,}/));
  expect(rows[1]).toEqual(['1'.repeat(32), 'app', '50.0%', '61.3 MiB', '1.5 kB/s', '12 B/s', '0 B', '5.0 MB', '1']);
  expect(rows[2]).toEqual(['2'.repeat(32), 'side', '-', '-', '-', '-', '-', '-', '-']);
});

test('of one service, or of one task', async () => {
  await using world = await installed({ [arn('1')]: busy, [arn('2')]: { name: 'side' } });
  expect((await world.run(['top', 'web', '-q'])).stdout).toBe(`${arn('1')}\n`);
  expect((await world.run(['top', arn('2'), '-q'])).stdout).toBe(`${arn('2')}\n`);
});

test('says why when nothing is known', async () => {
  await using world = await installed({});
  const { stdout, exitCode } = await world.run(['top']);
  expect([exitCode, stdout]).toEqual([0, expect.stringContaining('every 20 seconds')]);
});

test('shows what managed EBS volumes hold, where there are any', async () => {
  const volumes = [{ name: 'disk', volumeId: 'vol-1', usedBytes: 250_000_000, sizeBytes: 1_000_000_000 }];
  await using world = await installed({ [arn('1')]: { ...busy, volumes }, [arn('2')]: { name: 'side' } });
  const rows = (await world.run(['top'])).stdout.split('\n').map((line) => line.split(/ {2,}/));
  expect(rows[5]).toEqual(['1'.repeat(32), 'disk', 'vol-1', '250.0 MB', '1.0 GB', '25.0%']);
  expect((await world.run(['top', arn('2')])).stdout).not.toContain('VOLUME');
});
