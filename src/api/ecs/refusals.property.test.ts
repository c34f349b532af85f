import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { ApiError, loadModel } from '#wire/aws';
import { type Answer, type ApiHarness, accountB, apiHarness } from '../../../test/support/api-harness.ts';
import { everythingIn, madeUp } from '../../../test/support/made-up-requests.ts';
import { operations } from '../operations.ts';

/**
 * Nothing invalid is stored: requests for every operation, right but for some members, or made up from the shapes
 * alone. Whatever is refused leaves the whole store as it was, and is refused as a fault of the caller's.
 */

const model = loadModel().services.get('ecs')!;
const served = operations.filter(({ service }) => service === 'ecs').map(({ name }) => name);

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

/** Members of the right request replaced by others; now and then nothing of it is left. */
function requestsFor(name: string, right: object): fc.Arbitrary<object> {
  const input = model.operations.get(name)?.input;
  if (input === undefined) return fc.constant({});
  const other = madeUp(input, { texts });
  const broken = fc
    .tuple(other, fc.uniqueArray(fc.constantFrom(...input.members.keys()), { minLength: 1, maxLength: 3 }))
    .map(([wrong, names]) => ({ ...right, ...Object.fromEntries(names.map((each) => [each, wrong[each]])) }));
  return fc.oneof({ arbitrary: broken, weight: 5 }, { arbitrary: other, weight: 1 });
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
  const text = everythingIn(harness);
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
          const before = everythingIn(harness);
          const { revision } = harness.store;
          const error = await outcome(harness.call(name, input));
          if (error === undefined) continue;
          refusals++;
          expect(error, String((error as Error).stack)).toBeInstanceOf(ApiError);
          expect((error as ApiError).status).toBe(400);
          expect((error as ApiError).message).not.toBe('');
          expect(harness.store.revision).toBe(revision);
          expect(everythingIn(harness)).toBe(before);
        }
      },
    ),
    { numRuns: 9, seed: 7 },
  );
  const lenient = ['SubmitAttachmentStateChanges', 'DiscoverPollEndpoint'];
  if (!lenient.includes(name)) expect(refusals).toBeGreaterThan(0);
});
