import type { ListenerRule, LoadBalancer, Service, ServiceDeployment, Target, Task } from '#model';
import type { Host } from '../world/host.ts';
import { Violation } from '../world/violation.ts';
import type { Check, CommitContext } from './check.ts';
import type { RecordChange, Replica } from './replica.ts';

/** Whether every target that the task is takes traffic; true of a task that is none. */
export function takesTraffic(task: Task, replica: Replica): boolean {
  return asTarget(task, replica).every(({ target }) => target?.health.state === 'healthy');
}

/** Whether a target that the task is was found to be unhealthy. */
export function failsChecks(task: Task, replica: Replica): boolean {
  return asTarget(task, replica).some(({ target }) => target?.health.state === 'unhealthy');
}

/** What the task is in each of its target groups; no target where it is none. */
function asTarget(
  { taskArn, targetGroups = [] }: Task,
  replica: Replica,
): { readonly targetGroupArn: string; readonly target: Target | undefined }[] {
  return targetGroups.map(({ targetGroupArn }) => ({
    targetGroupArn,
    target: targetsOf(replica, targetGroupArn).find((target) => target.taskArn === taskArn),
  }));
}

/** Targets that are not as their tasks ask for, and why. */
export function mistargeted(replica: Replica): string[] {
  const wrong: string[] = [];
  const tasks = replica.table('tasks');
  for (const target of replica.table<string>('targets').values() as Iterable<Target>) {
    const { taskArn = '', targetGroupArn, id, drainsUntil, health } = target;
    if (drainsUntil !== undefined) wrong.push(`${id} drains in ${targetGroupArn}`);
    else if (tasks.get(taskArn)?.desiredStatus !== 'RUNNING')
      wrong.push(`${id} of ${taskArn} is kept in ${targetGroupArn}`);
    else if (health.state === 'unhealthy' || health.state === 'initial')
      wrong.push(`${id} of ${taskArn} is ${health.state} in ${targetGroupArn}`);
  }
  for (const task of tasks.values()) {
    if (task.lastStatus !== 'RUNNING' || task.desiredStatus !== 'RUNNING') continue;
    for (const { targetGroupArn, target } of asTarget(task, replica)) {
      if (target === undefined) wrong.push(`${task.taskArn} runs and is no target of ${targetGroupArn}`);
    }
  }
  return wrong;
}

function targetsOf(replica: Replica, targetGroupArn: string): Target[] {
  const all = [...(replica.table<string>('targets').values() as Iterable<Target>)];
  return all.filter((target) => target.targetGroupArn === targetGroupArn);
}

/** Services whose traffic does not go where their tasks are once nothing is released any more. */
export function misdirected(replica: Replica): string[] {
  const wrong: string[] = [];
  const rules = replica.table<string>('listenerRules');
  for (const { serviceArn, status, loadBalancers = [], desiredCount } of replica.table('services').values()) {
    if (status !== 'ACTIVE' || desiredCount === 0) continue;
    for (const { advancedConfiguration } of loadBalancers) {
      const rule = rules.get(advancedConfiguration?.productionListenerRule ?? '') as ListenerRule | undefined;
      if (rule?.action.type !== 'forward') continue;
      for (const { targetGroupArn, weight } of rule.action.targetGroups) {
        const own = targetsOf(replica, targetGroupArn).filter((target) => target.serviceArn === serviceArn).length;
        if (weight > 0 ? own !== desiredCount : own > 0)
          wrong.push(`${serviceArn}: weight ${weight} for ${own} targets of ${targetGroupArn}`);
      }
    }
  }
  return wrong;
}

/** A release leaves a shift of traffic behind only when the nodes of its load balancers serve it. */
export class Shifts implements Check {
  readonly #hosts: () => readonly Host[];

  constructor(hosts: () => readonly Host[]) {
    this.#hosts = hosts;
  }

  check({ table, before, after }: RecordChange, { replica }: CommitContext): void {
    if (table !== 'serviceDeployments' || before === undefined || after === undefined) return;
    const [was, now] = [before as ServiceDeployment, after as ServiceDeployment];
    const from = was.stage?.lifecycleStage;
    if (from !== 'TEST_TRAFFIC_SHIFT' && from !== 'PRODUCTION_TRAFFIC_SHIFT') return;
    if (now.stage === undefined || now.stage.failure !== undefined || now.stage.lifecycleStage === from) return;
    const service: Service | undefined = replica.table('services').get(now.serviceArn);
    const hosts = new Map(this.#hosts().map((host) => [host.agent.containerInstanceArn, host]));
    for (const { advancedConfiguration } of service?.loadBalancers ?? []) {
      const rule = replica.table<string>('listenerRules').get(advancedConfiguration?.productionListenerRule ?? '');
      const listener = replica.table<string>('listeners').get((rule as ListenerRule | undefined)?.listenerArn ?? '');
      const balancer: LoadBalancer | undefined = replica.table<string>('loadBalancers').get(listener?.loadBalancerArn);
      for (const { hostArn, networkInterfaceId } of balancer?.nodes ?? []) {
        const instance = replica.table('containerInstances').get(hostArn ?? '');
        const said = balancer?.serving?.[networkInterfaceId];
        if (instance === undefined || instance.lostAt !== undefined || said?.hostArn !== hostArn) continue;
        const served = hosts
          .get(hostArn)
          ?.documents?.host.get('balancing')
          ?.get(`balancer/${balancer?.loadBalancerArn}`);
        if (served === undefined || said?.digest === undefined) continue;
        const weights = weightsIn(served, rule as ListenerRule);
        if (weights === actionText((rule as ListenerRule).action)) continue;
        const message = `${now.serviceDeploymentArn} leaves ${from}: ${hostArn} serves ${weights}`;
        throw new Violation('traffic has shifted when a release goes on', message, [now.serviceArn, hostArn ?? '']);
      }
    }
  }
}

function actionText(action: object): string {
  return JSON.stringify((action as { readonly targetGroups?: object }).targetGroups);
}

/** Of the rule in a document as a host has it. */
function weightsIn(document: string, { ruleArn }: ListenerRule): string {
  const { body } = JSON.parse(document) as {
    readonly body: {
      readonly listeners: readonly {
        readonly rules: readonly { readonly ruleArn: string; readonly action: object }[];
      }[];
    };
  };
  const rule = body.listeners.flatMap(({ rules }) => rules).find((each) => each.ruleArn === ruleArn);
  return actionText(rule?.action ?? {});
}
