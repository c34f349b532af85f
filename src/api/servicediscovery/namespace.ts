import { type DiscoveryNamespace, httpNameKey, type NamespaceType, scopeKey } from '#model';
import type { RoadsteadTx, RoadsteadView } from '#store';
import type { OperationContext } from '../operation.ts';
import { limitExceeded, namespaceExists } from './errors.ts';
import { limits } from './limits.ts';
import { base36 } from './requests.ts';
import { tagsFrom } from './tags.ts';

type TagsInput = Parameters<typeof tagsFrom>[0];

export interface NamespaceInput {
  readonly Name: string;
  readonly CreatorRequestId?: string | undefined;
  readonly Description?: string | undefined;
  readonly Tags?: TagsInput;
}

/** The record of a new namespace; `soaTtl` makes it one that DNS answers for. */
export function newNamespace(
  input: NamespaceInput,
  ctx: OperationContext,
  kind: { readonly type: NamespaceType; readonly soaTtl?: number; readonly vpcId?: string },
): DiscoveryNamespace {
  const { Name, CreatorRequestId, Description, Tags } = input;
  const { type, soaTtl, vpcId } = kind;
  return {
    ...ctx.scope,
    namespaceId: `ns-${ctx.ids.from(base36, 16)}`,
    name: Name,
    httpName: Name,
    type,
    ...(Description === undefined ? {} : { description: Description }),
    ...(soaTtl === undefined ? {} : { hostedZoneId: `Z${ctx.ids.from(base36, 20).toUpperCase()}`, soaTtl }),
    ...(vpcId === undefined ? {} : { vpcId }),
    ...(CreatorRequestId === undefined ? {} : { creatorRequestId: CreatorRequestId }),
    tags: tagsFrom(Tags),
    createdAt: ctx.now,
  };
}

/** ResourceLimitExceeded when the region has as many namespaces as there may be. */
export function requireRoom(view: RoadsteadView, { scope }: Pick<OperationContext, 'scope'>): void {
  if (view.discoveryNamespaces.count('scope', scopeKey(scope)) < limits.namespacesPerRegion) return;
  throw limitExceeded(`There can be no more than ${limits.namespacesPerRegion} namespaces in a region.`);
}

/** NamespaceAlreadyExists when an HTTP namespace of the caller's has the name. */
export function requireFreeName(view: RoadsteadView, namespace: DiscoveryNamespace): void {
  const [taken] = view.discoveryNamespaces.by('httpName', httpNameKey(namespace, namespace.name));
  if (taken !== undefined) throw namespaceExists(taken);
}

/** Stores it; where its name is taken already, DiscoverInstances knows it by the name and a hash. */
export function putNamespace(tx: RoadsteadTx, namespace: DiscoveryNamespace, ctx: OperationContext): void {
  const taken = tx.discoveryNamespaces.count('httpName', httpNameKey(namespace, namespace.name)) > 0;
  tx.discoveryNamespaces.put(
    taken ? { ...namespace, httpName: `${namespace.name}-${ctx.ids.from(base36, 8)}` } : namespace,
  );
}
