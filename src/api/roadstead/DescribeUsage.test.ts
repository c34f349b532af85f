import { describe, expect, it } from 'vitest';
import { accountA, accountB, apiHarness } from '../../../test/support/api-harness.ts';

async function withTask() {
  const harness = await apiHarness();
  const { call } = harness;
  await call('CreateCluster');
  await harness.addHost({ cluster: 'default' });
  const containerDefinitions = [{ name: 'app', image: 'app', memory: 4 }];
  await call('RegisterTaskDefinition', { family: 'web', networkMode: 'host', containerDefinitions });
  const task: string = (await call('RunTask', { taskDefinition: 'web' })).tasks[0].taskArn;
  const describeUsage = (input: object, accountId = accountA) =>
    call('DescribeUsage', input, { accountId, service: 'roadstead' });
  return { ...harness, task, describeUsage };
}

const cpuUnits = { minimum: 10, maximum: 30, sampleCount: 2, sum: 40 };

describe('DescribeUsage', () => {
  it('has what was told last and the minutes before, of tasks by ARN or id', async () => {
    const { task, usage, describeUsage, clock } = await withTask();
    expect((await describeUsage({ tasks: [task] })).tasks).toEqual([]);
    usage.record(task, new Map([['app', { cpuUnits, restarts: 1 }]]));
    const at = clock.now();
    const containers = [{ name: 'app', cpuUnits: { ...cpuUnits, average: 20 }, restarts: 1 }];
    const expected = { taskArn: task, at, containers, minutes: [{ at: Math.floor(at / 60) * 60, containers }] };
    expect((await describeUsage({ tasks: [task] })).tasks).toEqual([expected]);
    const id = task.split('/').at(-1) ?? '';
    expect((await describeUsage({ tasks: [id], cluster: 'default' })).tasks).toEqual([expected]);
    expect((await describeUsage({ tasks: [id], cluster: 'other' })).tasks).toEqual([]);
  });

  it("does not show another account's", async () => {
    const { task, usage, describeUsage } = await withTask();
    usage.record(task, new Map([['app', { cpuUnits }]]));
    expect((await describeUsage({ tasks: [task] }, accountB)).tasks).toEqual([]);
  });

  it.each([[[]], [Array.from({ length: 101 }, () => 'x')]])('refuses too few and too many', async (tasks) => {
    const { describeUsage } = await withTask();
    await expect(describeUsage({ tasks })).rejects.toMatchObject({ code: 'InvalidParameterException' });
  });
});
