import { type Clock, Fault, type Logger, type Random } from '#base';
import { roadsteadAgentHash } from '#model';
import type { Connection } from '#wire/link';
import { controlBackoff, inactivityMs, renewMs, telemetryBackoff, unaskedMs } from '../limits.ts';
import type { AcsChannel } from './acs.ts';
import type { Connect, ControlPlaneApi, Endpoints } from './control-plane.ts';
import { keepConnected, socketUrl } from './session.ts';
import type { TcsChannel } from './tcs.ts';

export interface ConnectionsOptions {
  readonly cluster: string;
  readonly containerInstanceArn: string;
  readonly agentVersion: string;
  readonly dockerVersion: string;
}

export interface ConnectionsDeps {
  readonly api: ControlPlaneApi;
  readonly connect: Connect;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly control: AcsChannel;
  readonly telemetry: TcsChannel;
  /** The control plane is there (again). */
  readonly onConnected: () => void;
}

/** Keeps the control and the telemetry channel open until `signal` is aborted. */
export async function stayConnected(
  options: ConnectionsOptions,
  deps: ConnectionsDeps,
  signal: AbortSignal,
): Promise<void> {
  const discover = createDiscovery(options, deps.api);
  await Promise.all([keepControl(options, deps, discover, signal), keepTelemetry(options, deps, discover, signal)]);
}

function keepControl(
  options: ConnectionsOptions,
  deps: ConnectionsDeps,
  discover: () => Promise<Endpoints>,
  signal: AbortSignal,
): Promise<void> {
  const { cluster, containerInstanceArn, agentVersion, dockerVersion } = options;
  // Until the first connection of this process, the control plane is asked for every task's credentials.
  let sendCredentials = true;
  const open = async (): Promise<Connection> => {
    const { endpoint } = await discover();
    const url = socketUrl(endpoint, {
      agentHash: roadsteadAgentHash,
      agentVersion,
      clusterArn: cluster,
      containerInstanceArn,
      dockerVersion: `DockerVersion: ${dockerVersion}`,
      protocolVersion: '2',
      sendCredentials: String(sendCredentials),
      seqNum: '1',
    });
    const connection = await deps.connect(url, headersOf(options));
    sendCredentials = false;
    return connection;
  };
  return keepConnected(
    { name: 'acs', backoff: controlBackoff, inactivityMs, unaskedMs, renewMs },
    {
      ...deps,
      open,
      onOpen: (connection) => {
        deps.control.opened(connection);
        deps.onConnected();
      },
      onFrame: (frame, connection) => deps.control.receive(frame, connection),
      onClose: () => deps.control.closed(),
    },
    signal,
  );
}

/** Beside acknowledgments. Nothing follows from any: who ends a session closes the connection. */
const telemetryAnswers = new Set([
  'HeartbeatMessage',
  'StopTelemetrySessionMessage',
  'ServerException',
  'BadRequestException',
  'ResourceValidationException',
  'InvalidParameterException',
]);

function keepTelemetry(
  options: ConnectionsOptions,
  deps: ConnectionsDeps,
  discover: () => Promise<Endpoints>,
  signal: AbortSignal,
): Promise<void> {
  const { cluster, containerInstanceArn, agentVersion, dockerVersion } = options;
  const open = async (): Promise<Connection> => {
    const { telemetryEndpoint } = await discover();
    if (telemetryEndpoint === undefined) throw new Fault('NoEndpoint', 'the control plane has no telemetry endpoint');
    const query = {
      agentHash: roadsteadAgentHash,
      agentVersion,
      cluster,
      containerInstance: containerInstanceArn,
      dockerVersion,
    };
    return deps.connect(socketUrl(telemetryEndpoint, query), headersOf(options));
  };
  return keepConnected(
    { name: 'tcs', backoff: telemetryBackoff, inactivityMs, unaskedMs, renewMs },
    {
      ...deps,
      open,
      onOpen: (connection) => deps.telemetry.opened(connection),
      onFrame: ({ type }) => type.startsWith('AckPublish') || telemetryAnswers.has(type),
      onClose: () => deps.telemetry.closed(),
    },
    signal,
  );
}

/** Asks anew for each connection; what was found last is used when the question is not answered. */
function createDiscovery(
  { cluster, containerInstanceArn }: ConnectionsOptions,
  api: ControlPlaneApi,
): () => Promise<Endpoints> {
  let found: Endpoints | undefined;
  return async () => {
    try {
      found = await api.discoverPollEndpoint({ cluster, containerInstance: containerInstanceArn });
    } catch (error) {
      if (found === undefined) throw error;
    }
    return found;
  };
}

function headersOf({ agentVersion }: ConnectionsOptions): Readonly<Record<string, string>> {
  return { 'user-agent': `Roadstead Agent - v${agentVersion}` };
}
