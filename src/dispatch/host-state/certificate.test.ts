import { expect, it } from 'vitest';
import type { ContainerInstanceArn, Listener, LoadBalancer } from '#model';
import { type Answer, apiHarness } from '../../../test/support/api-harness.ts';
import { testCertificates } from '../../../test/support/certificates.ts';
import { certificateCompiler } from './certificate.ts';
import type { RecordChange } from './compiler.ts';

it('a certificate goes, with its key, to the hosts that carry a node of a balancer that shows it', async () => {
  const harness = await apiHarness();
  const { store } = harness;
  const { privateKeys } = testCertificates(harness.clock.now());
  const compiler = certificateCompiler(privateKeys);
  const call = (operation: string, input: object): Promise<Answer> =>
    harness.call(operation, input, { service: 'acm' });
  const request = { DomainName: 'a.com', KeyAlgorithm: 'EC_prime256v1' };
  const { CertificateArn: arn } = await call('RequestCertificate', request);
  const [certificate] = store.view.certificates.all();
  expect([...compiler.all(store.view)]).toEqual([arn]);
  expect(compiler.compile(store.view, arn)).toBeUndefined();

  const host = 'arn:aws:ecs:eu-west-1:111111111111:container-instance/east/h1' as ContainerInstanceArn;
  const node = { subnetId: 's', availabilityZone: 'z', networkInterfaceId: 'eni-1', privateIpv4Address: '10.0.0.1' };
  const scope = { accountId: certificate!.accountId, region: certificate!.region };
  const balancer: LoadBalancer = {
    ...scope,
    loadBalancerArn: 'balancer',
    loadBalancerName: 'web',
    type: 'application',
    scheme: 'internal',
    vpcId: 'vpc-1',
    subnets: [],
    securityGroups: [],
    dnsName: 'web-1.eu-west-1.elb.localhost',
    canonicalHostedZoneId: 'Z1',
    state: 'active',
    attributes: {},
    nodes: [{ ...node, hostArn: host }, node],
    tags: [],
    createdAt: harness.clock.now(),
  };
  const listener: Listener = {
    ...scope,
    listenerArn: 'listener',
    loadBalancerArn: 'balancer',
    port: 443,
    protocol: 'HTTPS',
    certificateArns: [arn],
    attributes: {},
    tags: [],
    createdAt: harness.clock.now(),
  };
  await store.update('api', (tx) => {
    tx.loadBalancers.put(balancer);
    tx.listeners.put(listener);
  });
  const compiled = compiler.compile(store.view, arn);
  expect(compiled?.scopes).toEqual([`host:${host}`]);
  expect(compiled?.body).toEqual({
    certificate: certificate!.certificate,
    chain: certificate!.chain,
    privateKey: expect.stringContaining('-----BEGIN PRIVATE KEY-----'),
  });

  const changed = (table: 'certificates' | 'listeners' | 'loadBalancers', change: object) => {
    const concerned = compiler.changedBy[table] as (
      change: RecordChange<never>,
      view: typeof store.view,
    ) => Iterable<string>;
    return [...concerned({ key: '', before: undefined, after: undefined, ...change }, store.view)];
  };
  expect(changed('certificates', { key: arn })).toEqual([arn]);
  expect(
    changed('listeners', { before: listener, after: { ...listener, certificateArns: [], defaultCertificateArn: 'b' } }),
  ).toEqual([arn, 'b']);
  expect(changed('loadBalancers', { key: 'balancer', before: balancer })).toEqual([arn]);

  const strangers = certificateCompiler({
    open: () => {
      throw new Error('sealed elsewhere');
    },
  });
  expect(strangers.compile(store.view, arn)).toBeUndefined();
  await store.update('api', (tx) => tx.listeners.delete('listener'));
  expect(compiler.compile(store.view, arn)).toBeUndefined();
});
