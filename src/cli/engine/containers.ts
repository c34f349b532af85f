import { Fault } from '#base';
import type { Engine } from '../ports.ts';

/** A container of this engine, as far as the command line cares. */
export interface ListedContainer {
  readonly id: string;
  readonly name: string;
  readonly running: boolean;
  readonly labels: Readonly<Record<string, string>>;
}

/** The labels that the ECS agent protocol's agents put on a task's containers. */
export const taskArnLabel = 'com.amazonaws.ecs.task-arn';
export const containerNameLabel = 'com.amazonaws.ecs.container-name';
const agentLabel = 'roadstead.container-instance-arn';

/** All containers, or those with a label (`name` or `name=value`); stopped ones included. */
export async function listContainers(engine: Engine, label?: string): Promise<ListedContainer[]> {
  const filters = label === undefined ? '' : `&filters=${encodeURIComponent(JSON.stringify({ label: [label] }))}`;
  const response = await engine.send('GET', `/containers/json?all=1${filters}`);
  const listed = JSON.parse(textOf(response.body, response.status, 'list the containers')) as readonly {
    readonly Id: string;
    readonly Names: readonly string[];
    readonly State: string;
    readonly Labels: Readonly<Record<string, string>> | null;
  }[];
  return listed.map(({ Id, Names, State, Labels }) => ({
    id: Id,
    name: Names[0]?.replace(/^\//, '') ?? '',
    running: State === 'running',
    labels: Labels ?? {},
  }));
}

/** Whether this agent made it: several, also of other installations, may share an engine. */
export function isOfAgent(container: ListedContainer, containerInstanceArn: string | undefined): boolean {
  return containerInstanceArn !== undefined && container.labels[agentLabel] === containerInstanceArn;
}

/** The tasks with a running container among these. */
export function runningTaskArns(containers: readonly ListedContainer[]): string[] {
  const arns = containers.filter(({ running }) => running).map(({ labels }) => labels[taskArnLabel]);
  return [...new Set(arns.filter((arn) => arn !== undefined))];
}

/** SIGKILL, as a crash would. */
export async function killContainer(engine: Engine, id: string): Promise<void> {
  const response = await engine.send('POST', `/containers/${id}/kill`);
  textOf(response.body, response.status, 'kill the container');
}

/** The body's text; a Fault when the engine refused. */
export function textOf(body: Uint8Array, status: number, what: string): string {
  const text = new TextDecoder().decode(body);
  if (status < 200 || status >= 300) throw new Fault('EngineFailed', `cannot ${what}: ${status} ${text.trim()}`);
  return text;
}
