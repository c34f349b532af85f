import type { ConfirmAttachmentMessage } from './announcements.ts';
import type { RoadsteadHostReportMessage, RoadsteadHostStateMessage } from './host-state/index.ts';

/**
 * The messages of the ECS agent protocol: control plane to agent (ACS) and telemetry (TCS). Member names are exact.
 * Every frame is one JSON object `{"type": …, "message": …}` in a text frame.
 */

export interface AcsCommon {
  readonly messageId: string;
  readonly clusterArn: string;
  readonly containerInstanceArn: string;
}

export interface HeartbeatMessage {
  readonly messageId: string;
  readonly healthy: boolean;
}

/**
 * `seqNum` and `timeline` carry the same counter: a durable store revision. It never goes back, and a manifest's is
 * greater than that of every message before it.
 */
export interface PayloadMessage extends AcsCommon {
  readonly tasks: readonly PayloadTask[];
  readonly seqNum: number;
  readonly generatedAt: number;
  readonly timeline: number;
}

export interface ManifestTask {
  readonly taskArn: string;
  readonly taskClusterArn: string;
  readonly desiredStatus: 'RUNNING' | 'STOPPED';
}

export interface TaskManifestMessage extends AcsCommon {
  readonly generatedAt: number;
  readonly timeline: number;
  readonly tasks: readonly ManifestTask[];
}

export interface TaskStopVerificationMessage {
  readonly messageId: string;
  readonly stopCandidates: readonly ManifestTask[];
}

export interface TaskStopVerificationAck {
  readonly messageId: string;
  readonly generatedAt: number;
  readonly stopTasks: readonly ManifestTask[];
}

export interface RoleCredentials {
  /** Constant for the life of the task. */
  readonly credentialsId: string;
  readonly roleArn: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** RFC 3339, UTC. */
  readonly expiration: string;
}

export interface IAMRoleCredentialsMessage {
  readonly messageId: string;
  readonly taskArn: string;
  readonly taskClusterArn: string;
  readonly roleType: 'TaskApplication' | 'TaskExecution';
  readonly roleCredentials: RoleCredentials;
}

/**
 * Roadstead's own: the agent shall connect to a session's data channel and run the command in the container. Sent to
 * agents of Roadstead alone; any other passes over it.
 */
export interface RoadsteadStartSessionMessage {
  readonly messageId: string;
  readonly sessionId: string;
  readonly taskArn: string;
  readonly containerName: string;
  readonly command: string;
  readonly terminal: boolean;
  /** Path and query of the websocket. */
  readonly streamPath: string;
  readonly tokenValue: string;
}

/** Control plane to agent. */
export type AcsServerMessage =
  | { readonly type: 'HeartbeatMessage'; readonly message: HeartbeatMessage }
  | { readonly type: 'PayloadMessage'; readonly message: PayloadMessage }
  | { readonly type: 'TaskManifestMessage'; readonly message: TaskManifestMessage }
  | { readonly type: 'TaskStopVerificationAck'; readonly message: TaskStopVerificationAck }
  | { readonly type: 'IAMRoleCredentialsMessage'; readonly message: IAMRoleCredentialsMessage }
  | { readonly type: 'ConfirmAttachmentMessage'; readonly message: ConfirmAttachmentMessage }
  | { readonly type: 'RoadsteadStartSessionMessage'; readonly message: RoadsteadStartSessionMessage }
  | { readonly type: 'RoadsteadHostStateMessage'; readonly message: RoadsteadHostStateMessage }
  | { readonly type: 'CloseMessage' | 'ErrorMessage'; readonly message: { readonly message: string } };

/** Agent to control plane. */
export type AcsAgentMessage =
  | { readonly type: 'HeartbeatAckRequest'; readonly message: { readonly messageId: string } }
  | {
      readonly type: 'AckRequest';
      readonly message: { readonly cluster: string; readonly containerInstance: string; readonly messageId: string };
    }
  | {
      readonly type: 'NackRequest';
      readonly message: {
        readonly cluster: string;
        readonly containerInstance: string;
        readonly messageId: string;
        readonly reason: string;
      };
    }
  | {
      readonly type: 'IAMRoleCredentialsAckRequest';
      readonly message: { readonly messageId: string; readonly expiration: string; readonly credentialsId: string };
    }
  | { readonly type: 'TaskStopVerificationMessage'; readonly message: TaskStopVerificationMessage }
  | { readonly type: 'RoadsteadHostReport'; readonly message: RoadsteadHostReportMessage };

/** The task inside a PayloadMessage. A stop order is the complete task with `desiredStatus: 'STOPPED'`. */
export interface PayloadTask {
  readonly arn: string;
  readonly taskClusterArn: string;
  readonly family: string;
  /** The revision, as text. */
  readonly version: string;
  readonly desiredStatus: 'RUNNING' | 'STOPPED';
  readonly networkMode: 'awsvpc' | 'bridge' | 'host' | 'none';
  readonly launchType: string;
  readonly containers: readonly PayloadContainer[];
  readonly volumes: readonly PayloadVolume[];
  /** vCPU, e.g. 0.25. */
  readonly cpu?: number;
  /** MiB. */
  readonly memory?: number;
  readonly pidMode?: string;
  readonly ipcMode?: string;
  readonly serviceName?: string;
  readonly group?: string;
  readonly elasticNetworkInterfaces?: readonly PayloadInterface[];
  /** Managed EBS volumes, and what the task has of Service Connect. */
  readonly attachments?: readonly PayloadAttachment[];
  readonly roleCredentials?: RoleCredentials;
  readonly executionRoleCredentials?: RoleCredentials;
  readonly proxyConfiguration?: {
    readonly type: string;
    readonly containerName: string;
    readonly properties: Readonly<Record<string, string>>;
  };
  /** A GPU is one whose name is the device's id; it is of one container. */
  readonly associations?: readonly PayloadAssociation[];
  readonly enableFaultInjection?: boolean;
  /** Of a Fargate task that names it, in GiB. Roadstead's own member: other agents pass over it. */
  readonly ephemeralStorageGiB?: number;
}

export interface PayloadAssociation {
  readonly name: string;
  readonly type: 'gpu' | 'elastic-inference';
  readonly content: { readonly encoding: 'base64' | 'identity'; readonly value: string };
  /** By name. */
  readonly containers: readonly string[];
}

export interface PayloadInterface {
  readonly attachmentArn: string;
  readonly ec2Id: string;
  readonly macAddress: string;
  readonly index: number;
  readonly interfaceAssociationProtocol: string;
  readonly ipv4Addresses: readonly { readonly privateAddress: string; readonly primary: boolean }[];
  /** With prefix length: `172.31.0.1/20`. */
  readonly subnetGatewayIpv4Address: string;
  readonly privateDnsName: string;
  readonly domainName?: readonly string[];
  readonly domainNameServers?: readonly string[];
}

/**
 * Something that is attached to the host for the task. Of an EBS volume: `volumeId`, `volumeSizeGib`, `deviceName`,
 * `sourceVolumeHostPath`, `volumeName`, `fileSystem`; Roadstead's own beside these, which other agents pass over:
 * `roadstead.snapshotId` and `roadstead.deleteOnTermination`. Of Service Connect: `ContainerName`, the container that is
 * the proxy (image and limits are the agent's to choose; its log configuration is the user's), and
 * `ServiceConnectConfig`, a ServiceConnectConfig as JSON.
 */
export interface PayloadAttachment {
  readonly attachmentArn: string;
  readonly attachmentType: 'amazonebs' | 's3files' | 'serviceconnectdetail';
  readonly attachmentProperties: readonly { readonly name: string; readonly value: string }[];
}

/** The text of the property `ServiceConnectConfig`. */
export interface ServiceConnectConfig {
  /**
   * `interceptPort`: what comes to it from outside is led to the listener; without, the listener is called itself.
   * `hostPort`, of bridge tasks: the port of the host that leads to the listener; 0 is any.
   */
  readonly ingressConfig?: readonly {
    readonly listenerName: string;
    readonly listenerPort?: number;
    readonly interceptPort?: number;
    readonly hostPort?: number;
  }[];
  readonly egressConfig?: { readonly listenerName: string; readonly vip: { readonly ipv4Cidr: string } };
  /** What the task's containers call by name. */
  readonly dnsConfig?: readonly { readonly hostName: string; readonly address: string }[];
}

export interface PayloadVolume {
  readonly name: string;
  /** `attachment`: what the task's attachment of this volume name brings. */
  readonly type: 'host' | 'docker' | 'efs' | 'attachment';
  /** With type `host` always there; empty is an anonymous volume that lives as long as the task. */
  readonly host?: { readonly sourcePath?: string };
  readonly dockerVolumeConfiguration?: {
    readonly scope: 'task' | 'shared';
    readonly autoprovision: boolean;
    readonly driver: string;
    readonly driverOpts: Readonly<Record<string, string>>;
    readonly labels: Readonly<Record<string, string>>;
  };
  readonly efsVolumeConfiguration?: {
    readonly fileSystemId: string;
    readonly rootDirectory?: string;
    readonly transitEncryption?: string;
    readonly transitEncryptionPort?: number;
    readonly authorizationConfig?: { readonly accessPointId?: string; readonly iam?: string };
  };
}

/** A value the agent fetches with the execution role before it creates the container. */
export interface PayloadSecret {
  readonly name: string;
  /** A parameter's name or ARN, or a secret's ARN. */
  readonly valueFrom: string;
  readonly region: string;
  readonly provider: 'ssm' | 'asm';
  readonly type: 'ENVIRONMENT_VARIABLE' | 'MOUNT_POINT' | 'BOOTSTRAP';
  readonly target: 'CONTAINER' | 'LOG_DRIVER';
}

export interface PayloadContainer {
  readonly name: string;
  readonly containerArn: string;
  readonly image: string;
  readonly essential: boolean;
  /** CPU shares. */
  readonly cpu: number;
  /** Hard limit in MiB; 0 is none. */
  readonly memory: number;
  readonly command?: readonly string[];
  readonly entryPoint?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly portMappings: readonly {
    readonly containerPort?: number;
    readonly hostPort?: number;
    readonly containerPortRange?: string;
    readonly protocol: 'tcp' | 'udp';
  }[];
  readonly mountPoints: readonly {
    readonly sourceVolume: string;
    readonly containerPath: string;
    readonly readOnly: boolean;
  }[];
  readonly volumesFrom: readonly { readonly sourceContainer: string; readonly readOnly: boolean }[];
  readonly links: readonly string[];
  readonly dependsOn?: readonly {
    readonly containerName: string;
    readonly condition: 'START' | 'COMPLETE' | 'SUCCESS' | 'HEALTHY';
  }[];
  readonly startTimeout?: number;
  readonly stopTimeout?: number;
  /** Set whenever `dockerConfig.config` holds a Healthcheck. */
  readonly healthCheckType?: 'docker';
  readonly restartPolicy?: {
    readonly enabled: boolean;
    readonly ignoredExitCodes?: readonly number[];
    readonly restartAttemptPeriod?: number;
  };
  readonly secrets?: readonly PayloadSecret[];
  /** S3 object ARNs. */
  readonly environmentFiles?: readonly { readonly type: 's3'; readonly value: string }[];
  readonly registryAuthentication?: {
    readonly type: 'asm';
    readonly asmAuthData: { readonly credentialsParameter: string; readonly region: string };
  };
  /** The log driver signs with the execution role's credentials. */
  readonly logsAuthStrategy?: 'ExecutionRole';
  readonly firelensConfiguration?: { readonly type: string; readonly options?: Readonly<Record<string, string>> };
  /**
   * JSON texts of Docker's ContainerConfig and HostConfig (PascalCase), laid over what the agent builds: maps merge,
   * arrays replace. Never Env, Cmd, Entrypoint, Binds, Links or VolumesFrom.
   */
  readonly dockerConfig: { readonly version: string; readonly config: string; readonly hostConfig: string };
}

export interface TcsMetadata {
  readonly cluster: string;
  readonly containerInstance: string;
  readonly messageId: string;
  readonly fin: boolean;
}

/** Samples of one measure: `sum` over `sampleCount` is their average. */
export interface StatsSet {
  readonly min: number;
  readonly max: number;
  readonly sampleCount: number;
  readonly sum: number;
}

export interface NetworkStatsSet {
  readonly rxBytes: StatsSet;
  readonly rxDropped: StatsSet;
  readonly rxErrors: StatsSet;
  readonly rxPackets: StatsSet;
  readonly txBytes: StatsSet;
  readonly txDropped: StatsSet;
  readonly txErrors: StatsSet;
  readonly txPackets: StatsSet;
  readonly rxBytesPerSecond: StatsSet;
  readonly txBytesPerSecond: StatsSet;
}

/** What a container used since the message before. A measure that is not known is left out. */
export interface ContainerMetric {
  readonly containerName: string;
  readonly containerArn?: string;
  /** Percent of the CPU that the instance registered. */
  readonly cpuStatsSet?: StatsSet;
  /** MiB. */
  readonly memoryStatsSet?: StatsSet;
  /** Absent in the network modes `host` and `none`. */
  readonly networkStatsSet?: NetworkStatsSet;
  /** Of block devices. */
  readonly storageStatsSet?: { readonly readSizeBytes: StatsSet; readonly writeSizeBytes: StatsSet };
  /** Of a container with a restart policy. */
  readonly restartStatsSet?: { readonly restartCount: number };
}

/** What a managed EBS volume holds, bytes. */
export interface VolumeMetric {
  readonly volumeId: string;
  readonly volumeName: string;
  readonly utilized: StatsSet;
  readonly size: StatsSet;
}

export interface TaskMetric {
  readonly taskArn: string;
  readonly taskDefinitionFamily: string;
  readonly taskDefinitionVersion: string;
  readonly clusterArn: string;
  readonly containerMetrics: readonly ContainerMetric[];
  /** Those of which it is known. */
  readonly volumeMetrics?: readonly VolumeMetric[];
  /** What the task's Service Connect proxy saw since the message before; about once a minute. */
  readonly serviceConnectMetricsWrapper?: readonly ServiceConnectMetrics[];
}

/**
 * What a Service Connect proxy counted for one name: `metricType` 1 of connections that came to the task, with the
 * dimension `DiscoveryName`; 2 of those that it made for the task's containers, with `TargetDiscoveryName`. Service and
 * cluster follow from the task. Source: "Amazon ECS CloudWatch metrics", Service Connect metrics.
 */
export interface ServiceConnectMetrics {
  readonly dimensions: readonly { readonly key: 'DiscoveryName' | 'TargetDiscoveryName'; readonly value: string }[];
  readonly metricType: '1' | '2';
  readonly generalMetrics: readonly {
    readonly metricName: ServiceConnectMetricName;
    /** Bytes, milliseconds or counts; each was seen as often as `metricCounts` says at its place. */
    readonly metricValues: readonly number[];
    readonly metricCounts: readonly number[];
  }[];
}

/** The first of type 1, the others of type 2. */
export type ServiceConnectMetricName =
  | 'ActiveConnectionCount'
  | 'NewConnectionCount'
  | 'ProcessedBytes'
  | 'RequestCount'
  | 'GrpcRequestCount'
  | 'ClientTLSNegotiationErrorCount'
  | 'HTTPCode_Target_2XX_Count'
  | 'HTTPCode_Target_3XX_Count'
  | 'HTTPCode_Target_4XX_Count'
  | 'HTTPCode_Target_5XX_Count'
  | 'RequestCountPerTarget'
  | 'TargetProcessedBytes'
  | 'TargetResponseTime'
  | 'TargetTLSNegotiationErrorCount';

/** Agent to telemetry endpoint. The stock agent puts a signed header block before the JSON, up to the first blank line. */
export type TcsAgentMessage =
  | {
      readonly type: 'PublishMetricsRequest';
      readonly message: {
        /** `idle`: there is nothing to tell. Messages of one moment share an id; `fin` is on the last. */
        readonly metadata: TcsMetadata & { readonly idle: boolean };
        /** Epoch seconds. */
        readonly timestamp: number;
        readonly taskMetrics: readonly TaskMetric[];
      };
    }
  | {
      readonly type: 'PublishHealthRequest';
      readonly message: {
        readonly metadata: TcsMetadata;
        /** Epoch seconds. */
        readonly timestamp: number;
        readonly tasks: readonly {
          readonly taskArn: string;
          readonly taskDefinitionFamily: string;
          readonly taskDefinitionVersion: string;
          readonly containers: readonly {
            readonly containerName: string;
            readonly healthStatus: 'HEALTHY' | 'UNHEALTHY' | 'UNKNOWN';
            readonly statusSince: number;
          }[];
        }[];
      };
    }
  | {
      readonly type: 'PublishInstanceStatusRequest';
      readonly message: {
        readonly metadata: { readonly cluster: string; readonly containerInstance: string; readonly requestId: string };
        readonly timestamp: number;
        readonly statuses: readonly {
          readonly type: string;
          readonly status: 'OK' | 'IMPAIRED' | 'INSUFFICIENT_DATA' | 'INITIALIZING';
          readonly lastUpdated: number;
          readonly lastStatusChange: number;
        }[];
      };
    };

export type TcsServerMessage =
  | {
      readonly type: 'AckPublishMetric' | 'AckPublishHealth' | 'AckPublishInstanceStatus';
      readonly message: { readonly message: string };
    }
  | { readonly type: 'HeartbeatMessage'; readonly message: { readonly healthy: boolean } };
