import { describe, expect, it } from 'vitest';
import {
  applyTaskReport,
  hostGone,
  type ManagedVolume,
  placeTask,
  requestStop,
  type Task,
  volumeDetails,
} from '#model';
import { at, definitionOf, host, newTaskOf } from './test-support/tasks.ts';

const asked: ManagedVolume = { name: 'disk', roleArn: 'arn:aws:iam::111111111111:role/ebs', sizeInGiB: 10 };

function task(volume: ManagedVolume = asked, networkMode: 'bridge' | 'awsvpc' = 'bridge'): Task {
  const definition = definitionOf({ networkMode, volumes: [{ name: 'disk', configuredAtLaunch: true }] });
  return newTaskOf(definition, { volumeConfigurations: [volume] });
}

const running = { status: 'RUNNING', containers: [] } as const;
const stopped = { status: 'STOPPED', containers: [] } as const;
const names = ({ volume }: Task): (string | undefined)[] =>
  volume === undefined ? [] : volumeDetails(volume).map(({ name }) => name);

describe('the volume of a task', () => {
  it('is recorded with the task, and has an id once an agent is to make it', () => {
    const made = task(asked, 'awsvpc');
    expect(made.volume).toMatchObject({ status: 'CREATED', asked });
    expect(names(made)).toEqual(['roleArn', 'volumeName', 'deleteOnTermination']);
    expect(placeTask(made, host, undefined).volume?.status).toBe('CREATED');
    const placed = placeTask(task(), host, undefined);
    expect(placed).toMatchObject({ lastStatus: 'PENDING', volume: { status: 'ATTACHING' } });
    expect(names(placed)).toEqual(['roleArn', 'volumeName', 'deleteOnTermination', 'volumeId']);
  });

  it('is attached when the agent says so, or the task runs', () => {
    const placed = placeTask(task(), host, undefined);
    const { id } = placed.volume!;
    const other = applyTaskReport(placed, { status: 'PENDING', containers: [], attached: ['another'] }, at(2));
    expect(other.volume?.status).toBe('ATTACHING');
    const pending = applyTaskReport(placed, { status: 'PENDING', containers: [], attached: [id] }, at(2));
    expect(pending).toMatchObject({ lastStatus: 'PENDING', volume: { status: 'ATTACHED' } });
    expect(applyTaskReport(pending, { status: 'PENDING', containers: [], attached: [id] }, at(3))).toBe(pending);
    expect(applyTaskReport(placed, running, at(2)).volume?.status).toBe('ATTACHED');
  });

  it.each([
    ['DELETED', asked],
    ['DETACHED', { ...asked, deleteOnTermination: false as const }],
  ])('ends with its task: %s', (status, volume) => {
    const up = applyTaskReport(placeTask(task(volume), host, undefined), running, at(2));
    const over = applyTaskReport(requestStop(up, { stopCode: 'UserInitiated', reason: '', at: at(3) }), stopped, at(4));
    expect(over).toMatchObject({ lastStatus: 'STOPPED', volume: { status } });
    const gone = hostGone(up, { stopCode: 'InfrastructureHealth', reason: 'gone', at: at(3) });
    expect(gone.volume?.status).toBe(status);
  });

  it('that never came is deleted, also when it was to stay', () => {
    const volume = { ...asked, deleteOnTermination: false as const };
    const stop = { stopCode: 'UserInitiated' as const, reason: '', at: at(2) };
    expect(requestStop(task(volume), stop)).toMatchObject({ lastStatus: 'STOPPED', volume: { status: 'DELETED' } });
  });

  it('that kept its task from starting has failed, and says why', () => {
    const reason = 'ECS failed to set up the EBS volume. vol-1: no space left on device';
    const over = applyTaskReport(placeTask(task(), host, undefined), { ...stopped, reason }, at(2));
    expect(over).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'TaskFailedToStart',
      stoppedReason: reason,
      volume: { status: 'FAILED', statusReason: reason },
    });
    expect(names(over)).toContain('statusReason');
    const other = applyTaskReport(placeTask(task(), host, undefined), { ...stopped, reason: 'CannotPull' }, at(2));
    expect(other.volume?.status).toBe('DELETED');
  });
});
