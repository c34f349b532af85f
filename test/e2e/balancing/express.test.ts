import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Answer, type Installation, startedInstallation, testImage } from '../../support/installation.ts';

/** An Express service with real containers, asked at its endpoint from the host. */
let installation: Installation;

beforeAll(async () => {
  installation = await startedInstallation();
});

afterAll(async () => {
  await installation?.[Symbol.asyncDispose]();
});

const role = 'arn:aws:iam::000000000000:role/any';

/** A server that says its version at / and /ping, and ends at once when told to. */
const container = (version: string): object => ({
  image: testImage,
  containerPort: 8080,
  command: [
    'sh',
    '-c',
    `mkdir -p /www && echo ${version} > /www/index.html && echo ${version} > /www/ping && ` +
      `trap 'exit 0' TERM; httpd -f -p 8080 -h /www & wait`,
  ],
});

/** Asks the endpoint as a client that trusts the installation's authority and resolves names below localhost. */
function ask(endpoint: string): Promise<string> {
  const ca = readFileSync(join(installation.dataDir, 'ca.pem'));
  return new Promise((resolve, reject) => {
    const asked = request(
      endpoint,
      { ca, agent: false, lookup: toThisMachine, signal: AbortSignal.timeout(5_000) },
      (response) => {
        let body = '';
        response.on('data', (text: Buffer) => {
          body += text.toString();
        });
        response.on('error', reject);
        response.on('end', () => resolve(response.statusCode === 200 ? body.trim() : `status ${response.statusCode}`));
      },
    );
    asked.on('error', reject);
    asked.end();
  });
}

type Lookup = NonNullable<Parameters<typeof request>[1]['lookup']>;
const toThisMachine: Lookup = (_, { all }, done) => {
  if (all === true) (done as (e: null, a: object[]) => void)(null, [{ address: '127.0.0.1', family: 4 }]);
  else done(null, '127.0.0.1', 4);
};

/** Three callers that go on until they are stopped, and how often they were answered what. */
class Load {
  readonly #answers = new Map<string, number>();
  readonly #lanes: readonly Promise<void>[];
  #stopped = false;

  constructor(answer: () => Promise<string>) {
    this.#lanes = Array.from({ length: 3 }, async () => {
      while (!this.#stopped) {
        const said = await answer();
        this.#answers.set(said, (this.#answers.get(said) ?? 0) + 1);
      }
    });
  }

  async stop(): Promise<ReadonlyMap<string, number>> {
    this.#stopped = true;
    await Promise.all(this.#lanes);
    return this.#answers;
  }
}

/** What there is beside the service because of it. */
const made = async (): Promise<Answer> => {
  const [balancers, groups, securityGroups, certificates] = await Promise.all([
    installation.elb('DescribeLoadBalancers'),
    installation.elb('DescribeTargetGroups'),
    installation.ec2('DescribeSecurityGroups'),
    installation.aws('acm', 'list-certificates', '--includes', 'keyTypes=EC_prime256v1'),
  ]);
  return {
    balancers: (balancers.LoadBalancers ?? []).length,
    groups: (groups.TargetGroups ?? []).length,
    securityGroups: securityGroups.SecurityGroups.map(({ GroupName }: Answer) => GroupName),
    certificates: certificates.CertificateSummaryList.length,
  };
};

test('answers at its endpoint, takes a new version under load without a failed request, and leaves nothing', async () => {
  const { service } = await installation.call('CreateExpressGatewayService', {
    serviceName: 'hello',
    infrastructureRoleArn: role,
    executionRoleArn: role,
    primaryContainer: container('v1'),
  });
  const { serviceArn } = service;
  const [{ endpoint }] = service.activeConfigurations[0].ingressPaths;
  const answer = async (): Promise<string> => await ask(endpoint).catch((error: unknown) => String(error));
  await installation.until('it answers', async () => (await answer()) === 'v1', 60_000);
  expect(await made()).toMatchObject({ balancers: 1, groups: 2, certificates: 1 });
  // Three minutes of looking at each step are nothing for a test.
  await installation.call('UpdateService', {
    service: 'hello',
    deploymentConfiguration: {
      strategy: 'CANARY',
      canaryConfiguration: { canaryPercent: 50, canaryBakeTimeInMinutes: 0 },
      bakeTimeInMinutes: 0,
    },
  });
  const { TargetGroups } = await installation.elb('DescribeTargetGroups');
  const Attributes = [{ Key: 'deregistration_delay.timeout_seconds', Value: '1' }];
  for (const { TargetGroupArn } of TargetGroups) {
    await installation.elb('ModifyTargetGroupAttributes', { TargetGroupArn, Attributes });
  }
  const load = new Load(answer);
  await installation.call('UpdateExpressGatewayService', { serviceArn, primaryContainer: container('v2') });
  await installation.until(
    'the new revision is alone',
    async () => {
      const { services } = await installation.call('DescribeServices', { services: ['hello'] });
      const [{ deployments }] = services;
      return deployments.length === 1 && deployments[0].rolloutState === 'COMPLETED';
    },
    90_000,
  );
  expect(await answer()).toBe('v2');
  const answers = await load.stop();
  expect(new Set(answers.keys())).toEqual(new Set(['v1', 'v2']));
  await installation.call('DeleteExpressGatewayService', { serviceArn });
  await installation.until(
    'it is gone',
    async () => {
      const described = await installation.call('DescribeExpressGatewayService', { serviceArn });
      return described.service.status.statusCode === 'INACTIVE';
    },
    60_000,
  );
  expect(await made()).toEqual({ balancers: 0, groups: 0, certificates: 0, securityGroups: ['default'] });
  await installation.until('nobody answers there', async () => (await answer()).includes('ECONNREFUSED'), 30_000);
});
