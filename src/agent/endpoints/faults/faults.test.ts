import { beforeEach, describe, expect, it } from 'vitest';
import type { PayloadTask } from '#wire/link';
import { payloadTask } from '../../testing.ts';
import { SimulatedHost } from '../../testing-host.ts';
import { type Asked, endpointDeps, SimulatedEndpoints, SimulatedFaultCommands, SimulatedTaskApi } from '../testing.ts';
import { startArgs } from './netem.ts';

let host: SimulatedHost;
let endpoints: SimulatedEndpoints;
let commands: SimulatedFaultCommands;

beforeEach(async () => {
  host = new SimulatedHost();
  endpoints = new SimulatedEndpoints();
  commands = new SimulatedFaultCommands();
  host.endpoints = endpointDeps(endpoints, new SimulatedTaskApi(), commands);
  await host.start();
});

const eni = {
  attachmentArn: 'a',
  ec2Id: 'eni-0123456789abcdef0',
  macAddress: '0a:00:00:00:00:01',
  index: 0,
  interfaceAssociationProtocol: 'default',
  ipv4Addresses: [{ privateAddress: '172.31.17.10', primary: true }],
  subnetGatewayIpv4Address: '172.31.16.1/20',
  privateDnsName: 'name',
};
const vpc: Partial<PayloadTask> = {
  networkMode: 'awsvpc',
  elasticNetworkInterfaces: [eni],
  enableFaultInjection: true,
};

async function run(over: Partial<PayloadTask> = vpc): Promise<void> {
  const task = payloadTask(host.ids, {}, over);
  host.controlPlane.assign(task);
  await host.pass(5000);
  expect(host.controlPlane.lastReport(task.arn)?.status).toBe('RUNNING');
}

function uri(): string {
  const entries = host.runtime.bodyOf('-app-')['Env'] as string[];
  return entries.find((entry) => entry.startsWith('ECS_AGENT_URI='))?.slice('ECS_AGENT_URI='.length) ?? '';
}

/** Asks after the pause that the endpoints want between two requests of a kind. */
async function ask(what: string, body: object | string = ''): Promise<Asked> {
  await host.pass(5000);
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return endpoints.ask(`${uri()}/fault/v1/${what}`, { method: 'POST', body: text });
}

const web = { Port: 80, Protocol: 'tcp', TrafficType: 'egress' };
const latency = { DelayMilliseconds: 100, JitterMilliseconds: 10, Sources: ['10.0.0.0/8'] };
const loss = { LossPercent: 5, Sources: ['10.0.0.1'] };

describe('a black hole for a port', () => {
  it('is there from start to stop, in the namespace of the task', async () => {
    await run();
    expect((await ask('network-blackhole-port/status', web)).body).toEqual({ Status: 'not-running' });
    commands.lines.length = 0;
    const filter = { ...web, SourcesToFilter: ['10.1.2.3', 'fd00::/8'] };
    expect(await ask('network-blackhole-port/start', filter)).toEqual({ status: 200, body: { Status: 'running' } });
    const [pid] = [...host.network.attached.values()].map((each) => each.pid);
    expect(commands.lines.every((line) => line.startsWith(`${pid}: `))).toBe(true);
    expect(commands.chains.get('iptables egress-tcp-80')).toEqual([
      '-p tcp --dport 80 -d 10.1.2.3 -j ACCEPT',
      '-p tcp --dport 80 -d 169.254.170.2 -j ACCEPT',
      '-p tcp --dport 80 -j DROP',
    ]);
    expect(commands.chains.get('ip6tables egress-tcp-80')).toEqual([
      '-p tcp --dport 80 -d fd00::/8 -j ACCEPT',
      '-p tcp --dport 80 -j DROP',
    ]);
    expect(commands.chains.get('iptables OUTPUT')).toEqual(['-j egress-tcp-80']);
    expect((await ask('network-blackhole-port/status', web)).body).toEqual({ Status: 'running' });
    expect((await ask('network-blackhole-port/start', web)).body).toEqual({ Status: 'running' });
    expect((await ask('network-blackhole-port/stop', web)).body).toEqual({ Status: 'stopped' });
    expect(commands.chains.get('iptables OUTPUT')).toEqual([]);
    expect(commands.chains.has('iptables egress-tcp-80')).toBe(false);
    expect(commands.chains.has('ip6tables egress-tcp-80')).toBe(false);
    expect((await ask('network-blackhole-port/stop', web)).body).toEqual({ Status: 'stopped' });
  });

  it('is for what comes in by its sources, and does without IPv6 and with what an interrupted start left', async () => {
    await run();
    commands.ipv6 = false;
    commands.chains.set('iptables ingress-udp-53', ['-p udp --dport 53 -j DROP']);
    const dns = { Port: 53, Protocol: 'udp', TrafficType: 'ingress', SourcesToFilter: ['10.1.0.0/16'] };
    expect((await ask('network-blackhole-port/start', dns)).body).toEqual({ Status: 'running' });
    expect(commands.chains.get('iptables ingress-udp-53')).toEqual([
      '-p udp --dport 53 -s 10.1.0.0/16 -j ACCEPT',
      '-p udp --dport 53 -j DROP',
    ]);
    expect(commands.chains.get('iptables INPUT')).toEqual(['-j ingress-udp-53']);
  });
});

describe('latency and loss', () => {
  it('exclude each other', async () => {
    await run();
    expect((await ask('network-latency/start', latency)).body).toEqual({ Status: 'running' });
    expect(commands.lines.join('\n')).toContain('tc qdisc add dev eth0 parent 1:1 handle 10: netem delay 100ms 10ms');
    expect((await ask('network-latency/status')).body).toEqual({ Status: 'running' });
    expect((await ask('network-packet-loss/status')).body).toEqual({ Status: 'not-running' });
    expect(await ask('network-packet-loss/start', loss)).toEqual({
      status: 409,
      body: { Error: 'There is already one network latency fault running' },
    });
    expect((await ask('network-packet-loss/stop')).body).toEqual({ Status: 'stopped' });
    expect((await ask('network-latency/status')).body).toEqual({ Status: 'running' });
    expect((await ask('network-latency/stop')).body).toEqual({ Status: 'stopped' });
    expect((await ask('network-packet-loss/start', loss)).body).toEqual({ Status: 'running' });
    expect((await ask('network-packet-loss/status')).body).toEqual({ Status: 'running' });
  });

  it('are on the device of the default route for a task in the host’s network', async () => {
    await run({ networkMode: 'host', enableFaultInjection: true });
    await ask('network-latency/start', latency);
    expect(commands.lines).toContain(
      'host: tc qdisc add dev ens5 root handle 1: prio priomap 2 2 2 2 2 2 2 2 2 2 2 2 2 2 2 2',
    );
  });

  it('leave nothing behind when a command fails', async () => {
    await run();
    commands.failing = /u32/;
    expect(await ask('network-latency/start', latency)).toEqual({ status: 500, body: { Error: 'internal error' } });
    expect(commands.lines.at(-1)).toMatch(/tc qdisc del dev eth0 root$/);
    expect((await ask('network-latency/status')).body).toEqual({ Status: 'not-running' });
  });

  it('spare some addresses, and are for a part of the flows', () => {
    const fault = { kind: 'network-packet-loss', effect: ['loss', '5%'] } as const;
    const lines = (flowsPercent: number): string[] =>
      startArgs({ ...fault, sources: ['10.0.0.1'], sourcesToFilter: ['fd00::1'], flowsPercent }, 'eth0').map((args) =>
        args.join(' '),
      );
    expect(lines(100)).toEqual([
      'qdisc add dev eth0 root handle 1: prio priomap 2 2 2 2 2 2 2 2 2 2 2 2 2 2 2 2',
      'qdisc add dev eth0 parent 1:1 handle 10: netem loss 5%',
      'filter add dev eth0 protocol ipv6 parent 1:0 prio 11 u32 match ip6 dst fd00::1 flowid 1:3',
      'filter add dev eth0 protocol ip parent 1:0 prio 2 u32 match ip dst 10.0.0.1 flowid 1:1',
    ]);
    const leaves = lines(37).filter((line) => line.includes('netem'));
    expect(leaves).toHaveLength(37);
    expect(new Set(leaves.map((line) => / parent (\S+)/.exec(line)?.[1])).size).toBe(37);
    expect(leaves.at(-1)).toBe('qdisc add dev eth0 parent 103:7 handle 236: netem loss 5%');
    expect(lines(37).filter((line) => line.includes('flow hash'))).toHaveLength(11);
  });
});

describe('a request for a fault', () => {
  it('needs a task definition that allows it, and a network of the task’s or the host’s', async () => {
    await run({ networkMode: 'awsvpc', elasticNetworkInterfaces: [eni] });
    expect((await ask('network-latency/status')).body.Error).toMatch(/^enableFaultInjection is not enabled for task: /);
    host.runtime.endContainer('-app-', 0);
    await host.pass(60_000);
    host = new SimulatedHost();
    host.endpoints = endpointDeps(endpoints, new SimulatedTaskApi(), commands);
    await host.start();
    await run({ networkMode: 'bridge', enableFaultInjection: true });
    expect((await ask('network-latency/status')).body.Error).toBe(
      'bridge mode is not supported. Please use either host or awsvpc mode.',
    );
  });

  it.each([
    ['network-blackhole-port/start', '', 'required request body is missing'],
    ['network-blackhole-port/stop', {}, 'required parameter Port is missing'],
    ['network-blackhole-port/status', { ...web, Port: 65_536 }, 'invalid value 65536 for parameter Port'],
    ['network-blackhole-port/start', { ...web, Protocol: 'icmp' }, 'invalid value icmp for parameter Protocol'],
    ['network-blackhole-port/start', { ...web, TrafficType: 'out' }, 'invalid value out for parameter TrafficType'],
    [
      'network-blackhole-port/start',
      { ...web, SourcesToFilter: ['1.2.3.4 -j ACCEPT'] },
      'invalid value 1.2.3.4 -j ACCEPT for parameter SourcesToFilter',
    ],
    ['network-latency/start', { ...latency, Sources: [] }, 'required parameter Sources is missing'],
    [
      'network-latency/start',
      { ...latency, DelayMilliseconds: -1 },
      'invalid value -1 for parameter DelayMilliseconds',
    ],
    ['network-packet-loss/start', { ...loss, LossPercent: 101 }, 'invalid value 101 for parameter LossPercent'],
    [
      'network-packet-loss/start',
      { ...loss, Sources: ['10.0.0.0/33'] },
      'invalid value 10.0.0.0/33 for parameter Sources',
    ],
    ['network-packet-loss/start', { ...loss, FlowsPercent: 0 }, 'invalid value 0 for parameter FlowsPercent'],
  ])('%s is refused: %j', async (what, body, problem) => {
    await run();
    expect(await ask(what, body)).toEqual({ status: 400, body: { Error: problem } });
    expect(commands.lines).toEqual([]);
  });

  it('may come once in five seconds for each thing, and only to what there is', async () => {
    await run();
    expect((await ask('network-latency/status')).status).toBe(200);
    const again = { method: 'POST' };
    expect(await endpoints.ask(`${uri()}/fault/v1/network-latency/status`, again)).toEqual({
      status: 429,
      body: { Error: 'You have reached maximum request limit' },
    });
    expect((await endpoints.ask(`${uri()}/fault/v1/network-packet-loss/status`, again)).status).toBe(200);
    expect((await ask('network-latency/status')).status).toBe(200);
    expect((await ask('network-latency/pause')).status).toBe(404);
    expect((await ask('disk-full/start')).status).toBe(404);
    expect((await endpoints.ask(`${uri()}/fault/v1/network-latency/status`)).status).toBe(405);
  });

  it('is given up after five seconds', async () => {
    await run();
    commands.hangs = true;
    const asked = endpoints.ask(`${uri()}/fault/v1/network-latency/status`, { method: 'POST' });
    await host.pass(5000);
    expect(await asked).toEqual({ status: 500, body: { Error: 'network-latency: request timed out' } });
  });
});
