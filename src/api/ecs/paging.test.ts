import { describe, expect, it } from 'vitest';
import { loadModel } from '#wire/aws';
import { type Answer, type ApiHarness, accountB, apiHarness } from '../../../test/support/api-harness.ts';
import { operations } from '../operations.ts';

/** "API reference", maxResults of each operation: what it is when absent, and the most it may be. */
const pageSizes: Readonly<Record<string, readonly [number, number]>> = {
  ListClusters: [100, 100],
  ListContainerInstances: [100, 100],
  ListTasks: [100, 100],
  ListTaskDefinitions: [100, 100],
  ListTaskDefinitionFamilies: [100, 100],
  ListAttributes: [100, 100],
  ListDaemons: [100, 100],
  ListDaemonTaskDefinitions: [100, 100],
  ListGateways: [100, 100],
  ListGatewayRoutes: [100, 100],
  ListGatewayClusterAssociations: [100, 100],
  ListServices: [10, 100],
  ListServicesByNamespace: [10, 100],
  ListAccountSettings: [10, 10],
  DescribeCapacityProviders: [10, 10],
  ListServiceDeployments: [20, 100],
  ListDaemonDeployments: [20, 100],
  DescribeGatewayResources: [10, 20],
};

/** How a list is filled, asked, read, and how one of its items goes. */
interface List {
  readonly operation: string;
  readonly input?: object;
  /** The same list with other filters. */
  readonly otherwise: object;
  readonly items: (answer: Answer) => string[];
  readonly fill: (harness: ApiHarness, count: number) => Promise<void>;
  readonly remove: (harness: ApiHarness, item: string) => Promise<unknown>;
}

const bridge = { family: 'job', containerDefinitions: [{ name: 'app', image: 'app:1', memory: 4 }] };

async function times(count: number, act: (index: number) => Promise<unknown>): Promise<void> {
  for (let index = 0; index < count; index++) await act(index);
}

const lists: readonly List[] = [
  {
    operation: 'ListClusters',
    otherwise: {},
    items: (answer) => answer.clusterArns,
    fill: ({ call }, count) => times(count, (index) => call('CreateCluster', { clusterName: `c${index}` })),
    remove: ({ call }, cluster) => call('DeleteCluster', { cluster }),
  },
  {
    operation: 'ListContainerInstances',
    otherwise: { status: 'ACTIVE' },
    items: (answer) => answer.containerInstanceArns,
    fill: async ({ call, addHost }, count) => {
      await call('CreateCluster');
      await times(count, () => addHost({ cluster: 'default' }));
    },
    remove: ({ call }, containerInstance) => call('DeregisterContainerInstance', { containerInstance }),
  },
  {
    operation: 'ListTasks',
    otherwise: { family: 'job' },
    items: (answer) => answer.taskArns,
    fill: async ({ call, addHost }, count) => {
      await call('CreateCluster');
      await addHost({ cluster: 'default' });
      await call('RegisterTaskDefinition', bridge);
      await times(count, () => call('RunTask', { taskDefinition: 'job' }));
    },
    remove: ({ call }, task) => call('StopTask', { task }),
  },
  {
    operation: 'ListServices',
    otherwise: { launchType: 'EC2' },
    items: (answer) => answer.serviceArns,
    fill: async ({ call }, count) => {
      await call('CreateCluster');
      await call('RegisterTaskDefinition', bridge);
      await times(count, (index) =>
        call('CreateService', { serviceName: `s${index}`, taskDefinition: 'job', desiredCount: 0 }),
      );
    },
    remove: ({ call }, service) => call('DeleteService', { service }),
  },
  {
    operation: 'ListTaskDefinitions',
    otherwise: { familyPrefix: 'job' },
    items: (answer) => answer.taskDefinitionArns,
    fill: ({ call }, count) => times(count, () => call('RegisterTaskDefinition', bridge)),
    remove: ({ call }, taskDefinition) => call('DeregisterTaskDefinition', { taskDefinition }),
  },
  {
    operation: 'ListTaskDefinitionFamilies',
    otherwise: { status: 'ACTIVE', familyPrefix: 'f' },
    input: { status: 'ACTIVE' },
    items: (answer) => answer.families,
    fill: ({ call }, count) =>
      times(count, (index) => call('RegisterTaskDefinition', { ...bridge, family: `f${index}` })),
    remove: ({ call }, family) => call('DeregisterTaskDefinition', { taskDefinition: `${family}:1` }),
  },
  {
    operation: 'ListAccountSettings',
    otherwise: { effectiveSettings: false },
    input: { effectiveSettings: true },
    items: (answer) => answer.settings.map(({ name }: { name: string }) => name),
    // They are all there from the start.
    fill: async () => {},
    remove: async ({ call }, name) => call('DeleteAccountSetting', { name }),
  },
];

const served = new Set(operations.filter(({ service }) => service === 'ecs').map(({ name }) => name));
const model = loadModel().services.get('ecs')!;
const paged = [...model.operations.values()].filter(({ input }) => input?.members.has('nextToken'));
const servedLists = paged.map(({ name }) => name).filter((name) => served.has(name));

/** What an operation cannot do without, whatever it means. */
function requiredMembers(name: string): Record<string, string> {
  const members = [...(model.operations.get(name)?.input?.members.values() ?? [])];
  const wanted = members.filter(({ required }) => required);
  return Object.fromEntries(wanted.map((member) => [member.name, [...(member.constraint?.enum ?? ['x'])][0] ?? 'x']));
}

it('knows the page sizes of every list there is', () => {
  expect(paged.map(({ name }) => name).sort()).toEqual(Object.keys(pageSizes).sort());
  expect(servedLists).toEqual(expect.arrayContaining(lists.map(({ operation }) => operation)));
});

describe.each(servedLists)('maxResults of %s', (name) => {
  const most = pageSizes[name]?.[1] ?? 0;

  it.each([0, -1, most + 1])('%i is out of range', async (maxResults) => {
    const { call } = await apiHarness();
    await call('CreateCluster');
    await expect(call(name, { ...requiredMembers(name), maxResults })).rejects.toMatchObject({
      code: 'InvalidParameterException',
      message: `maxResults should be between 1 and ${most}`,
    });
  });
});

async function filled(list: List, count: number) {
  const harness = await apiHarness();
  await list.fill(harness, count);
  const ask = (input: object = {}, as?: Parameters<typeof harness.call>[2]): Promise<Answer> =>
    harness.call(list.operation, { ...list.input, ...input }, as);
  return { harness, ask };
}

describe.each(lists)('$operation', (list) => {
  const [usual, most] = pageSizes[list.operation]!;

  it('has the page size ECS has when none is asked for', async () => {
    const { ask } = await filled(list, usual + 1);
    const first = await ask();
    expect(list.items(first)).toHaveLength(usual);
    const second = await ask({ nextToken: first.nextToken, maxResults: most });
    expect(list.items(second).length).toBeGreaterThan(0);
    expect(second).not.toHaveProperty('nextToken');
  });

  it('shows what stays exactly once, whatever goes between two pages', async () => {
    const { harness, ask } = await filled(list, 7);
    const all = list.items(await ask());
    const seen: string[] = [];
    for (let nextToken: string | undefined; ; ) {
      const answer = await ask({ maxResults: 2, ...(nextToken === undefined ? {} : { nextToken }) });
      seen.push(...list.items(answer));
      nextToken = answer.nextToken;
      if (nextToken === undefined) break;
      // The last one that was shown goes, and with it the place the token names.
      await list.remove(harness, seen.at(-1)!);
    }
    expect(seen.slice(0, all.length)).toEqual(all);
    expect(new Set(seen).size).toBe(seen.length);
  });

  it('refuses a token that is not its own', async () => {
    const { harness, ask } = await filled(list, 3);
    const { nextToken } = await ask({ maxResults: 1 });
    const refused = { code: 'InvalidParameterException', message: 'Invalid token.' };
    const changed = `${nextToken.slice(0, -1)}${nextToken.endsWith('A') ? 'B' : 'A'}`;
    for (const token of ['x', 'not a token', changed, `${nextToken}AA`, nextToken.slice(2), `${nextToken}=`]) {
      await expect(ask({ nextToken: token }), token).rejects.toMatchObject(refused);
    }
    await expect(ask({ nextToken }, { accountId: accountB })).rejects.toMatchObject(refused);
    await expect(ask({ nextToken }, { region: 'us-east-1' as never })).rejects.toMatchObject(refused);
    const other = list.operation === 'ListClusters' ? 'ListTasks' : 'ListClusters';
    await expect(harness.call(other, { nextToken })).rejects.toMatchObject(refused);
    if (Object.keys(list.otherwise).length > 0) {
      await expect(ask({ ...list.otherwise, nextToken })).rejects.toMatchObject(refused);
    }
    await expect(ask({ nextToken, maxResults: 3 })).resolves.toBeDefined();
    harness.clock.advanceMs(24 * 3_600_000);
    await expect(ask({ nextToken })).rejects.toMatchObject(refused);
  });

  it('takes an empty token for none', async () => {
    const { ask } = await filled(list, 3);
    expect(list.items(await ask({ nextToken: '' }))).toEqual(list.items(await ask()));
  });
});
