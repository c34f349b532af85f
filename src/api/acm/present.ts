import type { Instant } from '#base';
import type { Certificate } from '#model';
import { statusOf } from './certificate.ts';
import { limits } from './limits.ts';

/** Records as the API's shapes. */

const usages = ['DIGITAL_SIGNATURE', 'KEY_ENCIPHERMENT'] as const;
const extendedUsages = [
  { Name: 'TLS_WEB_SERVER_AUTHENTICATION', OID: '1.3.6.1.5.5.7.3.1' },
  { Name: 'TLS_WEB_CLIENT_AUTHENTICATION', OID: '1.3.6.1.5.5.7.3.2' },
] as const;

function times({ type, createdAt }: Certificate) {
  return { CreatedAt: createdAt, ...(type === 'IMPORTED' ? { ImportedAt: createdAt } : { IssuedAt: createdAt }) };
}

function eligibility({ type }: Certificate, users: readonly string[]): 'ELIGIBLE' | 'INELIGIBLE' {
  return type === 'AMAZON_ISSUED' && users.length > 0 ? 'ELIGIBLE' : 'INELIGIBLE';
}

export function presentOptions({ transparencyLogging, exportable }: Certificate) {
  return {
    CertificateTransparencyLoggingPreference: transparencyLogging ? ('ENABLED' as const) : ('DISABLED' as const),
    Export: exportable ? ('ENABLED' as const) : ('DISABLED' as const),
  };
}

export function presentCertificate(certificate: Certificate, users: readonly string[], now: Instant) {
  const { certificateArn, domainName, subjectAlternativeNames, serial, subject, issuer } = certificate;
  return {
    CertificateArn: certificateArn,
    DomainName: domainName,
    SubjectAlternativeNames: subjectAlternativeNames,
    ...(certificate.validationRecords === undefined ? {} : { DomainValidationOptions: validations(certificate) }),
    Serial: serial,
    Subject: subject,
    Issuer: issuer,
    ...times(certificate),
    Status: statusOf(certificate, now),
    NotBefore: certificate.notBefore,
    NotAfter: certificate.notAfter,
    KeyAlgorithm: certificate.keyAlgorithm,
    SignatureAlgorithm: certificate.signatureAlgorithm,
    InUseBy: users,
    Type: certificate.type,
    ...renewal(certificate),
    KeyUsages: usages.map((Name) => ({ Name })),
    ExtendedKeyUsages: extendedUsages,
    RenewalEligibility: eligibility(certificate, users),
    Options: presentOptions(certificate),
  };
}

function validations({ validationRecords = [], validationMethod = 'DNS' }: Certificate) {
  return validationRecords.map(({ domainName, name, value }) => ({
    DomainName: domainName,
    ValidationDomain: domainName,
    ValidationStatus: 'SUCCESS' as const,
    ...(validationMethod === 'DNS' ? { ResourceRecord: { Name: name, Type: 'CNAME' as const, Value: value } } : {}),
    ValidationMethod: validationMethod,
  }));
}

function renewal(certificate: Certificate) {
  if (certificate.renewedAt === undefined) return {};
  return {
    RenewalSummary: {
      RenewalStatus: 'SUCCESS' as const,
      DomainValidationOptions: validations(certificate),
      UpdatedAt: certificate.renewedAt,
    },
  };
}

export function presentSummary(certificate: Certificate, users: readonly string[], now: Instant) {
  const names = certificate.subjectAlternativeNames;
  return {
    CertificateArn: certificate.certificateArn,
    DomainName: certificate.domainName,
    SubjectAlternativeNameSummaries: names.slice(0, limits.namesInSummary),
    HasAdditionalSubjectAlternativeNames: names.length > limits.namesInSummary,
    Status: statusOf(certificate, now),
    Type: certificate.type,
    KeyAlgorithm: certificate.keyAlgorithm,
    KeyUsages: usages,
    ExtendedKeyUsages: extendedUsages.map(({ Name }) => Name),
    ExportOption: certificate.exportable ? ('ENABLED' as const) : ('DISABLED' as const),
    InUse: users.length > 0,
    RenewalEligibility: eligibility(certificate, users),
    NotBefore: certificate.notBefore,
    NotAfter: certificate.notAfter,
    ...times(certificate),
  };
}
