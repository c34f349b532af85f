import { describe, expect, it } from 'vitest';
import { applyTaskReport, requestStop } from '#model';
import { testClusterArn, testDefinition, testService } from '../controllers/test-support/records.ts';
import { eventBridgeEvent } from './detail/envelope.ts';
import { at, openRecorded, someTask } from './test-support/recorded.ts';

describe('task state changes', () => {
  it('each version is told once, in the transaction that made it', async () => {
    const { store, ids, put, seen } = await openRecorded();
    const task = await put(someTask(ids));
    const running = await put(
      applyTaskReport(task, { status: 'RUNNING', containers: [{ name: 'web', status: 'RUNNING' }] }, at),
    );
    await put({ ...running, tags: [] });
    await put(requestStop(running, { stopCode: 'UserInitiated', reason: 'Task stopped by user', at }));
    const told = seen().map((event) => 'task' in event && [event.task.version, event.task.lastStatus]);
    expect(told).toEqual([
      [1, 'PENDING'],
      [2, 'RUNNING'],
      [3, 'STOPPING'],
    ]);
    expect(store.revision).toBe(4);
  });

  it('looks as EventBridge shows it, without what is not known, health or tags', async () => {
    const { ids, put, seen } = await openRecorded();
    const task = await put(someTask(ids));
    const event = eventBridgeEvent(seen()[0]!);
    expect(event).toMatchObject({
      version: '0',
      'detail-type': 'ECS Task State Change',
      source: 'aws.ecs',
      account: '000000000000',
      time: '2026-11-22T12:00:00Z',
      region: 'us-east-1',
      resources: [task.taskArn],
      detail: {
        clusterArn: testClusterArn,
        containerInstanceArn: task.hostArn,
        createdAt: '2026-11-22T12:00:00.250Z',
        updatedAt: '2026-11-22T12:00:00.250Z',
        desiredStatus: 'RUNNING',
        lastStatus: 'PENDING',
        launchType: 'EC2',
        overrides: { containerOverrides: [{ name: 'web' }] },
        version: 1,
        containers: [{ name: 'web', lastStatus: 'PENDING', cpu: '10', memory: '16', taskArn: task.taskArn }],
      },
    });
    const text = JSON.stringify(event);
    expect(event.id).toMatch(/^[0-9a-f-]{36}$/);
    for (const absent of ['stopCode', 'startedAt', 'healthStatus', 'tags', 'exitCode', 'not told']) {
      expect(text).not.toContain(absent);
    }
  });

  it('a Fargate task shows its interface as eni, and no host', async () => {
    const { ids, put, seen } = await openRecorded();
    const attachment = {
      id: 'a',
      status: 'ATTACHED',
      subnetId: 'subnet-1',
      networkInterfaceId: 'eni-1',
      macAddress: '0a:00:00:00:00:01',
      privateDnsName: 'ip-10-0-0-5.ec2.internal',
      privateIpv4Address: '10.0.0.5',
    } as const;
    await put(
      someTask(ids, { launchType: 'FARGATE', capacityProviderName: 'FARGATE', platformVersion: '1.4.0', attachment }),
    );
    const { detail } = eventBridgeEvent(seen()[0]!);
    expect(detail).not.toHaveProperty('containerInstanceArn');
    expect(detail).toMatchObject({
      capacityProviderName: 'FARGATE',
      platformVersion: '1.4.0',
      attachments: [{ id: 'a', type: 'eni', status: 'ATTACHING' }],
      containers: [{ networkInterfaces: [{ attachmentId: 'a', privateIpv4Address: '10.0.0.5' }] }],
    });
    const names = (detail['attachments'] as { details: { name: string }[] }[])[0]!.details.map(({ name }) => name);
    expect(names).toEqual(['subnetId', 'networkInterfaceId', 'macAddress', 'privateDnsName', 'privateIPv4Address']);
  });

  it('running tasks that the service scheduler stops are told of together', async () => {
    const { store, ids, seen } = await openRecorded();
    const service = testService(ids, testDefinition(1));
    const tasks = [1, 2, 3].map(() => someTask(ids, { serviceArn: service.serviceArn, lastStatus: 'RUNNING' }));
    const reason = 'Scaling activity initiated by (deployment ecs-svc/1)';
    await store.update('test', (tx) => {
      for (const task of tasks) tx.tasks.put(task);
    });
    await store.update('test', (tx) => {
      for (const task of tasks.slice(0, 2)) {
        tx.tasks.put(requestStop(task, { stopCode: 'ServiceSchedulerInitiated', reason, at }));
      }
      tx.tasks.put(requestStop(tasks[2]!, { stopCode: 'UserInitiated', reason: 'by hand', at }));
    });
    const [event] = seen().filter(({ detailType }) => detailType === 'ECS Service Action');
    expect(eventBridgeEvent(event!)).toMatchObject({
      resources: [service.serviceArn],
      detail: {
        eventType: 'INFO',
        eventName: 'TASKS_STOPPED',
        taskArns: tasks.slice(0, 2).map(({ taskArn }) => taskArn),
      },
    });
  });
});
