import { createHmac, createSecretKey } from 'node:crypto';
import { type Api, type ApiSettings, createApi, defaultQuotas, type Quotas, Throttle } from '#api';
import { type Clock, Ids, type Logger, type Random, Turnstile } from '#base';
import { ownMachines } from '#capacity';
import {
  type AlarmStates,
  type ControllerSettings,
  type ControllersDeps,
  type ControllersRun,
  startControllers,
} from '#controllers';
import {
  type CredentialIssuer,
  createCredentialIssuer,
  createDispatcher,
  type Dispatcher,
  type DispatchSettings,
  principalOf,
} from '#dispatch';
import type { FindIdentity } from '#endpoint';
import { defaultEventsKept, EventRecorder } from '#events';
import { type LogDisk, LogStore, MemoryLogDisk } from '#logs';
import { type ContainerInstanceArn, localPublicCidr, rootArn } from '#model';
import type { PublicAddresses } from '#network';
import { type CertificateAuthority, createCertificateAuthority, createSealer, issueSealed, type Sealer } from '#pki';
import { HostIndex } from '#scheduler';
import { type AuditTrail, Sessions, type SessionsDeps } from '#sessions';
import {
  createTotals,
  type Journal,
  openStore,
  ownership,
  type RoadsteadStore,
  type StoreLimits,
  schema,
  type Totals,
} from '#store';
import { UsageWindow } from '#telemetry';
import { bootstrapAccounts, type RootKeys } from './bootstrap.ts';
import { endpointCertificates } from './endpoint-certificates.ts';
import { noAlarms } from './no-alarms.ts';
import { targetReports } from './target-reports.ts';
import { taskLoads } from './task-loads.ts';
import { trafficPorts } from './traffic.ts';

export interface ControlPlaneOptions {
  readonly version: string;
  readonly region: string;
  /** At least 32 random bytes, the same for the life of the installation. */
  readonly masterKey: Uint8Array;
  /** PEM: the authority's certificate that clients have. */
  readonly authorityCertificate?: string;
  readonly controllers?: Partial<ControllerSettings>;
  /** Quotas other than AWS's. */
  readonly quotas?: Partial<Quotas>;
  /** Absent: addresses that are reached on the installation's hosts alone. */
  readonly publicAddresses?: PublicAddresses;
  /** Holds every account to AWS's request rates. Default false. */
  readonly throttle?: boolean;
  readonly dispatch?: Partial<DispatchSettings>;
  /** ECS events that are kept, newest first; 0 writes none. */
  readonly eventsKept?: number;
  /** For the simulation: small bounds, so that what is rare happens often. */
  readonly storeLimits?: Partial<StoreLimits>;
}

export interface ControlPlaneDeps {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Default: there are none. */
  readonly alarms?: AlarmStates;
  /** Where log events are kept; default: in memory. */
  readonly logDisk?: LogDisk;
  /** Where sessions of ECS Exec are recorded for audit; default: nowhere. */
  readonly audit?: AuditTrail;
}

/** Everything that decides, without the socket it is reached by. */
export interface ControlPlane extends AsyncDisposable {
  readonly store: RoadsteadStore;
  readonly totals: Totals;
  readonly logs: LogStore;
  /** What tasks use, and what their proxies count. */
  readonly usage: UsageWindow;
  readonly api: Api;
  readonly dispatcher: Dispatcher;
  readonly sessions: Sessions;
  readonly controllers: Pick<ControllersRun, 'counts'>;
  readonly findIdentity: FindIdentity;
  readonly rootKeys: RootKeys;
  readonly settings: ApiSettings;
  /** Whose certificates clients are to trust. */
  readonly authority: Pick<CertificateAuthority, 'certificate'>;
  /** Everything that has much to do passes here. */
  readonly turns: Turnstile;
}

/** How long those who have much to do may keep a turn of the event loop; one piece of work may end later, ms. */
const turnMs = 4;

/**
 * Wires the control plane: the store with its projections, the loops, the agents' side and the API. Tests and the
 * simulation start the very same thing with a simulated clock and disk.
 */
export async function startControlPlane(options: ControlPlaneOptions, deps: ControlPlaneDeps): Promise<ControlPlane> {
  const { clock, random, logger } = deps;
  const ids = new Ids(random);
  const turns = new Turnstile({ turnMs }, { clock });
  const totals = createTotals();
  const hosts = new HostIndex(totals.instances);
  const kept = options.eventsKept ?? defaultEventsKept;
  const recorder = new EventRecorder({ kept }, { clock, ids, loads: totals.instances });
  const store = await openStore(schema, {
    journal: deps.journal,
    logger: logger.child({ part: 'store' }),
    ownership,
    projections: [...Object.values(totals), hosts],
    consequences: recorder.record,
    limits: options.storeLimits ?? {},
  });
  const logs = createLogs(deps);
  const rootKeys = await bootstrapAccounts(store, ids, clock.now());
  const credentials = createCredentialIssuer({ masterKey: options.masterKey }, { ids });
  const usage = new UsageWindow({ clock });
  const { authority, privateKeys, issuing } = createCertificates(options, { clock, ids });
  const dispatcher = createDispatcher(options.dispatch ?? {}, {
    store,
    clock,
    ids,
    credentials,
    logger: logger.child({ part: 'dispatch' }),
    turns,
    usage,
    privateKeys,
    reports: targetReports({ store, logger }),
  });
  const settings = settingsOf(options, clock);
  const shared = { store, hosts, totals, groups: ownMachines, clock };
  const controllers = startControllers(options.controllers ?? {}, {
    ...shared,
    alarms: deps.alarms ?? noAlarms,
    ...trafficPorts({ store, hosts: dispatcher }),
    publicAddresses: settings.publicAddresses,
    ...issuing,
    loads: taskLoads(usage, clock),
    random,
    logger: logger.child({ part: 'controllers' }),
    turns,
  });
  const sessions = createSessions({ dispatcher, logs }, { clock, ids, logger, audit: deps.audit ?? noAudit });
  return {
    store,
    totals,
    logs,
    usage,
    api: createApi(settings, { ...shared, authority, privateKeys, sessions, logs, usage, ids, ...throttleOf(options) }),
    dispatcher,
    sessions,
    controllers,
    findIdentity: identityFinder({ store, credentials }),
    rootKeys,
    settings,
    authority,
    turns,
    async [Symbol.asyncDispose]() {
      turns.open();
      sessions[Symbol.dispose]();
      await dispatcher[Symbol.asyncDispose]();
      await controllers[Symbol.asyncDispose]();
      await logs[Symbol.asyncDispose]();
      await store.close();
    },
  };
}

/** Accounts are held to AWS's request rates only when that is wanted. */
function throttleOf({ throttle }: ControlPlaneOptions): { readonly throttle?: Throttle } {
  return throttle === true ? { throttle: new Throttle() } : {};
}

function createLogs({ logDisk, clock, logger }: ControlPlaneDeps): LogStore {
  return new LogStore({ disk: logDisk ?? new MemoryLogDisk(), clock, logger: logger.child({ part: 'logs' }) });
}

/** The installation's authority, and what keeps its certificates' keys. */
function createCertificates(
  { masterKey, authorityCertificate }: ControlPlaneOptions,
  { clock, ids }: { readonly clock: Clock; readonly ids: Ids },
): {
  readonly authority: CertificateAuthority;
  readonly privateKeys: Sealer;
  /** For the loops that renew. */
  readonly issuing: Pick<ControllersDeps, 'reissue' | 'endpointCertificates'>;
} {
  const known = authorityCertificate === undefined ? {} : { known: authorityCertificate };
  const authority = createCertificateAuthority({ masterKey, now: clock.now(), ...known }, { ids });
  const privateKeys = createSealer(masterKey, 'private keys of certificates');
  return {
    authority,
    privateKeys,
    issuing: {
      reissue: ({ subjectAlternativeNames: names, keyAlgorithm: keyKind }, now) =>
        issueSealed(authority, privateKeys, { names, keyKind, now }),
      endpointCertificates: endpointCertificates({ authority, privateKeys }),
    },
  };
}

function settingsOf(options: ControlPlaneOptions, clock: Clock): ApiSettings {
  return {
    version: options.version,
    region: options.region,
    startedAt: clock.now(),
    quotas: { ...defaultQuotas, ...options.quotas },
    publicAddresses: options.publicAddresses ?? { cidrBlocks: [localPublicCidr] },
    // As a raw buffer it would cost several times as much with each page.
    pageTokenKey: createSecretKey(createHmac('sha256', options.masterKey).update('page tokens').digest()),
  };
}

const noAudit: AuditTrail = { record: () => Promise.resolve() };

/** Sessions whose agents are called through the dispatcher. */
function createSessions(
  { dispatcher, logs }: Pick<ControlPlane, 'dispatcher' | 'logs'>,
  { clock, ids, logger, audit }: Pick<SessionsDeps, 'clock' | 'ids' | 'logger' | 'audit'>,
): Sessions {
  return new Sessions({
    clock,
    ids,
    logger: logger.child({ part: 'sessions' }),
    audit,
    keep: async ({ logGroup, logStream }, lines) => {
      await logs.createStream(logGroup, logStream);
      await logs.append(logGroup, logStream, lines);
    },
    callAgent: ({ containerInstanceArn, ...call }) =>
      dispatcher.startSession(containerInstanceArn as ContainerInstanceArn, call),
  });
}

/** Who holds an access key: an account's root, or a role for as long as its session lasts. */
function identityFinder({
  store,
  credentials,
}: {
  readonly store: RoadsteadStore;
  readonly credentials: CredentialIssuer;
}): FindIdentity {
  return (accessKeyId, sessionToken) => {
    if (sessionToken !== undefined) {
      const key = credentials.findKey(accessKeyId, sessionToken);
      if (key === undefined) return undefined;
      const { secretAccessKey, claims } = key;
      return { secretAccessKey, principal: principalOf(claims), expiresAt: claims.expiresAt };
    }
    const key = store.view.accessKeys.find(accessKeyId);
    if (key === undefined) return undefined;
    const { accountId, secretAccessKey } = key;
    return { secretAccessKey, principal: { type: 'root', accountId, arn: rootArn(accountId) } };
  };
}
