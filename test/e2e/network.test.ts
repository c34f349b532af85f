import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Host, Hosts } from '../support/hosts.ts';
import { type Answer, testImage } from '../support/installation.ts';
import {
  answers,
  DatagramEar,
  inside,
  namespaceOf,
  OpenConnection,
  type Place,
  sendDatagram,
  type TaskPlace,
} from '../support/probes.ts';

/**
 * Three hosts: what reaches what. Every task is a web server on port 80 and says on port 7 what it hears; groups, ACLs and
 * routes are changed by the EC2 API, and the kernels of the hosts decide.
 */
let hosts: Hosts;
let vpcId = '';
let subnets: readonly string[] = [];
const groups: Record<string, string> = {};
const places: Record<string, TaskPlace> = {};

const ec2 = (operation: string, input: object = {}): Promise<Answer> => hosts.installation.ec2(operation, input);
const until = <T>(what: string, condition: () => Promise<T | undefined | false>): Promise<T> =>
  hosts.installation.until(what, condition, 20_000);

beforeAll(async () => {
  hosts = await Hosts.start({ settings: { ROADSTEAD_JUDGE_HOST: 'true' } });
  const AvailabilityZone = 'us-east-1a';
  const { Subnets } = await ec2('DescribeSubnets', {
    Filters: [{ Name: 'availability-zone', Values: [AvailabilityZone] }],
  });
  vpcId = Subnets[0].VpcId;
  const { Subnet } = await ec2('CreateSubnet', { VpcId: vpcId, CidrBlock: '172.31.240.0/24', AvailabilityZone });
  subnets = [Subnets[0].SubnetId, Subnet.SubnetId];
  for (const name of ['client', 'web', 'closed']) {
    const { GroupId } = await ec2('CreateSecurityGroup', { GroupName: name, Description: name, VpcId: vpcId });
    groups[name] = GroupId;
  }
  await allow('web', { port: 80, from: 'client' });
  await allow('web', { port: 7, from: 'client' });
  await allow('web', { port: 80, from: 'web' });
  await hosts.installation.call('RegisterTaskDefinition', {
    family: 'echo',
    networkMode: 'awsvpc',
    cpu: '128',
    memory: '64',
    containerDefinitions: [
      {
        name: 'main',
        image: testImage,
        command: ['sh', '-c', 'echo it > /tmp/hostname; httpd -p 80 -h /tmp; exec nc -ll -p 7 -e cat'],
        stopTimeout: 2,
      },
    ],
  });
  const started: [string, string, number, number][] = [
    ['client', 'client', 0, 0],
    ['web0', 'web', 0, 0],
    ['web1', 'web', 1, 0],
    ['web2', 'web', 2, 1],
    ['closed', 'closed', 1, 0],
  ];
  await Promise.all(started.map(([name, group, at, subnet]) => startTask(name, group, at, subnet)));
});

afterAll(async () => {
  await hosts?.[Symbol.asyncDispose]();
});

async function startTask(name: string, group: string, at: number, subnet: number): Promise<void> {
  const host = hosts.host(at);
  const awsvpcConfiguration = { subnets: [subnets[subnet]], securityGroups: [groups[group]] };
  const { tasks, failures } = await hosts.installation.call('StartTask', {
    cluster: 'default',
    taskDefinition: 'echo',
    containerInstances: [host.containerInstanceArn],
    networkConfiguration: { awsvpcConfiguration },
  });
  if (failures.length > 0) throw new Error(JSON.stringify(failures));
  const { taskArn } = tasks[0];
  const task = await hosts.installation.reaches(taskArn, 'RUNNING');
  const { value: address } = task.attachments[0].details.find((each: Answer) => each.name === 'privateIPv4Address');
  places[name] = { taskArn, host, address, namespace: await namespaceOf(host, taskArn) };
}

function place(name: string): TaskPlace {
  const found = places[name];
  if (found === undefined) throw new Error(`no task ${name}`);
  return found;
}

function permission({ port, from, cidr }: { readonly port: number; readonly from?: string; readonly cidr?: string }) {
  const peer =
    from === undefined ? { IpRanges: [{ CidrIp: cidr }] } : { UserIdGroupPairs: [{ GroupId: groups[from] ?? from }] };
  return { IpPermissions: [{ IpProtocol: 'tcp', FromPort: port, ToPort: port, ...peer }] };
}

async function allow(name: string, what: Parameters<typeof permission>[0]): Promise<void> {
  await ec2('AuthorizeSecurityGroupIngress', { GroupId: groups[name], ...permission(what) });
}

async function revoke(name: string, what: Parameters<typeof permission>[0]): Promise<void> {
  await ec2('RevokeSecurityGroupIngress', { GroupId: groups[name], ...permission(what) });
}

/** Which of the pairs get an answer, as `from>to`. */
async function reaching(froms: Readonly<Record<string, Place>>, tos: readonly string[]): Promise<string[]> {
  const pairs = Object.entries(froms).flatMap(([from, at]) =>
    tos.filter((to) => to !== from).map((to) => ({ from, at, to })),
  );
  const seen = await Promise.all(
    pairs.map(async ({ from, at, to }) => ((await answers(at, place(to).address)) ? `${from}>${to}` : [])),
  );
  return seen.flat().sort();
}

describe('security groups', () => {
  test('hold on the same host, in the same subnet and across hosts', async () => {
    const froms = Object.fromEntries(['client', 'web0', 'web1', 'web2', 'closed'].map((name) => [name, place(name)]));
    const webs = ['web0', 'web1', 'web2'];
    const expected = ['client', ...webs].flatMap((from) =>
      webs.filter((to) => to !== from).map((to) => `${from}>${to}`),
    );
    expect(await reaching(froms, [...webs, 'closed', 'client'])).toEqual(expected.sort());
  });

  test('a rule by CIDR takes effect on every host, and its revocation', async () => {
    const closed = { closed: place('closed') };
    const cidr = `${place('closed').address}/32`;
    await allow('web', { port: 80, cidr });
    const all = ['closed>web0', 'closed>web1', 'closed>web2'];
    await until('all answer', async () => (await reaching(closed, ['web0', 'web1', 'web2'])).join() === all.join());
    await revoke('web', { port: 80, cidr });
    await until('none answers', async () => (await reaching(closed, ['web0', 'web1', 'web2'])).length === 0);
    expect(await answers(place('client'), place('web1').address)).toBe(true);
  });

  test('hold for the hosts too: each is an address as any other', async () => {
    const [near, far] = [hosts.host(0), hosts.host(1)];
    const seen = async (): Promise<boolean[]> =>
      await Promise.all([near, far].map((host) => answers(host, place('web0').address)));
    expect(await seen()).toEqual([false, false]);
    await allow('web', { port: 80, cidr: '10.231.0.0/24' });
    await until('both hosts are let in', async () => (await seen()).join() === 'true,true');
    await revoke('web', { port: 80, cidr: '10.231.0.0/24' });
    await until('neither is', async () => (await seen()).join() === 'false,false');
  });

  test('an open connection survives changes of rules, also of the one that let it in', async () => {
    using open = new OpenConnection(place('client'), place('web1').address, 7);
    open.say('one');
    await until('the first answer', async () => open.heard('one'));
    await allow('web', { port: 81, cidr: '0.0.0.0/0' });
    await revoke('web', { port: 7, from: 'client' });
    await until('new ones are refused', async () => {
      using late = new OpenConnection(place('client'), place('web1').address, 7);
      late.say('late');
      await inside(place('client'), 'sleep', '0.5');
      return !late.heard('late');
    });
    open.say('two');
    await until('the second answer', async () => open.heard('two'));
    await allow('web', { port: 7, from: 'client' });
  });

  test('a task that sends as somebody else is not heard', async () => {
    const { address } = place('web1');
    await ec2('AuthorizeSecurityGroupIngress', {
      GroupId: groups['web'],
      IpPermissions: [{ IpProtocol: 'udp', FromPort: 9, ToPort: 9, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
    });
    const stolen = place('closed').address;
    const client = place('client');
    await inside(client, 'ip', 'addr', 'add', `${stolen}/32`, 'dev', 'eth0');
    using ear = new DatagramEar(place('web1'), 9);
    await until('it listens', async () => ear.heard.length === 1);
    await sendDatagram(client, stolen, address, 9, 'stolen');
    await until('the honest one is heard', async () => {
      await sendDatagram(client, client.address, address, 9, 'honest');
      return ear.heard.includes('honest');
    });
    expect(ear.heard).not.toContain('stolen');
    await inside(client, 'ip', 'addr', 'del', `${stolen}/32`, 'dev', 'eth0');
  });
});

test('a network ACL holds between subnets, in each direction by itself, and not within one', async () => {
  const { NetworkAcl } = await ec2('CreateNetworkAcl', { VpcId: vpcId });
  const { NetworkAclId } = NetworkAcl;
  const entry = (Egress: boolean, RuleNumber: number, more: object): Promise<Answer> =>
    ec2('CreateNetworkAclEntry', { NetworkAclId, Egress, RuleNumber, CidrBlock: '0.0.0.0/0', Protocol: '-1', ...more });
  await entry(false, 100, { RuleAction: 'allow' });
  const { NetworkAcls } = await ec2('DescribeNetworkAcls', {
    Filters: [{ Name: 'association.subnet-id', Values: [subnets[1]] }],
  });
  const { NetworkAclAssociationId: AssociationId } = NetworkAcls[0].Associations.find(
    ({ SubnetId }: Answer) => SubnetId === subnets[1],
  );
  await ec2('ReplaceNetworkAclAssociation', { AssociationId, NetworkAclId });
  const toWeb2 = (): Promise<boolean> => answers(place('client'), place('web2').address);
  // What goes in is allowed, what comes back is not: nobody remembers the connection.
  await until('the answer is kept back', async () => !(await toWeb2()));
  expect(await answers(place('client'), place('web1').address)).toBe(true);
  await entry(true, 100, { RuleAction: 'allow', Protocol: '6', PortRange: { From: 1024, To: 65_535 } });
  await until('the answer comes', toWeb2);
  await entry(true, 50, { RuleAction: 'deny', CidrBlock: `${place('client').address}/32` });
  await until('the lower number counts', async () => !(await toWeb2()));
});

test('a route table without a way out keeps its subnet’s packets in', async () => {
  const outside = `10.231.0.254`;
  const { port } = hosts.installation;
  const reachesOut = (): Promise<boolean> =>
    inside(place('web0'), 'sh', '-c', `busybox timeout 1 busybox nc ${outside} ${port} </dev/null`).then(
      (said) => said !== undefined,
    );
  await until('the gateway lets it out', reachesOut);
  const { RouteTables } = await ec2('DescribeRouteTables', { Filters: [{ Name: 'vpc-id', Values: [vpcId] }] });
  const { RouteTableId, Routes } = RouteTables[0];
  const { GatewayId } = Routes.find(({ DestinationCidrBlock }: Answer) => DestinationCidrBlock === '0.0.0.0/0');
  await ec2('DeleteRoute', { RouteTableId, DestinationCidrBlock: '0.0.0.0/0' });
  await until('nothing leaves', async () => !(await reachesOut()));
  await ec2('CreateRoute', { RouteTableId, DestinationCidrBlock: '0.0.0.0/0', GatewayId });
  await until('it leaves again', reachesOut);
});

test('packets as large as a task may send reach another host, larger ones are told of', async () => {
  const { address } = place('web1');
  await ec2('AuthorizeSecurityGroupIngress', {
    GroupId: groups['web'],
    IpPermissions: [{ IpProtocol: 'icmp', FromPort: 8, ToPort: -1, UserIdGroupPairs: [{ GroupId: groups['client'] }] }],
  });
  // 1450 less the headers of IPv4 and ICMP.
  await until(
    'a large packet is answered',
    async () => (await inside(place('client'), 'ping', '-c', '1', '-W', '1', '-s', '1422', address)) !== undefined,
  );
  expect(await mtuOf(place('client'))).toBe(1450);
});

async function mtuOf(at: Place): Promise<number> {
  const links = (await inside(at, 'ip', 'link', 'show', 'eth0')) ?? '';
  return Number(/mtu (\d+)/.exec(links)?.[1]);
}

test('a host’s groups guard what bridge and host tasks publish, once it has some', async () => {
  const host = hosts.host(1);
  const ports = { bridge: 8080, host: 8081 } as const;
  const taskArns: string[] = [];
  for (const networkMode of ['bridge', 'host'] as const) {
    const port = ports[networkMode];
    await hosts.installation.call('RegisterTaskDefinition', {
      family: networkMode,
      networkMode,
      memory: '64',
      containerDefinitions: [
        {
          name: 'main',
          image: testImage,
          command: ['sh', '-c', `echo it > /tmp/hostname; exec httpd -f -p ${port} -h /tmp`],
          portMappings: [{ containerPort: port, hostPort: port }],
          stopTimeout: 2,
        },
      ],
    });
    const { tasks } = await hosts.installation.call('StartTask', {
      cluster: 'default',
      taskDefinition: networkMode,
      containerInstances: [host.containerInstanceArn],
    });
    taskArns.push(tasks[0].taskArn);
  }
  const other: Place = hosts.host(0);
  const open = async (from: Place): Promise<string> => {
    const seen = await Promise.all(
      Object.entries(ports).map(async ([name, port]) => ((await answers(from, host.address, port)) ? name : '-')),
    );
    return seen.join(' ');
  };
  await until('both are open', async () => (await open(other)) === 'bridge host');
  const { GroupId } = await ec2('CreateSecurityGroup', { GroupName: 'host', Description: 'host', VpcId: vpcId });
  groups['host'] = GroupId;
  await host.endAgent();
  host.startAgent({ ROADSTEAD_SECURITY_GROUPS: GroupId });
  await until('both are closed', async () => (await open(other)) === '- -');
  await allow('host', { port: ports.bridge, cidr: `${hosts.host(0).address}/32` });
  await until('one is open', async () => (await open(other)) === 'bridge -');
  expect(await open(hosts.host(2))).toBe('- -');
  for (const task of taskArns) await hosts.installation.call('StopTask', { cluster: 'default', task });
});

test('a host that is gone has no routes any more, and nothing is left of what was', async () => {
  const gone = hosts.host(2);
  const routes = (host: Host): Promise<string> => host.run('ip', 'route', 'show', 'proto', '83');
  expect(await routes(hosts.host(0))).toContain(place('web2').address);
  await gone.endAgent('SIGKILL');
  await hosts.installation.call('DeregisterContainerInstance', {
    cluster: 'default',
    containerInstance: gone.containerInstanceArn,
    force: true,
  });
  for (const index of [0, 1]) {
    await until('its routes are gone', async () => !(await routes(hosts.host(index))).includes(place('web2').address));
    const entries = (): Promise<string> => hosts.host(index).run('bridge', 'fdb', 'show', 'dev', 'rsvxlan');
    await until('its entry is gone', async () => !(await entries()).includes(gone.address));
  }
  for (const name of ['client', 'web0', 'web1', 'closed']) {
    await hosts.installation.call('StopTask', { cluster: 'default', task: place(name).taskArn });
  }
  for (const index of [0, 1]) {
    const host = hosts.host(index);
    await until('no device is left', async () => !/rs[0-9a-f]{12}/.test(await host.run('ip', '-o', 'link')));
    await host.clean();
    expect(await host.traces()).toEqual([]);
  }
});
