import { elapsedMs } from '#base';
import { defaultControllerSettings } from '#controllers';
import { type ContainerInstance, type Service, type Task, taskStatusRank, waitsForInstance } from '#model';
import { Violation } from '../world/violation.ts';
import type { Check, CommitContext } from './check.ts';
import type { RecordChange, Replica } from './replica.ts';

/** Whatever is there belongs to something that is there, is made only where it may be, and deleted only when it is over. */
export class Owners implements Check {
  check({ table, before, after }: RecordChange, context: CommitContext): void {
    if (table === 'tasks' && after !== undefined && before === undefined) checkNewTask(after as Task, context);
    if (table === 'tasks' && after?.hostArn !== undefined && before !== undefined && before.hostArn === undefined) {
      checkPlacement(after as Task, context.replica);
    }
    if (table === 'tasks' && after === undefined) checkDeletedTask(before as Task, context);
    if (table === 'services' && after === undefined) checkDeletedService(before as Service, context);
    if (table === 'containerInstances' && after === undefined) checkDeletedHost(before as ContainerInstance, context);
    if (table === 'containerInstances' && after !== undefined && before === undefined) {
      checkNewHost(after as ContainerInstance, context);
    }
    if (table === 'clusters' && after?.status === 'INACTIVE') checkDeletedCluster(after.clusterArn, context);
    if (table === 'taskDefinitions' && after === undefined) checkDeletedDefinition(before.taskDefinitionArn, context);
  }
}

function checkNewTask(task: Task, { replica, transaction }: CommitContext): void {
  const about = [task.taskArn, task.serviceArn ?? '', task.hostArn ?? ''];
  const refuse = (message: string): never => {
    throw new Violation('no task without an owner', `${task.taskArn} ${message}`, about);
  };
  if (replica.table('clusters').get(task.clusterArn)?.status !== 'ACTIVE') refuse('is in no cluster');
  if (!replica.table('taskDefinitions').has(task.taskDefinitionArn)) refuse('has no definition');
  if (task.serviceArn === undefined) {
    if (transaction.writer !== 'api') refuse(`of no service is made by ${transaction.writer}`);
  } else {
    const service = replica.table('services').get(task.serviceArn);
    if (service?.status !== 'ACTIVE') refuse(`is made for a service that is ${service?.status ?? 'not there'}`);
    // Those of task sets are looked at where the sets are.
    const listed = service?.deployments.some(({ id }) => id === task.deploymentId) === true;
    if (!listed && service?.deploymentController === undefined) refuse('is of no listed deployment');
  }
  // Only tasks of a provider that scales its group are made without a host.
  if (task.hostArn === undefined && waitsForInstance(task) && task.lastStatus === 'PROVISIONING') return;
  checkPlacement(task, replica);
}

/** A host was chosen: it takes tasks, is where the task belongs, and is one of its provider's. */
function checkPlacement(task: Task, replica: Replica): void {
  const about = [task.taskArn, task.serviceArn ?? '', task.hostArn ?? ''];
  const refuse = (message: string): never => {
    throw new Violation('no task without an owner', `${task.taskArn} ${message}`, about);
  };
  const host = replica.table('containerInstances').get(task.hostArn ?? '');
  if (host === undefined) return refuse('is on a host that is not there');
  if (host.status !== 'ACTIVE' || !host.agentConnected || host.lostAt !== undefined) {
    refuse(`is placed on ${host.containerInstanceArn}: ${host.status}, ${host.agentConnected ? 'connected' : 'away'}`);
  }
  const home = task.launchType === 'FARGATE' ? host.pool === 'fargate' : host.clusterArn === task.clusterArn;
  if (!home) refuse(`is placed outside its ${task.launchType === 'FARGATE' ? 'pool' : 'cluster'}`);
  if (task.capacityProviderName !== undefined && task.launchType === 'EC2') {
    const { capacityProviderName: provider } = host;
    if (provider !== task.capacityProviderName) {
      const message = `${task.taskArn} of ${task.capacityProviderName} is on an instance of ${provider ?? 'no provider'}`;
      throw new Violation('tasks of a provider are on its instances', message, about);
    }
  }
  for (const constraint of task.placementConstraints) {
    const expression = constraint.type === 'memberOf' ? constraint.expression : '';
    const [, name, value] = /^attribute:(\S+) == (\S+)$/.exec(expression) ?? [];
    if (name === undefined) continue;
    const fits = host.attributes.some((attribute) => attribute.name === name && attribute.value === value);
    if (!fits) throw new Violation('placement constraints hold', `${task.taskArn}: not ${expression}`, about);
  }
}

/** A task can be described for an hour after it stopped. */
function checkDeletedTask(task: Task, { latest }: CommitContext): void {
  const ageMs = elapsedMs(task.stoppedAt ?? latest, latest);
  if (task.lastStatus === 'STOPPED' && ageMs >= defaultControllerSettings.stoppedTaskMinMs) return;
  const message = `${task.taskArn} is deleted, ${task.lastStatus} for ${Math.round(ageMs / 1000)} s`;
  throw new Violation('nothing acknowledged is lost', message, [task.taskArn]);
}

function checkDeletedService(service: Service, { replica }: CommitContext): void {
  const arn = service.serviceArn;
  if (service.status !== 'INACTIVE') throw new Violation('nothing acknowledged is lost', `${arn} is deleted`, [arn]);
  for (const task of replica.table('tasks').values()) {
    if (task.serviceArn !== arn || task.desiredStatus === 'STOPPED') continue;
    throw new Violation('no task without an owner', `${arn} is deleted and leaves ${task.taskArn}`, [
      arn,
      task.taskArn,
    ]);
  }
}

function checkDeletedHost(host: ContainerInstance, { replica }: CommitContext): void {
  const arn = host.containerInstanceArn;
  if (host.status !== 'INACTIVE') throw new Violation('nothing acknowledged is lost', `${arn} is deleted`, [arn]);
  for (const task of replica.table('tasks').values()) {
    if (task.hostArn !== arn || task.lastStatus === 'STOPPED') continue;
    throw new Violation('hosts exist', `${arn} is deleted and leaves ${task.taskArn}`, [arn, task.taskArn]);
  }
}

/** A repeated registration gives the instance it made before. */
function checkNewHost(host: ContainerInstance, { replica }: CommitContext): void {
  for (const other of replica.table('containerInstances').values()) {
    const same = other.clientToken !== undefined && other.clientToken === host.clientToken;
    if (!same || other.containerInstanceArn === host.containerInstanceArn || other.status === 'INACTIVE') continue;
    const message = `${host.ec2InstanceId} is registered twice with one token`;
    throw new Violation('a repeated request acts once', message, [
      other.containerInstanceArn,
      host.containerInstanceArn,
    ]);
  }
}

function checkDeletedDefinition(arn: string, { replica }: CommitContext): void {
  for (const task of replica.table('tasks').values()) {
    if (task.taskDefinitionArn !== arn || taskStatusRank(task.lastStatus) >= taskStatusRank('STOPPED')) continue;
    throw new Violation('no task without an owner', `${arn} is deleted and leaves ${task.taskArn}`, [
      arn,
      task.taskArn,
    ]);
  }
}

function checkDeletedCluster(arn: string, { replica }: CommitContext): void {
  const refuse = (key: string): never => {
    throw new Violation('no task without an owner', `${arn} is deleted and leaves ${key}`, [arn, key]);
  };
  for (const task of replica.table('tasks').values()) {
    if (task.clusterArn === arn && task.lastStatus !== 'STOPPED') refuse(task.taskArn);
  }
  for (const service of replica.table('services').values()) {
    if (service.clusterArn === arn && service.status !== 'INACTIVE') refuse(service.serviceArn);
  }
  for (const host of replica.table('containerInstances').values()) {
    if (host.clusterArn === arn && host.status !== 'INACTIVE') refuse(host.containerInstanceArn);
  }
}
