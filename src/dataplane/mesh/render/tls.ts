import type { CertificateDocument } from '#wire/link';
import { word } from '../../haproxy/index.ts';

/** Source: "Encrypt Amazon ECS Service Connect traffic". */
const version = 'ssl-min-ver TLSv1.3 ssl-max-ver TLSv1.3';
const ciphers = 'ciphersuites TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256';

/** Words of a `bind` line that takes TLS connections with this certificate. */
export function listenerTls(certificatePath: string): string {
  return `ssl crt ${word(certificatePath)} ${version} ${ciphers} no-tls-tickets alpn h2,http/1.1`;
}

/** Words of a server that must show this name, signed by this authority. */
export function targetTls(serverName: string, authorityPath: string, alpn: string | undefined): string {
  return [
    `ssl verify required ca-file ${word(authorityPath)} sni str(${nameArgument(serverName)})`,
    `verifyhost ${word(serverName)} ${version} ${ciphers}`,
    ...(alpn === undefined ? [] : [`alpn ${alpn}`]),
  ].join(' ');
}

/** Names of certificates have no sign that ends an argument; what is none becomes a name that no certificate has. */
function nameArgument(name: string): string {
  return /^[A-Za-z0-9._*-]+$/.test(name) ? name : 'invalid';
}

export function pem({ certificate, chain, privateKey }: CertificateDocument): string {
  return [certificate, chain ?? '', privateKey]
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => `${part}\n`)
    .join('');
}
