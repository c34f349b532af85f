import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Boto3, pythonWithBoto3 } from '../../test/support/boto3.ts';
import type { Answer } from '../../test/support/installation.ts';
import { type ServerHarness, serverHarness } from '../../test/support/server-harness.ts';

/** boto3 for Cloud Map, Route 53 and Certificate Manager: kinds of values, exceptions, paginators and waiters. */

vi.setConfig({ testTimeout: 60_000 });

const python = await pythonWithBoto3();
let server: ServerHarness;

beforeAll(async () => {
  server = await serverHarness();
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

function boto3(service: string): Boto3 {
  const { accessKeyId, secretAccessKey } = server.root;
  const environment = {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_DEFAULT_REGION: 'us-east-1',
  };
  return new Boto3(python ?? '', { url: server.url, environment: () => environment }, service);
}

/** The answer of a call, all of whose values are of the kinds that boto3's model says. */
async function plain(client: Boto3, operation: string, input: object): Promise<Answer> {
  const { answer, problems } = await client.call(operation, input);
  expect([operation, problems]).toEqual([operation, []]);
  return answer;
}

describe.skipIf(python === undefined)('boto3', () => {
  it('finds its way in Cloud Map', async () => {
    await using client = boto3('servicediscovery');
    const ids: string[] = [];
    for (const Name of ['a', 'b', 'c']) {
      const { OperationId } = await plain(client, 'CreateHttpNamespace', { Name, CreatorRequestId: Name });
      const { Operation } = await plain(client, 'GetOperation', { OperationId });
      expect(Operation).toMatchObject({ Type: 'CREATE_NAMESPACE', Status: 'SUCCESS' });
      ids.push(Operation.Targets.NAMESPACE);
    }
    const { Service } = await plain(client, 'CreateService', { Name: 'web', NamespaceId: ids[0] });
    for (const InstanceId of ['one', 'two', 'three']) {
      const Attributes = { AWS_INSTANCE_IPV4: '10.0.0.1', colour: InstanceId };
      await plain(client, 'RegisterInstance', { ServiceId: Service.Id, InstanceId, Attributes });
    }
    const found = await plain(client, 'DiscoverInstances', { NamespaceName: 'a', ServiceName: 'web' });
    expect(found.Instances).toHaveLength(3);
    const walked = async (operation: string, input: object, member: string): Promise<number> => {
      const { pages } = (await client.pages(operation, input, 2)) as { pages: Answer[] };
      expect(pages.length).toBeGreaterThan(1);
      return pages.flatMap((page) => page[member]).length;
    };
    expect(await walked('ListNamespaces', {}, 'Namespaces')).toBe(3);
    expect(await walked('ListInstances', { ServiceId: Service.Id }, 'Instances')).toBe(3);
    const { paginators } = await client.model();
    for (const name of paginators.filter((each) => each !== 'ListInstances')) {
      expect([name, await client.pages(name, {}, 10)]).toEqual([name, { pages: expect.any(Array) }]);
    }
    const missing = { Id: 'ns-0000000000000000' };
    expect(await client.catch('GetNamespace', missing, 'NamespaceNotFound')).toMatchObject({
      caught: 'NamespaceNotFound',
    });
    expect(await client.catch('DeleteNamespace', { Id: ids[0] }, 'ResourceInUse')).toMatchObject({
      caught: 'ResourceInUse',
    });
  });

  it('finds its way in Route 53', async () => {
    await using client = boto3('route53');
    const { HostedZone, ChangeInfo } = await plain(client, 'CreateHostedZone', {
      Name: 'boto.example',
      CallerReference: 'boto',
    });
    expect(await client.waits('resource_record_sets_changed', { Id: ChangeInfo.Id })).toEqual({ waited: true });
    const record = (index: number) => ({
      Action: 'UPSERT',
      ResourceRecordSet: {
        Name: `n${index}.boto.example`,
        Type: 'A',
        TTL: 60,
        ResourceRecords: [{ Value: `10.0.0.${index}` }],
      },
    });
    const ChangeBatch = { Changes: Array.from({ length: 5 }, (_, index) => record(index + 1)) };
    const changed = await plain(client, 'ChangeResourceRecordSets', { HostedZoneId: HostedZone.Id, ChangeBatch });
    expect(await client.waits('resource_record_sets_changed', { Id: changed.ChangeInfo.Id })).toEqual({ waited: true });
    await plain(client, 'ListResourceRecordSets', { HostedZoneId: HostedZone.Id });
    const { pages } = (await client.pages('ListResourceRecordSets', { HostedZoneId: HostedZone.Id }, 2)) as {
      pages: Answer[];
    };
    expect(pages.flatMap((page) => page.ResourceRecordSets)).toHaveLength(7);
    for (const CallerReference of ['second', 'third'])
      await plain(client, 'CreateHostedZone', { Name: `${CallerReference}.example`, CallerReference });
    const zones = (await client.pages('ListHostedZones', {}, 2)) as { pages: Answer[] };
    expect(zones.pages.map((page) => page.HostedZones.length)).toEqual([2, 1]);
    expect(await client.catch('GetHostedZone', { Id: 'Z0000000000000000000' }, 'NoSuchHostedZone')).toMatchObject({
      caught: 'NoSuchHostedZone',
      status: 404,
    });
    expect(await client.waits('resource_record_sets_changed', { Id: 'C00000000000000000000' })).toMatchObject({
      missed: expect.stringContaining('NoSuchChange'),
    });
  });

  it('finds its way in Certificate Manager', async () => {
    await using client = boto3('acm');
    const arns: string[] = [];
    for (const DomainName of ['a.example', 'b.example', 'c.example'])
      arns.push((await plain(client, 'RequestCertificate', { DomainName })).CertificateArn);
    const [CertificateArn] = arns;
    expect(await client.waits('certificate_validated', { CertificateArn })).toEqual({ waited: true });
    // Its end is more than a day away, which is all that is wrong with it.
    const { answer, problems } = await client.call('DescribeCertificate', { CertificateArn });
    expect(answer.Certificate).toMatchObject({ Status: 'ISSUED', DomainName: 'a.example' });
    expect(problems).toMatchObject([{ path: expect.stringContaining('NotAfter') }]);
    const { pages } = (await client.pages('ListCertificates', {}, 2)) as { pages: Answer[] };
    expect(pages.map((page) => page.CertificateSummaryList.length)).toEqual([2, 1]);
    const missing = { CertificateArn: `${CertificateArn?.slice(0, -4)}0000` };
    expect(await client.catch('DescribeCertificate', missing, 'ResourceNotFoundException')).toMatchObject({
      caught: 'ResourceNotFoundException',
    });
    expect(await client.waits('certificate_validated', missing)).toMatchObject({
      missed: expect.stringContaining('Waiter CertificateValidated failed'),
    });
  });

  it('says who it is', async () => {
    await using client = boto3('sts');
    const account = '000000000000';
    expect(await plain(client, 'GetCallerIdentity', {})).toEqual({
      UserId: account,
      Account: account,
      Arn: `arn:aws:iam::${account}:root`,
    });
  });
});
