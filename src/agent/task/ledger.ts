import type { PayloadTask } from '#wire/link';
import type { EngineTask } from './state.ts';

/** What tasks take from the host. CPU units (1024 a core), MiB, and the static host ports. */
export interface TaskNeeds {
  readonly cpuUnits: number;
  readonly memoryMiB: number;
  /** `tcp/80`, `udp/53`. */
  readonly ports: readonly string[];
}

export interface HostCapacity {
  readonly cpuUnits: number;
  readonly memoryMiB: number;
}

/** What a task is charged: its own size, or the sum over its containers (a memory reservation before the limit). */
export function needsOf(payload: PayloadTask): TaskNeeds {
  const ports: string[] = [];
  let cpuUnits = 0;
  let memoryMiB = 0;
  for (const container of payload.containers) {
    cpuUnits += container.cpu;
    memoryMiB += reservationMiB(container.dockerConfig.hostConfig) ?? container.memory;
    if (payload.networkMode !== 'bridge' && payload.networkMode !== 'host') continue;
    for (const { containerPort, hostPort, protocol } of container.portMappings) {
      const port = payload.networkMode === 'host' ? containerPort : hostPort;
      if (port !== undefined && port !== 0) ports.push(`${protocol}/${port}`);
    }
  }
  return {
    cpuUnits: payload.cpu === undefined ? cpuUnits : Math.round(payload.cpu * 1024),
    memoryMiB: payload.memory ?? memoryMiB,
    ports,
  };
}

function reservationMiB(hostConfig: string): number | undefined {
  const { MemoryReservation } = JSON.parse(hostConfig === '' ? '{}' : hostConfig) as { MemoryReservation?: number };
  return MemoryReservation === undefined || MemoryReservation === 0 ? undefined : MemoryReservation / 1024 ** 2;
}

/**
 * Which waiting tasks may start now, in the order they came: the first that does not fit keeps those behind it
 * waiting, so that a large task is not overtaken for ever.
 */
export function admissible(tasks: Iterable<EngineTask>, capacity: HostCapacity): readonly EngineTask[] {
  let cpuUnits = capacity.cpuUnits;
  let memoryMiB = capacity.memoryMiB;
  const ports = new Set<string>();
  const waiting: EngineTask[] = [];
  const take = (needs: TaskNeeds): void => {
    cpuUnits -= needs.cpuUnits;
    memoryMiB -= needs.memoryMiB;
    for (const port of needs.ports) ports.add(port);
  };
  for (const task of tasks) {
    if (task.reached === 'STOPPED') continue;
    if (task.admitted) take(needsOf(task.payload));
    else if (task.desired === 'RUNNING') waiting.push(task);
  }
  const admitted: EngineTask[] = [];
  for (const task of waiting) {
    const needs = needsOf(task.payload);
    const fits =
      needs.cpuUnits <= cpuUnits && needs.memoryMiB <= memoryMiB && !needs.ports.some((port) => ports.has(port));
    if (!fits) break;
    take(needs);
    admitted.push(task);
  }
  return admitted;
}
