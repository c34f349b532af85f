import { ApiError } from '#wire/aws';

/** A security policy: protocols and ciphers by OpenSSL's names. Source: "Security policies for your Application Load Balancer". */
interface SecurityPolicy {
  readonly name: string;
  readonly protocols: readonly string[];
  readonly ciphers: readonly string[];
}

const tls13 = ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'];
const gcm = [
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
];
const cbc = [
  'ECDHE-ECDSA-AES128-SHA256',
  'ECDHE-RSA-AES128-SHA256',
  'ECDHE-ECDSA-AES256-SHA384',
  'ECDHE-RSA-AES256-SHA384',
];
const sha1 = ['ECDHE-ECDSA-AES128-SHA', 'ECDHE-RSA-AES128-SHA', 'ECDHE-ECDSA-AES256-SHA', 'ECDHE-RSA-AES256-SHA'];
const plain = ['AES128-GCM-SHA256', 'AES128-SHA256', 'AES128-SHA', 'AES256-GCM-SHA384', 'AES256-SHA256', 'AES256-SHA'];
const to12 = ['TLSv1.2', 'TLSv1.3'];
const all = ['TLSv1', 'TLSv1.1', 'TLSv1.2'];

export const defaultSslPolicy = 'ELBSecurityPolicy-2016-08';

const policies: readonly SecurityPolicy[] = [
  { name: defaultSslPolicy, protocols: all, ciphers: [...gcm, ...cbc, ...sha1, ...plain] },
  { name: 'ELBSecurityPolicy-TLS13-1-2-2021-06', protocols: to12, ciphers: [...tls13, ...gcm, ...cbc] },
  { name: 'ELBSecurityPolicy-TLS13-1-2-Res-2021-06', protocols: to12, ciphers: [...tls13, ...gcm] },
  { name: 'ELBSecurityPolicy-TLS13-1-3-2021-06', protocols: ['TLSv1.3'], ciphers: tls13 },
  {
    name: 'ELBSecurityPolicy-TLS13-1-2-Ext1-2021-06',
    protocols: to12,
    ciphers: [...tls13, ...gcm, ...cbc, 'AES128-GCM-SHA256', 'AES128-SHA256', 'AES256-GCM-SHA384', 'AES256-SHA256'],
  },
  {
    name: 'ELBSecurityPolicy-TLS13-1-2-Ext2-2021-06',
    protocols: to12,
    ciphers: [...tls13, ...gcm, ...cbc, ...sha1, ...plain],
  },
  {
    name: 'ELBSecurityPolicy-TLS13-1-1-2021-06',
    protocols: ['TLSv1.1', ...to12],
    ciphers: [...tls13, ...gcm, ...cbc, ...sha1, ...plain],
  },
  {
    name: 'ELBSecurityPolicy-TLS13-1-0-2021-06',
    protocols: ['TLSv1', 'TLSv1.1', ...to12],
    ciphers: [...tls13, ...gcm, ...cbc, ...sha1, ...plain],
  },
  {
    name: 'ELBSecurityPolicy-TLS-1-2-2017-01',
    protocols: ['TLSv1.2'],
    ciphers: [...gcm, ...cbc, ...plain.filter((name) => name !== 'AES128-SHA' && name !== 'AES256-SHA')],
  },
  {
    name: 'ELBSecurityPolicy-TLS-1-2-Ext-2018-06',
    protocols: ['TLSv1.2'],
    ciphers: [...gcm, ...cbc, ...sha1, ...plain],
  },
  {
    name: 'ELBSecurityPolicy-TLS-1-1-2017-01',
    protocols: ['TLSv1.1', 'TLSv1.2'],
    ciphers: [...gcm, ...cbc, ...sha1, ...plain],
  },
  { name: 'ELBSecurityPolicy-FS-1-2-Res-2020-10', protocols: ['TLSv1.2'], ciphers: gcm },
  { name: 'ELBSecurityPolicy-FS-1-2-Res-2019-08', protocols: ['TLSv1.2'], ciphers: [...gcm, ...cbc] },
  { name: 'ELBSecurityPolicy-FS-1-2-2019-08', protocols: ['TLSv1.2'], ciphers: [...gcm, ...cbc, ...sha1] },
  { name: 'ELBSecurityPolicy-FS-1-1-2019-08', protocols: ['TLSv1.1', 'TLSv1.2'], ciphers: [...gcm, ...cbc, ...sha1] },
  { name: 'ELBSecurityPolicy-FS-2018-06', protocols: all, ciphers: [...gcm, ...cbc, ...sha1] },
  { name: 'ELBSecurityPolicy-2015-05', protocols: all, ciphers: [...gcm, ...cbc, ...sha1, ...plain] },
];

/** The policies of those names, or all; SSLPolicyNotFound when there is none of a name. */
export function findPolicies(names: readonly string[] | undefined): readonly SecurityPolicy[] {
  if (names === undefined || names.length === 0) return policies;
  return names.map((name) => requirePolicy(name));
}

export function requirePolicy(name: string): SecurityPolicy {
  const found = policies.find((policy) => policy.name === name);
  if (found === undefined) throw new ApiError('SSLPolicyNotFound', `SSL policy '${name}' not found`);
  return found;
}
