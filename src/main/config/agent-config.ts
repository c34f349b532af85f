import { endpointVariables, type ValueService, valueServices } from '#agent';
import { Fault } from '#base';
import { parseIpv4 } from '#model';

/** The settings of an agent, read once. Names are those of ECS's agent where it has them. */
export interface AgentConfig {
  /** Name or ARN. */
  readonly cluster: string;
  readonly region: string;
  /** The control plane's API: `http://127.0.0.1:4566`. */
  readonly endpoint: string;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
  readonly dataDir: string;
  /** `unix://…` or `tcp://…`; absent: Docker's own socket. */
  readonly dockerHost?: string;
  readonly attributes: readonly { readonly name: string; readonly value: string }[];
  readonly pool?: 'fargate';
  readonly external: boolean;
  readonly cpuUnits?: number;
  readonly memoryMiB?: number;
  readonly reservedMemoryMiB: number;
  readonly reservedTcpPorts: readonly number[];
  readonly reservedUdpPorts: readonly number[];
  readonly portRange?: { readonly first: number; readonly last: number };
  readonly pullBehaviour: 'default' | 'always' | 'once' | 'prefer-cached';
  readonly imageCleanUp?: {
    readonly intervalMs: number;
    readonly minimumAgeMs: number;
    readonly perCycle: number;
    readonly excluded: readonly string[];
  };
  readonly logDrivers?: readonly string[];
  readonly stopTimeoutMs: number;
  readonly createTimeoutMs: number;
  readonly startTimeoutMs: number;
  readonly cleanupWaitMs: number;
  /** How often it is read what a container uses; absent: never. */
  readonly usagePollMs?: number;
  /** Namespace holders kept ready for awsvpc tasks, at most. */
  readonly warmSandboxes: number;
  readonly taskNetwork: boolean;
  /** Where other hosts reach this one's part of the network; absent: by the address of the default route. */
  readonly underlayAddress?: string;
  /** Guard what bridge and host tasks publish; none: it is open. */
  readonly securityGroups: readonly string[];
  /** Whether groups and ACLs hold for what this machine itself sends to its tasks. */
  readonly judgesHost: boolean;
  readonly taskLimits: boolean;
  /** The engine does not wait for log routers. */
  readonly routersAsync: boolean;
  readonly gpus: boolean;
  /** Whether tasks may have roles, and those in the host's network too. */
  readonly taskRoles: boolean;
  readonly hostNetworkRoles: boolean;
  /** The machine is itself a task of ECS: what it finds at 169.254.170.2 is its own. */
  readonly insideTask: boolean;
  /** Requests of all tasks to the in-task endpoints: per second, and at once. */
  readonly metadataRateLimit: { readonly perSecond: number; readonly burst: number };
  /** Where Secrets Manager, Parameter Store and S3 are, of those that are said. */
  readonly valueEndpoints: Readonly<Partial<Record<ValueService, string>>>;
  readonly registryLogins: Readonly<Record<string, { readonly username: string; readonly password: string }>>;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
}

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The settings that the environment gives, those of `given` before them. Throws Fault `Config` that names the setting
 * at fault, and for an `ECS_` variable that no agent has.
 */
export function readAgentConfig(environment: Environment, given: Partial<AgentConfig> = {}): AgentConfig {
  refuseUnknown(environment);
  const portRange = environment['ECS_DYNAMIC_HOST_PORT_RANGE'];
  const dockerHost = environment['DOCKER_HOST'];
  const logDrivers = environment['ECS_AVAILABLE_LOGGING_DRIVERS'];
  const underlayAddress = environment['ROADSTEAD_UNDERLAY_ADDRESS'];
  return {
    cluster: environment['ECS_CLUSTER'] ?? 'default',
    region: given.region ?? required(environment, 'AWS_DEFAULT_REGION', 'AWS_REGION'),
    endpoint: given.endpoint ?? endpointOf(environment),
    credentials: given.credentials ?? credentialsOf(environment),
    dataDir: environment['ECS_DATADIR'] ?? '/var/lib/roadstead/agent',
    ...(dockerHost === undefined ? {} : { dockerHost }),
    attributes: attributesOf(environment['ECS_INSTANCE_ATTRIBUTES']),
    external: flag(environment, 'ECS_EXTERNAL', false),
    reservedMemoryMiB: whole(environment, 'ECS_RESERVED_MEMORY', 0),
    reservedTcpPorts: ports(environment, 'ECS_RESERVED_PORTS', [22, 2375, 2376, 51_678, 51_679]),
    reservedUdpPorts: ports(environment, 'ECS_RESERVED_PORTS_UDP', []),
    ...(portRange === undefined ? {} : { portRange: rangeOf(portRange) }),
    pullBehaviour: behaviourOf(environment['ECS_IMAGE_PULL_BEHAVIOR'] ?? 'default'),
    ...cleanUpOf(environment),
    ...(logDrivers === undefined ? {} : { logDrivers: texts('ECS_AVAILABLE_LOGGING_DRIVERS', logDrivers) }),
    stopTimeoutMs: duration(environment, 'ECS_CONTAINER_STOP_TIMEOUT', 30_000, 1000),
    createTimeoutMs: duration(environment, 'ECS_CONTAINER_CREATE_TIMEOUT', 4 * 60_000, 60_000),
    startTimeoutMs: duration(environment, 'ECS_CONTAINER_START_TIMEOUT', 3 * 60_000, 45_000),
    cleanupWaitMs: duration(environment, 'ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION', 10 * 60_000, 1000),
    ...pollOf(environment),
    warmSandboxes: whole(environment, 'ROADSTEAD_WARM_SANDBOXES', 16),
    ...(underlayAddress === undefined || underlayAddress === '' ? {} : { underlayAddress: addressOf(underlayAddress) }),
    judgesHost: flag(environment, 'ROADSTEAD_JUDGE_HOST', false),
    securityGroups: listOf(environment['ROADSTEAD_SECURITY_GROUPS']),
    taskNetwork: flag(environment, 'ECS_ENABLE_TASK_ENI', true),
    taskLimits: flag(environment, 'ECS_ENABLE_TASK_CPU_MEM_LIMIT', true),
    routersAsync: flag(environment, 'ECS_ENABLE_FIRELENS_ASYNC', true),
    gpus: flag(environment, 'ECS_ENABLE_GPU_SUPPORT', true),
    taskRoles: flag(environment, 'ECS_ENABLE_TASK_IAM_ROLE', true),
    hostNetworkRoles: flag(environment, 'ECS_ENABLE_TASK_IAM_ROLE_NETWORK_HOST', true),
    insideTask: Object.keys(environment).some((name) => ofTheTask.test(name)),
    metadataRateLimit: rateLimitOf(environment['ECS_TASK_METADATA_RPS_LIMIT'] ?? '40,60'),
    valueEndpoints: valueEndpointsOf(environment),
    registryLogins: loginsOf(environment),
    logLevel: levelOf(environment['ECS_LOGLEVEL'] ?? 'info'),
    ...given,
  };
}

/** Every `ECS_` variable that is read; docs/operations.md says what each does. */
export const agentSettings: ReadonlySet<string> = new Set([
  'ECS_AVAILABLE_LOGGING_DRIVERS',
  'ECS_BACKEND_HOST',
  'ECS_CLUSTER',
  'ECS_CONTAINER_CREATE_TIMEOUT',
  'ECS_CONTAINER_START_TIMEOUT',
  'ECS_CONTAINER_STOP_TIMEOUT',
  'ECS_DATADIR',
  'ECS_DISABLE_IMAGE_CLEANUP',
  'ECS_DISABLE_METRICS',
  'ECS_DYNAMIC_HOST_PORT_RANGE',
  'ECS_ENABLE_FIRELENS_ASYNC',
  'ECS_ENABLE_GPU_SUPPORT',
  'ECS_ENABLE_TASK_CPU_MEM_LIMIT',
  'ECS_ENABLE_TASK_ENI',
  'ECS_ENABLE_TASK_IAM_ROLE',
  'ECS_ENABLE_TASK_IAM_ROLE_NETWORK_HOST',
  'ECS_ENGINE_AUTH_DATA',
  'ECS_ENGINE_AUTH_TYPE',
  'ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION',
  'ECS_EXCLUDE_UNTRACKED_IMAGE',
  'ECS_EXTERNAL',
  'ECS_IMAGE_CLEANUP_INTERVAL',
  'ECS_IMAGE_MINIMUM_CLEANUP_AGE',
  'ECS_IMAGE_PULL_BEHAVIOR',
  'ECS_INSTANCE_ATTRIBUTES',
  'ECS_LOGLEVEL',
  'ECS_NUM_IMAGES_DELETE_PER_CYCLE',
  'ECS_POLLING_METRICS_WAIT_DURATION',
  'ECS_RESERVED_MEMORY',
  'ECS_RESERVED_PORTS',
  'ECS_RESERVED_PORTS_UDP',
  'ECS_TASK_METADATA_RPS_LIMIT',
]);

/** The agent may itself run in a task, where these are set for it. */
const ofTheTask = /^ECS_CONTAINER_METADATA|^ECS_AGENT_URI$/;

function refuseUnknown(environment: Environment): void {
  for (const name of Object.keys(environment)) {
    if (!name.startsWith('ECS_') || agentSettings.has(name) || ofTheTask.test(name)) continue;
    throw new Fault('Config', `${name} is not a setting of this agent`);
  }
}

function endpointOf(environment: Environment): string {
  const text =
    environment['AWS_ENDPOINT_URL_ECS'] ?? environment['ECS_BACKEND_HOST'] ?? environment['AWS_ENDPOINT_URL'];
  if (text === undefined || text === '') {
    throw new Fault('Config', 'The control plane is not known: set ECS_BACKEND_HOST or AWS_ENDPOINT_URL');
  }
  const url = /^https?:\/\//.test(text) ? text : `https://${text}`;
  if (!URL.canParse(url)) throw new Fault('Config', `The control plane's address cannot be read: ${text}`);
  return url;
}

/** The SDKs' own variables; theirs for all services at once names the control plane here. */
function valueEndpointsOf(environment: Environment): AgentConfig['valueEndpoints'] {
  const said = valueServices.flatMap((service) => {
    const name = endpointVariables[service];
    const text = environment[name];
    if (text === undefined || text === '') return [];
    if (!/^https?:\/\//.test(text) || !URL.canParse(text)) {
      throw new Fault('Config', `${name} is an address such as http://127.0.0.1:5000, not ${text}`);
    }
    return [[service, text] as const];
  });
  return Object.fromEntries(said);
}

function credentialsOf(environment: Environment): AgentConfig['credentials'] {
  const sessionToken = environment['AWS_SESSION_TOKEN'];
  return {
    accessKeyId: required(environment, 'AWS_ACCESS_KEY_ID'),
    secretAccessKey: required(environment, 'AWS_SECRET_ACCESS_KEY'),
    ...(sessionToken === undefined || sessionToken === '' ? {} : { sessionToken }),
  };
}

function required(environment: Environment, ...names: readonly string[]): string {
  for (const name of names) {
    const value = environment[name];
    if (value !== undefined && value !== '') return value;
  }
  throw new Fault('Config', `${names.join(' or ')} must be set`);
}

function attributesOf(text: string | undefined): AgentConfig['attributes'] {
  const parsed = json('ECS_INSTANCE_ATTRIBUTES', text ?? '{}');
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new Fault('Config', 'ECS_INSTANCE_ATTRIBUTES must be a JSON object of texts');
  }
  return Object.entries(parsed).map(([name, value]) => ({ name, value: String(value) }));
}

/** Docker's own form of credentials: registry host to user name and password. */
function loginsOf(environment: Environment): AgentConfig['registryLogins'] {
  const type = environment['ECS_ENGINE_AUTH_TYPE'];
  if (type === undefined || type === '') return {};
  if (type !== 'docker' && type !== 'dockercfg')
    throw new Fault('Config', 'ECS_ENGINE_AUTH_TYPE is docker or dockercfg');
  const parsed = json('ECS_ENGINE_AUTH_DATA', environment['ECS_ENGINE_AUTH_DATA'] ?? '{}');
  const logins = Object.entries(parsed as Record<string, { username?: string; password?: string; auth?: string }>);
  return Object.fromEntries(
    logins.map(([registry, { username = '', password = '', auth }]) => {
      if (auth === undefined) return [hostOf(registry), { username, password }];
      const [user = '', ...rest] = Buffer.from(auth, 'base64').toString('utf8').split(':');
      return [hostOf(registry), { username: user, password: rest.join(':') }];
    }),
  );
}

function hostOf(registry: string): string {
  const host = registry.replace(/^https?:\/\//, '').split('/', 1)[0] ?? registry;
  return host === 'index.docker.io' ? 'docker.io' : host;
}

/** ECS's agent keeps what is named here from both of its clean-ups; of the two, this agent has the one of its own images. */
function cleanUpOf(environment: Environment): Pick<AgentConfig, 'imageCleanUp'> {
  if (flag(environment, 'ECS_DISABLE_IMAGE_CLEANUP', false)) return {};
  const excluded = (environment['ECS_EXCLUDE_UNTRACKED_IMAGE'] ?? '').split(',').map((name) => name.trim());
  return {
    imageCleanUp: {
      intervalMs: duration(environment, 'ECS_IMAGE_CLEANUP_INTERVAL', 30 * 60_000, 10 * 60_000),
      minimumAgeMs: duration(environment, 'ECS_IMAGE_MINIMUM_CLEANUP_AGE', 60 * 60_000, 0),
      perCycle: Math.max(1, whole(environment, 'ECS_NUM_IMAGES_DELETE_PER_CYCLE', 5)),
      excluded: excluded.filter((name) => name !== ''),
    },
  };
}

/** ECS's agent takes its bounds as far as they reach: no less than 5 s, no more than 20 s. */
function pollOf(environment: Environment): Pick<AgentConfig, 'usagePollMs'> {
  if (flag(environment, 'ECS_DISABLE_METRICS', false)) return {};
  return { usagePollMs: Math.min(20_000, duration(environment, 'ECS_POLLING_METRICS_WAIT_DURATION', 10_000, 5000)) };
}

function behaviourOf(text: string): AgentConfig['pullBehaviour'] {
  if (text === 'default' || text === 'always' || text === 'once' || text === 'prefer-cached') return text;
  throw new Fault('Config', `ECS_IMAGE_PULL_BEHAVIOR is default, always, once or prefer-cached, not ${text}`);
}

function levelOf(text: string): AgentConfig['logLevel'] {
  if (text === 'debug' || text === 'info' || text === 'warn' || text === 'error') return text;
  if (text === 'crit') return 'error';
  throw new Fault('Config', `ECS_LOGLEVEL is debug, info, warn, error or crit, not ${text}`);
}

function addressOf(text: string): string {
  if (parseIpv4(text) !== undefined) return text;
  throw new Fault('Config', `ROADSTEAD_UNDERLAY_ADDRESS is an IPv4 address of this machine, not ${text}`);
}

function listOf(text: string | undefined): readonly string[] {
  return (text ?? '')
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
}

function rangeOf(text: string): { readonly first: number; readonly last: number } {
  const [first = 0, last = 0] = text.split('-').map(Number);
  if (first > 0 && last >= first && last <= 65_535) return { first, last };
  throw new Fault('Config', `ECS_DYNAMIC_HOST_PORT_RANGE is first-last, not ${text}`);
}

function rateLimitOf(text: string): AgentConfig['metadataRateLimit'] {
  const [perSecond = 0, burst = 0, ...more] = text.split(',').map(Number);
  const valid = Number.isInteger(perSecond) && Number.isInteger(burst) && perSecond > 0 && burst > 0;
  if (valid && more.length === 0) return { perSecond, burst };
  throw new Fault(
    'Config',
    `ECS_TASK_METADATA_RPS_LIMIT is requests per second and at once, such as 40,60, not ${text}`,
  );
}

function ports(environment: Environment, name: string, otherwise: readonly number[]): readonly number[] {
  const text = environment[name];
  if (text === undefined) return otherwise;
  const parsed = json(name, text);
  if (!Array.isArray(parsed)) throw new Fault('Config', `${name} must be a JSON list of ports`);
  return parsed.map(Number);
}

function texts(name: string, text: string): readonly string[] {
  const parsed = json(name, text);
  if (!Array.isArray(parsed)) throw new Fault('Config', `${name} must be a JSON list`);
  return parsed.map(String);
}

function json(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Fault('Config', `${name} is not JSON`, { cause });
  }
}

function flag(environment: Environment, name: string, otherwise: boolean): boolean {
  const text = environment[name];
  if (text === undefined || text === '') return otherwise;
  if (text === 'true' || text === 'false') return text === 'true';
  throw new Fault('Config', `${name} is true or false, not ${text}`);
}

function whole(environment: Environment, name: string, otherwise: number): number {
  const text = environment[name];
  if (text === undefined || text === '') return otherwise;
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0) return value;
  throw new Fault('Config', `${name} must be a whole number, not ${text}`);
}

const unitsMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** `1h30m`, `45s`, `500ms`. A duration below the least is raised to it. */
function duration(environment: Environment, name: string, otherwise: number, leastMs: number): number {
  const text = environment[name];
  if (text === undefined || text === '') return otherwise;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text) {
    throw new Fault('Config', `${name} is a duration such as 30s or 1h30m, not ${text}`);
  }
  const sumMs = parts.reduce((sum, [, count, unit]) => sum + Number(count) * (unitsMs[unit ?? 's'] ?? 0), 0);
  return Math.max(leastMs, Math.round(sumMs));
}
