import { Draw } from '../world/draw.ts';
import { type ClusterName, clusterNames, type HostPlan } from './hosts.ts';
import type { SimulationOptions } from './options.ts';

/** The shape of one service, and of the tasks it runs. */
export interface ServiceShape {
  readonly name: string;
  readonly cluster: ClusterName;
  readonly launchType: 'EC2' | 'FARGATE' | 'EXTERNAL';
  readonly networkMode: 'awsvpc' | 'bridge' | 'host';
  /** On Fargate: over FARGATE and FARGATE_SPOT by a strategy, rather than by launch type. */
  readonly spot: boolean;
  /** The most tasks its hosts surely have room for, beside the other services. */
  readonly maxCount: number;
  /** The least it is scaled to, but for 0: with fewer its percentages would allow neither a start nor a stop. */
  readonly minCount: number;
  readonly cpuUnits: number;
  readonly memoryMiB: number;
  readonly gpus: number;
  readonly hostPort: number | undefined;
  readonly containers: number;
  readonly healthCheck: boolean;
  readonly minimumHealthyPercent: number;
  readonly maximumPercent: number;
  readonly earlySuccess:
    | { readonly healthyPercent: number; readonly sourceServiceRevisionCleanup: 'BLOCKING' | 'DEFERRED' }
    | undefined;
  /** A strategy other than ROLLING, as the deployment configuration has it. */
  readonly release: object | undefined;
  readonly circuitBreaker: 'off' | 'on' | 'rollback';
  /** When the breaker opens, if it is not left at the default. */
  readonly breakerThreshold: { readonly type: string; readonly value: number } | undefined;
  readonly resetOnHealthyTask: boolean | undefined;
  readonly placementConstraints: readonly { readonly type: string; readonly expression?: string }[];
  readonly placementStrategy: readonly { readonly type: string; readonly field?: string }[];
  /** One task on each instance: it has no count of its own. */
  readonly daemon: boolean;
  /** Its tasks are instances of a Cloud Map service of its name. */
  readonly discovered: boolean;
  /** Its tasks are targets behind a load balancer. */
  readonly balanced: boolean;
}

const strategies: readonly ServiceShape['placementStrategy'][] = [
  [],
  [],
  [
    { type: 'spread', field: 'attribute:ecs.availability-zone' },
    { type: 'spread', field: 'instanceId' },
  ],
  [{ type: 'binpack', field: 'memory' }],
  [{ type: 'binpack', field: 'cpu' }],
  [{ type: 'random' }],
];
const thresholds: readonly ServiceShape['breakerThreshold'][] = [
  undefined,
  undefined,
  { type: 'BOUNDED_PERCENT', value: 100 },
  { type: 'UNBOUNDED_PERCENT', value: 35 },
  { type: 'COUNT', value: 2 },
];
const percents = [
  [100, 200],
  [100, 200],
  [50, 100],
  [0, 100],
  [50, 150],
  [100, 150],
] as const;

export function drawServices(options: SimulationOptions, hosts: readonly HostPlan[]): ServiceShape[] {
  const draw = new Draw(options.seed, 'services');
  // Apart, so that what else is drawn does not depend on it.
  const releases = new Draw(options.seed, 'releases');
  const names = new Draw(options.seed, 'names');
  const fronts = new Draw(options.seed, 'fronts');
  const clusters = clusterNames(options);
  return Array.from({ length: options.services }, (_, index): ServiceShape => {
    const cluster = clusters[index % clusters.length] ?? 'c0';
    const has = (type: HostPlan['launchType']): boolean =>
      hosts.some((host) => host.launchType === type && (type === 'FARGATE' || host.cluster === cluster));
    const wanted = draw.pick(['EC2', 'EC2', 'EC2', 'FARGATE', 'EXTERNAL'] as const);
    const launchType = has(wanted) ? wanted : 'EC2';
    const networkMode =
      launchType === 'FARGATE'
        ? 'awsvpc'
        : launchType === 'EXTERNAL'
          ? draw.pick(['bridge', 'host'] as const)
          : draw.pick(['awsvpc', 'bridge', 'host'] as const);
    const home = hosts.filter(
      (host) => host.launchType === launchType && (launchType === 'FARGATE' || host.cluster === cluster),
    );
    const drawn = shape(draw, {
      index,
      cluster,
      launchType,
      networkMode,
      home,
      perHost: options.services / clusters.length,
    });
    const discovered = names.percent(60) && networkMode === 'awsvpc';
    const released = withRelease(releases, drawn);
    const drawsFront = fronts.percent(released.release === undefined ? 50 : 90);
    const balanced = options.balanced && drawsFront && networkMode === 'awsvpc';
    return { ...released, discovered, balanced };
  });
}

interface Place {
  readonly index: number;
  readonly cluster: ClusterName;
  readonly launchType: ServiceShape['launchType'];
  readonly networkMode: ServiceShape['networkMode'];
  /** The hosts its tasks may be on. */
  readonly home: readonly HostPlan[];
  /** Services of the cluster. */
  readonly perHost: number;
}

/** Sizes are such that all services together never fill their hosts, whatever is rolled out. */
function shape(draw: Draw, place: Place): ServiceShape {
  const { index, cluster, launchType, networkMode, home } = place;
  const fixedPort = networkMode === 'host' || (networkMode === 'bridge' && draw.percent(50));
  const distinct = launchType !== 'FARGATE' && draw.percent(20);
  const golden = home.filter(({ tier }) => tier === 'gold').length;
  const member = launchType === 'EC2' && golden >= 3 && draw.percent(25);
  // A share of the GPUs is sure to be free; that one of them is on a golden host is not.
  const mayHaveGpu = launchType === 'EC2' && networkMode !== 'host' && !member;
  const gpus = mayHaveGpu && Math.floor(gpusOf(home) / place.perHost) >= 2 && draw.percent(20) ? 1 : 0;
  const cpuUnits = launchType === 'FARGATE' ? 256 : draw.pick([32, 64, 128]);
  const memoryMiB = launchType === 'FARGATE' ? 512 : draw.pick([64, 128, 256]);
  const zoneless = launchType === 'EXTERNAL' ? [] : draw.pick(strategies);
  const narrow = fixedPort || distinct || gpus > 0;
  const eligible = gpus > 0 ? Math.floor(gpusOf(home) / place.perHost) : member ? golden : home.length;
  const room = Math.max(1, Math.floor(roomFor(home, { cpuUnits, memoryMiB }) / (6 * Math.max(1, place.perHost))));
  const most = Math.max(
    1,
    Math.min(narrow ? Math.max(1, eligible - 1) : 40, member && !narrow ? Math.ceil(room / 2) : room),
  );
  const drawn = draw.pick(percents);
  const daemon = launchType === 'EC2' && gpus === 0 && !distinct && draw.percent(20);
  const [minimumHealthyPercent, maximumPercent] =
    narrow || daemon ? ([0, 100] as const) : most === 1 ? percents[0] : drawn;
  return {
    name: `svc${index}`,
    cluster,
    launchType,
    networkMode,
    spot: launchType === 'FARGATE' && index % 2 === 0,
    maxCount: most,
    minCount: maximumPercent >= 200 || minimumHealthyPercent === 0 ? 1 : 2,
    cpuUnits,
    memoryMiB,
    gpus,
    hostPort: fixedPort ? 8000 + index : undefined,
    containers: draw.percent(70) ? 1 : 2,
    healthCheck: draw.percent(30),
    minimumHealthyPercent,
    maximumPercent,
    earlySuccess: earlySuccess(draw, minimumHealthyPercent),
    release: undefined,
    circuitBreaker: draw.pick(['off', 'on', 'rollback', 'rollback'] as const),
    breakerThreshold: draw.pick(thresholds),
    resetOnHealthyTask: draw.pick([undefined, true, false]),
    placementConstraints: [
      ...(distinct ? [{ type: 'distinctInstance' }] : []),
      ...(member ? [{ type: 'memberOf', expression: 'attribute:tier == gold' }] : []),
    ],
    placementStrategy: launchType === 'FARGATE' || daemon ? [] : zoneless,
    daemon,
    discovered: false,
    balanced: false,
  };
}

const pauses = [
  'RECONCILE_SERVICE',
  'PRE_SCALE_UP',
  'POST_SCALE_UP',
  'POST_TEST_TRAFFIC_SHIFT',
  'PRE_PRODUCTION_TRAFFIC_SHIFT',
  'POST_PRODUCTION_TRAFFIC_SHIFT',
] as const;

/** Two of its revisions run at a time: only services whose tasks do not need hosts of their own. */
function withRelease(draw: Draw, shape: ServiceShape): ServiceShape {
  const strategy = draw.pick(['BLUE_GREEN', 'LINEAR', 'CANARY'] as const);
  const bakeTimeInMinutes = draw.between([0, 2]);
  const stepPercent = draw.pick([30, 33.4, 50]);
  const canaryPercent = draw.pick([0.1, 10, 100]);
  const bake = draw.between([0, 1]);
  const lifecycleHooks = Array.from({ length: draw.between([0, 3]) }, () => ({
    targetType: 'PAUSE',
    lifecycleStages: [draw.pick(pauses)],
    timeoutConfiguration: {
      timeoutInMinutes: draw.between([1, 4]),
      action: draw.pick(['CONTINUE', 'ROLLBACK'] as const),
    },
  }));
  const apart = shape.daemon || shape.hostPort !== undefined || shape.gpus > 0 || shape.placementConstraints.length > 0;
  if (apart || draw.percent(60)) return shape;
  const steps = {
    BLUE_GREEN: {},
    LINEAR: { linearConfiguration: { stepPercent, stepBakeTimeInMinutes: bake } },
    CANARY: { canaryConfiguration: { canaryPercent, canaryBakeTimeInMinutes: bake } },
  }[strategy];
  return { ...shape, earlySuccess: undefined, release: { strategy, bakeTimeInMinutes, ...steps, lifecycleHooks } };
}

function earlySuccess(draw: Draw, minimumHealthyPercent: number): ServiceShape['earlySuccess'] {
  if (draw.percent(50)) return undefined;
  const healthyPercent = draw.between([minimumHealthyPercent, 100]);
  return { healthyPercent, sourceServiceRevisionCleanup: draw.pick(['BLOCKING', 'DEFERRED']) };
}

function gpusOf(hosts: readonly HostPlan[]): number {
  return hosts.reduce((sum, host) => sum + host.gpus, 0);
}

/** Tasks of a size that fit on the hosts when nothing else is there. */
function roomFor(hosts: readonly HostPlan[], size: { readonly cpuUnits: number; readonly memoryMiB: number }): number {
  return hosts.reduce((sum, host) => {
    return sum + Math.min(Math.floor(host.cpuUnits / size.cpuUnits), Math.floor(host.memoryMiB / size.memoryMiB));
  }, 0);
}
