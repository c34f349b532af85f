import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  applyContainerHealth,
  applyTaskReport,
  attachInterface,
  attachmentStatus,
  hostGone,
  placeTask,
  releaseInterface,
  requestStop,
  type Task,
  type TaskInterface,
  type TaskReport,
  taskStatusRank,
} from '#model';
import { at, definitionOf, host, newTaskOf, scope } from './test-support/tasks.ts';

function task(networkMode: 'bridge' | 'awsvpc' = 'bridge'): Task {
  const containerDefinitions = [
    { name: 'main', image: 'a', cpu: 10, memory: 64, healthCheck: { command: ['CMD', 'true'] } },
    { name: 'side', image: 'b', cpu: 5, memoryReservation: 32, essential: false },
  ];
  return newTaskOf(definitionOf({ networkMode, containerDefinitions }));
}

const eni: TaskInterface = {
  ...scope,
  networkInterfaceId: 'eni-1',
  attachmentId: 'a',
  taskArn: task().taskArn,
  subnetId: 'subnet-1',
  securityGroups: [],
  macAddress: '0a:00:00:00:00:01',
  privateIpv4Address: '172.31.0.4',
  subnetGatewayIpv4Address: '172.31.0.1/20',
  privateDnsName: 'ip-172-31-0-4.ec2.internal',
};

const running: TaskReport = { status: 'RUNNING', containers: [{ name: 'main', status: 'RUNNING', runtimeId: 'x' }] };

describe('a bridge task', () => {
  it('goes from placed to PENDING, RUNNING and STOPPED, with stamps and versions', () => {
    const placed = placeTask(task(), host, 'us-east-1a');
    expect(placed).toMatchObject({ lastStatus: 'PENDING', version: 1, reserves: { cpuUnits: 15, memoryMiB: 96 } });
    const up = applyTaskReport(placed, running, at(5));
    expect(up).toMatchObject({ lastStatus: 'RUNNING', startedAt: 5, version: 2 });
    const ended = applyTaskReport(up, { status: 'STOPPED', containers: [{ name: 'main', exitCode: 3 }] }, at(9));
    expect(ended).toMatchObject({
      lastStatus: 'STOPPED',
      desiredStatus: 'STOPPED',
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      stoppedAt: 9,
    });
    expect(ended.containers).toMatchObject([{ lastStatus: 'STOPPED', exitCode: 3 }, { lastStatus: 'STOPPED' }]);
  });

  it('that never ran failed to start, for the reason its container gives', () => {
    const reason = 'CannotPullContainerError: no such image';
    const report: TaskReport = { status: 'STOPPED', containers: [{ name: 'main', status: 'STOPPED', reason }] };
    expect(applyTaskReport(placeTask(task(), host, undefined), report, at(2))).toMatchObject({
      stopCode: 'TaskFailedToStart',
      stoppedReason: reason,
    });
  });

  it('that exited before it was reported RUNNING still exited', () => {
    const main = { name: 'main', status: 'STOPPED', exitCode: 1, runtimeId: 'c0ffee' } as const;
    const report: TaskReport = { status: 'STOPPED', containers: [main] };
    expect(applyTaskReport(placeTask(task(), host, undefined), report, at(2)).stopCode).toBe(
      'EssentialContainerExited',
    );
  });

  it('whose container was kept from starting did not exit, although another of its containers ran', () => {
    const reason = 'CannotStartContainerError: dependency graph: container side did not become HEALTHY in time';
    const main = { name: 'main', status: 'STOPPED', exitCode: 143, reason } as const;
    const side = { name: 'side', status: 'STOPPED', exitCode: 0, runtimeId: 'c0ffee' } as const;
    const ended = applyTaskReport(
      placeTask(task(), host, undefined),
      { status: 'STOPPED', containers: [side, main] },
      at(2),
    );
    expect(ended).toMatchObject({ stopCode: 'TaskFailedToStart', stoppedReason: reason });
  });

  it('keeps the first reason to stop, and is STOPPING until the agent says so', () => {
    const stopping = requestStop(applyTaskReport(placeTask(task(), host, undefined), running, at(2)), {
      stopCode: 'UserInitiated',
      reason: 'first',
      at: at(3),
    });
    expect(stopping.lastStatus).toBe('STOPPING');
    expect(requestStop(stopping, { stopCode: 'ServiceSchedulerInitiated', reason: 'second', at: at(4) })).toBe(
      stopping,
    );
    const ended = applyTaskReport(
      stopping,
      { status: 'STOPPED', containers: [{ name: 'main', exitCode: 137 }] },
      at(5),
    );
    expect(ended).toMatchObject({ stoppedReason: 'first', stopCode: 'UserInitiated', stoppedAt: 5 });
    expect(applyTaskReport(ended, running, at(6))).toBe(ended);
  });

  it('takes the health of its essential containers', () => {
    const up = applyTaskReport(placeTask(task(), host, undefined), running, at(2));
    const healthy = applyContainerHealth(
      up,
      new Map([
        ['main', 'HEALTHY'],
        ['side', 'UNHEALTHY'],
      ]),
    );
    expect(healthy.healthStatus).toBe('HEALTHY');
    expect(applyContainerHealth(healthy, new Map([['main', 'HEALTHY']]))).toBe(healthy);
    expect(applyContainerHealth(healthy, new Map([['main', 'UNHEALTHY']])).healthStatus).toBe('UNHEALTHY');
  });

  it('whose host is gone is STOPPED with that reason', () => {
    const up = applyTaskReport(placeTask(task(), host, undefined), running, at(2));
    const gone = hostGone(up, {
      stopCode: 'UserInitiated',
      reason: 'Container instance deregistration forced by user',
      at: at(3),
    });
    expect(gone).toMatchObject({
      lastStatus: 'STOPPED',
      stoppedReason: 'Container instance deregistration forced by user',
    });
  });
});

describe('an awsvpc task', () => {
  it('is PROVISIONING until it has its address and DEPROVISIONING until it is given back', () => {
    const placed = placeTask(task('awsvpc'), host, undefined);
    expect(placed.lastStatus).toBe('PROVISIONING');
    const attached = attachInterface(placed, eni, at(2));
    expect(attached).toMatchObject({
      lastStatus: 'PENDING',
      attachment: { status: 'ATTACHED', privateIpv4Address: '172.31.0.4' },
    });
    const ended = applyTaskReport(
      applyTaskReport(attached, running, at(3)),
      { status: 'STOPPED', containers: [] },
      at(4),
    );
    expect(ended.lastStatus).toBe('DEPROVISIONING');
    expect(releaseInterface(ended, at(5))).toMatchObject({
      lastStatus: 'STOPPED',
      stoppedAt: 5,
      attachment: { status: 'DELETED' },
    });
  });

  it('stopped before an agent knew of it needs no agent', () => {
    const stopped = requestStop(placeTask(task('awsvpc'), host, undefined), {
      stopCode: 'UserInitiated',
      reason: 'r',
      at: at(2),
    });
    expect(stopped.lastStatus).toBe('DEPROVISIONING');
    expect(releaseInterface(stopped, at(3)).lastStatus).toBe('STOPPED');
  });
});

type Step = (task: Task) => Task;

const steps: fc.Arbitrary<Step> = fc.oneof(
  fc.constant<Step>((each) => placeTask(each, host, undefined)),
  fc.constant<Step>((each) => (each.attachment?.status === 'PRECREATED' ? attachInterface(each, eni, at(2)) : each)),
  fc.constant<Step>((each) => (each.lastStatus === 'DEPROVISIONING' ? releaseInterface(each, at(8)) : each)),
  fc.constant<Step>((each) => requestStop(each, { stopCode: 'UserInitiated', reason: 'r', at: at(4) })),
  fc
    .record({
      status: fc.constantFrom('PENDING' as const, 'RUNNING' as const, 'STOPPED' as const),
      containers: fc.array(
        fc.record({
          name: fc.constantFrom('main', 'side', 'stranger'),
          status: fc.constantFrom('PENDING' as const, 'RUNNING' as const, 'STOPPED' as const),
          exitCode: fc.nat(255),
        }),
        { maxLength: 2 },
      ),
    })
    .map<Step>((report) => (each) => applyTaskReport(each, report, at(6))),
);

describe('whatever happens in whatever order', () => {
  it('statuses and versions only move forward, and STOPPED holds nothing back', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('bridge' as const, 'awsvpc' as const),
        fc.array(steps, { maxLength: 30 }),
        (mode, sequence) => {
          let current = task(mode);
          for (const step of sequence) {
            const next = step(current);
            expect(taskStatusRank(next.lastStatus)).toBeGreaterThanOrEqual(taskStatusRank(current.lastStatus));
            expect(next.version).toBeGreaterThanOrEqual(current.version);
            if (current.lastStatus === 'STOPPED') expect(next.lastStatus).toBe('STOPPED');
            if (next.lastStatus === 'STOPPED') {
              expect(next.stopCode).toBeDefined();
              expect(next.containers.every((container) => container.lastStatus === 'STOPPED')).toBe(true);
            }
            if (current.desiredStatus === 'STOPPED') expect(next.stoppedReason).toBe(current.stoppedReason);
            current = next;
          }
        },
      ),
    );
  });
});

it.each([
  ['PRECREATED', 'PROVISIONING', undefined, 'PRECREATED'],
  ['ATTACHED', 'PENDING', undefined, 'ATTACHING'],
  ['ATTACHED', 'PENDING', 'PENDING', 'ATTACHED'],
  ['ATTACHED', 'RUNNING', 'RUNNING', 'ATTACHED'],
  ['ATTACHED', 'DEPROVISIONING', 'STOPPED', 'DETACHING'],
  ['DELETED', 'STOPPED', 'STOPPED', 'DELETED'],
] as const)(
  'an interface that is %s of a task %s, told of as %s, is shown as %s',
  (status, lastStatus, agent, shown) => {
    const told = agent === undefined ? {} : { agentStatus: agent };
    expect(attachmentStatus({ status }, { ...task('awsvpc'), lastStatus, ...told })).toBe(shown);
  },
);
