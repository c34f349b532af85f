import { removeLoadBalancer, removeTargetGroup } from '#balancing';
import { afterMs, type Clock, type Instant } from '#base';
import { balancerAttributes, type ExpressResources, type Scope, type Service, scopeKey } from '#model';
import { isGroupNeeded, removeGroup } from '#network';
import type { RoadsteadStore, RoadsteadTx, RoadsteadView } from '#store';
import type { Controller, RecordChange } from '../controller.ts';
import { type CleanupView, decideCleanup } from './cleanup.ts';
import { cleanupRetryMs } from './limits.ts';

/** Takes away what was made for Express services that are over. Keys are their ARNs. */
export class ExpressCleanupController implements Controller {
  readonly name = 'express-cleanup';
  readonly lanes = 4;
  readonly #deps: { readonly store: RoadsteadStore; readonly clock: Clock };

  constructor(deps: { readonly store: RoadsteadStore; readonly clock: Clock }) {
    this.#deps = deps;
  }

  *keysOf(change: RecordChange): Iterable<string> {
    if (change.table === 'services' && change.after !== undefined && isOver(change.after)) yield change.key;
  }

  *allKeys(view: RoadsteadView): Iterable<string> {
    for (const arn of view.services.values('express')) {
      for (const service of view.services.by('express', arn)) if (isOver(service)) yield service.serviceArn;
    }
  }

  async reconcile(key: string): Promise<Instant | undefined> {
    const { store, clock } = this.#deps;
    return await store.update('express', (tx) => {
      const service = tx.services.find(key);
      if (service?.express?.resources === undefined || !isOver(service)) return undefined;
      const { resources, ...express } = service.express;
      const decision = decideCleanup(cleanupView(tx, resources));
      if (decision === undefined) return afterMs(clock.now(), cleanupRetryMs);
      if (tx.listenerRules.has(resources.ruleArn)) tx.listenerRules.delete(resources.ruleArn);
      for (const arn of decision.targetGroupArns) if (tx.targetGroups.has(arn)) removeTargetGroup(tx, arn);
      for (const listener of decision.listeners) tx.listeners.put(listener);
      if (decision.loadBalancerArn !== undefined) removeLoadBalancer(tx, decision.loadBalancerArn);
      const { certificateArn } = decision;
      if (certificateArn !== undefined && tx.certificates.has(certificateArn)) tx.certificates.delete(certificateArn);
      removeUnneeded(tx, service, resources.serviceGroupId);
      if (!tx.loadBalancers.has(resources.loadBalancerArn)) removeUnneeded(tx, service, resources.balancerGroupId);
      tx.services.put({ ...service, express });
      return undefined;
    });
  }
}

function isOver({ status, express }: Service): boolean {
  return status === 'INACTIVE' && express?.resources !== undefined;
}

function cleanupView(view: RoadsteadView, resources: ExpressResources): CleanupView {
  const { loadBalancerArn, ruleArn, targetGroupArns, certificateArn, serviceGroupId } = resources;
  const balancer = view.loadBalancers.find(loadBalancerArn);
  const others = (arn: string): boolean =>
    [...view.listenerRules.by('targetGroup', arn)].some((rule) => rule.ruleArn !== ruleArn);
  const interfaces = [...view.networkInterfaces.by('group', serviceGroupId)];
  return {
    resources,
    taskInterfaces: interfaces.filter(({ taskArn }) => taskArn !== undefined).length,
    sharers: view.services.count('express', loadBalancerArn) - 1,
    mayGo: balancer !== undefined && balancerAttributes(balancer)['deletion_protection.enabled'] !== 'true',
    foreignGroups: new Set(targetGroupArns.filter(others)),
    listeners: [...view.listeners.by('certificate', certificateArn)],
  };
}

/** A group that somebody else uses stays theirs. */
function removeUnneeded(tx: RoadsteadTx, scope: Scope, groupId: string): void {
  const group = tx.securityGroups.find(`${scopeKey(scope)}/${groupId}`);
  if (group !== undefined && !isGroupNeeded(tx, group)) removeGroup(tx, group);
}
