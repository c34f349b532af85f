import { Ids, type Instant, SeededRandom } from '#base';
import type { Reissue } from '#controllers';
import { createCertificateAuthority, createSealer, issueSealed } from '#pki';

const masterKey = new Uint8Array(32).fill(3);

/** What operations need to make certificates and keep their keys. */
export function testCertificates(now: Instant, seed = 2) {
  return {
    authority: createCertificateAuthority({ masterKey, now }, { ids: new Ids(new SeededRandom(seed)) }),
    privateKeys: createSealer(masterKey, 'test'),
  };
}

/** The same authority, as loops have it; its serials are others. */
export function testReissue(start: Instant): Reissue {
  const { authority, privateKeys } = testCertificates(start, 5);
  return ({ subjectAlternativeNames: names, keyAlgorithm: keyKind }, now) =>
    issueSealed(authority, privateKeys, { names, keyKind, now });
}

/** A certificate of an authority that is not the installation's, as somebody would import it. */
export async function foreignCertificate(
  name: string,
  now: Instant,
): Promise<{ readonly certificate: string; readonly privateKey: string }> {
  const ids = new Ids(new SeededRandom(4));
  const authority = createCertificateAuthority({ masterKey: new Uint8Array(32).fill(9), now }, { ids });
  const { facts, privateKey } = await authority.issue({ names: [name], keyKind: 'EC_prime256v1', now });
  return { certificate: facts.pem, privateKey };
}
