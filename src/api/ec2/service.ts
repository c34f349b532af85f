import type * as EC2 from '@aws-sdk/client-ec2';
import { ensureNetwork } from '#network';
import type { Cursor, RoadsteadStore, RoadsteadTx, RoadsteadView } from '#store';
import { ApiError, type InputOf, type OperationName, type OutputOf } from '#wire/aws';
import { type Operation, type OperationContext, operation, type ServiceToken } from '../operation.ts';
import { decodePageToken, encodePageToken } from '../page-token.ts';
import { invalidParameterCombination, invalidParameterValue } from './errors.ts';
import { type Filter, filterTest } from './filters.ts';
import { getResource, type Kind, type Tagged } from './resources/kind.ts';

/** The Amazon EC2 API, version 2016-11-15: its VPC family. */
const ec2: ServiceToken<typeof EC2> = {
  service: 'ec2',
  invalidToken: { code: 'InvalidNextToken', message: 'The token is invalid.' },
};

type Ec2 = typeof EC2;

interface Common {
  readonly DryRun?: boolean | undefined;
}

/** What a dry run answers when it might. */
function refuseDryRun(input: unknown): void {
  if ((input as Common).DryRun !== true) return;
  const message = 'Request would have succeeded, but DryRun flag is set.';
  throw new ApiError('DryRunOperation', message, { status: 412 });
}

/** An operation that changes something: a command of the request, and one transaction that applies it. */
export function change<Op extends OperationName<Ec2>, C, R = void>(
  name: Op,
  parts: {
    readonly command: (input: InputOf<Ec2, Op>, context: OperationContext) => C;
    readonly apply: (tx: RoadsteadTx, command: C, context: OperationContext) => R;
    readonly output: (result: R, context: OperationContext) => OutputOf<Ec2, Op>;
  },
): Operation {
  return operation(ec2, name, {
    authorize: () => ({ action: `ec2:${name}`, resource: '*' }),
    command: (input, context) => {
      refuseDryRun(input);
      return parts.command(input, context);
    },
    apply: (tx, command, context) => {
      ensureNetwork(tx, context.scope, context.ids);
      return parts.apply(tx, command, context);
    },
    output: parts.output,
  });
}

/** An operation that reads. */
export function read<Op extends OperationName<Ec2>>(
  name: Op,
  answer: (input: InputOf<Ec2, Op>, view: RoadsteadView, context: OperationContext) => OutputOf<Ec2, Op>,
): Operation {
  return operation(ec2, name, {
    authorize: () => ({ action: `ec2:${name}`, resource: '*' }),
    command: (input) => {
      refuseDryRun(input);
      return input;
    },
    perform: async (store, input, context) => {
      await beginNetwork(store, context);
      const { output } = await store.read((view) => ({ output: answer(input, view, context) }));
      return output;
    },
    output: (output) => output,
  });
}

/** The default VPC is there before anybody looks. */
async function beginNetwork(store: RoadsteadStore, { scope, ids }: OperationContext): Promise<void> {
  for (const options of store.view.dhcpOptions.by('scope', `${scope.accountId}/${scope.region}`)) {
    if (options.isDefault) return;
  }
  await store.update('api', (tx) => ensureNetwork(tx, scope, ids));
}

/** A request for a list, as every Describe has it. */
export interface ListRequest {
  readonly ids?: readonly string[] | undefined;
  readonly Filters?: readonly Filter[] | undefined;
  readonly MaxResults?: number | undefined;
  readonly NextToken?: string | undefined;
}

export interface Listed<R> {
  readonly records: readonly R[];
  readonly page: { readonly NextToken?: string };
}

const mostResults = 1000;

/** The records of a kind that are asked for, by id or page by page, and through filters. */
export function list<R extends Tagged>(
  kind: Kind<R>,
  request: ListRequest,
  view: RoadsteadView,
  { scope }: Pick<OperationContext, 'scope'>,
): Listed<R> {
  const test = filterTest(kind, request.Filters);
  const { ids, MaxResults, NextToken } = request;
  if (ids !== undefined && ids.length > 0) {
    if (MaxResults !== undefined) {
      throw invalidParameterCombination(
        `The parameter ${kind.type.replaceAll(/-(.)/g, (_, char: string) => char.toUpperCase())}Ids cannot be used with the parameter MaxResults`,
      );
    }
    const records = [...new Set(ids)].map((id) => getResource(kind, view, scope, id));
    return { records: records.filter((record) => test(record, view)), page: {} };
  }
  const { records, next } = kind.table(view).page('scope', `${scope.accountId}/${scope.region}`, {
    after: cursorFrom(kind, NextToken),
    limit: limitFrom(MaxResults),
    filter: (record) => test(record, view),
  });
  return { records, page: next === undefined ? {} : { NextToken: encodePageToken(kind.type, String(next)) } };
}

/** More than the most are as many as there may be; the models of some operations allow less than one. */
function limitFrom(maxResults: number | undefined): number {
  if (maxResults === undefined) return Number.MAX_SAFE_INTEGER;
  if (maxResults >= 1) return Math.min(maxResults, mostResults);
  throw invalidParameterValue(`Value ( ${maxResults} ) for parameter maxResults is invalid. It is at least 1.`);
}

function cursorFrom(kind: Pick<Kind<never>, 'type'>, token: string | undefined): Cursor | undefined {
  return token === undefined || token === '' ? undefined : Number(decodePageToken(kind.type, token));
}
