export {
  type CertificateAuthority,
  createCertificateAuthority,
  type IssuedCertificate,
  type IssueRequest,
} from './authority.ts';
export {
  type CertificateFacts,
  encryptedKeyPem,
  type InspectedPair,
  inspectCertificate,
  inspectPair,
  type KeyKind,
} from './inspect.ts';
export { issueSealed, type SealedCertificate, sealedFacts } from './sealed.ts';
export { createSealer, type Sealer } from './sealer.ts';
