import { createHash } from 'node:crypto';
import {
  balancerAttributes,
  byPriority,
  type Listener,
  type ListenerAction,
  type ListenerRule,
  listenerAttributes,
} from '#model';
import type { RoadsteadView } from '#store';
import type { ListenerDocument, RuleAction, RuleDocument } from '#wire/link';
import { everywhere, type HostStateCompiler } from './compiler.ts';

/** Load balancers with their listeners. Every host has them: names are answered everywhere, and nodes move. */
export const balancerCompiler: HostStateCompiler<'balancer'> = {
  kind: 'balancer',
  *all(view) {
    for (const { loadBalancerArn } of view.loadBalancers.all()) yield loadBalancerArn;
  },
  changedBy: {
    loadBalancers: ({ key }) => [key],
    listeners: ({ before, after }) => [(after ?? before)?.loadBalancerArn ?? ''],
    listenerRules: ({ before, after }, view) => {
      const listener = view.listeners.find((after ?? before)?.listenerArn ?? '');
      return listener === undefined ? [] : [listener.loadBalancerArn];
    },
  },
  compile(view, id) {
    const balancer = view.loadBalancers.find(id);
    if (balancer === undefined) return undefined;
    const { loadBalancerName: name, type, scheme, dnsName, vpcId, nodes } = balancer;
    const listeners = listenerDocuments(view, id);
    const body = {
      name,
      type,
      scheme,
      dnsName,
      vpcId,
      nodes: nodes.map((node) => ({
        interfaceId: node.networkInterfaceId,
        address: node.privateIpv4Address,
        availabilityZone: node.availabilityZone,
        ...(node.hostArn === undefined ? {} : { host: node.hostArn }),
      })),
      attributes: balancerAttributes(balancer),
      listeners,
      digest: digestOf(listeners),
    };
    return { body, scopes: [everywhere] };
  },
};

/** Of a load balancer's listeners as its document has them: what nodes that serve them say. */
export function listenersDigest(view: RoadsteadView, loadBalancerArn: string): string {
  return digestOf(listenerDocuments(view, loadBalancerArn));
}

function digestOf(listeners: readonly ListenerDocument[]): string {
  return createHash('sha256').update(JSON.stringify(listeners)).digest('hex').slice(0, 16);
}

function listenerDocuments(view: RoadsteadView, loadBalancerArn: string): readonly ListenerDocument[] {
  return [...view.listeners.by('loadBalancer', loadBalancerArn)].map((listener) => listenerDocument(view, listener));
}

function listenerDocument(view: RoadsteadView, listener: Listener): ListenerDocument {
  const { listenerArn, port, protocol, sslPolicy, alpnPolicy, defaultCertificateArn, certificateArns } = listener;
  const rules = [...view.listenerRules.by('listener', listenerArn)].sort(byPriority);
  return {
    listenerArn,
    port,
    protocol,
    ...(sslPolicy === undefined ? {} : { sslPolicy }),
    ...(alpnPolicy === undefined ? {} : { alpnPolicy }),
    ...(defaultCertificateArn === undefined ? {} : { defaultCertificateArn }),
    certificateArns,
    attributes: listenerAttributes(listener),
    rules: rules.map(ruleDocument),
  };
}

function ruleDocument({ ruleArn, priority, conditions, action }: ListenerRule): RuleDocument {
  return { ruleArn, ...(priority === 'default' ? {} : { priority }), conditions, action: actionDocument(action) };
}

function actionDocument(action: ListenerAction): RuleAction {
  if (action.type === 'forward') return action;
  if (action.type === 'redirect') return { ...action, statusCode: action.statusCode === 'HTTP_301' ? 301 : 302 };
  return { ...action, statusCode: Number(action.statusCode) };
}
