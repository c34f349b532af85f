import { execFile, spawnSync } from 'node:child_process';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { instantFromMs } from '#base';
import { ApiError } from './api-error.ts';
import { familyOf } from './family.ts';
import { loadModel } from './model.ts';
import { createCodec } from './protocol/codec.ts';
import type { WireRequest } from './request.ts';
import { createRouter } from './route.ts';
import { verifySignature } from './sigv4-verify.ts';

/** The `aws` command line against the parts of this folder behind a real HTTP server on the loopback. */
const installed = spawnSync('aws', ['--version'], { encoding: 'utf8' }).status === 0;

const credentials = { accessKeyId: 'AKIDCLI', secretAccessKey: 'cli/secret+key' };
const model = loadModel();
const router = createRouter(model);
const codec = createCodec();
const seen: { operation: string; input: unknown; signedBy: string }[] = [];

async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const { method = '', url = '' } = incoming;
  const wire: WireRequest = { method, url, headers: incoming.headersDistinct, body: Buffer.concat(chunks) };
  const routed = router.route(wire);
  const protocol = 'route' in routed ? routed.route.protocol : routed.failure.protocol;
  const result = (() => {
    try {
      const now = instantFromMs(Date.now());
      const findKey = (id: string) => (id === credentials.accessKeyId ? credentials : undefined);
      const { accessKeyId } = verifySignature(wire, { now, findKey, family: familyOf(protocol) });
      if (!('route' in routed)) throw routed.failure.error;
      const input = codec.readInput(routed.route, wire.body, wire);
      seen.push({ operation: routed.route.operation.name, input, signedBy: accessKeyId });
      const output = {
        Vpcs: [{ VpcId: 'vpc-1', IsDefault: true, Tags: [{ Key: 'Name', Value: 'a & <b>' }] }],
        Rules: [{ RuleArn: 'arn:1', Conditions: [], Actions: [{ Type: 'forward', Order: 1 }], IsDefault: false }],
        clusterArns: ['arn:1'],
        cluster: { clusterName: 'ü', status: 'ACTIVE' },
        tasks: [{ createdAt: 1.5 }],
      };
      return codec.writeOutput(routed.route, output, 'id-1');
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return codec.writeError(protocol, error, { requestId: 'id-1', service: undefined, method });
    }
  })();
  response.writeHead(result.status, result.headers).end(result.body);
}

describe.skipIf(!installed)(
  installed ? 'the aws command line' : 'the aws command line (skipped: `aws` is not installed)',
  () => {
    const server = createServer((request, response) => void answer(request, response));
    beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
    afterAll(() => new Promise<void>((resolve) => void server.close(() => resolve())));

    async function aws(
      args: readonly string[],
      environment: Record<string, string> = {},
    ): Promise<{ stdout: string; failure: string }> {
      const { port } = server.address() as AddressInfo;
      const env = {
        PATH: process.env.PATH ?? '',
        HOME: '/nonexistent',
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        AWS_DEFAULT_REGION: 'eu-central-1',
        AWS_EC2_METADATA_DISABLED: 'true',
        AWS_MAX_ATTEMPTS: '1',
        PYTHONUTF8: '1',
        ...environment,
      };
      try {
        const { stdout } = await promisify(execFile)('aws', [...args, '--endpoint-url', `http://127.0.0.1:${port}`], {
          env,
        });
        return { stdout, failure: '' };
      } catch (error) {
        // Some versions (2.9) count their retries between the operation and the sentence.
        const failure = String((error as { stderr: unknown }).stderr).replace(' (reached max retries: 0)', '');
        return { stdout: '', failure };
      }
    }

    test('calls of ECS are verified, read and answered', { timeout: 180_000 }, async () => {
      const [list, create] = await Promise.all([
        aws(['ecs', 'list-clusters', '--max-items', '3'], { AWS_SESSION_TOKEN: 'a/session+token==' }),
        aws(['ecs', 'create-cluster', '--cluster-name', 'ünï', '--tags', 'key=a b,value=ü']),
      ]);
      expect(JSON.parse(list.stdout)).toEqual({ clusterArns: ['arn:1'] });
      expect(JSON.parse(create.stdout)).toEqual({ cluster: { clusterName: 'ü', status: 'ACTIVE' } });
      expect(seen).toContainEqual({
        operation: 'CreateCluster',
        input: { clusterName: 'ünï', tags: [{ key: 'a b', value: 'ü' }] },
        signedBy: 'AKIDCLI',
      });
    });

    test('calls of the query services are verified, read and answered', { timeout: 180_000 }, async () => {
      const [vpcs, rules] = await Promise.all([
        aws(['ec2', 'describe-vpcs', '--filters', 'Name=tag:Name,Values=a b,ü', 'Name=state,Values=available']),
        aws(['elbv2', 'describe-rules', '--rule-arns', 'arn:1', 'arn:2']),
      ]);
      expect(JSON.parse(vpcs.stdout)).toEqual({
        Vpcs: [{ VpcId: 'vpc-1', IsDefault: true, Tags: [{ Key: 'Name', Value: 'a & <b>' }] }],
      });
      expect(JSON.parse(rules.stdout)).toEqual({
        Rules: [{ RuleArn: 'arn:1', Conditions: [], Actions: [{ Type: 'forward', Order: 1 }], IsDefault: false }],
      });
      const inputOf = (name: string) => seen.find(({ operation }) => operation === name)?.input;
      expect(inputOf('DescribeVpcs')).toEqual({
        Filters: [
          { Name: 'tag:Name', Values: ['a b', 'ü'] },
          { Name: 'state', Values: ['available'] },
        ],
      });
      expect(inputOf('DescribeRules')).toEqual({ RuleArns: ['arn:1', 'arn:2'] });
    });

    test('refusals reach the user in their words, in every protocol', { timeout: 180_000 }, async () => {
      const [secret, key, enumeration, query, ec2, elb, s3, rest] = await Promise.all([
        aws(['ecs', 'list-clusters'], { AWS_SECRET_ACCESS_KEY: 'wrong' }),
        aws(['ecs', 'list-clusters'], { AWS_ACCESS_KEY_ID: 'AKIDOTHER' }),
        aws(['ecs', 'list-services', '--launch-type', 'MOON']),
        aws(['iam', 'list-users']),
        aws(['ec2', 'describe-vpcs', '--max-results', '2000']),
        aws(['elbv2', 'create-target-group', '--name', 'a', '--port', '70000']),
        aws(['s3api', 'list-objects-v2', '--bucket', 'bucket', '--prefix', 'a b+c/ü']),
        aws(['lambda', 'list-functions']),
      ]);
      expect(secret.failure).toContain('(InvalidSignatureException)');
      expect(key.failure).toContain(
        '(UnrecognizedClientException) when calling the ListClusters operation: The security token',
      );
      expect(enumeration.failure).toContain(
        '(InvalidParameterException) when calling the ListServices operation: 1 validation error',
      );
      expect(query.failure).toContain(
        '(NotImplemented) when calling the ListUsers operation: AWS Identity and Access Management',
      );
      expect(ec2.failure).toContain(
        '(InvalidParameterValue) when calling the DescribeVpcs operation: Value (2000) for parameter maxResults is invalid.',
      );
      expect(elb.failure).toContain(
        "(ValidationError) when calling the CreateTargetGroup operation: 1 validation error detected: Value '70000' at",
      );
      expect(s3.failure).toContain('(NotImplemented) when calling the ListObjectsV2 operation: Amazon S3 is not part');
      expect(rest.failure).toContain(
        '(NotImplementedException) when calling the ListFunctions operation: AWS Lambda is not part',
      );
    });
  },
);
