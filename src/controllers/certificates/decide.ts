import { afterMs, type Instant } from '#base';
import type { Certificate } from '#model';
import type { RoadsteadView } from '#store';
import { renewalLeadMs } from './limits.ts';

/**
 * When a certificate is renewed; `undefined` when it is not: somebody else's, or one that nothing uses, as with ACM.
 * Source: "Managed certificate renewal" in ACM's user guide.
 */
export function renewalAt(view: RoadsteadView, certificate: Certificate): Instant | undefined {
  if (certificate.type !== 'AMAZON_ISSUED') return undefined;
  const [user] = view.listeners.by('certificate', certificate.certificateArn);
  return user === undefined ? undefined : afterMs(certificate.notAfter, -renewalLeadMs);
}
