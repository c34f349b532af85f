import { describe, expect, it } from 'vitest';
import { type Answer, type ApiHarness, accountB } from '../../../test/support/api-harness.ts';
import { revisionsHarness } from '../../../test/support/revisions-harness.ts';

async function withService() {
  const harness = await revisionsHarness();
  const { service } = await harness.call('CreateService', {
    serviceName: 'web',
    taskDefinition: 'web:1',
    desiredCount: 2,
  });
  return { ...harness, service };
}

async function latest({ call }: Pick<ApiHarness, 'call'>): Promise<Answer> {
  const { services } = await call('DescribeServices', { services: ['web'] });
  return services[0];
}

/** What the service loop does. */
async function move({ store }: Pick<ApiHarness, 'store'>, arn: string, change: object): Promise<void> {
  await store.update('service', (tx) => {
    tx.serviceDeployments.put({ ...tx.serviceDeployments.get(arn), ...change });
    return undefined;
  });
}

const arnOf = (type: string, id: string): string => `arn:aws:ecs:eu-west-1:111111111111:${type}/default/web/${id}`;

describe('service deployments and revisions', () => {
  it('are made with the service; the number of the revision is that of the deployment', async () => {
    const harness = await withService();
    const { service } = harness;
    const number = service.deployments[0].id.slice('ecs-svc/'.length);
    const none = { requestedTaskCount: 0, runningTaskCount: 0, pendingTaskCount: 0 };
    const revision = arnOf('service-revision', number);
    expect(service.currentServiceRevisions).toEqual([{ arn: revision, ...none }]);
    expect(service).not.toHaveProperty('currentServiceDeployment');
    const { currentServiceDeployment: arn } = await latest(harness);
    expect(arn).toMatch(/^arn:aws:ecs:eu-west-1:111111111111:service-deployment\/default\/web\/[A-Za-z0-9_-]{21}$/);
    const described = await harness.call('DescribeServiceDeployments', { serviceDeploymentArns: [arn] });
    expect(described).toEqual({
      failures: [],
      serviceDeployments: [
        {
          serviceDeploymentArn: arn,
          serviceArn: service.serviceArn,
          clusterArn: service.clusterArn,
          createdAt: service.createdAt,
          updatedAt: service.createdAt,
          sourceServiceRevisions: [],
          targetServiceRevision: { arn: revision, ...none },
          status: 'PENDING',
          deploymentConfiguration: service.deploymentConfiguration,
          deploymentCircuitBreaker: { status: 'DISABLED', failureCount: 0, threshold: 3 },
          alarms: { status: 'DISABLED' },
        },
      ],
    });
    const { serviceRevisions } = await harness.call('DescribeServiceRevisions', { serviceRevisionArns: [revision] });
    expect(serviceRevisions).toEqual([
      {
        serviceRevisionArn: revision,
        serviceArn: service.serviceArn,
        clusterArn: service.clusterArn,
        taskDefinition: service.taskDefinition,
        launchType: 'EC2',
        loadBalancers: [],
        serviceRegistries: [],
        containerImages: [{ containerName: 'app', image: 'app:1' }],
        guardDutyEnabled: false,
        createdAt: service.createdAt,
      },
    ]);
  });

  it('are made by what needs new tasks, and by force; each ends the one before', async () => {
    const harness = await withService();
    const first = (await latest(harness)).currentServiceDeployment;
    await harness.call('UpdateService', { service: 'web', desiredCount: 3 });
    expect((await latest(harness)).currentServiceDeployment).toBe(first);
    await harness.call('UpdateService', { service: 'web', taskDefinition: 'web:2' });
    const second = (await latest(harness)).currentServiceDeployment;
    await harness.call('UpdateService', { service: 'web', forceNewDeployment: true });
    const { serviceDeployments } = await harness.call('ListServiceDeployments', { service: 'web' });
    expect(serviceDeployments.map(({ status }: Answer) => status)).toEqual([
      'PENDING',
      'STOP_REQUESTED',
      'STOP_REQUESTED',
    ]);
    expect(serviceDeployments.map(({ serviceDeploymentArn }: Answer) => serviceDeploymentArn).slice(1)).toEqual([
      second,
      first,
    ]);
    expect(serviceDeployments[1].statusReason).toContain('took its place');
    expect(new Set(serviceDeployments.map((each: Answer) => each.targetServiceRevisionArn)).size).toBe(3);
  });

  it('go with the name', async () => {
    const harness = await withService();
    const { currentServiceDeployment: first, currentServiceRevisions } = await latest(harness);
    await harness.call('DeleteService', { service: 'web', force: true });
    const listed = await harness.call('ListServiceDeployments', { service: 'web' });
    expect(listed.serviceDeployments).toMatchObject([{ status: 'STOP_REQUESTED' }]);
    await harness.call('CreateService', { serviceName: 'web', taskDefinition: 'web:1', desiredCount: 0 });
    const { failures } = await harness.call('DescribeServiceDeployments', { serviceDeploymentArns: [first] });
    expect(failures).toEqual([{ arn: first, reason: 'MISSING' }]);
    const serviceRevisionArns = [currentServiceRevisions[0].arn];
    const revisions = await harness.call('DescribeServiceRevisions', { serviceRevisionArns });
    expect(revisions).toEqual({
      serviceRevisions: [],
      failures: [{ arn: serviceRevisionArns[0], reason: 'MISSING' }],
    });
  });

  it('name a revision that an older version did not make as missing', async () => {
    const harness = await withService();
    const { store, call, service } = harness;
    await call('UpdateService', { service: 'web', taskDefinition: 'web:2' });
    const { currentServiceDeployment: arn } = await latest(harness);
    const old = service.currentServiceRevisions[0].arn;
    await store.update('reaper', (tx) => {
      const { serviceDeploymentArn } = tx.serviceDeployments.get(arn);
      tx.serviceDeployments.delete(serviceDeploymentArn);
      tx.serviceRevisions.delete(old);
      return undefined;
    });
    const record = { ...store.view.services.get(service.serviceArn) };
    await store.update('service', (tx) => {
      const deployments = record.deployments.map((each) => ({ ...each, desiredCount: 1 }));
      tx.services.put({ ...record, deployments });
      return undefined;
    });
    await call('UpdateService', { service: 'web', forceNewDeployment: true });
    const { currentServiceDeployment: next } = await latest(harness);
    const described = await call('DescribeServiceDeployments', { serviceDeploymentArns: [next] });
    expect(described.failures).toEqual([{ arn: old, reason: 'MISSING' }]);
    expect(described.serviceDeployments[0].sourceServiceRevisions).toHaveLength(2);
  });
});

describe('ListServiceDeployments', () => {
  it('filters and pages, newest first', async () => {
    const harness = await withService();
    const { call, clock } = harness;
    const times: number[] = [];
    for (let i = 0; i < 4; i++) {
      clock.advanceMs(1_000);
      times.push(clock.now());
      await call('UpdateService', { service: 'web', forceNewDeployment: true });
    }
    const seen: number[] = [];
    let nextToken: string | undefined;
    do {
      const page: Answer = await call('ListServiceDeployments', { service: 'web', maxResults: 2, nextToken });
      expect(page.serviceDeployments.length).toBeLessThanOrEqual(2);
      seen.push(...page.serviceDeployments.map(({ createdAt }: Answer) => createdAt));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    expect(seen).toEqual([...times.toReversed(), times[0]! - 1]);
    const createdAt = { after: times[0], before: times[3] };
    const between = await call('ListServiceDeployments', { service: 'web', createdAt });
    expect(between.serviceDeployments.map((each: Answer) => each.createdAt)).toEqual([times[2], times[1]]);
    const pending = await call('ListServiceDeployments', { service: 'web', status: ['PENDING', 'SUCCESSFUL'] });
    expect(pending.serviceDeployments).toMatchObject([{ createdAt: times[3], status: 'PENDING' }]);
  });

  it.each([
    [{ service: 'no' }, 'ServiceNotFoundException', 'Service not found.'],
    [{ service: 'web', cluster: 'no' }, 'ClusterNotFoundException', 'Cluster not found.'],
    [{ service: 'web', maxResults: 101 }, 'InvalidParameterException', 'maxResults should be between 1 and 100'],
    [{ service: 'web', nextToken: 'x' }, 'InvalidParameterException', 'Invalid token.'],
  ])('refuses %j', async (input, code, message) => {
    const { call } = await withService();
    await expect(call('ListServiceDeployments', input)).rejects.toMatchObject({ code, message });
  });
});

describe('StopServiceDeployment', () => {
  it.each(['PENDING', 'IN_PROGRESS'])('asks for a rollback of one that is %s', async (status) => {
    const harness = await withService();
    const { currentServiceDeployment: serviceDeploymentArn } = await latest(harness);
    await move(harness, serviceDeploymentArn, { status });
    const answer = await harness.call('StopServiceDeployment', { serviceDeploymentArn, stopType: 'ROLLBACK' });
    expect(answer).toEqual({ serviceDeploymentArn });
    expect(harness.store.view.serviceDeployments.get(serviceDeploymentArn).status).toBe('ROLLBACK_REQUESTED');
    await harness.call('StopServiceDeployment', { serviceDeploymentArn });
    expect(harness.store.view.serviceDeployments.get(serviceDeploymentArn).status).toBe('ROLLBACK_REQUESTED');
  });

  it('refuses one that is over', async () => {
    const harness = await withService();
    const { currentServiceDeployment: serviceDeploymentArn } = await latest(harness);
    await move(harness, serviceDeploymentArn, { status: 'IN_PROGRESS' });
    await move(harness, serviceDeploymentArn, { status: 'SUCCESSFUL' });
    await expect(harness.call('StopServiceDeployment', { serviceDeploymentArn })).rejects.toMatchObject({
      code: 'ConflictException',
      message: `The service deployment ${serviceDeploymentArn} cannot be stopped because it is in the SUCCESSFUL state.`,
      members: { resourceIds: [serviceDeploymentArn] },
    });
  });

  it('refuses ABORT, and changes nothing', async () => {
    const harness = await withService();
    const { currentServiceDeployment: serviceDeploymentArn } = await latest(harness);
    const stop = harness.call('StopServiceDeployment', { serviceDeploymentArn, stopType: 'ABORT' });
    await expect(stop).rejects.toMatchObject({ code: 'InvalidParameterException' });
    expect(harness.store.view.serviceDeployments.get(serviceDeploymentArn).status).toBe('PENDING');
  });
});

describe('ARNs of service deployments and revisions', () => {
  const unknown = arnOf('service-deployment', 'a'.repeat(21));

  it.each(['StopServiceDeployment', 'ContinueServiceDeployment'])('unknown to %s', async (operation) => {
    const { call } = await withService();
    await expect(call(operation, { serviceDeploymentArn: unknown, hookId: 'h' })).rejects.toMatchObject({
      code: 'ServiceDeploymentNotFoundException',
    });
    await expect(call(operation, { serviceDeploymentArn: 'web', hookId: 'h' })).rejects.toMatchObject({
      message: 'Invalid identifier: Unexpected ARN web',
    });
    const foreign = call(operation, { serviceDeploymentArn: unknown, hookId: 'h' }, { accountId: accountB });
    await expect(foreign).rejects.toMatchObject({ message: 'AccountIDs mismatch' });
  });

  it('are 1 to 20 at a time', async () => {
    const { call } = await withService();
    for (const [operation, member] of [
      ['DescribeServiceDeployments', 'serviceDeploymentArns'],
      ['DescribeServiceRevisions', 'serviceRevisionArns'],
    ] as const) {
      await expect(call(operation, { [member]: [] })).rejects.toMatchObject({ code: 'InvalidParameterException' });
      const type = member === 'serviceRevisionArns' ? 'service-revision' : 'service-deployment';
      const many = Array.from({ length: 21 }, (_, i) => arnOf(type, String(i)));
      await expect(call(operation, { [member]: many })).rejects.toThrow('more than 20 elements');
      expect((await call(operation, { [member]: many.slice(1) })).failures).toHaveLength(20);
    }
  });
});

describe('ContinueServiceDeployment', () => {
  it('finds no hook that waits', async () => {
    const harness = await withService();
    const { currentServiceDeployment: serviceDeploymentArn } = await latest(harness);
    const input = { serviceDeploymentArn, hookId: 'ecs-pause-x', action: 'CONTINUE' };
    await expect(harness.call('ContinueServiceDeployment', input)).rejects.toMatchObject({
      code: 'InvalidParameterException',
      message: expect.stringContaining('The lifecycle hook ecs-pause-x was not found'),
    });
  });
});
