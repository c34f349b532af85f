import type { ControlPlane } from '../control-plane.ts';
import { failureFrom } from '../failure.ts';
import type { CommandBody, Invocation } from '../invocation.ts';
import type { DescribedService, StatusData, StatusEvent } from '../output/status-data.ts';
import { statusLines } from '../output/status-lines.ts';
import { connect } from './account.ts';

/** One screen: what does not fit is a matter for `aws ecs`. */
const maxClusters = 25;
const maxServicesPerCluster = 50;
const servicesPerCall = 10;
const eventsShown = 5;

/** `roadstead status`. */
export const status: CommandBody = async (invocation) => {
  const controlPlane = await connect(invocation);
  const data = await readStatus(invocation, controlPlane).catch((error: unknown) => {
    throw failureFrom('cannot read the status', error);
  });
  return {
    report: {
      data,
      lines: (style, { wide }) => statusLines(data, { style, wide, now: invocation.deps.clock.now() }),
      names: data.services.map(({ serviceName }) => serviceName ?? ''),
    },
  };
};

async function readStatus({ deps, common }: Invocation, controlPlane: ControlPlane): Promise<StatusData> {
  const { dataDir } = common.paths;
  const [platform, clusters, freeBytes] = await Promise.all([
    controlPlane.roadstead('DescribePlatform', {}),
    controlPlane.ecs('ListClusters', { maxResults: 100 }),
    deps.files.freeBytes(dataDir),
  ]);
  const arns = (clusters.clusterArns ?? []).slice(0, maxClusters);
  const perCluster = await Promise.all(arns.map((arn) => readServices(controlPlane, arn)));
  const services = perCluster.flatMap((cluster) => cluster.services);
  return {
    endpoint: controlPlane.connection.endpoint,
    dataDir,
    freeBytes,
    ...platform,
    services,
    truncated: (clusters.clusterArns ?? []).length > arns.length || perCluster.some((cluster) => cluster.more),
    events: latestEvents(services),
  };
}

async function readServices(
  controlPlane: ControlPlane,
  cluster: string,
): Promise<{ readonly services: readonly DescribedService[]; readonly more: boolean }> {
  const listed = await controlPlane.ecs('ListServices', { cluster, maxResults: maxServicesPerCluster });
  const arns = listed.serviceArns ?? [];
  const batches = Array.from({ length: Math.ceil(arns.length / servicesPerCall) }, (_, i) =>
    arns.slice(i * servicesPerCall, (i + 1) * servicesPerCall),
  );
  const answers = await Promise.all(
    batches.map((services) => controlPlane.ecs('DescribeServices', { cluster, services })),
  );
  return { services: answers.flatMap((answer) => answer.services ?? []), more: listed.nextToken !== undefined };
}

/** The newest events over all services, newest first. */
export function latestEvents(services: readonly DescribedService[]): StatusEvent[] {
  const events = services.flatMap(({ serviceName, events }) =>
    (events ?? []).slice(0, eventsShown).map(({ createdAt, message }) => ({
      createdAt: Number(createdAt ?? 0),
      serviceName: serviceName ?? '',
      message: message ?? '',
    })),
  );
  return events.sort((a, b) => b.createdAt - a.createdAt).slice(0, eventsShown);
}
