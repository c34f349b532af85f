import { nodesServe, sharesAlike, type WantedRule, wantedRules } from '#balancing';
import type { RulesHeard, TrafficShift } from '#controllers';
import { listenersDigest } from '#dispatch';
import type { ContainerInstanceArn, ListenerRule, LoadBalancer, Service } from '#model';
import type { Revision, RoadsteadStore, RoadsteadView } from '#store';

type Weights = Parameters<TrafficShift['inPlace']>[1];

/** What the connected hosts have of the store. */
export interface HostsInStep {
  /** Whether every host of these that is connected has all that it is to have as of the revision; false when one is away. */
  inStep(hosts: Iterable<ContainerInstanceArn>, revision: Revision): boolean;
}

/**
 * The traffic of load balancers: it goes as wanted once the rules say so, the hosts that carry their load balancers have
 * heard of it, and the nodes there serve it. The rules are changed by the traffic loop.
 */
export function balancerTraffic(deps: {
  readonly store: RoadsteadStore;
  readonly hosts: HostsInStep;
}): TrafficShift & RulesHeard {
  const { store, hosts } = deps;
  /** Since which revision the rules of an asker are as wanted; forgotten when the wish is another. */
  const since = new Map<string, { readonly wish: string; readonly revision: Revision }>();
  const heard = (asker: string, wish: string, rules: readonly (ListenerRule | undefined)[]): boolean => {
    const seen = since.get(asker);
    // What a transaction of ours just changed has the next revision at most.
    const known = seen?.wish === wish ? seen : { wish, revision: store.revision };
    since.set(asker, known);
    const balancers = balancersBehind(store, rules);
    if (!hosts.inStep(carriersOf(balancers), known.revision)) return false;
    return balancers.every((each) => nodesServe(each, listenersDigest(store.view, each.loadBalancerArn)));
  };
  return {
    inPlace(service, weights) {
      const rules = rulesFor(store, weights);
      if (rules.length === 0) return true;
      // A rule that is gone shifts nothing, and is told of as trouble.
      if (!rules.every(({ rule, action }) => rule === undefined || sharesAlike(rule, action))) {
        since.delete(service.serviceArn);
        return false;
      }
      return heard(
        service.serviceArn,
        JSON.stringify(weights),
        rules.map(({ rule }) => rule),
      );
    },
    heard: (asker, rules) => heard(asker, JSON.stringify(rules.map(({ ruleArn, action }) => [ruleArn, action])), rules),
    trouble(service, weights) {
      const rules = rulesFor(store, weights);
      if (rules.some(({ rule }) => rule === undefined)) return 'One or more rules not found';
      return foreignGroup(service, rules);
    },
  };
}

function rulesFor({ view }: RoadsteadStore, { source, target }: Weights): readonly WantedRule[] {
  if (target.serviceRevisionArn === undefined) return [];
  const whole = { production: 100, test: 100 };
  return wantedRules(view, target.serviceRevisionArn, source.serviceRevisionArn === undefined ? whole : target);
}

/** A rule that forwards to a group which is not the service's: somebody else took it. */
function foreignGroup({ loadBalancers = [] }: Service, rules: readonly WantedRule[]): string | undefined {
  for (const { reference, rule, action } of rules) {
    const production = loadBalancers.some((each) => each.advancedConfiguration?.productionListenerRule === reference);
    if (!production || rule?.action.type !== 'forward') continue;
    const own = action.targetGroups.map(({ targetGroupArn }) => targetGroupArn);
    const foreign = rule.action.targetGroups.find(
      ({ targetGroupArn, weight }) => weight > 0 && !own.includes(targetGroupArn),
    );
    if (foreign === undefined) continue;
    return (
      `Production listener rule is forwarding traffic to unexpected target group ${foreign.targetGroupArn}. Expected ` +
      `traffic to be forwarded to either targetGroupArn: ${own[0]} or alternateTargetGroupArn: ${own[1]}`
    );
  }
  return undefined;
}

function balancersBehind(
  { view }: RoadsteadStore,
  rules: readonly (ListenerRule | undefined)[],
): readonly LoadBalancer[] {
  const arns = rules.flatMap((rule) => view.listeners.find(rule?.listenerArn ?? '')?.loadBalancerArn ?? []);
  return [...new Set(arns)].flatMap((arn) => {
    const found = view.loadBalancers.find(arn);
    if (found === undefined) return [];
    return { ...found, nodes: found.nodes.filter(({ hostArn }) => hostArn === undefined || !isLost(view, hostArn)) };
  });
}

function carriersOf(balancers: readonly LoadBalancer[]): ReadonlySet<ContainerInstanceArn> {
  return new Set(balancers.flatMap(({ nodes }) => nodes.flatMap(({ hostArn }) => hostArn ?? [])));
}

/** Nobody waits for it: it was away for too long, and hears of everything before it is called again. */
export function isLost({ containerInstances }: RoadsteadView, host: ContainerInstanceArn): boolean {
  return containerInstances.find(host)?.lostAt !== undefined;
}
