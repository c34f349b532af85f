import type { Instant } from '#base';
import type { Scope, ServiceArn } from './arn.ts';
import type { Task, TaskContainer } from './task.ts';

/** How requests of an endpoint are understood; `tcp` for a port without an appProtocol. */
export type ConnectProtocol = 'tcp' | 'http' | 'http2' | 'grpc';

/** A service's `serviceConnectConfiguration`, as it was asked for. */
export interface ServiceConnectConfiguration {
  readonly enabled: boolean;
  /** A name or an ARN; the cluster's default where the request named none. */
  readonly namespace?: string;
  /** The ARN that this was when it was asked for. Absent when it is not enabled. */
  readonly namespaceArn?: string;
  readonly services?: readonly ConnectServiceSettings[];
  readonly logConfiguration?: ConnectLogConfiguration;
  readonly accessLogConfiguration?: {
    readonly format: 'TEXT' | 'JSON';
    readonly includeQueryParameters?: 'ENABLED' | 'DISABLED';
  };
  readonly containerConfigurations?: readonly { readonly logLevel: 'debug' | 'info' }[];
}

export interface ConnectServiceSettings {
  readonly portName: string;
  readonly discoveryName?: string;
  readonly clientAliases?: readonly {
    readonly port: number;
    readonly dnsName?: string;
    readonly testTrafficRules?: { readonly header: ConnectTestHeader };
  }[];
  readonly ingressPortOverride?: number;
  readonly timeout?: { readonly idleTimeoutSeconds?: number; readonly perRequestTimeoutSeconds?: number };
  readonly tls?: {
    readonly issuerCertificateAuthority: { readonly awsPcaAuthorityArn?: string };
    readonly kmsKey?: string;
    readonly roleArn?: string;
  };
}

/** Requests with such a header are of test traffic; without `value` whatever it says. */
export interface ConnectTestHeader {
  readonly name: string;
  readonly value?: { readonly exact: string };
}

/** Docker's log driver and options, for the proxy. */
export interface ConnectLogConfiguration {
  readonly logDriver: string;
  readonly options?: Readonly<Record<string, string>>;
  readonly secretOptions?: readonly { readonly name: string; readonly valueFrom: string }[];
}

/** A discovery name and the ARN of the Cloud Map service that ECS made for it. */
export interface ConnectResource {
  readonly discoveryName: string;
  readonly discoveryArn: string;
}

/** What a revision has of Service Connect: settled when its deployment began, never changed. */
export interface RevisionConnect {
  readonly namespaceArn: string;
  /** What its tasks answer for. */
  readonly endpoints: readonly ConnectEndpoint[];
  /** What its tasks can call: the endpoints that the namespace had. */
  readonly callable: readonly CallableEndpoint[];
}

/** A port of a revision's tasks that others call by a name. */
export interface ConnectEndpoint extends ConnectResource {
  readonly portName: string;
  readonly containerPort: number;
  /** Where the proxy listens; the container's own port unless it was overridden. */
  readonly listenerPort: number;
  /** In bridge mode: which container has the port, and by which of the host's ports the proxy is called; 0: any. */
  readonly bridge?: { readonly containerName: string; readonly hostPort: number };
  readonly protocol: ConnectProtocol;
  /** 0: no limit. */
  readonly idleTimeoutSeconds: number;
  /** 0: no limit. */
  readonly perRequestTimeoutSeconds: number;
  /** How clients call it. */
  readonly hostName: string;
  readonly port: number;
  readonly testHeader?: ConnectTestHeader;
  /** It speaks TLS, with this certificate. */
  readonly certificateArn?: string;
}

export interface CallableEndpoint {
  readonly discoveryArn: string;
  readonly hostName: string;
  readonly port: number;
  /** What the name means in the task: `127.255.0.1`; in bridge mode `169.254.176.1`. */
  readonly address: string;
}

/** What a task has of Service Connect. */
export interface TaskConnect {
  /** Of the attachment that tells its agent. */
  readonly attachmentId: string;
  /** `ecs-service-connect-oRK9o`. */
  readonly containerName: string;
}

/**
 * The certificate that an endpoint shows, issued by the installation's authority and renewed in good time. No operation
 * shows it, and its key is sealed.
 */
export interface ConnectCertificate extends Scope {
  readonly certificateArn: string;
  /** The service of ECS whose tasks have it. */
  readonly serviceArn: ServiceArn;
  readonly serverName: string;
  /** PEM. */
  readonly certificate: string;
  /** PEM: the authority's own. */
  readonly chain: string;
  readonly sealedPrivateKey: string;
  readonly issuedAt: Instant;
}

/** The name of the certificate of an endpoint, as ECS names the secret that holds it. */
export function connectCertificateArn(scope: Scope, serviceId: string): string {
  return `arn:aws:secretsmanager:${scope.region}:${scope.accountId}:secret:ecs-sc!${serviceId}`;
}

/** The containers that the user asked for: without the proxy. */
export function ownContainers(task: Pick<Task, 'containers' | 'serviceConnect'>): readonly TaskContainer[] {
  const proxy = task.serviceConnect?.containerName;
  return proxy === undefined ? task.containers : task.containers.filter(({ name }) => name !== proxy);
}

/** How the attachment of Service Connect stands. */
export function connectAttachmentStatus({ hostArn, lastStatus }: Pick<Task, 'hostArn' | 'lastStatus'>): string {
  if (lastStatus === 'STOPPED' || lastStatus === 'DELETED') return 'DELETED';
  return hostArn === undefined ? 'PRECREATED' : 'ATTACHED';
}
