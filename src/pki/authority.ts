import {
  createECDH,
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  type KeyObject,
  X509Certificate,
} from 'node:crypto';
import { promisify } from 'node:util';
import { afterMs, assert, type Ids, type Instant, instantFromMs } from '#base';
import { makeCertificate } from './certificate.ts';
import { type CertificateFacts, inspectCertificate, type KeyKind } from './inspect.ts';

/**
 * The authority whose certificates clients of the installation trust by its own. Its key follows from the master key:
 * whoever has that has it, and it is written nowhere. So its certificate may be made again and is the same to clients.
 */
export interface CertificateAuthority {
  /** PEM: what clients are to trust. */
  readonly certificate: string;
  /** A new key and a certificate for it, signed by the authority. */
  issue(request: IssueRequest): Promise<IssuedCertificate>;
}

export interface IssueRequest {
  /** At least one; the first is the subject. */
  readonly names: readonly string[];
  readonly keyKind: KeyKind;
  readonly now: Instant;
  /** How long it is good for, ms; 13 months unless said. */
  readonly lastsMs?: number;
}

export interface IssuedCertificate {
  readonly facts: CertificateFacts;
  /** PEM of the authority. */
  readonly chain: string;
  /** PEM, PKCS #8. */
  readonly privateKey: string;
}

const dayMs = 24 * 3_600_000;
/** As long as ACM's own: 13 months. */
const leafDays = 395;
const authorityDays = 20 * 365;
/** Clocks of clients may be behind. */
const backdatedMs = 3_600_000;
/** The longest common name there may be. */
const maxCommonName = 64;

const generate = promisify(generateKeyPair);

export interface AuthorityOptions {
  readonly masterKey: Uint8Array;
  readonly now: Instant;
  /** The certificate that clients have; it is kept while it is the authority's and lasts. */
  readonly known?: string;
}

export function createCertificateAuthority(
  options: AuthorityOptions,
  deps: { readonly ids: Ids },
): CertificateAuthority {
  const key = authorityKey(options.masterKey);
  const name = { organization: 'Roadstead', commonName: `Roadstead ${fingerprint(key).slice(0, 8)}` };
  const certificate =
    knownCertificate(options, key) ??
    makeCertificate(
      {
        serial: serialOf(deps.ids),
        subject: name,
        issuer: name,
        notBefore: before(options.now),
        notAfter: afterMs(options.now, authorityDays * dayMs),
        publicKey: createPublicKey(key),
        dnsNames: [],
        isAuthority: true,
      },
      key,
    );
  return {
    certificate,
    async issue({ names, keyKind, now, lastsMs = leafDays * dayMs }) {
      const { publicKey, privateKey } = await newKeys(keyKind);
      const [first = ''] = names;
      const pem = makeCertificate(
        {
          serial: serialOf(deps.ids),
          subject: first.length > maxCommonName ? undefined : { commonName: first },
          issuer: name,
          notBefore: before(now),
          notAfter: afterMs(now, lastsMs),
          publicKey,
          dnsNames: names,
          isAuthority: false,
        },
        key,
      );
      const facts = inspectCertificate(pem);
      assert(facts !== undefined, 'a certificate of our own is none');
      const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
      return { facts, chain: certificate, privateKey: pkcs8 };
    },
  };
}

function before(now: Instant): Instant {
  return instantFromMs(now * 1000 - backdatedMs);
}

/** Positive, and of 16 bytes. */
function serialOf(ids: Ids): string {
  return `4${ids.hex(31)}`;
}

/** A key on P-256 from the master key: the first derived number that is one. */
function authorityKey(masterKey: Uint8Array): KeyObject {
  for (let attempt = 0; attempt < 100; attempt++) {
    const secret = createHmac('sha256', masterKey).update(`certificate authority ${attempt}`).digest();
    const curve = createECDH('prime256v1');
    try {
      curve.setPrivateKey(secret);
    } catch {
      continue;
    }
    const point = curve.getPublicKey();
    const coordinate = (from: number): string => point.subarray(from, from + 32).toString('base64url');
    const jwk = { kty: 'EC', crv: 'P-256', d: secret.toString('base64url'), x: coordinate(1), y: coordinate(33) };
    return createPrivateKey({ key: jwk, format: 'jwk' });
  }
  throw new RangeError('no key follows from the master key');
}

function fingerprint(key: KeyObject): string {
  const spki = createPublicKey(key).export({ type: 'spki', format: 'der' });
  return createHmac('sha256', 'roadstead').update(spki).digest('hex');
}

function knownCertificate({ known, now }: AuthorityOptions, key: KeyObject): string | undefined {
  const facts = known === undefined ? undefined : inspectCertificate(known);
  if (facts === undefined) return undefined;
  const isOurs = new X509Certificate(facts.pem).publicKey.equals(createPublicKey(key));
  return isOurs && facts.notAfter > afterMs(now, 2 * leafDays * dayMs) ? facts.pem : undefined;
}

async function newKeys(kind: KeyKind): Promise<{ readonly publicKey: KeyObject; readonly privateKey: KeyObject }> {
  return kind.startsWith('RSA_')
    ? await generate('rsa', { modulusLength: Number(kind.slice(4)) })
    : await generate('ec', { namedCurve: kind.slice(3) });
}
