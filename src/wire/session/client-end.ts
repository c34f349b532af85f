import type { DataConnection } from './connection.ts';
import { DataChannel, type DataChannelDeps, type StreamData } from './data-channel.ts';
import { messageFlags, payloadTypes, textBytes, textOf } from './message.ts';
import {
  type HandshakeRequest,
  type HandshakeResponse,
  type OpenDataChannel,
  ownClientPrefix,
  readObject,
  type TerminalSize,
} from './texts.ts';

export interface ClientEndOptions {
  readonly tokenValue: string;
  /** Roadstead's own version. */
  readonly version: string;
  /** Whether the command gets a terminal. */
  readonly terminal: boolean;
}

export interface ClientEndEvents {
  /** The command is about to start. */
  readonly onReady: () => void;
  /** Nothing more is taken until it resolves. */
  readonly onOutput: (bytes: Uint8Array) => Promise<void>;
  readonly onStandardError: (bytes: Uint8Array) => Promise<void>;
}

export interface ClientEndDeps extends Omit<DataChannelDeps, 'reconnect'> {
  /**
   * A connection in place of one that broke, with its token. A rejection ends the session, its message is the reason. Without
   * it a connection that breaks ends the session.
   */
  readonly resume?: () => Promise<{ readonly connection: DataConnection; readonly tokenValue: string }>;
}

/** How a session ended: with the command, which has an exit code, or otherwise, for a reason that may be empty. */
export interface SessionEnd {
  readonly exitCode?: number;
  readonly reason: string;
}

/** The end of a data channel that asked for the command: what session-manager-plugin does, and a little more. */
export class ClientEnd {
  readonly #channel: DataChannel;
  readonly #events: ClientEndEvents;
  readonly #options: ClientEndOptions;
  readonly #deps: ClientEndDeps;
  readonly ended: Promise<SessionEnd>;
  /** Resolves when the handshake is over and all input so far is sent. */
  #sent: Promise<void>;
  #becomeReady: () => void = () => {};
  #exitCode: number | undefined;

  constructor(options: ClientEndOptions, deps: ClientEndDeps, events: ClientEndEvents) {
    this.#events = events;
    this.#options = options;
    this.#deps = deps;
    const { resume } = deps;
    const reconnect = async (again: NonNullable<typeof resume>): Promise<DataConnection> => {
      const { connection, tokenValue } = await again();
      this.#greet(connection, tokenValue);
      return connection;
    };
    this.#channel = new DataChannel(
      { sends: 'input_stream_data' },
      resume === undefined ? deps : { ...deps, reconnect: () => reconnect(resume) },
    );
    this.#channel.onData((data) => this.#receive(data));
    this.#sent = new Promise((resolve) => {
      this.#becomeReady = resolve;
    });
    this.ended = new Promise((resolve) => {
      this.#channel.onEnd((reason) =>
        resolve({ reason, ...(this.#exitCode === undefined ? {} : { exitCode: this.#exitCode }) }),
      );
    });
    this.#greet(deps.connection, options.tokenValue);
  }

  #greet(connection: DataConnection, tokenValue: string): void {
    const { ids } = this.#deps;
    const hello: OpenDataChannel = {
      MessageSchemaVersion: '1.0',
      RequestId: ids.uuid(),
      TokenValue: tokenValue,
      ClientId: ids.uuid(),
      ClientVersion: `${ownClientPrefix}${this.#options.version}`,
      RoadsteadTerminal: this.#options.terminal,
    };
    connection.send(JSON.stringify(hello));
  }

  /** Resolves when more may be sent. */
  input(bytes: Uint8Array): Promise<void> {
    return this.#inTurn(() => this.#channel.sendStream(payloadTypes.output, bytes));
  }

  endInput(): Promise<void> {
    return this.#inTurn(() => this.#channel.send(payloadTypes.output, new Uint8Array(), messageFlags.fin));
  }

  /** Input goes out as it was given, after the handshake: before it the other end knows neither us nor what may be sent. */
  #inTurn(send: () => Promise<void> | void): Promise<void> {
    this.#sent = this.#sent.then(send);
    return this.#sent;
  }

  resize(size: TerminalSize): void {
    this.#channel.send(payloadTypes.size, textBytes(JSON.stringify(size)));
  }

  close(): void {
    this.#channel.close(1000, 'The client ends');
  }

  #receive({ payloadType, payload }: StreamData): void {
    if (payloadType === payloadTypes.handshakeRequest) this.#answerHandshake(payload);
    else if (payloadType === payloadTypes.handshakeComplete) {
      this.#becomeReady();
      this.#events.onReady();
    } else if (payloadType === payloadTypes.output) this.#show(this.#events.onOutput(payload));
    else if (payloadType === payloadTypes.standardError) this.#show(this.#events.onStandardError(payload));
    else if (payloadType === payloadTypes.exitCode) this.#exitCode = Number(textOf(payload));
  }

  #show(shown: Promise<void>): void {
    this.#channel.pause();
    void shown.finally(() => this.#channel.resume());
  }

  #answerHandshake(payload: Uint8Array): void {
    const actions = readObject<HandshakeRequest>(payload)?.RequestedClientActions ?? [];
    const response: HandshakeResponse = {
      ClientVersion: `${ownClientPrefix}${this.#options.version}`,
      ProcessedClientActions: actions.map(({ ActionType }) => {
        const known = ActionType === 'SessionType';
        const Error = known ? '' : `Unsupported action ${ActionType}`;
        return { ActionType, ActionStatus: known ? 1 : 3, ActionResult: null, Error };
      }),
      Errors: null,
    };
    this.#channel.send(payloadTypes.handshakeResponse, textBytes(JSON.stringify(response)));
  }
}
