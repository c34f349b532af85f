import type { Connection } from '#wire/link';
import type { TaskStateReport } from '../task/report.ts';

/**
 * The control plane's API as the agent uses it: four operations of the ECS API, in its member names. A refusal throws
 * an ApiError of `wire/aws` (branch on its `code`); anything else thrown means that no answer came.
 */
export interface ControlPlaneApi {
  registerContainerInstance(input: Registration): Promise<RegisteredInstance>;
  discoverPollEndpoint(input: { readonly cluster: string; readonly containerInstance: string }): Promise<Endpoints>;
  submitTaskStateChange(
    input: { readonly cluster: string; readonly task: string } & TaskStateReport,
    signal?: AbortSignal,
  ): Promise<void>;
}

/** Opens a connection; rejects when the other side refuses, its words in the error's message. */
export type Connect = (url: string, headers: Readonly<Record<string, string>>) => Promise<Connection>;

export interface Attribute {
  readonly name: string;
  readonly value?: string;
}

export interface Registration {
  readonly cluster: string;
  /** Of an earlier registration, to take it up again. */
  readonly containerInstanceArn?: string;
  readonly instanceIdentityDocument: string;
  readonly instanceIdentityDocumentSignature: string;
  readonly totalResources: readonly (
    | { readonly name: string; readonly type: 'INTEGER'; readonly integerValue: number }
    | { readonly name: string; readonly type: 'STRINGSET'; readonly stringSetValue: readonly string[] }
  )[];
  readonly platformDevices?: readonly { readonly id: string; readonly type: 'GPU' }[];
  readonly attributes: readonly Attribute[];
  readonly versionInfo: {
    readonly agentVersion: string;
    readonly agentHash: string;
    readonly dockerVersion: string;
  };
  readonly clientToken: string;
}

export interface RegisteredInstance {
  readonly containerInstanceArn: string;
  readonly attributes: readonly Attribute[];
}

export interface Endpoints {
  /** `http:` or `https:`; the websocket is at `ws` below it. */
  readonly endpoint: string;
  readonly telemetryEndpoint?: string;
}
