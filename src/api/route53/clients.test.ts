import * as client from '@aws-sdk/client-route-53';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { awsCli, awsInstalled } from '../../../test/support/aws-cli.ts';
import { type ServerHarness, serverHarness } from '../../../test/support/server-harness.ts';

/** AWS's own clients against the whole control plane behind a real socket. */

let server: ServerHarness;

beforeAll(async () => {
  server = await serverHarness();
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const aws = (...args: readonly string[]) => awsCli(server, args);

describe('the SDK for JavaScript', () => {
  it('makes a zone, changes and lists its record sets, and catches refusals', async () => {
    const route53 = new client.Route53Client({
      endpoint: server.url,
      region: 'us-east-1',
      credentials: { ...server.root },
      maxAttempts: 1,
    });
    const { HostedZone, ChangeInfo } = await route53.send(
      new client.CreateHostedZoneCommand({ Name: 'sdk.example', CallerReference: 'sdk' }),
    );
    const HostedZoneId = HostedZone!.Id!;
    expect((await route53.send(new client.GetChangeCommand({ Id: ChangeInfo!.Id! }))).ChangeInfo?.Status).toBe(
      'INSYNC',
    );
    const change = (Action: client.ChangeAction, value: string) =>
      route53.send(
        new client.ChangeResourceRecordSetsCommand({
          HostedZoneId,
          ChangeBatch: {
            Changes: [
              {
                Action,
                ResourceRecordSet: { Name: 'www.sdk.example', Type: 'A', TTL: 60, ResourceRecords: [{ Value: value }] },
              },
            ],
          },
        }),
      );
    await change('CREATE', '10.0.0.1');
    await expect(change('CREATE', '10.0.0.1')).rejects.toBeInstanceOf(client.InvalidChangeBatch);
    const { ResourceRecordSets } = await route53.send(
      new client.ListResourceRecordSetsCommand({ HostedZoneId, StartRecordName: 'www.sdk.example', MaxItems: 1 }),
    );
    expect(ResourceRecordSets).toEqual([
      { Name: 'www.sdk.example.', Type: 'A', TTL: 60, ResourceRecords: [{ Value: '10.0.0.1' }] },
    ]);
    await expect(route53.send(new client.DeleteHostedZoneCommand({ Id: HostedZoneId }))).rejects.toBeInstanceOf(
      client.HostedZoneNotEmpty,
    );
    await expect(route53.send(new client.ListHealthChecksCommand({}))).rejects.toMatchObject({
      name: 'NotImplemented',
      $metadata: { httpStatusCode: 501 },
    });
    route53.destroy();
  });
});

describe.skipIf(!awsInstalled)('the aws command line', () => {
  it('does what people do with a zone', { timeout: 120_000 }, async () => {
    const made = await aws('route53', 'create-hosted-zone', '--name', 'cli.example', '--caller-reference', 'cli');
    const id = made.HostedZone.Id;
    expect(made.DelegationSet.NameServers).toHaveLength(4);
    const Changes = [
      {
        Action: 'UPSERT',
        ResourceRecordSet: { Name: '*.cli.example', Type: 'TXT', TTL: 5, ResourceRecords: [{ Value: '"a <b> & c"' }] },
      },
    ];
    const batch = JSON.stringify({ Changes });
    await aws('route53', 'change-resource-record-sets', '--hosted-zone-id', id, '--change-batch', batch);
    await aws('route53', 'wait', 'resource-record-sets-changed', '--id', made.ChangeInfo.Id);
    const tag = ['--resource-type', 'hostedzone', '--resource-id', id.replace('/hostedzone/', '')];
    await aws('route53', 'change-tags-for-resource', ...tag, '--add-tags', 'Key=env,Value=test');
    expect((await aws('route53', 'list-tags-for-resource', ...tag)).ResourceTagSet.Tags).toEqual([
      { Key: 'env', Value: 'test' },
    ]);
    const sets = await aws('route53', 'list-resource-record-sets', '--hosted-zone-id', id, '--page-size', '2');
    expect(sets.ResourceRecordSets.map(({ Name, Type }: { Name: string; Type: string }) => `${Name} ${Type}`)).toEqual([
      'cli.example. NS',
      'cli.example. SOA',
      '\\052.cli.example. TXT',
    ]);
    await expect(aws('route53', 'delete-hosted-zone', '--id', id)).rejects.toThrow(/\(HostedZoneNotEmpty\)/);
    await aws(
      'route53',
      'change-resource-record-sets',
      '--hosted-zone-id',
      id,
      '--change-batch',
      batch.replace('UPSERT', 'DELETE'),
    );
    await aws('route53', 'delete-hosted-zone', '--id', id);
    await expect(aws('route53', 'get-hosted-zone', '--id', id)).rejects.toThrow(/\(NoSuchHostedZone\)/);
  });
});
