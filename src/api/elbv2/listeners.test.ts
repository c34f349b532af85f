import { beforeEach, describe, expect, it } from 'vitest';
import type { Answer } from '../../../test/support/api-harness.ts';
import { type ElbWorld, elbWorld, forwardTo } from '../../../test/support/elb-world.ts';

let world: ElbWorld;
let balancer: Answer;
let blue: Answer;
let green: Answer;

beforeEach(async () => {
  world = await elbWorld();
  balancer = await world.balancer();
  blue = await world.group('blue');
  green = await world.group('green');
});

const path = (...Values: string[]): object[] => [{ Field: 'path-pattern', Values }];

async function rule(ListenerArn: string, Priority: number, input: object = {}): Promise<Answer> {
  const asked = { ListenerArn, Priority, Conditions: path(`/${Priority}`), Actions: forwardTo(blue), ...input };
  return (await world.call('CreateRule', asked)).Rules[0];
}

describe('a listener', () => {
  it('has its default actions as a rule', async () => {
    const listener = await world.listener(balancer, blue);
    const shared = balancer.LoadBalancerArn.split(':loadbalancer/')[1];
    expect(listener.ListenerArn).toContain(`:listener/${shared}/`);
    const forward = {
      Type: 'forward',
      TargetGroupArn: blue.TargetGroupArn,
      Order: 1,
      ForwardConfig: {
        TargetGroups: [{ TargetGroupArn: blue.TargetGroupArn, Weight: 1 }],
        TargetGroupStickinessConfig: { Enabled: false },
      },
    };
    expect(listener).toMatchObject({ Port: 80, Protocol: 'HTTP', DefaultActions: [forward] });
    const own = await world.defaultRule(listener);
    expect(own).toMatchObject({ Priority: 'default', IsDefault: true, Conditions: [], Actions: [forward] });
    expect(own.RuleArn).toContain(`:listener-rule/${listener.ListenerArn.split(':listener/')[1]}/`);
    expect(await world.failing('DeleteRule', { RuleArn: own.RuleArn })).toMatch(/^OperationNotPermitted/);
    await world.call('ModifyListener', { ListenerArn: listener.ListenerArn, DefaultActions: forwardTo(blue, green) });
    const { Listeners } = await world.call('DescribeListeners', { LoadBalancerArn: balancer.LoadBalancerArn });
    expect(Listeners[0].DefaultActions[0]).not.toHaveProperty('TargetGroupArn');
    expect(Listeners[0].DefaultActions[0].ForwardConfig.TargetGroups).toEqual([
      { TargetGroupArn: blue.TargetGroupArn, Weight: 100 },
      { TargetGroupArn: green.TargetGroupArn, Weight: 0 },
    ]);
  });

  it('has its port to itself', async () => {
    await world.listener(balancer, blue);
    const { LoadBalancerArn } = balancer;
    const asked = { LoadBalancerArn, Protocol: 'HTTP', Port: 80, DefaultActions: forwardTo(green) };
    expect(await world.failing('CreateListener', asked)).toBe(
      `DuplicateListener: A listener already exists on this port for this load balancer '${LoadBalancerArn}'`,
    );
    const second = await world.listener(balancer, green, { Port: 81 });
    const move = { ListenerArn: second.ListenerArn, Port: 80 };
    expect(await world.failing('ModifyListener', move)).toMatch(/^DuplicateListener/);
    await world.call('ModifyListener', { ...move, Port: 82 });
  });

  it.each([
    [
      'TCP of an application',
      { Protocol: 'TCP' },
      /^ValidationError: Listener protocol 'TCP' must be one of 'HTTP, HTTPS'/,
    ],
    [
      'no certificate',
      { Protocol: 'HTTPS', Port: 443 },
      /^CertificateNotFound: A certificate must be specified for HTTPS/,
    ],
    [
      'a foreign certificate',
      { Protocol: 'HTTPS', Certificates: [{ CertificateArn: 'arn:aws:acm:eu-west-1:1:certificate/x' }] },
      /^CertificateNotFound/,
    ],
    ['a policy', { SslPolicy: 'ELBSecurityPolicy-2016-08' }, /^ValidationError: A security policy/],
    [
      'no such policy',
      { Protocol: 'HTTPS', SslPolicy: 'x', Certificates: [{ CertificateArn: 'a' }] },
      /^SSLPolicyNotFound/,
    ],
    ['a port', { Port: 65_536 }, /^ValidationError/],
    ['OIDC', { DefaultActions: [{ Type: 'authenticate-oidc' }] }, /authenticate-oidc' is not part of this version/],
    ['mutual TLS', { MutualAuthentication: { Mode: 'verify' } }, /not part of this version/],
  ])('is refused for %s', async (_, input, text) => {
    const asked = {
      LoadBalancerArn: balancer.LoadBalancerArn,
      Protocol: 'HTTP',
      Port: 80,
      DefaultActions: forwardTo(blue),
    };
    expect(await world.failing('CreateListener', { ...asked, ...input })).toMatch(text);
  });

  it('shows certificates of ACM, and may have more', async () => {
    const certificates: string[] = [];
    for (const DomainName of ['a.example.com', 'b.example.com']) {
      const asked = { DomainName, ValidationMethod: 'DNS' };
      certificates.push((await world.harness.call('RequestCertificate', asked, { service: 'acm' })).CertificateArn);
    }
    const [first, second] = certificates.map((CertificateArn) => ({ CertificateArn }));
    const secure = { Protocol: 'HTTPS', Port: 443, Certificates: [first] };
    const { ListenerArn, SslPolicy, Certificates } = await world.listener(balancer, blue, secure);
    expect([SslPolicy, Certificates]).toEqual(['ELBSecurityPolicy-2016-08', [first]]);
    await world.call('AddListenerCertificates', { ListenerArn, Certificates: [second] });
    const described = async () => (await world.call('DescribeListenerCertificates', { ListenerArn })).Certificates;
    expect(await described()).toEqual([
      { ...first, IsDefault: true },
      { ...second, IsDefault: false },
    ]);
    expect(await world.failing('RemoveListenerCertificates', { ListenerArn, Certificates: [first] })).toBe(
      `OperationNotPermitted: Default certificate '${first?.CertificateArn}' cannot be removed`,
    );
    await world.call('RemoveListenerCertificates', { ListenerArn, Certificates: [second] });
    expect(await described()).toEqual([{ ...first, IsDefault: true }]);
  });

  it('has attributes, and goes with its rules', async () => {
    const { ListenerArn } = await world.listener(balancer, blue);
    const Attributes = [{ Key: 'routing.http.response.server.enabled', Value: 'false' }];
    await world.call('ModifyListenerAttributes', { ListenerArn, Attributes });
    const described = await world.call('DescribeListenerAttributes', { ListenerArn });
    expect(described.Attributes).toHaveLength(11);
    expect(described.Attributes[0]).toEqual(Attributes[0]);
    await rule(ListenerArn, 1);
    await world.call('DeleteListener', { ListenerArn });
    expect(world.harness.store.view.listenerRules.size).toBe(0);
  });

  it('of a network load balancer takes TCP and UDP on one port', async () => {
    const network = await world.balancer({ Name: 'net', Type: 'network' });
    const tcp = await world.group('tcp', { Protocol: 'TCP' });
    const udp = await world.group('udp', { Protocol: 'UDP' });
    const listener = await world.listener(network, tcp, { Protocol: 'TCP', Port: 53 });
    await world.listener(network, udp, { Protocol: 'UDP', Port: 53 });
    expect(
      await world.failing('CreateRule', {
        ListenerArn: listener.ListenerArn,
        Priority: 1,
        Conditions: path('/'),
        Actions: forwardTo(tcp),
      }),
    ).toMatch(/Rules are not supported/);
    const fixed = [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '200' } }];
    expect(await world.failing('ModifyListener', { ListenerArn: listener.ListenerArn, DefaultActions: fixed })).toMatch(
      /Action type 'fixed-response' is not supported/,
    );
  });
});

describe('rules', () => {
  it('show each condition as AWS does', async () => {
    const { ListenerArn } = await world.listener(balancer, blue);
    const conditions = [
      { Field: 'host-header', HostHeaderConfig: { Values: ['*.example.com'] } },
      { HttpHeaderConfig: { HttpHeaderName: 'X-Env', Values: ['test'] } },
      { Field: 'http-request-method', HttpRequestMethodConfig: { Values: ['GET'] } },
      { Field: 'query-string', QueryStringConfig: { Values: [{ Key: 'v', Value: '1' }] } },
      { Field: 'source-ip', SourceIpConfig: { Values: ['10.0.0.0/8'] } },
    ];
    expect((await rule(ListenerArn, 1, { Conditions: conditions })).Conditions).toEqual([
      { Field: 'host-header', Values: ['*.example.com'], HostHeaderConfig: { Values: ['*.example.com'] } },
      { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'X-Env', Values: ['test'] } },
      { Field: 'http-request-method', HttpRequestMethodConfig: { Values: ['GET'] } },
      { Field: 'query-string', QueryStringConfig: { Values: [{ Key: 'v', Value: '1' }] } },
      { Field: 'source-ip', SourceIpConfig: { Values: ['10.0.0.0/8'] } },
    ]);
    const regex = { Field: 'path-pattern', PathPatternConfig: { RegexValues: ['^/v[0-9]+/'] } };
    expect((await rule(ListenerArn, 2, { Conditions: [regex] })).Conditions).toEqual([regex]);
  });

  it.each([
    ['no value', [{ Field: 'path-pattern' }]],
    ['too many values', path('/1', '/2', '/3', '/4', '/5', '/6')],
    ['two of a kind', [...path('/1'), ...path('/2')]],
    ['a field', [{ Field: 'cookie', Values: ['a'] }]],
    ['a range', [{ Field: 'source-ip', SourceIpConfig: { Values: ['10.0.0.0/33'] } }]],
    ['a regex', [{ Field: 'path-pattern', PathPatternConfig: { RegexValues: ['('] } }]],
    ['a host', [{ Field: 'host-header', Values: ['web'] }]],
    ['none', []],
  ])('are refused for %s', async (_, Conditions) => {
    const { ListenerArn } = await world.listener(balancer, blue);
    const asked = { ListenerArn, Priority: 1, Conditions, Actions: forwardTo(blue) };
    expect(await world.failing('CreateRule', asked)).toMatch(/^(ValidationError|InvalidConfigurationRequest): /);
  });

  it('redirect, answer and forward by weight', async () => {
    const { ListenerArn } = await world.listener(balancer, blue);
    const redirect = { Type: 'redirect', RedirectConfig: { Protocol: 'HTTPS', Port: '443', StatusCode: 'HTTP_301' } };
    expect((await rule(ListenerArn, 1, { Actions: [redirect] })).Actions).toEqual([
      {
        Type: 'redirect',
        Order: 1,
        RedirectConfig: {
          Protocol: 'HTTPS',
          Port: '443',
          Host: '#{host}',
          Path: '/#{path}',
          Query: '#{query}',
          StatusCode: 'HTTP_301',
        },
      },
    ]);
    const fixed = {
      Type: 'fixed-response',
      FixedResponseConfig: { StatusCode: '503', ContentType: 'text/plain', MessageBody: 'no' },
    };
    expect((await rule(ListenerArn, 2, { Actions: [fixed] })).Actions).toEqual([{ ...fixed, Order: 1 }]);
    const weighted = {
      Type: 'forward',
      ForwardConfig: {
        TargetGroups: [
          { TargetGroupArn: blue.TargetGroupArn, Weight: 90 },
          { TargetGroupArn: green.TargetGroupArn, Weight: 10 },
        ],
        TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 60 },
      },
    };
    expect(await rule(ListenerArn, 3, { Actions: [weighted] })).toMatchObject({ Actions: [{ ...weighted, Order: 1 }] });
    const rewrite = { Type: 'url-rewrite', UrlRewriteConfig: { Rewrites: [{ Regex: '^/api', Replace: '/' }] } };
    const rewriting = { ListenerArn, Priority: 5, Conditions: path('/'), Actions: [weighted], Transforms: [rewrite] };
    expect(await world.failing('CreateRule', rewriting)).toMatch(/A transform is not part of this version/);
    const itself = { ...redirect, RedirectConfig: { StatusCode: 'HTTP_302' } };
    const asked = { ListenerArn, Priority: 4, Conditions: path('/'), Actions: [itself] };
    expect(await world.failing('CreateRule', asked)).toMatch(/^InvalidConfigurationRequest/);
  });

  it('are told in the order in which they are tried, and change places at once', async () => {
    const { ListenerArn } = await world.listener(balancer, blue);
    const [five, two] = [await rule(ListenerArn, 5), await rule(ListenerArn, 2)];
    const asked = { ListenerArn, Priority: 2, Conditions: path('/'), Actions: forwardTo(blue) };
    expect(await world.failing('CreateRule', asked)).toBe("PriorityInUse: Priority '2' is currently in use");
    const priorities = async (): Promise<string[]> =>
      (await world.call('DescribeRules', { ListenerArn })).Rules.map(({ Priority }: Answer) => Priority);
    expect(await priorities()).toEqual(['2', '5', 'default']);
    const pairs = (a: number, b: number): object => ({
      RulePriorities: [
        { RuleArn: five.RuleArn, Priority: a },
        { RuleArn: two.RuleArn, Priority: b },
      ],
    });
    const { Rules } = await world.call('SetRulePriorities', pairs(2, 5));
    expect(Rules.map(({ Priority }: Answer) => Priority)).toEqual(['2', '5']);
    expect(await world.failing('SetRulePriorities', pairs(7, 7))).toMatch(/^PriorityInUse/);
    await world.call('DeleteRule', { RuleArn: five.RuleArn });
    expect(await priorities()).toEqual(['5', 'default']);
    expect(await world.failing('DescribeRules', { RuleArns: [five.RuleArn] })).toBe(
      'RuleNotFound: One or more rules not found',
    );
  });
});
