import { describe, expect, it } from 'vitest';
import { group, noDefault, providerWorld } from '../../../../test/support/provider-world.ts';
import { expectRefusal } from '../../../../test/support/rules.ts';

const ClientException = 'ClientException';

interface StrategyRule {
  readonly rule: string;
  readonly refused: readonly object[];
  readonly text: string;
  readonly accepted: readonly object[];
}

const fargate = { capacityProvider: 'FARGATE', weight: 1 };
const spot = { capacityProvider: 'FARGATE_SPOT', weight: 1 };
const taken = { capacityProvider: 'taken', weight: 1 };

/** Of every strategy: the default of a cluster and those of tasks and services. */
const always: StrategyRule[] = [
  {
    rule: 'a strategy has at most twenty providers',
    refused: Array.from({ length: 21 }, (_, index) => ({ capacityProvider: `p${index}` })),
    text: 'A capacity provider strategy can contain a maximum of 20 capacity providers.',
    accepted: [taken],
  },
  {
    rule: 'a strategy has each provider once',
    refused: [taken, taken],
    text: 'The specified capacity provider strategy contains the capacity provider taken more than once. Specify each capacity provider once and try again.',
    accepted: [taken],
  },
  {
    rule: 'a strategy has one base',
    refused: [
      { ...taken, base: 1 },
      { capacityProvider: 'scaled', base: 1 },
    ],
    text: 'There are multiple capacity providers in the specified capacity provider strategy with a base value greater than zero. Only one capacity provider can have a base value greater than zero. Specify a valid capacity provider strategy and try again.',
    accepted: [{ ...taken, base: 1 }, { capacityProvider: 'scaled' }],
  },
  {
    rule: 'a strategy is of one kind of capacity',
    refused: [taken, fargate],
    text: 'A capacity provider strategy cannot contain a mix of capacity providers using Auto Scaling groups and Fargate providers. Specify one or the other and try again.',
    accepted: [taken, { capacityProvider: 'scaled', weight: 1 }],
  },
  {
    rule: 'a weight is at most 1000',
    refused: [{ ...taken, weight: 1001 }],
    text: 'The weight of a capacity provider must be between 0 and 1000.',
    accepted: [{ ...taken, weight: 1000 }],
  },
  {
    rule: 'a weight is not negative',
    refused: [{ ...taken, weight: -1 }],
    text: 'The weight of a capacity provider must be between 0 and 1000.',
    accepted: [taken, { capacityProvider: 'scaled', weight: 0 }],
  },
  {
    rule: 'a base is at most 100000',
    refused: [{ ...taken, base: 100_001 }],
    text: 'The base of a capacity provider must be between 0 and 100000.',
    accepted: [{ ...taken, base: 100_000 }],
  },
  {
    rule: 'the providers of a strategy are the cluster’s',
    refused: [{ capacityProvider: 'ghosts', weight: 1 }],
    text: 'The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster. Associate the capacity provider with the cluster and try again.',
    accepted: [taken],
  },
];

/** Of strategies that tasks are to run by. */
const atLaunch: StrategyRule[] = [
  {
    rule: 'some weight is above 0',
    refused: [{ capacityProvider: 'taken' }, { capacityProvider: 'scaled' }],
    text: 'There are no capacity providers in the capacity provider strategy with a weight value greater than zero. Specify a weight value greater than zero for at least one capacity provider and try again.',
    accepted: [taken, { capacityProvider: 'scaled' }],
  },
  {
    rule: 'the weight of a single provider is above 0',
    refused: [{ capacityProvider: 'taken', base: 1 }],
    text: 'There are no capacity providers in the capacity provider strategy with a weight value greater than zero.',
    accepted: [taken],
  },
];

describe('the strategy of tasks and services', () => {
  it.each([...always, ...atLaunch])('$rule', async ({ refused, text, accepted }) => {
    const harness = await providerWorld();
    const service = { serviceName: 'web', taskDefinition: 'job', desiredCount: 1 };
    for (const [operation, request] of [
      ['RunTask', { taskDefinition: 'job' }],
      ['CreateService', service],
    ] as const) {
      const by = (capacityProviderStrategy: readonly object[]) => ({ ...request, capacityProviderStrategy });
      await expectRefusal(harness, [operation, by(refused)], { text });
      await expect(harness.call(operation, by(accepted))).resolves.toBeDefined();
    }
  });
});

describe('the default strategy of a cluster', () => {
  it.each(always)('$rule', async ({ refused, text, accepted }) => {
    const harness = await providerWorld();
    const put = { cluster: 'default', capacityProviders: ['taken', 'scaled', 'FARGATE'] };
    const by = (defaultCapacityProviderStrategy: readonly object[]) => ({ ...put, defaultCapacityProviderStrategy });
    await expectRefusal(harness, ['PutClusterCapacityProviders', by(refused)], { text });
    await expect(harness.call('PutClusterCapacityProviders', by(accepted))).resolves.toBeDefined();
  });

  it('a strategy has one base, in the words of CreateCluster', async () => {
    const bases = [
      { ...fargate, base: 1 },
      { ...spot, base: 1 },
    ];
    const cluster = { clusterName: 'new', capacityProviders: ['FARGATE', 'FARGATE_SPOT'] };
    await expectRefusal(
      await providerWorld(),
      ['CreateCluster', { ...cluster, defaultCapacityProviderStrategy: bases }],
      {
        text: 'CreateCluster Invalid Request: The specified capacity provider strategy contains multiple capacity providers with a base value defined. Only one capacity provider per strategy can have a base value defined.',
      },
    );
  });
});

describe('the providers of a cluster', () => {
  const put = (capacityProviders: readonly string[], cluster = 'default') =>
    ['PutClusterCapacityProviders', { cluster, capacityProviders, ...noDefault }] as const;

  it('are at most twenty', async () => {
    const names = Array.from({ length: 21 }, (_, index) => `p${index}`);
    await expectRefusal(await providerWorld(), put(names), {
      code: 'LimitExceededException',
      text: 'A cluster can have at most 20 capacity providers.',
    });
  });

  it('are there, and ACTIVE', async () => {
    const harness = await providerWorld();
    await harness.call('CreateCapacityProvider', group('workers'));
    await harness.call('DeleteCapacityProvider', { capacityProvider: 'workers' });
    const text = 'The specified capacity provider does not exist. Specify a valid name or ARN and try again.';
    await expectRefusal(harness, put(['nope'], 'other'), { code: ClientException, text });
    await expectRefusal(harness, put(['workers'], 'other'), { code: ClientException, text });
  });

  it('stay while something runs by them', async () => {
    const harness = await providerWorld();
    const strategy = { capacityProviderStrategy: [taken] };
    const text = 'The specified capacity provider is in use and cannot be removed.';
    await harness.call('CreateService', { serviceName: 'web', taskDefinition: 'job', desiredCount: 1, ...strategy });
    await expectRefusal(harness, put(['FARGATE']), { code: 'ResourceInUseException', text });
    await harness.call('DeleteService', { service: 'web', force: true });
    await expect(harness.call(...put(['FARGATE']))).resolves.toBeDefined();
  });

  it('are of one cluster when they scale', async () => {
    await expectRefusal(await providerWorld(), put(['scaled'], 'other'), {
      text: 'The capacity provider scaled uses managed scaling and can be associated with one cluster only',
    });
  });
});

describe('another strategy of a service', () => {
  async function withService() {
    const harness = await providerWorld();
    const service = { serviceName: 'web', taskDefinition: 'job', desiredCount: 1, launchType: 'EC2' };
    await harness.call('CreateService', service);
    return harness;
  }
  const to = (capacityProviderStrategy: readonly object[], forceNewDeployment: boolean) =>
    ['UpdateService', { service: 'web', capacityProviderStrategy, forceNewDeployment }] as const;

  it('needs a new deployment', async () => {
    const harness = await withService();
    await expectRefusal(harness, to([taken], false), {
      text: 'When switching from launch type to capacity provider strategy on an existing service, or making a change to a capacity provider strategy on a service that is already using one, you must force a new deployment.',
    });
    await expect(harness.call(...to([taken], true))).resolves.toBeDefined();
  });

  it('is of the same kind of capacity', async () => {
    await expectRefusal(await withService(), to([fargate], true), {
      text: 'A capacity provider strategy with providers of another kind cannot be set; create another service for it.',
    });
  });
});
