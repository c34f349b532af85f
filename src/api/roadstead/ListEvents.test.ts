import { describe, expect, it } from 'vitest';
import { accountA, accountB, apiHarness } from '../../../test/support/api-harness.ts';

async function withEvents(count: number) {
  const harness = await apiHarness();
  const { call } = harness;
  await call('CreateCluster');
  await harness.addHost({ cluster: 'default' });
  const containerDefinitions = [{ name: 'app', image: 'app', memory: 4 }];
  await call('RegisterTaskDefinition', { family: 'web', networkMode: 'host', containerDefinitions });
  const run = async (): Promise<string> => (await call('RunTask', { taskDefinition: 'web' })).tasks[0].taskArn;
  const tasks: string[] = [];
  for (let i = 0; i < count; i++) tasks.push(await run());
  const list = (input: object = {}, accountId = accountA) =>
    call('ListEvents', input, { accountId, service: 'roadstead' });
  return { ...harness, list, run, tasks };
}

interface Told {
  readonly detailType: string;
  readonly resources: readonly string[];
  readonly detail: string;
}

function tasksOf(events: readonly Told[]): string[] {
  return events
    .filter(({ detailType }) => detailType === 'ECS Task State Change')
    .map(({ resources }) => resources[0]!);
}

describe('ListEvents', () => {
  it('pages through what happened, oldest first, and goes on from there when more has', async () => {
    const { list, run, tasks } = await withEvents(7);
    const seen: string[] = [];
    let nextToken: string | undefined;
    for (let page = 0; page < 6; page++) {
      const answer = await list({ maxResults: 3, ...(nextToken === undefined ? {} : { nextToken }) });
      expect(answer.events.length).toBeLessThanOrEqual(3);
      seen.push(...tasksOf(answer.events));
      ({ nextToken } = answer);
    }
    expect(seen).toEqual(tasks);
    expect((await list({ nextToken })).events).toEqual([]);
    const later = await run();
    expect(tasksOf((await list({ nextToken })).events)).toEqual([later]);
  });

  it('gives the detail as JSON', async () => {
    const { list, tasks } = await withEvents(1);
    const { events } = await list();
    const { detail } = events.find(({ detailType }: Told) => detailType === 'ECS Task State Change');
    expect(JSON.parse(detail)).toMatchObject({ taskArn: tasks[0], lastStatus: 'PENDING', version: 1 });
  });

  it("does not show another account's", async () => {
    const { list } = await withEvents(1);
    expect((await list({}, accountB)).events).toEqual([]);
  });

  it.each([
    [{ maxResults: 0 }, 'maxResults should be between 1 and 100'],
    [{ maxResults: 101 }, 'maxResults should be between 1 and 100'],
    [{ nextToken: 'forged' }, 'Invalid token.'],
  ])('refuses %j', async (input, message) => {
    const { list } = await withEvents(0);
    await expect(list(input)).rejects.toThrow(message);
  });
});
