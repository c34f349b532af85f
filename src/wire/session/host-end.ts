import { DataChannel, type DataChannelDeps, type StreamData } from './data-channel.ts';
import { messageFlags, payloadTypes, terminateFlag, textBytes } from './message.ts';
import { type HandshakeResponse, ownClientPrefix, readObject, type TerminalSize } from './texts.ts';

/** What the client of a session does to the command. */
export interface HostEndEvents {
  /** The handshake is over: the command may start. */
  readonly onReady: () => void;
  /** Nothing more is taken until it resolves. */
  readonly onInput: (bytes: Uint8Array) => Promise<void>;
  /** Nothing more will be typed. */
  readonly onInputEnd: () => void;
  readonly onSize: (size: TerminalSize) => void;
  /** The session is over, or the client wants it to be. */
  readonly onEnd: () => void;
}

/** The version of AWS's agent whose data channel this is: clients ask for features by it. */
const agentVersion = '3.3.0.0';

/** The end of a data channel where the command runs. It starts the handshake. */
export class HostEnd {
  readonly #channel: DataChannel;
  readonly #events: HostEndEvents;
  readonly #startedAtMs: number;
  readonly #deps: DataChannelDeps;
  #own = false;
  #ready = false;

  constructor(deps: DataChannelDeps, events: HostEndEvents) {
    this.#deps = deps;
    this.#events = events;
    this.#startedAtMs = deps.clock.monotonicMs();
    this.#channel = new DataChannel({ sends: 'output_stream_data' }, deps);
    this.#channel.onData((data) => this.#receive(data));
    this.#channel.onEnd(() => events.onEnd());
    this.#sendJson(payloadTypes.handshakeRequest, {
      AgentVersion: agentVersion,
      RequestedClientActions: [
        {
          ActionType: 'SessionType',
          ActionParameters: { SessionType: 'InteractiveCommands', Properties: {} },
        },
      ],
    });
  }

  /** The command's output; resolves when more may be sent. */
  output(bytes: Uint8Array): Promise<void> {
    return this.#channel.sendStream(payloadTypes.output, bytes);
  }

  /** What the command wrote to its standard error; one stream with its output for whoever knows one stream alone. */
  standardError(bytes: Uint8Array): Promise<void> {
    return this.#channel.sendStream(this.#own ? payloadTypes.standardError : payloadTypes.output, bytes);
  }

  /** The command has ended: the session too, once the client has all of it. */
  async finish(exitCode: number | undefined): Promise<void> {
    if (this.#own && exitCode !== undefined) {
      this.#channel.send(payloadTypes.exitCode, textBytes(String(exitCode)), messageFlags.fin);
    }
    await this.#channel.drained();
    this.#channel.close(1000, '');
  }

  /** Ends the session; `reason` reaches whoever relays it. */
  close(code: number, reason: string): void {
    this.#channel.close(code, reason);
  }

  #receive({ payloadType, payload, flags }: StreamData): void {
    if (payloadType === payloadTypes.handshakeResponse) this.#handshaken(payload);
    else if (payloadType === payloadTypes.size) {
      const { cols, rows } = readObject<TerminalSize>(payload) ?? {};
      if (isSize(cols) && isSize(rows)) this.#events.onSize({ cols, rows });
    } else if (payloadType === payloadTypes.flag) {
      if (payload.length === 4 && new DataView(payload.buffer, payload.byteOffset).getUint32(0) === terminateFlag) {
        this.#events.onEnd();
      }
    } else if (payloadType === payloadTypes.output) {
      // A client that answers no handshake takes it for granted that a shell waits.
      this.#start();
      if (payload.length > 0) this.#input(payload);
      if (this.#own && (flags & messageFlags.fin) !== 0) this.#events.onInputEnd();
    }
  }

  #input(payload: Uint8Array): void {
    this.#channel.pause();
    void this.#events.onInput(payload).finally(() => this.#channel.resume());
  }

  #handshaken(payload: Uint8Array): void {
    const response = readObject<HandshakeResponse>(payload);
    this.#own = response?.ClientVersion?.startsWith(ownClientPrefix) === true;
    const tookMs = this.#deps.clock.monotonicMs() - this.#startedAtMs;
    this.#sendJson(payloadTypes.handshakeComplete, {
      HandshakeTimeToComplete: Math.round(tookMs * 1e6),
      CustomerMessage: '',
    });
    this.#start();
  }

  #start(): void {
    if (this.#ready) return;
    this.#ready = true;
    this.#events.onReady();
  }

  #sendJson(payloadType: number, content: object): void {
    this.#channel.send(payloadType, textBytes(JSON.stringify(content)));
  }
}

function isSize(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) > 0 && (value as number) < 65_536;
}
