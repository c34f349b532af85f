import { Ids, type Instant, type Random } from '#base';
import {
  attributeValue,
  type BalancerSubnet,
  balancerRequester,
  type ContainerInstance,
  carriesBalancers,
  isAway,
  type LoadBalancer,
  type NetworkInterface,
  nodeDescription,
  scopeKey,
} from '#model';
import { isAddressUsed, isAssignable, newInterface, newInterfaceIn } from '#network';
import type { RoadsteadStore, RoadsteadTx, RoadsteadView } from '#store';
import type { Controller, RecordChange } from '../controller.ts';
import { type CarrierHost, decideBalancer, mayCarry } from './decide.ts';

export interface BalancersControllerDeps {
  readonly store: RoadsteadStore;
  readonly random: Random;
}

/** Gives load balancers their nodes. Keys are their ARNs. */
export class BalancersController implements Controller {
  readonly name = 'balancers';
  readonly lanes = 16;
  readonly #deps: BalancersControllerDeps;
  readonly #ids: Ids;

  constructor(deps: BalancersControllerDeps) {
    this.#deps = deps;
    this.#ids = new Ids(deps.random);
  }

  *keysOf(change: RecordChange): Iterable<string> {
    if (change.table === 'loadBalancers') {
      if (change.after !== undefined && concerns(change.before, change.after)) yield change.key;
    } else if (change.table === 'containerInstances' && concernsNodes(change.before, change.after)) {
      yield* this.allKeys(this.#deps.store.view);
    }
  }

  *allKeys(view: RoadsteadView): Iterable<string> {
    for (const { loadBalancerArn } of view.loadBalancers.all()) yield loadBalancerArn;
  }

  async reconcile(key: string): Promise<Instant | undefined> {
    await this.#deps.store.update('balancers', (tx) => {
      const balancer = tx.loadBalancers.find(key);
      if (balancer === undefined) return;
      const interfaces = [...tx.networkInterfaces.by('balancer', nodeDescription(key))];
      const listeners = [...tx.listeners.by('loadBalancer', key)].map(({ listenerArn }) => listenerArn);
      const view = { balancer, interfaces, listeners, hosts: hostsFor(tx, balancer) };
      const decision = decideBalancer(view, (subnet) => this.#allocate(tx, balancer, subnet));
      for (const eni of decision.interfaces) tx.networkInterfaces.put(eni);
      for (const eni of decision.released) tx.networkInterfaces.delete(eni.networkInterfaceId);
      if (decision.balancer !== balancer) tx.loadBalancers.put(decision.balancer);
    });
    return undefined;
  }

  #allocate(tx: RoadsteadTx, balancer: LoadBalancer, asked: BalancerSubnet): NetworkInterface | undefined {
    const subnet = tx.subnets.find(`${scopeKey(balancer)}/${asked.subnetId}`);
    if (subnet === undefined) return undefined;
    const wanted = {
      securityGroups: balancer.securityGroups,
      interfaceType: balancer.type === 'network' ? ('network_load_balancer' as const) : ('interface' as const),
      description: nodeDescription(balancer.loadBalancerArn),
      requesterId: balancerRequester,
    };
    const { privateIpv4Address: address } = asked;
    if (address === undefined) return newInterfaceIn(tx, subnet, wanted, this.#ids);
    if (!isAssignable(subnet, address) || isAddressUsed(tx, address)) return undefined;
    return newInterface(subnet, address, wanted, this.#ids);
  }
}

function hostsFor(view: RoadsteadView, balancer: LoadBalancer): readonly CarrierHost[] {
  const hosts: CarrierHost[] = [];
  for (const instance of view.containerInstances.by('carrier', 'yes')) {
    const ours = instance.pool !== undefined || scopeKey(instance) === scopeKey(balancer);
    if (!ours || !mayCarry(instance)) continue;
    const { containerInstanceArn: hostArn } = instance;
    hosts.push({
      hostArn,
      availabilityZone: attributeValue(instance, 'ecs.availability-zone') ?? '',
      load: view.loadBalancers.count('host', hostArn),
      away: isAway(instance),
    });
  }
  return hosts;
}

function concerns(before: LoadBalancer | undefined, after: LoadBalancer): boolean {
  const { subnets, securityGroups, serving } = after;
  if (before === undefined || before.subnets !== subnets) return true;
  return before.securityGroups !== securityGroups || before.serving !== serving;
}

function concernsNodes(before: ContainerInstance | undefined, after: ContainerInstance | undefined): boolean {
  const text = (instance: ContainerInstance | undefined): string =>
    instance === undefined || !carriesBalancers(instance)
      ? ''
      : `${isAway(instance)} ${mayCarry(instance)} ${attributeValue(instance, 'ecs.availability-zone')}`;
  return text(before) !== text(after);
}
