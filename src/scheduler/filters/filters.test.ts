import { expect, test } from 'vitest';
import { refusalOf } from '../pipeline.ts';
import { parseQuery } from '../query/query.ts';
import { host, request } from '../test-support/hosts.ts';
import type { HostView, PlacementRequest } from '../types.ts';
import { FilterChain } from './chain.ts';
import { memberOf } from './member-of.ts';

const bigPorts = new Set(Array.from({ length: 99 }, (_, index) => 1000 + index));

const refused: readonly [string, HostView, PlacementRequest, string, string][] = [
  ['inactive', host('a', { status: 'INACTIVE' }), request(), 'INACTIVE', 'the instance is INACTIVE'],
  ['draining', host('a', { status: 'DRAINING' }), request(), 'DRAINING', 'the instance is DRAINING'],
  ['agent away', host('a', { agentConnected: false }), request(), 'AGENT', 'the agent is not connected'],
  [
    'draining comes before the agent',
    host('a', { status: 'DRAINING', agentConnected: false }),
    request(),
    'DRAINING',
    'the instance is DRAINING',
  ],
  [
    'EXTERNAL task, ordinary instance',
    host('a'),
    request({ launchType: 'EXTERNAL' }),
    'ATTRIBUTE',
    'attribute ecs.capability.external is missing',
  ],
  [
    'EC2 task, external instance',
    host('a', { external: true }),
    request(),
    'ATTRIBUTE',
    'an external instance takes only tasks of launch type EXTERNAL',
  ],
  [
    'attribute missing',
    host('a'),
    request({ requiresAttributes: [{ name: 'ecs.capability.task-eni' }] }),
    'ATTRIBUTE',
    'attribute ecs.capability.task-eni is missing',
  ],
  [
    'attribute of another value',
    host('a', { attributes: { 'ecs.cpu-architecture': 'x86_64' } }),
    request({ requiresAttributes: [{ name: 'ecs.cpu-architecture', value: 'arm64' }] }),
    'ATTRIBUTE',
    'attribute ecs.cpu-architecture is "x86_64", not "arm64"',
  ],
  [
    'attribute names are exact',
    host('a', { attributes: { Stack: '' } }),
    request({ requiresAttributes: [{ name: 'stack' }] }),
    'ATTRIBUTE',
    'attribute stack is missing',
  ],
  [
    'five attributes missing',
    host('a'),
    request({ requiresAttributes: ['a', 'b', 'c', 'd', 'e'].map((name) => ({ name })) }),
    'ATTRIBUTE',
    'attribute a is missing, attribute b is missing, attribute c is missing and 2 more',
  ],
  [
    'zone',
    host('a', { availabilityZone: 'us-east-1c' }),
    request({ zones: ['us-east-1a', 'us-east-1b', 'us-east-1a'] }),
    'LOCATION',
    'the instance is in us-east-1c, the subnets are in us-east-1a, us-east-1b',
  ],
  [
    'no zone',
    host('a', { availabilityZone: '' }),
    request({ zones: [] }),
    'LOCATION',
    'the instance is in no zone, the subnets are in none',
  ],
  [
    'cpu',
    host('a', { freeCpuUnits: 128 }),
    request({ reserves: { cpuUnits: 512 } }),
    'RESOURCE:CPU',
    'needs 512 CPU units, 128 are free',
  ],
  ['memory', host('a', { freeMemoryMiB: 511 }), request(), 'RESOURCE:MEMORY', 'needs 512 MiB of memory, 511 are free'],
  [
    'cpu comes before memory',
    host('a', { freeMemoryMiB: 0, freeCpuUnits: 0 }),
    request(),
    'RESOURCE:CPU',
    'needs 256 CPU units, 0 are free',
  ],
  [
    'tcp port',
    host('a', { usedTcpPorts: new Set([8080]) }),
    request({ reserves: { tcpPorts: [80, 8080] } }),
    'RESOURCE:PORTS',
    'TCP port 8080 is in use',
  ],
  [
    'tcp ports',
    host('a', { usedTcpPorts: new Set([80, 443]) }),
    request({ reserves: { tcpPorts: [80, 443] } }),
    'RESOURCE:PORTS',
    'TCP ports 80, 443 are in use',
  ],
  [
    'udp port',
    host('a', { usedUdpPorts: new Set([53]) }),
    request({ reserves: { udpPorts: [53] } }),
    'RESOURCE:PORTS_UDP',
    'UDP port 53 is in use',
  ],
  [
    'port limit',
    host('a', { usedTcpPorts: bigPorts }),
    request({ reserves: { tcpPorts: [80], udpPorts: [53] } }),
    'RESOURCE:PORTS',
    'needs 2 host ports, 99 of 100 are reserved',
  ],
  [
    'gpu',
    host('a', { freeGpuIds: ['g0'] }),
    request({ reserves: { gpuCount: 2 } }),
    'RESOURCE:GPU',
    'needs 2 GPUs, 1 are free',
  ],
  [
    'an interface',
    host('a', { freeInterfaces: 0 }),
    request({ interfaces: 1 }),
    'RESOURCE:ENI',
    'needs 1 network interface, 0 are free',
  ],
  [
    'memberOf',
    host('a'),
    request({ constraints: [{ type: 'memberOf', expression: 'attribute:stack == prod' }] }),
    'MemberOf placement constraint unsatisfied',
    'the expression attribute:stack == prod is false',
  ],
  [
    'second memberOf',
    host('a', { attributes: { stack: 'prod' } }),
    request({
      constraints: [
        { type: 'memberOf', expression: 'attribute:stack == prod' },
        { type: 'memberOf', expression: 'runningTasksCount > 3' },
      ],
    }),
    'MemberOf placement constraint unsatisfied',
    'the expression runningTasksCount > 3 is false',
  ],
  [
    'memberOf that does not parse',
    host('a'),
    request({ constraints: [{ type: 'memberOf', expression: 'nonsense' }] }),
    'MemberOf placement constraint unsatisfied',
    'the expression nonsense is invalid: "nonsense" is no subject',
  ],
  [
    'distinctInstance',
    host('a', { tasksByGroup: { 'service:web': 1 } }),
    request({ constraints: [{ type: 'distinctInstance' }] }),
    'DistinctInstance placement constraint unsatisfied',
    'a task of service:web is on the instance',
  ],
];

test.each(refused)('refuses: %s', (_, view, wanted, reason, detail) => {
  expect(refusalOf(view, wanted)).toEqual({ reason, detail });
});

const doubled = host('a', { attributes: { stack: 'prod' } });
const twice = { ...doubled, attributes: [...doubled.attributes, { name: 'stack', value: 'prod' }] };

const accepted: readonly [string, HostView, PlacementRequest][] = [
  ['a task that takes exactly what is left', host('a', { freeCpuUnits: 256, freeMemoryMiB: 512 }), request()],
  ['a task that takes nothing of a full host', host('a', { freeCpuUnits: 0 }), request({ reserves: { cpuUnits: 0 } })],
  ['an EXTERNAL task on an external instance', host('a', { external: true }), request({ launchType: 'EXTERNAL' })],
  ['a zone of the subnets', host('a'), request({ zones: ['us-east-1b', 'us-east-1a'] })],
  ['any zone on Fargate', host('a'), request({ launchType: 'FARGATE', zones: ['eu-west-1c'] })],
  [
    'an attribute of any value',
    host('a', { attributes: { stack: 'prod' } }),
    request({ requiresAttributes: [{ name: 'stack' }] }),
  ],
  [
    'an attribute of the value',
    host('a', { attributes: { stack: 'prod' } }),
    request({ requiresAttributes: [{ name: 'stack', value: 'prod' }] }),
  ],
  ['an attribute that is there twice', twice, request({ requiresAttributes: [{ name: 'stack', value: 'prod' }] })],
  ['a TCP port taken for UDP', host('a', { usedUdpPorts: new Set([53]) }), request({ reserves: { tcpPorts: [53] } })],
  ['the hundredth port', host('a', { usedTcpPorts: bigPorts }), request({ reserves: { tcpPorts: [80] } })],
  [
    'no port on a host that reserves over a hundred',
    host('a', { usedTcpPorts: new Set([...bigPorts, 1, 2]) }),
    request(),
  ],
  ['the last GPU', host('a', { freeGpuIds: ['g0'] }), request({ reserves: { gpuCount: 1 } })],
  ['the last interface', host('a', { freeInterfaces: 1 }), request({ interfaces: 1 })],
  ['no interface left for a task without one', host('a', { freeInterfaces: 0 }), request()],
  [
    'distinctInstance beside another group',
    host('a', { tasksByGroup: { 'service:api': 3, 'service:web': 0 } }),
    request({ constraints: [{ type: 'distinctInstance' }] }),
  ],
  [
    'memberOf',
    host('a', { attributes: { stack: 'prod' } }),
    request({ constraints: [{ type: 'memberOf', expression: 'attribute:stack =~ pr.*' }] }),
  ],
];

test.each(accepted)('accepts: %s', (_, view, wanted) => {
  expect(refusalOf(view, wanted)).toBeUndefined();
});

test('the stage of a refusal grows along the chain', () => {
  const chain = new FilterChain(request({ constraints: [{ type: 'distinctInstance' }] }), parseQuery);
  const stages = [
    host('a', { status: 'INACTIVE' }),
    host('a', { external: true }),
    host('a', { freeCpuUnits: 0 }),
    host('a', { freeMemoryMiB: 0 }),
    host('a', { tasksByGroup: { 'service:web': 1 } }),
  ].map((view) => chain.judge(view)?.stage ?? Infinity);
  expect(stages).toEqual([...stages].sort((left, right) => left - right));
  expect(new Set(stages).size).toBe(stages.length);
});

test('a fault in the parser itself is not taken for a wrong expression', () => {
  const parse = (): never => {
    throw new TypeError('broken');
  };
  expect(() => memberOf('runningTasksCount == 1', parse)).toThrow(TypeError);
});
