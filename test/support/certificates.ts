import { Ids, type Instant, SeededRandom } from '#base';
import { createCertificateAuthority, createSealer } from '#pki';

const masterKey = new Uint8Array(32).fill(3);

/** What operations need to make certificates and keep their keys. */
export function testCertificates(now: Instant) {
  return {
    authority: createCertificateAuthority({ masterKey, now }, { ids: new Ids(new SeededRandom(2)) }),
    privateKeys: createSealer(masterKey, 'test'),
  };
}
