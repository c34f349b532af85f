import type { RoadsteadView } from '#store';
import { type HostStateCompiler, scopeOfHost } from './compiler.ts';

/** Opens what a record has sealed. */
export interface PrivateKeys {
  open(sealed: string): string;
}

/** Certificates that listeners show, with their keys: for hosts alone that carry a node of such a balancer. */
export function certificateCompiler(privateKeys: PrivateKeys): HostStateCompiler<'certificate'> {
  return {
    kind: 'certificate',
    *all(view) {
      for (const { certificateArn } of view.certificates.all()) yield certificateArn;
    },
    changedBy: {
      certificates: ({ key }) => [key],
      listeners: ({ before, after }) => [...shownBy(before), ...shownBy(after)],
      *loadBalancers({ key }, view) {
        for (const listener of view.listeners.by('loadBalancer', key)) yield* shownBy(listener);
      },
    },
    compile(view, id) {
      const certificate = view.certificates.find(id);
      const hosts = certificate === undefined ? [] : hostsOf(view, id);
      const privateKey = certificate === undefined ? undefined : opened(privateKeys, certificate.sealedPrivateKey);
      if (certificate === undefined || privateKey === undefined || hosts.length === 0) return undefined;
      const { certificate: pem, chain } = certificate;
      const body = { certificate: pem, ...(chain === undefined ? {} : { chain }), privateKey };
      return { body, scopes: hosts.map(scopeOfHost) };
    },
  };
}

function shownBy(
  listener: { readonly defaultCertificateArn?: string; readonly certificateArns: readonly string[] } | undefined,
): readonly string[] {
  const { defaultCertificateArn, certificateArns = [] } = listener ?? {};
  return defaultCertificateArn === undefined ? certificateArns : [defaultCertificateArn, ...certificateArns];
}

function hostsOf(view: RoadsteadView, certificateArn: string) {
  const balancers = new Set(
    [...view.listeners.by('certificate', certificateArn)].map(({ loadBalancerArn }) => loadBalancerArn),
  );
  const hosts = [...balancers].flatMap((arn) =>
    (view.loadBalancers.find(arn)?.nodes ?? []).flatMap(({ hostArn }) => hostArn ?? []),
  );
  return [...new Set(hosts)];
}

/** A key that another installation sealed cannot be told of; its listener then has no certificate. */
function opened(privateKeys: PrivateKeys, sealed: string): string | undefined {
  try {
    return privateKeys.open(sealed);
  } catch {
    return undefined;
  }
}
