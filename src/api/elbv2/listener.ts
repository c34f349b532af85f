import type { Listener, ListenerProtocol, LoadBalancer } from '#model';
import type { RoadsteadView } from '#store';
import { presentAction } from './actions.ts';
import { checkedDefaultCertificate } from './certificates.ts';
import { notHere, validationError } from './errors.ts';
import { defaultRuleOf } from './find.ts';
import type { CreateListenerInput, ModifyListenerInput } from './service.ts';
import { defaultSslPolicy, requirePolicy } from './ssl-policies.ts';

const protocols: Readonly<Record<LoadBalancer['type'], readonly ListenerProtocol[]>> = {
  application: ['HTTP', 'HTTPS'],
  network: ['TCP', 'TLS', 'UDP', 'TCP_UDP'],
};

const alpnPolicies = ['HTTP1Only', 'HTTP2Only', 'HTTP2Optional', 'HTTP2Preferred', 'None'];

export type ListenerSettings = Pick<
  Listener,
  'port' | 'protocol' | 'sslPolicy' | 'alpnPolicy' | 'defaultCertificateArn'
>;

/** Port, protocol and security of a listener as a request wants them; of one that is changed, `before` has the rest. */
export function checkedListener(
  input: Omit<CreateListenerInput, 'LoadBalancerArn' | 'DefaultActions'> | Omit<ModifyListenerInput, 'ListenerArn'>,
  { type }: Pick<LoadBalancer, 'type'>,
  before?: Listener,
): ListenerSettings {
  const port = input.Port ?? before?.port;
  const protocol = input.Protocol ?? before?.protocol;
  if (protocol === undefined) throw validationError('A listener protocol must be specified');
  if (port === undefined) throw validationError('A listener port must be specified');
  if (port < 1 || port > 65_535) throw validationError(`Port '${port}' must be between '1' and '65535' inclusive`);
  const allowed: readonly string[] = protocols[type];
  if (!allowed.includes(protocol)) {
    if (protocol === 'QUIC' || protocol === 'TCP_QUIC') throw notHere(`The protocol '${protocol}'`);
    throw validationError(`Listener protocol '${protocol}' must be one of '${allowed.join(', ')}'`);
  }
  const mode = input.MutualAuthentication?.Mode;
  if (mode !== undefined && mode !== 'off') throw notHere(`Mutual authentication in mode '${mode}'`);
  const secure = protocol === 'HTTPS' || protocol === 'TLS';
  const settings = { port, protocol: protocol as ListenerProtocol };
  if (!secure) {
    if (input.SslPolicy !== undefined)
      throw validationError(`A security policy cannot be specified for ${protocol} listeners`);
    checkedDefaultCertificate(input.Certificates, protocol);
    return settings;
  }
  const certificate =
    input.Certificates === undefined && before?.defaultCertificateArn !== undefined
      ? before.defaultCertificateArn
      : checkedDefaultCertificate(input.Certificates, protocol);
  return {
    ...settings,
    sslPolicy: requirePolicy(input.SslPolicy ?? before?.sslPolicy ?? defaultSslPolicy).name,
    ...alpnOf(input.AlpnPolicy, protocol, before),
    ...(certificate === undefined ? {} : { defaultCertificateArn: certificate }),
  };
}

function alpnOf(
  asked: readonly string[] | undefined,
  protocol: string,
  before: Listener | undefined,
): Pick<Listener, 'alpnPolicy'> {
  const policy = asked?.[0] ?? before?.alpnPolicy;
  if (policy === undefined) return {};
  if (protocol !== 'TLS') throw validationError(`An ALPN policy cannot be specified for ${protocol} listeners`);
  if ((asked?.length ?? 0) > 1 || !alpnPolicies.includes(policy)) {
    throw validationError(`The ALPN policy must be one of '${alpnPolicies.join(', ')}'`);
  }
  return { alpnPolicy: policy };
}

/** As the API shows it, with the action of its default rule. */
export function presentListener(view: RoadsteadView, listener: Listener) {
  const { sslPolicy, alpnPolicy, defaultCertificateArn, protocol } = listener;
  return {
    ListenerArn: listener.listenerArn,
    LoadBalancerArn: listener.loadBalancerArn,
    Port: listener.port,
    Protocol: protocol,
    ...(defaultCertificateArn === undefined ? {} : { Certificates: [{ CertificateArn: defaultCertificateArn }] }),
    ...(sslPolicy === undefined ? {} : { SslPolicy: sslPolicy }),
    DefaultActions: [presentAction(defaultRuleOf(view, listener).action, protocol)],
    ...(alpnPolicy === undefined ? {} : { AlpnPolicy: [alpnPolicy] }),
    ...(protocol === 'HTTPS' ? { MutualAuthentication: { Mode: 'off' } } : {}),
  };
}
