/** What a security policy allows, in OpenSSL's words. */
export interface SslPolicy {
  readonly minVersion: 'TLSv1.0' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';
  readonly maxVersion: 'TLSv1.2' | 'TLSv1.3';
  readonly ciphers: readonly string[];
  readonly suites: readonly string[];
}

const suites = ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'];
const forward = (cipher: string): string[] => [`ECDHE-ECDSA-${cipher}`, `ECDHE-RSA-${cipher}`];
const restricted = ['AES128-GCM-SHA256', 'AES256-GCM-SHA384'].flatMap(forward);
const standard = [...restricted, ...['AES128-SHA256', 'AES256-SHA384'].flatMap(forward)];
const forwardOld = [...standard, ...['AES128-SHA', 'AES256-SHA'].flatMap(forward)];
const extended1 = [...standard, 'AES128-GCM-SHA256', 'AES128-SHA256', 'AES256-GCM-SHA384', 'AES256-SHA256'];
const extended2 = [...new Set([...forwardOld, ...extended1, 'AES128-SHA', 'AES256-SHA'])];

const v13 = (minVersion: SslPolicy['minVersion'], ciphers: readonly string[]): SslPolicy => ({
  minVersion,
  maxVersion: 'TLSv1.3',
  ciphers,
  suites,
});
const v12 = (minVersion: SslPolicy['minVersion'], ciphers: readonly string[]): SslPolicy => ({
  minVersion,
  maxVersion: 'TLSv1.2',
  ciphers,
  suites: [],
});

/** Source: "Security policies for your Application Load Balancer". */
const policies: Readonly<Record<string, SslPolicy>> = {
  'ELBSecurityPolicy-TLS13-1-3-2021-06': v13('TLSv1.3', []),
  'ELBSecurityPolicy-TLS13-1-2-2021-06': v13('TLSv1.2', standard),
  'ELBSecurityPolicy-TLS13-1-2-Res-2021-06': v13('TLSv1.2', restricted),
  'ELBSecurityPolicy-TLS13-1-2-Ext1-2021-06': v13('TLSv1.2', extended1),
  'ELBSecurityPolicy-TLS13-1-2-Ext2-2021-06': v13('TLSv1.2', extended2),
  'ELBSecurityPolicy-TLS13-1-1-2021-06': v13('TLSv1.1', extended2),
  'ELBSecurityPolicy-TLS13-1-0-2021-06': v13('TLSv1.0', extended2),
  'ELBSecurityPolicy-2016-08': v12('TLSv1.0', extended2),
  'ELBSecurityPolicy-TLS-1-0-2015-04': v12('TLSv1.0', extended2),
  'ELBSecurityPolicy-TLS-1-1-2017-01': v12('TLSv1.1', extended2),
  'ELBSecurityPolicy-TLS-1-2-2017-01': v12('TLSv1.2', extended1),
  'ELBSecurityPolicy-TLS-1-2-Ext-2018-06': v12('TLSv1.2', extended2),
  'ELBSecurityPolicy-FS-2018-06': v12('TLSv1.0', forwardOld),
  'ELBSecurityPolicy-FS-1-1-2019-08': v12('TLSv1.1', forwardOld),
  'ELBSecurityPolicy-FS-1-2-2019-08': v12('TLSv1.2', forwardOld),
  'ELBSecurityPolicy-FS-1-2-Res-2019-08': v12('TLSv1.2', standard),
  'ELBSecurityPolicy-FS-1-2-Res-2020-10': v12('TLSv1.2', restricted),
};

/**
 * A policy by its name. FIPS and post-quantum flavours are those without: the library decides what it offers beyond. A
 * name that is not known gets the strictest that clients of today still speak.
 */
export function sslPolicy(name: string | undefined): SslPolicy {
  const plain = (name ?? 'ELBSecurityPolicy-TLS13-1-2-2021-06')
    .replace(/-PQ-\d{4}-\d{2}$/, '-2021-06')
    .replace(/-FIPS-\d{4}-\d{2}$/, '-2021-06');
  return policies[plain] ?? v13('TLSv1.2', restricted);
}

/** The policy as words of a `bind` line. Old versions need OpenSSL's own bar lowered. */
export function sslPolicyWords({ minVersion, maxVersion, ciphers, suites }: SslPolicy): readonly string[] {
  const old = minVersion === 'TLSv1.0' || minVersion === 'TLSv1.1';
  return [
    `ssl-min-ver ${minVersion}`,
    `ssl-max-ver ${maxVersion}`,
    ...(ciphers.length === 0 ? [] : [`ciphers ${ciphers.join(':')}${old ? ':@SECLEVEL=0' : ''}`]),
    ...(suites.length === 0 ? [] : [`ciphersuites ${suites.join(':')}`]),
  ];
}
