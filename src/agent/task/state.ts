import type { Instant } from '#base';
import type { HealthStatus, NetworkBinding } from '#model';
import type { PayloadContainer, PayloadTask } from '#wire/link';

/**
 * What the agent knows of one task, as an immutable record: every step gives a new one, and it is stored as it is
 * (role credentials apart, which are never stored).
 *
 * A container passes NONE (nothing done), PULLED (the image is here), CREATED (it exists in the engine), RUNNING and
 * STOPPED; it never goes back. A container that is being restarted by its policy stays RUNNING.
 */
export const knownStatuses = ['NONE', 'PULLED', 'CREATED', 'RUNNING', 'STOPPED'] as const;
export type KnownStatus = (typeof knownStatuses)[number];

/** The name of the container that holds the namespaces a task's containers share. Never reported. */
export const pauseName = '~internal~ecs~pause';

export interface EngineContainer {
  readonly name: string;
  readonly internal: boolean;
  /** The container whose network alone this one holds, by name; absent of one that holds what the task shares. */
  readonly holds?: string;
  readonly essential: boolean;
  readonly known: KnownStatus;
  /** By which its in-task requests are known: the address in its environment holds it. */
  readonly endpointId?: string;
  /** Chosen before the container is created, so that one whose creation was interrupted is found again. */
  readonly runtimeName: string;
  readonly runtimeId?: string;
  /** A namespace holder that was running before the task: its name and labels in the engine are not the task's. */
  readonly spare?: true;
  readonly imageDigest?: string;
  /** Whether the image names a region of its own in its environment. */
  readonly imageHasRegion?: boolean;
  readonly networkBindings: readonly NetworkBinding[];
  readonly startedAt?: Instant;
  readonly exitCode?: number;
  readonly reason?: string;
  /** The engine said that it ran out of memory. */
  readonly oomSeen?: boolean;
  /** The engine went away as it was started: it may have left something of it. */
  readonly startCutOff?: boolean;
  /** It ended and shall be started again. */
  readonly restartDue?: boolean;
  /** Not before. */
  readonly restartAt?: Instant;
  readonly restartCount: number;
  readonly health: HealthStatus;
  readonly healthSince?: Instant;
}

export interface EngineTask {
  readonly taskArn: string;
  readonly payload: PayloadTask;
  readonly desired: 'RUNNING' | 'STOPPED';
  /** Its resources are taken from the host's. */
  readonly admitted: boolean;
  /** Task cgroup and volumes are there. */
  readonly prepared: boolean;
  readonly networkAttached: boolean;
  /** Namespace, interface and cgroup are gone again. */
  readonly tornDown: boolean;
  readonly containers: readonly EngineContainer[];
  /** By which processes in the task ask for its role's credentials; the same for the life of the task. */
  readonly credentialsId?: string;
  /** By which the agent, and log drivers, ask for those of its execution role. */
  readonly executionCredentialsId?: string;
  /** The engine's name of each volume made for this task alone. */
  readonly taskVolumes: Readonly<Record<string, string>>;
  /** Where volumes of file systems and block volumes are on the host, by the volumes' names. */
  readonly volumePaths?: Readonly<Record<string, string>>;
  /** What its containers name is fetched. Of this run of the agent alone: it is in memory. */
  readonly valuesFetched?: boolean;
  /** Its Service Connect proxy serves, and this run of the agent follows what it is to do. */
  readonly proxyServes?: boolean;
  /** Nobody outside calls it by its proxy any more. */
  readonly proxyDrained?: boolean;
  /** The furthest status reached; reports say this. */
  readonly reached: 'NONE' | 'PENDING' | 'RUNNING' | 'STOPPED';
  /** It reached RUNNING, and the control plane does not have that yet. */
  readonly runningUntold?: boolean;
  readonly reason?: string;
  readonly pullStartedAt?: Instant;
  readonly pullStoppedAt?: Instant;
  readonly executionStoppedAt?: Instant;
  readonly stoppedAt?: Instant;
  /** The text of the last report that the control plane took. */
  readonly delivered?: string;
}

/** `status` and everything after it. */
export function atLeast(container: Pick<EngineContainer, 'known'>, status: KnownStatus): boolean {
  return knownStatuses.indexOf(container.known) >= knownStatuses.indexOf(status);
}

export function findContainer(task: EngineTask, name: string): EngineContainer | undefined {
  return task.containers.find((container) => container.name === name);
}

/** The definition of a container of the task; `undefined` for an internal one. */
export function definitionOf(task: EngineTask, name: string): PayloadContainer | undefined {
  return task.payload.containers.find((container) => container.name === name);
}

/** The task with one container changed. */
export function withContainer(task: EngineTask, name: string, facts: Partial<EngineContainer>): EngineTask {
  return {
    ...task,
    containers: task.containers.map((container) => (container.name === name ? { ...container, ...facts } : container)),
  };
}

/** Moves a container forward; one that is further already stays. */
export function advance(container: EngineContainer, known: KnownStatus): KnownStatus {
  return atLeast(container, known) ? container.known : known;
}

export function appContainers(task: EngineTask): readonly EngineContainer[] {
  return task.containers.filter((container) => !container.internal);
}

/** The holder of what the task's containers share. */
export function pauseContainer(task: EngineTask): EngineContainer | undefined {
  return task.containers.find(({ internal, holds }) => internal && holds === undefined);
}

/** The holder of one container's own network; `undefined` where the engine gives it one, or the task has one for all. */
export function networkHolder(task: EngineTask, name: string): EngineContainer | undefined {
  return task.containers.find(({ holds }) => holds === name);
}

/** What a container joins before it starts. */
export function holdersOf(task: EngineTask, name: string): readonly EngineContainer[] {
  return [pauseContainer(task), networkHolder(task, name)].filter((holder) => holder !== undefined);
}

/** Whether the task has an interface of its own. */
export function hasInterface({ payload }: Pick<EngineTask, 'payload'>): boolean {
  return payload.networkMode === 'awsvpc';
}

/** Whether the task as a whole is limited, by a control group of its own where the host has them. */
export function hasLimits({ cpu, memory }: Pick<EngineTask['payload'], 'cpu' | 'memory'>): boolean {
  return cpu !== undefined || memory !== undefined;
}

/** Whether anything of the agent's belongs into the task's networks: an interface, the ways to its proxy. */
export function wantsNetwork(task: EngineTask): boolean {
  return hasInterface(task) || task.containers.some(({ holds }) => holds !== undefined);
}

/** Whether containers may start: the namespaces they join are there, with what belongs into the network's. */
export function namespacesReady(task: EngineTask): boolean {
  return holdersRun(task) && (task.networkAttached || !wantsNetwork(task));
}

export function holdersRun({ containers }: EngineTask): boolean {
  return containers.every(({ internal, known }) => !internal || known === 'RUNNING');
}

/** A task of an earlier run. Its interface is set again; a start that was under way may have been cut off. */
export function restored(task: EngineTask): EngineTask {
  const containers = task.containers.map((container) =>
    container.known === 'CREATED' || container.restartDue === true ? { ...container, startCutOff: true } : container,
  );
  return { ...task, networkAttached: false, valuesFetched: false, proxyServes: false, containers };
}
