import { type Clock, type Instant } from '#base';
import type { Certificate } from '#model';
import type { RoadsteadStore, RoadsteadView } from '#store';
import type { Controller, RecordChange } from '../controller.ts';
import { renewalAt } from './decide.ts';

/** What a renewal changes of a certificate's record. */
export type ReissuedCertificate = Pick<
  Certificate,
  | 'certificate'
  | 'chain'
  | 'sealedPrivateKey'
  | 'subject'
  | 'issuer'
  | 'serial'
  | 'signatureAlgorithm'
  | 'notBefore'
  | 'notAfter'
>;

/** The authority as a port: the same names and kind of key, a new key. */
export type Reissue = (
  of: Pick<Certificate, 'subjectAlternativeNames' | 'keyAlgorithm'>,
  now: Instant,
) => Promise<ReissuedCertificate>;

export interface CertificatesDeps {
  readonly store: RoadsteadStore;
  readonly clock: Clock;
  readonly reissue: Reissue;
}

/** Renews certificates of the installation's authority that listeners show, before they end. Keys are certificates. */
export class CertificatesController implements Controller {
  readonly name = 'certificates';
  /** A key is made by the processor: one at a time. */
  readonly lanes = 1;
  readonly #deps: CertificatesDeps;

  constructor(deps: CertificatesDeps) {
    this.#deps = deps;
  }

  *keysOf({ table, key, before, after }: RecordChange): Iterable<string> {
    if (table === 'certificates') yield key;
    if (table !== 'listeners') return;
    for (const listener of [before, after]) {
      if (listener?.defaultCertificateArn !== undefined) yield listener.defaultCertificateArn;
      yield* listener?.certificateArns ?? [];
    }
  }

  *allKeys(view: RoadsteadView): Iterable<string> {
    for (const { certificateArn } of view.certificates.all()) yield certificateArn;
  }

  async reconcile(key: string): Promise<Instant | undefined> {
    const { store, clock, reissue } = this.#deps;
    const current = store.view.certificates.find(key);
    const at = current === undefined ? undefined : renewalAt(store.view, current);
    if (current === undefined || at === undefined || at > clock.now()) return at;
    const renewed = await reissue(current, clock.now());
    await store.update('certificates', (tx) => {
      const now = tx.certificates.find(key);
      // Deleted meanwhile, or renewed by somebody who asked for it.
      if (now?.serial !== current.serial) return;
      tx.certificates.put({ ...now, ...renewed, renewedAt: clock.now() });
    });
    return undefined;
  }
}
