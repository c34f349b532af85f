import { textOf } from './message.ts';

/** The first frame of whoever opens a data channel, as text. */
export interface OpenDataChannel {
  readonly MessageSchemaVersion: string;
  readonly RequestId: string;
  readonly TokenValue: string;
  readonly ClientId: string;
  readonly ClientVersion?: string;
  /** Of Roadstead's own client: the command gets no terminal. Absent: it does. */
  readonly RoadsteadTerminal?: boolean;
}

export interface Acknowledgment {
  readonly AcknowledgedMessageType: string;
  readonly AcknowledgedMessageId: string;
  readonly AcknowledgedMessageSequenceNumber: number;
  readonly IsSequentialMessage: boolean;
}

export interface HandshakeRequest {
  readonly AgentVersion: string;
  readonly RequestedClientActions: readonly {
    readonly ActionType: string;
    readonly ActionParameters: Readonly<Record<string, unknown>>;
  }[];
}

export interface HandshakeResponse {
  readonly ClientVersion: string;
  readonly ProcessedClientActions: readonly {
    readonly ActionType: string;
    /** 1 done, 2 failed, 3 not known. */
    readonly ActionStatus: number;
    readonly ActionResult: unknown;
    readonly Error: string;
  }[];
  readonly Errors: readonly string[] | null;
}

export interface TerminalSize {
  readonly cols: number;
  readonly rows: number;
}

export interface ChannelClosed {
  readonly MessageId: string;
  readonly CreatedDate: string;
  readonly DestinationId: string;
  readonly SessionId: string;
  readonly MessageType: 'channel_closed';
  readonly SchemaVersion: number;
  /** Shown to the user when it is not empty. */
  readonly Output: string;
}

/** What our own client calls itself: it understands more than AWS's plugin. */
export const ownClientPrefix = 'roadstead/';

/** The JSON object in a text or in bytes; `undefined` when it is none. */
export function readObject<T extends object>(from: string | Uint8Array): Partial<T> | undefined {
  try {
    const value: unknown = JSON.parse(typeof from === 'string' ? from : textOf(from));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
