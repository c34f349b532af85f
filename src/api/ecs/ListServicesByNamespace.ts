import type { Scope } from '#model';
import { ApiError } from '#wire/aws';
import { operation } from '../operation.ts';
import { accountMismatch, invalidParameter, regionMismatch } from './errors.ts';
import { pageSizes } from './limits.ts';
import { pageRequest } from './paging.ts';
import { ecs } from './service.ts';

/**
 * ListServicesByNamespace: a namespace is named by Service Connect or service discovery, which are not there yet, so
 * none is known and NamespaceNotFoundException is the answer to every request that is well formed.
 */
export const ListServicesByNamespace = operation(ecs, 'ListServicesByNamespace', {
  authorize: () => ({ action: 'ecs:ListServicesByNamespace', resource: '*' }),
  command: (input, ctx) => {
    pageRequest('ListServicesByNamespace', pageSizes.services, input);
    return { namespace: checkedNamespace(ctx.scope, input.namespace) };
  },
  read: (_, { namespace }) => {
    throw new ApiError(
      'NamespaceNotFoundException',
      `Namespace not found: ${namespace}. Service Connect and service discovery are not part of this version of Roadstead, so no service is in a namespace.`,
    );
  },
  output: () => ({ serviceArns: [] }),
});

/** Cloud Map's `NamespaceName`: printable ASCII. */
const namePattern = /^[!-~]{1,1024}$/;
const arnPattern = /^arn:aws[a-z-]*:servicediscovery:([a-z0-9-]+):(\d{12}):namespace\/ns-[a-z0-9]{1,61}$/;

/** A name or an ARN of the caller's own. InvalidParameterException otherwise. */
function checkedNamespace(scope: Scope, namespace: string): string {
  if (namespace === '') throw invalidParameter('Namespace can not be blank.');
  if (!namePattern.test(namespace)) {
    throw invalidParameter('The namespace must have 1 to 1024 characters, without spaces and control characters.');
  }
  if (!namespace.startsWith('arn:')) return namespace;
  const match = arnPattern.exec(namespace);
  if (match === null) throw invalidParameter(`Invalid identifier: Unexpected ARN ${namespace}`);
  if (match[2] !== scope.accountId) throw accountMismatch();
  if (match[1] !== scope.region) throw regionMismatch();
  return namespace;
}
