import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '../../../src/base/index.ts';
import { Balancing, type BalancingDeps, removeBalancing } from '../../../src/dataplane/balancing/index.ts';
import { ensureNamespace, namespacePath, removeNamespace } from '../../../src/dataplane/balancing/namespaces.ts';
import { Fabric, SystemCommands } from '../../../src/dataplane/fabric/index.ts';
import { createLogger } from '../../../src/main/system.ts';
import { SystemClock } from '../../../src/main/system-clock.ts';
import type {
  BalancerDocument,
  CertificateDocument,
  HostReport,
  InterfaceDocument,
  ListenerDocument,
  RuleAction,
  RuleCondition,
  SubnetDocument,
  TargetDocument,
  TargetGroupDocument,
} from '../../../src/wire/link/index.ts';

export const host = 'arn:aws:ecs:us-east-1:111122223333:container-instance/test/1';
const account = 'arn:aws:elasticloadbalancing:us-east-1:111122223333';

/** A host with load balancers, in this process, and targets on addresses of this machine's own. */
export class Bed implements AsyncDisposable {
  readonly directory: string;
  readonly reports: HostReport[] = [];
  readonly documents = {
    balancers: new Map<string, BalancerDocument>(),
    targetGroups: new Map<string, TargetGroupDocument>(),
    certificates: new Map<string, CertificateDocument>(),
    interfaces: new Map<string, InterfaceDocument>(),
    subnets: new Map<string, SubnetDocument>(),
  };
  readonly #subnet: number;
  readonly #network: BalancingDeps['network'];
  readonly #stack = new AsyncDisposableStack();
  #waiting: (() => void)[] = [];
  balancing: Balancing;

  private constructor(directory: string) {
    this.directory = directory;
    this.#subnet = randomBytes(1)[0] ?? 0;
    const fabric = new Fabric({ owner: directory }, { commands: new SystemCommands(), log: silentLogger });
    this.#network = fabric;
    this.#stack.defer(async () => {
      await this.balancing.close();
      await removeBalancing(directory, { network: fabric, ...this.#shared() });
      await fabric.removeAll('own');
    });
    // Of this host alone: else whoever opens a connection meanwhile takes it for its own, and loses it with the bed.
    execFileSync('ip', ['addr', 'replace', `${this.targetAddress}/32`, 'dev', 'lo', 'scope', 'host']);
    this.balancing = this.#start();
    const cidr = `10.213.${this.#subnet}.0/24`;
    this.documents.subnets.set('subnet-1', { vpcId: 'vpc-1', cidr, aclId: 'acl-1', routes: [] });
  }

  static async create(): Promise<Bed> {
    return new Bed(await mkdtemp(join(tmpdir(), 'roadstead-balancing-')));
  }

  /** The agent goes and comes back: what runs stays. */
  async restart(): Promise<void> {
    await this.balancing.close();
    this.balancing = this.#start();
    await this.apply();
  }

  apply(): Promise<void> {
    return this.balancing.update(this.documents);
  }

  /** An address of the load balancer's subnet. */
  address(last: number): string {
    return `10.213.${this.#subnet}.${last}`;
  }

  interfaceId(last: number): string {
    return `eni-${Buffer.from(this.directory.slice(-6)).toString('hex')}${last.toString(16).padStart(4, '0')}`;
  }

  /** A load balancer with one node, put into effect. */
  balancer(
    name: string,
    last: number,
    listeners: readonly ListenerDocument[],
    more: Partial<BalancerDocument> = {},
  ): BalancerDocument {
    const interfaceId = this.#declare(last);
    const body: BalancerDocument = {
      name,
      type: 'application',
      scheme: 'internal',
      dnsName: `${name}.us-east-1.elb.localhost`,
      vpcId: 'vpc-1',
      nodes: [{ interfaceId, address: this.address(last), availabilityZone: 'us-east-1a', host }],
      attributes: {},
      listeners,
      ...more,
    };
    this.documents.balancers.set(balancerArn(name), body);
    void this.apply();
    return body;
  }

  group(
    name: string,
    targets: readonly TargetDocument[],
    more: Partial<TargetGroupDocument> = {},
  ): TargetGroupDocument {
    const body = groupDocument(name, targets, more);
    this.documents.targetGroups.set(groupArn(name), body);
    void this.apply();
    return body;
  }

  /** Resolves once a report for which the test holds has come; what came before counts. */
  async reported(holds: (report: HostReport) => boolean): Promise<HostReport> {
    for (;;) {
      const found = this.reports.find(holds);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  async healthy(group: string, count: number): Promise<void> {
    for (;;) {
      const states = new Map<string, string>();
      for (const { kind, report } of this.reports) {
        if (kind === 'target-health' && report.targetGroupArn === groupArn(group))
          states.set(`${report.id}:${report.port}`, report.state);
      }
      if ([...states.values()].filter((state) => state === 'healthy').length >= count) break;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    await this.balancing.settled();
  }

  /** A web server as a target: it says its name, and what else it is told to. */
  async target(
    name: string,
    handle?: (request: IncomingMessage, response: ServerResponse) => void,
  ): Promise<TargetDocument & { readonly server: Server }> {
    const server = createServer((request, response) => {
      response.setHeader('x-target', name);
      if (handle === undefined || request.url === '/health') response.end(name);
      else handle(request, response);
    });
    const port = await this.listen(server);
    return { id: this.targetAddress, address: this.targetAddress, port, draining: false, server };
  }

  /** Where this machine's own servers are reached from the nodes. */
  get targetAddress(): string {
    return `10.214.${this.#subnet}.1`;
  }

  async listen(server: {
    listen(port: number, host: string, done: () => void): unknown;
    close(done?: () => void): unknown;
    address(): unknown;
  }): Promise<number> {
    await new Promise<void>((resolve) => server.listen(0, this.targetAddress, () => resolve()));
    this.#stack.defer(
      () =>
        new Promise<void>((resolve) => {
          if (server instanceof Server) server.closeAllConnections();
          server.close(() => resolve());
        }),
    );
    return (server.address() as { port: number }).port;
  }

  /** A program in a namespace of its own with an address of the subnet, as a task has; `run` runs another beside it. */
  async hostedProgram(
    last: number,
    script: string,
  ): Promise<{ readonly address: string; run(script: string): string }> {
    const interfaceId = this.#declare(last);
    const gateway = `${this.address(1)}/24`;
    const { macAddress } = this.documents.interfaces.get(interfaceId) ?? { macAddress: '' };
    await ensureNamespace(
      { interfaceId, macAddress, address: this.address(last), subnetGateway: gateway },
      this.#network,
    );
    const inside = (text: string): [string, string[]] => [
      'nsenter',
      [`--net=${namespacePath(interfaceId)}`, process.execPath, '-e', text],
    ];
    const child = spawn(...inside(script), { stdio: ['pipe', 'ignore', 'inherit'] });
    this.#stack.defer(async () => {
      child.kill('SIGKILL');
      await removeNamespace(interfaceId, this.#network);
    });
    return {
      address: this.address(last),
      run: (text) => execFileSync(...inside(text), { encoding: 'utf8', timeout: 20_000 }),
    };
  }

  defer(act: () => Promise<void> | void): void {
    this.#stack.defer(act);
  }

  async haproxyPid(last: number): Promise<number> {
    const path = `${this.directory}/nodes/${this.interfaceId(last)}/haproxy.pid`;
    return Number((await readFile(path, 'utf8')).trim());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
    execFileSync('sh', ['-c', `ip addr del ${this.targetAddress}/32 dev lo 2>/dev/null || true`]);
    await rm(this.directory, { recursive: true, force: true });
  }

  /** The interface of an address, told of; gives its id. */
  #declare(last: number): string {
    const interfaceId = this.interfaceId(last);
    const third = this.#subnet.toString(16).padStart(2, '0');
    this.documents.interfaces.set(interfaceId, {
      vpcId: 'vpc-1',
      subnetId: 'subnet-1',
      addresses: [this.address(last)],
      macAddress: `02:00:0a:d5:${third}:${last.toString(16).padStart(2, '0')}`,
      groupIds: [],
      host,
      sourceDestCheck: false,
    });
    return interfaceId;
  }

  #shared(): Pick<BalancingDeps, 'clock' | 'log'> {
    const log =
      process.env['BALANCING_LOG'] === undefined ? silentLogger : createLogger({ level: 'debug', name: 'test' });
    return { clock: new SystemClock(), log };
  }

  #start(): Balancing {
    return new Balancing(
      { directory: this.directory, host, threads: 1, reloadMs: 250 },
      {
        network: this.#network,
        ...this.#shared(),
        report: (report) => {
          this.reports.push(report);
          for (const wake of this.#waiting.splice(0)) wake();
        },
        withdraw: () => {},
      },
    );
  }
}

export function balancerArn(name: string): string {
  return `${account}:loadbalancer/app/${name}/50dc6c495c0c9188`;
}

export function groupArn(name: string): string {
  return `${account}:targetgroup/${name}/73e2d6bc24d8a067`;
}

export function groupDocument(
  name: string,
  targets: readonly TargetDocument[],
  more: Partial<TargetGroupDocument> = {},
): TargetGroupDocument {
  return {
    name,
    protocol: 'HTTP',
    protocolVersion: 'HTTP1',
    vpcId: 'vpc-1',
    attributes: {},
    healthCheck: {
      enabled: true,
      protocol: 'HTTP',
      path: '/health',
      port: 'traffic-port',
      intervalSeconds: 5,
      timeoutSeconds: 2,
      healthyThreshold: 2,
      unhealthyThreshold: 2,
      matcher: '200',
    },
    targets: targets.map(({ id, address, port, draining }) => ({ id, address, port, draining })),
    ...more,
  };
}

export function forward(...names: readonly string[]): RuleAction {
  return { type: 'forward', targetGroups: names.map((name) => ({ targetGroupArn: groupArn(name), weight: 1 })) };
}

let rules = 0;

export function rule(action: RuleAction, ...conditions: readonly RuleCondition[]): ListenerDocument['rules'][number] {
  rules += 1;
  return { ruleArn: `${account}:listener-rule/app/web/1/2/${rules}`, conditions, action };
}

export function listener(port: number, ...rules: ListenerDocument['rules']): ListenerDocument {
  return {
    listenerArn: `${account}:listener/app/web/1/${port}`,
    port,
    protocol: 'HTTP',
    certificateArns: [],
    attributes: {},
    rules,
  };
}
