import type { KeyObject } from 'node:crypto';
import type { Ids, Instant } from '#base';
import type { AutoScalingGroups } from '#capacity';
import type { LogStore } from '#logs';
import type { Principal, Scope } from '#model';
import type { PublicAddresses } from '#network';
import type { CertificateAuthority, Sealer } from '#pki';
import type { HostIndex } from '#scheduler';
import type { Sessions } from '#sessions';
import type { RoadsteadStore, RoadsteadTx, RoadsteadView, Totals } from '#store';
import type { UsageWindow } from '#telemetry';
import type { InputOf, OperationName, OutputOf } from '#wire/aws';
import { type InvalidToken, openPageToken, type PageCall, sealPageToken } from './page-token.ts';
import type { ShownRecords } from './shown-records.ts';

/** What an installation decides for all requests. */
export interface ApiSettings {
  readonly version: string;
  readonly region: string;
  readonly startedAt: Instant;
  /** AWS's quotas, adjustable. */
  readonly quotas: Quotas;
  /** Where Elastic IP addresses come from. */
  readonly publicAddresses: PublicAddresses;
  /** Seals page tokens: 32 bytes, the same for the life of the installation. */
  readonly pageTokenKey: KeyObject;
}

/** Source: "Amazon ECS service quotas" and "Amazon VPC quotas". Those that AWS does not adjust can be adjusted here too. */
export interface Quotas {
  readonly clustersPerAccount: number;
  readonly servicesPerCluster: number;
  readonly containerInstancesPerCluster: number;
  readonly tasksPerService: number;
  readonly containersPerTaskDefinition: number;
  readonly taskDefinitionBytes: number;
  readonly revisionsPerFamily: number;
  readonly tasksPerRunTask: number;
  readonly instancesPerStartTask: number;
  readonly subnetsPerAwsvpcConfiguration: number;
  readonly securityGroupsPerAwsvpcConfiguration: number;
  readonly tagsPerResource: number;
  /** Of each direction. */
  readonly rulesPerSecurityGroup: number;
  /** Of each direction. */
  readonly entriesPerNetworkAcl: number;
  /** The largest Fargate task; 32 adds the row of the table that not every region has. */
  readonly vcpusPerFargateTask: number;
}

export const defaultQuotas: Quotas = {
  clustersPerAccount: 10_000,
  servicesPerCluster: 5_000,
  containerInstancesPerCluster: 5_000,
  tasksPerService: 5_000,
  containersPerTaskDefinition: 10,
  taskDefinitionBytes: 65_536,
  revisionsPerFamily: 1_000_000,
  tasksPerRunTask: 10,
  instancesPerStartTask: 10,
  subnetsPerAwsvpcConfiguration: 16,
  securityGroupsPerAwsvpcConfiguration: 5,
  tagsPerResource: 50,
  rulesPerSecurityGroup: 60,
  entriesPerNetworkAcl: 20,
  vcpusPerFargateTask: 16,
};

/** One request's circumstances. Time and identifiers come from here and nowhere else. */
export interface OperationContext {
  readonly scope: Scope;
  readonly principal: Principal;
  readonly now: Instant;
  readonly ids: Ids;
  readonly requestId: string;
  /** The base URL the caller reached us at, without a trailing slash: agents are told to come back there. */
  readonly endpoint: string;
  readonly settings: ApiSettings;
  readonly totals: Totals;
  readonly hosts: HostIndex;
  readonly groups: AutoScalingGroups;
  readonly logs: LogStore;
  /** Whose certificates clients of the installation trust. */
  readonly authority: CertificateAuthority;
  /** Private keys at rest. */
  readonly privateKeys: Sealer;
  readonly sessions: Pick<Sessions, 'open' | 'requestOf' | 'resume' | 'terminate'>;
  readonly usage: Pick<UsageWindow, 'latest' | 'minutes'>;
  /** How tasks and services look without their tags. */
  readonly shown: { readonly tasks: ShownRecords; readonly services: ShownRecords };
}

/** What an operation needs: an IAM action on a resource (an ARN, or `*`). */
export interface AccessRequest {
  readonly action: string;
  readonly resource: string;
}

/** One operation, ready to be called with a decoded input. */
export interface Operation {
  readonly service: string;
  readonly name: string;
  authorize(input: unknown, context: OperationContext): AccessRequest;
  run(store: RoadsteadStore, input: unknown, context: OperationContext): Promise<unknown>;
}

/** A service's client module, as a type only: handler types are inferred from it. */
export interface ServiceToken<M> {
  readonly service: string;
  /** What it says of a page token that it did not give. */
  readonly invalidToken?: InvalidToken;
  readonly __module?: M;
}

interface CommonParts<I, C> {
  /** Names the access needed; runs before everything else, so it may rely on nothing but the input's shape. */
  readonly authorize: (input: I, context: OperationContext) => AccessRequest;
  /** Turns the request into a validated command: defaults filled, ids and time assigned. Throws ApiError. */
  readonly command: (input: I, context: OperationContext) => C;
}

export interface ReadParts<I, O, C, R> extends CommonParts<I, C> {
  readonly read: (view: RoadsteadView, command: C, context: OperationContext) => R;
  readonly output: (result: R, context: OperationContext) => O;
}

export interface WriteParts<I, O, C, R> extends CommonParts<I, C> {
  /** One synchronous transaction; a throw takes all of it back. Checks that need state are here. */
  readonly apply: (tx: RoadsteadTx, command: C, context: OperationContext) => R;
  /** Whose fields it writes; `api` unless an agent's report is applied (`dispatch`). */
  readonly writer?: 'api' | 'dispatch';
  readonly output: (result: R, context: OperationContext) => O;
}

/** For what is kept outside the store. */
export interface PerformParts<I, O, C, R> extends CommonParts<I, C> {
  /** Each use of the store is a consistent state of its own; what is done outside it is durable when this resolves. */
  readonly perform: (store: RoadsteadStore, command: C, context: OperationContext) => Promise<R>;
  readonly output: (result: R, context: OperationContext) => O;
  /** Its page tokens are its own and leave as they are. */
  readonly plainTokens?: boolean;
}

/** The transaction's result, so that presenting it can read the state it left. */
interface Stored<O> {
  readonly output: O;
}

/**
 * Defines one operation of a service. The four parts run in this order: `authorize`, `command`, then `read`,
 * `apply` or `perform`, then `output` — with `read` and `apply` inside the same consistent state, so that an answer never mixes two revisions.
 */
export function operation<M, Op extends OperationName<M>, C, R>(
  token: ServiceToken<M>,
  name: Op,
  parts:
    | ReadParts<InputOf<M, Op>, OutputOf<M, Op>, C, R>
    | WriteParts<InputOf<M, Op>, OutputOf<M, Op>, C, R>
    | PerformParts<InputOf<M, Op>, OutputOf<M, Op>, C, R>,
): Operation {
  return {
    service: token.service,
    name,
    authorize: (input, context) => parts.authorize(input as InputOf<M, Op>, context),
    run: async (store, input, context) => {
      if ('perform' in parts && parts.plainTokens) {
        return await performed(parts, store, input as InputOf<M, Op>, context);
      }
      const page = pageCall(name, input as object, context);
      const whole = opened(input as PagedInput, page, token.invalidToken) as InputOf<M, Op>;
      if ('perform' in parts) return sealed((await performed(parts, store, whole, context)) as PagedOutput, page);
      const command = parts.command(whole, context);
      const stored: Stored<unknown> =
        'apply' in parts
          ? await store.update(parts.writer ?? 'api', (tx) => ({
              output: parts.output(parts.apply(tx, command, context), context),
            }))
          : await store.read((view) => ({ output: parts.output(parts.read(view, command, context), context) }));
      return sealed(stored.output as PagedOutput, page);
    },
  };
}

async function performed<I, O, C, R>(
  parts: PerformParts<I, O, C, R>,
  store: RoadsteadStore,
  input: I,
  context: OperationContext,
): Promise<O> {
  return parts.output(await parts.perform(store, parts.command(input, context), context), context);
}

type PagedInput = Readonly<Partial<Record<TokenMember, unknown>>>;
type PagedOutput = Readonly<Partial<Record<TokenMember, unknown>>>;

/** Where requests and answers have a page token, by the manner of their service. */
const tokenMembers = ['nextToken', 'NextToken'] as const;
type TokenMember = (typeof tokenMembers)[number];

function pageCall(operation: string, input: object, { scope, now, settings }: OperationContext): PageCall {
  return { operation, scope, input, now, key: settings.pageTokenKey };
}

/** The request with the position in place of the token that hides it. */
function opened(input: PagedInput, page: PageCall, invalid: InvalidToken | undefined): PagedInput {
  for (const member of tokenMembers) {
    const token = input[member];
    if (typeof token === 'string' && token !== '') return { ...input, [member]: openPageToken(token, page, invalid) };
  }
  return input;
}

function sealed(output: PagedOutput, page: PageCall): PagedOutput {
  for (const member of tokenMembers) {
    const position = output[member];
    if (typeof position === 'string') return { ...output, [member]: sealPageToken(position, page) };
  }
  return output;
}
