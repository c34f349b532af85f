import type { RoleCredentials } from '#wire/link';
import type { EndpointDeps } from '../options.ts';
import type { FaultCommands } from './faults/commands.ts';
import type { EndpointHandler, EndpointHost } from './port.ts';
import type { ProtectionAnswer, Signer, Tag, TaskApi } from './task-api.ts';

export interface Asked {
  readonly status: number;
  // oxlint-disable-next-line typescript/no-explicit-any -- answers are asserted member by member
  readonly body: any;
}

/** The way of tasks to their agent, in memory. */
export class SimulatedEndpoints implements EndpointHost {
  #handler: EndpointHandler | undefined;
  reconciled = 0;
  problems: readonly string[] = [];

  async probe(): Promise<{ available: boolean; problems: readonly string[] }> {
    return { available: this.problems.length === 0, problems: this.problems };
  }

  async serve(handler: EndpointHandler): Promise<AsyncDisposable> {
    this.#handler = handler;
    return {
      [Symbol.asyncDispose]: async () => {
        this.#handler = undefined;
      },
    };
  }

  async reconcile(): Promise<void> {
    this.reconciled += 1;
  }

  async remove(): Promise<void> {}

  /** What a process gets that asks; no body when it is no JSON. */
  async ask(
    url: string,
    { method = 'GET', body = '', from = '172.17.0.9' }: { method?: string; body?: string; from?: string } = {},
  ): Promise<Asked> {
    const handler = this.#handler;
    if (handler === undefined) throw new Error('connection refused');
    const { pathname: path, searchParams: query } = new URL(url, 'http://169.254.170.2');
    const request = { method, path, query, headers: {}, body, sourceAddress: from };
    const answer = (await handler.answer(request)) ?? handler.refuse(request);
    const json = answer.contentType === 'application/json';
    return { status: answer.status, body: json ? JSON.parse(answer.body) : answer.body };
  }
}

/** The control plane's API in memory: remembers who called, and answers what a test wants. */
export class SimulatedTaskApi implements TaskApi {
  readonly calls: { readonly operation: string; readonly input: object; readonly as: Signer }[] = [];
  tags: Readonly<Record<string, readonly Tag[]>> = {};
  protection: ProtectionAnswer = {};
  failure: Error | undefined;
  /** Calls are never answered. */
  hangs = false;

  async listTagsForResource(input: { readonly resourceArn: string }, as: Signer): Promise<readonly Tag[]> {
    await this.#called('ListTagsForResource', input, as);
    return this.tags[input.resourceArn] ?? [];
  }

  async getTaskProtection(input: object, as: Signer): Promise<ProtectionAnswer> {
    await this.#called('GetTaskProtection', input, as);
    return this.protection;
  }

  async updateTaskProtection(input: object, as: Signer): Promise<ProtectionAnswer> {
    await this.#called('UpdateTaskProtection', input, as);
    return this.protection;
  }

  async #called(operation: string, input: object, as: Signer): Promise<void> {
    this.calls.push({ operation, input, as });
    if (this.failure !== undefined) throw this.failure;
    if (!this.hangs) return;
    await new Promise((_, reject) => as.signal.addEventListener('abort', () => reject(as.signal.reason)));
  }
}

/** A namespace's packet filter and queues, as far as faults use them. */
export class SimulatedFaultCommands implements FaultCommands {
  /** Command lines, with the process whose namespace they were run in. */
  readonly lines: string[] = [];
  readonly chains = new Map<string, string[]>();
  queues: { kind: string; options?: Record<string, unknown> }[] = [];
  ipv6 = true;
  failing: RegExp | undefined;
  hangs = false;

  async probe(): Promise<{ available: boolean; problems: readonly string[] }> {
    return { available: true, problems: [] };
  }

  async run(
    pid: number | undefined,
    program: string,
    args: readonly string[],
    signal: AbortSignal,
  ): Promise<{ code: number; output: string; complaint: string }> {
    const line = `${program} ${args.join(' ')}`.replace(' -w 5', '');
    this.lines.push(`${pid ?? 'host'}: ${line}`);
    if (this.hangs) await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    if (this.failing?.test(line) === true) return { code: 1, output: '', complaint: 'no' };
    if (program === 'tc') return { code: 0, output: this.#queue(args), complaint: '' };
    if (program === 'ip') return { code: 0, output: '[{"dev":"ens5"}]', complaint: '' };
    return { code: this.#filter(program, args.slice(2)) ? 0 : 1, output: '', complaint: 'no such chain' };
  }

  #queue(args: readonly string[]): string {
    if (args.includes('show')) return JSON.stringify(this.queues);
    if (args.includes('del')) this.queues = [];
    const netem = args.indexOf('netem');
    if (netem >= 0) {
      const loss = args[netem + 1] === 'loss';
      this.queues.push({ kind: 'netem', options: loss ? { 'loss-random': {} } : { delay: {} } });
    }
    return '';
  }

  #filter(program: string, [verb, chain = '', ...rule]: readonly string[]): boolean {
    if (program === 'ip6tables' && !this.ipv6) return false;
    const key = `${program} ${chain}`;
    const builtIn = chain === 'INPUT' || chain === 'OUTPUT';
    const rules = this.chains.get(key) ?? (builtIn ? [] : undefined);
    if (verb === '-N') return rules === undefined && this.chains.set(key, []) !== undefined;
    if (rules === undefined) return false;
    if (verb === '-A' || verb === '-I') this.chains.set(key, [...rules, rule.join(' ')]);
    else if (verb === '-C') return rules.includes(rule.join(' '));
    else if (verb === '-D')
      this.chains.set(
        key,
        rules.filter((each) => each !== rule.join(' ')),
      );
    else if (verb === '-F') this.chains.set(key, []);
    else if (verb === '-X') this.chains.delete(key);
    return true;
  }
}

export function roleCredentials(id: string, over: Partial<RoleCredentials> = {}): RoleCredentials {
  return {
    credentialsId: id,
    roleArn: 'arn:aws:iam::000000000000:role/app',
    accessKeyId: `ASIA${id}`,
    secretAccessKey: `secret of ${id}`,
    sessionToken: `token of ${id}`,
    expiration: '2026-10-09T18:00:00Z',
    ...over,
  };
}

/** What an agent is given to serve in-task endpoints in memory. */
export function endpointDeps(host: SimulatedEndpoints, api: TaskApi, faults: FaultCommands): EndpointDeps {
  return { host, api, faults, readInterfaces: async () => ({}), readClockDrift: async () => undefined };
}
