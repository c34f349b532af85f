import { describe, expect, it } from 'vitest';
import { afterMs } from '#base';
import { type LifecycleStage, lifecycleStages, type ReleaseStage } from '#model';
import type { Answer, ApiHarness } from '../../../test/support/api-harness.ts';
import { revisionsHarness } from '../../../test/support/revisions-harness.ts';

async function create({ call }: Pick<ApiHarness, 'call'>, deploymentConfiguration?: object): Promise<Answer> {
  const given = deploymentConfiguration === undefined ? {} : { deploymentConfiguration };
  return (await call('CreateService', { serviceName: 'web', taskDefinition: 'web:1', desiredCount: 2, ...given }))
    .service;
}

async function update({ call }: Pick<ApiHarness, 'call'>, deploymentConfiguration: object): Promise<Answer> {
  return (await call('UpdateService', { service: 'web', deploymentConfiguration })).service;
}

const pauseAt = (...lifecycleStages: string[]) => ({ targetType: 'PAUSE', lifecycleStages });
const blueGreen = { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 5 };

describe('the strategy of a service', () => {
  it('is shown with what belongs to it and its defaults', async () => {
    const harness = await revisionsHarness();
    const created = await create(harness, {
      strategy: 'LINEAR',
      lifecycleHooks: [{ ...pauseAt('PRE_SCALE_UP', 'PRE_SCALE_UP', 'POST_SCALE_UP'), hookDetails: { any: 1 } }],
    });
    const shown = {
      strategy: 'LINEAR',
      bakeTimeInMinutes: 0,
      linearConfiguration: { stepPercent: 10, stepBakeTimeInMinutes: 6 },
      lifecycleHooks: [
        {
          targetType: 'PAUSE',
          lifecycleStages: ['PRE_SCALE_UP', 'POST_SCALE_UP'],
          timeoutConfiguration: { timeoutInMinutes: 1440, action: 'ROLLBACK' },
        },
      ],
    };
    expect(created.deploymentConfiguration).toMatchObject(shown);
    const { services } = await harness.call('DescribeServices', { services: ['web'] });
    expect(services[0].deploymentConfiguration).toMatchObject(shown);
    const serviceDeploymentArns = [services[0].currentServiceDeployment];
    const { serviceDeployments } = await harness.call('DescribeServiceDeployments', { serviceDeploymentArns });
    expect(serviceDeployments[0].deploymentConfiguration).toMatchObject(shown);
  });

  it('keeps what a request leaves out, and drops what belongs to the one before', async () => {
    const harness = await revisionsHarness();
    await create(harness, {
      strategy: 'CANARY',
      canaryConfiguration: { canaryPercent: 0.1, canaryBakeTimeInMinutes: 0 },
      lifecycleHooks: [pauseAt('PRE_SCALE_UP')],
    });
    const kept = await update(harness, { maximumPercent: 150 });
    expect(kept.deploymentConfiguration).toMatchObject({
      strategy: 'CANARY',
      canaryConfiguration: { canaryPercent: 0.1, canaryBakeTimeInMinutes: 0 },
      lifecycleHooks: [{ targetType: 'PAUSE' }],
    });
    const linear = await update(harness, { strategy: 'LINEAR', linearConfiguration: { stepPercent: 3.3 } });
    expect(linear.deploymentConfiguration).toMatchObject({
      linearConfiguration: { stepPercent: 3.3, stepBakeTimeInMinutes: 6 },
      lifecycleHooks: [{ targetType: 'PAUSE' }],
    });
    expect(linear.deploymentConfiguration).not.toHaveProperty('canaryConfiguration');
    const bare = await update(harness, { lifecycleHooks: [] });
    expect(bare.deploymentConfiguration).not.toHaveProperty('lifecycleHooks');
    const rolling = await update(harness, { strategy: 'ROLLING' });
    expect(rolling.deploymentConfiguration).toMatchObject({ strategy: 'ROLLING' });
    expect(rolling.deploymentConfiguration).not.toHaveProperty('linearConfiguration');
    expect(rolling.deployments).toHaveLength(1);
  });

  it('leaves early success behind', async () => {
    const harness = await revisionsHarness();
    const criteria = { enable: true, healthyPercent: 100, sourceServiceRevisionCleanup: 'BLOCKING' };
    await create(harness, { earlySuccessCriteria: criteria });
    const { deploymentConfiguration } = await update(harness, blueGreen);
    expect(deploymentConfiguration).not.toHaveProperty('earlySuccessCriteria');
  });

  it('is fixed for a deployment when it is made', async () => {
    const harness = await revisionsHarness();
    await create(harness, blueGreen);
    await update(harness, { strategy: 'ROLLING' });
    const [record] = [...harness.store.view.serviceDeployments.all()];
    expect(record?.release).toEqual({
      strategy: 'BLUE_GREEN',
      steps: [100],
      stepBakeMinutes: 0,
      bakeMinutes: 5,
      hooks: [],
    });
  });
});

const hookId = `ecs-pause-${'a'.repeat(43)}`;

/** A service deployment that the service loop has brought to a pause. */
async function paused(change: object = {}) {
  const harness = await revisionsHarness();
  await create(harness, { ...blueGreen, lifecycleHooks: [pauseAt('PRE_PRODUCTION_TRAFFIC_SHIFT')] });
  const [record] = [...harness.store.view.serviceDeployments.all()];
  if (record === undefined) throw new Error('there is no service deployment');
  const now = record.createdAt;
  const hook = {
    hookId,
    targetType: 'PAUSE',
    lifecycleStage: 'PRE_PRODUCTION_TRAFFIC_SHIFT',
    status: 'AWAITING_ACTION',
    expiresAt: afterMs(now, 60_000),
    timeoutAction: 'ROLLBACK',
    updatedAt: now,
    ...change,
  } as const;
  await harness.store.update('service', (tx) =>
    tx.serviceDeployments.put({ ...record, status: 'IN_PROGRESS', startedAt: now, lifecycleHooks: [hook] }),
  );
  const show = async (): Promise<Answer> => {
    const serviceDeploymentArns = [record.serviceDeploymentArn];
    return (await harness.call('DescribeServiceDeployments', { serviceDeploymentArns })).serviceDeployments[0];
  };
  const answer = (input: object) =>
    harness.call('ContinueServiceDeployment', { serviceDeploymentArn: record.serviceDeploymentArn, hookId, ...input });
  return { ...harness, record, show, answer };
}

describe('ContinueServiceDeployment', () => {
  it.each([
    [{}, 'SUCCEEDED'],
    [{ action: 'CONTINUE' }, 'SUCCEEDED'],
    [{ action: 'ROLLBACK' }, 'FAILED'],
  ])('%j makes the hook %s', async (input, status) => {
    const { record, show, answer } = await paused();
    expect((await show()).lifecycleHookDetails).toEqual([
      {
        hookId,
        targetType: 'PAUSE',
        status: 'AWAITING_ACTION',
        expiresAt: expect.anything(),
        timeoutAction: 'ROLLBACK',
      },
    ]);
    expect(await answer(input)).toEqual({ serviceDeploymentArn: record.serviceDeploymentArn });
    expect((await show()).lifecycleHookDetails).toMatchObject([{ hookId, status }]);
    await expect(answer(input)).rejects.toMatchObject({
      code: 'InvalidParameterException',
      message: expect.stringContaining(`is in the ${status} status`),
    });
  });

  it('refuses an unknown hook, an unknown action, and a hook whose time is over', async () => {
    const { answer } = await paused();
    await expect(answer({ hookId: 'ecs-pause-x' })).rejects.toThrow('The lifecycle hook ecs-pause-x was not found');
    await expect(answer({ action: 'WAIT' })).rejects.toThrow('WAIT');
    const late = await paused({ expiresAt: 0 });
    await expect(late.answer({})).rejects.toThrow('is in the TIMED_OUT status');
  });

  it('refuses a deployment that is no longer IN_PROGRESS', async () => {
    const { call, record, answer } = await paused();
    await call('StopServiceDeployment', { serviceDeploymentArn: record.serviceDeploymentArn });
    await expect(answer({})).rejects.toThrow('is in the ROLLBACK_REQUESTED state');
  });

  it('finds no hook that waits once another deployment has taken the place', async () => {
    const { call, show, answer } = await paused();
    await call('UpdateService', { service: 'web', taskDefinition: 'web:2' });
    expect((await show()).lifecycleHookDetails).toMatchObject([{ status: 'FAILED' }]);
    await expect(answer({})).rejects.toThrow('is in the FAILED status');
  });
});

describe('DescribeServiceDeployments', () => {
  it('shows the stage and the weights, which add up to 100', async () => {
    const { call, store, record } = await paused();
    const { serviceArn, targetServiceRevisionArn: first } = record;
    await call('UpdateService', { service: 'web', deploymentConfiguration: { strategy: 'CANARY' } });
    await store.update('service', (tx) => {
      const service = tx.services.get(serviceArn);
      const deployments = service.deployments.map((deployment) => ({ ...deployment, desiredCount: 2 }));
      return tx.services.put({ ...service, deployments });
    });
    await call('UpdateService', { service: 'web', forceNewDeployment: true });
    const { services } = await call('DescribeServices', { services: ['web'] });
    const serviceDeploymentArns = [services[0].currentServiceDeployment];
    const show = async (): Promise<Answer> =>
      (await call('DescribeServiceDeployments', { serviceDeploymentArns })).serviceDeployments[0];
    expect(await show()).not.toHaveProperty('lifecycleStage');
    const enter = (lifecycleStage: LifecycleStage, weights: ReleaseStage['weights']): Promise<unknown> =>
      store.update('service', (tx) => {
        const now = tx.serviceDeployments.get(serviceDeploymentArns[0]);
        const stage = { lifecycleStage, step: 0, enteredAt: now.createdAt, weights, sourceRevisionArn: first };
        return tx.serviceDeployments.put({ ...now, stage });
      });
    const none = { production: 0, test: 0 };
    const stages = lifecycleStages.slice(1, lifecycleStages.indexOf('PRE_PRODUCTION_TRAFFIC_SHIFT') + 1);
    for (const stage of stages) await enter(stage, none);
    expect(await show()).toMatchObject({ lifecycleStage: 'PRODUCTION_TRAFFIC_SHIFT' });
    await enter('PRODUCTION_TRAFFIC_SHIFT', { production: 33.4, test: 100 });
    expect(await show()).toMatchObject({
      lifecycleStage: 'PRODUCTION_TRAFFIC_SHIFT',
      sourceServiceRevisions: [{ requestedProductionTrafficWeight: 66.6, requestedTestTrafficWeight: 0 }],
      targetServiceRevision: { requestedProductionTrafficWeight: 33.4, requestedTestTrafficWeight: 100 },
    });
    await expect(enter('PRE_SCALE_UP', none)).rejects.toThrow(
      'must not go from PRODUCTION_TRAFFIC_SHIFT to PRE_SCALE_UP',
    );
  });
});
