import { type BackoffOptions, backoffMs, type Clock, Fault, type Ids, type Logger, messageOf, sleep } from '#base';
import { roadsteadAgentHash } from '#model';
import type { Attribute, ControlPlaneApi, RegisteredInstance, Registration } from './control-plane.ts';

export interface RegistrationOptions {
  readonly cluster: string;
  readonly region: string;
  readonly instanceId: string;
  readonly containerInstanceArn?: string;
  readonly cpuUnits: number;
  readonly memoryMiB: number;
  readonly reservedTcpPorts: readonly number[];
  readonly reservedUdpPorts: readonly number[];
  readonly gpuIds: readonly string[];
  readonly attributes: readonly Attribute[];
  readonly agentVersion: string;
  readonly dockerVersion: string;
  readonly backoff: BackoffOptions;
}

export interface RegistrationDeps {
  readonly api: ControlPlaneApi;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
}

/** Refusals that another try cannot mend: the agent ends with them. */
const final = new Set([
  'AccessDeniedException',
  'ClientException',
  'ClusterNotFoundException',
  'IncompleteSignatureException',
  'InvalidParameterException',
  'InvalidSignatureException',
  'UnrecognizedClientException',
]);

/**
 * Registers the host, again and again until the control plane answers. A stored ARN is sent along, and must come back.
 * Throws Fault `Registration` when the control plane refuses for good or answers another host's attributes.
 */
export async function register(
  options: RegistrationOptions,
  deps: RegistrationDeps,
  signal: AbortSignal,
): Promise<RegisteredInstance> {
  const registration = registrationOf(options, deps.ids);
  for (let attempt = 0; ; attempt++) {
    try {
      const instance = await deps.api.registerContainerInstance(registration);
      checkEcho(registration, instance);
      return instance;
    } catch (error) {
      if (error instanceof Fault && error.code === 'Registration') throw error;
      const code = codeOf(error);
      if (code !== undefined && final.has(code)) {
        throw new Fault('Registration', `The control plane refuses this host: ${code}: ${withStop(messageOf(error))}`, {
          cause: error,
        });
      }
      const delayMs = backoffMs(options.backoff, attempt, deps.ids.random);
      deps.log.warn('not registered yet', { error: messageOf(error), code, retryInMs: delayMs });
      await sleep(deps.clock, delayMs, signal);
    }
  }
}

export function registrationOf(options: RegistrationOptions, ids: Ids): Registration {
  const { region, instanceId } = options;
  const strings = (name: string, ports: readonly number[]): Registration['totalResources'][number] => ({
    name,
    type: 'STRINGSET',
    stringSetValue: ports.map(String),
  });
  return {
    cluster: options.cluster,
    ...(options.containerInstanceArn === undefined ? {} : { containerInstanceArn: options.containerInstanceArn }),
    instanceIdentityDocument: JSON.stringify({ instanceId, region }),
    instanceIdentityDocumentSignature: '',
    totalResources: [
      { name: 'CPU', type: 'INTEGER', integerValue: options.cpuUnits },
      { name: 'MEMORY', type: 'INTEGER', integerValue: options.memoryMiB },
      strings('PORTS', options.reservedTcpPorts),
      strings('PORTS_UDP', options.reservedUdpPorts),
    ],
    ...(options.gpuIds.length === 0
      ? {}
      : { platformDevices: options.gpuIds.map((id) => ({ id, type: 'GPU' as const })) }),
    attributes: options.attributes,
    versionInfo: {
      agentVersion: options.agentVersion,
      agentHash: roadsteadAgentHash,
      dockerVersion: `DockerVersion: ${options.dockerVersion}`,
    },
    clientToken: ids.uuid(),
  };
}

function withStop(sentence: string): string {
  return sentence.endsWith('.') ? sentence : `${sentence}.`;
}

/** A control plane that changes what was sent is talking of another host. */
function checkEcho(sent: Registration, instance: RegisteredInstance): void {
  if (sent.containerInstanceArn !== undefined && sent.containerInstanceArn !== instance.containerInstanceArn) {
    throw new Fault('Registration', `The control plane knows this host as ${instance.containerInstanceArn}`);
  }
  for (const { name, value } of sent.attributes) {
    if (value === undefined || value === '') continue;
    const echoed = instance.attributes.find((attribute) => attribute.name === name);
    if (echoed?.value !== value) {
      throw new Fault('Registration', `The control plane changed attribute ${name} to ${String(echoed?.value)}`);
    }
  }
}

/** The AWS code of a refusal; `undefined` when no answer came. */
export function codeOf(error: unknown): string | undefined {
  const { code, status } = error as { code?: unknown; status?: unknown };
  return error instanceof Error && typeof code === 'string' && typeof status === 'number' ? code : undefined;
}
