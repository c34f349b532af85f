import { targetWeights, wholeWeights } from '#balancing';
import {
  type ConnectEndpoint,
  type ConnectTestHeader,
  type Deployment,
  type DeploymentId,
  type DiscoveryService,
  discoveryServiceArn,
  instanceAttributes,
  primaryDeployment,
  revisionArnOf,
  type Service,
  type ServiceDeployment,
  shortId,
  type Task,
  type TaskArn,
} from '#model';
import type { RoadsteadView } from '#store';
import { currentEndpoint } from './settle.ts';

/** Tasks that answer for an endpoint together, and how much of the traffic is theirs. */
export interface EndpointShare {
  /** The number of the service revision. */
  readonly name: string;
  readonly weight: number;
  readonly targets: readonly EndpointTarget[];
}

export interface EndpointTarget {
  readonly taskArn: TaskArn;
  readonly address: string;
  readonly port: number;
}

/** Who answers for an endpoint, and how. */
export interface EndpointTraffic {
  readonly endpoint: ConnectEndpoint;
  /** Whether the targets speak TLS. */
  readonly tls: boolean;
  readonly shares: readonly EndpointShare[];
  readonly test?: { readonly share: string; readonly header: ConnectTestHeader };
}

interface Answering extends EndpointTarget {
  readonly deploymentId: DeploymentId | undefined;
  readonly tls: boolean;
}

/**
 * How the traffic of an endpoint goes at the moment; `undefined` when no deployment has it. What rolls shares it alike
 * among all tasks; a release shares it by the weights of its stage, between its target and what was there before.
 */
export function endpointTraffic(view: RoadsteadView, record: DiscoveryService): EndpointTraffic | undefined {
  const service = view.services.find(record.ecsServiceArn ?? '');
  const endpoint = currentEndpoint(view, record);
  if (service === undefined || endpoint === undefined) return undefined;
  const answering = answeringTasks(view, record, service);
  const tls = speakTls(answering, endpoint);
  const alike = answering.filter((each) => each.tls === tls);
  const release = releaseOf(view, service);
  const base = { endpoint, tls };
  if (release === undefined) return { ...base, shares: rollingShares(service, alike) };
  const { stage, deploymentId } = release;
  const sides = sidesOf(service, release);
  const percents = targetWeights(stage);
  const weights = wholeWeights(percents.production);
  const target = share(
    service,
    deploymentId,
    weights.target,
    alike.filter((each) => each.deploymentId === deploymentId),
  );
  if (stage.sourceId === undefined) return { ...base, shares: [target] };
  const source = share(
    service,
    stage.sourceId,
    weights.source,
    alike.filter((each) => sides.source(each.deploymentId)),
  );
  const header = endpoint.testHeader;
  const test = percents.test > 0 && header !== undefined ? { test: { share: target.name, header } } : {};
  return { ...base, shares: [source, target], ...test };
}

/** What is registered in Cloud Map and not about to stop. */
function answeringTasks(view: RoadsteadView, record: DiscoveryService, service: Service): readonly Answering[] {
  const arn = discoveryServiceArn(record, record.serviceId);
  const withTls = new Set(
    service.deployments.flatMap((deployment) => {
      const revision = view.serviceRevisions.find(revisionArnOf(service.serviceArn, deployment));
      const own = revision?.connect?.endpoints.find(({ discoveryArn }) => discoveryArn === arn);
      return own?.certificateArn === undefined ? [] : [deployment.id];
    }),
  );
  const answering: Answering[] = [];
  for (const { taskArn, attributes } of view.discoveryInstances.by('service', record.serviceId)) {
    const task = taskArn === undefined ? undefined : view.tasks.find(taskArn);
    const address = attributes[instanceAttributes.ipv4];
    const port = Number(attributes[instanceAttributes.port]);
    if (task === undefined || !answers(task) || address === undefined) continue;
    const { deploymentId } = task;
    const tls = deploymentId !== undefined && withTls.has(deploymentId);
    answering.push({ taskArn: task.taskArn, address, port, deploymentId, tls });
  }
  return answering;
}

function answers({ desiredStatus, lastStatus }: Pick<Task, 'desiredStatus' | 'lastStatus'>): boolean {
  return desiredStatus === 'RUNNING' && lastStatus === 'RUNNING';
}

/** A client cannot speak both ways to one name: while TLS comes or goes with a deployment, as most of the tasks do. */
function speakTls(answering: readonly Answering[], { certificateArn }: ConnectEndpoint): boolean {
  const speaking = answering.filter(({ tls }) => tls).length;
  if (speaking * 2 === answering.length) return certificateArn !== undefined;
  return speaking * 2 > answering.length;
}

type Staged = ServiceDeployment & Required<Pick<ServiceDeployment, 'stage'>>;

function releaseOf(view: RoadsteadView, { serviceArn }: Service): Staged | undefined {
  let found: Staged | undefined;
  for (const record of view.serviceDeployments.by('open', serviceArn)) {
    const { stage } = record;
    if (record.release !== undefined && stage !== undefined) found = { ...record, stage };
  }
  return found;
}

/** Who has the source's traffic: the source, and whatever else once worked. */
function sidesOf(service: Service, { stage, deploymentId }: Staged) {
  const proven = new Set(service.deployments.filter(isProven).map(({ id }) => id));
  return {
    source: (id: DeploymentId | undefined): boolean =>
      id !== undefined && id !== deploymentId && (id === stage.sourceId || proven.has(id)),
  };
}

function isProven({ rolloutState, sourceCleanup }: Deployment): boolean {
  return rolloutState === 'COMPLETED' || (rolloutState === 'IN_PROGRESS' && sourceCleanup === true);
}

/** One share; of a service that releases, without what never was to have all the traffic, where there is something else. */
function rollingShares(service: Service, answering: readonly Answering[]): readonly EndpointShare[] {
  const primary = primaryDeployment(service);
  const proven = new Set(service.deployments.filter(isProven).map(({ id }) => id));
  const known = answering.filter(({ deploymentId }) => deploymentId !== undefined && proven.has(deploymentId));
  const releases = (service.deploymentConfiguration.strategy ?? 'ROLLING') !== 'ROLLING';
  return [share(service, primary?.id, 100, releases && known.length > 0 ? known : answering)];
}

function share(
  service: Service,
  id: DeploymentId | undefined,
  weight: number,
  answering: readonly Answering[],
): EndpointShare {
  const deployment = service.deployments.find((each) => each.id === id);
  const name = deployment === undefined ? (id ?? '0') : revisionArnOf(service.serviceArn, deployment);
  const targets = answering.map(({ taskArn, address, port }) => ({ taskArn, address, port }));
  return { name: shortId(name), weight, targets };
}
