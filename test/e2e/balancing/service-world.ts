import { type Answer, type Installation, testImage } from '../../support/installation.ts';

/** A cluster with an Application Load Balancer in front of two target groups, `blue` and `green`, all made with the aws CLI. */
export interface ServiceWorld {
  readonly installation: Installation;
  /** Where the listener is reached on this host. */
  readonly address: string;
  readonly port: number;
  readonly blue: string;
  readonly green: string;
  readonly listenerArn: string;
  readonly loadBalancerArn: string;
  readonly subnets: readonly string[];
  readonly group: string;
}

/** A server that says `version` and its own name, ends at once when told to, and fails its checks once /cgi-bin/break was asked for. */
function server(version: string): object {
  const page = `echo ${version} $(hostname) > /www/index.html`;
  const lines = ['#!/bin/sh', 'rm -f /www/index.html', 'echo Content-Type: text/plain', 'echo', 'hostname'];
  const cgi = `printf '%s\\n' ${lines.map((line) => `'${line}'`).join(' ')} > /www/cgi-bin/break && chmod +x /www/cgi-bin/break`;
  const end = "trap 'exit 0' TERM";
  const command = ['sh', '-c', `mkdir -p /www/cgi-bin && ${page} && ${cgi} && ${end}; httpd -f -p 8080 -h /www & wait`];
  return { name: 'web', image: testImage, command, portMappings: [{ containerPort: 8080 }], stopTimeout: 2 };
}

export async function serviceWorld(installation: Installation, port: number): Promise<ServiceWorld> {
  const aws = (...args: string[]): Promise<Answer> => installation.aws(...args);
  await aws('ecs', 'create-cluster', '--cluster-name', 'shop');
  const { Vpcs } = await aws('ec2', 'describe-vpcs');
  const { VpcId } = Vpcs[0];
  const { Subnets } = await aws('ec2', 'describe-subnets');
  const subnets: string[] = Subnets.map(({ SubnetId }: Answer) => SubnetId).slice(0, 2);
  const { GroupId } = await aws(
    'ec2',
    'create-security-group',
    '--group-name',
    'web',
    '--description',
    'web',
    '--vpc-id',
    VpcId,
  );
  const open = ['--protocol', 'tcp', '--port', '1-65535', '--cidr', '0.0.0.0/0'];
  await aws('ec2', 'authorize-security-group-ingress', '--group-id', GroupId, ...open);
  const places = ['--subnets', ...subnets, '--security-groups', GroupId];
  const { LoadBalancers } = await aws('elbv2', 'create-load-balancer', '--name', 'web', ...places);
  const [{ LoadBalancerArn }] = LoadBalancers;
  const groups: string[] = [];
  for (const name of ['blue', 'green']) {
    const checks = [
      '--health-check-interval-seconds',
      '5',
      '--health-check-timeout-seconds',
      '2',
      '--healthy-threshold-count',
      '2',
    ];
    const kind = ['--protocol', 'HTTP', '--port', '80', '--vpc-id', VpcId, '--target-type', 'ip'];
    const { TargetGroups } = await aws('elbv2', 'create-target-group', '--name', name, ...kind, ...checks);
    const [{ TargetGroupArn }] = TargetGroups;
    const delay = 'Key=deregistration_delay.timeout_seconds,Value=2';
    await aws('elbv2', 'modify-target-group-attributes', '--target-group-arn', TargetGroupArn, '--attributes', delay);
    groups.push(TargetGroupArn);
  }
  const [blue = '', green = ''] = groups;
  const { Listeners } = await aws(
    'elbv2',
    'create-listener',
    '--load-balancer-arn',
    LoadBalancerArn,
    '--protocol',
    'HTTP',
    '--port',
    String(port),
    '--default-actions',
    `Type=forward,TargetGroupArn=${blue}`,
  );
  for (const version of ['v1', 'v2']) {
    await installation.call('RegisterTaskDefinition', {
      family: 'web',
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
      containerDefinitions: [server(version)],
    });
  }
  await installation.until('the load balancer is active', async () => {
    const described = await aws('elbv2', 'describe-load-balancers', '--names', 'web');
    return described.LoadBalancers[0].State.Code === 'active';
  });
  const [{ ListenerArn }] = Listeners;
  const address = await nodeAddress(installation);
  return {
    installation,
    address,
    port,
    blue,
    green,
    listenerArn: ListenerArn,
    loadBalancerArn: LoadBalancerArn,
    subnets,
    group: GroupId,
  };
}

/** The address of a node of the load balancer: the host routes it. */
async function nodeAddress(installation: Installation): Promise<string> {
  const filter = 'Name=description,Values=ELB app/web/*';
  const { NetworkInterfaces } = await installation.aws('ec2', 'describe-network-interfaces', '--filters', filter);
  return NetworkInterfaces[0].PrivateIpAddress;
}
