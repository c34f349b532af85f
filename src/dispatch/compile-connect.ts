import {
  attachmentArn,
  type RevisionConnect,
  type ServiceRevision,
  type Task,
  type TaskConnect,
  taskClusterName,
} from '#model';
import type { PayloadAttachment, PayloadContainer, ServiceConnectConfig } from '#wire/link';
import { compileContainer } from './compile-container.ts';
import type { ContainerFacts } from './container-facts.ts';

/** Of the revision that the task runs. */
export type ConnectFacts = Pick<ServiceRevision, 'connect' | 'serviceConnectConfiguration'>;

/** The range of addresses that names stand for within a task. Observed. */
const vipCidr = '127.255.0.0/16';

/** The container that is the proxy: the agent knows what to run in it. Its health counts. */
export function compileConnectProxy(
  { containerName }: TaskConnect,
  { serviceConnectConfiguration }: ConnectFacts = {},
  facts: ContainerFacts,
): PayloadContainer {
  const logConfiguration = serviceConnectConfiguration?.logConfiguration;
  const definition = {
    name: containerName,
    essential: true,
    ...(logConfiguration === undefined ? {} : { logConfiguration: logConfiguration as Logging }),
  };
  return { ...compileContainer(definition, facts), environment: {}, healthCheckType: 'docker' };
}

type Logging = NonNullable<Parameters<typeof compileContainer>[0]['logConfiguration']>;

/** What tells the agent of the proxy. Source: the payload model of the ECS agent, `serviceconnectdetail`. */
export function compileConnect(
  task: Task,
  { attachmentId, containerName }: TaskConnect,
  { connect }: ConnectFacts = {},
): PayloadAttachment {
  const config: ServiceConnectConfig = {
    ingressConfig: (connect?.endpoints ?? []).map(({ portName, containerPort, listenerPort }) => ({
      listenerName: `ingress-${portName}`,
      ...(listenerPort === containerPort ? { interceptPort: containerPort } : { listenerPort }),
    })),
    egressConfig: { listenerName: 'egress', vip: { ipv4Cidr: vipCidr } },
    dnsConfig: namesOf(connect),
  };
  return {
    attachmentArn: attachmentArn(task, taskClusterName(task), attachmentId),
    attachmentType: 'serviceconnectdetail',
    attachmentProperties: [
      { name: 'ContainerName', value: containerName },
      { name: 'ServiceConnectConfig', value: JSON.stringify(config) },
    ],
  };
}

/** Each name once, however many ports it has. */
function namesOf(
  connect: RevisionConnect | undefined,
): readonly { readonly hostName: string; readonly address: string }[] {
  const addresses = new Map((connect?.callable ?? []).map(({ hostName, address }) => [hostName, address]));
  return [...addresses].map(([hostName, address]) => ({ hostName, address }));
}
