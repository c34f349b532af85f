import { deregisterTarget, settledTarget, usageOf } from '#balancing';
import { type Clock, earliest, type Instant } from '#base';
import {
  type ContainerInstance,
  type ListenerRule,
  type LoadBalancer,
  nodeServes,
  type Target,
  targetGroupsOf,
  targetKey,
} from '#model';
import type { RoadsteadStore, RoadsteadView } from '#store';
import type { Controller, RecordChange } from '../controller.ts';

export interface GroupsControllerDeps {
  readonly store: RoadsteadStore;
  readonly clock: Clock;
}

/** Keeps the targets of each group as they are to be. Keys are ARNs of target groups. */
export class GroupsController implements Controller {
  readonly name = 'targets';
  readonly lanes = 16;
  readonly #deps: GroupsControllerDeps;

  constructor(deps: GroupsControllerDeps) {
    this.#deps = deps;
  }

  *keysOf(change: RecordChange): Iterable<string> {
    const { view } = this.#deps.store;
    if (change.table === 'targets') {
      if (change.after !== undefined && changesLife(change.before, change.after)) yield change.after.targetGroupArn;
    } else if (change.table === 'listenerRules') {
      yield* groupsOf(change.before);
      yield* groupsOf(change.after);
    } else if (change.table === 'loadBalancers') {
      if (concerns(change.before, change.after)) yield* groupsBehind(view, change.key);
    } else if (change.table === 'containerInstances' && comesOrGoes(change.before, change.after)) {
      const id = (change.after ?? change.before)?.ec2InstanceId ?? '';
      for (const { targetGroupArn } of view.targets.by('id', id)) yield targetGroupArn;
    }
  }

  *allKeys(view: RoadsteadView): Iterable<string> {
    yield* view.targets.values('targetGroup');
  }

  async reconcile(key: string): Promise<Instant | undefined> {
    const { store, clock } = this.#deps;
    return await store.update('targets', (tx) => {
      const group = tx.targetGroups.find(key);
      if (group === undefined) return undefined;
      const now = clock.now();
      const usage = usageOf(tx, key);
      let wakeAt: Instant | undefined;
      const targets = [...tx.targets.by('targetGroup', key)];
      for (const target of targets) {
        if (target.drainsUntil !== undefined && (target.drainsUntil <= now || !usage.used)) {
          tx.targets.delete(targetKey(target));
          continue;
        }
        // Its task was forgotten before anybody took it away.
        if (target.taskArn !== undefined && target.drainsUntil === undefined && !tx.tasks.has(target.taskArn)) {
          wakeAt = earliest(wakeAt, deregisterTarget(tx, target, now));
          continue;
        }
        wakeAt = earliest(wakeAt, target.drainsUntil);
        tx.targets.put(settledTarget(tx, group, target, usage));
      }
      return wakeAt;
    });
  }
}

/** What its own health does not tell. */
function changesLife(before: Target | undefined, after: Target): boolean {
  return before?.drainsUntil !== after.drainsUntil;
}

function groupsOf(rule: ListenerRule | undefined): readonly string[] {
  return rule === undefined ? [] : targetGroupsOf(rule.action);
}

function* groupsBehind(view: RoadsteadView, loadBalancerArn: string): Iterable<string> {
  for (const { listenerArn } of view.listeners.by('loadBalancer', loadBalancerArn)) {
    for (const rule of view.listenerRules.by('listener', listenerArn)) yield* groupsOf(rule);
  }
}

function concerns(before: LoadBalancer | undefined, after: LoadBalancer | undefined): boolean {
  if (before === undefined || after === undefined) return before !== after;
  if (before.nodes !== after.nodes || before.subnets !== after.subnets) return true;
  return after.nodes.some((node) => nodeServes(before, node) !== nodeServes(after, node));
}

function comesOrGoes(before: ContainerInstance | undefined, after: ContainerInstance | undefined): boolean {
  return (before === undefined ? 'INACTIVE' : before.status) !== (after === undefined ? 'INACTIVE' : after.status);
}
