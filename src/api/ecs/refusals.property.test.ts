import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { ApiError, loadModel } from '#wire/aws';
import { type Answer, type ApiHarness, accountB, apiHarness } from '../../../test/support/api-harness.ts';
import { operations } from '../operations.ts';

/**
 * Nothing invalid is stored: requests for every operation, right but for some members, or made up from the shapes
 * alone. Whatever is refused leaves the whole store as it was, and is refused as a fault of the caller's.
 */

const model = loadModel().services.get('ecs')!;
const served = operations.filter(({ service }) => service === 'ecs').map(({ name }) => name);

type Shape = NonNullable<NonNullable<ReturnType<typeof model.operations.get>>['input']>;
type Member = Shape extends { members: ReadonlyMap<string, infer M> } ? M : never;

const account = '111111111111';
const arn = (rest: string, owner = account): string => `arn:aws:ecs:eu-west-1:${owner}:${rest}`;
const hex = '0'.repeat(32);

/** Texts that are wrong somewhere, or right where nobody expects them. */
const texts = fc.constantFrom(
  '',
  ' ',
  'web',
  'job',
  'job:1',
  'job:0',
  'job:1:2',
  'default',
  'a b',
  'x'.repeat(300),
  'x'.repeat(2100),
  '{}',
  '../..',
  '-1',
  '0',
  '1 vCPU',
  '512',
  'arn:',
  arn('cluster/default'),
  arn(`task/default/${hex}`),
  arn(`task/other/${hex}`),
  arn('service/default/web'),
  arn('task-definition/job:1'),
  arn('container-instance/x'),
  arn('cluster/default', accountB),
  'arn:aws:iam::111111111111:root',
  'attribute:a == b',
  'attribute:',
  '\u0000',
  'ä'.repeat(20),
  '__proto__',
  'aws:x',
);
const numbers = fc.constantFrom(-1, 0, 1, 2, 10, 11, 100, 101, 65_536, 2_147_483_647, 1.5);

function valueOf(member: Member, depth: number): fc.Arbitrary<unknown> {
  const allowed = [...(member.constraint?.enum ?? [])];
  const { shape } = member;
  switch (shape.type) {
    case 'string':
      return allowed.length === 0 ? texts : fc.oneof({ arbitrary: fc.constantFrom(...allowed), weight: 4 }, texts);
    case 'number':
      return numbers;
    case 'boolean':
      return fc.boolean();
    case 'timestamp':
      return fc.constant(1_800_000_000);
    case 'blob':
    case 'document':
      return fc.constant('AA==');
    case 'list': {
      const item = depth <= 0 ? fc.constant(undefined) : valueOf(itemOf(member, shape.member), depth - 1);
      return fc.oneof(
        { arbitrary: fc.array(item, { maxLength: 3 }), weight: 6 },
        { arbitrary: item.map((one) => Array.from({ length: 101 }, () => one)), weight: 1 },
      );
    }
    case 'map':
      return fc.dictionary(texts, texts, { maxKeys: 2 });
    case 'structure':
    case 'union':
    default:
      return depth <= 0 ? fc.constant({}) : structureOf(shape, depth - 1);
  }
}

/** The items of a list that is constrained as a whole. */
function itemOf(list: Member, item: Member): Member {
  return item.constraint === undefined ? { ...item, constraint: list.constraint?.member } : item;
}

function structureOf(shape: Shape, depth: number): fc.Arbitrary<Record<string, unknown>> {
  const members = Object.fromEntries([...shape.members].map(([name, member]) => [name, valueOf(member, depth)]));
  const required = [...shape.members].filter(([, member]) => member.required).map(([name]) => name);
  return fc.record(members, { requiredKeys: required });
}

/** A world in which the requests below are right. */
async function world(): Promise<{ harness: ApiHarness; valid: Readonly<Record<string, object>> }> {
  const harness = await apiHarness();
  const { call } = harness;
  await call('CreateCluster', { tags: [{ key: 'a', value: 'b' }] });
  const host = await harness.addHost({ cluster: 'default' });
  await harness.addHost({ pool: 'fargate' });
  const app = { name: 'app', image: 'app:1', memory: 16 };
  const job = { family: 'job', containerDefinitions: [app] };
  const eni = { ...job, family: 'web', networkMode: 'awsvpc', cpu: '256', memory: '512' };
  await call('RegisterTaskDefinition', job);
  await call('RegisterTaskDefinition', { ...eni, requiresCompatibilities: ['FARGATE'] });
  await call('RegisterTaskDefinition', { ...job, family: 'gone' });
  await call('DeregisterTaskDefinition', { taskDefinition: 'gone:1' });
  const awsvpcConfiguration = { subnets: await harness.subnets() };
  const onFargate = { launchType: 'FARGATE', networkConfiguration: { awsvpcConfiguration } };
  const service = { ...onFargate, serviceName: 'web', taskDefinition: 'web', desiredCount: 1 };
  await call('CreateService', service);
  await call('CreateService', { serviceName: 'old', taskDefinition: 'job', desiredCount: 0 });
  await call('DeleteService', { service: 'old' });
  const [{ taskArn }] = (await call('RunTask', { taskDefinition: 'job' })).tasks;
  const resourceArn = arn('cluster/default');
  const setting = { name: 'containerInsights', value: 'enabled' };
  const valid: Record<string, object> = {
    CreateCluster: { clusterName: 'new' },
    UpdateCluster: { cluster: 'default' },
    UpdateClusterSettings: { cluster: 'default', settings: [setting] },
    DeleteCluster: { cluster: 'default' },
    RegisterTaskDefinition: { ...eni, volumes: [{ name: 'v' }] },
    DescribeTaskDefinition: { taskDefinition: 'job' },
    DeregisterTaskDefinition: { taskDefinition: 'job:1' },
    DeleteTaskDefinitions: { taskDefinitions: ['gone:1'] },
    RunTask: { ...onFargate, taskDefinition: 'web', count: 2 },
    StartTask: { taskDefinition: 'job', containerInstances: [host] },
    StopTask: { task: taskArn },
    DescribeTasks: { tasks: [taskArn] },
    CreateService: { ...service, serviceName: 'next' },
    UpdateService: { service: 'web', desiredCount: 2 },
    DescribeServices: { services: ['web', 'old'] },
    DeleteService: { service: 'web', force: true },
    DeregisterContainerInstance: { containerInstance: host },
    DescribeContainerInstances: { containerInstances: [host] },
    UpdateContainerInstancesState: { containerInstances: [host], status: 'DRAINING' },
    SubmitTaskStateChange: { task: taskArn, status: 'RUNNING' },
    SubmitContainerStateChange: { task: taskArn, containerName: 'app', status: 'RUNNING' },
    TagResource: { resourceArn, tags: [{ key: 'k', value: 'v' }] },
    UntagResource: { resourceArn, tagKeys: ['a'] },
    ListTagsForResource: { resourceArn },
    PutAccountSetting: setting,
    PutAccountSettingDefault: setting,
    DeleteAccountSetting: { name: 'containerInsights' },
  };
  return { harness, valid };
}

/** Every record of every table, as text. */
function everything({ store }: ApiHarness): string {
  const view = store.view as unknown as Record<string, { all?: () => Iterable<unknown> } | number>;
  const tables = Object.keys(store.view).flatMap((name) => {
    const table = view[name];
    return typeof table === 'object' && table.all !== undefined ? [[name, [...table.all()]]] : [];
  });
  return JSON.stringify(tables);
}

/** Members of the right request replaced by others; now and then nothing of it is left. */
function requestsFor(name: string, right: object): fc.Arbitrary<object> {
  const input = model.operations.get(name)?.input;
  if (input === undefined) return fc.constant({});
  const madeUp = structureOf(input, 4);
  const broken = fc
    .tuple(madeUp, fc.uniqueArray(fc.constantFrom(...input.members.keys()), { minLength: 1, maxLength: 3 }))
    .map(([other, names]) => ({ ...right, ...Object.fromEntries(names.map((each) => [each, other[each]])) }));
  return fc.oneof({ arbitrary: broken, weight: 5 }, { arbitrary: madeUp, weight: 1 });
}

async function outcome(call: Promise<Answer>): Promise<unknown> {
  try {
    await call;
    return undefined;
  } catch (error) {
    return error;
  }
}

it('sees the whole store', async () => {
  const { harness } = await world();
  const text = everything(harness);
  for (const part of ['"services"', '"tasks"', 'service/default/web', '"job"']) expect(text).toContain(part);
});

it.each(served)('%s: what is refused changes nothing', async (name) => {
  let refusals = 0;
  const { valid } = await world();
  await fc.assert(
    fc.asyncProperty(
      fc.array(requestsFor(name, valid[name] ?? {}), { minLength: 30, maxLength: 30 }),
      async (inputs) => {
        const { harness } = await world();
        for (const input of inputs) {
          const before = everything(harness);
          const { revision } = harness.store;
          const error = await outcome(harness.call(name, input));
          if (error === undefined) continue;
          refusals++;
          expect(error, String((error as Error).stack)).toBeInstanceOf(ApiError);
          expect((error as ApiError).status).toBe(400);
          expect((error as ApiError).message).not.toBe('');
          expect(harness.store.revision).toBe(revision);
          expect(everything(harness)).toBe(before);
        }
      },
    ),
    { numRuns: 9, seed: 7 },
  );
  const lenient = ['SubmitAttachmentStateChanges', 'DiscoverPollEndpoint'];
  if (!lenient.includes(name)) expect(refusals).toBeGreaterThan(0);
});
