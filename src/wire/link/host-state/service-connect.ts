/** How requests of an endpoint are understood; `tcp` for a port without an appProtocol. */
export type MeshProtocol = 'tcp' | 'http' | 'http2' | 'grpc';

/**
 * The Service Connect proxy of a task on this host; its id is the task's ARN. It has what was true when the task's
 * deployment began, and does not change. Source: "Service Connect components" in the developer guide.
 */
export interface MeshProxyDocument {
  /** What the proxy is called among the task's containers: `ecs-service-connect-oRK9o`. */
  readonly containerName: string;
  readonly namespaceArn: string;
  readonly clusterName: string;
  readonly serviceName: string;
  readonly ingress: readonly MeshIngress[];
  readonly egress: readonly MeshEgress[];
  /** Absent: requests are not logged. Lines go where the log configuration of the proxy's container says. */
  readonly accessLog?: { readonly format: 'TEXT' | 'JSON'; readonly includeQueryParameters: boolean };
}

/** A port of the task that takes its connections by the proxy. */
export interface MeshIngress {
  /** Of the MeshEndpointDocument that others call it by. */
  readonly endpointId: string;
  /** Where the application listens, at the task's own loopback address. */
  readonly containerPort: number;
  /** In bridge mode: it listens at the address of this container's, and the proxy has a namespace of its own. */
  readonly containerName?: string;
  /**
   * Where the proxy is reached at the task's address. The same as `containerPort`: what comes from outside to that port is
   * led to the proxy.
   */
  readonly listenerPort: number;
  /** Connections are TLS 1.3 with this CertificateDocument; absent: plain. */
  readonly certificateArn?: string;
}

/** A name that the task's containers can call. */
export interface MeshEgress {
  readonly endpointId: string;
  readonly hostName: string;
  readonly port: number;
  /** What the name means inside the task: `127.255.0.1`, in bridge mode `169.254.176.1`; one for each name. */
  readonly address: string;
}

/**
 * An endpoint of a namespace: who answers for a discovery name. Its id is the ARN of its Cloud Map service. Goes to every
 * host with a proxy in the namespace, and changes as tasks come and go.
 */
export interface MeshEndpointDocument {
  readonly namespaceArn: string;
  readonly discoveryName: string;
  readonly protocol: MeshProtocol;
  /** 0: there is no limit. */
  readonly idleTimeoutSeconds: number;
  /** 0: there is no limit; of `tcp` always. */
  readonly perRequestTimeoutSeconds: number;
  /** Targets speak TLS 1.3 and show this name, signed by this authority (PEM). */
  readonly tls?: { readonly serverName: string; readonly authority: string };
  /** Requests go to the shares by weight; during a release there are two. A share of weight 0 has only test traffic. */
  readonly shares: readonly MeshShare[];
  /** Requests that have the header go to this share. Absent `exact`: any value. */
  readonly test?: { readonly share: string; readonly headerName: string; readonly exact?: string };
}

export interface MeshShare {
  /** The service revision's id. */
  readonly name: string;
  readonly weight: number;
  readonly targets: readonly { readonly taskArn: string; readonly address: string; readonly port: number }[];
}
