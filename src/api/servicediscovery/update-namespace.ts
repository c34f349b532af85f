import type { DiscoveryNamespace, NamespaceType } from '#model';
import type { RoadsteadTx } from '#store';
import type { OperationContext } from '../operation.ts';
import { invalidInput } from './errors.ts';
import { getNamespace } from './references.ts';
import { carriedOut, type Request, repeated } from './requests.ts';

export interface NamespaceChange {
  readonly request: Request;
  readonly id: string;
  readonly type: NamespaceType;
  readonly description: string | undefined;
  readonly soaTtl: number | undefined;
}

/** Changes what of a namespace may change: its description, and how long it is kept that there is nothing. */
export function applyNamespaceChange(tx: RoadsteadTx, change: NamespaceChange, ctx: OperationContext): string {
  const { request, id, type, description, soaTtl } = change;
  const known = repeated(tx, request, ctx);
  if (known !== undefined) return known;
  const namespace = getNamespace(tx, ctx.scope, id);
  if (namespace.type !== type)
    throw invalidInput(`The namespace ${namespace.namespaceId} is of type ${namespace.type}.`);
  const changed: DiscoveryNamespace = {
    ...namespace,
    ...(description === undefined ? {} : { description }),
    ...(soaTtl === undefined ? {} : { soaTtl }),
  };
  tx.discoveryNamespaces.put(changed);
  return carriedOut(tx, ctx, request, {
    type: 'UPDATE_NAMESPACE',
    targets: { NAMESPACE: namespace.namespaceId },
  });
}
