import { findProvider } from '#capacity';
import {
  type CapacityProvider,
  type CapacityProviderArn,
  capacityProviderArn,
  isReservedProvider,
  reservedProviders,
  type Scope,
  scopeKey,
} from '#model';
import type { RoadsteadView } from '#store';
import { operation } from '../operation.ts';
import { presentProvider } from './capacity-provider/present.ts';
import { resolveCluster } from './cluster/resolve.ts';
import { invalidParameter } from './errors.ts';
import { limits, pageSizes } from './limits.ts';
import { nextTokenMember, type PageRequest, pageRequest } from './paging.ts';
import { capacityProviderArnFrom } from './references.ts';
import { ecs } from './service.ts';

interface Found {
  readonly providers: readonly CapacityProvider[];
  readonly missing: readonly CapacityProviderArn[];
  readonly next?: number;
}

/**
 * DescribeCapacityProviders: those named, deleted ones too, unknown ones as failures; or all that are ACTIVE, page by
 * page, the reserved ones first. With `cluster`, only those associated with it.
 */
export const DescribeCapacityProviders = operation(ecs, 'DescribeCapacityProviders', {
  authorize: (input, ctx) => ({
    action: 'ecs:DescribeCapacityProviders',
    resource:
      input.capacityProviders?.length === 1
        ? capacityProviderArnFrom(ctx.scope, input.capacityProviders[0] ?? '')
        : '*',
  }),
  command: (input, ctx) => {
    const references = input.capacityProviders ?? [];
    if (references.length > limits.describeItems) {
      throw invalidParameter(`Capacity providers cannot have more than ${limits.describeItems} elements.`);
    }
    return {
      arns: references.map((reference) => capacityProviderArnFrom(ctx.scope, reference)),
      page: pageRequest('DescribeCapacityProviders', pageSizes.capacityProviders, input),
      tags: input.include?.includes('TAGS') ?? false,
      cluster: input.cluster,
    };
  },
  read: (view, { arns, page, tags, cluster: reference }, ctx) => {
    const own =
      reference === undefined ? undefined : (resolveCluster(view, ctx.scope, reference).capacityProviders ?? []);
    const isOwn = ({ name }: { readonly name: string }): boolean => own?.includes(name) ?? true;
    return {
      tags,
      found: arns.length > 0 ? namedProviders(view, arns, isOwn) : pageOfProviders(view, ctx.scope, page, isOwn),
    };
  },
  output: ({ found, tags }) => ({
    capacityProviders: found.providers.map((provider) => presentProvider(provider, { tags })),
    failures: found.missing.map((arn) => ({ arn, reason: 'MISSING' })),
    ...nextTokenMember('DescribeCapacityProviders', found.next),
  }),
});

type IsOwn = (provider: { readonly name: string }) => boolean;

function namedProviders(view: RoadsteadView, arns: readonly CapacityProviderArn[], isOwn: IsOwn): Found {
  const found = arns.map((arn) => {
    const provider = findProvider(view, arn);
    return { arn, provider: provider !== undefined && isOwn(provider) ? provider : undefined };
  });
  return {
    providers: found.flatMap(({ provider }) => provider ?? []),
    missing: found.flatMap(({ arn, provider }) => (provider === undefined ? [arn] : [])),
  };
}

/** Positions below 0 are those of the reserved providers, which come before every record. */
function pageOfProviders(view: RoadsteadView, scope: Scope, page: PageRequest, isOwn: IsOwn): Found {
  const { limit, after } = page;
  const first = after === undefined ? 0 : Math.max(0, after + 1 + reservedProviders.length);
  const reserved = (after ?? -1) < 0 ? reservedProviders.slice(first, first + limit) : [];
  const always = reserved.flatMap((name) => findProvider(view, capacityProviderArn(scope, name)) ?? []).filter(isOwn);
  if (reserved.length === limit) {
    return { providers: always, missing: [], next: first + limit - 1 - reservedProviders.length };
  }
  const { records, next } = view.capacityProviders.page('scope', scopeKey(scope), {
    limit: limit - always.length,
    ...(after === undefined || after < 0 ? {} : { after }),
    filter: (provider) => provider.status === 'ACTIVE' && !isReservedProvider(provider.name) && isOwn(provider),
  });
  return { providers: [...always, ...records], missing: [], ...(next === undefined ? {} : { next }) };
}
