import { type Scope, scopeKey } from '#model';
import type { RoadsteadView } from '#store';
import { ApiError } from '#wire/aws';
import { validationError } from './errors.ts';

interface CertificateInput {
  readonly CertificateArn?: string;
  readonly IsDefault?: boolean;
}

/** The one certificate that a listener is made with; the others are added later. */
export function checkedDefaultCertificate(
  inputs: readonly CertificateInput[] | undefined,
  protocol: string,
): string | undefined {
  const secure = protocol === 'HTTPS' || protocol === 'TLS';
  const [first, ...more] = inputs ?? [];
  if (!secure) {
    if (first === undefined) return undefined;
    throw validationError(`Certificates cannot be specified for ${protocol} listeners`);
  }
  if (first?.CertificateArn === undefined) {
    throw new ApiError('CertificateNotFound', `A certificate must be specified for ${protocol} listeners`);
  }
  if (more.length > 0) throw validationError('You can specify only one default certificate');
  return first.CertificateArn;
}

/** Those that are added or taken away. */
export function checkedCertificates(inputs: readonly CertificateInput[]): readonly string[] {
  return inputs.map(({ CertificateArn, IsDefault }) => {
    if (IsDefault !== undefined)
      throw validationError("You cannot specify 'IsDefault' when you add or remove certificates");
    if (CertificateArn === undefined) throw validationError('A certificate ARN must be specified');
    return CertificateArn;
  });
}

/** CertificateNotFound for one that the caller does not have, or that was never issued. */
export function requireCertificates(view: RoadsteadView, scope: Scope, arns: readonly string[]): void {
  for (const arn of arns) {
    const found = view.certificates.find(arn);
    if (found !== undefined && scopeKey(found) === scopeKey(scope)) continue;
    throw new ApiError('CertificateNotFound', `Certificate '${arn}' not found`);
  }
}
