import { beforeEach, describe, expect, it } from 'vitest';
import { accountB } from '../../../test/support/api-harness.ts';
import { type ElbWorld, elbWorld, forwardTo } from '../../../test/support/elb-world.ts';

let world: ElbWorld;

beforeEach(async () => {
  world = await elbWorld();
});

describe('a load balancer', () => {
  it('is made with AWS’s defaults and is provisioning', async () => {
    const balancer = await world.balancer();
    expect(balancer.LoadBalancerArn).toMatch(
      /^arn:aws:elasticloadbalancing:eu-west-1:111111111111:loadbalancer\/app\/web\/[0-9a-f]{16}$/,
    );
    expect(balancer.DNSName).toMatch(/^web-\d{10}\.eu-west-1\.elb\.localhost$/);
    expect(balancer).toMatchObject({
      LoadBalancerName: 'web',
      Scheme: 'internet-facing',
      VpcId: world.vpcId,
      State: { Code: 'provisioning' },
      Type: 'application',
      IpAddressType: 'ipv4',
    });
    expect(balancer.AvailabilityZones.map(({ ZoneName }: { ZoneName: string }) => ZoneName)).toEqual([
      'eu-west-1a',
      'eu-west-1b',
    ]);
    const [group] = [...world.harness.store.view.securityGroups.by('vpc', world.vpcId)];
    expect(balancer.SecurityGroups).toEqual([group?.groupId]);
    expect((await world.balancer({ Name: 'inner', Scheme: 'internal' })).DNSName).toMatch(/^internal-inner-/);
  });

  it('is the same when it is made again, and refused when it would be another', async () => {
    const first = await world.balancer({ Tags: [{ Key: 'a', Value: '1' }] });
    const again = await world.balancer({ Tags: [{ Key: 'a', Value: '1' }] });
    expect(again.LoadBalancerArn).toBe(first.LoadBalancerArn);
    const other = { Name: 'web', Subnets: world.subnets.slice(0, 2), Scheme: 'internal' };
    expect(await world.failing('CreateLoadBalancer', other)).toBe(
      "DuplicateLoadBalancerName: A load balancer with the same name 'web' exists, but with different settings",
    );
  });

  it.each([
    [
      'one zone',
      { Subnets: 1 },
      'ValidationError: At least two subnets in two different Availability Zones must be specified',
    ],
    ['no subnet', { Subnets: 0 }, 'ValidationError: At least one subnet must be specified'],
    [
      'a name',
      { Name: 'a_b' },
      "ValidationError: Load balancer name 'a_b' can only contain characters that are alphanumeric characters or hyphens(-)",
    ],
    ['a hyphen', { Name: 'a-' }, "ValidationError: Load balancer name 'a-' cannot begin or end with '-'"],
    [
      'a long name',
      { Name: 'a'.repeat(33) },
      `ValidationError: Load balancer name '${'a'.repeat(33)}' cannot be longer than '32' characters`,
    ],
    ['a group', { SecurityGroups: ['sg-1'] }, "InvalidSecurityGroup: The security group IDs 'sg-1' do not exist"],
    [
      'IPv6',
      { IpAddressType: 'dualstack' },
      "InvalidConfigurationRequest: The IP address type 'dualstack' is not part of this version of Roadstead.",
    ],
    [
      'a gateway',
      { Type: 'gateway' },
      "InvalidConfigurationRequest: The load balancer type 'gateway' is not part of this version of Roadstead.",
    ],
  ])('is refused for %s', async (_, input: object, text) => {
    const { Subnets = 2, ...rest } = input as { readonly Subnets?: number };
    const asked = { Name: 'web', ...rest, Subnets: world.subnets.slice(0, Subnets) };
    expect(await world.failing('CreateLoadBalancer', asked)).toBe(text);
  });

  it('is found by ARN and by name by its owner alone, page by page', async () => {
    const arns: string[] = [];
    for (const Name of ['a', 'b', 'c']) arns.push((await world.balancer({ Name })).LoadBalancerArn);
    const names = async (input: object): Promise<string[]> =>
      (await world.call('DescribeLoadBalancers', input)).LoadBalancers.map(
        ({ LoadBalancerName }: { LoadBalancerName: string }) => LoadBalancerName,
      );
    expect(await names({})).toEqual(['a', 'b', 'c']);
    expect(await names({ Names: ['b'] })).toEqual(['b']);
    expect(await names({ LoadBalancerArns: [arns[2]] })).toEqual(['c']);
    const first = await world.call('DescribeLoadBalancers', { PageSize: 2 });
    expect(first.LoadBalancers).toHaveLength(2);
    expect(await names({ PageSize: 2, Marker: first.NextMarker })).toEqual(['c']);
    expect(await world.failing('DescribeLoadBalancers', { Names: ['x'] })).toBe(
      "LoadBalancerNotFound: Load balancers '[x]' not found",
    );
    const foreign = { LoadBalancerArns: [arns[0]] };
    expect(await world.failing('DescribeLoadBalancers', foreign, { accountId: accountB })).toMatch(
      /^LoadBalancerNotFound/,
    );
  });

  it('has every attribute, changes those that are named, and is protected', async () => {
    const { LoadBalancerArn } = await world.balancer();
    const { Attributes } = await world.call('DescribeLoadBalancerAttributes', { LoadBalancerArn });
    expect(Attributes).toHaveLength(22);
    expect(Attributes).toContainEqual({ Key: 'idle_timeout.timeout_seconds', Value: '60' });
    const change = (Key: string, Value: string): object => ({ LoadBalancerArn, Attributes: [{ Key, Value }] });
    await world.call('ModifyLoadBalancerAttributes', change('deletion_protection.enabled', 'true'));
    expect(await world.failing('DeleteLoadBalancer', { LoadBalancerArn })).toBe(
      `OperationNotPermitted: Load balancer '${LoadBalancerArn}' cannot be deleted because deletion protection is enabled`,
    );
    for (const [key, value] of [
      ['idle_timeout.timeout_seconds', '4001'],
      ['dns_record.client_routing_policy', 'any_availability_zone'],
      ['routing.http2.enabled', 'yes'],
      ['connection_logs.s3.enabled', 'true'],
      // Without a bucket.
      ['access_logs.s3.enabled', 'true'],
    ] as const) {
      expect(await world.failing('ModifyLoadBalancerAttributes', change(key, value))).toMatch(
        /^InvalidConfigurationRequest/,
      );
    }
    const bucket = { Key: 'access_logs.s3.bucket', Value: 'logs' };
    const logs = [{ Key: 'access_logs.s3.enabled', Value: 'true' }, bucket];
    const logged = await world.call('ModifyLoadBalancerAttributes', { LoadBalancerArn, Attributes: logs });
    expect(logged.Attributes).toEqual(expect.arrayContaining(logs));
    const net = await world.balancer({ Name: 'net', Type: 'network' });
    const ofNet = { LoadBalancerArn: net.LoadBalancerArn, Attributes: logs };
    expect(await world.failing('ModifyLoadBalancerAttributes', ofNet)).toMatch(/Network Load Balancer is not part/);
    await world.call('ModifyLoadBalancerAttributes', change('deletion_protection.enabled', 'false'));
    await world.call('DeleteLoadBalancer', { LoadBalancerArn });
    await world.call('DeleteLoadBalancer', { LoadBalancerArn });
  });

  it('of type network needs one zone, and may have its addresses chosen', async () => {
    const [SubnetId] = world.subnets;
    const mapping = { Subnets: undefined, SubnetMappings: [{ SubnetId, PrivateIPv4Address: '172.31.0.9' }] };
    const balancer = await world.balancer({ Type: 'network', ...mapping });
    expect(balancer).toMatchObject({
      Type: 'network',
      SecurityGroups: [],
      AvailabilityZones: [{ SubnetId, LoadBalancerAddresses: [{ PrivateIPv4Address: '172.31.0.9' }] }],
    });
    expect(balancer.LoadBalancerArn).toContain(':loadbalancer/net/web/');
  });

  it('goes with its listeners and rules, and lets its groups go', async () => {
    const balancer = await world.balancer();
    const group = await world.group('blue');
    const { ListenerArn } = await world.listener(balancer, group);
    expect(await world.failing('DeleteTargetGroup', { TargetGroupArn: group.TargetGroupArn })).toBe(
      `ResourceInUse: Target group '${group.TargetGroupArn}' is currently in use by a listener or a rule`,
    );
    await world.call('DeleteLoadBalancer', { LoadBalancerArn: balancer.LoadBalancerArn });
    const { listeners, listenerRules } = world.harness.store.view;
    expect([listeners.size, listenerRules.size]).toEqual([0, 0]);
    expect(await world.failing('DescribeListeners', { ListenerArns: [ListenerArn] })).toBe(
      'ListenerNotFound: One or more listeners not found',
    );
    await world.call('DeleteTargetGroup', { TargetGroupArn: group.TargetGroupArn });
    await world.call('DeleteTargetGroup', { TargetGroupArn: group.TargetGroupArn });
  });

  it('gets other groups and subnets', async () => {
    const { LoadBalancerArn } = await world.balancer();
    const { AvailabilityZones } = await world.call('SetSubnets', { LoadBalancerArn, Subnets: world.subnets });
    expect(AvailabilityZones).toHaveLength(3);
    const [group] = [...world.harness.store.view.securityGroups.by('vpc', world.vpcId)];
    const SecurityGroups = [group?.groupId];
    expect(await world.call('SetSecurityGroups', { LoadBalancerArn, SecurityGroups })).toEqual({
      SecurityGroupIds: SecurityGroups,
    });
    expect(await world.call('SetIpAddressType', { LoadBalancerArn, IpAddressType: 'ipv4' })).toEqual({
      IpAddressType: 'ipv4',
    });
  });
});

describe('tags', () => {
  it('are on everything that has an ARN', async () => {
    const balancer = await world.balancer({ Tags: [{ Key: 'team', Value: 'a' }] });
    const group = await world.group('blue');
    const listener = await world.listener(balancer, group);
    const rule = await world.defaultRule(listener);
    const ResourceArns = [balancer.LoadBalancerArn, group.TargetGroupArn, listener.ListenerArn, rule.RuleArn];
    await world.call('AddTags', { ResourceArns, Tags: [{ Key: 'env', Value: 'test' }] });
    const { TagDescriptions } = await world.call('DescribeTags', { ResourceArns });
    expect(TagDescriptions.map(({ Tags }: { Tags: unknown }) => Tags)).toEqual([
      [
        { Key: 'team', Value: 'a' },
        { Key: 'env', Value: 'test' },
      ],
      ...[1, 2, 3].map(() => [{ Key: 'env', Value: 'test' }]),
    ]);
    await world.call('RemoveTags', { ResourceArns, TagKeys: ['env'] });
    const after = await world.call('DescribeTags', { ResourceArns: [group.TargetGroupArn] });
    expect(after.TagDescriptions[0].Tags).toEqual([]);
    expect(await world.failing('AddTags', { ResourceArns, Tags: [{ Key: 'aws:x', Value: '' }] })).toMatch(
      /^ValidationError/,
    );
  });
});

describe('what is the same for everybody', () => {
  it('is told', async () => {
    const { SslPolicies } = await world.call('DescribeSSLPolicies', { Names: ['ELBSecurityPolicy-TLS13-1-2-2021-06'] });
    expect(SslPolicies).toMatchObject([{ SslProtocols: ['TLSv1.2', 'TLSv1.3'] }]);
    expect(await world.failing('DescribeSSLPolicies', { Names: ['x'] })).toBe(
      "SSLPolicyNotFound: SSL policy 'x' not found",
    );
    const { Limits } = await world.call('DescribeAccountLimits');
    expect(Limits).toContainEqual({ Name: 'rules-per-application-load-balancer', Max: '100' });
    const { LoadBalancerArn } = await world.balancer();
    expect(await world.call('DescribeCapacityReservation', { LoadBalancerArn })).toMatchObject({
      CapacityReservationState: [],
    });
  });
});

describe('target groups', () => {
  it('have the defaults of their protocol', async () => {
    expect(await world.group('web')).toMatchObject({
      Protocol: 'HTTP',
      ProtocolVersion: 'HTTP1',
      HealthCheckProtocol: 'HTTP',
      HealthCheckPath: '/',
      HealthCheckPort: 'traffic-port',
      HealthCheckEnabled: true,
      HealthCheckIntervalSeconds: 30,
      HealthCheckTimeoutSeconds: 5,
      HealthyThresholdCount: 5,
      UnhealthyThresholdCount: 2,
      Matcher: { HttpCode: '200' },
      LoadBalancerArns: [],
      TargetType: 'ip',
      IpAddressType: 'ipv4',
    });
    expect(await world.group('rpc', { ProtocolVersion: 'GRPC' })).toMatchObject({
      HealthCheckPath: '/AWS.ALB/healthcheck',
      Matcher: { GrpcCode: '12' },
    });
    const tcp = await world.group('tcp', { Protocol: 'TCP', TargetType: undefined });
    expect(tcp).toMatchObject({ HealthCheckProtocol: 'TCP', HealthCheckTimeoutSeconds: 10, TargetType: 'instance' });
    expect(tcp).not.toHaveProperty('Matcher');
    expect(tcp).not.toHaveProperty('ProtocolVersion');
    const attributes = async ({ TargetGroupArn }: { TargetGroupArn: string }): Promise<Record<string, string>> => {
      const { Attributes } = await world.call('DescribeTargetGroupAttributes', { TargetGroupArn });
      return Object.fromEntries(Attributes.map(({ Key, Value }: { Key: string; Value: string }) => [Key, Value]));
    };
    expect(await attributes(tcp)).toMatchObject({
      'preserve_client_ip.enabled': 'true',
      'stickiness.type': 'source_ip',
    });
    expect(await attributes(await world.group('udp', { Protocol: 'UDP' }))).toMatchObject({
      'deregistration_delay.connection_termination.enabled': 'true',
    });
    expect(Object.keys(await attributes(await world.group('web')))).toHaveLength(14);
  });

  it('change how they check', async () => {
    const { TargetGroupArn } = await world.group('web');
    const asked = {
      TargetGroupArn,
      HealthCheckPath: '/ping',
      Matcher: { HttpCode: '200,300-302' },
      HealthyThresholdCount: 2,
    };
    const { TargetGroups } = await world.call('ModifyTargetGroup', asked);
    expect(TargetGroups).toMatchObject([
      { HealthCheckPath: '/ping', Matcher: { HttpCode: '200,300-302' }, HealthyThresholdCount: 2 },
    ]);
    for (const [member, value] of [
      ['HealthCheckPath', 'ping'],
      ['HealthCheckProtocol', 'TCP'],
      ['HealthyThresholdCount', 11],
      ['HealthCheckTimeoutSeconds', 31],
      ['HealthCheckPort', 'http'],
      ['Matcher', { HttpCode: '600' }],
    ] as const) {
      expect(await world.failing('ModifyTargetGroup', { TargetGroupArn, [member]: value })).toMatch(/^ValidationError/);
    }
  });

  it('are the same when made again, and are found', async () => {
    const group = await world.group('web');
    expect((await world.group('web')).TargetGroupArn).toBe(group.TargetGroupArn);
    const asked = { Name: 'web', Protocol: 'HTTP', Port: 81, VpcId: world.vpcId, TargetType: 'ip' };
    expect(await world.failing('CreateTargetGroup', asked)).toBe(
      "DuplicateTargetGroupName: A target group with the same name 'web' exists, but with different settings",
    );
    expect(await world.failing('CreateTargetGroup', { ...asked, Name: 'x', VpcId: 'vpc-1' })).toBe(
      "ValidationError: The VPC ID 'vpc-1' is not found",
    );
    expect(await world.failing('CreateTargetGroup', { ...asked, TargetType: 'lambda' })).toMatch(
      /not part of this version/,
    );
    expect(await world.failing('DescribeTargetGroups', { Names: ['none'] })).toBe(
      'TargetGroupNotFound: One or more target groups not found',
    );
    const balancer = await world.balancer();
    await world.listener(balancer, group);
    const { TargetGroups } = await world.call('DescribeTargetGroups', { LoadBalancerArn: balancer.LoadBalancerArn });
    expect(TargetGroups).toMatchObject([{ TargetGroupName: 'web', LoadBalancerArns: [balancer.LoadBalancerArn] }]);
  });

  it('take private addresses, and tell how they are', async () => {
    const { TargetGroupArn } = await world.group('web');
    const register = (...Targets: object[]): Promise<unknown> =>
      world.call('RegisterTargets', { TargetGroupArn, Targets });
    await register({ Id: '172.31.0.10' }, { Id: '172.31.0.11', Port: 8080 });
    const health = async (input: object = {}) =>
      (await world.call('DescribeTargetHealth', { TargetGroupArn, ...input })).TargetHealthDescriptions;
    expect(await health()).toMatchObject([
      {
        Target: { Id: '172.31.0.10', Port: 80 },
        HealthCheckPort: '80',
        TargetHealth: { State: 'unused', Reason: 'Target.NotInUse' },
      },
      { Target: { Id: '172.31.0.11', Port: 8080 }, HealthCheckPort: '8080' },
    ]);
    expect(await health({ Targets: [{ Id: '172.31.0.99' }] })).toMatchObject([
      { TargetHealth: { State: 'unused', Reason: 'Target.NotRegistered' } },
    ]);
    for (const [target, text] of [
      [{ Id: '8.8.8.8' }, /not within the ranges/],
      [{ Id: '10.0.0.1' }, /You must specify 'all'/],
      [{ Id: 'web' }, /not a valid IPv4/],
      [{ Id: '172.31.0.10', AvailabilityZone: 'all' }, /cannot specify 'all'/],
    ] as const) {
      expect(await world.failing('RegisterTargets', { TargetGroupArn, Targets: [target] })).toMatch(text);
    }
    await register({ Id: '10.0.0.1', AvailabilityZone: 'all' });
    const instances = await world.group('hosts', { TargetType: 'instance' });
    expect(
      await world.failing('RegisterTargets', { TargetGroupArn: instances.TargetGroupArn, Targets: [{ Id: 'i-1' }] }),
    ).toMatch(/^InvalidTarget/);
    // Nobody sends requests: there is nothing to drain.
    await world.call('DeregisterTargets', { TargetGroupArn, Targets: [{ Id: '172.31.0.10' }] });
    expect(await health()).toHaveLength(2);
  });

  it('drain what leaves while they are used', async () => {
    const group = await world.group('web');
    const { TargetGroupArn } = group;
    await world.listener(await world.balancer(), group);
    const Targets = [{ Id: '172.31.0.10' }];
    await world.call('RegisterTargets', { TargetGroupArn, Targets });
    const state = async () =>
      (await world.call('DescribeTargetHealth', { TargetGroupArn })).TargetHealthDescriptions[0]?.TargetHealth;
    expect(await state()).toMatchObject({ State: 'initial', Reason: 'Elb.RegistrationInProgress' });
    await world.call('DeregisterTargets', { TargetGroupArn, Targets });
    expect(await state()).toMatchObject({ State: 'draining', Reason: 'Target.DeregistrationInProgress' });
    await world.call('RegisterTargets', { TargetGroupArn, Targets });
    expect(await state()).toMatchObject({ State: 'initial' });
  });

  it('belong to one load balancer, in one VPC, of a fitting protocol', async () => {
    const group = await world.group('web');
    const other = await world.balancer({ Name: 'other' });
    await world.listener(await world.balancer(), group);
    const asked = { LoadBalancerArn: other.LoadBalancerArn, Protocol: 'HTTP', Port: 80 };
    expect(await world.failing('CreateListener', { ...asked, DefaultActions: forwardTo(group) })).toBe(
      `TargetGroupAssociationLimit: The following target groups cannot be associated with more than one load balancer: ${group.TargetGroupArn}`,
    );
    const tcp = await world.group('tcp', { Protocol: 'TCP' });
    expect(await world.failing('CreateListener', { ...asked, DefaultActions: forwardTo(tcp) })).toMatch(
      /^IncompatibleProtocols/,
    );
  });
});
