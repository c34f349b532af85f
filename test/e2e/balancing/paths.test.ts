import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { get } from 'node:https';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../../support/free-port.ts';
import { type Answer, engine, type Installation, startedInstallation, testImage } from '../../support/installation.ts';
import { call } from './client.ts';

/** Services behind load balancers by the less trodden paths, through the API, with real containers and packets. */
let installation: Installation;
let VpcId = '';
let subnets: readonly string[] = [];
let group = '';
const cluster = 'paths';

beforeAll(async () => {
  installation = await startedInstallation();
  await installation.call('CreateCluster', { clusterName: cluster });
  await installation.startAgent(cluster);
  const { Vpcs } = await installation.ec2('DescribeVpcs');
  VpcId = Vpcs[0].VpcId;
  const { Subnets } = await installation.ec2('DescribeSubnets');
  subnets = Subnets.map(({ SubnetId }: Answer) => SubnetId).slice(0, 2);
  const { GroupId } = await installation.ec2('CreateSecurityGroup', { GroupName: 'open', Description: 'open', VpcId });
  group = GroupId;
  const IpPermissions = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }];
  await installation.ec2('AuthorizeSecurityGroupIngress', { GroupId, IpPermissions });
});

afterAll(async () => {
  await installation?.[Symbol.asyncDispose]();
});

async function balancer(
  Name: string,
  Type: string,
): Promise<{ readonly arn: string; readonly nodes: () => Promise<readonly string[]> }> {
  const asked = { Name, Type, Scheme: 'internal', Subnets: subnets, SecurityGroups: [group] };
  const { LoadBalancers } = await installation.elb('CreateLoadBalancer', asked);
  const Filters = [{ Name: 'description', Values: [`ELB ${Type === 'network' ? 'net' : 'app'}/${Name}/*`] }];
  return {
    arn: LoadBalancers[0].LoadBalancerArn,
    nodes: async () => {
      const { NetworkInterfaces } = await installation.ec2('DescribeNetworkInterfaces', { Filters });
      return NetworkInterfaces.map(({ PrivateIpAddress }: Answer) => PrivateIpAddress);
    },
  };
}

async function targetGroup(Name: string, more: object): Promise<string> {
  const checks = { HealthCheckIntervalSeconds: 5, HealthCheckTimeoutSeconds: 2, HealthyThresholdCount: 2 };
  const { TargetGroups } = await installation.elb('CreateTargetGroup', { Name, Port: 80, VpcId, ...checks, ...more });
  const [{ TargetGroupArn }] = TargetGroups;
  await installation.elb('ModifyTargetGroupAttributes', {
    TargetGroupArn,
    Attributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: '1' }],
  });
  return TargetGroupArn;
}

async function listener(LoadBalancerArn: string, TargetGroupArn: string, more: object): Promise<void> {
  const DefaultActions = [{ Type: 'forward', TargetGroupArn }];
  await installation.elb('CreateListener', { LoadBalancerArn, DefaultActions, ...more });
}

const command: readonly string[] = [
  'sh',
  '-c',
  "mkdir /www; hostname > /www/index.html; trap 'exit 0' TERM; httpd -f -p 8080 -h /www & wait",
];

async function inService(TargetGroupArn: string, count: number): Promise<void> {
  await installation.until('the targets are healthy', async () => {
    const { TargetHealthDescriptions } = await installation.elb('DescribeTargetHealth', { TargetGroupArn });
    const states = TargetHealthDescriptions.map(({ TargetHealth }: Answer) => TargetHealth.State);
    return states.length === count && states.every((state: string) => state === 'healthy');
  });
}

test('the first request after it is active is answered by every node; what is not there yet is 503', async () => {
  const { arn, nodes } = await balancer('first', 'application');
  const port = await freePort();
  const fixed = { StatusCode: '200', ContentType: 'text/plain', MessageBody: 'here' };
  const DefaultActions = [{ Type: 'fixed-response', FixedResponseConfig: fixed }];
  await installation.elb('CreateListener', { LoadBalancerArn: arn, Protocol: 'HTTP', Port: port, DefaultActions });
  const state = async (): Promise<string> =>
    (await installation.elb('DescribeLoadBalancers', { LoadBalancerArns: [arn] })).LoadBalancers[0].State.Code;
  await installation.until('it is active', async () => (await state()) === 'active');
  const hosts = await nodes();
  expect(hosts).toHaveLength(2);
  for (const host of hosts) expect(await call({ host, port })).toMatchObject({ status: 200, body: 'here' });
  // A later one has nobody behind it yet, and does not make the balancer any less active.
  const later = await freePort();
  await listener(arn, await targetGroup('nobody', { Protocol: 'HTTP', TargetType: 'ip' }), {
    Protocol: 'HTTP',
    Port: later,
  });
  const beganMs = performance.now();
  for (const host of hosts) {
    await installation.until('it is reached', async () => (await call({ host, port: later })).status === 503);
  }
  expect(performance.now() - beganMs).toBeLessThan(5_000);
  expect(await state()).toBe('active');
});

test('a service behind a network load balancer is reached by TCP and by UDP', async () => {
  const { arn, nodes } = await balancer('net', 'network');
  const tcp = await targetGroup('tcp', { Protocol: 'TCP', TargetType: 'ip' });
  const udp = await targetGroup('udp', {
    Protocol: 'UDP',
    TargetType: 'ip',
    HealthCheckProtocol: 'TCP',
    HealthCheckPort: '8080',
  });
  await listener(arn, tcp, { Protocol: 'TCP', Port: 8080 });
  await listener(arn, udp, { Protocol: 'UDP', Port: 9000 });
  await installation.call('RegisterTaskDefinition', {
    family: 'net',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '256',
    memory: '512',
    containerDefinitions: [
      {
        name: 'web',
        image: testImage,
        command,
        portMappings: [{ containerPort: 8080 }, { containerPort: 9000, protocol: 'udp' }],
        stopTimeout: 2,
      },
    ],
  });
  await installation.call('CreateService', {
    cluster,
    serviceName: 'net',
    taskDefinition: 'net',
    desiredCount: 2,
    launchType: 'FARGATE',
    networkConfiguration: { awsvpcConfiguration: { subnets, securityGroups: [group] } },
    loadBalancers: [
      { targetGroupArn: tcp, containerName: 'web', containerPort: 8080 },
      { targetGroupArn: udp, containerName: 'web', containerPort: 9000 },
    ],
  });
  await Promise.all([inService(tcp, 2), inService(udp, 2)]);
  const hosts = await nodes();
  const met = new Set<string>();
  for (let round = 0; round < 20; round++) {
    for (const host of hosts) met.add((await call({ host, port: 8080 })).body.trim());
  }
  expect(met.size).toBe(2);
  using ears = await listenInTasks();
  const heard = new Set<string>();
  await installation.until('both answer datagrams', async () => {
    for (const host of hosts) heard.add(await datagram(host, 9000, 'hello'));
    return heard.size === 2;
  });
  expect([...heard].sort()).toEqual([...ears.names].sort());
});

/** In each task of the family, a process beside its own that answers datagrams with the task's ARN. */
async function listenInTasks(): Promise<Disposable & { readonly names: readonly string[] }> {
  const { taskArns } = await installation.call('ListTasks', { cluster, family: 'net' });
  const runtime = engine();
  const children: ChildProcess[] = [];
  try {
    for (const taskArn of taskArns) {
      const [container] = await runtime.listContainers([`com.amazonaws.ecs.task-arn=${taskArn}`]);
      const pid = (await runtime.inspectContainer(container?.id ?? ''))?.pid;
      const answer = `const s = require('node:dgram').createSocket('udp4').on('message', (_, from) => s.send('${taskArn}', from.port, from.address)).bind(9000, () => console.log('ready'))`;
      const child = spawn('nsenter', [`--net=/proc/${pid}/ns/net`, process.execPath, '-e', answer]);
      children.push(child);
      await once(child.stdout, 'data');
    }
  } finally {
    runtime.close();
  }
  return {
    names: taskArns,
    [Symbol.dispose]: () => {
      for (const child of children) child.kill('SIGKILL');
    },
  };
}

/** What comes back of a datagram within a second. */
async function datagram(host: string, port: number, said: string): Promise<string> {
  const socket = createSocket('udp4');
  try {
    socket.send(`${said}\n`, port, host);
    const [answer] = (await once(socket, 'message', { signal: AbortSignal.timeout(1_000) })) as [Buffer];
    return answer.toString().trim();
  } finally {
    socket.close();
  }
}

test('bridge tasks on dynamic host ports are instance targets, behind HTTPS with a certificate of ACM', async () => {
  const { arn, nodes } = await balancer('web', 'application');
  const web = await targetGroup('web', { Protocol: 'HTTP', TargetType: 'instance' });
  const { CertificateArn } = await installation.aws('acm', 'request-certificate', '--domain-name', 'shop.test');
  const Port = await freePort();
  await listener(arn, web, { Protocol: 'HTTPS', Port, Certificates: [{ CertificateArn }] });
  await installation.elb('ModifyLoadBalancerAttributes', {
    LoadBalancerArn: arn,
    Attributes: [
      { Key: 'access_logs.s3.bucket', Value: 'logs' },
      { Key: 'access_logs.s3.enabled', Value: 'true' },
    ],
  });
  await installation.call('RegisterTaskDefinition', {
    family: 'bridge',
    networkMode: 'bridge',
    memory: '64',
    containerDefinitions: [
      {
        name: 'web',
        image: testImage,
        command,
        portMappings: [{ containerPort: 8080, hostPort: 0 }],
        stopTimeout: 2,
      },
    ],
  });
  await installation.call('CreateService', {
    cluster,
    serviceName: 'bridge',
    taskDefinition: 'bridge',
    desiredCount: 2,
    launchType: 'EC2',
    loadBalancers: [{ targetGroupArn: web, containerName: 'web', containerPort: 8080 }],
  });
  await inService(web, 2);
  const { TargetHealthDescriptions } = await installation.elb('DescribeTargetHealth', { TargetGroupArn: web });
  const ids = new Set(TargetHealthDescriptions.map(({ Target }: Answer) => Target.Id));
  const ports = new Set(TargetHealthDescriptions.map(({ Target }: Answer) => Target.Port));
  expect([ids.size, ports.size]).toEqual([1, 2]);
  const [host = ''] = await nodes();
  const met = new Set<string>();
  for (let round = 0; round < 20; round++) met.add(await secured(host, Port));
  expect(met.size).toBe(2);
  await installation.until('the access log has them', async () => loggedLines().filter(isLogged).length >= 20);
});

function isLogged(line: string): boolean {
  return line.startsWith('https ') && line.includes('"GET https://shop.test:') && line.includes(' 200 200 ');
}

/** What is written so far of the nodes on this machine, before it is five minutes old and delivered. */
function loggedLines(): readonly string[] {
  return [installation.dataDir, `${installation.dataDir}-ec2`].flatMap((dataDir) => {
    const nodes = join(dataDir, 'agent', 'balancing', 'nodes');
    if (!existsSync(nodes)) return [];
    const logs = readdirSync(nodes).map((node) => join(nodes, node, 'access.log'));
    return logs.flatMap((log) => (existsSync(log) ? readFileSync(log, 'utf8').split('\n') : []));
  });
}

/** Trusts the installation's own authority and nobody else. */
function secured(host: string, port: number): Promise<string> {
  const ca = readFileSync(join(installation.dataDir, 'ca.pem'));
  const options = { host, port, ca, servername: 'shop.test', headers: { host: `shop.test:${port}` }, agent: false };
  return new Promise((resolve, reject) => {
    get(options, (response) => {
      let text = '';
      response.on('data', (data: Buffer) => {
        text += data.toString();
      });
      response.on('end', () =>
        response.statusCode === 200 ? resolve(text.trim()) : reject(new Error(`status ${response.statusCode}`)),
      );
    }).on('error', reject);
  });
}
