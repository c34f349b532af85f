import type { ControllersDeps } from '#controllers';
import type { CertificateAuthority, Sealer } from '#pki';

/** As ECS has them of a private authority in its mode for short lives, ms. */
const lastsMs = 7 * 24 * 3_600_000;

/** Certificates of Service Connect: the installation's authority issues them, whichever one the user named. */
export function endpointCertificates({
  authority,
  privateKeys,
}: {
  readonly authority: CertificateAuthority;
  readonly privateKeys: Sealer;
}): ControllersDeps['endpointCertificates'] {
  return {
    async issue(serverName, now) {
      const { facts, chain, privateKey } = await authority.issue({
        names: [serverName],
        keyKind: 'EC_prime256v1',
        now,
        lastsMs,
      });
      return { certificate: facts.pem, chain, sealedPrivateKey: privateKeys.seal(privateKey) };
    },
  };
}
