import { type Certificate, certificateArn } from '#model';
import { operation } from '../operation.ts';
import { decodePageToken, encodePageToken } from '../page-token.ts';
import { certificatesOf, statusOf, usersOf } from './certificate.ts';
import { validationException } from './errors.ts';
import { limits } from './limits.ts';
import { presentSummary } from './present.ts';
import { acm } from './service.ts';

const list = 'ListCertificates';

/** What is listed where nothing is said of keys, as in ACM. */
const usualKeys: readonly string[] = ['RSA_1024', 'RSA_2048'];

/** ListCertificates: by when they were made; without `keyTypes` those with RSA keys of up to 2048 bits. */
export const ListCertificates = operation(acm, 'ListCertificates', {
  authorize: (_, ctx) => ({ action: 'acm:ListCertificates', resource: certificateArn(ctx.scope, '*') }),
  command: ({ CertificateStatuses, Includes, NextToken, MaxItems, SortBy, SortOrder }, { now }) => {
    if ((SortBy === undefined) !== (SortOrder === undefined)) {
      throw validationException('SortBy and SortOrder must be specified together.');
    }
    const keys: readonly string[] = Includes?.keyTypes ?? usualKeys;
    const usage: readonly string[] = ['ANY', 'DIGITAL_SIGNATURE', 'KEY_ENCIPHERMENT'];
    const extended: readonly string[] = ['ANY', 'TLS_WEB_SERVER_AUTHENTICATION', 'TLS_WEB_CLIENT_AUTHENTICATION'];
    return {
      limit: MaxItems ?? limits.page,
      after: NextToken === undefined ? undefined : decodePageToken(list, NextToken),
      newestFirst: SortOrder === 'DESCENDING',
      wanted: (certificate: Certificate): boolean =>
        keys.includes(certificate.keyAlgorithm) &&
        (CertificateStatuses === undefined || CertificateStatuses.includes(statusOf(certificate, now))) &&
        (Includes?.keyUsage === undefined || Includes.keyUsage.some((each) => usage.includes(each))) &&
        (Includes?.extendedKeyUsage === undefined ||
          Includes.extendedKeyUsage.some((each) => extended.includes(each))) &&
        (Includes?.exportOption === undefined || (Includes.exportOption === 'ENABLED') === certificate.exportable) &&
        Includes?.managedBy === undefined,
    };
  },
  read: (view, { limit, after, newestFirst, wanted }, { scope, now }) => {
    const all = certificatesOf(view, scope).filter(wanted);
    if (newestFirst) all.reverse();
    const from = after === undefined ? 0 : all.findIndex(({ certificateArn: arn }) => arn === after) + 1;
    const page = all.slice(from, from + limit);
    return {
      page: page.map((certificate) => presentSummary(certificate, usersOf(view, certificate.certificateArn), now)),
      next: all.length > from + limit ? page.at(-1)?.certificateArn : undefined,
    };
  },
  output: ({ page, next }) => ({
    CertificateSummaryList: page,
    ...(next === undefined ? {} : { NextToken: encodePageToken(list, next) }),
  }),
});
