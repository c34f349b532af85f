import type { Container, Task } from '@aws-sdk/client-ecs';
import { Ids } from '#base';
import { ClientEnd, type SessionEnd } from '#wire/session';
import type { ControlPlane } from '../control-plane.ts';
import { exitCodes } from '../exit-codes.ts';
import { Failure, failureFrom } from '../failure.ts';
import type { CommandBody, Invocation } from '../invocation.ts';
import { resumeOf } from '../resuming.ts';
import { posixQuoted } from '../shell.ts';
import { findTarget, tasksOf } from '../targets.ts';
import { connect } from './account.ts';

export interface ExecOptions {
  readonly cluster: string;
  readonly container?: string;
  /** False: no terminal, though there is one here. */
  readonly terminal: boolean;
}

/** `roadstead exec SERVICE|TASK [-- COMMAND]`: runs a command in a container, and ends with its exit code. */
export const exec: CommandBody<ExecOptions> = async (invocation, [name = '', ...words], options) => {
  const controlPlane = await connect(invocation);
  const { task, container } = await findContainer(controlPlane, name, options).catch((error: unknown) => {
    throw failureFrom(`cannot run a command in ${name}`, error);
  });
  const { session } = await controlPlane
    .ecs('ExecuteCommand', {
      cluster: task.clusterArn ?? options.cluster,
      task: task.taskArn ?? '',
      container: container.name ?? '',
      command: words.length === 0 ? '/bin/sh' : words.map(posixQuoted).join(' '),
      interactive: true,
    })
    .catch((error: unknown) => {
      throw failureFrom(`cannot run a command in the container ${container.name} of ${task.taskArn}`, error);
    });
  const { exitCode, reason } = await run(invocation, { ...session }, { ...options, controlPlane });
  if (exitCode !== undefined) return { exitCode };
  throw new Failure('the session ended before its command', {
    ...(reason === '' ? {} : { why: reason }),
    next: 'try again; roadstead status shows whether the host of the task is connected',
  });
};

/** Any running task of the target that commands may be run in, the newest first. */
async function findContainer(
  controlPlane: ControlPlane,
  name: string,
  { cluster, container: wanted }: ExecOptions,
): Promise<{ readonly task: Task; readonly container: Container }> {
  const tasks = await tasksOf(controlPlane, await findTarget(controlPlane, name, cluster));
  const running = tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING').sort(byAge);
  const [task] = running.filter(({ enableExecuteCommand }) => enableExecuteCommand === true);
  if (task === undefined) {
    throw new Failure(`cannot run a command in ${name}`, {
      exitCode: exitCodes.notFound,
      why: running.length === 0 ? 'none of its tasks is running' : 'its tasks were started without execute command',
      ...(running.length === 0
        ? {}
        : {
            next: 'enable it for new tasks: aws ecs update-service --enable-execute-command --force-new-deployment …',
          }),
    });
  }
  const containers = task.containers ?? [];
  const container = wanted === undefined ? containers[0] : containers.find((each) => each.name === wanted);
  if (container !== undefined) return { task, container };
  throw new Failure(`there is no container ${wanted} in the task`, {
    exitCode: exitCodes.notFound,
    next: `its containers: ${containers.map((each) => each.name).join(', ')}`,
  });
}

function byAge(a: Task, b: Task): number {
  return Number(b.createdAt ?? 0) - Number(a.createdAt ?? 0);
}

/** Joins the session: what is typed goes there, what it writes comes here. */
async function run(
  { deps }: Invocation,
  session: {
    readonly sessionId?: string | undefined;
    readonly streamUrl?: string | undefined;
    readonly tokenValue?: string | undefined;
  },
  options: ExecOptions & { readonly controlPlane: ControlPlane },
): Promise<SessionEnd> {
  const { console, openChannel, clock, signal, machine } = deps;
  const { sessionId = '', streamUrl = '' } = session;
  const resume = resumeOf({ sessionId, streamUrl }, { ...deps, controlPlane: options.controlPlane });
  const connection = await openChannel(streamUrl).catch((error: unknown) => {
    throw failureFrom('cannot join the session', error);
  });
  const terminal = options.terminal && console.isTerminal;
  const sendSize = (): void => {
    const size = console.size();
    if (terminal && size !== undefined) client.resize(size);
  };
  const client = new ClientEnd(
    { tokenValue: session.tokenValue ?? '', version: machine.version, terminal },
    { connection, clock, ids: new Ids({ uint32: randomUint32 }), resume },
    {
      onReady: sendSize,
      onOutput: (bytes) => console.writeOut(bytes),
      onStandardError: (bytes) => console.writeError(bytes),
    },
  );
  const input = console.readInput({ raw: terminal });
  const stopListening = console.onResize(sendSize);
  const onAbort = (): void => client.close();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    void sendAll(input.chunks, client);
    return await client.ended;
  } finally {
    signal.removeEventListener('abort', onAbort);
    stopListening();
    input.stop();
  }
}

async function sendAll(chunks: AsyncIterable<Uint8Array>, client: ClientEnd): Promise<void> {
  try {
    for await (const chunk of chunks) await client.input(chunk);
    await client.endInput();
  } catch {
    // The input was closed because the session is over.
  }
}

/** Numbers of messages need not be secret. */
function randomUint32(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
}
