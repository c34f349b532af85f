import { elapsedMs } from '#base';
import { type Certificate, certificateArn } from '#model';
import type { RoadsteadView } from '#store';
import { type OperationContext, operation } from '../operation.ts';
import { certificatesOf } from './certificate.ts';
import { invalidDomainValidation, notServedHere, tooManyCertificates, validationException } from './errors.ts';
import { issued, newArn } from './issue.ts';
import { limits } from './limits.ts';
import { acm } from './service.ts';
import { taggedWith } from './tags.ts';
import { validationRecord } from './validation.ts';

/** Those ACM issues public certificates for. */
const keyAlgorithms = ['RSA_2048', 'EC_prime256v1', 'EC_secp384r1'] as const;

type KeyAlgorithm = (typeof keyAlgorithms)[number];

/** RequestCertificate: issued at once by the installation's authority, whichever way its names were to be proved. */
export const RequestCertificate = operation(acm, 'RequestCertificate', {
  authorize: (_, ctx) => ({ action: 'acm:RequestCertificate', resource: certificateArn(ctx.scope, '*') }),
  command: (input, ctx) => {
    const {
      DomainName,
      SubjectAlternativeNames = [],
      ValidationMethod = 'DNS',
      IdempotencyToken,
      Options,
      Tags,
    } = input;
    if (input.CertificateAuthorityArn !== undefined) throw notServedHere('CertificateAuthorityArn');
    if (input.ManagedBy !== undefined) throw notServedHere('ManagedBy');
    const names = namesOf([DomainName, ...SubjectAlternativeNames]);
    requireValidationDomains(names, input.DomainValidationOptions ?? []);
    return {
      ...ctx.scope,
      certificateArn: newArn(ctx),
      domainName: names[0] ?? '',
      subjectAlternativeNames: names,
      type: 'AMAZON_ISSUED' as const,
      keyAlgorithm: keyAlgorithmOf(input.KeyAlgorithm),
      validationMethod: ValidationMethod,
      validationRecords: names.map((name) => validationRecord(ctx.scope.accountId, name)),
      ...(IdempotencyToken === undefined ? {} : { idempotencyToken: IdempotencyToken }),
      transparencyLogging: Options?.CertificateTransparencyLoggingPreference !== 'DISABLED',
      exportable: Options?.Export === 'ENABLED',
      tags: taggedWith([], Tags ?? []),
      createdAt: ctx.now,
    };
  },
  perform: async (store, wanted, ctx) => {
    const known = await store.read((view) => repeated(view, wanted, ctx));
    if (known !== undefined) return known;
    const certificate = { ...wanted, ...(await issued(wanted, ctx)) };
    return await store.update('api', (tx) => {
      const meanwhile = repeated(tx, wanted, ctx);
      if (meanwhile !== undefined) return meanwhile;
      if (certificatesOf(tx, ctx.scope).length >= limits.certificatesPerRegion) {
        throw tooManyCertificates(limits.certificatesPerRegion);
      }
      tx.certificates.put(certificate);
      return certificate.certificateArn;
    });
  },
  output: (arn) => ({ CertificateArn: arn }),
});

/** Lower case, and each once. */
function namesOf(names: readonly string[]): readonly string[] {
  const unique = [...new Set(names.map((name) => name.toLowerCase()))];
  if (unique.length <= limits.names) return unique;
  throw validationException(`A certificate can have no more than ${limits.names} domain names.`);
}

/** A name is proved for itself or for a domain above it. */
function requireValidationDomains(
  names: readonly string[],
  options: readonly { readonly DomainName: string; readonly ValidationDomain: string }[],
): void {
  for (const { DomainName, ValidationDomain } of options) {
    const name = DomainName.toLowerCase();
    if (!names.includes(name)) {
      throw invalidDomainValidation(`The domain name ${DomainName} is not among those of the request.`);
    }
    const domain = ValidationDomain.toLowerCase();
    if (name === domain || name.endsWith(`.${domain}`)) continue;
    throw invalidDomainValidation(`The validation domain ${ValidationDomain} is not above ${DomainName}.`);
  }
}

function keyAlgorithmOf(asked: string | undefined): KeyAlgorithm {
  const found = keyAlgorithms.find((each) => each === (asked ?? 'RSA_2048'));
  if (found !== undefined) return found;
  throw validationException(`The key algorithm ${asked} is not supported for requested certificates.`);
}

/** The certificate of the same request, if that was made before. */
function repeated(
  view: RoadsteadView,
  { idempotencyToken, domainName }: Pick<Certificate, 'idempotencyToken' | 'domainName'>,
  { scope, now }: OperationContext,
): string | undefined {
  if (idempotencyToken === undefined) return undefined;
  const found = certificatesOf(view, scope).find(
    (other) =>
      other.idempotencyToken === idempotencyToken &&
      other.domainName === domainName &&
      elapsedMs(other.createdAt, now) < limits.idempotencyMs,
  );
  return found?.certificateArn;
}
