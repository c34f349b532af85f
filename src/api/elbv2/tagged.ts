import type { Scope, Tag } from '#model';
import type { RoadsteadTx, RoadsteadView } from '#store';
import { validationError } from './errors.ts';
import { getListener, getLoadBalancer, getRule, getTargetGroup } from './find.ts';

/** A resource with its tags, and how it gets others. */
interface Tagged {
  readonly tags: readonly Tag[];
  readonly put: (tx: RoadsteadTx, tags: readonly Tag[]) => void;
}

/** Whatever has tags, by its ARN. */
export function getTagged(view: RoadsteadView, scope: Scope, arn: string): Tagged {
  switch (/:(loadbalancer|targetgroup|listener|listener-rule)\//.exec(arn)?.[1]) {
    case 'loadbalancer': {
      const record = getLoadBalancer(view, scope, arn);
      return { tags: record.tags, put: (tx, tags) => tx.loadBalancers.put({ ...record, tags }) };
    }
    case 'targetgroup': {
      const record = getTargetGroup(view, scope, arn);
      return { tags: record.tags, put: (tx, tags) => tx.targetGroups.put({ ...record, tags }) };
    }
    case 'listener': {
      const record = getListener(view, scope, arn);
      return { tags: record.tags, put: (tx, tags) => tx.listeners.put({ ...record, tags }) };
    }
    case 'listener-rule': {
      const record = getRule(view, scope, arn);
      return { tags: record.tags, put: (tx, tags) => tx.listenerRules.put({ ...record, tags }) };
    }
    case undefined:
    default:
      throw validationError(`'${arn}' is not a valid load balancer ARN`);
  }
}
