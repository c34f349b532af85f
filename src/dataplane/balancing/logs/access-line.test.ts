import { expect, test } from 'vitest';
import type { BalancerDocument } from '#wire/link';
import { backendName } from '../render/names.ts';
import { accessLine } from './access-line.ts';
import { objectName } from './access-log.ts';

const group = 'arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/web/7';
const balancerArn = 'arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/web/50dc6c495c0c9188';
const balancer = {
  attributes: { 'access_logs.s3.bucket': 'logs', 'access_logs.s3.prefix': 'a/../b' },
  listeners: [
    {
      listenerArn: 'arn:listener',
      port: 80,
      protocol: 'HTTP',
      rules: [
        {
          ruleArn: 'r',
          priority: 7,
          conditions: [],
          action: { type: 'forward', targetGroups: [{ targetGroupArn: group, weight: 1 }] },
        },
        { ruleArn: 'd', conditions: [], action: { type: 'fixed-response', statusCode: 404 } },
      ],
    },
  ],
} as unknown as BalancerDocument;

function event(more: Partial<Record<string, string>> = {}): string {
  const fields = {
    listener: 'arn:listener',
    began: '1795377600.250',
    client: '192.0.2.1:5000',
    target: '10.0.0.5:8080',
    timers: '0,1,2,40,50',
    status: '200',
    targetStatus: '200',
    received: '120',
    sent: '900',
    ending: '--',
    backend: backendName(group, 'http'),
    rule: '0',
    cipher: '-',
    tls: '-',
    trace: 'Root%3D1-2-3',
    sni: '-',
    host: 'web.test%3A80',
    agent: 'curl%2F8%20%22odd%22%09one',
    method: 'GET',
    url: '/a?b=%20c',
    version: 'HTTP/1.1',
    ...more,
  };
  return `access ${Object.values(fields).join(' ')}`;
}

test('a request that a target answered', () => {
  expect(accessLine(event(), balancerArn, balancer)).toBe(
    [
      'http 2026-11-22T20:00:00.300000Z app/web/50dc6c495c0c9188 192.0.2.1:5000 10.0.0.5:8080 0.003 0.040 0.007 200 200 120 900',
      '"GET http://web.test:80/a?b=%20c HTTP/1.1" "curl/8 \\x22odd\\x22\\x09one" - -',
      `${group} "Root=1-2-3" "-" "-" 7 2026-11-22T20:00:00.250000Z "forward" "-" "-" "10.0.0.5:8080" "200" "-" "-" -`,
    ].join(' '),
  );
});

test('one that the balancer answered itself', () => {
  const line = accessLine(
    event({ target: '-:-', timers: '0,-1,-1,-1,3', status: '404', targetStatus: '-', backend: 'a1', rule: '1' }),
    balancerArn,
    balancer,
  );
  expect(line).toContain('192.0.2.1:5000 - -1 -1 -1 404 - 120 900');
  expect(line).toContain(' - "Root=1-2-3" "-" "-" 0 2026-11-22T20:00:00.250000Z "fixed-response"');
});

test('what is no event of a request is no line', () => {
  expect(accessLine('check c1 --', balancerArn, balancer)).toBeUndefined();
  expect(accessLine(event({ listener: 'arn:other' }), balancerArn, balancer)).toBeUndefined();
  expect(accessLine('access short', balancerArn, balancer)).toBeUndefined();
});

test('a file’s name is AWS’s, and stays in its folder', () => {
  const name = objectName({ balancerArn, balancer, address: '10.0.0.1', endMs: 1_795_377_600_000 });
  expect(name).toMatch(
    /^logs\/a\/_\/b\/AWSLogs\/111122223333\/elasticloadbalancing\/us-east-1\/2026\/11\/22\/111122223333_elasticloadbalancing_us-east-1_app\.web\.50dc6c495c0c9188_20261122T2000Z_10\.0\.0\.1_[0-9a-f]{8}\.log\.gz$/,
  );
});
