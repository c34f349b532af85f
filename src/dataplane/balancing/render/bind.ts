import type { BalancerDocument, CertificateDocument, ListenerDocument } from '#wire/link';
import { certificateFile, frontendName } from './names.ts';
import { sslPolicy, sslPolicyWords } from './ssl-policies.ts';

export interface BindInput {
  readonly listener: ListenerDocument;
  readonly balancer: BalancerDocument;
  readonly address: string;
  readonly certificates: ReadonlyMap<string, CertificateDocument>;
  /** Where the files of the configuration are. */
  readonly directory: string;
}

export type Bind =
  | { readonly words: string; readonly files: ReadonlyMap<string, string> }
  | { readonly problem: string };

/** The words of a `bind` line, and the files it names. A problem: it cannot be served yet. */
export function bindOf({ listener, balancer, address, certificates, directory }: BindInput): Bind {
  const { protocol, port, defaultCertificateArn, certificateArns } = listener;
  const at = `${address}:${port}`;
  if (protocol !== 'HTTPS' && protocol !== 'TLS') return { words: at, files: new Map() };
  if (defaultCertificateArn === undefined) return { problem: 'the listener has no default certificate' };
  const files = new Map<string, string>();
  const list: string[] = [];
  for (const arn of new Set([defaultCertificateArn, ...certificateArns])) {
    const certificate = certificates.get(arn);
    if (certificate === undefined) {
      if (arn === defaultCertificateArn) return { problem: `the certificate ${arn} is not there` };
      continue;
    }
    const path = `${directory}/${certificateFile(arn)}`;
    files.set(path, pem(certificate));
    list.push(path);
  }
  const listPath = `${directory}/${frontendName(listener.listenerArn)}.crt-list`;
  files.set(listPath, `${list.join('\n')}\n`);
  const policy = sslPolicyWords(sslPolicy(listener.sslPolicy));
  return { words: [at, `ssl crt-list ${listPath}`, ...alpn(listener, balancer), ...policy].join(' '), files };
}

function pem({ certificate, chain, privateKey }: CertificateDocument): string {
  return [certificate, chain ?? '', privateKey]
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => `${part}\n`)
    .join('');
}

function alpn({ protocol, alpnPolicy }: ListenerDocument, { attributes }: BalancerDocument): readonly string[] {
  if (protocol === 'HTTPS') {
    return [`alpn ${attributes['routing.http2.enabled'] === 'false' ? 'http/1.1' : 'h2,http/1.1'}`];
  }
  switch (alpnPolicy ?? 'None') {
    case 'HTTP1Only':
      return ['alpn http/1.1'];
    case 'HTTP2Only':
      return ['alpn h2'];
    case 'HTTP2Optional':
      return ['alpn http/1.1,h2'];
    case 'HTTP2Preferred':
      return ['alpn h2,http/1.1'];
    default:
      return [];
  }
}
