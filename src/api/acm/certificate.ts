import { type Instant } from '#base';
import { type Certificate, type Scope, scopeKey } from '#model';
import type { RoadsteadView } from '#store';
import type { OperationContext } from '../operation.ts';
import { certificateNotFound } from './errors.ts';

/** The caller's certificate. ResourceNotFoundException. */
export function getCertificate(
  view: RoadsteadView,
  arn: string,
  { scope }: Pick<OperationContext, 'scope'>,
): Certificate {
  const certificate = view.certificates.find(arn);
  if (certificate === undefined || scopeKey(certificate) !== scopeKey(scope)) throw certificateNotFound(arn);
  return certificate;
}

/** Issued ones are issued at once; an end is all that comes. */
export function statusOf({ notAfter }: Pick<Certificate, 'notAfter'>, now: Instant): 'ISSUED' | 'EXPIRED' {
  return notAfter <= now ? 'EXPIRED' : 'ISSUED';
}

/** The load balancers that show the certificate. */
export function usersOf(view: RoadsteadView, arn: string): readonly string[] {
  return [...new Set([...view.listeners.by('certificate', arn)].map(({ loadBalancerArn }) => loadBalancerArn))];
}

/** By when they were made. */
export function certificatesOf(view: RoadsteadView, scope: Scope): readonly Certificate[] {
  return [...view.certificates.by('scope', scopeKey(scope))];
}
