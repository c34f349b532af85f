/** A load balancer with all its listeners, given to each host that has one of its interfaces. Its id is its ARN. */
export interface BalancerDocument {
  readonly name: string;
  readonly type: 'application' | 'network';
  readonly scheme: 'internet-facing' | 'internal';
  readonly dnsName: string;
  readonly vpcId: string;
  /** Its nodes: an interface each. This host carries those whose `host` it is. */
  readonly nodes: readonly {
    readonly interfaceId: string;
    readonly address: string;
    readonly availabilityZone: string;
    readonly host?: string;
  }[];
  /** By AWS's keys: `idle_timeout.timeout_seconds`, … every key of the type is there. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly listeners: readonly ListenerDocument[];
  /** Of the listeners as they are here: a node that serves them says it again. Absent: made before there was one. */
  readonly digest?: string;
}

export interface ListenerDocument {
  readonly listenerArn: string;
  readonly port: number;
  readonly protocol: 'HTTP' | 'HTTPS' | 'TCP' | 'TLS' | 'UDP' | 'TCP_UDP';
  readonly sslPolicy?: string;
  readonly alpnPolicy?: string;
  readonly defaultCertificateArn?: string;
  /** Beside the default one, chosen by the name that the client asks for. */
  readonly certificateArns: readonly string[];
  readonly attributes: Readonly<Record<string, string>>;
  /** In order of priority; the default rule is the last and has no conditions. */
  readonly rules: readonly RuleDocument[];
}

export interface RuleDocument {
  readonly ruleArn: string;
  /** Told in access logs; the default rule has none. */
  readonly priority?: number;
  /** All must hold; of the values of one, any. */
  readonly conditions: readonly RuleCondition[];
  readonly action: RuleAction;
}

export type RuleCondition =
  | { readonly field: 'host-header' | 'path-pattern'; readonly values: readonly string[]; readonly regex?: boolean }
  | {
      readonly field: 'http-header';
      readonly name: string;
      readonly values: readonly string[];
      readonly regex?: boolean;
    }
  | { readonly field: 'http-request-method' | 'source-ip'; readonly values: readonly string[] }
  | { readonly field: 'query-string'; readonly values: readonly { readonly key?: string; readonly value: string }[] };

export type RuleAction =
  | {
      readonly type: 'forward';
      readonly targetGroups: readonly { readonly targetGroupArn: string; readonly weight: number }[];
      /** Clients stay with the target group they met first, seconds. */
      readonly stickinessSeconds?: number;
    }
  | {
      readonly type: 'redirect';
      /** With AWS's `#{protocol}`, `#{host}`, `#{port}`, `#{path}`, `#{query}`. */
      readonly protocol: string;
      readonly host: string;
      readonly port: string;
      readonly path: string;
      readonly query: string;
      readonly statusCode: 301 | 302;
    }
  | {
      readonly type: 'fixed-response';
      readonly statusCode: number;
      readonly contentType?: string;
      readonly messageBody?: string;
    };

/** A target group, given to each host that carries a balancer that forwards to it. Its id is its ARN. */
export interface TargetGroupDocument {
  readonly name: string;
  readonly protocol: 'HTTP' | 'HTTPS' | 'TCP' | 'TLS' | 'UDP' | 'TCP_UDP';
  readonly protocolVersion: 'HTTP1' | 'HTTP2' | 'GRPC';
  readonly vpcId: string;
  /** By AWS's keys; every key of the type is there. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly healthCheck: {
    readonly enabled: boolean;
    readonly protocol: 'HTTP' | 'HTTPS' | 'TCP';
    readonly path: string;
    /** A number, or `traffic-port`. */
    readonly port: string;
    readonly intervalSeconds: number;
    readonly timeoutSeconds: number;
    readonly healthyThreshold: number;
    readonly unhealthyThreshold: number;
    /** HTTP codes or gRPC codes: `200,202` or `200-299`. */
    readonly matcher: string;
  };
  readonly targets: readonly TargetDocument[];
}

export interface TargetDocument {
  /** As it was registered: an address or an instance's id. */
  readonly id: string;
  /** Where it is. */
  readonly address: string;
  readonly port: number;
  readonly availabilityZone?: string;
  /** New connections go elsewhere; those that are open may end in their own time. */
  readonly draining: boolean;
  /** Nothing is known of its host now: whoever sends it requests had better look first. */
  readonly suspect?: true;
}

/** PEM. A secret: never logged, kept in files of mode 0600. Its id is its ARN. */
export interface CertificateDocument {
  readonly certificate: string;
  readonly chain?: string;
  readonly privateKey: string;
}

/** Whether a node that this host carries serves. */
export interface BalancerNodeReport {
  readonly balancerArn: string;
  readonly interfaceId: string;
  /** Listeners that are in effect, or refused, by their ARN: later ones are not there yet. */
  readonly listenerArns: readonly string[];
  /** That of the document which new connections meet now. Absent: none, or an agent that says none. */
  readonly digest?: string;
  /** Why it serves nobody; absent: it does. */
  readonly problem?: string;
}

/** What the checks of one host say of a target. */
export interface TargetHealthReport {
  readonly targetGroupArn: string;
  readonly id: string;
  readonly port: number;
  readonly state: 'initial' | 'healthy' | 'unhealthy';
  /** AWS's: `Elb.InitialHealthChecking`, `Target.Timeout`, `Target.ResponseCodeMismatch`, … */
  readonly reason?: string;
  readonly description?: string;
}
