import { type ContainerInstance, containerStatuses, type Service, type Task, taskStatusRank } from '#model';
import { checkOwnership, ownership } from '#store';
import { Violation } from '../world/violation.ts';
import type { Check, CommitContext } from './check.ts';
import type { RecordChange } from './replica.ts';

const agentStatuses = [undefined, 'PENDING', 'RUNNING', 'STOPPED'] as const;

/** Statuses only move forward, what is deleted does not come back, and every field is changed by its writers alone. */
export class Statuses implements Check {
  #revision = 0;

  check(change: RecordChange, { transaction }: CommitContext): void {
    const { table, before, after } = change;
    try {
      checkOwnership(ownership, change, transaction.writer);
    } catch (error) {
      throw new Violation('one writer per field', (error as Error).message, [change.key]);
    }
    if (before === undefined || after === undefined) return;
    if (table === 'tasks') checkTask(before as Task, after as Task);
    if (table === 'services') checkService(before as Service, after as Service);
    if (table === 'containerInstances') checkInstance(before as ContainerInstance, after as ContainerInstance);
  }

  checkAll({ transaction }: CommitContext): void {
    if (transaction.revision !== this.#revision + 1) {
      throw new Violation('revisions count', `revision ${transaction.revision} follows ${this.#revision}`);
    }
    this.#revision = transaction.revision;
  }
}

function forward(what: string, from: number, to: number, about: string): void {
  if (to < from) throw new Violation('statuses only move forward', `${what} goes back`, [about]);
}

function checkTask(before: Task, after: Task): void {
  const arn = before.taskArn;
  const move = `${before.lastStatus} to ${after.lastStatus}`;
  forward(`${arn} ${move}`, taskStatusRank(before.lastStatus), taskStatusRank(after.lastStatus), arn);
  if (before.desiredStatus === 'STOPPED' && after.desiredStatus !== 'STOPPED') {
    throw new Violation('statuses only move forward', `${arn} is wanted RUNNING again`, [arn]);
  }
  const said = `${arn} agent status ${before.agentStatus} to ${after.agentStatus}`;
  forward(said, agentStatuses.indexOf(before.agentStatus), agentStatuses.indexOf(after.agentStatus), arn);
  before.containers.forEach((container, index) => {
    const now = after.containers[index];
    if (now === undefined) throw new Violation('containers stay', `${arn} lost ${container.name}`, [arn]);
    const [from, to] = [container.lastStatus, now.lastStatus].map((status) => containerStatuses.indexOf(status));
    forward(`${arn} container ${container.name} ${container.lastStatus} to ${now.lastStatus}`, from ?? 0, to ?? 0, arn);
  });
  for (const field of ['hostArn', 'serviceArn', 'deploymentId', 'taskDefinitionArn', 'group'] as const) {
    if (before[field] !== undefined && before[field] !== after[field]) {
      throw new Violation('a task stays what it is', `${arn} changes its ${field}`, [arn]);
    }
  }
}

const serviceStatuses = ['ACTIVE', 'DRAINING', 'INACTIVE'] as const;

function checkService(before: Service, after: Service): void {
  const arn = before.serviceArn;
  const made = before.status === 'INACTIVE' && after.createdAt !== before.createdAt;
  if (made) return;
  const move = `${arn} ${before.status} to ${after.status}`;
  forward(move, serviceStatuses.indexOf(before.status), serviceStatuses.indexOf(after.status), arn);
  for (const deployment of before.deployments) {
    const now = after.deployments.find(({ id }) => id === deployment.id);
    if (now === undefined || now.rolloutState === deployment.rolloutState) continue;
    if (deployment.rolloutState === 'IN_PROGRESS' || isRollback(before, after, deployment)) continue;
    const message = `deployment ${deployment.id} of ${arn}: ${deployment.rolloutState} to ${now.rolloutState}`;
    throw new Violation('statuses only move forward', message, [arn]);
  }
}

/** What is rolled back to counts as not completed until its settings prove good once more. */
function isRollback(before: Service, after: Service, { id, rolloutState }: Service['deployments'][number]): boolean {
  const failed = after.deployments.find((each) => each.rolloutState === 'FAILED');
  const failedNow = before.deployments.some((each) => each.id === failed?.id && each.rolloutState === 'IN_PROGRESS');
  return rolloutState === 'COMPLETED' && failed?.id !== id && failedNow;
}

function checkInstance(before: ContainerInstance, after: ContainerInstance): void {
  const arn = before.containerInstanceArn;
  if (before.status === 'INACTIVE' && after.status !== 'INACTIVE') {
    throw new Violation('statuses only move forward', `${arn} is ${after.status} again`, [arn]);
  }
}
