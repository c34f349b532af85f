import { type Clock, type Ids, msFromInstant } from '#base';
import { type Connection, connectionPair, decodeFrame, encodeFrame, type Frame, type PayloadTask } from '#wire/link';
import type { Connect, ControlPlaneApi, Registration } from './link/control-plane.ts';
import type { TaskStateReport } from './task/report.ts';

/**
 * A control plane for tests: keeps what an agent says, and says what a test wants. The connections are queues in
 * memory under the test's clock.
 */
export class ScriptedControlPlane implements ControlPlaneApi {
  readonly containerInstanceArn: string;
  readonly clusterArn = 'arn:aws:ecs:us-east-1:000000000000:cluster/default';
  readonly registrations: Registration[] = [];
  /** Every accepted report, in order. */
  readonly reports: ({ readonly task: string; readonly cluster: string } & TaskStateReport)[] = [];
  /** Frames from the agent, in order. */
  readonly controlFrames: Frame[] = [];
  readonly telemetryFrames: Frame[] = [];
  /** The query of each control connection. */
  readonly queries: URLSearchParams[] = [];
  /** Thrown by the next calls of an operation, one each. */
  readonly failures: { operation: 'register' | 'discover' | 'submit' | 'connect'; error: Error }[] = [];
  sequence = 0;
  /** Nothing of it can be reached. */
  away = false;
  readonly #clock: Clock;
  #control: { readonly server: Connection; readonly cut: () => void } | undefined;
  #telemetry: { readonly server: Connection; readonly cut: () => void } | undefined;

  constructor(deps: { readonly clock: Clock; readonly ids: Ids }) {
    this.#clock = deps.clock;
    this.containerInstanceArn = `arn:aws:ecs:us-east-1:000000000000:container-instance/default/${deps.ids.hex(32)}`;
  }

  get connected(): boolean {
    return this.#control !== undefined;
  }

  async registerContainerInstance(
    input: Registration,
  ): Promise<{ containerInstanceArn: string; attributes: Registration['attributes'] }> {
    this.#failIfTold('register');
    this.registrations.push(input);
    return { containerInstanceArn: this.containerInstanceArn, attributes: input.attributes };
  }

  async discoverPollEndpoint(): Promise<{ endpoint: string; telemetryEndpoint: string }> {
    this.#failIfTold('discover');
    return { endpoint: 'http://control-plane/acs', telemetryEndpoint: 'http://control-plane/tcs' };
  }

  async submitTaskStateChange(
    input: { readonly cluster: string; readonly task: string } & TaskStateReport,
  ): Promise<void> {
    this.#failIfTold('submit');
    this.reports.push(input);
  }

  readonly connect: Connect = async (url) => {
    this.#failIfTold('connect');
    const { pathname, searchParams } = new URL(url);
    const pair = connectionPair(this.#clock);
    const control = pathname.startsWith('/acs');
    if (control) this.queries.push(searchParams);
    pair.server.onMessage((text) => {
      const frame = decodeFrame(text);
      if (frame !== undefined) (control ? this.controlFrames : this.telemetryFrames).push(frame);
    });
    const link = { server: pair.server, cut: () => pair.cut() };
    if (control) {
      this.#control = link;
      pair.server.onClose(() => {
        if (this.#control === link) this.#control = undefined;
      });
    } else {
      this.#telemetry = link;
    }
    return pair.client;
  };

  /** Sends a frame on the control channel. */
  send(type: string, message: object): void {
    this.sendText(encodeFrame({ type, message }));
  }

  /** Sends what need not be a frame. */
  sendText(text: string): void {
    this.#control?.server.send(text);
  }

  /** Sends tasks in one payload, with a fresh sequence number; gives the message's id. */
  assign(...tasks: readonly PayloadTask[]): string {
    this.sequence += 1;
    const messageId = `payload-${this.sequence}`;
    this.send('PayloadMessage', { ...this.#common(messageId), tasks, seqNum: this.sequence });
    return messageId;
  }

  /** Orders a task to stop. */
  stop(task: PayloadTask): string {
    return this.assign({ ...task, desiredStatus: 'STOPPED' });
  }

  /** Sends the list of tasks that should run. */
  manifest(taskArns: readonly string[], timeline: number = ++this.sequence): string {
    const messageId = `manifest-${timeline}`;
    const tasks = taskArns.map((taskArn) => ({ taskArn, taskClusterArn: this.clusterArn, desiredStatus: 'RUNNING' }));
    this.send('TaskManifestMessage', { ...this.#common(messageId), tasks, timeline });
    return messageId;
  }

  /** Ends a connection, politely or by cutting the wire. */
  disconnect(how: 'close' | 'cut', channel: 'control' | 'telemetry' = 'control'): void {
    const link = channel === 'control' ? this.#control : this.#telemetry;
    if (how === 'cut') link?.cut();
    else link?.server.close(1001, 'going away');
  }

  /** Its machine is gone: connections break, and nothing answers until `away` is false again. */
  goAway(): void {
    this.away = true;
    this.disconnect('cut');
    this.disconnect('cut', 'telemetry');
  }

  /** The last report of a task. */
  lastReport(taskArn: string): TaskStateReport | undefined {
    return this.reports.findLast(({ task }) => task === taskArn);
  }

  statusesOf(taskArn: string): string[] {
    return this.reports.filter(({ task }) => task === taskArn).map(({ status }) => status);
  }

  acknowledged(messageId: string): boolean {
    return this.controlFrames.some(({ type, message }) => type === 'AckRequest' && message['messageId'] === messageId);
  }

  #common(messageId: string): object {
    const { clusterArn, containerInstanceArn, sequence } = this;
    const generatedAt = msFromInstant(this.#clock.now());
    return { messageId, clusterArn, containerInstanceArn, generatedAt, timeline: sequence };
  }

  #failIfTold(operation: string): void {
    if (this.away) throw new Error('connect ECONNREFUSED');
    const index = this.failures.findIndex((failure) => failure.operation === operation);
    if (index < 0) return;
    const [failure] = this.failures.splice(index, 1);
    if (failure !== undefined) throw failure.error;
  }
}

/** A task of one essential container, changed where a test wants. */
export function payloadTask(
  ids: Ids,
  container: Partial<PayloadTask['containers'][number]> = {},
  task: Partial<PayloadTask> = {},
): PayloadTask {
  return {
    arn: `arn:aws:ecs:us-east-1:000000000000:task/default/${ids.hex(32)}`,
    taskClusterArn: 'arn:aws:ecs:us-east-1:000000000000:cluster/default',
    family: 'web',
    version: '1',
    desiredStatus: 'RUNNING',
    networkMode: 'bridge',
    launchType: 'EC2',
    volumes: [],
    containers: [payloadContainer(container)],
    ...task,
  };
}

export function payloadContainer(
  container: Partial<PayloadTask['containers'][number]> = {},
): PayloadTask['containers'][number] {
  return {
    name: 'app',
    containerArn: 'arn:aws:ecs:us-east-1:000000000000:container/default/0/1',
    image: 'app:1',
    essential: true,
    cpu: 128,
    memory: 64,
    environment: {},
    portMappings: [],
    mountPoints: [],
    volumesFrom: [],
    links: [],
    dockerConfig: { version: '1.24', config: '{}', hostConfig: '{}' },
    ...container,
  };
}
