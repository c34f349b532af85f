import { afterAll, beforeAll, expect, it } from 'vitest';
import { afterMs, Ids, SeededRandom } from '#base';
import { createCredentialIssuer } from '#dispatch';
import { type ServerHarness, serverHarness } from '../../test/support/server-harness.ts';
import { SystemClock } from '../main/system-clock.ts';

let server: ServerHarness;

beforeAll(async () => {
  server = await serverHarness();
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const accountId = '000000000000';
const taskArn = `arn:aws:ecs:us-east-1:${accountId}:task/default/0123456789abcdef0123456789abcdef`;
const hourMs = 3_600_000;

/** Credentials of a task's role as the control plane would hand them to the agent, `ageMs` ago. */
function issued(ageMs = 0) {
  const ids = new Ids(new SeededRandom(11));
  const issuer = createCredentialIssuer({ masterKey: new Uint8Array(32).fill(7) }, { ids });
  const task = { accountId, taskArn, overrides: {} } as unknown as Parameters<typeof issuer.issue>[0];
  const definition = { taskRoleArn: 'app' } as Parameters<typeof issuer.issue>[1];
  const { role } = issuer.issue(task, definition, afterMs(new SystemClock().now(), -ageMs));
  if (role === undefined) throw new Error('no credentials');
  return role;
}

it('sign requests in the account of the task', async () => {
  const credentials = issued(5.9 * hourMs);
  const made = await server.send('CreateCluster', { clusterName: 'of-a-task' }, { credentials });
  expect(made.json.cluster.clusterArn).toBe(`arn:aws:ecs:us-east-1:${accountId}:cluster/of-a-task`);
  const foreign = 'arn:aws:ecs:us-east-1:111111111111:cluster/x';
  const refused = await server.send('DescribeClusters', { clusters: [foreign] }, { credentials });
  expect(refused.text).not.toContain('"status":"ACTIVE"');
});

it('are refused when they are over, so that SDKs fetch new ones', async () => {
  const answer = await server.send('ListClusters', {}, { credentials: issued(6 * hourMs) });
  expect([answer.status, answer.json]).toEqual([
    400,
    { __type: 'ExpiredTokenException', message: 'The security token included in the request is expired' },
  ]);
});

it('are worth nothing without their token, or with another’s', async () => {
  const { sessionToken: _, ...bare } = issued();
  const other = { ...issued(), sessionToken: `${issued().sessionToken.slice(0, -8)}AAAAAAA=` };
  for (const credentials of [bare, other]) {
    const answer = await server.send('ListClusters', {}, { credentials });
    expect([answer.status, answer.json.__type]).toEqual([400, 'UnrecognizedClientException']);
  }
});

it('cannot pose as an agent', async () => {
  const input = { cluster: 'default', totalResources: [] };
  const answer = await server.send('RegisterContainerInstance', input, { credentials: issued() });
  expect(answer.json.__type).toBe('AccessDeniedException');
  expect(answer.json.message ?? answer.json.Message).toContain(
    `User: arn:aws:sts::${accountId}:assumed-role/app/0123456789abcdef0123456789abcdef is not authorized`,
  );
});
