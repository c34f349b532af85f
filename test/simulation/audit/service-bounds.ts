import { isRunning, type Service, type Task } from '#model';
import { Violation } from '../world/violation.ts';
import type { Check, CommitContext } from './check.ts';
import { releaseOf } from './releases.ts';
import type { RecordChange } from './replica.ts';
import { takesTraffic } from './targets.ts';

/** A task is certainly healthy when it has been RUNNING for so long, ms. */
const surelyHealthyMs = 15_000;

/** Services keep to their percentages: none starts above its maximum, none stops a healthy task below its minimum. */
export class ServiceBounds implements Check {
  readonly #tasks = new Map<string, Map<string, Task>>();
  readonly #runningSince = new Map<string, number>();
  keep({ table, key, before, after }: RecordChange, { elapsedMs }: CommitContext): void {
    if (table !== 'tasks') return;
    const task = (after ?? before) as Task;
    if (task.serviceArn === undefined) return;
    const tasks = this.#tasks.get(task.serviceArn) ?? new Map<string, Task>();
    this.#tasks.set(task.serviceArn, tasks);
    if (after === undefined || task.lastStatus === 'STOPPED') {
      tasks.delete(key);
      this.#runningSince.delete(key);
    } else tasks.set(key, task);
    if (isRunning(task) && !this.#runningSince.has(key) && tasks.has(key)) this.#runningSince.set(key, elapsedMs);
  }

  check(): void {}

  checkAll(context: CommitContext): void {
    const { transaction, replica } = context;
    if (transaction.writer !== 'service') return;
    for (const { table, before, after } of transaction.changes) {
      if (table === 'services' && before !== undefined && after !== undefined)
        this.#checkCompleted(before, after, context);
    }
    const touched = new Map<string, { starts: number; stopsHealthy: Task | undefined }>();
    for (const { table, before, after } of transaction.changes) {
      if (table !== 'tasks' || after?.serviceArn === undefined) continue;
      const of = touched.get(after.serviceArn) ?? { starts: 0, stopsHealthy: undefined };
      touched.set(after.serviceArn, of);
      if (before === undefined) of.starts++;
      else if (before.desiredStatus === 'RUNNING' && after.desiredStatus === 'STOPPED') {
        if (this.#wasHealthy(before as Task, context)) of.stopsHealthy = before as Task;
      }
    }
    for (const [arn, { starts, stopsHealthy }] of touched) {
      const service = replica.table('services').get(arn);
      if (service === undefined || service.deploymentController !== undefined) continue;
      if (starts > 0) this.#checkMaximum(service, context);
      // When the time of day leapt, only the product knows what it takes for healthy.
      if (stopsHealthy !== undefined && context.steadyClock && service.schedulingStrategy !== 'DAEMON')
        this.#checkMinimum(service, stopsHealthy, context);
    }
  }

  /** Tasks of a release are bounded for each deployment by itself. */
  #checkMaximum(service: Service, context: CommitContext): void {
    const release = releaseOf(service, context.replica);
    if (release === undefined) return this.#checkTotal(service, context);
    const { maximumPercent } = service.deploymentConfiguration;
    const upper = Math.floor((service.desiredCount * maximumPercent) / 100);
    const started = new Set<string>();
    for (const { table, before, after } of context.transaction.changes) {
      if (table !== 'tasks' || before !== undefined || after === undefined) continue;
      if (after.serviceArn === service.serviceArn && after.deploymentId !== undefined) started.add(after.deploymentId);
    }
    for (const id of started) {
      const own = this.#present(service, context).filter(({ deploymentId }) => deploymentId === id).length;
      if (own <= upper) continue;
      const message = `${service.serviceArn} ${id} has ${own} tasks where at most ${upper} may be`;
      throw new Violation('no start above the maximum', message, [service.serviceArn]);
    }
  }

  #checkTotal(service: Service, context: CommitContext): void {
    const { maximumPercent } = service.deploymentConfiguration;
    const upper = Math.floor((service.desiredCount * maximumPercent) / 100);
    const present = this.#present(service, context).length;
    if (present <= upper) return;
    const message = `${service.serviceArn} has ${present} tasks where at most ${upper} may be`;
    throw new Violation('no start above the maximum', message, [service.serviceArn]);
  }

  /** A deployment that is said to be COMPLETED has all its tasks RUNNING, or enough, and those before it are gone. */
  #checkCompleted(before: Service, after: Service, context: CommitContext): void {
    for (const { id, rolloutState } of after.deployments) {
      const earlier = before.deployments.find((deployment) => deployment.id === id);
      if (rolloutState !== 'COMPLETED' || earlier?.rolloutState === 'COMPLETED') continue;
      const own = this.#present(after, context).filter((task) => task.deploymentId === id && isRunning(task));
      const early = after.deploymentConfiguration.earlySuccessCriteria;
      const share = ((early?.healthyPercent ?? 0) * after.desiredCount) / 100;
      if (early?.enable !== true ? own.length === after.desiredCount : own.length >= share) {
        if (early?.sourceServiceRevisionCleanup === 'DEFERRED') continue;
        const others = this.#present(after, context).filter(
          (task) => task.deploymentId !== id && after.deployments.some((each) => each.id === task.deploymentId),
        );
        if (others.length === 0) continue;
      }
      const message = `${id} of ${after.serviceArn} is COMPLETED with ${own.length} of ${after.desiredCount} tasks RUNNING`;
      throw new Violation('a completed deployment is whole', message, [after.serviceArn]);
    }
  }

  #checkMinimum(service: Service, stopped: Task, context: CommitContext): void {
    if (service.status !== 'ACTIVE') return;
    if (service.deployments.every(({ id }) => id !== stopped.deploymentId)) return;
    const { minimumHealthyPercent } = service.deploymentConfiguration;
    const lower = Math.min(service.desiredCount, Math.ceil((service.desiredCount * minimumHealthyPercent) / 100));
    // Before CLEAN_UP a release keeps its source as whole as its target; whatever else there is goes at once.
    const apart = releaseOf(service, context.replica)?.apart;
    if (apart?.has(stopped.deploymentId ?? '') === false) return;
    const counts = ({ deploymentId }: Task): boolean => apart === undefined || deploymentId === stopped.deploymentId;
    const running = this.#present(service, context).filter((task) => isRunning(task) && counts(task)).length;
    if (running >= lower) return;
    const message = `${service.serviceArn} stops ${stopped.taskArn} and has ${running} RUNNING where ${lower} must be`;
    throw new Violation('no healthy task stopped below the minimum', message, [service.serviceArn, stopped.taskArn]);
  }

  /** Wanted tasks whose host is there; a daemon's on a host that drains are there beside those it counts. */
  #present(service: Service, { replica }: CommitContext): Task[] {
    const hosts = replica.table('containerInstances');
    return [...(this.#tasks.get(service.serviceArn)?.values() ?? [])].filter((task) => {
      const host = hosts.get(task.hostArn ?? '');
      const counts = service.schedulingStrategy !== 'DAEMON' || host?.status !== 'DRAINING';
      return counts && task.desiredStatus === 'RUNNING' && host !== undefined && host.lostAt === undefined;
    });
  }

  #wasHealthy(task: Task, { elapsedMs, replica }: CommitContext): boolean {
    const since = this.#runningSince.get(task.taskArn);
    if (!isRunning(task) || since === undefined || elapsedMs - since < surelyHealthyMs) return false;
    if (replica.table('containerInstances').get(task.hostArn ?? '')?.lostAt !== undefined) return false;
    const checked = task.containers.some(({ essential, healthCheck }) => essential && healthCheck);
    return (!checked || task.healthStatus === 'HEALTHY') && takesTraffic(task, replica);
  }
}
