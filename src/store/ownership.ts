import { AssertionFailure } from '#base';
import type { RoadsteadSchema } from './schema.ts';
import type { RecordOf, Schema } from './types.ts';

/**
 * Who writes. `api`: requests of users. `service`: the loop that starts and stops a service's tasks. `interfaces`: the
 * loop that gives and takes back task interfaces. `instances`: the loop that watches over hosts. `capacity`: the
 * loops that place waiting tasks and say how many machines are wanted. `reaper`: the loop
 * that deletes what is over. `balancers`: the loop that gives load balancers their interfaces and hosts. `dispatch`: what
 * agents say. `registries`: the loops that keep Cloud Map instances of tasks and the endpoints of Service Connect.
 * `targets`: the loops that register tasks with target groups and share out traffic. `certificates`: the loop that
 * renews them. `codeDeploy`: the loop that carries out deployments of CodeDeploy. `daemons`: the loop that keeps a task of each daemon on
 * its instances. `express`: the loops that scale Express
 * services and take away what was made for them. `bootstrap`: the first start.
 */
export type Writer =
  | 'api'
  | 'service'
  | 'interfaces'
  | 'instances'
  | 'capacity'
  | 'balancers'
  | 'certificates'
  | 'express'
  | 'registries'
  | 'targets'
  | 'codeDeploy'
  | 'daemons'
  | 'reaper'
  | 'dispatch'
  | 'bootstrap';

/** Who may create and delete a table's records, and change each field of them; `'*'` is every field not named. */
export interface TableOwnership<Field extends string> {
  readonly create: readonly Writer[];
  readonly delete: readonly Writer[];
  readonly fields: Readonly<Partial<Record<Field | '*', readonly Writer[]>>>;
}

export type Ownership<S extends Schema> = {
  readonly [T in keyof S]: TableOwnership<keyof RecordOf<S[T]> & string>;
};

/**
 * Throws AssertionFailure, naming table, field and writer, when the change is not the writer's to make. Fields are
 * compared by identity: a writer leaves what is not its own as the very same object.
 */
export function checkOwnership<S extends Schema>(
  ownership: Ownership<S>,
  change: { readonly table: string; readonly key: string; readonly before: unknown; readonly after: unknown },
  writer: string,
): void {
  const table: TableOwnership<string> | undefined = ownership[change.table];
  if (table === undefined) throw new AssertionFailure(`table ${change.table} has no ownership`);
  const before = change.before as Readonly<Record<string, unknown>> | undefined;
  const after = change.after as Readonly<Record<string, unknown>> | undefined;
  if (before === undefined || after === undefined) {
    const verb = before === undefined ? 'create' : 'delete';
    if (!includes(table[verb], writer)) refuse(writer, `${verb} ${change.table} ${change.key}`);
    return;
  }
  for (const field in after) if (after[field] !== before[field]) checkField(table, change, field, writer);
  for (const field in before) if (!(field in after)) checkField(table, change, field, writer);
}

function checkField(
  table: TableOwnership<string>,
  change: { readonly table: string; readonly key: string },
  field: string,
  writer: string,
): void {
  if (includes(table.fields[field] ?? table.fields['*'], writer)) return;
  refuse(writer, `change ${change.table}.${field} of ${change.key}`);
}

function includes(writers: readonly string[] | undefined, writer: string): boolean {
  return writers?.includes(writer) ?? false;
}

function refuse(writer: string, what: string): never {
  throw new AssertionFailure(`writer ${writer} must not ${what}: the field is not its own`);
}

/** Whatever the task state machine moves along with any fact it is given. */
const taskMovers: readonly Writer[] = [
  'api',
  'service',
  'daemons',
  'interfaces',
  'instances',
  'capacity',
  'targets',
  'dispatch',
];
/** Who may want a task to stop; `dispatch` when it stopped by itself. */
const taskStoppers: readonly Writer[] = [
  'api',
  'service',
  'daemons',
  'instances',
  'capacity',
  'dispatch',
  'interfaces',
];

const everyone = Object.keys({
  api: true,
  service: true,
  capacity: true,
  registries: true,
  interfaces: true,
  instances: true,
  balancers: true,
  certificates: true,
  express: true,
  targets: true,
  codeDeploy: true,
  daemons: true,
  reaper: true,
  dispatch: true,
  bootstrap: true,
} satisfies Record<Writer, true>) as Writer[];

/** The ownership of every table and field of Roadstead. */
export const ownership: Ownership<RoadsteadSchema> = {
  accounts: { create: ['bootstrap', 'api'], delete: [], fields: { name: ['bootstrap'] } },
  accessKeys: { create: ['bootstrap', 'api'], delete: ['bootstrap'], fields: {} },
  accountSettings: { create: ['api'], delete: ['api'], fields: { value: ['api'] } },
  clientTokens: { create: ['api', 'dispatch'], delete: ['reaper', 'api'], fields: { '*': ['api'] } },
  clusters: {
    create: ['api', 'bootstrap', 'dispatch'],
    delete: ['reaper'],
    fields: {
      '*': ['api'],
      attachments: ['api', 'capacity'],
    },
  },
  capacityProviders: { create: ['api'], delete: ['reaper'], fields: { '*': ['api'] } },
  taskDefinitions: {
    create: ['api'],
    delete: ['reaper'],
    fields: { status: ['api'], deregisteredAt: ['api'], deleteRequestedAt: ['api'], tags: ['api'] },
  },
  taskDefinitionFamilies: { create: ['api'], delete: [], fields: { lastRevision: ['api'] } },
  daemonTaskDefinitions: {
    create: ['api'],
    delete: ['reaper'],
    fields: { status: ['api', 'reaper'], deleteRequestedAt: ['api'], deletedAt: ['reaper'], tags: ['api'] },
  },
  daemonTaskDefinitionFamilies: { create: ['api'], delete: [], fields: { lastRevision: ['api'] } },
  /** Requests say what is wanted; the loop rolls back, and forgets daemons whose tasks are gone. */
  daemons: {
    create: ['api'],
    delete: ['daemons'],
    fields: { '*': ['api'], goal: ['api', 'daemons'], completed: ['daemons'], troubles: ['api', 'daemons'] },
  },
  daemonRevisions: { create: ['api'], delete: ['reaper'], fields: {} },
  daemonDeployments: {
    create: ['api'],
    delete: ['reaper'],
    fields: {
      '*': ['daemons'],
      status: ['api', 'daemons'],
      statusReason: ['api', 'daemons'],
      stoppedAt: ['api', 'daemons'],
      finishedAt: ['api', 'daemons'],
      figures: ['api', 'daemons'],
    },
  },
  services: {
    create: ['api'],
    delete: ['reaper'],
    fields: {
      '*': ['api'],
      status: ['api', 'service'],
      /** A daemon's is counted, an Express service's follows its load. */
      desiredCount: ['api', 'service', 'express'],
      express: ['api', 'express'],
      inactiveAt: ['api', 'service'],
      deployments: ['api', 'service'],
      steadySince: ['api', 'service'],
      rebalancing: ['api', 'service'],
      /** The circuit breaker rolls back to the last completed deployment's. */
      taskDefinitionArn: ['api', 'service', 'codeDeploy'],
      networkConfiguration: ['api', 'service', 'codeDeploy'],
      volumeConfigurations: ['api', 'service', 'codeDeploy'],
      serviceRegistries: ['api', 'service', 'codeDeploy'],
      serviceConnectConfiguration: ['api', 'service', 'codeDeploy'],
      loadBalancers: ['api', 'service', 'codeDeploy'],
      capacityProviderStrategy: ['api', 'service', 'codeDeploy'],
      launchType: ['api', 'codeDeploy'],
      platformVersion: ['api', 'codeDeploy'],
    },
  },
  /** Never changed. */
  serviceRevisions: {
    create: ['api'],
    delete: ['reaper', 'api'],
    fields: { containerImages: ['service'], resolvedLoadBalancers: ['service'] },
  },
  /** Requests make, stop and supersede them; the loop moves them with the tasks. */
  serviceDeployments: {
    create: ['api'],
    delete: ['reaper', 'api'],
    fields: {
      status: ['api', 'service'],
      statusReason: ['api', 'service'],
      startedAt: ['service'],
      finishedAt: ['api', 'service'],
      stoppedAt: ['api', 'service'],
      updatedAt: ['api', 'service'],
      rollback: ['service'],
      stage: ['service'],
      /** Users answer them. */
      lifecycleHooks: ['api', 'service'],
      figures: ['api', 'service'],
    },
  },
  /** Requests and CodeDeploy make and delete them; the loop follows with tasks, and forgets those that are over. */
  taskSets: {
    create: ['api', 'codeDeploy'],
    delete: ['service', 'api'],
    fields: {
      status: ['api', 'codeDeploy'],
      scalePercent: ['api'],
      tags: ['api'],
      updatedAt: ['api', 'service', 'codeDeploy'],
      computedDesiredCount: ['service'],
      stabilityStatus: ['service'],
      stabilityStatusAt: ['service'],
      backoff: ['service'],
      placementFailedAt: ['service'],
      troubles: ['service'],
    },
  },
  serviceEvents: {
    create: ['api', 'service', 'registries', 'targets'],
    delete: ['service', 'reaper', 'api', 'registries', 'targets'],
    fields: {},
  },
  /** They follow from whatever anybody does. */
  events: { create: everyone, delete: everyone, fields: {} },
  tasks: {
    create: ['api', 'service', 'daemons'],
    delete: ['reaper'],
    fields: {
      protectedUntil: ['api'],
      /** A task that is over has none. */
      tags: taskMovers,
      hostArn: ['api', 'service', 'capacity'],
      availabilityZone: ['api', 'service', 'interfaces', 'capacity'],
      attachment: ['interfaces'],
      volume: taskMovers,
      desiredStatus: taskStoppers,
      stopCode: taskStoppers,
      stoppedReason: taskStoppers,
      stoppingAt: taskStoppers,
      /** `hostGone` speaks in place of the agent. */
      agentStatus: ['dispatch', 'instances'],
      healthStatus: ['dispatch', 'instances'],
      pullStartedAt: ['dispatch'],
      pullStoppedAt: ['dispatch'],
      connectivity: ['interfaces', 'dispatch', 'instances'],
      connectivityAt: ['interfaces', 'dispatch', 'instances'],
      lastStatus: taskMovers,
      containers: taskMovers,
      startedAt: taskMovers,
      executionStoppedAt: taskMovers,
      stoppedAt: taskMovers,
      version: taskMovers,
      countedAt: ['service', 'daemons'],
      registration: ['targets'],
    },
  },
  containerInstances: {
    create: ['dispatch', 'api', 'bootstrap'],
    delete: ['reaper'],
    fields: {
      /** A critical daemon that fails drains its instance. */
      status: ['api', 'dispatch', 'capacity', 'daemons'],
      statusReason: ['api', 'dispatch', 'instances', 'daemons'],
      awaitsDaemons: ['api', 'dispatch', 'daemons'],
      attributes: ['api', 'dispatch'],
      tags: ['api', 'dispatch'],
      resources: ['dispatch'],
      versionInfo: ['dispatch', 'api'],
      registeredAt: ['dispatch'],
      agentConnected: ['dispatch'],
      agentConnectedAt: ['dispatch'],
      agentDisconnectedAt: ['dispatch'],
      silentSince: ['dispatch'],
      capacityProviderName: ['api', 'dispatch'],
      runtimeHealth: ['dispatch'],
      lostAt: ['instances', 'dispatch'],
      /** A task that comes or goes changes what is left of the instance. */
      version: everyone,
      inactiveAt: ['api', 'dispatch', 'instances'],
    },
  },
  logGroups: { create: ['api'], delete: ['api'], fields: { '*': ['api'] } },
  hostedZones: { create: ['api'], delete: ['api'], fields: { '*': ['api'] } },
  resourceRecordSets: { create: ['api'], delete: ['api'], fields: { '*': ['api'] } },
  dnsChanges: { create: ['api'], delete: ['reaper'], fields: {} },
  codeDeployApplications: { create: ['api'], delete: ['api'], fields: { '*': ['api'] } },
  codeDeployConfigs: { create: ['api'], delete: ['api'], fields: {} },
  codeDeployGroups: { create: ['api'], delete: ['api'], fields: { '*': ['api'] } },
  codeDeployRevisions: { create: ['api'], delete: ['api'], fields: { '*': ['api'] } },
  /** Requests make them, say yes and stop them; the loop does the rest, and makes rollbacks. */
  codeDeployDeployments: {
    create: ['api', 'codeDeploy'],
    delete: ['reaper'],
    fields: {
      '*': ['codeDeploy'],
      continuedAt: ['api'],
      stopRequested: ['api'],
    },
  },
  certificates: {
    create: ['api'],
    delete: ['api', 'express'],
    fields: {
      '*': ['api'],
      certificate: ['api', 'certificates'],
      chain: ['api', 'certificates'],
      sealedPrivateKey: ['api', 'certificates'],
      subject: ['api', 'certificates'],
      issuer: ['api', 'certificates'],
      serial: ['api', 'certificates'],
      signatureAlgorithm: ['api', 'certificates'],
      notBefore: ['api', 'certificates'],
      notAfter: ['api', 'certificates'],
      renewedAt: ['api', 'certificates'],
    },
  },
  vpcs: { create: ['api'], delete: ['api'], fields: { '*': ['api'] } },
  subnets: { create: ['api'], delete: ['api'], fields: { '*': ['api'] } },
  securityGroups: { create: ['api'], delete: ['api', 'express'], fields: { '*': ['api'] } },
  securityGroupRules: { create: ['api'], delete: ['api', 'express'], fields: { '*': ['api'] } },
  networkAcls: { create: ['api'], delete: ['api'], fields: { '*': ['api'] } },
  routeTables: { create: ['api'], delete: ['api'], fields: { '*': ['api'] } },
  internetGateways: { create: ['api'], delete: ['api'], fields: { '*': ['api'] } },
  natGateways: { create: ['api'], delete: ['api'], fields: { '*': ['api'] } },
  elasticIps: { create: ['api'], delete: ['api'], fields: { '*': ['api'] } },
  dhcpOptions: { create: ['api'], delete: ['api'], fields: { '*': ['api'] } },
  vpcEndpoints: { create: ['api'], delete: ['api'], fields: { '*': ['api'] } },
  /** Tasks' are of `interfaces`, load balancers' of `balancers`, all others users' own. */
  networkInterfaces: {
    create: ['interfaces', 'balancers', 'api'],
    delete: ['interfaces', 'balancers', 'api', 'express'],
    fields: {
      securityGroups: ['api', 'balancers'],
      hostArn: ['balancers'],
      association: ['api', 'balancers'],
      secondaryPrivateIpv4Addresses: ['api'],
      sourceDestCheck: ['api'],
      description: ['api'],
      tags: ['api'],
    },
  },
  discoveryNamespaces: { create: ['api'], delete: ['api'], fields: { '*': ['api'] } },
  discoveryServices: {
    create: ['api', 'registries'],
    delete: ['api', 'registries'],
    fields: { '*': ['api'], instancesRevision: ['api', 'registries'] },
  },
  /** Of users, and of tasks of services with a registry. */
  discoveryInstances: {
    create: ['api', 'registries'],
    delete: ['api', 'registries'],
    fields: { '*': ['api', 'registries'] },
  },
  connectCertificates: { create: ['registries'], delete: ['registries'], fields: { '*': ['registries'] } },
  discoveryOperations: { create: ['api'], delete: ['reaper'], fields: {} },
  loadBalancers: {
    create: ['api'],
    delete: ['api', 'express'],
    fields: {
      attributes: ['api'],
      securityGroups: ['api'],
      subnets: ['api'],
      tags: ['api'],
      nodes: ['balancers'],
      serving: ['dispatch'],
      state: ['balancers'],
      stateReason: ['balancers'],
    },
  },
  listeners: { create: ['api'], delete: ['api', 'express'], fields: { '*': ['api', 'express'] } },
  /** Deployments shift weights. */
  listenerRules: {
    create: ['api'],
    delete: ['api', 'express'],
    fields: { '*': ['api'], action: ['api', 'targets', 'codeDeploy'] },
  },
  targetGroups: {
    create: ['api'],
    delete: ['api', 'express'],
    fields: { healthCheck: ['api'], attributes: ['api'], tags: ['api'] },
  },
  /** Users and services register and deregister them; hosts say how they are. */
  targets: {
    create: ['api', 'targets'],
    delete: ['api', 'targets', 'express'],
    fields: {
      '*': ['api', 'targets'],
      reports: ['api', 'targets', 'dispatch'],
      health: ['api', 'targets', 'dispatch'],
    },
  },
};
