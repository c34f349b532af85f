import type * as Elbv2Module from '@aws-sdk/client-elastic-load-balancing-v2';
import type { OutputOf } from '#wire/aws';
import type { ControlPlane } from '../control-plane.ts';
import { exitCodes } from '../exit-codes.ts';
import { Failure } from '../failure.ts';
import type { Invocation } from '../invocation.ts';
import type { Say } from '../output/steps.ts';
import type { Http } from '../ports.ts';
import { waitFor } from '../waiting.ts';
import { hasCode } from './refusals.ts';
import { samplePort } from './sample-image.ts';
import type { SampleNetwork } from './sample-network.ts';
import type { DescribedTask } from './sample-service.ts';
import { privateAddress } from './task-call.ts';

type TargetHealth = NonNullable<
  OutputOf<typeof Elbv2Module, 'DescribeTargetHealth'>['TargetHealthDescriptions']
>[number];

/** The sample's Application Load Balancer. */
export interface SampleBalancer {
  readonly loadBalancerArn: string;
  readonly targetGroupArn: string;
  readonly dnsName: string;
  readonly port: number;
  /** Where this machine reaches it whatever resolves its names. */
  readonly url: string;
}

const balancerName = 'hello-demo';
/** Where the listener is unless somebody has the port; then one of those after it. */
const firstPort = 8080;
const portsTried = 100;

const activeTimeoutMs = 60_000;
const healthyTimeoutMs = 60_000;
const intervalMs = 200;
/** s. A service that answers at once lets go of its tasks soon; AWS's default is five minutes. */
const deregistrationDelaySeconds = 2;

/** Creates the load balancer with its listener and target group, or finds those there are. */
export async function ensureBalancer(
  invocation: Invocation,
  controlPlane: ControlPlane,
  network: SampleNetwork,
  say: Say,
): Promise<SampleBalancer> {
  const { elbv2 } = controlPlane;
  const targetGroupArn = await ensureTargetGroup(controlPlane, network.vpcId);
  const made = await elbv2('CreateLoadBalancer', {
    Name: balancerName,
    Type: 'application',
    Scheme: 'internet-facing',
    Subnets: [...network.subnetIds],
    SecurityGroups: [network.groupId],
  });
  const [{ LoadBalancerArn: loadBalancerArn = '', DNSName: dnsName = '' } = {}] = made.LoadBalancers ?? [];
  const { Listeners: listeners = [] } = await elbv2('DescribeListeners', { LoadBalancerArn: loadBalancerArn });
  const port =
    listeners[0]?.Port ?? (await createListener(invocation, controlPlane, { loadBalancerArn, targetGroupArn }));
  const balancer = { loadBalancerArn, targetGroupArn, dnsName, port, url: `http://127.0.0.1:${port}/` };
  await waitUntilActive(invocation, controlPlane, balancer);
  say(`${dnsName}, port ${port}${port === firstPort ? '' : ` (${firstPort} is in use on this machine)`}`);
  return balancer;
}

async function ensureTargetGroup({ elbv2 }: ControlPlane, vpcId: string): Promise<string> {
  const { TargetGroups: groups } = await elbv2('CreateTargetGroup', {
    Name: balancerName,
    Protocol: 'HTTP',
    Port: samplePort,
    VpcId: vpcId,
    TargetType: 'ip',
    HealthCheckPath: '/',
    HealthCheckIntervalSeconds: 5,
    HealthCheckTimeoutSeconds: 2,
    HealthyThresholdCount: 2,
    UnhealthyThresholdCount: 2,
  });
  const TargetGroupArn = groups?.[0]?.TargetGroupArn ?? '';
  await elbv2('ModifyTargetGroupAttributes', {
    TargetGroupArn,
    Attributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: String(deregistrationDelaySeconds) }],
  });
  return TargetGroupArn;
}

async function createListener(
  { deps }: Invocation,
  controlPlane: ControlPlane,
  { loadBalancerArn, targetGroupArn }: Pick<SampleBalancer, 'loadBalancerArn' | 'targetGroupArn'>,
): Promise<number> {
  const port = await choosePort(deps.http, await listenerPorts(controlPlane));
  await controlPlane.elbv2('CreateListener', {
    LoadBalancerArn: loadBalancerArn,
    Protocol: 'HTTP',
    Port: port,
    DefaultActions: [{ Type: 'forward', TargetGroupArn: targetGroupArn }],
  });
  return port;
}

/** Of other load balancers of this account: the first of two on this machine has the port. */
async function listenerPorts({ elbv2 }: ControlPlane): Promise<ReadonlySet<number>> {
  const ports = new Set<number>();
  const { LoadBalancers: balancers = [] } = await elbv2('DescribeLoadBalancers', {});
  for (const { LoadBalancerArn = '' } of balancers) {
    const { Listeners: listeners = [] } = await elbv2('DescribeListeners', { LoadBalancerArn });
    for (const { Port: port } of listeners) if (port !== undefined) ports.add(port);
  }
  return ports;
}

/** A port of this machine that nobody has. Throws Failure when there is none of those tried. */
export async function choosePort(http: Pick<Http, 'canListen'>, taken: ReadonlySet<number>): Promise<number> {
  for (let port = firstPort; port < firstPort + portsTried; port++) {
    if (!taken.has(port) && (await http.canListen('0.0.0.0', port))) return port;
  }
  throw new Failure('no port for the load balancer is free', {
    exitCode: exitCodes.inUse,
    why: `ports ${firstPort} to ${firstPort + portsTried - 1} of this machine are all in use`,
    next: 'ss -ltnp shows by whom',
  });
}

async function waitUntilActive(
  { deps }: Invocation,
  { elbv2 }: ControlPlane,
  { loadBalancerArn, dnsName }: Pick<SampleBalancer, 'loadBalancerArn' | 'dnsName'>,
): Promise<void> {
  let state = '';
  const wait = { timeoutMs: activeTimeoutMs, intervalMs, signal: deps.signal };
  const active = await waitFor(deps.clock, wait, async () => {
    const { LoadBalancers: found } = await elbv2('DescribeLoadBalancers', { LoadBalancerArns: [loadBalancerArn] });
    const { Code: code = '', Reason: reason = '' } = found?.[0]?.State ?? {};
    state = [code, reason].filter((text) => text !== '').join(': ');
    return code.startsWith('active') ? true : undefined;
  });
  if (active !== undefined) return;
  throw new Failure(`the load balancer ${dnsName} does not get active`, {
    exitCode: exitCodes.timedOut,
    why: state,
    next: 'roadstead doctor says what this machine lacks; the log of the agent is in the data directory',
  });
}

/** Waits until these tasks are the targets, all of them healthy and no other there any more. */
export async function waitForTargets(
  { deps }: Invocation,
  { elbv2 }: ControlPlane,
  { targetGroupArn }: Pick<SampleBalancer, 'targetGroupArn'>,
  tasks: readonly DescribedTask[],
  say: Say,
): Promise<void> {
  const wanted = new Set(tasks.map(privateAddress));
  let targets: readonly TargetHealth[] = [];
  const wait = { timeoutMs: healthyTimeoutMs, intervalMs, signal: deps.signal };
  const healthy = await waitFor(deps.clock, wait, async () => {
    const described = await elbv2('DescribeTargetHealth', { TargetGroupArn: targetGroupArn });
    targets = described.TargetHealthDescriptions ?? [];
    const right = targets.filter(
      ({ Target, TargetHealth }) => wanted.has(Target?.Id) && TargetHealth?.State === 'healthy',
    );
    say(`${right.length}/${wanted.size} targets healthy`);
    return right.length === wanted.size && targets.length === wanted.size ? true : undefined;
  });
  if (healthy !== undefined) return;
  throw new Failure('the targets of the load balancer are not all healthy', {
    exitCode: exitCodes.timedOut,
    why: targets
      .map(({ Target, TargetHealth: health }) =>
        [Target?.Id, health?.State, health?.Reason, health?.Description].filter((text) => text !== undefined).join(' '),
      )
      .join('\n'),
    next: `roadstead status shows the service's events`,
  });
}

/** Deletes the load balancer, which takes its listener along, and the target group. */
export async function removeBalancer({ elbv2 }: ControlPlane): Promise<void> {
  const balancers = await orNone('LoadBalancerNotFound', async () => {
    const { LoadBalancers: found = [] } = await elbv2('DescribeLoadBalancers', { Names: [balancerName] });
    return found;
  });
  for (const { LoadBalancerArn = '' } of balancers) await elbv2('DeleteLoadBalancer', { LoadBalancerArn });
  const groups = await orNone('TargetGroupNotFound', async () => {
    const { TargetGroups: found = [] } = await elbv2('DescribeTargetGroups', { Names: [balancerName] });
    return found;
  });
  for (const { TargetGroupArn = '' } of groups) await elbv2('DeleteTargetGroup', { TargetGroupArn });
}

async function orNone<T>(code: string, find: () => Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await find();
  } catch (error) {
    if (hasCode(error, code)) return [];
    throw error;
  }
}
