import { DescribeClustersCommand, ECSClient, ListClustersCommand } from '@aws-sdk/client-ecs';

/**
 * Runs inside a container: says what a process there finds of its task, and calls the API with what it found. Prints one
 * line of JSON, then waits to be ended.
 */
const { env } = process;

async function ask(url: string, init: RequestInit = {}): Promise<{ status: number; body: unknown }> {
  const response = await fetch(url, init);
  const text = await response.text();
  return { status: response.status, body: parsed(text) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const metadata = env['ECS_CONTAINER_METADATA_URI_V4'] ?? '';
const agent = env['ECS_AGENT_URI'] ?? '';

async function protection(): Promise<object> {
  const state = `${agent}/task-protection/v1/state`;
  const put = (body: object): Promise<object> => ask(state, { method: 'PUT', body: JSON.stringify(body) });
  return {
    before: await ask(state),
    on: await put({ ProtectionEnabled: true, ExpiresInMinutes: 60 }),
    wrong: await put({ protection: true }),
    after: await ask(state),
  };
}

/** No region, no keys, no endpoint: all of it is the environment's. */
async function sdk(): Promise<object> {
  const client = new ECSClient({});
  const credentials = await client.config.credentials();
  const { clusterArns } = await client.send(new ListClustersCommand({}));
  const { clusters } = await client.send(new DescribeClustersCommand({ clusters: ['shop'] }));
  return { accessKeyId: credentials.accessKeyId, clusterArns, status: clusters?.[0]?.status };
}

const credentials = await ask(`http://169.254.170.2${env['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'] ?? ''}`);
const { SecretAccessKey: _, Token: _token, ...shown } = credentials.body as Readonly<Record<string, unknown>>;
const found = {
  environment: Object.keys(env).filter((name) => /^(ECS|AWS)_/.test(name)),
  container: await ask(metadata),
  task: await ask(`${metadata}/task`),
  withTags: await ask(`${metadata}/taskWithTags`),
  third: await ask(`${env['ECS_CONTAINER_METADATA_URI'] ?? ''}/task`),
  second: await ask('http://169.254.170.2/v2/metadata'),
  stats: await ask(`${metadata}/stats`),
  taskStats: await ask(`${metadata}/task/stats`),
  credentials: { status: credentials.status, body: shown },
  sdk: await sdk(),
  protection: await protection(),
  fault: await ask(`${agent}/fault/v1/network-blackhole-port/status`, {
    method: 'POST',
    body: JSON.stringify({ Port: 80, Protocol: 'tcp', TrafficType: 'egress' }),
  }),
};
process.stdout.write(`${JSON.stringify(found)}\n`);
setInterval(() => {}, 1000);
process.on('SIGTERM', () => process.exit(0));
