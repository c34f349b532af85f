import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Host, Hosts } from '../../support/hosts.ts';
import { type Answer, testImage } from '../../support/installation.ts';
import { namespaceOf, type Place } from '../../support/probes.ts';

/**
 * Three hosts, each with a node of an Application and of a Network Load Balancer and a task behind both. A client on one
 * of them calls both by name without a pause while another host goes silent, and when it is back.
 */
let hosts: Hosts;
let client: Place;
let names: readonly string[] = [];
const caller = 0;
const lost = 1;

const until = <T>(what: string, condition: () => Promise<T | undefined | false>): Promise<T> =>
  hosts.installation.until(what, condition, 60_000);

beforeAll(async () => {
  hosts = await Hosts.start();
  const { installation } = hosts;
  const { Vpcs } = await installation.ec2('DescribeVpcs');
  const { VpcId } = Vpcs[0];
  const { Subnets } = await installation.ec2('DescribeSubnets');
  const subnets: string[] = Subnets.map(({ SubnetId }: Answer) => SubnetId).slice(0, 3);
  const { GroupId } = await installation.ec2('CreateSecurityGroup', { GroupName: 'open', Description: 'open', VpcId });
  const IpPermissions = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }];
  await installation.ec2('AuthorizeSecurityGroupIngress', { GroupId, IpPermissions });
  const made = await Promise.all(
    (['application', 'network'] as const).map(async (Type) => {
      const { LoadBalancers } = await installation.elb('CreateLoadBalancer', {
        Name: Type,
        Type,
        Scheme: 'internal',
        Subnets: subnets,
        SecurityGroups: [GroupId],
      });
      const [{ LoadBalancerArn, DNSName }] = LoadBalancers;
      const Protocol = Type === 'application' ? 'HTTP' : 'TCP';
      const { TargetGroups } = await installation.elb('CreateTargetGroup', {
        Name: Type,
        Protocol,
        Port: 8080,
        VpcId,
        TargetType: 'ip',
      });
      const [{ TargetGroupArn }] = TargetGroups;
      await installation.elb('ModifyLoadBalancerAttributes', {
        LoadBalancerArn,
        Attributes: [{ Key: 'load_balancing.cross_zone.enabled', Value: 'true' }],
      });
      const DefaultActions = [{ Type: 'forward', TargetGroupArn }];
      await installation.elb('CreateListener', { LoadBalancerArn, Protocol, Port: 80, DefaultActions });
      return { LoadBalancerArn, DNSName, TargetGroupArn };
    }),
  );
  names = made.map(({ DNSName }) => DNSName);
  await installation.call('RegisterTaskDefinition', {
    family: 'web',
    networkMode: 'awsvpc',
    cpu: '128',
    memory: '64',
    containerDefinitions: [
      {
        name: 'web',
        image: testImage,
        command: [
          'sh',
          '-c',
          "mkdir /www; hostname > /www/index.html; trap 'exit 0' TERM; httpd -f -p 8080 -h /www & wait",
        ],
        portMappings: [{ containerPort: 8080 }],
        stopTimeout: 2,
      },
    ],
  });
  const awsvpcConfiguration = { subnets, securityGroups: [GroupId] };
  await installation.call('CreateService', {
    cluster: 'default',
    serviceName: 'web',
    taskDefinition: 'web',
    desiredCount: 3,
    launchType: 'EC2',
    placementConstraints: [{ type: 'distinctInstance' }],
    networkConfiguration: { awsvpcConfiguration },
    loadBalancers: made.map(({ TargetGroupArn }) => ({
      targetGroupArn: TargetGroupArn,
      containerName: 'web',
      containerPort: 8080,
    })),
  });
  const { tasks } = await installation.call('StartTask', {
    cluster: 'default',
    taskDefinition: 'web',
    containerInstances: [hosts.host(caller).containerInstanceArn],
    networkConfiguration: { awsvpcConfiguration },
  });
  await until('both load balancers serve everywhere', async () => {
    const { LoadBalancers } = await installation.elb('DescribeLoadBalancers');
    return LoadBalancers.every(({ State }: Answer) => State.Code === 'active');
  });
  await installation.reaches(tasks[0].taskArn, 'RUNNING');
  client = { namespace: await namespaceOf(hosts.host(caller), tasks[0].taskArn) };
  for (const { TargetGroupArn } of made) {
    await until('all targets are healthy', async () => {
      const { TargetHealthDescriptions } = await installation.elb('DescribeTargetHealth', { TargetGroupArn });
      const states = TargetHealthDescriptions.map(({ TargetHealth }: Answer) => TargetHealth.State);
      return states.length === 3 && states.every((state: string) => state === 'healthy');
    });
  }
});

afterAll(async () => {
  // Nodes go on without their agents.
  await Promise.all((hosts?.hosts ?? []).map((host) => host.clean()));
  await hosts?.[Symbol.asyncDispose]();
});

interface Called {
  readonly name: string;
  /** ms, of when it began and ended. */
  readonly fromMs: number;
  readonly toMs: number;
  /** The address that the name led to, and the task that answered. */
  readonly address: string;
  readonly answer?: string;
  readonly problem?: string;
}

/** Asks for each name again before every call, as a client without a cache does; two lanes for each. */
const program = `
const { Resolver } = require('node:dns').promises;
const { get } = require('node:http');
const resolver = new Resolver({ timeout: 1000, tries: 2 });
resolver.setServers(['169.254.169.253']);
const once = (host) => new Promise((resolve, reject) => {
  const asked = get({ host, port: 80, agent: false, timeout: 2000 }, (response) => {
    let text = '';
    response.on('data', (data) => { text += data; });
    response.on('end', () => response.statusCode === 200 ? resolve(text.trim()) : reject(new Error('status ' + response.statusCode)));
    response.on('error', reject);
  });
  asked.on('timeout', () => asked.destroy(new Error('no answer in 2 s')));
  asked.on('error', reject);
});
const lane = async (name) => {
  for (;;) {
    const called = { name, fromMs: Date.now(), address: '' };
    try {
      const addresses = await resolver.resolve4(name);
      called.address = addresses[Math.floor(Math.random() * addresses.length)];
      called.answer = await once(called.address);
    } catch (error) {
      called.problem = String(error.message);
    }
    console.log(JSON.stringify({ ...called, toMs: Date.now() }));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};
for (const name of process.argv.slice(1)) { lane(name); lane(name); }
`;

/** Calls the names from the client's namespace until it is disposed of. */
class Caller implements Disposable {
  readonly calls: Called[] = [];
  readonly #child: ChildProcess;

  constructor({ namespace }: Place, called: readonly string[]) {
    this.#child = spawn('nsenter', [`--net=${namespace}`, process.execPath, '-e', program, ...called]);
    if (this.#child.stdout === null) throw new Error('the caller has no output');
    createInterface(this.#child.stdout).on('line', (line) => this.calls.push(JSON.parse(line)));
  }

  of(name: string, sinceMs: number): readonly Called[] {
    return this.calls.filter((each) => each.name === name && each.fromMs >= sinceMs);
  }

  [Symbol.dispose](): void {
    this.#child.kill('SIGKILL');
  }
}

async function taskOf(host: Host): Promise<string> {
  const { taskArns } = await hosts.installation.call('ListTasks', {
    cluster: 'default',
    serviceName: 'web',
    containerInstance: host.containerInstanceArn,
  });
  const { tasks } = await hosts.installation.call('DescribeTasks', { cluster: 'default', tasks: taskArns });
  const { value } = tasks[0].attachments[0].details.find(({ name }: Answer) => name === 'privateDnsName');
  return value;
}

/** The last moment of trouble since then, in ms after it; all calls of a name are looked at. */
function troubleMs(calls: readonly Called[], sinceMs: number): number {
  return calls.reduce(
    (latest, { problem, toMs }) => (problem === undefined ? latest : Math.max(latest, toMs - sinceMs)),
    0,
  );
}

test('a host that goes silent is passed by in less than ten seconds, and used again when it is back', async () => {
  using asking = new Caller(client, names);
  const gone = hosts.host(lost);
  const answering = await taskOf(gone);
  for (const name of names) {
    await until('all tasks and all nodes are met', async () => {
      const met = new Set(asking.of(name, 0).map(({ answer }) => answer));
      const nodes = new Set(asking.of(name, 0).map(({ address }) => address));
      if (met.size === 3 && nodes.size === 3 && met.has(answering)) return true;
      throw new Error(JSON.stringify({ answering, met: [...met], nodes: [...nodes], last: asking.calls.at(-1) }));
    });
  }
  expect(asking.calls.filter(({ problem }) => problem !== undefined)).toEqual([]);
  const cutMs = Date.now();
  gone.cable(false);
  const stopMs = cutMs + 14_000;
  await until('fourteen seconds of calls', async () => Date.now() > stopMs && asking.calls.length > 0);
  for (const name of names) {
    const calls = asking.of(name, cutMs);
    const failed = calls.filter(({ problem }) => problem !== undefined);
    const recoveredMs = troubleMs(calls, cutMs);
    console.log(`${name}: ${calls.length} calls, ${failed.length} failed, recovered after ${recoveredMs} ms`);
    expect(recoveredMs).toBeLessThan(10_000);
    expect(calls.length - failed.length).toBeGreaterThan(50);
  }
  const backMs = Date.now();
  gone.cable(true);
  for (const name of names) {
    await until('its task answers again', async () =>
      asking.of(name, backMs).some(({ answer }) => answer === answering),
    );
  }
  await until('all nodes serve again', async () => {
    const { LoadBalancers } = await hosts.installation.elb('DescribeLoadBalancers');
    return LoadBalancers.every(({ State }: Answer) => State.Code === 'active');
  });
});
