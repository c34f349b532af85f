import { type Clock, type Ids, type Logger, messageOf } from '#base';
import { shortId } from '#model';
import type { RoadsteadStartSessionMessage } from '#wire/link';
import { type DataConnection, HostEnd, type TerminalSize } from '#wire/session';
import type { ContainerRuntime, ExecProcess } from '../runtime/port.ts';
import { type EngineTask, findContainer } from '../task/state.ts';
import { commandWords } from './command.ts';

/** Opens a session's data channel: path and query of its websocket. */
export type ConnectSession = (streamPath: string) => Promise<DataConnection>;

export interface CommandSessionsDeps {
  readonly runtime: Pick<ContainerRuntime, 'exec'>;
  readonly findTask: (taskArn: string) => EngineTask | undefined;
  readonly connect: ConnectSession;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
}

/** Commands run as root whatever the container's user is, as at AWS. */
const user = '0';
const environment = ['TERM=xterm-256color'];
const endOfTransmission = 4;
/** What a shell answers when a command cannot be started. */
const notStarted = 126;

/** The commands that callers of ExecuteCommand run in this host's containers. */
export class CommandSessions {
  readonly #deps: CommandSessionsDeps;
  readonly #sessions = new Map<string, CommandSession>();

  constructor(deps: CommandSessionsDeps) {
    this.#deps = deps;
  }

  /** Joins a session and runs its command; whatever goes wrong is told there. */
  async start(message: RoadsteadStartSessionMessage): Promise<void> {
    const { sessionId } = message;
    if (this.#sessions.has(sessionId)) return;
    const { connect, log, ids } = this.#deps;
    try {
      const connection = await connect(message.streamPath);
      connection.send(
        JSON.stringify({
          MessageSchemaVersion: '1.0',
          RequestId: ids.uuid(),
          TokenValue: message.tokenValue,
          ClientId: ids.uuid(),
          ClientInstanceId: `task_${shortId(message.taskArn)}`,
        }),
      );
      const session = new CommandSession(message, this.#deps, connection, () => this.#sessions.delete(sessionId));
      this.#sessions.set(sessionId, session);
    } catch (error) {
      log.warn('a session could not be joined', { sessionId, error: messageOf(error) });
    }
  }

  /** Ends all commands. */
  close(): void {
    for (const session of this.#sessions.values()) session.close('The agent of the task ends.');
  }
}

class CommandSession {
  readonly #message: RoadsteadStartSessionMessage;
  readonly #deps: CommandSessionsDeps;
  readonly #end: HostEnd;
  #process: Promise<ExecProcess | undefined> | undefined;
  #size: TerminalSize | undefined;

  constructor(
    message: RoadsteadStartSessionMessage,
    deps: CommandSessionsDeps,
    connection: DataConnection,
    onEnded: () => void,
  ) {
    this.#message = message;
    this.#deps = deps;
    this.#end = new HostEnd(
      { connection, clock: deps.clock, ids: deps.ids },
      {
        onReady: () => void this.#run(),
        onInput: async (bytes) => (await this.#process)?.write(bytes),
        onInputEnd: () => void this.#endInput(),
        onSize: (size) => void this.#resize(size),
        onEnd: () => {
          onEnded();
          void this.#kill();
        },
      },
    );
  }

  close(why: string): void {
    this.#end.close(1001, why);
  }

  async #run(): Promise<void> {
    this.#process = this.#start().catch(async (error: unknown) => {
      await this.#end.standardError(Buffer.from(`${messageOf(error)}\r\n`));
      await this.#end.finish(notStarted);
      return undefined;
    });
    const process = await this.#process;
    if (process === undefined) return;
    if (this.#size !== undefined) await this.#resize(this.#size);
    try {
      for await (const { stream, bytes } of process.output) {
        if (stream === 'error') await this.#end.standardError(bytes);
        else await this.#end.output(bytes);
      }
      await this.#end.finish(await process.exitCode());
    } catch (error) {
      this.#end.close(1011, `The command's output could not be read: ${messageOf(error)}`);
    }
  }

  async #start(): Promise<ExecProcess> {
    const { taskArn, containerName, command, terminal } = this.#message;
    const task = this.#deps.findTask(taskArn);
    const container = task === undefined ? undefined : findContainer(task, containerName);
    if (container?.runtimeId === undefined || container.known !== 'RUNNING') {
      throw new Error(`The container ${containerName} does not run.`);
    }
    const words = commandWords(command);
    return this.#deps.runtime.exec(container.runtimeId, {
      command: words,
      user,
      environment: terminal ? environment : [],
      terminal,
    });
  }

  /** A terminal that is closed takes what was not read yet with it: there the end of input is a character. */
  async #endInput(): Promise<void> {
    const process = await this.#process;
    if (this.#message.terminal) await process?.write(Buffer.of(endOfTransmission));
    else process?.endInput();
  }

  async #resize(size: TerminalSize): Promise<void> {
    this.#size = size;
    if (!this.#message.terminal) return;
    // A terminal that is gone, or not there yet, needs no size.
    await (await this.#process)?.resize(size.cols, size.rows).catch(() => {});
  }

  async #kill(): Promise<void> {
    const { log } = this.#deps;
    const { sessionId } = this.#message;
    await (await this.#process)
      ?.kill()
      .catch((error: unknown) => log.warn('a command could not be ended', { sessionId, error: messageOf(error) }));
  }
}
