import type { PayloadContainer, PayloadTask, ServiceConnectConfig } from '#wire/link';

type Attached = Pick<PayloadTask, 'attachments'>;

/** The container of a task that is its Service Connect proxy; `undefined` for a task without one. */
export function proxyNameOf(task: Attached): string | undefined {
  return propertyOf(task, 'ContainerName');
}

/** What the task's containers call by name: `name:address`, as the engine takes them. */
export function aliasesOf(task: Attached): readonly string[] {
  return (configOf(task).dnsConfig ?? []).map(({ hostName, address }) => `${hostName}:${address}`);
}

/** Why the task's proxy cannot be; `undefined` when it can, or there is none. */
export function proxyProblem(raw: PayloadTask): string | undefined {
  if (proxyNameOf(raw) === undefined) return undefined;
  if (raw.networkMode === 'host' || raw.networkMode === 'none')
    return `Service Connect in network mode ${raw.networkMode}, which this agent cannot do`;
  try {
    configOf(raw);
    return undefined;
  } catch {
    return 'unreadable ServiceConnectConfig';
  }
}

/** The containers of the task with the proxy, which the sender may leave out: essential, and with a health of its own. */
export function withProxy(raw: PayloadTask): readonly PayloadContainer[] {
  const name = proxyNameOf(raw);
  if (name === undefined) return raw.containers;
  const others = raw.containers.filter((container) => container.name !== name);
  const proxy = raw.containers.find((container) => container.name === name) ?? blankProxy(raw, name);
  return [{ ...proxy, essential: true, healthCheckType: 'docker' }, ...others];
}

/** The addresses that names stand for, as a block; `undefined` for a task that calls nobody. */
export function namedBlock(task: Attached): string | undefined {
  return configOf(task).egressConfig?.vip.ipv4Cidr;
}

function blankProxy({ arn }: PayloadTask, name: string): PayloadContainer {
  return {
    name,
    containerArn: arn,
    image: '',
    essential: true,
    cpu: 0,
    memory: 0,
    environment: {},
    portMappings: [],
    mountPoints: [],
    volumesFrom: [],
    links: [],
    dockerConfig: { version: '1.24', config: '{}', hostConfig: '{}' },
  };
}

function configOf(task: Attached): ServiceConnectConfig {
  return JSON.parse(propertyOf(task, 'ServiceConnectConfig') ?? '{}') as ServiceConnectConfig;
}

function propertyOf({ attachments = [] }: Attached, property: string): string | undefined {
  const attachment = attachments.find(({ attachmentType }) => attachmentType === 'serviceconnectdetail');
  return attachment?.attachmentProperties.find(({ name }) => name === property)?.value;
}
