import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { ApiError, loadModel } from '#wire/aws';
import { type Answer, type ApiHarness, apiHarness } from '../../test/support/api-harness.ts';
import { everythingIn, madeUp } from '../../test/support/made-up-requests.ts';
import { operations } from './operations.ts';

/**
 * What ecs/refusals.property.test.ts is for ECS, for the other services: whatever a request holds, it is done, or refused
 * as a fault of the caller's, in a sentence, and then nothing has changed.
 */

const model = loadModel();

/** Names that the tests below make resources under, and texts that are wrong nearly everywhere. */
const texts = [
  ...words('web net g s a i default http priv.local example.com Name vpc-id tcp TCP HTTP HTTPS A SRV CNAME forward'),
  ...words('redirect path-pattern source-ip #{host} 10.0.0.0/16 10.0.2.0/24 10.0.0.9 300.1.1.1 0.0.0.0/0 ::/0 fe80::1'),
  ...words('eu-west-1a 80 65536 {} ../.. -1 * ?*\\ __proto__ constructor aws:x arn: arn:aws:iam::111111111111:root'),
  ...words('NaN 1e999 true tag:x'),
  '',
  ' ',
  '\u0000',
  'ä'.repeat(20),
  'x'.repeat(300),
  'x'.repeat(3000),
];

function words(text: string): readonly string[] {
  return text.split(' ');
}

interface World {
  readonly harness: ApiHarness;
  /** What answers said, by the names of members, with what other operations call the same. */
  readonly named: ReadonlyMap<string, readonly string[]>;
}

async function world(): Promise<World> {
  const harness = await apiHarness();
  const named = new Map<string, string[]>();
  const learn = (name: string, value: unknown): void => {
    if (typeof value === 'string')
      for (const each of [name, `${name}s`]) named.set(each, [...(named.get(each) ?? []), value]);
    else if (Array.isArray(value)) for (const each of value) learn(name, each);
    else if (typeof value === 'object') for (const [key, each] of Object.entries(value ?? {})) learn(key, each);
  };
  const on =
    (service: string) =>
    async (operation: string, input: object = {}): Promise<Answer> => {
      const answer = await harness.call(operation, input, { service });
      learn('', answer);
      return answer;
    };
  await makeNetwork(on('ec2'));
  const { Vpcs } = await on('ec2')('DescribeVpcs', { Filters: [{ Name: 'cidr', Values: ['10.0.0.0/16'] }] });
  const { Subnets } = await on('ec2')('DescribeSubnets', { Filters: [{ Name: 'vpc-id', Values: [Vpcs[0].VpcId] }] });
  await makeBalancers(
    on('elasticloadbalancingv2'),
    Vpcs[0].VpcId,
    Subnets.map((each: Answer) => each.SubnetId),
  );
  await makeNames(on('servicediscovery'), on('route-53'), Vpcs[0].VpcId);
  await on('acm')('RequestCertificate', { DomainName: 'example.com' });
  await on('cloudwatch-logs')('CreateLogGroup', { logGroupName: 'g' });
  await on('cloudwatch-logs')('CreateLogStream', { logGroupName: 'g', logStreamName: 's' });
  const all = [...named.values()].flat();
  const arns = all.filter((text) => text.startsWith('arn:'));
  const services = all.filter((text) => text.startsWith('srv-'));
  const called = { ResourceArn: arns, ResourceArns: arns, resourceArn: arns, ResourceARN: arns, ServiceId: services };
  const known = { InstanceId: ['i'], logGroupName: ['g'], logStreamName: ['s'], NamespaceName: ['http', 'priv.local'] };
  const zones = named.get('Id')?.filter((text) => text.startsWith('/hostedzone/')) ?? [];
  const spaces = named.get('Id')?.filter((text) => text.startsWith('ns-')) ?? [];
  for (const [name, values] of Object.entries({ ...called, ...known, HostedZoneId: zones, NamespaceId: spaces })) {
    named.set(name, values);
  }
  return { harness, named };
}

type Call = (operation: string, input?: object) => Promise<Answer>;

async function makeNetwork(ec2: Call): Promise<void> {
  const { Vpc } = await ec2('CreateVpc', { CidrBlock: '10.0.0.0/16' });
  const { VpcId } = Vpc;
  const { Subnet } = await ec2('CreateSubnet', { VpcId, CidrBlock: '10.0.0.0/24', AvailabilityZone: 'eu-west-1a' });
  await ec2('CreateSubnet', { VpcId, CidrBlock: '10.0.1.0/24', AvailabilityZone: 'eu-west-1b' });
  const { GroupId } = await ec2('CreateSecurityGroup', { VpcId, GroupName: 'g', Description: 'g' });
  const IpPermissions = [{ IpProtocol: 'tcp', FromPort: 1, ToPort: 2, IpRanges: [{ CidrIp: '10.0.0.0/8' }] }];
  await ec2('AuthorizeSecurityGroupIngress', { GroupId, IpPermissions });
  const { InternetGateway } = await ec2('CreateInternetGateway');
  await ec2('AttachInternetGateway', { VpcId, InternetGatewayId: InternetGateway.InternetGatewayId });
  await ec2('AllocateAddress');
  const { AllocationId } = await ec2('AllocateAddress');
  await ec2('CreateNatGateway', { SubnetId: Subnet.SubnetId, AllocationId });
  await ec2('CreateRouteTable', { VpcId });
  await ec2('CreateNetworkAcl', { VpcId });
  await ec2('CreateNetworkInterface', { SubnetId: Subnet.SubnetId });
  for (const each of ['RouteTables', 'NetworkAcls', 'SecurityGroupRules', 'DhcpOptions']) await ec2(`Describe${each}`);
}

async function makeBalancers(elb: Call, VpcId: string, Subnets: readonly string[]): Promise<void> {
  const groupOf = async (Name: string, Protocol: string): Promise<string> => {
    const made = await elb('CreateTargetGroup', { Name, Protocol, Port: 80, VpcId, TargetType: 'ip' });
    return made.TargetGroups[0].TargetGroupArn;
  };
  const listen = async (Type: string, Name: string, Protocol: string, TargetGroupArn: string): Promise<string> => {
    const { LoadBalancers } = await elb('CreateLoadBalancer', { Name, Type, Subnets });
    const DefaultActions = [{ Type: 'forward', TargetGroupArn }];
    const { LoadBalancerArn } = LoadBalancers[0];
    const { Listeners } = await elb('CreateListener', { LoadBalancerArn, Protocol, Port: 80, DefaultActions });
    return Listeners[0].ListenerArn;
  };
  const TargetGroupArn = await groupOf('web', 'HTTP');
  const ListenerArn = await listen('application', 'web', 'HTTP', TargetGroupArn);
  await listen('network', 'net', 'TCP', await groupOf('net', 'TCP'));
  const Conditions = [{ Field: 'path-pattern', Values: ['/a'] }];
  await elb('CreateRule', { ListenerArn, Priority: 5, Conditions, Actions: [{ Type: 'forward', TargetGroupArn }] });
  await elb('RegisterTargets', { TargetGroupArn, Targets: [{ Id: '10.0.0.9' }] });
}

async function makeNames(cloudMap: Call, route53: Call, Vpc: string): Promise<void> {
  await cloudMap('CreateHttpNamespace', { Name: 'http' });
  await cloudMap('CreatePrivateDnsNamespace', { Name: 'priv.local', Vpc });
  const { Namespaces } = await cloudMap('ListNamespaces');
  for (const { Id: NamespaceId, Type } of Namespaces) {
    const records = { DnsConfig: { DnsRecords: [{ Type: 'A', TTL: 10 }] }, HealthCheckCustomConfig: {} };
    const made = await cloudMap('CreateService', { Name: 'a', NamespaceId, ...(Type === 'HTTP' ? {} : records) });
    const Attributes = { AWS_INSTANCE_IPV4: '10.0.0.9' };
    await cloudMap('RegisterInstance', { ServiceId: made.Service.Id, InstanceId: 'i', Attributes });
  }
  await route53('CreateHostedZone', { Name: 'example.com', CallerReference: 'x' });
}

/** How often a refusal may be a 5xx: parts that Roadstead does not have say so with 501. */
const mayBe = (status: number): boolean => status < 500 || status === 501;

const own = new Set(['ecs', 'roadstead']);
const served = operations.filter(({ service }) => !own.has(service));

it.each(served.map(({ service, name }) => [service, name] as const))(
  '%s %s: what is refused changes nothing, and is refused with a reason',
  async (service, name) => {
    const input = model.services.get(service)?.operations.get(name)?.input;
    if (input === undefined) return;
    const { harness, named } = await world();
    const known = [...new Set([...named.values()].flat())];
    const any = fc.oneof(fc.constantFrom(...texts), fc.constantFrom(...known));
    // A dry run is refused whatever else it asks.
    const requests = madeUp(input, { texts: any, named, without: new Set(['DryRun']) });
    let state = everythingIn(harness);
    for (const request of fc.sample(requests, { numRuns: 25, seed: 11 })) {
      const { revision } = harness.store;
      const error: unknown = await harness.call(name, request, { service }).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      if (error === undefined) {
        state = everythingIn(harness);
        continue;
      }
      const about = `${JSON.stringify(request).slice(0, 500)}: ${String((error as Error).stack)}`;
      expect(error, about).toBeInstanceOf(ApiError);
      const { status, message } = error as ApiError;
      expect(mayBe(status), about).toBe(true);
      expect(message, about).not.toMatch(/^$|undefined|\[object/);
      expect(harness.store.revision, about).toBe(revision);
      expect(everythingIn(harness), about).toBe(state);
    }
  },
);
